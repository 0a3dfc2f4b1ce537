//! Finds values that cannot be written at their position in a Dockerfile, whatever the quoting. The renderer
//! can quote all others, which its tests verify.

use crate::diagnostic::{Diagnostic, Log, codes::plan as codes, wording};
use crate::source::{Span, Spanned, first_hidden};
use crate::value::ImagePath;

/// The position of a value in a Dockerfile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DockerfilePosition {
    /// `ENV`, `LABEL` and `ARG`, whose values cannot contain line breaks.
    Pair,
    /// The path of a `--mount`.
    Mount,
    /// The path of a file that is written with a heredoc.
    HeredocPath,
    FileText,
    /// A line of a script in a heredoc.
    Script,
    /// The source of a `COPY`, which is a pattern.
    Source,
    Volume,
}

/// The maximum number of bytes of a value. Builders read lines of up to 65,535 bytes; the difference is for
/// the rest of the line.
const LONGEST: usize = 65_000;
const TOO_LONG: &str =
    "a line of a Dockerfile has at most 65,535 bytes: put the text into a file, and copy that";

/// Returns why a value cannot be written at a position; `None` if it can.
pub fn why_not(place: DockerfilePosition, value: &str) -> Option<&'static str> {
    let plain = |c: char| {
        c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '/' | '@' | '%' | ':' | '=')
    };
    match place {
        DockerfilePosition::Pair if value.contains(['\n', '\r']) => {
            Some("a line break cannot be written there")
        }
        DockerfilePosition::Mount | DockerfilePosition::HeredocPath if !value.chars().all(plain) => Some(
            "a path there can only contain letters, digits, `.`, `_`, `-`, `+`, `@`, `%`, `:`, `=` \
                and `/`",
        ),
        DockerfilePosition::FileText | DockerfilePosition::Script if value.contains('\r') => {
            Some("builders handle carriage returns differently")
        }
        DockerfilePosition::FileText | DockerfilePosition::Script if first_hidden(value).is_some() => Some(
            "it contains an invisible character, which terminals or readers of the file would \
                interpret",
        ),
        DockerfilePosition::Pair if value.contains('\0') => Some("NUL cannot be written"),
        DockerfilePosition::Pair if value.len() + value.matches(['"', '\\', '$']).count() > LONGEST => {
            Some(TOO_LONG)
        }
        DockerfilePosition::FileText | DockerfilePosition::Script
            if value.lines().any(|line| line.len() > LONGEST) =>
        {
            Some(TOO_LONG)
        }
        DockerfilePosition::Source if value.contains(['*', '?']) => {
            Some("`*` and `?` are wildcards there: copy the folder that contains it, or rename it")
        }
        DockerfilePosition::Volume if value.ends_with(char::is_whitespace) => {
            Some("builders remove the space at its end")
        }
        _ => None,
    }
}

/// Reports a path that cannot be written.
pub(super) fn path(path: &ImagePath, place: DockerfilePosition, span: Option<Span>, log: &mut Log) {
    value(path.as_str(), place, span, log);
}

/// Reports a value that cannot be written.
pub(super) fn value(value: &str, place: DockerfilePosition, span: Option<Span>, log: &mut Log) {
    if let Some(why) = why_not(place, value) {
        report(value, why, span, log);
    }
}

/// Reports a `CMD`, `ENTRYPOINT` or `HEALTHCHECK` that is too long for one line.
pub(super) fn words(words: &Spanned<Vec<String>>, log: &mut Log) {
    let line = serde_json::Value::from(words.value.as_slice()).to_string();
    if line.len() > LONGEST {
        report(&words.value.join(" "), TOO_LONG, Some(words.span), log);
    }
}

fn report(value: &str, why: &str, span: Option<Span>, log: &mut Log) {
    const SHOWN: usize = 60;
    let mut shown: String = value.chars().take(SHOWN).collect();
    if value.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    let diagnostic = Diagnostic::error(
        codes::NOT_CARRIED,
        format!("a Dockerfile cannot contain {}", wording::code(shown)),
    );
    log.error(match span {
        Some(span) => diagnostic.at(span, why),
        None => diagnostic,
    });
}
