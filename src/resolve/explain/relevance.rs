//! What of a problem can matter for its explanation: wheels of other platforms and entries for other releases are not
//! examined, unless they are all there is.

use std::collections::BTreeMap;

use pubgrub::VersionSet as _;

use crate::resolve::model::{ConstraintKind, Model, VariableKind};
use crate::resolve::problem::{Dependency, Problem, Set, Variable, VariableId, set};
use crate::resolve::provider::solve;
use crate::resolve::words;

/// By variable, which candidates there are to speak of.
pub(in crate::resolve) struct Relevance {
    /// Those of this platform; all, where there are none.
    pub(in crate::resolve) platform: Vec<Set>,
    /// Of these the ones that the target does not rule out by what they require themselves; all of them, where it
    /// rules out every one.
    pub(in crate::resolve) left: Vec<Set>,
    /// What the target leaves possible: of a release's requirements too.
    pub(in crate::resolve) domain: Vec<Set>,
}

impl Relevance {
    /// For an explanation of why these facts cannot hold together.
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
        relevance.bring_back(model, constraints);
        relevance
    }

    /// A problem with what is left. Of what another platform has it is only reported that.
    pub(in crate::resolve) fn apply(&self, model: &Model<'_>, problem: Problem<'_>) -> Problem<'static> {
        let mut problem = problem.whole();
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

    /// What is asked for and the target rules out is part of the explanation: it comes back.
    fn bring_back(&mut self, model: &Model<'_>, constraints: &[usize]) {
        // What is asked for in one line and pinned in another is brought back in that version.
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
            let back = if here.is_empty() { within } else { here };
            self.left[on.index()] = left.union(&back);
            let candidates = (0u32..).zip(&model.variables[on.index()].candidates);
            let brought = candidates.filter(|(place, _)| back.contains(place));
            todo.extend(brought.flat_map(|(_, dependencies)| dependencies.iter().cloned()));
        }
    }
}

/// Whether a demand is for another platform.
fn is_elsewhere(model: &Model<'_>, dependency: &Dependency) -> bool {
    let kind = &model.kinds[dependency.on.index()];
    let of_platform = |axis: &&str| [words::PLATFORM, words::ARCH].contains(axis);
    dependency.within.is_empty() && matches!(kind, VariableKind::Fixed { axis, .. } if of_platform(axis))
}

/// The candidates that ask for no other platform.
fn of_platform(model: &Model<'_>, id: VariableId) -> Set {
    match &model.kinds[id.index()] {
        VariableKind::Package(_) => some(&model.variables[id.index()], &Set::full(), |dependencies| {
            !dependencies.iter().any(|one| is_elsewhere(model, one))
        }),
        _ => Set::full(),
    }
}

/// The candidates within a set that fit; all of the set, where none fits but the first («not there»).
fn some(variable: &Variable, within: &Set, fits: impl Fn(&[Dependency]) -> bool) -> Set {
    let places = (0u32..).zip(&variable.candidates).filter(|(place, _)| within.contains(place));
    let fitting: Vec<u32> =
        places.filter(|(_, dependencies)| fits(dependencies)).map(|(place, _)| place).collect();
    if fitting.iter().all(|place| *place == 0) { within.clone() } else { set(fitting) }
}

/// What is left of each variable by the target's own requirements and what they entail, where they hold together.
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

/// What every candidate that is left of a variable asks for.
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
