//! What cannot be carried where it stands, whatever the quoting. The renderer's quoting carries everything else, which
//! its tests hold it to.

use crate::diagnostic::{Diagnostic, Log, codes::plan as codes, wording};
use crate::source::Span;
use crate::value::ImagePath;

/// Where a value stands in a Dockerfile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// `ENV`, `LABEL`, `ARG`: one line each, for builders have no way to write a line break there.
    Pair,
    /// The path of a `--mount`.
    Mount,
    /// The path of a file whose text stands in the Dockerfile.
    HeredocPath,
    /// A file's text.
    FileText,
}

/// Why a value cannot be carried there; `None` where it can.
pub fn refuses(place: Place, value: &str) -> Option<&'static str> {
    let plain = |c: char| {
        c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '/' | '@' | '%' | ':' | '=')
    };
    match place {
        Place::Pair if value.contains(['\n', '\r']) => Some("a line break can't be written there"),
        Place::Mount | Place::HeredocPath if !value.chars().all(plain) => Some(
            "only letters, digits, `.`, `_`, `-`, `+`, `@`, `%`, `:`, `=` and `/` can be part of a path there",
        ),
        Place::FileText if value.contains('\r') => Some("a carriage return may not arrive: builders differ"),
        Place::Pair | Place::FileText if value.contains('\0') => Some("a NUL can't be written"),
        _ => None,
    }
}

/// Tells that a path cannot be carried.
pub(super) fn path(path: &ImagePath, place: Place, span: Option<Span>, log: &mut Log) {
    value(path.as_str(), place, span, log);
}

/// Tells that a value cannot be carried.
pub(super) fn value(value: &str, place: Place, span: Option<Span>, log: &mut Log) {
    let Some(why) = refuses(place, value) else { return };
    let told = Diagnostic::error(
        codes::NOT_CARRIED,
        format!("{} can't stand in a Dockerfile", wording::code(value)),
    );
    log.error(match span {
        Some(span) => told.at(span, why),
        None => told,
    });
}
