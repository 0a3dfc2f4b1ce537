//! Reports outputs with the same path.

use crate::check::outputs::{OutputPath, clashes, named};
use crate::check::{Context, Rule};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes, wording};

pub(super) const RULE: Rule = Rule { code: codes::SAME_OUTPUT, severity: Severity::Error, check };

/// The lock, which is always written to the manifest's folder.
const LOCK: &str = "jcc.lock";

fn check(context: &Context<'_>, log: &mut Log) {
    let output = &context.project.output;
    let mut all: Vec<_> =
        named(output).map(|(path, span)| OutputPath { path: path.as_str(), span: Some(span) }).collect();
    all.sort_by_key(|one| one.span.map(|span| (span.source, span.start)));
    let ignored = output.dockerfile.as_ref().map_or("Dockerfile", |path| path.value.as_str());
    let ignored = format!("{ignored}.dockerignore");
    let one = context.project.targets == 1;
    let defaults = [
        (LOCK, true),
        (ignored.as_str(), one),
        ("Dockerfile", one && output.dockerfile.is_none()),
        ("docker-compose.yaml", one && output.compose.is_none()),
    ];
    let defaults = defaults.into_iter().filter(|(_, is_written)| *is_written);
    let mut written: Vec<_> = defaults.map(|(path, _)| OutputPath { path, span: None }).collect();
    written.append(&mut all);
    clashes(&written, log);
    if !one {
        for path in [&output.dockerfile, &output.compose].into_iter().flatten() {
            let message = format!("all targets would be written to {}", wording::code(path.as_str()));
            let count = wording::count(context.project.targets, "target");
            log.error(
                Diagnostic::error(codes::SAME_OUTPUT, message)
                    .at(path.span, format!("one path for {count}"))
                    .help("remove it: each target is then written to a separate folder"),
            );
        }
    }
}
