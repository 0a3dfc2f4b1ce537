//! Reports conflicts: the minimal core of constraints that cannot hold together, the derivation between them,
//! and suggestions that were solved.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic, Log, Reported, codes, wording};
use crate::source::{Sources, Span};
use crate::value::Name;

use crate::resolve::explain::format::{self, Places};
use crate::resolve::explain::suggest;
use crate::resolve::explain::trace;
use crate::resolve::model::{Constraint, ConstraintKind, Model, Question};
use crate::resolve::problem::{Dependency, Problem, set};
use crate::resolve::provider::is_impossible;
use crate::resolve::{proven, words};

/// The maximum number of separate conflicts that are reported in one run.
const CONFLICTS: usize = 4;

/// The maximum number of labels in the user's own definitions.
const OWN: usize = 2;

/// The conflicts that were reported already, and how they are taken out of the problem to find further ones.
#[derive(Debug, Clone, Default)]
pub(in crate::resolve) struct Settled {
    /// Constraints that are ignored.
    constraints: BTreeSet<usize>,
    /// Dependencies that replace them.
    instead: Vec<Dependency>,
    /// Packages whose requirements are ignored, because their own request is in conflict.
    free: BTreeSet<Name>,
}

impl Settled {
    /// Whether ignored constraints are replaced by other versions.
    pub(in crate::resolve) fn has_replacements(&self) -> bool {
        !self.instead.is_empty()
    }

    /// Returns the problem of the constraints that `keep` accepts, without what was reported.
    pub(in crate::resolve) fn problem<'m>(
        &self,
        model: &'m Model<'_>,
        keep: impl Fn(usize) -> bool,
    ) -> Problem<'m> {
        let mut problem =
            model.problem(|constraint| keep(constraint) && !self.constraints.contains(&constraint));
        problem.asked.extend(self.instead.iter().cloned());
        for id in self.free.iter().filter_map(|name| model.ids.get(name)) {
            problem.variables.to_mut()[id.index()].candidates.iter_mut().for_each(Vec::clear);
        }
        problem
    }

    /// Removes a constraint from the problem, so that a second, separate conflict can be found.
    fn remove(&mut self, model: &Model<'_>, removed: usize) {
        let Constraint { kind, span, .. } = &model.constraints[removed];
        let is_same = |one: &Constraint| one.kind == *kind && one.span == *span;
        for (at, constraint) in model.constraints.iter().enumerate() {
            let asked_with_it = *kind == ConstraintKind::Request && is_same(constraint);
            if at == removed || asked_with_it {
                self.constraints.insert(at);
            }
            if let (true, Some(var)) = (asked_with_it, model.package_variable(constraint.on)) {
                self.free.insert(var.name.clone());
            }
        }
    }
}

/// One conflict: its core, and the constraint that the first suggestion changes.
struct Conflict {
    core: Vec<usize>,
    removed: usize,
    suggestions: Vec<suggest::Suggestion>,
    /// Whether each suggestion works only together with the first one of every other conflict.
    joint: bool,
}

/// Reports the conflicts of a model that has no answer.
pub(in crate::resolve) fn report(
    question: Question<'_>,
    model: &Model<'_>,
    sources: &Sources,
    log: &mut Log,
) -> Reported {
    let mut known = Settled::default();
    let mut all: Vec<(Conflict, Settled)> = Vec::new();
    for _ in 0..CONFLICTS {
        if !all.is_empty() && !is_impossible(&known.problem(model, |_| true), &model.budget) {
            break;
        }
        let core = core(model, &known);
        let Some(first) = suggest::first(model, &core) else { break };
        let suggestions = suggest::find(question, model, &core, &known);
        // Further conflicts are those that remain after the first suggestion is followed.
        let removed = suggestions.iter().find_map(|one| one.constraint).unwrap_or(first);
        let before = known.clone();
        known.remove(model, removed);
        all.push((Conflict { core, removed, suggestions, joint: false }, before));
    }
    if all.len() > 1 {
        for at in 0..all.len() {
            let (suggestions, joint) = together(question, model, &all, at);
            let one = &mut all[at].0;
            (one.suggestions, one.joint) = (suggestions, joint);
        }
        drop_unsound(question, model, &mut all);
    } else if let Some((one, _)) = all.first_mut() {
        one.suggestions.retain(|change| suggest::resolves(question, &model.budget, [change]));
    }
    let mut report = None;
    for (one, known) in &all {
        report =
            Some(log.error(diagnostic(question, model, (&one.core, &one.suggestions), (known, sources))));
    }
    report.unwrap_or_else(|| {
        log.error(
            Diagnostic::error(codes::resolve::CONFLICT, "the catalogue has no solution for this target")
                .at(question.project.target.span, "no combination of platform versions works here")
                .help("run `jcc package check` to find contradictions in the catalogue"),
        )
    })
}

