//! Warns about sockets of a desktop session that the container's user cannot use.

use crate::check::{Context, Rule};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes};
use crate::manifest::{Audio, Project, RunOptions};
use crate::source::Span;

pub(super) const RULE: Rule = Rule { code: codes::SESSION_USER, severity: Severity::Warning, check };

fn check(context: &Context<'_>, log: &mut Log) {
    for run in context.runs() {
        let session = run.session_uid().get();
        let Some((uid, place)) = user(run, context.project) else { continue };
        // Root can open any socket, but PulseAudio checks the user of the client.
        let pulse = run.audio.as_ref().filter(|audio| audio.value == Audio::Pulse).map(|audio| audio.span);
        let sockets = match uid {
            _ if uid == session => Vec::new(),
            0 => pulse.into_iter().collect(),
            _ => run.session_sockets(),
        };
        for span in sockets {
            let message =
                format!("the socket belongs to user {session}, but the container runs as user {uid}");
            let diagnostic = Diagnostic::warning(codes::SESSION_USER, message)
                .at(span, "a socket of the desktop session, which accepts only its own user");
            let diagnostic = place
                .into_iter()
                .fold(diagnostic, |diagnostic, place| diagnostic.at(place, format!("user {uid}")));
            log.report(diagnostic.help(format!(
                "run the container as that user (`user \"…\" uid={session}` in `app`), or set \
                    `session-uid` in `run` to the user of the session"
            )));
        }
    }
}

/// Returns the user that a container runs as, and the place that sets it, if known.
fn user(run: &RunOptions, project: &Project) -> Option<(u32, Option<Span>)> {
    let login = project.app.as_ref().and_then(|app| app.user.as_ref());
    if let Some(user) = &run.user {
        let name = user.value.split(':').next().unwrap_or_default();
        let same = login.filter(|login| login.name.value.as_str() == name);
        let uid = match (name, same) {
            ("root", _) => 0,
            (_, Some(login)) => login.uid.get(),
            _ => name.parse().ok()?,
        };
        return Some((uid, Some(user.span)));
    }
    // A further service may have its own image, whose user is unknown.
    let own = std::ptr::eq(run, &raw const project.run);
    own.then(|| login.map_or((0, None), |login| (login.uid.get(), Some(login.name.span))))
}
