//! Diagnostics as plain text, for the build script and for tests.

use super::{Log, Severity};
use crate::source::Sources;

/// Everything reported, one problem a paragraph, with the source text that its labels cover.
pub fn plain(log: &Log, sources: &Sources) -> String {
    let mut out = String::new();
    for one in log.sorted() {
        let severity = match one.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        out += &format!("{severity}: {} [{}]\n", one.message, one.code);
        for label in &one.labels {
            let place = sources.start(label.span);
            let name = sources.get(label.span.source).name;
            let text = sources.slice(label.span).lines().next().unwrap_or_default();
            out += &format!("  {name}:{}:{}: {} <- {}\n", place.line, place.column, text, label.text);
        }
        for help in &one.help {
            out += &format!("  help: {help}\n");
        }
    }
    out
}