/// Finds the suggestions for one of several conflicts: those that resolve all conflicts, or else those that
/// do once each other conflict is resolved by its first suggestion. Also returns whether they need the
/// others.
fn together(
    question: Question<'_>,
    model: &Model<'_>,
    all: &[(Conflict, Settled)],
    at: usize,
) -> (Vec<suggest::Suggestion>, bool) {
    let core = &all[at].0.core;
    let mut alone = suggest::find(question, model, core, &Settled::default());
    alone.retain(|change| suggest::resolves(question, &model.budget, [change]));
    if !alone.is_empty() {
        return (alone, false);
    }
    let removed_except = |except: Option<usize>| -> BTreeSet<usize> {
        let others = all.iter().enumerate().filter(|(other, _)| Some(*other) != except);
        others.flat_map(|(_, (one, _))| suggest::with_dependents(model, one.removed)).collect()
    };
    let without = removed_except(None);
    let Ok(answer) = proven::solve(model, model.problem(|constraint| !without.contains(&constraint))) else {
        return (Vec::new(), true);
    };
    let constraints = removed_except(Some(at));
    let kept = constraints.iter().map(|constraint| model.constraints[*constraint].on);
    let instead = kept.filter_map(|on| Some(Dependency { on, within: set([answer[on.index()]?]) })).collect();
    let known = Settled { constraints, instead, free: BTreeSet::new() };
    let mut suggestions = suggest::joint(question, model, (core, all[at].0.removed), &known);
    for one in &mut suggestions {
        one.text.push_str("; this also needs the first change suggested for the other conflict");
    }
    (suggestions, true)
}

/// Drops joint suggestions that do not resolve the manifest together with the first one of every other
/// conflict.
fn drop_unsound(question: Question<'_>, model: &Model<'_>, all: &mut [(Conflict, Settled)]) {
    loop {
        let is_sound = |at: usize, change: &suggest::Suggestion| {
            let others = all.iter().enumerate().filter(|(other, _)| *other != at);
            let firsts = others.filter_map(|(_, (one, _))| one.suggestions.first());
            suggest::resolves(question, &model.budget, firsts.chain([change]))
        };
        let joint = all.iter().enumerate().filter(|(_, (one, _))| one.joint);
        let unsound = joint
            .flat_map(|(at, (one, _))| {
                one.suggestions.iter().enumerate().map(move |(n, change)| (at, n, change))
            })
            .find(|(at, _, change)| !is_sound(*at, change));
        let Some((at, place, _)) = unsound else { return };
        all[at].0.suggestions.remove(place);
    }
}

/// Returns a minimal set of constraints that cannot hold together.
fn core(model: &Model<'_>, known: &Settled) -> Vec<usize> {
    let all =
        (0..model.constraints.len()).filter(|constraint| !known.constraints.contains(constraint)).collect();
    minimal(model, all, |keep| is_impossible(&known.problem(model, |one| keep.contains(&one)), &model.budget))
}

