//! The order in which variables are decided: fixed ones, the base image, axes, then packages before their
//! requirements.

use std::collections::BTreeSet;

use pubgrub::VersionSet as _;

use super::super::problem::{Dependency, VariableId};
use super::VariableKind;
use super::build::Builder;

/// Assigns a rank to every variable.
pub(super) fn assign(builder: &mut Builder<'_, '_>) {
    let all: Vec<VariableId> = (0..).map(VariableId).take(builder.variables.len()).collect();
    let class = |id: &VariableId| match &builder.kinds[id.index()] {
        VariableKind::Root => 0,
        VariableKind::Fixed { .. } | VariableKind::Unavailable(_) => 1,
        VariableKind::Base(_) => 2,
        VariableKind::Choice { optional: false, .. } => 3,
        VariableKind::Package(_) if builder.is_axis(*id) => 4,
        VariableKind::Package(_) | VariableKind::Guard { .. } | VariableKind::Installed { .. } => 5,
        VariableKind::Choice { .. } => 6,
    };
    let mut order: Vec<VariableId> = all.iter().copied().filter(|id| ![5, 6].contains(&class(id))).collect();
    order.sort_by_cached_key(|id| (class(id), builder.key(*id), *id));
    order.extend(dependents_first(builder, &all, &|id| class(&id) == 5));
    let mut last: Vec<VariableId> = all.iter().copied().filter(|id| class(id) == 6).collect();
    last.sort_by_key(|id| match &builder.kinds[id.index()] {
        VariableKind::Choice { word, .. } => Some(word.clone()),
        VariableKind::Root
        | VariableKind::Fixed { .. }
        | VariableKind::Package(_)
        | VariableKind::Base(_)
        | VariableKind::Unavailable(_)
        | VariableKind::Guard { .. }
        | VariableKind::Installed { .. } => None,
    });
    order.extend(last);
    for (rank, id) in (0..).zip(order) {
        builder.variables[id.index()].rank = rank;
    }
}

/// Sorts packages and guards before what their candidates depend on, and guards after what their conditions
/// test.
fn dependents_first(
    builder: &Builder<'_, '_>,
    all: &[VariableId],
    takes_part: &dyn Fn(VariableId) -> bool,
) -> Vec<VariableId> {
    let mut nodes: Vec<VariableId> = all.iter().copied().filter(|id| takes_part(*id)).collect();
    let key = |id: &VariableId| match &builder.kinds[id.index()] {
        VariableKind::Guard { owner: of } | VariableKind::Installed { of } => (builder.key(*of), *id),
        VariableKind::Root
        | VariableKind::Fixed { .. }
        | VariableKind::Package(_)
        | VariableKind::Base(_)
        | VariableKind::Unavailable(_)
        | VariableKind::Choice { .. } => (builder.key(*id), VariableId::ROOT),
    };
    nodes.sort_by_cached_key(key);
    // The position in this order breaks ties.
    let mut place = vec![0u32; builder.variables.len()];
    for (at, id) in (0..).zip(&nodes) {
        place[id.index()] = at;
    }
    let mut edges: Vec<BTreeSet<(u32, VariableId)>> = vec![BTreeSet::new(); builder.variables.len()];
    let mut edge = |from: VariableId, to: VariableId| edges[from.index()].insert((place[to.index()], to));
    for id in &nodes {
        let candidates = &builder.variables[id.index()].candidates;
        let guard = matches!(&builder.kinds[id.index()], VariableKind::Guard { .. });
        for (place, dependencies) in candidates.iter().enumerate() {
            for Dependency { on, within } in
                dependencies.iter().filter(|dependency| takes_part(dependency.on))
            {
                let on = *on;
                let negation = guard && place > 0;
                let condition = guard && candidates[1..].iter().flatten().any(|other| other.on == on);
                // A dependency that "absent" meets, such as that of a conflict, does not require the
                // variable.
                let is_requirement =
                    !within.contains(&0) || matches!(&builder.kinds[on.index()], VariableKind::Guard { .. });
                if negation || condition {
                    edge(on, *id);
                } else if is_requirement {
                    edge(*id, on);
                }
            }
        }
    }
    // Reverse postorder of a depth-first search in the order of names. A cycle is cut at its back edge.
    let mut done = BTreeSet::new();
    let mut postorder = Vec::new();
    for start in nodes.iter().rev() {
        let mut stack = vec![(*start, false)];
        while let Some((id, leave)) = stack.pop() {
            if leave {
                postorder.push(id);
            } else if done.insert(id) {
                stack.push((id, true));
                let next = edges[id.index()].iter().map(|(_, one)| *one);
                stack.extend(next.filter(|one| !done.contains(one)).map(|one| (one, false)));
            }
        }
    }
    postorder.reverse();
    postorder
}
