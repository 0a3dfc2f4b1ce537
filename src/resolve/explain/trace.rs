//! The chain between the lines of a conflict, formatted from the solver's derivation: only the steps that it needs, each
//! once, packages before the platform.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use pubgrub::{DerivationTree, External, VersionSet as _};

use crate::diagnostic::wording;
use crate::source::Span;
use crate::value::{Name, Version};

use crate::resolve::explain::core::leave_out;
use crate::resolve::explain::format::{Places, title};
use crate::resolve::explain::relevance::Relevance;
use crate::resolve::explain::step::{self, DerivationStep};
use crate::resolve::model::{ConstraintKind, Model, PackageVariable, VariableKind};
use crate::resolve::problem::{Dependency, Problem, Set, VariableId};
use crate::resolve::provider::{Derivation, Unsolved, is_impossible, solve};

/// So many lines are shown.
const SHOWN: usize = 8;

/// Why some facts cannot hold together.
#[derive(Debug, Default)]
pub(in crate::resolve) struct Explanation {
    /// The steps, without a full stop.
    pub(in crate::resolve) lines: Vec<String>,
    /// What the target fixes and the steps run into: `sm` and its value.
    pub(in crate::resolve) fixed: BTreeMap<&'static str, String>,
    /// Whether a step says that something does not exist.
    pub(in crate::resolve) unavailable: bool,
    /// Axes that ask for something in it.
    pub(in crate::resolve) axes: BTreeSet<VariableId>,
    /// Where the steps stand in definitions.
    pub(in crate::resolve) places: Vec<(Span, String)>,
}

/// Requirements by who asks and of whom, with the candidates that ask and those that will do.
type RequirementEdges = BTreeMap<(VariableId, VariableId), (Set, Set)>;

pub(in crate::resolve) fn report(
    model: &Model<'_>,
    constraints: &[usize],
    problem: Problem<'_>,
    places: Places<'_>,
) -> Explanation {
    let relevance = Relevance::new(model, constraints);
    let edges = needed(model, relevance.apply(model, problem));
    let mut edges = of_installing(model, &edges);
    name_releases(model, &relevance, &mut edges);
    leave_out_other_distributions(model, &mut edges);
    let mut explanation = Explanation::default();
    let mut choices: BTreeMap<&Name, Vec<String>> = BTreeMap::new();
    for ((from, on), (holders, within)) in ordered(model, edges) {
        if let VariableKind::Choice { word, .. } = &model.kinds[on.index()] {
            choices.entry(word).or_default().extend(model.package_variable(from).map(title));
        }
        let step =
            DerivationStep { model, relevance: &relevance, from, holders: &holders, on, within: &within };
        let Some(line) = step::line(step, places) else { continue };
        explanation.unavailable |= matches!(&model.kinds[on.index()], VariableKind::Unavailable(_));
        if let VariableKind::Fixed { axis, value } = &model.kinds[on.index()] {
            explanation.fixed.insert(axis, value.clone());
        }
        explanation.axes.extend(model.package_variable(from).filter(|var| var.is_axis()).map(|_| from));
        if !explanation.lines.contains(&line.text) {
            explanation.lines.push(line.text);
            explanation.places.extend(line.place.map(|place| (place, line.what)));
        }
    }
    for (word, mut names) in choices {
        names.sort();
        let all = wording::all_of(&names);
        explanation.lines.insert(
            0,
            // Some of a kind bring it along for themselves: they are no alternatives that anybody would choose.
            format!("{all} each bring {word}, and an image can contain only one of them"),
        );
    }
    let more = explanation.lines.len().saturating_sub(SHOWN);
    if more > 1 {
        explanation.lines.truncate(SHOWN);
        explanation.lines.push(format!("… and {more} more steps like these"));
    }
    explanation
}

