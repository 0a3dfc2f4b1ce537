//! Reports services that wait for each other.

use crate::check::{Context, Rule};
use crate::diagnostic::cycles::{Cycle, Edges, find_cycles};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes, wording};
use crate::source::Span;

pub(super) const RULE: Rule = Rule { code: codes::SERVICE_CYCLE, severity: Severity::Error, check };

fn check(context: &Context<'_>, log: &mut Log) {
    let run = &context.project.run;
    let main = (context.project.header.name.as_str(), run);
    let others = run.services.iter().map(|service| (service.name.as_str(), &service.run));
    // For each service, those that it waits for.
    let mut edges = Edges::new();
    for (name, run) in std::iter::once(main).chain(others) {
        let all = edges.entry(name).or_default();
        all.extend(run.depends_on.iter().map(|other| (other.as_str(), other.span)));
        // A service that shares a namespace of another one starts after it.
        for shared in [&run.network, &run.ipc, &run.pid].into_iter().flatten() {
            let other = shared.strip_prefix("service:").map(|other| (other, shared.span));
            let new = |(other, _): &(&str, Span)| all.iter().all(|(known, _)| known != other);
            if let Some(other) = other.filter(new) {
                all.push(other);
            }
        }
    }
    for cycle in find_cycles(&edges) {
        log.error(reported(&cycle));
    }
}

fn reported(cycle: &Cycle<'_>) -> Diagnostic {
    let names = wording::codes(cycle.iter().chain(&cycle[..1]).map(|(name, _)| name));
    let message = match names.as_slice() {
        [name, _] => format!("the service {name} waits for itself"),
        _ => format!("services wait for each other: {}", names.join(" → ")),
    };
    let mut diagnostic = Diagnostic::error(codes::SERVICE_CYCLE, message);
    let places = cycle[1..].iter().chain(&cycle[..1]).map(|(_, span)| *span);
    for (pair, span) in names.windows(2).zip(places) {
        diagnostic = diagnostic.at(span, format!("{} waits for {}", pair[0], pair[1]));
    }
    diagnostic.help("remove one of these: the services would never start")
}
