//! Explains the derivation between the lines of a conflict. The solver's derivation is reduced to the steps
//! that it needs; each is shown once, those of packages before those of the platform.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use pubgrub::{DerivationTree, External, VersionSet as _};

use crate::diagnostic::wording;
use crate::source::Span;
use crate::value::{Name, Version};

use crate::resolve::explain::core::remove_unneeded;
use crate::resolve::explain::format::{Places, title};
use crate::resolve::explain::relevance::Relevance;
use crate::resolve::explain::step::{self, DerivationStep};
use crate::resolve::model::{ConstraintKind, Model, PackageVariable, VariableKind};
use crate::resolve::problem::{Dependency, Problem, Set, VariableId};
use crate::resolve::provider::{Derivation, Unsolved, is_impossible, solve};

/// The maximum number of lines that are shown.
const SHOWN: usize = 8;

/// Why some constraints cannot hold together.
#[derive(Debug, Default)]
pub(in crate::resolve) struct Explanation {
    /// The steps, without a full stop.
    pub(in crate::resolve) lines: Vec<String>,
    /// Values fixed by the target that steps refer to, such as that of `sm`.
    pub(in crate::resolve) fixed: BTreeMap<&'static str, String>,
    /// Whether a step states that something is not available.
    pub(in crate::resolve) unavailable: bool,
    /// The axes whose requirements are among the steps.
    pub(in crate::resolve) axes: BTreeSet<VariableId>,
    /// The places of the steps in definitions, with their texts.
    pub(in crate::resolve) places: Vec<(Span, String)>,
}

/// Requirements between pairs of variables: the candidates of the first that require, and the candidates of
/// the second that satisfy.
type RequirementEdges = BTreeMap<(VariableId, VariableId), (Set, Set)>;

/// Explains why the problem of these constraints has no answer.
pub(in crate::resolve) fn report(
    model: &Model<'_>,
    constraints: &[usize],
    problem: Problem<'_>,
    places: Places<'_>,
) -> Explanation {
    let relevance = Relevance::new(model, constraints);
    let edges = needed(model, relevance.apply(model, problem));
    let mut edges = merge_install_guards(model, &edges);
    add_release_names(model, &relevance, &mut edges);
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
            // Packages can bring their own copy, so they are not alternatives that a user would choose
            // between.
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

/// Attributes requirements under the condition "this axis is installed" to the axis itself.
fn merge_install_guards(model: &Model<'_>, edges: &RequirementEdges) -> RequirementEdges {
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

/// Removes requirements on distributions that the manifest does not constrain, if the same versions also
/// require one that it does. The constraint that only one distribution is possible is removed too if only one
/// is left.
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

/// If the target names a release through another axis (`jetpack` for `l4t`), adds the step between the two,
/// so that the explanation starts with the name in the manifest.
fn add_release_names(model: &Model<'_>, relevance: &Relevance, edges: &mut RequirementEdges) {
    let named = model
        .constraints
        .iter()
        .filter(|constraint| constraint.kind == ConstraintKind::Target)
        .map(|constraint| constraint.on);
    for from in named.filter(|id| model.package_variable(*id).is_some_and(PackageVariable::is_name)) {
        let candidates = &model.variables[from.index()].candidates;
        for on in candidates.iter().flatten().map(|dependency| dependency.on).collect::<BTreeSet<_>>() {
            let mentions = |(one, other): &(VariableId, VariableId)| *one == on || *other == on;
            if edges.keys().any(mentions) {
                let here = |id: VariableId| relevance.domain[id.index()].clone();
                edges.entry((from, on)).or_insert_with(|| (here(from), here(on)));
            }
        }
    }
}

/// Returns a minimal set of the requirements that have no answer together, among the variables that occur in
/// the solver's derivation.
fn needed(model: &Model<'_>, mut problem: Problem<'_>) -> RequirementEdges {
    let Err(Unsolved::Impossible(derivation)) = solve(&problem, &model.budget) else {
        return RequirementEdges::new();
    };
    let of_derivation = collect(*derivation).into_keys().flat_map(|(from, on)| [from, on]);
    // Releases are included, because a reason that involves the release is preferred to others.
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
    // Removal is tried in reverse order: requirements of packages on the platform explain more than those
    // between packages.
    let between: Vec<_> = between.into_iter().rev().filter(|(from, _)| *from != VariableId::ROOT).collect();
    remove_unneeded(&between, |run| {
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
        let still_impossible = is_impossible(&problem, &model.budget);
        if !still_impossible {
            let variables = problem.variables.to_mut();
            for (from, candidates) in before.into_iter().rev() {
                variables[from.index()].candidates = candidates;
            }
        }
        still_impossible
    });
    match solve(&problem, &model.budget) {
        Err(Unsolved::Impossible(derivation)) => collect(*derivation),
        // The rest is known to conflict. If the budget does not suffice for a derivation, all of it is shown.
        Err(Unsolved::OutOfWork(_)) => requirements(&problem),
        Ok(_) => RequirementEdges::new(),
    }
}

/// Returns all requirements of a problem.
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

/// Returns the axes that have nothing to install, such as releases.
fn releases<'m>(model: &'m Model<'_>) -> impl Iterator<Item = VariableId> + 'm {
    model
        .ids
        .values()
        .copied()
        .filter(move |id| model.package_variable(*id).is_some_and(PackageVariable::is_pure))
}

/// Returns the requirements that a derivation uses. Consumes the derivation, so that a deep one is visited
/// and freed without recursion, and shared parts are visited once.
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

/// Sorts packages before the platform, and each before its requirements.
fn ordered(model: &Model<'_>, edges: RequirementEdges) -> Vec<((VariableId, VariableId), (Set, Set))> {
    let rank = |id: VariableId| model.variables[id.index()].rank;
    let is_axis = |id: VariableId| model.package_variable(id).is_some_and(PackageVariable::is_axis);
    let mut ordered: Vec<_> = edges.into_iter().filter(|((from, _), _)| *from != VariableId::ROOT).collect();
    ordered.sort_by_key(|((from, on), _)| (is_axis(*from), rank(*from), rank(*on)));
    ordered
}
