//! Mends: each was tried by solving again.

use std::collections::BTreeSet;

use crate::catalog::Choose;
use crate::diagnostic::Log;
use crate::manifest::Project;
use crate::source::{Span, Spanned};

use super::conflict::Known;
use super::decided::Decided;
use super::model::{Candidate, Fact, FactKind, Model, Question, Thing};
use super::provider::{Answer, solve};
use super::spoken;
use super::work::Budget;

/// A way out.
pub(super) struct Mend {
    /// What to do, and what would then be chosen.
    pub(super) text: String,
    /// The fact that it changes.
    pub(super) fact: Option<usize>,
    /// The same as an edit.
    pub(super) edit: Option<(Span, String)>,
}

/// So many are shown.
const SHOWN: usize = 3;

/// The fact of one of several conflicts to change first: another release or base would be another answer to all of them.
pub(super) fn first(model: &Model<'_>, core: &[usize]) -> Option<usize> {
    let of = |kinds: &[FactKind]| core.iter().copied().find(|fact| kinds.contains(&model.facts[*fact].kind));
    of(&[FactKind::Pin, FactKind::Requirement])
        .or_else(|| of(&[FactKind::Request]))
        .or_else(|| of(&[FactKind::Base, FactKind::Target]))
        .or_else(|| core.last().copied())
}

/// The mends of a conflict, those that change least first.
pub(super) fn find(question: Question<'_>, model: &Model<'_>, core: &[usize], known: &Known) -> Vec<Mend> {
    let mut mends: Vec<Mend> = Vec::new();
    let of = |kinds: &[FactKind]| -> Vec<Mend> {
        let facts = core.iter().filter(|fact| kinds.contains(&model.facts[**fact].kind));
        facts.filter_map(|fact| without(model, core, *fact, known)).collect()
    };
    mends.extend(of(&[FactKind::Pin, FactKind::Requirement]));
    mends.extend(other_options(question, model, core, known));
    // Another release means flashing the machine anew.
    mends.extend(of(&[FactKind::Base, FactKind::Target]));
    if mends.is_empty() {
        for fact in core.iter().filter(|fact| model.facts[**fact].kind == FactKind::Request) {
            mends.extend(without(model, core, *fact, known));
        }
    }
    mends.truncate(SHOWN);
    mends
}

/// A fact and what goes with it: leaving a request out leaves its requirement out too.
pub(super) fn with(model: &Model<'_>, dropped: usize) -> BTreeSet<usize> {
    let fact = &model.facts[dropped];
    let goes = |one: &usize| {
        *one == dropped
            || (fact.kind == FactKind::Request
                && model.facts[*one].kind == FactKind::Requirement
                && model.facts[*one].on == fact.on)
    };
    (0..model.facts.len()).filter(goes).collect()
}

/// The mends of one of several conflicts that go with those of the others: the one that changes this fact, and what changes
/// as little.
pub(super) fn beside(
    question: Question<'_>,
    model: &Model<'_>,
    (core, first): (&[usize], usize),
    known: &Known,
) -> Vec<Mend> {
    let small = |fact: &&usize| [FactKind::Pin, FactKind::Requirement].contains(&model.facts[**fact].kind);
    let others = core.iter().filter(small).copied().filter(|fact| *fact != first);
    let all = std::iter::once(first).chain(others);
    let mut mends: Vec<Mend> = all.filter_map(|fact| without(model, core, fact, known)).collect();
    mends.extend(other_options(question, model, core, known));
    mends.truncate(SHOWN);
    mends
}

/// The mend that changes or drops one fact, where that gives an answer.
fn without(model: &Model<'_>, core: &[usize], dropped: usize, known: &Known) -> Option<Mend> {
    let fact = &model.facts[dropped];
    let gone = with(model, dropped);
    let answer = solve(&known.problem(model, |one| !gone.contains(&one)), &model.budget).ok()?;
    let decided = Decided { model, answer: &answer };
    let then = consequences(decided, core, fact);
    let chosen = decided.candidate(fact.on).and_then(|(thing, candidate)| change(thing, candidate));
    let name = fact.text.split(' ').next().unwrap_or_default();
    let (text, edit) = match (fact.kind, chosen) {
        (FactKind::Pin | FactKind::Requirement | FactKind::Target, Some(version)) => (
            format!("change `{}` to `{name} \"{version}\"`{then}", fact.text),
            fact.requirement.map(|span| (span, format!("\"{version}\""))),
        ),
        (FactKind::Base, _) => (format!("leave `base` out: the compiler chooses one that fits{then}"), None),
        (FactKind::Request, _) => (format!("leave `{}` out{then}", fact.text), None),
        (
            FactKind::Pin | FactKind::Requirement | FactKind::Target | FactKind::Device | FactKind::Implied,
            _,
        ) => (format!("drop `{}`{then}", fact.text), None),
    };
    Some(Mend { text, fact: Some(dropped), edit })
}

/// How a manifest would ask for this one.
fn change(thing: &Thing<'_>, candidate: &Candidate) -> Option<String> {
    let version = spoken::version(thing, candidate)?;
    let lowest = thing.package.axis.as_ref().is_some_and(|axis| axis.choose == Choose::Lowest);
    Some(if lowest { format!(">={version}") } else { version })
}

/// What the other lines of the conflict would then come to.
fn consequences(decided: Decided<'_, '_>, core: &[usize], changed: &Fact) -> String {
    let mut parts: Vec<String> = Vec::new();
    for fact in core.iter().map(|fact| &decided.model.facts[*fact]) {
        if fact.on == changed.on {
            continue;
        }
        let Some((thing, candidate)) = decided.candidate(fact.on) else { continue };
        if let (Some(version), false) = (spoken::version(thing, candidate), thing.package.versions.is_empty())
        {
            // What the line says itself follows from nothing.
            if fact.text.split_once(' ').is_some_and(|(_, said)| said == format!("\"{version}\"")) {
                continue;
            }
            let part = format!("{} {version}", spoken::title(thing));
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
    }
    if parts.is_empty() { String::new() } else { format!(" (then {})", parts.join(", ")) }
}

/// Other values of options of the packages in the conflict.
fn other_options(question: Question<'_>, model: &Model<'_>, core: &[usize], known: &Known) -> Vec<Mend> {
    let mut mends = Vec::new();
    for fact in core.iter().map(|fact| &model.facts[*fact]).filter(|fact| fact.kind == FactKind::Request) {
        let Some(thing) = model.thing(fact.on) else { continue };
        for option in &thing.package.options {
            let now = thing.options.get(&option.key.value);
            for (value, _) in option.values.iter().filter(|(value, _)| Some(&value.value) != now) {
                let mut project = question.project.clone();
                choose(&mut project, fact.span, (&option.key, value));
                if solves(question, &project, (known, &model.budget)).is_some() {
                    let text = format!(
                        "give `{}` the option `{} \"{}\"`",
                        thing.name, option.key.value, value.value
                    );
                    mends.push(Mend { text, fact: None, edit: None });
                }
            }
        }
    }
    mends
}

fn choose(project: &mut Project, place: Span, option: (&Spanned<crate::value::Name>, &Spanned<String>)) {
    for request in project.packages.iter_mut().filter(|request| request.name.span == place) {
        request.options.push((option.0.clone(), option.1.clone()));
    }
}

fn solves(question: Question<'_>, project: &Project, (known, budget): (&Known, &Budget)) -> Option<Answer> {
    let mut log = Log::new();
    let model = Model::build(Question { project, ..question }, &mut log).ok()?;
    solve(&known.problem(&model, |_| true), budget).ok()
}
