//! Reports CAN interfaces that are not available in the container's network.

use crate::check::{Context, Rule};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes, wording};

pub(super) const RULE: Rule = Rule { code: codes::CAN_NETWORK, severity: Severity::Error, check };

fn check(context: &Context<'_>, log: &mut Log) {
    for run in context.runs() {
        let Some(can) = run.can.first() else { continue };
        let Some(network) = run.network.as_ref().filter(|network| network.value != "host") else { continue };
        let message = format!("{} is an interface of the host network", wording::code(&can.value));
        log.error(
            Diagnostic::error(codes::CAN_NETWORK, message)
                .at(network.span, "the container uses another network")
                .at(can.span, "so this interface is not available")
                .help(
                    "write `network \"host\"`, or remove `network`: the host network is the default \
                    with `can`",
                ),
        );
    }
}
