//! Warns about published ports that have no effect on the host network.

use crate::check::{Context, Rule};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes, wording};

pub(super) const RULE: Rule = Rule { code: codes::UNUSED_PORT, severity: Severity::Warning, check };

fn check(context: &Context<'_>, log: &mut Log) {
    let by_default = context.platform.filter(|platform| platform.host_network);
    for run in context.runs() {
        let Some(first) = run.ports.first() else { continue };
        let diagnostic = Diagnostic::warning(codes::UNUSED_PORT, "`port` has no effect on the host network");
        let diagnostic = match (&run.network, run.can.first(), by_default) {
            (Some(network), ..) if network.value == "host" => diagnostic
                .at(first.span, "ignored")
                .at(network.span, "ports of the container are ports of the host"),
            (None, Some(can), _) => diagnostic
                .at(first.span, "ignored")
                .at(can.span, "`can` puts the container on the host network"),
            // The manifest may be for several platforms, of which some have a bridge network. If host and
            // container port are the same, the port is available on the host network too.
            (None, None, Some(platform)) => {
                let Some(other) = run.ports.iter().find(|port| !port.value.is_same_number()) else {
                    continue;
                };
                let name = wording::code(platform.name.as_str());
                diagnostic.at(other.span, format!("ignored: containers use the host network on {name}"))
            }
            _ => continue,
        };
        let help =
            if run.can.is_empty() { "remove `port`, or write `network \"bridge\"`" } else { "remove `port`" };
        log.report(diagnostic.help(help));
    }
}
