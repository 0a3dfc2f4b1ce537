//! Axes that are installed, and those that only decide a version: a wheel that brings CUDA with it chooses one, and where
//! NVIDIA's archive has that one does not matter to it.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::RequireStage;

use super::super::problem::{Dependency, Variable, VariableId, set};
use super::VariableKind;
use super::build::Builder;
use super::guard;
use super::variables::is_pure;

/// What is known of installing axes while the variables are made.
#[derive(Debug, Default)]
pub(super) struct Installs {
    /// Of an axis, whether it is installed.
    variables: BTreeMap<VariableId, VariableId>,
    /// Axes that something chooses without installing them.
    chosen: BTreeSet<VariableId>,
    /// What a candidate of an axis asks for where it is installed.
    later: BTreeMap<VariableId, Vec<(usize, Vec<Dependency>)>>,
}

/// What a requirement of an axis asks for beside its version: that the axis is installed.
pub(super) fn asked(
    builder: &mut Builder<'_, '_>,
    on: VariableId,
    stage: RequireStage,
) -> Option<Dependency> {
    if !builder.is_axis(on) || is_pure(builder, on) {
        return None;
    }
    if stage == RequireStage::Choose {
        builder.installs.chosen.insert(on);
        return None;
    }
    let installed = variable(builder, on);
    Some(Dependency { on: installed, within: set([1]) })
}

/// Whether a demand is that an axis is installed.
pub(super) fn is_asked(builder: &Builder<'_, '_>, dependency: &Dependency) -> bool {
    matches!(&builder.kinds[dependency.on.index()], VariableKind::Installed { .. })
}

/// The demands of installing a candidate of an axis wait until it is known whether anything chooses it alone; others are
/// returned.
pub(super) fn later(
    builder: &mut Builder<'_, '_>,
    (id, place): (VariableId, usize),
    dependencies: Vec<Dependency>,
) -> Vec<Dependency> {
    if dependencies.is_empty() || !builder.is_axis(id) || is_pure(builder, id) {
        return dependencies;
    }
    builder.installs.later.entry(id).or_default().push((place, dependencies));
    Vec::new()
}

/// Adds the demands that waited: of an axis that something chooses alone they hold only where it is installed.
pub(super) fn attach(builder: &mut Builder<'_, '_>) {
    let later = std::mem::take(&mut builder.installs.later);
    let alone = chosen_alone(builder, &later);
    for (id, all) in later {
        let alone = alone.contains(&id);
        let mut guards: Vec<(Vec<Dependency>, Dependency)> = Vec::new();
        for (place, dependencies) in all {
            let known = guards.iter().find(|(of, _)| *of == dependencies).map(|(_, guard)| guard.clone());
            let added = match (alone, known) {
                (false, _) => dependencies,
                (true, Some(guard)) => vec![guard],
                (true, None) => {
                    let on = variable(builder, id);
                    let guard = guard::variable(builder, id, vec![(on, set([1]))], dependencies.clone());
                    guards.push((dependencies, guard.clone()));
                    vec![guard]
                }
            };
            builder.variables[id.index()].candidates[place].extend(added);
        }
    }
}

/// Axes that may decide a version without being installed, and those that need one of these where they are installed.
fn chosen_alone(
    builder: &Builder<'_, '_>,
    later: &BTreeMap<VariableId, Vec<(usize, Vec<Dependency>)>>,
) -> BTreeSet<VariableId> {
    let mut alone = builder.installs.chosen.clone();
    loop {
        let before = alone.len();
        let of = |one: &Dependency| match builder.kinds[one.on.index()] {
            VariableKind::Installed { of } => Some(of),
            _ => None,
        };
        let needs_one = |all: &[(usize, Vec<Dependency>)]| {
            all.iter().flat_map(|(_, all)| all).filter_map(of).any(|id| alone.contains(&id))
        };
        let more: Vec<VariableId> =
            later.iter().filter(|(_, all)| needs_one(all)).map(|(id, _)| *id).collect();
        alone.extend(more);
        if alone.len() == before {
            return alone;
        }
    }
}

/// The variable of whether an axis is installed, made when it is first asked for: it is not, then it is.
fn variable(builder: &mut Builder<'_, '_>, of: VariableId) -> VariableId {
    if let Some(known) = builder.installs.variables.get(&of) {
        return *known;
    }
    let variable = Variable {
        candidates: vec![Vec::new(); 2],
        preference: vec![0, 1],
        positions: vec![0, 1],
        ..Variable::default()
    };
    let id = builder.add(variable, VariableKind::Installed { of });
    builder.installs.variables.insert(of, id);
    id
}
