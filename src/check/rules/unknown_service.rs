//! Reports references to services that do not exist.

use std::collections::BTreeSet;

use crate::check::{Context, Rule};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes, wording};
use crate::manifest::RunOptions;
use crate::source::Spanned;

pub(super) const RULE: Rule = Rule { code: codes::UNKNOWN_SERVICE, severity: Severity::Error, check };

/// The maximum number of services that a help message names.
const SHOWN: usize = 20;

fn check(context: &Context<'_>, log: &mut Log) {
    let run = &context.project.run;
    let mut known = vec![context.project.header.name.as_str()];
    known.extend(run.services.iter().map(|service| service.name.as_str()));
    let set: BTreeSet<&str> = known.iter().copied().collect();
    for run in context.runs() {
        for name in used(run).into_iter().filter(|name| !set.contains(name.value)) {
            let shown = wording::code(name.value);
            let diagnostic = Diagnostic::error(codes::UNKNOWN_SERVICE, format!("unknown service {shown}"))
                .at(name.span, "unknown service");
            if log.is_long() {
                log.error(diagnostic);
                continue;
            }
            let all = match &known[1..] {
                [] => {
                    "the manifest defines no other service: add `service \"NAME\" { … }` to `run`".to_owned()
                }
                _ if known.len() > SHOWN => format!("the manifest defines {} services", known.len()),
                _ => format!("defined services: {}", wording::all_of(&wording::codes(&known))),
            };
            log.error(
                diagnostic.maybe_help(wording::did_you_mean(name.value, known.iter().copied())).help(all),
            );
        }
    }
}

fn used(run: &RunOptions) -> Vec<Spanned<&str>> {
    let mut all: Vec<Spanned<&str>> =
        run.depends_on.iter().map(|name| Spanned::new(name.as_str(), name.span)).collect();
    for shared in [&run.network, &run.ipc, &run.pid].into_iter().flatten() {
        all.extend(shared.strip_prefix("service:").map(|name| Spanned::new(name, shared.span)));
    }
    all
}
