//! What is told when there is no answer: which of the user's lines cannot hold together, the chain between them, and
//! mends that were solved.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Log, Told, codes, wording};
use crate::source::Sources;

use super::model::{Fact, FactKind, Model, Question};
use super::provider::solve;
use super::{mend, story};

/// So many separate conflicts are told in one run.
const CONFLICTS: usize = 4;

/// Tells every conflict of a model that has no answer.
pub(super) fn tell(question: Question<'_>, model: &Model<'_>, sources: &Sources, log: &mut Log) -> Told {
    let mut left_out = BTreeSet::new();
    let mut told = None;
    for _ in 0..CONFLICTS {
        if told.is_some() && solve(&model.problem(|fact| !left_out.contains(&fact))).is_ok() {
            break;
        }
        let core = core(model, &left_out);
        let Some(first) = core.last().copied() else { break };
        let mends = mend::find(question, model, &core, &left_out);
        told = Some(log.error(diagnostic(model, &core, &mends, sources)));
        // What a mend would take away is taken away, so that a second, separate conflict shows.
        left_out.insert(mends.iter().find_map(|one| one.fact).unwrap_or(first));
    }
    told.unwrap_or_else(|| {
        log.error(
            Diagnostic::error(codes::resolve::CONFLICT, "the catalogue has nothing for this target")
                .at(question.project.target.span, "no version of the platform fits together here")
                .help("`jcc package check` finds what contradicts itself in the catalogue"),
        )
    })
}

/// A smallest set of facts that cannot hold together: each is left out in turn, and stays out where there is still no
/// answer.
fn core(model: &Model<'_>, left_out: &BTreeSet<usize>) -> Vec<usize> {
    let mut kept: Vec<usize> = (0..model.facts.len()).filter(|fact| !left_out.contains(fact)).collect();
    // What the user can change least is tried first, so that the lines that are left are those to change.
    let mut order = kept.clone();
    order.sort_by_key(|fact| {
        let kind = model.facts[*fact].kind;
        (kind != FactKind::Implied, kind != FactKind::Device, std::cmp::Reverse(*fact))
    });
    for fact in order {
        let without: BTreeSet<usize> = kept.iter().copied().filter(|one| *one != fact).collect();
        if solve(&model.problem(|one| without.contains(&one))).is_err() {
            kept.retain(|one| *one != fact);
        }
    }
    kept.sort_by_key(|fact| (model.facts[*fact].kind == FactKind::Device, model.facts[*fact].kind, *fact));
    kept
}

fn diagnostic(model: &Model<'_>, core: &[usize], mends: &[mend::Mend], sources: &Sources) -> Diagnostic {
    let facts = shown(model, core);
    let texts = wording::codes(facts.iter().map(|fact| fact.text.as_str()));
    let message = match texts.as_slice() {
        [one] => format!("{one} cannot be had here"),
        several => format!("{} cannot hold together", wording::all_of(several)),
    };
    let mut diagnostic = Diagnostic::error(codes::resolve::CONFLICT, message);
    for fact in &facts {
        diagnostic = diagnostic.at(fact.span, label(model, fact));
    }
    let lines = story::lines(model, core, sources);
    if !lines.is_empty() {
        diagnostic = diagnostic.help(format!("because\n{}", lines.join("\n")));
    }
    for one in mends {
        diagnostic = diagnostic.help(one.text.clone());
    }
    if let Some((span, replacement)) = mends.first().and_then(|one| one.edit.clone()) {
        diagnostic = diagnostic.fix(span, replacement);
    }
    diagnostic
}

/// The facts to label: a package's request goes without saying where its requirement is labelled.
fn shown<'m>(model: &'m Model<'_>, core: &[usize]) -> Vec<&'m Fact> {
    let facts: Vec<&Fact> = core.iter().map(|fact| &model.facts[*fact]).collect();
    let mut shown: Vec<&Fact> = facts
        .iter()
        .copied()
        .filter(|fact| {
            fact.kind != FactKind::Request
                || !facts.iter().any(|other| other.kind == FactKind::Requirement && other.on == fact.on)
        })
        .collect();
    // One line of the manifest may be several facts (a device and the axes that it bounds).
    let mut seen = BTreeSet::new();
    shown.retain(|fact| seen.insert((fact.span, fact.text.clone())));
    shown
}

fn label(model: &Model<'_>, fact: &Fact) -> String {
    let name = model.thing(fact.on).map_or_else(String::new, story::title);
    match fact.kind {
        FactKind::Device => format!("it runs {name} {}", story::describe(model, fact.on, &fact.within)),
        FactKind::Target => "the target".to_owned(),
        FactKind::Pin => "pinned here".to_owned(),
        FactKind::Base => "the base".to_owned(),
        FactKind::Request => "asked for here".to_owned(),
        FactKind::Requirement => "this version is asked for".to_owned(),
        FactKind::Implied => format!("this needs {name}"),
    }
}
