//! Warns about access to the engine's socket.

use crate::check::{Context, Rule};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes};
use crate::manifest::Engine;
use crate::source::Span;

pub(super) const RULE: Rule = Rule { code: codes::DOCKER_SOCKET, severity: Severity::Warning, check };

/// The sockets of container engines.
const SOCKETS: &[&str] = &["/var/run/docker.sock", "/run/docker.sock", "/run/podman/podman.sock"];

fn check(context: &Context<'_>, log: &mut Log) {
    for run in context.runs() {
        let mounted = run.volumes.iter().filter(|volume| SOCKETS.contains(&volume.from.value.as_str()));
        let spans: Vec<Span> =
            run.docker_socket.on().into_iter().chain(mounted.map(|one| one.from.span)).collect();
        for span in spans {
            let (message, label) = match context.project.engine() {
                Engine::Docker => (
                    "access to the engine's socket is equivalent to root access on the host",
                    "it can start any container with any folder of the host",
                ),
                Engine::Podman => (
                    "access to the engine's socket is equivalent to the account of the user who starts it",
                    "it can start any container with any folder of this user",
                ),
            };
            log.report(
                Diagnostic::warning(codes::DOCKER_SOCKET, message)
                    .at(span, label)
                    .help("remove it, or use a proxy that allows only certain requests"),
            );
        }
    }
}
