//! Warns about `shm-size` of a container that uses the host's shared memory.

use crate::check::{Context, Rule};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes};

pub(super) const RULE: Rule = Rule { code: codes::UNUSED_SHM_SIZE, severity: Severity::Warning, check };

fn check(context: &Context<'_>, log: &mut Log) {
    for run in context.runs() {
        let host = run.ipc.as_ref().filter(|ipc| ipc.value == "host");
        let Some((ipc, size)) = host.zip(run.shm_size.as_ref()) else { continue };
        log.report(
            Diagnostic::warning(codes::UNUSED_SHM_SIZE, "`shm-size` has no effect with `ipc \"host\"`")
                .at(size.span, "ignored")
                .at(ipc.span, "shared memory has the size set on the host")
                .help(
                    "remove `shm-size`, or remove `ipc` if the container does not share memory with \
                    other processes",
                ),
        );
    }
}
