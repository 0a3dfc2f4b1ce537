//! Reports ports, a host name or hosts of a container that shares the network of another one.

use crate::check::{Context, Rule};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes, wording};

pub(super) const RULE: Rule = Rule { code: codes::SHARED_NETWORK_PORT, severity: Severity::Error, check };

fn check(context: &Context<'_>, log: &mut Log) {
    for run in context.runs() {
        let Some(network) = &run.network else { continue };
        let Some((_, other)) = network.split_once(':') else { continue };
        // The options that conflict with the network mode. Source: moby, `runconfig/errors.go`
        let port = run.ports.first().map(|port| ("port", "cannot publish ports", port.span));
        let name =
            run.process.hostname.as_ref().map(|one| ("hostname", "cannot have its own hostname", one.span));
        let hosts = run.process.extra_hosts.first();
        let hosts = hosts.map(|one| ("extra-hosts", "cannot have its own hosts", one.span));
        for (node, what, span) in [port, name, hosts].into_iter().flatten() {
            let message = format!("a container that shares another one's network {what}");
            log.error(
                Diagnostic::error(codes::SHARED_NETWORK_PORT, message)
                    .at(span, "rejected by container engines")
                    .at(network.span, "the network belongs to another container")
                    .help(format!(
                        "remove {} here, and set it for {}",
                        wording::code(node),
                        wording::code(other)
                    )),
            );
        }
    }
}
