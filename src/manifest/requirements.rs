//! Parses requirements files as pip does, with the span of each requirement and option.
//!
//! To join continued lines, the backslash and the line break are replaced with spaces, so that all offsets
//! remain valid.

use crate::source::{SourceId, Span, Spanned};
use crate::value::{Parse, PepRequirement};

/// A requirement or an option of a line.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum RequirementsLine {
    /// A requirement: `numpy==1.26.4`.
    Spec(Spanned<PepRequirement>),
    /// Another file: `-r other.txt`, `-c constraints.txt`.
    Include {
        path: Spanned<String>,
        /// Whether the file was included with `-c`: its lines limit versions, but install nothing.
        constraint: bool,
    },
    /// `--hash=…` after the requirement with this span.
    Hashed(Span),
    /// `--require-hashes`.
    RequireHashes,
    /// A local path: `-e .`, `./wheels/x.whl`. It does not exist in the image when requirements are
    /// installed.
    Local(Spanned<String>),
    /// A URL without a package name: `https://example.com/x.whl`, `-e git+https://example.com/x.git#egg=x`.
    Url(Spanned<String>),
    /// An option that names a source of packages or requirements: `--index-url https://…`, `-r https://…`.
    From(Spanned<String>),
    /// A requirement that is a variable: `${NAME}`.
    Variable(Spanned<String>),
    /// An option that pip does not support in requirements files.
    UnknownOption(Spanned<String>),
    /// An option without its argument.
    Incomplete(Spanned<String>),
    /// A line that cannot be parsed.
    Wrong { span: Span, invalid: crate::value::Invalid },
}

/// The options that pip supports in requirements files, beyond those that include files or require hashes.
pub(super) const OPTIONS: &[&str] = &[
    "-i",
    "--index-url",
    "--pypi-url",
    "--extra-index-url",
    "--no-index",
    "-f",
    "--find-links",
    "--no-binary",
    "--only-binary",
    "--prefer-binary",
    "--pre",
    "--trusted-host",
    "--use-feature",
    "--uploaded-prior-to",
];

/// Parses the lines of a requirements file.
pub(super) fn lines(source: SourceId, text: &str) -> Vec<RequirementsLine> {
    let joined = join_continued(text);
    let mut out = Vec::new();
    let mut start = 0;
    for line in joined.split('\n') {
        let content = without_comment(line);
        let trimmed = content.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\u{c}']);
        let lead = content.len() - trimmed.len();
        let slice = FileSlice { source, start: start + lead, text: trimmed.trim_end() };
        if !slice.text.is_empty() {
            read_line(slice, &mut out);
        }
        start += line.len() + 1;
    }
    out
}

/// A part of a requirements file with its offset.
#[derive(Clone, Copy)]
struct FileSlice<'a> {
    source: SourceId,
    start: usize,
    text: &'a str,
}

impl<'a> FileSlice<'a> {
    fn span(self) -> Span {
        Span::new(self.source, self.start..self.start + self.text.len())
    }

    fn owned(self) -> Spanned<String> {
        Spanned::new(self.text.to_owned(), self.span())
    }

    /// Returns the part after an offset, trimmed.
    fn after(self, at: usize) -> Self {
        let rest = &self.text[at..];
        let trimmed = rest.trim_start();
        Self { start: self.start + at + rest.len() - trimmed.len(), text: trimmed.trim_end(), ..self }
    }

    /// Returns the part before an offset, trimmed at its end.
    fn before(self, at: usize) -> FileSlice<'a> {
        Self { text: self.text[..at].trim_end(), ..self }
    }
}

/// Replaces `\` and the line break after it with spaces. Comment lines are not continued.
fn join_continued(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let body = line.trim_end_matches(['\n', '\r']);
        let comment = body.trim_start().starts_with('#');
        match body.strip_suffix('\\') {
            Some(kept) if !comment && body.len() < line.len() => {
                out.push_str(kept);
                out.extend(std::iter::repeat_n(' ', line.len() - kept.len()));
            }
            _ => out.push_str(line),
        }
    }
    out
}