/// Reduces constraints that fail together to a minimal set that still fails (a deletion-based minimal
/// unsatisfiable subset): each is left out in turn, and stays out if the others still fail.
pub(in crate::resolve) fn minimal(
    model: &Model<'_>,
    constraints: Vec<usize>,
    fail: impl Fn(&BTreeSet<usize>) -> bool,
) -> Vec<usize> {
    // Constraints that are hard to change for the user are left out first, so that those that remain are easy
    // to change.
    let mut order = constraints.clone();
    order.sort_by_key(|constraint| {
        let kind = model.constraints[*constraint].kind;
        (kind != ConstraintKind::Implied, kind != ConstraintKind::Device, std::cmp::Reverse(*constraint))
    });
    let mut kept: BTreeSet<usize> = constraints.into_iter().collect();
    remove_unneeded(&order, |run| {
        let without: BTreeSet<usize> = kept.iter().copied().filter(|one| !run.contains(one)).collect();
        let fails = fail(&without);
        if fails {
            kept = without;
        }
        fails
    });
    let mut kept: Vec<usize> = kept.into_iter().collect();
    kept.sort_by_key(|constraint| {
        (model.constraints[*constraint].kind == ConstraintKind::Device, *constraint)
    });
    kept
}

/// Removes every item that is not needed. The result is the same as trying items one by one in order, but
/// runs of items are tried first and halved on failure, so that a long list with few needed items takes few
/// steps. `remove` removes a run of items if it can, and returns whether it did.
pub(in crate::resolve) fn remove_unneeded<T>(items: &[T], mut remove: impl FnMut(&[T]) -> bool) {
    let mut runs = vec![items];
    while let Some(run) = runs.pop() {
        if run.is_empty() || remove(run) || run.len() == 1 {
            continue;
        }
        let (first, second) = run.split_at(run.len() / 2);
        runs.extend([second, first]);
    }
}

fn diagnostic(
    question: Question<'_>,
    model: &Model<'_>,
    (core, suggestions): (&[usize], &[suggest::Suggestion]),
    (known, sources): (&Settled, &Sources),
) -> Diagnostic {
    let mut constraints = shown(model, core);
    let problem = known.problem(model, |constraint| core.contains(&constraint));
    let mut explanation = trace::report(model, core, problem, Places { catalog: question.catalog, sources });
    if explanation.unavailable {
        // The requests that are unavailable come first.
        constraints.sort_by_key(|constraint| {
            !matches!(constraint.kind, ConstraintKind::Request | ConstraintKind::Requirement)
        });
    }
    let (kind, message) = message(&constraints, explanation.unavailable);
    let mut diagnostic = Diagnostic::error(kind, message);
    for constraint in &constraints {
        diagnostic = diagnostic.at(constraint.span, label(model, constraint));
    }
    if let ([first, second, ..], []) = (constraints.as_slice(), explanation.lines.as_slice()) {
        explanation.lines.extend(
            (first.on == second.on).then(|| "an image contains only one version of a package".to_owned()),
        );
    }
    // A line of the target is shown if the derivation uses its axis, even if the device alone causes the
    // conflict.
    let target_facts = model.constraints.iter().filter(|constraint| {
        constraint.kind == ConstraintKind::Target && explanation.axes.contains(&constraint.on)
    });
    let of_target = target_facts.map(|constraint| (constraint.span, label(model, constraint)));
    let fixed = explanation.fixed.iter().filter_map(|(axis, value)| target(question, axis, value));
    // Lines of the user's own definitions get labels too. If there are many, only the steps cite them.
    let mut own = explanation.places;
    own.retain(|(place, _)| question.catalog.is_own(place.source));
    own.truncate(if own.len() > OWN { 0 } else { OWN });
    for (span, text) in of_target.chain(fixed).chain(own) {
        if diagnostic.labels.iter().all(|label| label.span != span) {
            diagnostic = diagnostic.at(span, text);
        }
    }
    if !explanation.lines.is_empty() {
        diagnostic = diagnostic.help(format!("because {}", explanation.lines.join("\n  and ")));
    }
    for one in suggestions {
        diagnostic = diagnostic.help(one.text.clone());
    }
    if let Some((span, replacement)) = suggestions.first().and_then(|one| one.edit.clone()) {
        diagnostic = diagnostic.fix(span, replacement);
    }
    diagnostic
}

