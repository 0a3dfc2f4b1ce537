//! Two files at one path.

use crate::check::{Context, Rule};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes, wording};

pub(super) const RULE: Rule = Rule { code: codes::SAME_OUTPUT, severity: Severity::Error, check };

fn check(context: &Context<'_>, log: &mut Log) {
    let output = &context.project.output;
    let mut all: Vec<_> = [&output.dockerfile, &output.compose, &output.bake, &output.devcontainer]
        .into_iter()
        .flatten()
        .collect();
    all.sort_by_key(|path| (path.span.source, path.span.start));
    for (at, second) in all.iter().enumerate() {
        let Some(first) = all[..at].iter().find(|other| other.value == second.value) else { continue };
        let message = format!("two files would be written to {}", wording::code(second.as_str()));
        log.error(
            Diagnostic::error(codes::SAME_OUTPUT, message)
                .at(second.span, "the second one")
                .at(first.span, "the first one")
                .help("give each a path of its own"),
        );
    }
    if context.project.targets > 1 {
        for path in [&output.dockerfile, &output.compose].into_iter().flatten() {
            let message = format!("every target would be written to {}", wording::code(path.as_str()));
            let count = wording::count(context.project.targets, "target");
            log.error(
                Diagnostic::error(codes::SAME_OUTPUT, message)
                    .at(path.span, format!("one path for {count}"))
                    .help("leave it out: each target is then written to a folder of its name"),
            );
        }
    }
}