/// What an axis asks for where it is installed is asked for by the axis.
fn of_installing(model: &Model<'_>, edges: &RequirementEdges) -> RequirementEdges {
    let is_installed = |guard: VariableId| {
        let unmet = model.variables[guard.index()].candidates.get(1).and_then(|all| all.first());
        unmet.is_some_and(|one| matches!(&model.kinds[one.on.index()], VariableKind::Installed { .. }))
    };
    let axis = |from: VariableId| match model.kinds[from.index()] {
        VariableKind::Guard { owner } if is_installed(from) => Some(owner),
        _ => None,
    };
    let mut direct = RequirementEdges::new();
    for ((from, on), (holders, within)) in edges {
        match axis(*from) {
            None if axis(*on).is_some() => {}
            None => add(&mut direct, (*from, *on), (holders, within)),
            Some(_) if matches!(&model.kinds[on.index()], VariableKind::Installed { .. }) => {}
            Some(owner) => {
                let holders =
                    edges.get(&(owner, *from)).map_or_else(Set::empty, |(holders, _)| holders.clone());
                add(&mut direct, (owner, *on), (&holders, within));
            }
        }
    }
    direct
}

/// Of a version that is for one distribution in one entry and for others in another, the one that the manifest asks for is
/// what matters: the others, and that they are alternatives, say nothing more.
fn leave_out_other_distributions(model: &Model<'_>, edges: &mut RequirementEdges) {
    let distribution =
        |id: VariableId| model.package_variable(id).filter(|var| var.package.is_distribution());
    let is_asked = |id: VariableId| model.constraints.iter().any(|one| one.on == id);
    let versions = |id: VariableId, places: &Set| -> BTreeSet<Version> {
        let candidates = model.package_variable(id).map_or(&[][..], |var| &var.candidates);
        let here = (0u32..).zip(candidates).filter(|(place, _)| places.contains(place));
        here.filter_map(|(_, one)| one.version().cloned()).collect()
    };
    let of_asked: Vec<(VariableId, BTreeSet<Version>)> = edges
        .iter()
        .filter(|((_, on), _)| distribution(*on).is_some() && is_asked(*on))
        .map(|((from, _), (holders, _))| (*from, versions(*from, holders)))
        .collect();
    let before = edges.len();
    edges.retain(|(from, on), (holders, _)| {
        let is_other = distribution(*on).is_some() && !is_asked(*on);
        let own = versions(*from, holders);
        !(is_other && of_asked.iter().any(|(one, of)| one == from && !own.is_empty() && own.is_subset(of)))
    });
    let left: BTreeSet<VariableId> =
        edges.keys().filter(|(from, _)| *from != VariableId::ROOT).map(|(_, on)| *on).collect();
    if edges.len() < before && left.iter().filter(|id| distribution(**id).is_some()).count() < 2 {
        edges.retain(|(from, on), _| {
            distribution(*from).is_none() || !matches!(model.kinds[on.index()], VariableKind::Choice { .. })
        });
    }
}

/// Where a release learns of that the target calls by another name, that name comes first.
fn name_releases(model: &Model<'_>, relevance: &Relevance, edges: &mut RequirementEdges) {
    let called = model
        .constraints
        .iter()
        .filter(|constraint| constraint.kind == ConstraintKind::Target)
        .map(|constraint| constraint.on);
    for from in called.filter(|id| model.package_variable(*id).is_some_and(PackageVariable::is_name)) {
        let candidates = &model.variables[from.index()].candidates;
        for on in candidates.iter().flatten().map(|dependency| dependency.on).collect::<BTreeSet<_>>() {
            let report = |(one, other): &(VariableId, VariableId)| *one == on || *other == on;
            if edges.keys().any(report) {
                let here = |id: VariableId| relevance.domain[id.index()].clone();
                edges.entry((from, on)).or_insert_with(|| (here(from), here(on)));
            }
        }
    }
}

