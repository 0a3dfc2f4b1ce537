//! A port that nothing needs to lead to.

use crate::check::{Context, Rule};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes, wording};

pub(super) const RULE: Rule = Rule { code: codes::UNUSED_PORT, severity: Severity::Warning, check };

fn check(context: &Context<'_>, log: &mut Log) {
    let by_default = context.platform.filter(|platform| platform.host_network);
    for run in context.runs() {
        let Some(first) = run.ports.first() else { continue };
        let told = Diagnostic::warning(codes::UNUSED_PORT, "`port` has no effect on the host's network");
        let told = match (&run.network, by_default) {
            (Some(network), _) if network.value == "host" => {
                told.at(first.span, "this is ignored").at(network.span, "its ports are the host's ports")
            }
            (None, Some(platform)) => {
                let name = wording::code(platform.name.as_str());
                told.at(first.span, format!("ignored: containers are on the host's network on {name}"))
            }
            _ => continue,
        };
        log.tell(told.help("leave `port` out, or write `network \"bridge\"`"));
    }
}
