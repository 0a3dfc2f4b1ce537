//! Diagnostics as plain text: every word of them, and the lines that they point at.

use std::fmt::Write as _;

use jcc::diagnostic::{Diagnostic, Severity};
use jcc::source::Sources;

/// All of them, one after the other.
pub(crate) fn report(all: &[&Diagnostic], sources: &Sources) -> String {
    all.iter().map(|one| shown(one, sources)).collect::<Vec<_>>().join("\n")
}

fn shown(one: &Diagnostic, sources: &Sources) -> String {
    let severity = match one.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let mut out = format!("{severity}[{}]: {}\n", one.code, one.message);
    for label in &one.labels {
        let source = sources.get(label.span.source);
        let (start, end) = (sources.start(label.span), sources.end(label.span));
        let line = source.text.lines().nth(start.line - 1).unwrap_or("");
        let until = if end.line == start.line { end.column } else { line.chars().count() + 1 };
        let width = until.saturating_sub(start.column).max(1);
        let line = line.split(" //~").next().unwrap_or(line).split(" #~").next().unwrap_or(line);
        let _ = writeln!(out, "  {}:{}:{}", source.name, start.line, start.column);
        let _ = writeln!(out, "  | {line}");
        let _ = writeln!(out, "  | {}{} {}", " ".repeat(start.column - 1), "^".repeat(width), label.text);
    }
    for help in &one.help {
        let _ = writeln!(out, "  help: {help}");
    }
    if let Some(fix) = &one.fix {
        let _ = writeln!(out, "  fix: `{}` -> `{}`", sources.slice(fix.span), fix.replacement);
    }
    out
}
