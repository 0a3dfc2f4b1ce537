//! Suggestions: each was tried by solving again.

use std::collections::{BTreeMap, BTreeSet};

use pubgrub::VersionSet as _;

use crate::catalog::Choose;
use crate::diagnostic::{Log, wording};
use crate::manifest::Project;
use crate::source::{Span, Spanned};
use crate::value::{Name, Parse as _, Requirement};

use crate::resolve::assignment::Assignment;
use crate::resolve::explain::core::Settled;
use crate::resolve::explain::format;
use crate::resolve::model::{Candidate, Constraint, ConstraintKind, Model, PackageVariable, Question};
use crate::resolve::problem::{Dependency, Doubt, Problem, set};
use crate::resolve::provider::{Answer, solve};
use crate::resolve::work::Budget;
use crate::resolve::{outcome, proven};

/// A change of the manifest that was solved and resolves the conflict.
pub(in crate::resolve) struct Suggestion {
    /// What to do, and what would then be chosen.
    pub(in crate::resolve) text: String,
    pub(in crate::resolve) constraint: Option<usize>,
    pub(in crate::resolve) edit: Option<(Span, String)>,
    /// What would be chosen then that nobody has shown to work.
    unproven: BTreeSet<String>,
    /// The change, to be tried on other targets.
    change: ManifestChange,
}

enum ManifestChange {
    /// The requirement at this place becomes another one.
    Requirement(Span, String),
    /// What stands at this place is left out.
    Drop(Span),
    NoBase,
    /// The request at this place gets an option.
    Option(Span, Spanned<Name>, Spanned<String>),
}

impl ManifestChange {
    fn applied(&self, project: &Project) -> Project {
        let mut project = project.clone();
        match self {
            Self::Requirement(place, text) => {
                let Ok(requirement) = Requirement::parse(text) else { return project };
                let pins = project.pins.iter_mut().map(|one| &mut one.requirement);
                let requests = project.packages.iter_mut().map(|one| &mut one.requirement);
                let axes = project.target.axes.iter_mut().map(|one| &mut one.requirement);
                for one in pins.chain(requests).chain(axes).filter(|one| one.span == *place) {
                    one.value = requirement.clone();
                }
            }
            Self::Drop(place) => {
                project.pins.retain(|one| one.span != *place);
                project.packages.retain(|one| one.name.span != *place);
                project.pip.install.retain(|one| one.span != *place);
                project.target.axes.retain(|one| one.requirement.span != *place);
                for one in project.packages.iter_mut().filter(|one| one.requirement.span == *place) {
                    one.requirement.value = Requirement::any();
                }
            }
            Self::NoBase => project.base = None,
            Self::Option(place, key, value) => choose(&mut project, *place, (key, value)),
        }
        project
    }
}

/// So many are shown.
const SHOWN: usize = 3;

/// On so many other targets each is tried.
const OTHERS: usize = 8;

/// The fact of one of several conflicts to change first: another release or base would be another answer to all of them.
pub(in crate::resolve) fn first(model: &Model<'_>, core: &[usize]) -> Option<usize> {
    let of = |kinds: &[ConstraintKind]| {
        core.iter().copied().find(|constraint| kinds.contains(&model.constraints[*constraint].kind))
    };
    of(&[ConstraintKind::Pin, ConstraintKind::Requirement, ConstraintKind::Pip])
        .or_else(|| of(&[ConstraintKind::Request]))
        .or_else(|| of(&[ConstraintKind::Base, ConstraintKind::Target]))
        .or_else(|| core.last().copied())
}

/// The suggestions of a conflict, those that change least first.
pub(in crate::resolve) fn find(
    question: Question<'_>,
    model: &Model<'_>,
    core: &[usize],
    known: &Settled,
) -> Vec<Suggestion> {
    let mut suggestions: Vec<Suggestion> = Vec::new();
    let of = |kinds: &[ConstraintKind]| -> Vec<Suggestion> {
        let constraints =
            core.iter().filter(|constraint| kinds.contains(&model.constraints[**constraint].kind));
        constraints.filter_map(|constraint| without(model, core, *constraint, known)).collect()
    };
    suggestions.extend(of(&[ConstraintKind::Pin, ConstraintKind::Requirement, ConstraintKind::Pip]));
    suggestions.extend(other_options(question, model, core, known));
    // Another release means flashing the machine anew.
    suggestions.extend(of(&[ConstraintKind::Base, ConstraintKind::Target]));
    if suggestions.is_empty() {
        for constraint in
            core.iter().filter(|constraint| model.constraints[**constraint].kind == ConstraintKind::Request)
        {
            suggestions.extend(without(model, core, *constraint, known));
        }
    }
    best(question, &model.budget, suggestions)
}

