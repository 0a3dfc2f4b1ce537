//! Finds suggestions: changes of the manifest that resolve a conflict. Each is verified by solving again.

use std::collections::{BTreeMap, BTreeSet};

use pubgrub::VersionSet as _;

use crate::catalog::Choose;
use crate::diagnostic::{Log, wording};
use crate::manifest::Project;
use crate::source::{Span, Spanned};
use crate::value::{Name, PackedText, Parse as _, Requirement};

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
    /// The change in words, and what would then be selected.
    pub(in crate::resolve) text: String,
    /// The constraint that it changes or removes.
    pub(in crate::resolve) constraint: Option<usize>,
    /// A replacement for a part of the manifest's text.
    pub(in crate::resolve) edit: Option<(Span, String)>,
    /// The unproven versions that would be selected.
    unproven: BTreeSet<String>,
    /// The change as data, for trying it on other targets.
    change: ManifestChange,
}

enum ManifestChange {
    /// Replaces the requirement at this place.
    Requirement(Span, String),
    /// Removes the node or requirement at this place.
    Drop(Span),
    NoBase,
    /// Sets an option of the request at this place.
    Option(Span, Spanned<Name>, Spanned<PackedText>),
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
            Self::Option(place, key, value) => set_option(&mut project, *place, (key, value)),
        }
        project
    }
}

/// The maximum number of suggestions that are shown.
const SHOWN: usize = 3;

/// The maximum number of other targets that each suggestion is tried on.
const OTHERS: usize = 8;

/// Returns the constraint of a conflict to change first. The base image and the release come late, because
/// changing them would affect all conflicts.
pub(in crate::resolve) fn first(model: &Model<'_>, core: &[usize]) -> Option<usize> {
    let of = |kinds: &[ConstraintKind]| {
        core.iter().copied().find(|constraint| kinds.contains(&model.constraints[*constraint].kind))
    };
    of(&[ConstraintKind::Pin, ConstraintKind::Requirement, ConstraintKind::Pip])
        .or_else(|| of(&[ConstraintKind::Request]))
        .or_else(|| of(&[ConstraintKind::Base, ConstraintKind::Target]))
        .or_else(|| core.last().copied())
}

/// Finds the suggestions for a conflict, sorted by how little they change.
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
    // Changing the release means flashing the machine again.
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

/// Returns the suggestions to show: those that break no other target and select the fewest unproven versions.
/// If they select any, their texts name them.
fn best(question: Question<'_>, budget: &Budget, mut suggestions: Vec<Suggestion>) -> Vec<Suggestion> {
    suggestions.retain(|one| keeps_other_targets(question, budget, one));
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

/// Whether the manifest resolves with all of these changes. The model is built again, because removing a
/// package also removes what only it requires.
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

/// Whether a target resolves, without regard to the other targets of its manifest.
fn is_solvable(question: Question<'_>, project: &Project, budget: &Budget) -> bool {
    let model = Model::build(Question { project, others: &[], ..question }, &mut Log::new());
    model.is_ok_and(|model| solve(&model.problem(|_| true), budget).is_ok())
}

/// Whether the manifest's other targets that resolve now still do with this suggestion.
fn keeps_other_targets(question: Question<'_>, budget: &Budget, suggestion: &Suggestion) -> bool {
    let others = question.others.iter().take(OTHERS);
    others
        .filter(|project| is_solvable(question, project, budget))
        .all(|project| is_solvable(question, &suggestion.change.applied(project), budget))
}

/// Returns a constraint and those that are removed with it: removing a request removes its version
/// requirement too.
pub(in crate::resolve) fn with_dependents(model: &Model<'_>, dropped: usize) -> BTreeSet<usize> {
    let constraint = &model.constraints[dropped];
    let is_removed = |one: &usize| {
        let other = &model.constraints[*one];
        *one == dropped
            || (constraint.kind == ConstraintKind::Request
                && (other.kind == ConstraintKind::Requirement && other.on == constraint.on
                    || other.kind == ConstraintKind::Request && other.span == constraint.span))
    };
    (0..model.constraints.len()).filter(is_removed).collect()
}

/// Finds the suggestions for one of several conflicts that work together with those for the others: one that
/// changes the given constraint, those that change other pins and requirements of the core, and other
/// options.
pub(in crate::resolve) fn joint(
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

/// Returns the suggestion that changes or removes one constraint, if the rest can be solved.
fn without(model: &Model<'_>, core: &[usize], dropped: usize, known: &Settled) -> Option<Suggestion> {
    let constraint = &model.constraints[dropped];
    let removed = with_dependents(model, dropped);
    let problem = || known.problem(model, |one| !removed.contains(&one));
    // Joint suggestions must be parts of one answer, so each takes the version of that answer instead of the
    // nearest.
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

/// The maximum number of versions near the requested one that are tried.
const NEAR: usize = 8;

/// Returns the answer with the proven version nearest to the one that a line requests: the nearest of the
/// same major version (the newer of two at the same distance), or else the preferred one of the nearest major
/// version.
fn nearest<'m>(
    model: &'m Model<'_>,
    problem: &impl Fn() -> Problem<'m>,
    constraint: &Constraint,
) -> Option<Answer> {
    constraint.requirement?;
    // For an axis that is installed, such as CUDA, the default of the release is better than the nearest
    // version.
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

/// Returns the requirement with which a manifest would request this candidate.
fn change(var: &PackageVariable<'_>, candidate: &Candidate) -> Option<String> {
    let version = format::version(var, candidate)?;
    let lowest = var.package.axis.as_ref().is_some_and(|axis| axis.choose == Choose::Lowest);
    Some(if lowest { format!(">={version}") } else { version })
}

/// Formats what would be selected for the other lines of the conflict: ` (selects ros humble)`.
fn consequences(decided: Assignment<'_, '_>, core: &[usize], changed: &Constraint) -> String {
    let mut parts: Vec<String> = Vec::new();
    for constraint in core.iter().map(|constraint| &decided.model.constraints[*constraint]) {
        if constraint.on == changed.on {
            continue;
        }
        let Some((var, candidate)) = decided.candidate(constraint.on) else { continue };
        if let (Some(version), false) = (format::version(var, candidate), var.package.versions.is_empty()) {
            // A version that the line itself states is no news.
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

/// Finds suggestions that set options of the packages in the conflict to other values.
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
        // Without the option, pip would install another build of the package over it.
        let of_pip = |one: &usize| {
            let other = &model.constraints[*one];
            other.kind == ConstraintKind::Pip && other.on == constraint.on
        };
        if core.iter().any(of_pip) {
            continue;
        }
        for option in &var.package.options {
            let now = var.options.get(&option.key.value);
            for (value, _) in option.values.iter().filter(|(value, _)| Some(&value.value) != now) {
                let mut project = question.project.clone();
                set_option(&mut project, constraint.span, (&option.key, value));
                if let Some(unproven) = solves(question, &project, (known, &model.budget)) {
                    let text = format!(
                        "set the option: `{} {{ option \"{}\" \"{}\" }}`",
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

fn set_option(project: &mut Project, place: Span, option: (&Spanned<Name>, &Spanned<PackedText>)) {
    for request in project.packages.iter_mut().filter(|request| request.name.span == place) {
        request.options.push((option.0.clone(), option.1.clone()));
    }
}

/// Solves a changed project. Returns the unproven versions in the answer; `None` if there is no answer.
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

/// Returns the unproven versions in an answer that are needed or constrained by the manifest: `CUDA 12.8`.
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
