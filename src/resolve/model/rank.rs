//! The order of deciding: what is fixed, the base, the axes, then packages before what they require.

use std::collections::{BTreeMap, BTreeSet};

use super::super::problem::VariableId;
use super::Meaning;
use super::build::Builder;

/// Gives every variable its rank.
pub(super) fn assign(builder: &mut Builder<'_, '_>) {
    let all: Vec<VariableId> = (0..).map(VariableId).take(builder.variables.len()).collect();
    let class = |id: &VariableId| match &builder.meanings[id.index()] {
        Meaning::Root => 0,
        Meaning::Fixed { .. } => 1,
        Meaning::Base(_) => 2,
        Meaning::Choice { optional: false, .. } => 3,
        Meaning::Thing(_) if builder.is_axis(*id) => 4,
        Meaning::Thing(_) | Meaning::Guard { .. } => 5,
        Meaning::Choice { .. } => 6,
    };
    let mut order: Vec<VariableId> = all.iter().copied().filter(|id| ![5, 6].contains(&class(id))).collect();
    order.sort_by_key(|id| (class(id), builder.key(*id), *id));
    order.extend(dependents_first(builder, &all, &|id| class(&id) == 5));
    let mut last: Vec<VariableId> = all.iter().copied().filter(|id| class(id) == 6).collect();
    last.sort_by_key(|id| match &builder.meanings[id.index()] {
        Meaning::Choice { word, .. } => Some(word.clone()),
        Meaning::Root
        | Meaning::Fixed { .. }
        | Meaning::Thing(_)
        | Meaning::Base(_)
        | Meaning::Guard { .. } => None,
    });
    order.extend(last);
    for (rank, id) in (0..).zip(order) {
        builder.variables[id.index()].rank = rank;
    }
}

/// Packages and guards, each before what its candidates ask for; a guard after what its conditions look at.
fn dependents_first(
    builder: &Builder<'_, '_>,
    all: &[VariableId],
    takes_part: &dyn Fn(VariableId) -> bool,
) -> Vec<VariableId> {
    let mut nodes: Vec<VariableId> = all.iter().copied().filter(|id| takes_part(*id)).collect();
    let key = |id: &VariableId| match &builder.meanings[id.index()] {
        Meaning::Guard { owner } => (builder.key(*owner), *id),
        Meaning::Root
        | Meaning::Fixed { .. }
        | Meaning::Thing(_)
        | Meaning::Base(_)
        | Meaning::Choice { .. } => (builder.key(*id), VariableId::ROOT),
    };
    nodes.sort_by_key(key);
    let mut edges: BTreeMap<VariableId, Vec<VariableId>> = BTreeMap::new();
    for id in &nodes {
        let candidates = &builder.variables[id.index()].candidates;
        let guard = matches!(&builder.meanings[id.index()], Meaning::Guard { .. });
        for (place, demands) in candidates.iter().enumerate() {
            for on in demands.iter().map(|demand| demand.on).filter(|on| takes_part(*on)) {
                let negation = guard && place > 0;
                let condition = guard && candidates[1..].iter().flatten().any(|other| other.on == on);
                if negation || condition {
                    edges.entry(on).or_default().push(*id);
                } else {
                    edges.entry(*id).or_default().push(on);
                }
            }
        }
    }
    // Reverse postorder of a depth-first walk in the order of names; a cycle is cut where it closes.
    let mut done = BTreeSet::new();
    let mut postorder = Vec::new();
    for start in nodes.iter().rev() {
        let mut stack = vec![(*start, false)];
        while let Some((id, leave)) = stack.pop() {
            if leave {
                postorder.push(id);
            } else if done.insert(id) {
                stack.push((id, true));
                let mut next: Vec<VariableId> = edges.get(&id).cloned().unwrap_or_default();
                next.sort_by_key(|one| key(one));
                next.dedup();
                stack.extend(next.into_iter().filter(|one| !done.contains(one)).map(|one| (one, false)));
            }
        }
    }
    postorder.reverse();
    postorder
}
