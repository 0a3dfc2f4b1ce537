//! Conditions in the model: each is decided by what target and manifest fix, or becomes a variable.

use pubgrub::VersionSet as _;

use crate::catalog::Guard;

use super::super::problem::{Dependency, Set, Variable, VariableId, set};
use super::VariableKind;
use super::build::Builder;

/// The value of a guard before solving.
pub(super) enum Outcome {
    /// It cannot hold.
    Never,
    Always,
    /// It holds if each of these variables takes a candidate of its set.
    If(Vec<(VariableId, Set)>),
}

/// Evaluates a guard as far as target and manifest fix it.
pub(super) fn outcome(builder: &mut Builder<'_, '_>, owner: VariableId, guard: &Guard) -> Outcome {
    let VariableKind::Package(var) = &builder.kinds[owner.index()] else { return Outcome::Never };
    let fixed = builder.target.fixed(&var.options, var.variant.as_ref());
    let Some(open) = guard.open(&fixed) else { return Outcome::Never };
    let mut conditions: Vec<(VariableId, Set)> = Vec::new();
    for (name, requirement) in open {
        let Some(on) = builder.named(name) else { return Outcome::Never };
        let admitted = requirement.map_or_else(|| Ok(set([0])), |one| builder.within(on, one));
        match admitted {
            Ok(within) if !within.is_empty() => conditions.push((on, within)),
            Ok(_) | Err(_) => return Outcome::Never,
        }
    }
    if conditions.is_empty() { Outcome::Always } else { Outcome::If(conditions) }
}

/// Returns a conditional dependency. It is on a new variable whose candidates are "the conditions hold, and
/// so do the dependencies" and, for each condition, "this one does not hold". A condition does not add what
/// it tests to the image: if nothing else requires that, the condition does not hold.
pub(super) fn variable(
    builder: &mut Builder<'_, '_>,
    owner: VariableId,
    conditions: Vec<(VariableId, Set)>,
    dependencies: Vec<Dependency>,
) -> Dependency {
    let mut yes = dependencies;
    yes.extend(conditions.iter().map(|(on, within)| Dependency { on: *on, within: within.clone() }));
    let mut candidates = vec![yes];
    // A condition that something is absent holds unless that is required, so its negation is tried last.
    let absent = conditions.iter().filter(|(_, within)| *within == set([0])).count();
    let mut conditions = conditions;
    conditions.sort_by_key(|(_, within)| *within == set([0]));
    for (on, within) in conditions {
        let others = within.complement().intersection(&Set::run(0..builder.count(on)));
        candidates.push(vec![Dependency { on, within: others }]);
    }
    let places: Vec<u32> = (0..).take(candidates.len()).collect();
    let all = set(places.iter().copied());
    // Negations are tried first, so that a condition holds only because of choices made elsewhere.
    let (fails, last) = places[1..].split_at(places.len() - 1 - absent);
    let preference = fails.iter().chain(&places[..1]).chain(last).copied().collect();
    let variable = Variable { candidates, preference, positions: places, ..Variable::default() };
    let id = builder.add(variable, VariableKind::Guard { owner });
    Dependency { on: id, within: all }
}
