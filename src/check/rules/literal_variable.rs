//! A variable's name in braces where values are passed on unchanged.

use crate::check::{Context, Rule};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes, wording};
use crate::source::Spanned;
use crate::value::{EnvName, Parse};

pub(super) const RULE: Rule = Rule { code: codes::LITERAL_VARIABLE, severity: Severity::Warning, check };

fn check(context: &Context<'_>, log: &mut Log) {
    let app = context.project.app.iter().flat_map(|app| &app.env);
    for (name, value) in context.runs().flat_map(|run| &run.env).chain(app) {
        let Some(found) = variable(value) else { continue };
        let message =
            format!("{} gets the text {}, not a value", wording::code(name.as_str()), wording::code(found));
        log.tell(Diagnostic::warning(codes::LITERAL_VARIABLE, message).at(value.span, "passed on unchanged").help(
            "write the value; one of the host's comes by `env-file`, which is read when the container starts, or by \
             `secret \"NAME\" env=\"VARIABLE\"`, which it reads from `/run/secrets/NAME`",
        ));
    }
}

/// The first `${NAME}` of a text, or `${NAME:-…}` and the like.
fn variable(value: &Spanned<String>) -> Option<&str> {
    let text = value.value.as_str();
    text.match_indices("${").find_map(|(at, _)| {
        let inner = &text[at + 2..];
        let end = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
        let closed = inner.find('}')?;
        let follows = inner[end..].starts_with(['}', ':', '-', '?', '+']);
        (follows && EnvName::parse(&inner[..end]).is_ok()).then(|| &text[at..=at + 2 + closed])
    })
}