/// The suggestions to show: none that breaks another target, and of the rest those that lead to what was shown to work; where there
/// are none, each says what it leads to.
fn best(question: Question<'_>, budget: &Budget, mut suggestions: Vec<Suggestion>) -> Vec<Suggestion> {
    suggestions.retain(|one| spares_others(question, budget, one));
    let fewest = suggestions.iter().map(|one| one.unproven.len()).min().unwrap_or_default();
    suggestions.retain(|one| one.unproven.len() == fewest);
    suggestions.truncate(SHOWN);
    for one in suggestions.iter_mut().filter(|one| !one.unproven.is_empty()) {
        let all: Vec<&String> = one.unproven.iter().collect();
        let are = if all.len() == 1 { "is" } else { "are" };
        one.text.push_str(&format!("; {} {are} unproven here", wording::all_of(&all)));
    }
    suggestions
}

/// Whether the manifest resolves with all of these changes. A package that is removed takes its requirements with it, which the
/// model of the manifest as it is does not show.
pub(in crate::resolve) fn resolves<'s>(
    question: Question<'_>,
    budget: &Budget,
    changes: impl IntoIterator<Item = &'s Suggestion>,
) -> bool {
    let mut project = question.project.clone();
    for one in changes {
        project = one.change.applied(&project);
    }
    is_solvable(question, &project, budget)
}

/// Whether a manifest resolves, whatever becomes of its other targets.
fn is_solvable(question: Question<'_>, project: &Project, budget: &Budget) -> bool {
    let model = Model::build(Question { project, others: &[], ..question }, &mut Log::new());
    model.is_ok_and(|model| solve(&model.problem(|_| true), budget).is_ok())
}

/// Whether the manifest's other targets that resolve still do.
fn spares_others(question: Question<'_>, budget: &Budget, suggestion: &Suggestion) -> bool {
    let others = question.others.iter().take(OTHERS);
    others
        .filter(|project| is_solvable(question, project, budget))
        .all(|project| is_solvable(question, &suggestion.change.applied(project), budget))
}

/// A fact and what goes with it: leaving a request out leaves its requirement out too.
pub(in crate::resolve) fn with(model: &Model<'_>, dropped: usize) -> BTreeSet<usize> {
    let constraint = &model.constraints[dropped];
    let goes = |one: &usize| {
        let other = &model.constraints[*one];
        *one == dropped
            || (constraint.kind == ConstraintKind::Request
                && (other.kind == ConstraintKind::Requirement && other.on == constraint.on
                    || other.kind == ConstraintKind::Request && other.span == constraint.span))
    };
    (0..model.constraints.len()).filter(goes).collect()
}

/// The suggestions of one of several conflicts that go with those of the others: the one that changes this fact, and what changes
/// as little.
pub(in crate::resolve) fn beside(
    question: Question<'_>,
    model: &Model<'_>,
    (core, first): (&[usize], usize),
    known: &Settled,
) -> Vec<Suggestion> {
    let small = |constraint: &&usize| {
        [ConstraintKind::Pin, ConstraintKind::Requirement, ConstraintKind::Pip]
            .contains(&model.constraints[**constraint].kind)
    };
    let others = core.iter().filter(small).copied().filter(|constraint| *constraint != first);
    let all = std::iter::once(first).chain(others);
    let mut suggestions: Vec<Suggestion> =
        all.filter_map(|constraint| without(model, core, constraint, known)).collect();
    suggestions.extend(other_options(question, model, core, known));
    best(question, &model.budget, suggestions)
}

