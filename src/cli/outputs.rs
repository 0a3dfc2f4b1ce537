//! Whether the lock and the files that are there are current, and why not.

mod compare;

use crate::Compiled;
use crate::diagnostic::{Diagnostic, Log, codes};
use crate::resolve::{Lock, LockedEntry};
use crate::value::Name;

use super::session::LOCK;

pub(super) use compare::compare;

/// `--locked`: the lock that is there must be the one that comes out.
pub(super) fn lock_must_hold(compiled: &Compiled, log: &mut Log) {
    let new = &compiled.resolved.lock;
    // The hashes of the files follow from what was chosen, and are written beside them.
    let holds =
        |old: &Lock| !old.origin.conflicted && old.manifest == new.manifest && old.targets == new.targets;
    if compiled.resolved.old_lock.as_ref().is_some_and(holds) {
        return;
    }
    let what = match &compiled.resolved.old_lock {
        None => format!("there is no `{LOCK}`"),
        Some(old) => format!("`{LOCK}` would change: {}", changes(old, new).join(", ")),
    };
    log.error(
        Diagnostic::error(codes::resolve::LOCK_WOULD_CHANGE, what)
            .help("compile without `--locked` and commit the lock"),
    );
}

/// A choice with its version; one without has the distribution's.
fn named(name: &Name, chosen: &LockedEntry) -> String {
    let version = chosen.version.as_str();
    if version == "0" { name.to_string() } else { format!("{name} {version}") }
}

/// Why a new lock differs from the old one.
fn changes(old: &Lock, new: &Lock) -> Vec<String> {
    if old.origin.conflicted {
        return vec!["it contains Git conflict markers".to_owned()];
    }
    let mut all = Vec::new();
    for moves in new.moves(Some(old)) {
        let Some(before) = moves.before else {
            all.push(format!("target {} was added", moves.target));
            continue;
        };
        all.extend(moves.things.iter().map(|one| match (one.from, one.to) {
            (None, Some(to)) => format!("{} was added", named(one.name, to)),
            (Some(from), Some(to)) if one.is_of_version() => {
                format!("{} changes to {}", named(one.name, from), to.version)
            }
            (Some(_), Some(_)) => format!("the definition of {} changed", one.name),
            (_, None) => format!("{} was removed", one.name),
        }));
        if before.noted != moves.after.noted {
            all.push(format!("the axes recorded for target {} changed", moves.target));
        }
        if before.base != moves.after.base {
            all.push(format!("the base image {} changes to {}", before.base, moves.after.base));
        }
    }
    if all.is_empty() {
        let other = old.origin.by.as_ref().filter(|by| *by != crate::VERSION);
        all.push(match other {
            _ if old.manifest != new.manifest => "the manifest changed".to_owned(),
            Some(by) => format!("it was written by jcc {by}, and this is jcc {}", crate::VERSION),
            None => "a file used by the manifest changed".to_owned(),
        });
    }
    all
}
