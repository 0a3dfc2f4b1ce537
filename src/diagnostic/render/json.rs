//! Renders diagnostics as JSON, one object per line.

use serde::Serialize;

use super::super::Diagnostic;
use super::mask::Masks;
use super::word;
use crate::source::Sources;

#[derive(Serialize)]
struct JsonProblem<'a> {
    code: &'a str,
    severity: &'a str,
    message: String,
    labels: Vec<JsonPlace>,
    help: Vec<String>,
}

#[derive(Serialize)]
struct JsonPlace {
    file: String,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    text: String,
}

/// Renders each diagnostic as one line. The first label is the primary one. Lines and columns start at 1;
/// columns are counted in characters.
pub fn report(reports: &[&Diagnostic], sources: &Sources) -> String {
    let masks = Masks::new(reports, sources);
    let mut out = String::new();
    for one in reports {
        let labels = one.labels.iter().map(|label| {
            let (start, end) = (sources.start(label.span), sources.end(label.span));
            JsonPlace {
                file: sources.shown(label.span.source),
                line: start.line,
                column: start.column,
                end_line: end.line,
                end_column: end.column,
                text: masks.text(&label.text),
            }
        });
        let problem = JsonProblem {
            code: one.code.as_str(),
            severity: word(one.severity),
            message: masks.text(&one.message),
            labels: labels.collect(),
            help: one.help.iter().map(|help| masks.text(help)).collect(),
        };
        out += &serde_json::to_string(&problem).expect("text and numbers are JSON");
        out.push('\n');
    }
    out
}

/// Returns the last line, which says how many diagnostics were omitted; empty if none were.
pub fn omitted(number: usize) -> String {
    if number == 0 { String::new() } else { format!("{{\"omitted\":{number}}}\n") }
}