/// The suggestion that changes or drops one fact, where that gives an answer.
fn without(model: &Model<'_>, core: &[usize], dropped: usize, known: &Settled) -> Option<Suggestion> {
    let constraint = &model.constraints[dropped];
    let gone = with(model, dropped);
    let problem = || known.problem(model, |one| !gone.contains(&one));
    // The suggestions of several conflicts go together: each is a part of one answer.
    let near = if known.has_replacements() { None } else { nearest(model, &problem, constraint) };
    let answer = near.or_else(|| proven::solve(model, problem()).ok())?;
    let decided = Assignment { model, answer: &answer };
    let then = consequences(decided, core, constraint);
    let chosen = decided.candidate(constraint.on).and_then(|(var, candidate)| change(var, candidate));
    let name = constraint.text.split(' ').next().unwrap_or_default();
    let (text, edit) = match (constraint.kind, chosen) {
        (ConstraintKind::Pin | ConstraintKind::Requirement | ConstraintKind::Target, Some(version)) => (
            format!("change `{}` to `{name} \"{version}\"`{then}", constraint.text),
            constraint.requirement.map(|span| (span, format!("\"{version}\""))),
        ),
        (ConstraintKind::Pip, Some(version)) => {
            let bare = constraint.text.split(['<', '>', '=', '!', '~', ' ', ';']).next().unwrap_or_default();
            (format!("change `{}` to `{bare}=={version}`{then}", constraint.text), None)
        }
        (ConstraintKind::Base, _) => {
            (format!("remove `base`: jcc then selects a suitable base image{then}"), None)
        }
        (ConstraintKind::Requirement, None) => {
            (format!("remove the version from `{}`{then}", constraint.text), None)
        }
        (
            ConstraintKind::Request
            | ConstraintKind::Pin
            | ConstraintKind::Pip
            | ConstraintKind::Target
            | ConstraintKind::Device
            | ConstraintKind::Implied,
            _,
        ) => (format!("remove `{}`{then}", constraint.text), None),
    };
    let change = match (constraint.kind, constraint.requirement, &edit) {
        (_, Some(span), Some((_, text))) => {
            ManifestChange::Requirement(span, text.trim_matches('"').to_owned())
        }
        (ConstraintKind::Base, ..) => ManifestChange::NoBase,
        _ => ManifestChange::Drop(constraint.span),
    };
    Some(Suggestion { text, constraint: Some(dropped), edit, unproven: unproven(decided), change })
}

/// So many versions next to the one that was asked for are tried.
const NEAR: usize = 8;

/// The answer with the version nearest to the one that a line asks for, of what was shown to work: the nearest of the same
/// major version, of two as near the newer; otherwise the preferred one of the nearest major version.
fn nearest<'m>(
    model: &'m Model<'_>,
    problem: &impl Fn() -> Problem<'m>,
    constraint: &Constraint,
) -> Option<Answer> {
    constraint.requirement?;
    // Of an axis that is installed each release has its own default, which is better than the nearest.
    let var = model.package_variable(constraint.on).filter(|var| !var.is_axis() || var.is_pure())?;
    let variable = &model.variables[constraint.on.index()];
    let places = || (0u32..).zip(&var.candidates).filter_map(|(place, one)| Some((place, one.version()?)));
    let (asked, wanted) = places().filter(|(place, _)| constraint.within.contains(place)).last()?;
    let asked = variable.positions[asked as usize];
    let mut near: BTreeMap<_, Vec<u32>> = BTreeMap::new();
    for (place, version) in places().filter(|(place, _)| !constraint.within.contains(place)) {
        let is_shown = variable.doubts.get(place as usize).is_none_or(|doubt| *doubt == Doubt::None);
        if is_shown && !version.is_prerelease() {
            let at = variable.positions[place as usize];
            let key = match version.major().abs_diff(wanted.major()) {
                0 => (0, false, at.abs_diff(asked), at < asked),
                gap => (gap, version < wanted, 0, false),
            };
            near.entry(key).or_default().push(place);
        }
    }
    near.into_values().take(NEAR).find_map(|places| {
        let mut problem = problem();
        problem.asked.push(Dependency { on: constraint.on, within: set(places) });
        let answer = proven::solve(model, problem).ok()?;
        unproven(Assignment { model, answer: &answer }).is_empty().then_some(answer)
    })
}

