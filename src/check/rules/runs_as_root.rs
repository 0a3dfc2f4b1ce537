//! Notes images that run as root.

use crate::check::context::head;
use crate::check::{Context, Rule};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes};

pub(super) const RULE: Rule = Rule { code: codes::RUNS_AS_ROOT, severity: Severity::Note, check };

fn check(context: &Context<'_>, log: &mut Log) {
    if let Some(app) = context.project.app.as_ref().filter(|app| app.user.is_none()) {
        log.report(
            Diagnostic::note(codes::RUNS_AS_ROOT, "the image runs as root")
                .at(head(app.span, "app"), "missing `user`")
                .help("add `user \"robot\" uid=1000`: files on volumes then belong to that user"),
        );
    }
}
