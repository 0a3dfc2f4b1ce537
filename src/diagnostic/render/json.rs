//! The report for programs: one JSON object a line.

use serde::Serialize;

use super::super::Diagnostic;
use super::word;
use crate::source::Sources;

#[derive(Serialize)]
struct Problem<'a> {
    code: &'a str,
    severity: &'a str,
    message: &'a str,
    labels: Vec<Place<'a>>,
    help: &'a [String],
}

#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    text: &'a str,
}

/// One object a line, the first label the primary one; lines and columns from 1, columns in characters.
pub fn report(told: &[&Diagnostic], sources: &Sources) -> String {
    let mut out = String::new();
    for one in told {
        let labels = one.labels.iter().map(|label| {
            let (start, end) = (sources.start(label.span), sources.end(label.span));
            Place {
                file: &sources.get(label.span.source).name,
                line: start.line,
                column: start.column,
                end_line: end.line,
                end_column: end.column,
                text: &label.text,
            }
        });
        let problem = Problem {
            code: one.code.as_str(),
            severity: word(one.severity),
            message: &one.message,
            labels: labels.collect(),
            help: &one.help,
        };
        out += &serde_json::to_string(&problem).expect("text and numbers are JSON");
        out.push('\n');
    }
    out
}