/// How a manifest would ask for this one.
fn change(var: &PackageVariable<'_>, candidate: &Candidate) -> Option<String> {
    let version = format::version(var, candidate)?;
    let lowest = var.package.axis.as_ref().is_some_and(|axis| axis.choose == Choose::Lowest);
    Some(if lowest { format!(">={version}") } else { version })
}

/// What the other lines of the conflict would then come to.
fn consequences(decided: Assignment<'_, '_>, core: &[usize], changed: &Constraint) -> String {
    let mut parts: Vec<String> = Vec::new();
    for constraint in core.iter().map(|constraint| &decided.model.constraints[*constraint]) {
        if constraint.on == changed.on {
            continue;
        }
        let Some((var, candidate)) = decided.candidate(constraint.on) else { continue };
        if let (Some(version), false) = (format::version(var, candidate), var.package.versions.is_empty()) {
            // What the line says itself follows from nothing.
            if constraint.text.split_once(' ').is_some_and(|(_, written)| written == format!("\"{version}\""))
            {
                continue;
            }
            let part = format!("{} {version}", format::title(var));
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
    }
    if parts.is_empty() { String::new() } else { format!(" (selects {})", parts.join(", ")) }
}

/// Other values of options of the packages in the conflict.
fn other_options(
    question: Question<'_>,
    model: &Model<'_>,
    core: &[usize],
    known: &Settled,
) -> Vec<Suggestion> {
    let mut suggestions = Vec::new();
    for constraint in core
        .iter()
        .map(|constraint| &model.constraints[*constraint])
        .filter(|constraint| constraint.kind == ConstraintKind::Request)
    {
        let Some(var) = model.package_variable(constraint.on) else { continue };
        for option in &var.package.options {
            let now = var.options.get(&option.key.value);
            for (value, _) in option.values.iter().filter(|(value, _)| Some(&value.value) != now) {
                let mut project = question.project.clone();
                choose(&mut project, constraint.span, (&option.key, value));
                if let Some(unproven) = solves(question, &project, (known, &model.budget)) {
                    let text = format!(
                        "for `{}`, set the option `{} \"{}\"`",
                        var.name, option.key.value, value.value
                    );
                    let change = ManifestChange::Option(constraint.span, option.key.clone(), value.clone());
                    suggestions.push(Suggestion { text, constraint: None, edit: None, unproven, change });
                }
            }
        }
    }
    suggestions
}

fn choose(project: &mut Project, place: Span, option: (&Spanned<Name>, &Spanned<String>)) {
    for request in project.packages.iter_mut().filter(|request| request.name.span == place) {
        request.options.push((option.0.clone(), option.1.clone()));
    }
}

/// Whether the project then resolves: with what that nobody has shown to work.
fn solves(
    question: Question<'_>,
    project: &Project,
    (known, budget): (&Settled, &Budget),
) -> Option<BTreeSet<String>> {
    let mut log = Log::new();
    let mut model = Model::build(Question { project, ..question }, &mut log).ok()?;
    model.budget = budget.clone();
    let answer = proven::solve(&model, known.problem(&model, |_| true)).ok()?;
    Some(unproven(Assignment { model: &model, answer: &answer }))
}

/// What of an answer is needed and nobody has shown to work: `CUDA 12.8`.
fn unproven(decided: Assignment<'_, '_>) -> BTreeSet<String> {
    let mut needed = outcome::needed(decided);
    let named = decided
        .model
        .constraints
        .iter()
        .filter_map(|constraint| decided.model.package_variable(constraint.on));
    needed.extend(named.map(|var| var.name.clone()));
    let chosen = needed.iter().filter_map(|name| decided.named(name));
    let doubtful = chosen.filter(|(var, candidate)| {
        let entry = candidate.entry().map(|index| &var.package.versions[index]);
        entry.is_some_and(|entry| entry.unproven.is_some()) && !candidate.is_provided()
    });
    let doubt = |(var, candidate): (&PackageVariable<'_>, &Candidate)| {
        format::version(var, candidate).map(|version| format!("{} {version}", format::title(var)))
    };
    doubtful.filter_map(doubt).collect()
}
