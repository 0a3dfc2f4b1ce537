//! Reports kernel parameters of namespaces that the container shares with the host.

use crate::check::{Context, Rule};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes, wording};
use crate::manifest::RunOptions;
use crate::source::Span;

pub(super) const RULE: Rule = Rule { code: codes::HOST_SYSCTL, severity: Severity::Error, check };

fn check(context: &Context<'_>, log: &mut Log) {
    let by_default = context.platform.is_some_and(|platform| platform.host_network);
    for run in context.runs() {
        for (key, _) in &run.process.sysctls {
            let shared = if key.value.starts_with("net.") { network(run, by_default) } else { ipc(run) };
            let Some((what, instead, place)) = shared else { continue };
            let message = format!("{} cannot be set in {what}", wording::code(&key.value));
            let mut diagnostic = Diagnostic::error(codes::HOST_SYSCTL, message)
                .at(key.span, "Docker refuses to start a container with this");
            if let Some(place) = place {
                diagnostic = diagnostic.at(place, "shared with the host because of this");
            }
            log.report(diagnostic.help(format!(
                "set it on the host, in `/etc/sysctl.d`, or write {}",
                wording::code(instead)
            )));
        }
    }
}

type SharedNamespace = Option<(&'static str, &'static str, Option<Span>)>;

fn network(run: &RunOptions, by_default: bool) -> SharedNamespace {
    let what = "the host network";
    match (&run.network, run.can.first()) {
        (Some(network), _) if network.value == "host" => {
            Some((what, "network \"bridge\"", Some(network.span)))
        }
        (None, Some(can)) => Some((what, "network \"bridge\"", Some(can.span))),
        (None, None) if by_default => Some((what, "network \"bridge\"", None)),
        _ => None,
    }
}

fn ipc(run: &RunOptions) -> SharedNamespace {
    let ipc = run.ipc.as_ref().filter(|ipc| ipc.value == "host")?;
    Some(("the host's IPC namespace", "ipc \"private\"", Some(ipc.span)))
}