/// Returns the line up to its comment. A `#` that does not follow white space is part of a URL.
fn without_comment(line: &str) -> &str {
    let mut after_space = true;
    for (at, letter) in line.char_indices() {
        if letter == '#' && after_space {
            return &line[..at];
        }
        after_space = letter.is_whitespace();
    }
    line
}

fn read_line(line: FileSlice<'_>, out: &mut Vec<RequirementsLine>) {
    if line.text.starts_with('-') {
        return read_option(line, out);
    }
    let end = line.text.find(" --").or_else(|| line.text.find("\t--")).unwrap_or(line.text.len());
    let spec = line.before(end);
    let options = &line.text[end..];
    if options.contains("--hash") {
        let end = if is_url(spec.text) { spec.text.find([' ', '\t']) } else { None };
        out.push(RequirementsLine::Hashed(spec.before(end.unwrap_or(spec.text.len())).span()));
    }
    if spec.text.starts_with("${") {
        out.push(RequirementsLine::Variable(spec.owned()));
    } else if spec.text.contains("${") {
        // pip expands the variables, so the requirement is not known here.
    } else if is_url(spec.text) {
        out.push(RequirementsLine::Url(
            spec.before(spec.text.find([' ', '\t']).unwrap_or(spec.text.len())).owned(),
        ));
    } else if is_path(spec.text) {
        out.push(RequirementsLine::Local(spec.owned()));
    } else {
        out.push(read_spec(spec));
    }
}

fn read_spec(spec: FileSlice<'_>) -> RequirementsLine {
    match PepRequirement::parse(spec.text) {
        Ok(value) => RequirementsLine::Spec(Spanned::new(value, spec.span())),
        Err(invalid) => {
            let span = invalid
                .at
                .clone()
                .map_or(spec.span(), |at| Span::new(spec.source, spec.start + at.start..spec.start + at.end));
            RequirementsLine::Wrong { span, invalid }
        }
    }
}

fn read_option(line: FileSlice<'_>, out: &mut Vec<RequirementsLine>) {
    let end = line.text.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(line.text.len());
    let (name, mut argument) = (line.before(end), line.after(end));
    if argument.text.starts_with('=') {
        argument = argument.after(1);
    }
    // A short option and its value in one word: `-rother.txt`.
    let short = name.text.len() > 2 && !name.text.starts_with("--") && name.text.is_char_boundary(2);
    let (name, argument) = if short { (line.before(2), line.after(2)) } else { (name, argument) };
    match name.text {
        "-r" | "--requirement" | "-c" | "--constraint" | "-e" | "--editable" if argument.text.is_empty() => {
            out.push(RequirementsLine::Incomplete(name.owned()));
        }
        "-r" | "--requirement" | "-c" | "--constraint" => {
            if !is_url(argument.text) && !argument.text.contains("${") {
                let constraint = matches!(name.text, "-c" | "--constraint");
                out.push(RequirementsLine::Include { path: argument.owned(), constraint });
            } else {
                out.push(RequirementsLine::From(line.owned()));
            }
        }
        "-e" | "--editable" => {
            if is_url(argument.text) {
                out.push(RequirementsLine::Url(argument.owned()));
            } else if !argument.text.contains("${") {
                out.push(RequirementsLine::Local(line.owned()));
            }
        }
        "-i" | "--index-url" | "--pypi-url" | "--extra-index-url" | "-f" | "--find-links"
        | "--trusted-host" => {
            out.push(RequirementsLine::From(line.owned()));
        }
        "--require-hashes" => out.push(RequirementsLine::RequireHashes),
        known if OPTIONS.contains(&known) => {}
        _ => out.push(RequirementsLine::UnknownOption(name.owned())),
    }
}

/// Whether a text is a URL: `https://…`, `git+ssh://…`. `name @ https://…` is not: it is a requirement.
fn is_url(text: &str) -> bool {
    let scheme = text.split("://").next().unwrap_or("");
    scheme.len() < text.len()
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}

