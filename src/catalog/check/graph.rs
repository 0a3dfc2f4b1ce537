//! Packages that require each other whatever is chosen.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Log, codes::catalog as codes, wording};
use crate::source::Span;

use crate::catalog::store::Definition;
use crate::catalog::{Catalog, Package};

/// Who requires whom, and where; axes do not count, since they are decided together.
type Graph<'a> = BTreeMap<&'a str, Vec<(&'a str, Span)>>;

pub(super) fn cycles(catalog: &Catalog, log: &mut Log) {
    let mut graph = Graph::new();
    for (_, slot) in catalog.added() {
        if let Some(Definition::Package(package)) = catalog.decoded(slot)
            && package.axis.is_none()
        {
            graph.insert(package.name.as_str(), edges(catalog, package));
        }
    }
    let mut done = BTreeSet::new();
    for start in graph.keys().copied() {
        let mut path = Vec::new();
        follow(&graph, (start, None), &mut path, &mut done, log);
    }
}

fn edges<'a>(catalog: &'a Catalog, package: &'a Package) -> Vec<(&'a str, Span)> {
    let always = package.requires.iter().filter(|require| require.guard.all.is_empty());
    always
        .filter_map(|require| {
            let needed = catalog.package(require.name.as_str())?;
            needed.axis.is_none().then(|| (needed.name.as_str(), require.name.span))
        })
        .collect()
}

/// Walks on from a package; `path` is how it was reached.
fn follow<'a>(
    graph: &Graph<'a>,
    step: (&'a str, Option<Span>),
    path: &mut Vec<(&'a str, Option<Span>)>,
    done: &mut BTreeSet<&'a str>,
    log: &mut Log,
) {
    let (name, reached) = step;
    if let Some(at) = path.iter().position(|(other, _)| *other == name) {
        let mut round: Vec<(&str, Option<Span>)> = path[at..].to_vec();
        round[0].1 = reached;
        log.error(told(&round));
        return;
    }
    if !done.insert(name) {
        return;
    }
    path.push(step);
    for (next, span) in graph.get(name).into_iter().flatten() {
        follow(graph, (*next, Some(*span)), path, done, log);
    }
    path.pop();
}

/// `a`, `b`: each with the place where the one before requires it.
fn told(round: &[(&str, Option<Span>)]) -> Diagnostic {
    let names: Vec<String> = round.iter().chain(&round[..1]).map(|(name, _)| wording::code(name)).collect();
    let message = format!("packages require each other: {}", names.join(" → "));
    let mut told = Diagnostic::error(codes::REQUIRES_CYCLE, message);
    for (at, (name, span)) in round.iter().enumerate() {
        let before = round[(at + round.len() - 1) % round.len()].0;
        if let Some(span) = span {
            told = told.at(*span, format!("`{before}` requires `{name}`"));
        }
    }
    told.help("take one of these requirements out, or guard it with `when`")
}
