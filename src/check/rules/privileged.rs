//! Warns about privileged containers.

use crate::check::{Context, Rule};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes};

pub(super) const RULE: Rule = Rule { code: codes::PRIVILEGED, severity: Severity::Warning, check };

fn check(context: &Context<'_>, log: &mut Log) {
    for span in context.runs().filter_map(|run| run.privileged.on()) {
        log.report(
            Diagnostic::warning(codes::PRIVILEGED, "a privileged container has full root access to the host")
                .at(span, "every device, every capability, no confinement")
                .help(
                    "grant only what is needed: `device`, `camera`, `gpio`, `i2c`, `cap-add`, \
                `device-cgroup-rule`",
                ),
        );
    }
}
