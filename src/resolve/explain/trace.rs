//! The chain between the lines of a conflict, formatted from the solver's derivation: only the steps that it needs, each
//! once, packages before the platform.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use pubgrub::{DerivationTree, External, VersionSet as _};

use crate::diagnostic::wording;
use crate::source::Span;
use crate::value::Name;

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
    let mut edges = needed(model, relevance.apply(model, problem));
    name_releases(model, &relevance, &mut edges);
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
            format!("{all} are alternatives for {word}, and an image can contain only one of them"),
        );
    }
    let more = explanation.lines.len().saturating_sub(SHOWN);
    if more > 1 {
        explanation.lines.truncate(SHOWN);
        explanation.lines.push(format!("… and {more} more steps like these"));
    }
    explanation
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
