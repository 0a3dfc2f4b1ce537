//! Distinguishes axes that are installed from those that only decide a version. A wheel that contains CUDA
//! chooses a version of it, but does not require that NVIDIA's archive has this version for the distribution,
//! nor that its compiler supports the target's GPU.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::RequireStage;

use super::super::problem::{Dependency, Set, Variable, VariableId, set};
use super::VariableKind;
use super::build::Builder;
use super::guard;
use super::variables::is_pure;

/// The candidates of a variable of whether an axis is installed.
const NOT_INSTALLED: u32 = 0;
const INSTALLED: u32 = 1;
/// It is installed where packages are built, with what they are compiled with.
const BUILT_AGAINST: u32 = 2;

/// What is known about installing axes while variables are being created.
#[derive(Debug, Default)]
pub(super) struct Installs {
    /// For each axis, the variable of whether it is installed.
    variables: BTreeMap<VariableId, VariableId>,
    /// Axes that something chooses without installing them.
    chosen: BTreeSet<VariableId>,
    /// For each axis, the candidates with the dependencies that they have if the axis is installed.
    later: BTreeMap<VariableId, Vec<(usize, Vec<Dependency>)>>,
    /// For each axis, the candidates with the dependencies that they have if something is built against it.
    building: BTreeMap<VariableId, Vec<(usize, Vec<Dependency>)>>,
}

/// Returns the dependency, in addition to that on a version, that an axis is installed. `None` if `on` is not
/// an axis that can be installed, or if the requirement only chooses a version.
pub(super) fn dependency(
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
    let within = if stage == RequireStage::Build { set([BUILT_AGAINST]) } else { installed_set() };
    Some(Dependency { on: installed, within })
}

fn installed_set() -> Set {
    set([INSTALLED, BUILT_AGAINST])
}

/// Whether a dependency is that an axis is installed.
pub(super) fn is_on_installation(builder: &Builder<'_, '_>, dependency: &Dependency) -> bool {
    matches!(&builder.kinds[dependency.on.index()], VariableKind::Installed { .. })
}

/// Defers the dependencies of installing a candidate of an axis until it is known whether anything only
/// chooses the axis. Returns those of other variables.
pub(super) fn defer(
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

/// Defers dependencies that a candidate of an axis has if something is built against it.
pub(super) fn defer_build(
    builder: &mut Builder<'_, '_>,
    (id, place): (VariableId, usize),
    dependencies: Vec<Dependency>,
) {
    if !dependencies.is_empty() && builder.is_axis(id) && !is_pure(builder, id) {
        builder.installs.building.entry(id).or_default().push((place, dependencies));
    }
}

/// Adds the deferred dependencies. If something only chooses the axis, they are conditional on its
/// installation.
pub(super) fn attach(builder: &mut Builder<'_, '_>) {
    let later = std::mem::take(&mut builder.installs.later);
    let conditional = conditional(builder, &later);
    for (id, all) in later {
        if conditional.contains(&id) {
            attach_conditional(builder, id, &installed_set(), all);
        } else {
            for (place, dependencies) in all {
                builder.variables[id.index()].candidates[place].extend(dependencies);
            }
        }
    }
    for (id, all) in std::mem::take(&mut builder.installs.building) {
        // Without this variable, nothing is built against the axis.
        if builder.installs.variables.contains_key(&id) {
            attach_conditional(builder, id, &set([BUILT_AGAINST]), all);
        }
    }
}

/// Adds dependencies of candidates that hold if the axis is installed in one of these ways.
fn attach_conditional(
    builder: &mut Builder<'_, '_>,
    id: VariableId,
    within: &Set,
    all: Vec<(usize, Vec<Dependency>)>,
) {
    let mut guards: Vec<(Vec<Dependency>, Dependency)> = Vec::new();
    for (place, dependencies) in all {
        let known = guards.iter().find(|(of, _)| *of == dependencies).map(|(_, guard)| guard.clone());
        let guard = known.unwrap_or_else(|| {
            let on = variable(builder, id);
            let guard = guard::variable(builder, id, vec![(on, within.clone())], dependencies.clone());
            guards.push((dependencies, guard.clone()));
            guard
        });
        builder.variables[id.index()].candidates[place].push(guard);
    }
}

/// Returns the axes that may decide a version without being installed, and, transitively, those that need one
/// of these to be installed.
fn conditional(
    builder: &Builder<'_, '_>,
    later: &BTreeMap<VariableId, Vec<(usize, Vec<Dependency>)>>,
) -> BTreeSet<VariableId> {
    let mut conditional = builder.installs.chosen.clone();
    loop {
        let before = conditional.len();
        let of = |one: &Dependency| match builder.kinds[one.on.index()] {
            VariableKind::Installed { of } => Some(of),
            _ => None,
        };
        let needs_one = |all: &[(usize, Vec<Dependency>)]| {
            all.iter().flat_map(|(_, all)| all).filter_map(of).any(|id| conditional.contains(&id))
        };
        let more: Vec<VariableId> =
            later.iter().filter(|(_, all)| needs_one(all)).map(|(id, _)| *id).collect();
        conditional.extend(more);
        if conditional.len() == before {
            return conditional;
        }
    }
}

/// Returns the variable of whether an axis is installed, and creates it on first use.
fn variable(builder: &mut Builder<'_, '_>, of: VariableId) -> VariableId {
    if let Some(known) = builder.installs.variables.get(&of) {
        return *known;
    }
    let variable = Variable {
        candidates: vec![Vec::new(); 3],
        preference: vec![NOT_INSTALLED, INSTALLED, BUILT_AGAINST],
        positions: vec![NOT_INSTALLED, INSTALLED, BUILT_AGAINST],
        ..Variable::default()
    };
    let id = builder.add(variable, VariableKind::Installed { of });
    builder.installs.variables.insert(of, id);
    id
}
