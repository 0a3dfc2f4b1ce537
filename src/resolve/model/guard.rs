//! Conditions: decided by what the target and the manifest fix, or by a variable of their own.

use pubgrub::VersionSet as _;

use crate::catalog::Guard;

use super::super::problem::{Dependency, Set, Variable, VariableId, set};
use super::VariableKind;
use super::build::Builder;

/// What a guard comes to before anything is solved.
pub(super) enum Outcome {
    /// It cannot hold.
    Never,
    Always,
    /// It holds where each of these variables takes a candidate of its set.
    If(Vec<(VariableId, Set)>),
}

/// Evaluates a guard as far as it is fixed.
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

/// A demand that holds only under conditions: on a variable whose candidates are «the conditions hold, and so do the
/// demands» and, for each condition, «this one does not». A condition brings nothing in: where nobody asked for what it
/// looks at, it does not hold.
pub(super) fn variable(
    builder: &mut Builder<'_, '_>,
    owner: VariableId,
    conditions: Vec<(VariableId, Set)>,
    dependencies: Vec<Dependency>,
) -> Dependency {
    let mut yes = dependencies;
    yes.extend(conditions.iter().map(|(on, within)| Dependency { on: *on, within: within.clone() }));
    let mut candidates = vec![yes];
    // That something is not there is so where nobody asks for it, and fails last.
    let absent = conditions.iter().filter(|(_, within)| *within == set([0])).count();
    let mut conditions = conditions;
    conditions.sort_by_key(|(_, within)| *within == set([0]));
    for (on, within) in conditions {
        let others = within.complement().intersection(&Set::run(0..builder.count(on)));
        candidates.push(vec![Dependency { on, within: others }]);
    }
    let places: Vec<u32> = (0..).take(candidates.len()).collect();
    let all = set(places.iter().copied());
    // Where a condition can fail it does: it holds by what is there without it.
    let (fails, last) = places[1..].split_at(places.len() - 1 - absent);
    let preference = fails.iter().chain(&places[..1]).chain(last).copied().collect();
    let variable = Variable { candidates, preference, positions: places, ..Variable::default() };
    let id = builder.add(variable, VariableKind::Guard { owner });
    Dependency { on: id, within: all }
}