/// Whether pip treats a text as a path: it looks like one, or has the extension of an archive.
fn is_path(text: &str) -> bool {
    let first = text.split([' ', '\t', ';', '[']).next().unwrap_or("");
    let archive = [".whl", ".tar.gz", ".zip", ".tar.bz2"].iter().any(|end| first.ends_with(end));
    !text.contains('@') && (first.starts_with(['.', '/', '~']) || first.contains('/') || archive)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    /// Parses a text and formats each line as its kind and the text at its span.
    fn read(text: &str) -> Vec<String> {
        let mut sources = Sources::new();
        let source = sources.add("requirements.txt", text.to_owned());
        let shown = |span: Span| sources.slice(span).to_owned();
        lines(source, text)
            .into_iter()
            .map(|line| match line {
                RequirementsLine::Spec(spec) => format!("spec {}", shown(spec.span)),
                RequirementsLine::Include { path, constraint } => {
                    format!("{} {}", if constraint { "-c" } else { "-r" }, shown(path.span))
                }
                RequirementsLine::Hashed(span) => format!("hashed {}", shown(span)),
                RequirementsLine::RequireHashes => "hashes".to_owned(),
                RequirementsLine::Local(text) => format!("local {}", shown(text.span)),
                RequirementsLine::Variable(text) => format!("variable {}", shown(text.span)),
                RequirementsLine::Url(url) => format!("url {}", shown(url.span)),
                RequirementsLine::From(text) => format!("from {}", shown(text.span)),
                RequirementsLine::UnknownOption(name) => format!("unknown {}", shown(name.span)),
                RequirementsLine::Incomplete(name) => format!("incomplete {}", shown(name.span)),
                RequirementsLine::Wrong { span, .. } => format!("wrong {}", shown(span)),
            })
            .collect()
    }

    #[test]
    fn spans_cover_the_requirements() {
        assert_eq!(read("rich\n  numpy==1.26.4 # held\r\n\n# all\n"), ["spec rich", "spec numpy==1.26.4"]);
        assert_eq!(read("\u{feff}rich"), ["spec rich"]);
        assert_eq!(
            read("colcon-core ; python_version < \"3.12\""),
            ["spec colcon-core ; python_version < \"3.12\""]
        );
    }

    #[test]
    fn continued_lines_are_joined() {
        assert_eq!(
            read("numpy==1.26.4 \\\n  --hash=sha256:00 \\\r\n  --hash=sha256:11\nrich"),
            ["hashed numpy==1.26.4", "spec numpy==1.26.4", "spec rich"]
        );
        assert_eq!(read("# a comment is not continued \\\nrich"), ["spec rich"]);
        assert_eq!(read("rich \\"), ["wrong \\"]);
    }

    #[test]
    fn a_number_sign_within_a_word_does_not_start_a_comment() {
        assert_eq!(read("-r a#b.txt # c"), ["-r a#b.txt"]);
        assert_eq!(
            read("tool @ https://example.com/tool.whl#sha256=00"),
            ["spec tool @ https://example.com/tool.whl#sha256=00"]
        );
    }

    #[test]
    fn options_of_pip_are_parsed() {
        assert_eq!(
            read("-r a.txt\n-ra.txt\n--requirement=b.txt\n-c c.txt\n--constraint d.txt"),
            ["-r a.txt", "-r a.txt", "-r b.txt", "-c c.txt", "-c d.txt"]
        );
        assert_eq!(
            read("-i https://pypi.example.com\n--pre\n--require-hashes"),
            ["from -i https://pypi.example.com", "hashes"]
        );
        assert_eq!(read("-r\n--nonsense x"), ["incomplete -r", "unknown --nonsense"]);
    }

    #[test]
    fn urls_paths_and_variables_are_recognised() {
        assert_eq!(
            read(
                "https://example.com/a.whl --hash=sha256:00\ngit+https://example.com/a\n-e git+https://e.com/a#egg=a"
            ),
            [
                "hashed https://example.com/a.whl",
                "url https://example.com/a.whl",
                "url git+https://example.com/a",
                "url git+https://e.com/a#egg=a"
            ]
        );
        assert_eq!(
            read("-e .\n./a.whl\na-1.0.tar.gz\n../b[extra]"),
            ["local -e .", "local ./a.whl", "local a-1.0.tar.gz", "local ../b[extra]"]
        );
        assert_eq!(read("${NAME}==1"), ["variable ${NAME}==1"]);
        assert_eq!(read("a @ https://${HOST}/a.whl"), [""; 0]);
    }
}
