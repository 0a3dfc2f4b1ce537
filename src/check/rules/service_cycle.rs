//! Services that wait for each other.

use std::collections::BTreeMap;

use crate::check::{Context, Rule};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes, wording};
use crate::source::Span;

pub(super) const RULE: Rule = Rule { code: codes::SERVICE_CYCLE, severity: Severity::Error, check };

/// By service, those that it waits for.
type Graph<'a> = BTreeMap<&'a str, Vec<(&'a str, Span)>>;

fn check(context: &Context<'_>, log: &mut Log) {
    let run = &context.project.run;
    let main = (context.project.header.name.as_str(), run);
    let others = run.services.iter().map(|service| (service.name.as_str(), &service.run));
    let mut graph = Graph::new();
    for (name, run) in std::iter::once(main).chain(others) {
        let waits = run.depends_on.iter().map(|other| (other.as_str(), other.span));
        graph.entry(name).or_default().extend(waits);
    }
    let mut done: Vec<&str> = Vec::new();
    for start in graph.keys() {
        let mut path = Vec::new();
        walk(&graph, (start, None), &mut path, &mut done, log);
    }
}

/// Follows what `at` waits for; a service that is on the path already closes a ring.
fn walk<'a>(
    graph: &Graph<'a>,
    at: (&'a str, Option<Span>),
    path: &mut Vec<(&'a str, Option<Span>)>,
    done: &mut Vec<&'a str>,
    log: &mut Log,
) {
    if let Some(start) = path.iter().position(|(name, _)| *name == at.0) {
        path.push(at);
        log.error(ring(&path[start..]));
        path.pop();
        return;
    }
    if done.contains(&at.0) {
        return;
    }
    path.push(at);
    for (name, span) in graph.get(at.0).into_iter().flatten() {
        walk(graph, (name, Some(*span)), path, done, log);
    }
    path.pop();
    done.push(at.0);
}

fn ring(path: &[(&str, Option<Span>)]) -> Diagnostic {
    let names = wording::codes(path.iter().map(|(name, _)| name));
    let message = match names.as_slice() {
        [name, _] => format!("the service {name} waits for itself"),
        _ => format!("services wait for each other: {}", names.join(" → ")),
    };
    let mut told = Diagnostic::error(codes::SERVICE_CYCLE, message);
    for (pair, span) in names.windows(2).zip(path.iter().skip(1).map(|(_, span)| *span)) {
        if let Some(span) = span {
            told = told.at(span, format!("{} waits for {}", pair[0], pair[1]));
        }
    }
    told.help("take one of these out: none of them would ever start")
}
