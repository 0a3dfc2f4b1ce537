//! Warns about references to variables in values that are passed on unchanged.

use crate::check::{Context, Rule};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes, wording};
use crate::source::Spanned;
use crate::syntax::quote;
use crate::value::{EnvName, Parse};

pub(super) const RULE: Rule = Rule { code: codes::LITERAL_VARIABLE, severity: Severity::Warning, check };

fn check(context: &Context<'_>, log: &mut Log) {
    let app = context.project.app.iter().flat_map(|app| &app.env);
    for (name, value) in context.runs().flat_map(|run| &run.env).chain(app) {
        let Some(found) = variable(value).or_else(|| plain_variable(name.as_str(), value)) else { continue };
        let message =
            format!("{} is set to the literal text {}", wording::code(name.as_str()), wording::code(found));
        let diagnostic = Diagnostic::warning(codes::LITERAL_VARIABLE, message).at(value.span, "not expanded");
        let help = extended(name.as_str(), value, found).or_else(|| passed(name.as_str(), value, found));
        log.report(diagnostic.help(help.unwrap_or_else(|| {
            "write the value; for a value from the host use `host-env \"VARIABLE\"` in `run` or an \
                `env-file`; for a secret use `secret \"NAME\" env=\"VARIABLE\"`, which the container \
                reads from `/run/secrets/NAME`"
                .to_owned()
        })));
    }
}

/// Suggests `host-env` for a value that is a reference to the host's variable of the same name: `${NAME}`,
/// `${NAME:-default}`.
fn passed(name: &str, value: &str, found: &str) -> Option<String> {
    let inner = found.strip_prefix("${")?.strip_suffix('}')?.strip_prefix(name)?;
    let default = match inner {
        "" => String::new(),
        _ => format!(" default={}", quote(inner.strip_prefix(":-").or_else(|| inner.strip_prefix('-'))?)),
    };
    let node = format!("host-env {}{default}", quote(name));
    (value == found).then(|| {
        format!(
            "to use the host's value, write {} in `run`, outside of `env`; for a secret, use \
                `secret`",
            wording::code(node)
        )
    })
}

/// Suggests a shell command for a value that extends the variable itself.
fn extended(name: &str, value: &str, found: &str) -> Option<String> {
    let own = found.trim_start_matches(['$', '{']).strip_prefix(name)?;
    if !matches!(own, "" | "}") || value == found {
        return None;
    }
    let simple = |c: char| c.is_ascii_alphanumeric() || "/:._-${}".contains(c);
    let text = if value.chars().all(simple) { value } else { "…" };
    let command = format!("command \"sh\" \"-c\" \"export {name}={text}; exec PROGRAM\"");
    Some(format!(
        "write the full value, or extend it in a shell when the container starts: {}",
        wording::code(command)
    ))
}

/// Returns the first `$NAME` of a text that refers to the variable itself or to one that every shell has.
/// Others may be part of a password.
fn plain_variable<'a>(own: &str, value: &'a Spanned<String>) -> Option<&'a str> {
    let text = value.value.as_str();
    text.match_indices('$').find_map(|(at, _)| {
        let inner = &text[at + 1..];
        let end = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(inner.len());
        let name = &inner[..end];
        (name == own || matches!(name, "HOME" | "PATH")).then(|| &text[at..=at + end])
    })
}

/// Returns the first `${NAME}` of a text, or a form with an operator such as `${NAME:-…}`.
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
