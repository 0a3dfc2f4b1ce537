//! Overrides: axes whose versions differ from the defaults, and why.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::Span;
use crate::value::{Name, Version};

use super::assignment::{Assignment, Defaults};
use super::model::{Constraint, ConstraintKind, PackageVariable};
use super::problem::{Dependency, Problem, Set};
use super::provider::is_impossible;
use super::resolution::{Chosen, Override, Reason};
use crate::resolve::explain::core;
use crate::resolve::explain::format::Places;
use crate::resolve::explain::trace;

/// Returns the axes whose versions are not the default, and those that are absent although they have one.
pub(super) fn all(
    decided: Assignment<'_, '_>,
    chosen: &BTreeMap<Name, Chosen>,
    defaults: &Defaults,
    places: Places<'_>,
) -> Vec<Override> {
    let mut all = Vec::new();
    for (name, (default, _)) in defaults {
        match chosen.get(name) {
            Some(one) if one.version != *default => all.push(replaced(decided, one, default)),
            Some(_) => {}
            None => all.extend(removed(decided, name, default, places)),
        }
    }
    all
}

fn replaced(decided: Assignment<'_, '_>, one: &Chosen, default: &Version) -> Override {
    let name = &one.name;
    let mut by: Vec<Reason> = one
        .reasons
        .iter()
        .filter(|reason| match reason {
            Reason::Pinned(_) | Reason::Requested(_) | Reason::Target(_) | Reason::Base(_) => true,
            Reason::RequiredBy { name: holder, span, .. } => {
                excludes(decided, holder, (*span, name), default)
            }
            Reason::PlatformDefault { .. } | Reason::Locked => false,
        })
        .cloned()
        .collect();
    by.dedup();
    let chosen = Some(one.version.clone());
    Override { name: name.clone(), default: default.clone(), chosen, by, why: Vec::new() }
}

/// Whether the requirement at this place excludes the default.
fn excludes(
    decided: Assignment<'_, '_>,
    holder: &Name,
    (span, of): (Span, &Name),
    default: &Version,
) -> bool {
    let Some((var, candidate)) = decided.named(holder) else { return false };
    decided.requires(var, candidate).into_iter().any(|one| {
        one.requirement.span == span
            && decided.named(of).is_some_and(|(other, _)| {
                other.package.meaning(&one.requirement).is_ok_and(|kind| !kind.matches(default))
            })
    })
}

/// Returns the override of an axis that has a default but is absent, with the conflict that removes it.
/// Distributions are left out, because another one takes its place.
fn removed(
    decided: Assignment<'_, '_>,
    name: &Name,
    default: &Version,
    places: Places<'_>,
) -> Option<Override> {
    let model = decided.model;
    let on = *model.ids.get(name)?;
    let var = model.package_variable(on)?;
    if var.is_distribution() || decided.candidate(on).is_some() {
        return None;
    }
    let with_it = |keep: &BTreeSet<usize>| -> Problem<'_> {
        let mut problem = model.problem(|constraint| keep.contains(&constraint));
        problem.asked.push(Dependency { on, within: present(var) });
        problem
    };
    let constraints = (0..model.constraints.len()).collect();
    let core = core::minimal(model, constraints, |keep| is_impossible(&with_it(keep), &model.budget));
    let why = trace::report(model, &core, with_it(&core.iter().copied().collect()), places).lines;
    let mut by: Vec<Reason> =
        core.iter().filter_map(|constraint| reason(&model.constraints[*constraint])).collect();
    by.dedup();
    Some(Override { name: name.clone(), default: default.clone(), chosen: None, by, why })
}

/// Returns all candidates of a variable except "absent", which is the first.
fn present(var: &PackageVariable<'_>) -> Set {
    Set::run(1..u32::try_from(var.candidates.len()).unwrap_or(u32::MAX))
}

/// Converts a constraint to a reason. A device is no reason, because it constrains every request alike.
fn reason(constraint: &Constraint) -> Option<Reason> {
    Some(match constraint.kind {
        ConstraintKind::Request | ConstraintKind::Requirement | ConstraintKind::Implied => {
            Reason::Requested(constraint.span)
        }
        ConstraintKind::Pin | ConstraintKind::Pip => Reason::Pinned(constraint.span),
        ConstraintKind::Target => Reason::Target(constraint.span),
        ConstraintKind::Base => Reason::Base(Some(constraint.span)),
        ConstraintKind::Device => return None,
    })
}
