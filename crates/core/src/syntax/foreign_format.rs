//! Recognises files in other formats, which are reported as a whole instead of token by token.

use crate::diagnostic::{Diagnostic, codes::syntax as codes};
use crate::source::{SourceId, Span};
use crate::value::{Parse, PepRequirement};

/// Returns the diagnostic for a text in another format; `None` if none is recognised.
pub fn other_language(source: SourceId, text: &str) -> Option<Diagnostic> {
    let (language, help) = if is_json(text) {
        ("JSON", PAIRS)
    } else if is_yaml(text) {
        ("YAML", PAIRS)
    } else if is_toml(text) {
        ("TOML", "write `NAME \"VALUE\"` without `=`, and `NAME { … }` for a section")
    } else if is_dockerfile(text) {
        (
            "a Dockerfile",
            "jcc generates the Dockerfile: set the image with `base`, system packages in `apt`, \
                files and commands in `app`",
        )
    } else if is_requirements(text) {
        ("a requirements file", "reference it in a manifest: `pip { requirements \"requirements.txt\" }`")
    } else {
        return None;
    };
    let says = |line: &&str| !line.trim().is_empty() && !line.starts_with(['#', '-']);
    let first = text.lines().find(says).unwrap_or_default().trim();
    let start = text.find(first).unwrap_or_default();
    let diagnostic = Diagnostic::error(codes::OTHER_LANGUAGE, format!("this is {language}, not KDL"));
    let diagnostic = diagnostic.at(Span::new(source, start..start + first.len()), "and so on");
    Some(diagnostic.help(help).help("run `jcc init` to create a manifest"))
}

const PAIRS: &str = "write `NAME \"VALUE\"` without a colon, and use `{ … }` for nested values";

/// Returns the lines that are neither empty, comments nor indented.
fn outer(text: &str) -> impl Iterator<Item = &str> + Clone {
    let says = |line: &&str| !line.is_empty() && !line.starts_with([' ', '\t', '#']);
    text.lines().map(str::trim_end).filter(says)
}

/// Whether a text is TOML: sections in brackets and keys with `=`.
fn is_toml(text: &str) -> bool {
    let bare = |key: &str| {
        let key = key.trim();
        !key.is_empty() && key.chars().all(|one| one.is_alphanumeric() || "-_.\"".contains(one))
    };
    let section =
        |line: &str| line.starts_with('[') && line.ends_with(']') && bare(line.trim_matches(['[', ']']));
    let pair = |line: &str| line.split_once('=').is_some_and(|(key, _)| bare(key));
    let closes = |line: &str| matches!(line, "]" | "}" | "],");
    let mut lines = outer(text).map(|line| line.split(" #").next().unwrap_or(line).trim_end());
    lines.clone().any(section) && lines.all(|line| section(line) || pair(line) || closes(line))
}

const INSTRUCTIONS: [&str; 18] = [
    "FROM",
    "ARG",
    "RUN",
    "ENV",
    "COPY",
    "ADD",
    "CMD",
    "ENTRYPOINT",
    "WORKDIR",
    "USER",
    "EXPOSE",
    "VOLUME",
    "LABEL",
    "SHELL",
    "HEALTHCHECK",
    "STOPSIGNAL",
    "ONBUILD",
    "MAINTAINER",
];

/// Whether a text is a Dockerfile: it starts with `FROM` or `ARG`, and every line that is not a continuation
/// is an instruction.
fn is_dockerfile(text: &str) -> bool {
    let mut continued = false;
    let mut first = None;
    for line in outer(text) {
        let word = line.split_whitespace().next().unwrap_or_default();
        let upper = word.to_ascii_uppercase();
        if !continued && !INSTRUCTIONS.contains(&upper.as_str()) {
            return false;
        }
        first.get_or_insert((
            upper,
            line.contains('"') && !word.starts_with(|c: char| c.is_ascii_uppercase()),
        ));
        continued = line.ends_with('\\');
    }
    first.is_some_and(|(word, kdl)| matches!(word.as_str(), "FROM" | "ARG") && !kdl)
}

/// Whether a text is a requirements file: every line is a pip requirement, and at least one has a version
/// specifier of pip.
fn is_requirements(text: &str) -> bool {
    let bare = |line: &str| line.split(" #").next().unwrap_or_default().trim().to_owned();
    let signs = ["==", ">=", "<=", "~=", "!="];
    let lines: Vec<String> = outer(text).map(bare).collect();
    let option = |line: &String| line.starts_with('-') && line.len() > 1 && !line.starts_with("- ");
    let one = |line: &String| PepRequirement::parse(line).is_ok();
    lines.iter().any(|line| signs.iter().any(|sign| line.contains(sign)) && !line.contains(['"', '{']))
        && lines.iter().all(|line| option(line) || (one(line) && !line.contains(['"', '{'])))
}

/// Whether a text is JSON: it starts with a brace or bracket, which no KDL node does, followed by a string,
/// brace or bracket.
fn is_json(text: &str) -> bool {
    let inner = text.trim_start().strip_prefix(['{', '[']);
    inner.is_some_and(|inner| inner.trim_start().starts_with(['"', '{', '[', '}', ']']))
}

/// Whether a text is YAML: every line that is not indented is a key with a colon, an item or `---`, and there
/// is a key.
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
