//! `docs/diagnostic.svg`: the report of `docs/diagnostic.kdl` as a terminal shows it. `JCC_BLESS=1` writes
//! it.

use std::fmt::Write as _;
use std::fs;

use jcc::Input;
use jcc::internals::diagnostic::Log;
use jcc::internals::diagnostic::render::human::{self, Colour, Letters, Look};
use jcc::internals::source::Sources;

use crate::support::{self, folder::Folder};

/// Sizes in units of the SVG: the width of a column, the height of a line, the margin.
const COLUMN: f32 = 8.4;
const LINE: usize = 19;
const MARGIN: usize = 16;

/// Returns the report with escape sequences for colours.
fn coloured_report() -> String {
    let manifest = fs::read_to_string(support::repository("docs/diagnostic.kdl")).expect("it exists");
    let folder = Folder::read(&support::repository("tests/book/files"));
    folder.0.put("project.kdl", manifest);
    let (mut sources, mut log) = (Sources::new(), Log::new());
    let input = Input { fs: &folder, manifest: "project.kdl", target: None, lock: "jcc.lock" };
    assert!(jcc::resolve(input, &mut sources, &mut log).is_err(), "it is meant to be wrong");
    human::report(&log.sorted(), &sources, Look { width: 100, colour: Colour::On, letters: Letters::Unicode })
}

/// Returns the CSS style for the numbers of an escape sequence.
fn style(numbers: &str) -> String {
    let mut style = String::new();
    for number in numbers.split(';') {
        style += match number {
            "1" => "font-weight:bold;",
            "2" => "fill:#8b949e;",
            "31" => "fill:#ff7b72;",
            "33" => "fill:#d29922;",
            "35" => "fill:#d2a8ff;",
            "36" => "fill:#76e3ea;",
            _ => "",
        };
    }
    style
}

/// Splits a line into pieces of one style.
fn pieces(line: &str) -> Vec<(String, &str)> {
    let mut parts = line.split("\u{1b}[");
    let mut pieces = vec![(String::new(), parts.next().unwrap_or_default())];
    for part in parts {
        let (numbers, text) = part.split_once('m').expect("a sequence of colour ends in `m`");
        pieces.push((style(numbers), text));
    }
    pieces
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[expect(clippy::cast_precision_loss, reason = "columns are few")]
fn svg(report: &str) -> String {
    let lines: Vec<&str> = report.lines().collect();
    let height = lines.len() * LINE + 2 * MARGIN;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"800\" height=\"{height}\" viewBox=\"0 0 800 {height}\" \
         role=\"img\" aria-label=\"A report of jcc on a terminal\">\n\
         <rect width=\"800\" height=\"{height}\" rx=\"8\" fill=\"#0d1117\"/>\n\
         <g font-family=\"ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace\" \
         font-size=\"14\" fill=\"#e6edf3\">\n"
    );
    for (row, line) in lines.iter().enumerate() {
        let mut column = 0;
        for (style, text) in pieces(line) {
            let (blank, length) = (text.chars().take_while(|c| *c == ' ').count(), text.chars().count());
            if blank < length {
                let x = MARGIN as f32 + (column + blank) as f32 * COLUMN;
                let width = (text.trim().chars().count()) as f32 * COLUMN;
                let style = if style.is_empty() { style } else { format!(" style=\"{style}\"") };
                _ = writeln!(
                    out,
                    "<text x=\"{x:.1}\" y=\"{}\" textLength=\"{width:.1}\" xml:space=\"preserve\"{style}>{}</text>",
                    MARGIN + row * LINE + 14,
                    escaped(text.trim()),
                );
            }
            column += length;
        }
    }
    out + "</g>\n</svg>\n"
}

#[test]
fn the_picture_is_current() {
    let path = support::repository("docs/diagnostic.svg");
    let picture = svg(&coloured_report());
    if support::bless() {
        fs::write(&path, &picture).expect("docs/ exists");
    }
    let there = fs::read_to_string(&path).unwrap_or_default();
    assert!(there == picture, "docs/diagnostic.svg is stale: JCC_BLESS=1 cargo test book");
}
