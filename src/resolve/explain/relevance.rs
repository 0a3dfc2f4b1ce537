//! What of a problem can matter for its explanation: wheels of other platforms and entries for other releases are not
//! gone through, unless they are all there is.

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
    pub(in crate::resolve) fn new(model: &Model<'_>, facts: &[usize]) -> Self {
        let platform: Vec<Set> =
            (0..).take(model.variables.len()).map(|at| of_platform(model, VariableId(at))).collect();
        let domain = domain(model, &platform);
        let left: Vec<Set> = model
            .variables
            .iter()
            .zip(&model.meanings)
            .zip(&platform)
            .map(|((variable, meaning), within)| match meaning {
                VariableKind::Package(_) => some(variable, within, |demands| {
                    demands.iter().all(|one| !one.within.is_disjoint(&domain[one.on.index()]))
                }),
                _ => Set::full(),
            })
            .collect();
        let mut narrow = Self { platform, left, domain };
        narrow.bring_back(model, facts);
        narrow
    }

    /// A problem with what is left. Of what another platform has it is only reported that.
    pub(in crate::resolve) fn apply(&self, model: &Model<'_>, problem: Problem<'_>) -> Problem<'static> {
        let mut problem = problem.whole();
        for demands in problem.variables.to_mut().iter_mut().skip(1).flat_map(|one| &mut one.candidates) {
            if demands.iter().any(|demand| is_elsewhere(model, demand)) {
                demands.retain(|demand| is_elsewhere(model, demand));
            }
        }
        for demand in
            problem.variables.to_mut().iter_mut().flat_map(|one| one.candidates.iter_mut().flatten())
        {
            demand.within = demand.within.intersection(&self.left[demand.on.index()]);
        }
        problem
    }

    /// What is asked for and the target rules out is part of the explanation: it comes back.
    fn bring_back(&mut self, model: &Model<'_>, facts: &[usize]) {
        // What is asked for in one line and pinned in another is brought back in that version.
        let mut asked: BTreeMap<VariableId, Set> = BTreeMap::new();
        for fact in facts.iter().map(|fact| &model.facts[*fact]) {
            let within = asked.entry(fact.on).or_insert_with(Set::full);
            let both = within.intersection(&fact.within);
            *within = if both.is_empty() { fact.within.clone() } else { both };
        }
        let mut todo: Vec<Dependency> =
            asked.into_iter().map(|(on, within)| Dependency { on, within }).collect();
        for (at, variable) in model.variables.iter().enumerate() {
            let places =
                (0u32..).zip(&variable.candidates).filter(|(place, _)| self.left[at].contains(place));
            todo.extend(places.flat_map(|(_, demands)| demands.iter().cloned()));
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
            todo.extend(brought.flat_map(|(_, demands)| demands.iter().cloned()));
        }
    }
}

/// Whether a demand is for another platform.
fn is_elsewhere(model: &Model<'_>, demand: &Dependency) -> bool {
    let meaning = &model.meanings[demand.on.index()];
    let of_platform = |axis: &&str| [words::PLATFORM, words::ARCH].contains(axis);
    demand.within.is_empty() && matches!(meaning, VariableKind::Fixed { axis, .. } if of_platform(axis))
}

/// The candidates that ask for no other platform.
fn of_platform(model: &Model<'_>, id: VariableId) -> Set {
    match &model.meanings[id.index()] {
        VariableKind::Package(_) => some(&model.variables[id.index()], &Set::full(), |demands| {
            !demands.iter().any(|one| is_elsewhere(model, one))
        }),
        _ => Set::full(),
    }
}

/// The candidates within a set that fit; all of the set, where none fits but the first («not there»).
fn some(variable: &Variable, within: &Set, fits: impl Fn(&[Dependency]) -> bool) -> Set {
    let places = (0u32..).zip(&variable.candidates).filter(|(place, _)| within.contains(place));
    let fitting: Vec<u32> = places.filter(|(_, demands)| fits(demands)).map(|(place, _)| place).collect();
    if fitting.iter().all(|place| *place == 0) { within.clone() } else { set(fitting) }
}

/// What is left of each variable by the target's own requirements and what they entail, where they hold together.
fn domain(model: &Model<'_>, platform: &[Set]) -> Vec<Set> {
    let of_target =
        |fact: usize| matches!(model.facts[fact].kind, ConstraintKind::Target | ConstraintKind::Device);
    let together = solve(&model.problem(of_target), &model.budget).is_ok();
    let target = model.problem(|fact| together && of_target(fact));
    let mut domain = platform.to_vec();
    let mut todo: Vec<Dependency> = target.demands(VariableId::ROOT, 0).cloned().collect();
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
    for (place, demands) in (0u32..).zip(&variable.candidates) {
        let fits = demands.iter().all(|one| !one.within.is_disjoint(&domain[one.on.index()]));
        if !domain[id.index()].contains(&place) || !fits {
            continue;
        }
        count += 1;
        for demand in demands {
            let entry = asked.entry(demand.on).or_insert_with(|| (0, Set::empty()));
            *entry = (entry.0 + 1, entry.1.union(&demand.within));
        }
    }
    let by_all = asked.into_iter().filter(|(_, (times, _))| *times >= count);
    by_all.map(|(on, (_, within))| Dependency { on, within }).collect()
}
