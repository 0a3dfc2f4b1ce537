//! Source texts and places in them: spans, lines and columns. Also finds secrets and invisible characters in
//! texts.

mod arguments;
mod hidden;
mod named;
mod secret;
mod span;

pub use hidden::{first_hidden, is_hidden, shown, shown_json};
pub use secret::{FoundSecret, SecretKind, masked, secrets, starred};
pub use span::{Position, Span, Spanned};

use std::borrow::Cow;
use std::ops::Range;

use serde::{Deserialize, Serialize};

/// The id of a source text that this run has read, or of a built-in one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SourceId(u32);

/// The number of the first text that a run reads. Smaller numbers are those of the built-in texts, because spans in
/// them are packed at build time.
const FIRST: u32 = 1 << 16;

/// A source text and its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source<'a> {
    /// The path as the user would write it (`project.kdl`, `packages/ml/pytorch/package.kdl`), with `/` on every
    /// machine and never absolute where it lies inside the project.
    pub name: &'a str,
    pub text: &'a str,
    /// Whether it is built into jcc, so that no file contains it.
    built_in: bool,
}

/// The built-in texts, concatenated. A run accesses only those that it needs.
#[derive(Debug, Clone, Default)]
pub struct BuiltInTexts {
    text: &'static str,
    /// The name and the range of each.
    files: Vec<(Cow<'static, str>, Range<usize>)>,
}

impl BuiltInTexts {
    /// Creates an empty list of ranges of `text`.
    pub fn new(text: &'static str) -> Self {
        Self { text, files: Vec::new() }
    }

    /// Adds a range of the text.
    pub fn add(&mut self, name: impl Into<Cow<'static, str>>, at: Range<usize>) -> SourceId {
        let number = u32::try_from(self.files.len()).ok().filter(|number| *number < FIRST);
        self.files.push((name.into(), at));
        SourceId(number.expect("fewer than 2^16 texts are packed"))
    }
}

/// A text that this run has read.
#[derive(Debug, Clone)]
struct ReadText {
    name: Cow<'static, str>,
    text: Cow<'static, str>,
    built_in: bool,
}

impl ReadText {
    fn as_source(&self) -> Source<'_> {
        Source { name: &self.name, text: &self.text, built_in: self.built_in }
    }
}

/// All source texts of a run, in the order in which they were read, and the built-in ones.
#[derive(Debug, Clone)]
pub struct Sources {
    built_in: BuiltInTexts,
    /// The number of the first text of `all`.
    first: u32,
    all: Vec<ReadText>,
    folder: String,
}

impl Default for Sources {
    fn default() -> Self {
        Self { built_in: BuiltInTexts::default(), first: FIRST, all: Vec::new(), folder: String::new() }
    }
}

impl Sources {
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates a collection for texts that become built-in ones, in the order in which they are added.
    pub fn to_pack() -> Self {
        Self { first: 0, ..Self::default() }
    }

    /// Sets the built-in texts.
    pub fn set_built_in(&mut self, texts: BuiltInTexts) {
        self.built_in = texts;
    }

    /// Adds a text of the project.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<Cow<'static, str>>) -> SourceId {
        self.push(ReadText { name: Cow::Owned(name.into()), text: text.into(), built_in: false })
    }

    /// Adds a text that is built into jcc, but is not one of the packed texts.
    pub fn add_built_in(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        text: impl Into<Cow<'static, str>>,
    ) -> SourceId {
        self.push(ReadText { name: name.into(), text: text.into(), built_in: true })
    }

    fn push(&mut self, text: ReadText) -> SourceId {
        let number = u32::try_from(self.all.len()).ok().and_then(|count| count.checked_add(self.first));
        let id = SourceId(number.expect("fewer than 2^31 sources"));
        self.all.push(text);
        id
    }

    /// Sets the project's folder, relative to the working directory. Messages show paths with it.
    pub fn set_folder(&mut self, folder: impl Into<String>) {
        self.folder = folder.into();
    }

    /// Returns a path of the project as messages show it.
    pub fn shown_path(&self, path: &str) -> String {
        match (self.folder.trim_end_matches('/'), path) {
            ("", path) if self.folder.is_empty() => path.to_owned(),
            (folder, "." | "") => folder.to_owned(),
            (folder, path) => format!("{folder}/{path}"),
        }
    }

    /// Returns the name of a text as messages show it.
    pub fn shown(&self, id: SourceId) -> String {
        let source = self.get(id);
        if source.built_in { source.name.to_owned() } else { self.shown_path(source.name) }
    }

    /// Returns the text with this id.
    pub fn get(&self, id: SourceId) -> Source<'_> {
        if let Some(number) = id.0.checked_sub(self.first) {
            return self.all[number as usize].as_source();
        }
        let (name, at) = &self.built_in.files[id.0 as usize];
        Source { name, text: &self.built_in.text[at.clone()], built_in: true }
    }

    /// Returns the names of those texts that are files of the project, sorted and without duplicates.
    pub fn of_project(&self, ids: impl IntoIterator<Item = SourceId>) -> Vec<&str> {
        let own = ids.into_iter().map(|id| self.get(id)).filter(|source| !source.built_in);
        let names: std::collections::BTreeSet<&str> = own.map(|source| source.name).collect();
        names.into_iter().collect()
    }

    /// Returns the texts that was read in this run, in order.
    pub fn iter(&self) -> impl Iterator<Item = Source<'_>> {
        self.all.iter().map(ReadText::as_source)
    }

    /// Returns the text that a span covers.
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.source).text.get(span.range()).unwrap_or("")
    }

    /// Returns the line in which a span starts, trimmed.
    pub fn line_of(&self, span: Span) -> &str {
        let text = self.get(span.source).text;
        let start =
            text.get(..span.start as usize).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default().trim()
    }

    /// Returns the position of the start of a span.
    pub fn start(&self, span: Span) -> Position {
        Position::of(self.get(span.source).text, span.start as usize)
    }

    /// Returns the position of the end of a span.
    pub fn end(&self, span: Span) -> Position {
        Position::of(self.get(span.source).text, span.end as usize)
    }

    /// Returns a place as messages cite it: `robot/project.kdl:14`.
    pub fn place(&self, span: Span) -> String {
        format!("{}:{}", self.shown(span.source), self.start(span).line)
    }

    /// Returns a place as outputs cite it, which does not depend on the working directory: `project.kdl:14`.
    pub fn cite(&self, span: Span) -> String {
        format!("{}:{}", self.get(span.source).name, self.start(span).line)
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there are no texts.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}
