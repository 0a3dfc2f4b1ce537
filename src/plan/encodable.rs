//! What cannot be carried where it stands, whatever the quoting. The renderer's quoting carries everything else, which
//! its tests hold it to.

use crate::diagnostic::{Diagnostic, Log, codes::plan as codes, wording};
use crate::source::{Span, Spanned, is_hidden};
use crate::value::ImagePath;

/// Where a value stands in a Dockerfile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DockerfilePosition {
    /// `ENV`, `LABEL`, `ARG`: one line each, for builders have no way to write a line break there.
    Pair,
    /// The path of a `--mount`.
    Mount,
    /// The path of a file whose text stands in the Dockerfile.
    HeredocPath,
    FileText,
    /// A line of a script, which stands in a heredoc.
    Script,
    /// What is copied from, which is a pattern.
    Source,
    Volume,
}

/// Builders read lines of up to 65,535 bytes; the rest is for what stands around a value.
const LONGEST: usize = 65_000;
const TOO_LONG: &str =
    "a line of a Dockerfile has at most 65,535 bytes: put the text into a file, and copy that";

/// Why a value cannot be carried there; `None` where it can.
pub fn refuses(place: DockerfilePosition, value: &str) -> Option<&'static str> {
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
        DockerfilePosition::FileText | DockerfilePosition::Script if value.contains(is_hidden) => Some(
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

/// Tells that a path cannot be carried.
pub(super) fn path(path: &ImagePath, place: DockerfilePosition, span: Option<Span>, log: &mut Log) {
    value(path.as_str(), place, span, log);
}

/// Tells that a value cannot be carried.
pub(super) fn value(value: &str, place: DockerfilePosition, span: Option<Span>, log: &mut Log) {
    if let Some(why) = refuses(place, value) {
        refused(value, why, span, log);
    }
}

/// Tells that the words of a `CMD` or its like are too much for the one line that they get.
pub(super) fn words(words: &Spanned<Vec<String>>, log: &mut Log) {
    let line = serde_json::Value::from(words.value.as_slice()).to_string();
    if line.len() > LONGEST {
        refused(&words.value.join(" "), TOO_LONG, Some(words.span), log);
    }
}

fn refused(value: &str, why: &str, span: Option<Span>, log: &mut Log) {
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
