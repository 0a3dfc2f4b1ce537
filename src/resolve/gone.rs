//! Locked versions that the catalogue no longer has.

use std::collections::BTreeMap;

use crate::catalog::{Choose, Package};
use crate::diagnostic::{Diagnostic, Log, codes};
use crate::value::{Name, Version};

use super::chosen::Chosen;
use super::decided::Decided;
use super::model::Question;

/// Tells of each what was taken instead.
pub(super) fn warn(
    question: Question<'_>,
    decided: Decided<'_, '_>,
    chosen: &BTreeMap<Name, Chosen>,
    log: &mut Log,
) {
    for (name, one) in chosen {
        let locked = question.lock.and_then(|lock| lock.thing(name));
        let (Some(locked), Some((thing, _))) = (locked, decided.named(name)) else { continue };
        let version = &locked.version;
        let known = thing.candidates.iter().any(|candidate| candidate.version() == Some(version));
        if known || one.provided || !is_listed(thing.package, version) || locked.is_of_base() {
            continue;
        }
        let message = format!("the lock holds `{name}` {version}, which the catalogue does not have");
        let mut gone = Diagnostic::warning(codes::resolve::LOCK_GONE, message);
        if let Some(place) = locked.place.0 {
            gone = gone.at(place, format!("{} is taken instead", one.version));
        }
        log.tell(gone.help(format!("`jcc update {name}` chooses it anew")));
    }
}

/// Whether a version of this is one that a definition lists: not a promise about a host, nor what has no versions.
fn is_listed(package: &Package, version: &Version) -> bool {
    let promised = package.axis.as_ref().is_some_and(|axis| axis.choose == Choose::Lowest);
    !promised && !package.versions.is_empty() && *version != Version::zero()
}
