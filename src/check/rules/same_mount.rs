//! Two things in one place of the container.

use crate::check::{Context, Rule};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes, wording};
use crate::manifest::Run;
use crate::source::Spanned;
use crate::value::ImagePath;

pub(super) const RULE: Rule = Rule { code: codes::SAME_MOUNT, severity: Severity::Error, check };

fn check(context: &Context<'_>, log: &mut Log) {
    for run in context.runs() {
        let all = mounts(run);
        for (at, second) in all.iter().enumerate() {
            let Some(first) = all[..at].iter().find(|other| other.value == second.value) else { continue };
            let message = format!("two things are mounted at {}", wording::code(second.as_str()));
            log.error(
                Diagnostic::error(codes::SAME_MOUNT, message)
                    .at(second.span, "the second one")
                    .at(first.span, "the first one")
                    .help("keep one of them, or mount one of them at another place"),
            );
        }
    }
}

/// Every place of the container that something is mounted at.
pub(super) fn mounts(run: &Run) -> Vec<&Spanned<ImagePath>> {
    run.volumes.iter().map(|volume| &volume.to).chain(&run.tmpfs).collect()
}
