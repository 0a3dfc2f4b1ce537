//! Restricts a problem to the candidates that are relevant to its explanation: candidates for other platforms
//! and releases are left out, unless there are no others.

use std::collections::BTreeMap;

use pubgrub::VersionSet as _;

use crate::resolve::model::{ConstraintKind, Model, VariableKind};
use crate::resolve::problem::{Dependency, Problem, Set, Variable, VariableId, set};
use crate::resolve::provider::solve;
use crate::resolve::words;

/// The relevant candidates of each variable.
pub(in crate::resolve) struct Relevance {
    /// The candidates for this platform, or all if there are none.
    pub(in crate::resolve) platform: Vec<Set>,
    /// Those of `platform` whose direct requirements are compatible with the target, or all of them if none
    /// is.
    pub(in crate::resolve) left: Vec<Set>,
    /// The candidates that the target allows, taking into account what its release requires.
    pub(in crate::resolve) domain: Vec<Set>,
}

impl Relevance {
    /// Finds the relevant candidates for an explanation of why these constraints cannot hold together.
    pub(in crate::resolve) fn new(model: &Model<'_>, constraints: &[usize]) -> Self {
        let platform: Vec<Set> =
            (0..).take(model.variables.len()).map(|at| of_platform(model, VariableId(at))).collect();
        let domain = domain(model, &platform);
        let left: Vec<Set> = model
            .variables
            .iter()
            .zip(&model.kinds)
            .zip(&platform)
            .map(|((variable, kind), within)| match kind {
                VariableKind::Package(_) => some(variable, within, |dependencies| {
                    dependencies.iter().all(|one| !one.within.is_disjoint(&domain[one.on.index()]))
                }),
                _ => Set::full(),
            })
            .collect();
        let mut relevance = Self { platform, left, domain };
        relevance.restore_requested(model, constraints);
        relevance
    }

    /// Restricts a problem to the relevant candidates. A candidate for another platform keeps only that
    /// dependency, so that no other reason against it is reported.
    pub(in crate::resolve) fn apply(&self, model: &Model<'_>, problem: Problem<'_>) -> Problem<'static> {
        let mut problem = problem.into_owned();
        for dependencies in problem.variables.to_mut().iter_mut().skip(1).flat_map(|one| &mut one.candidates)
        {
            if dependencies.iter().any(|dependency| is_elsewhere(model, dependency)) {
                dependencies.retain(|dependency| is_elsewhere(model, dependency));
            }
        }
        for dependency in
            problem.variables.to_mut().iter_mut().flat_map(|one| one.candidates.iter_mut().flatten())
        {
            dependency.within = dependency.within.intersection(&self.left[dependency.on.index()]);
        }
        problem
    }

    /// Restores candidates that are requested although the target rules them out: they are part of the
    /// explanation.
    fn restore_requested(&mut self, model: &Model<'_>, constraints: &[usize]) {
        // If a package is requested in one line and pinned in another, only the pinned version is restored.
        let mut asked: BTreeMap<VariableId, Set> = BTreeMap::new();
        for constraint in constraints.iter().map(|constraint| &model.constraints[*constraint]) {
            let within = asked.entry(constraint.on).or_insert_with(Set::full);
            let both = within.intersection(&constraint.within);
            *within = if both.is_empty() { constraint.within.clone() } else { both };
        }
        let mut todo: Vec<Dependency> =
            asked.into_iter().map(|(on, within)| Dependency { on, within }).collect();
        for (at, variable) in model.variables.iter().enumerate() {
            let places =
                (0u32..).zip(&variable.candidates).filter(|(place, _)| self.left[at].contains(place));
            todo.extend(places.flat_map(|(_, dependencies)| dependencies.iter().cloned()));
        }
        while let Some(Dependency { on, within }) = todo.pop() {
            let left = &self.left[on.index()];
            if !within.is_disjoint(left) || within.is_empty() {
                continue;
            }
            let here = within.intersection(&self.platform[on.index()]);
            let restored = if here.is_empty() { within } else { here };
            self.left[on.index()] = left.union(&restored);
            let candidates = (0u32..).zip(&model.variables[on.index()].candidates);
            let added = candidates.filter(|(place, _)| restored.contains(place));
            todo.extend(added.flat_map(|(_, dependencies)| dependencies.iter().cloned()));
        }
    }
}

/// Whether a dependency can only be met on another platform.
fn is_elsewhere(model: &Model<'_>, dependency: &Dependency) -> bool {
    let kind = &model.kinds[dependency.on.index()];
    let of_platform = |axis: &&str| [words::PLATFORM, words::ARCH].contains(axis);
    dependency.within.is_empty() && matches!(kind, VariableKind::Fixed { axis, .. } if of_platform(axis))
}

/// Returns the candidates that do not require another platform.
fn of_platform(model: &Model<'_>, id: VariableId) -> Set {
    match &model.kinds[id.index()] {
        VariableKind::Package(_) => some(&model.variables[id.index()], &Set::full(), |dependencies| {
            !dependencies.iter().any(|one| is_elsewhere(model, one))
        }),
        _ => Set::full(),
    }
}

/// Returns the candidates of a set that fit, or the whole set if none fits except the first, "absent".
fn some(variable: &Variable, within: &Set, fits: impl Fn(&[Dependency]) -> bool) -> Set {
    let places = (0u32..).zip(&variable.candidates).filter(|(place, _)| within.contains(place));
    let fitting: Vec<u32> =
        places.filter(|(_, dependencies)| fits(dependencies)).map(|(place, _)| place).collect();
    if fitting.iter().all(|place| *place == 0) { within.clone() } else { set(fitting) }
}

/// Returns the candidates of each variable that the target allows, by propagating its constraints. If those
/// conflict with each other, they are ignored.
fn domain(model: &Model<'_>, platform: &[Set]) -> Vec<Set> {
    let of_target = |constraint: usize| {
        matches!(model.constraints[constraint].kind, ConstraintKind::Target | ConstraintKind::Device)
    };
    let together = solve(&model.problem(of_target), &model.budget).is_ok();
    let target = model.problem(|constraint| together && of_target(constraint));
    let mut domain = platform.to_vec();
    let mut todo: Vec<Dependency> = target.dependencies(VariableId::ROOT, 0).cloned().collect();
    while let Some(Dependency { on, within }) = todo.pop() {
        let now = &domain[on.index()];
        let next = now.intersection(&within);
        if next.is_empty() || next == *now {
            continue;
        }
        domain[on.index()] = next;
        todo.extend(entailed(&model.variables[on.index()], &domain, on));
    }
    domain
}

/// Returns the dependencies that all remaining candidates of a variable have in common.
fn entailed(variable: &Variable, domain: &[Set], id: VariableId) -> Vec<Dependency> {
    let mut asked: BTreeMap<VariableId, (usize, Set)> = BTreeMap::new();
    let mut count = 0;
    for (place, dependencies) in (0u32..).zip(&variable.candidates) {
        let fits = dependencies.iter().all(|one| !one.within.is_disjoint(&domain[one.on.index()]));
        if !domain[id.index()].contains(&place) || !fits {
            continue;
        }
        count += 1;
        for dependency in dependencies {
            let entry = asked.entry(dependency.on).or_insert_with(|| (0, Set::empty()));
            *entry = (entry.0 + 1, entry.1.union(&dependency.within));
        }
    }
    let by_all = asked.into_iter().filter(|(_, (times, _))| *times >= count);
    by_all.map(|(on, (_, within))| Dependency { on, within }).collect()
}
