//! Ports of a container that has the network of another one.

use crate::check::{Context, Rule};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes, wording};

pub(super) const RULE: Rule = Rule { code: codes::SHARED_NETWORK_PORT, severity: Severity::Error, check };

fn check(context: &Context<'_>, log: &mut Log) {
    for run in context.runs() {
        let (Some(network), Some(port)) = (&run.network, run.ports.first()) else { continue };
        let Some((_, other)) = network.split_once(':') else { continue };
        log.error(
            Diagnostic::error(
                codes::SHARED_NETWORK_PORT,
                "a container that shares another one's network cannot publish ports",
            )
            .at(port.span, "rejected by container engines")
            .at(network.span, "the network belongs to another container")
            .help(format!("remove `port` here, and publish it on {}", wording::code(other))),
        );
    }
}