/// The requirements that there is no answer for, without those that it takes none of: between what the solver's
/// derivation goes through.
fn needed(model: &Model<'_>, mut problem: Problem<'_>) -> RequirementEdges {
    let Err(Unsolved::Impossible(derivation)) = solve(&problem, &model.budget) else {
        return RequirementEdges::new();
    };
    let of_derivation = collect(*derivation).into_keys().flat_map(|(from, on)| [from, on]);
    // Of several reasons for one thing that of a release is reported.
    let met: BTreeSet<VariableId> = of_derivation.chain(releases(model)).collect();
    let mut between: BTreeSet<(VariableId, VariableId)> = BTreeSet::new();
    for (from, variable) in (0..).map(VariableId).zip(problem.variables.to_mut()) {
        for dependencies in &mut variable.candidates {
            dependencies.retain(|dependency| {
                from == VariableId::ROOT || met.contains(&from) && met.contains(&dependency.on)
            });
            between.extend(dependencies.iter().map(|dependency| (from, dependency.on)));
        }
    }
    // What packages require of the platform, and it of itself, tells more than what they are required for.
    let between: Vec<_> = between.into_iter().rev().filter(|(from, _)| *from != VariableId::ROOT).collect();
    leave_out(&between, |run| {
        if model.budget.is_spent() {
            return false;
        }
        let variables = problem.variables.to_mut();
        let mut before: Vec<(VariableId, Vec<Vec<Dependency>>)> = Vec::new();
        for (from, on) in run {
            let candidates = &mut variables[from.index()].candidates;
            before.push((*from, candidates.clone()));
            for dependencies in candidates {
                dependencies.retain(|dependency| dependency.on != *on);
            }
        }
        let spared = is_impossible(&problem, &model.budget);
        if !spared {
            let variables = problem.variables.to_mut();
            for (from, candidates) in before.into_iter().rev() {
                variables[from.index()].candidates = candidates;
            }
        }
        spared
    });
    match solve(&problem, &model.budget) {
        Err(Unsolved::Impossible(derivation)) => collect(*derivation),
        // What was left out left a conflict; without work for its derivation, the requirements themselves are shown.
        Err(Unsolved::OutOfWork(_)) => requirements(&problem),
        Ok(_) => RequirementEdges::new(),
    }
}

/// Every requirement of a problem.
fn requirements(problem: &Problem<'_>) -> RequirementEdges {
    let mut edges = RequirementEdges::new();
    for (from, variable) in (0..).map(VariableId).zip(problem.variables.iter()) {
        for (place, dependencies) in (0..).zip(&variable.candidates) {
            for dependency in dependencies {
                add(&mut edges, (from, dependency.on), (&Set::singleton(place), &dependency.within));
            }
        }
    }
    edges
}

/// What the target may name: axes that nothing is installed for.
fn releases<'m>(model: &'m Model<'_>) -> impl Iterator<Item = VariableId> + 'm {
    model
        .ids
        .values()
        .copied()
        .filter(move |id| model.package_variable(*id).is_some_and(PackageVariable::is_pure))
}

/// The requirements that a derivation uses. It takes the derivation apart, so that one of any depth is visited and freed
/// without recursion, and a part that several steps share once.
fn collect(derivation: Derivation) -> RequirementEdges {
    let mut edges = RequirementEdges::new();
    let mut stack = vec![derivation];
    while let Some(one) = stack.pop() {
        match one {
            DerivationTree::Derived(derived) => {
                stack.extend([derived.cause1, derived.cause2].into_iter().filter_map(Arc::into_inner));
            }
            DerivationTree::External(External::FromDependencyOf(from, holders, on, within)) => {
                add(&mut edges, (from, on), (&holders, &within));
            }
            DerivationTree::External(
                External::NotRoot(..) | External::NoVersions(..) | External::Custom(..),
            ) => {}
        }
    }
    edges
}

fn add(edges: &mut RequirementEdges, between: (VariableId, VariableId), (holders, within): (&Set, &Set)) {
    let edge = edges.entry(between).or_insert_with(|| (Set::empty(), Set::empty()));
    edge.0 = edge.0.union(holders);
    edge.1 = edge.1.union(within);
}

/// Packages before the platform, each before what it asks for.
fn ordered(model: &Model<'_>, edges: RequirementEdges) -> Vec<((VariableId, VariableId), (Set, Set))> {
    let rank = |id: VariableId| model.variables[id.index()].rank;
    let is_axis = |id: VariableId| model.package_variable(id).is_some_and(PackageVariable::is_axis);
    let mut ordered: Vec<_> = edges.into_iter().filter(|((from, _), _)| *from != VariableId::ROOT).collect();
    ordered.sort_by_key(|((from, on), _)| (is_axis(*from), rank(*from), rank(*on)));
    ordered
}
