//! Locked versions that the catalogue no longer has, or has only for other machines.

use std::collections::BTreeMap;

use crate::catalog::{Choose, Package};
use crate::diagnostic::{Diagnostic, Log, codes};
use crate::value::{Name, Version};

use super::assignment::Assignment;
use super::lock::LockedTarget;
use super::model::{Candidate, ConstraintKind, PackageVariable, Question};
use super::problem::{Dependency, set};
use super::provider::solve;
use super::resolution::Chosen;

/// Warns about each unavailable version, and reports which one is used instead.
pub(super) fn warn(
    question: Question<'_>,
    decided: Assignment<'_, '_>,
    chosen: &BTreeMap<Name, Chosen>,
    log: &mut Log,
) {
    let Some(lock) = question.lock else { return };
    for (name, one) in chosen {
        let (Some(locked), Some((var, _))) = (lock.entry(name), decided.named(name)) else {
            continue;
        };
        let version = &locked.version;
        if one.version == *version || one.provided || locked.is_of_base() || !is_listed(var.package, version)
        {
            continue;
        }
        let unavailable = if !var.candidates.iter().any(|candidate| candidate.version() == Some(version)) {
            "which the catalogue does not have"
        } else if same_platform(decided, lock) && !is_possible(decided, var, version) {
            "which the catalogue does not have for this target"
        } else {
            continue;
        };
        let message = format!("the lock contains `{name}` {version}, {unavailable}");
        let mut diagnostic = Diagnostic::warning(codes::resolve::LOCK_GONE, message);
        if let Some(place) = locked.place.0 {
            diagnostic = diagnostic.at(place, format!("{} is used instead", one.version));
        }
        log.report(diagnostic.help(format!("run `jcc update {name}` to resolve it again")));
    }
}

/// Whether the versions of a package are those that its definition lists. A minimum version of the host need
/// not be listed, and a package without versions has version 0.
fn is_listed(package: &Package, version: &Version) -> bool {
    let host_minimum = package.axis.as_ref().is_some_and(|axis| axis.choose == Choose::Lowest);
    !host_minimum && !package.versions.is_empty() && *version != Version::zero()
}

/// Whether releases and distributions equal those of the lock. If they were changed, other changes are
/// expected.
fn same_platform(decided: Assignment<'_, '_>, lock: &LockedTarget) -> bool {
    let model = decided.model;
    let mut pure =
        model.ids.iter().filter(|(_, id)| model.package_variable(**id).is_some_and(PackageVariable::is_pure));
    pure.all(|(name, _)| decided.version(name) == lock.version(name))
}

/// Whether this version is possible on the target, apart from all other requests.
fn is_possible(decided: Assignment<'_, '_>, var: &PackageVariable<'_>, version: &Version) -> bool {
    let model = decided.model;
    let Some(on) = model.ids.get(&var.name) else { return false };
    let places = (0u32..).zip(&var.candidates).filter(|(_, one)| Candidate::version(one) == Some(version));
    let within = set(places.map(|(place, _)| place));
    let of_target = |constraint: usize| {
        matches!(model.constraints[constraint].kind, ConstraintKind::Device | ConstraintKind::Target)
    };
    let mut problem = model.problem(of_target);
    problem.asked.push(Dependency { on: *on, within });
    solve(&problem, &model.budget).is_ok()
}
