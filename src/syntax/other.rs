//! Texts in another language, which are told as a whole instead of letter by letter.

use crate::diagnostic::{Diagnostic, codes::syntax as codes};
use crate::source::{SourceId, Span};

/// What is told of a text that is JSON or YAML.
pub fn other_language(source: SourceId, text: &str) -> Option<Diagnostic> {
    let language = if is_json(text) {
        "JSON"
    } else if is_yaml(text) {
        "YAML"
    } else {
        return None;
    };
    let says = |line: &&str| !line.trim().is_empty() && !line.starts_with(['#', '-']);
    let first = text.lines().find(says).unwrap_or_default().trim();
    let start = text.find(first).unwrap_or_default();
    let told = Diagnostic::error(codes::OTHER_LANGUAGE, format!("this is {language}, not KDL"));
    Some(
        told.at(Span::new(source, start..start + first.len()), "and so on")
            .help("write `NAME \"VALUE\"` without a colon, and `{ … }` around what belongs to it")
            .help("`jcc init` writes one to begin with"),
    )
}

/// No node begins with a brace or a bracket; with one and a text behind it, JSON does.
fn is_json(text: &str) -> bool {
    let inner = text.trim_start().strip_prefix(['{', '[']);
    inner.is_some_and(|inner| inner.trim_start().starts_with(['"', '{', '[', '}', ']']))
}

/// Every line that is not indented is a key with its colon, an item or a mark, and there is a key.
fn is_yaml(text: &str) -> bool {
    let outer = |line: &&str| !line.is_empty() && !line.starts_with([' ', '\t', '#']);
    let is_key = |line: &str| {
        let key = line.split_once(':').filter(|(_, rest)| rest.is_empty() || rest.starts_with(' '));
        key.is_some_and(|(key, _)| key.chars().all(|one| one.is_alphanumeric() || "-_".contains(one)))
    };
    let is_mark = |line: &str| line == "---" || line.starts_with("- ");
    let mut lines = text.lines().map(str::trim_end).filter(outer).peekable();
    let keys = lines.clone().filter(|line| is_key(line)).count();
    keys > 0 && lines.all(|line| is_key(line) || is_mark(line))
}