/// Returns the code and the message of a conflict.
fn message(constraints: &[&Constraint], unavailable: bool) -> (Code, String) {
    let texts = |of: &dyn Fn(&Constraint) -> bool| {
        wording::codes(
            constraints.iter().filter(|constraint| of(constraint)).map(|constraint| constraint.text.as_str()),
        )
    };
    let is_asked = |constraint: &Constraint| {
        matches!(constraint.kind, ConstraintKind::Request | ConstraintKind::Requirement)
    };
    let (asked, rest) = (texts(&is_asked), texts(&|constraint| !is_asked(constraint)));
    let are = if asked.len() == 1 { "is" } else { "are" };
    match (unavailable && !asked.is_empty(), texts(&|_| true).as_slice()) {
        (true, _) if rest.is_empty() => (
            codes::resolve::UNAVAILABLE,
            format!("{} {are} not available for this target", wording::all_of(&asked)),
        ),
        (true, _) => {
            let (asked, rest) = (wording::all_of(&asked), wording::all_of(&rest));
            (codes::resolve::UNAVAILABLE, format!("{asked} {are} not available with {rest}"))
        }
        (false, [one]) => (codes::resolve::CONFLICT, format!("{one} cannot be satisfied for this target")),
        (false, several) => {
            (codes::resolve::CONFLICT, format!("{} are incompatible", wording::all_of(several)))
        }
    }
}

/// Returns the line of the target that fixes an axis such as `sm`, with its label.
fn target(question: Question<'_>, axis: &str, value: &str) -> Option<(Span, String)> {
    let target = &question.project.target;
    let device = target.device.as_ref().map(|device| device.span);
    let platform = target.platform.as_ref().map(|platform| platform.span);
    let gpu = target.gpu.iter().find(|gpu| gpu.value == value).or(target.gpu.first()).map(|gpu| gpu.span);
    if axis == words::SM {
        return Some((gpu.or(device)?, format!("its compute capability is {value}")));
    }
    Some((device.or(platform)?, format!("its {axis} is {value}")))
}

/// Returns the constraints to label. The request of a package is left out if its version requirement is
/// labelled.
fn shown<'m>(model: &'m Model<'_>, core: &[usize]) -> Vec<&'m Constraint> {
    let constraints: Vec<&Constraint> =
        core.iter().map(|constraint| &model.constraints[*constraint]).collect();
    let mut shown: Vec<&Constraint> = constraints
        .iter()
        .copied()
        .filter(|constraint| {
            constraint.kind != ConstraintKind::Request
                || !constraints
                    .iter()
                    .any(|other| other.kind == ConstraintKind::Requirement && other.on == constraint.on)
        })
        .collect();
    // One line of the manifest can be several constraints, such as a device and the axes that it bounds.
    let mut seen = BTreeSet::new();
    shown.retain(|constraint| seen.insert((constraint.span, constraint.text.clone())));
    shown
}

fn label(model: &Model<'_>, constraint: &Constraint) -> String {
    let name = model.package_variable(constraint.on).map_or_else(String::new, format::title);
    match constraint.kind {
        ConstraintKind::Device => {
            format!("runs {name} {}", format::versions(model, constraint.on, &constraint.within))
        }
        ConstraintKind::Target => "the target".to_owned(),
        ConstraintKind::Pin => "pinned here".to_owned(),
        ConstraintKind::Base => "the base image".to_owned(),
        ConstraintKind::Request => "requested here".to_owned(),
        ConstraintKind::Requirement => "this version is requested".to_owned(),
        ConstraintKind::Pip => "requested from pip".to_owned(),
        ConstraintKind::Implied => format!("this requires {name}"),
    }
}
