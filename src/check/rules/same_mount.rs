//! Reports mounts at the same path of the container.

use std::collections::BTreeMap;

use crate::check::{Context, Rule};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes, wording};
use crate::manifest::RunOptions;
use crate::source::{Span, Spanned};
use crate::value::ImagePath;

pub(super) const RULE: Rule = Rule { code: codes::SAME_MOUNT, severity: Severity::Error, check };

fn check(context: &Context<'_>, log: &mut Log) {
    for run in context.runs() {
        let mut seen: BTreeMap<&ImagePath, Span> = BTreeMap::new();
        for second in mounts(run) {
            let first = *seen.entry(&second.value).or_insert(second.span);
            if first == second.span {
                continue;
            }
            let message = format!("two mounts at {}", wording::code(second.as_str()));
            log.error(
                Diagnostic::error(codes::SAME_MOUNT, message)
                    .at(second.span, "second mount")
                    .at(first, "first mount")
                    .help("remove one of them, or mount it at another path"),
            );
        }
    }
}

/// Returns the mount points of a container.
pub(super) fn mounts(run: &RunOptions) -> Vec<&Spanned<ImagePath>> {
    run.volumes.iter().map(|volume| &volume.to).chain(&run.tmpfs).collect()
}
