//! Source texts and places in them: spans, lines and columns. Also finds secrets and invisible characters in
//! texts.

mod arguments;
mod hidden;
mod named;
mod secret;
mod span;

pub use hidden::{is_hidden, shown, shown_json};
pub use secret::{FoundSecret, SecretKind, masked, secrets, starred};
pub use span::{Position, Span, Spanned};

use std::borrow::Cow;

/// The id of a source text of this run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(u32);

/// A source text and its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The path as the user would write it (`project.kdl`, `packages/ml/pytorch/package.kdl`), with `/` on every
    /// machine and never absolute where it lies inside the project.
    pub name: Cow<'static, str>,
    pub text: Cow<'static, str>,
    /// Whether it is built into jcc, so that no file contains it.
    built_in: bool,
}

/// All source texts of a run, in the order in which they were read.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    all: Vec<Source>,
    folder: String,
}

impl Sources {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text of the project.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<Cow<'static, str>>) -> SourceId {
        self.push(Source { name: Cow::Owned(name.into()), text: text.into(), built_in: false })
    }

    /// Adds a text that is built into jcc.
    pub fn add_built_in(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        text: impl Into<Cow<'static, str>>,
    ) -> SourceId {
        self.push(Source { name: name.into(), text: text.into(), built_in: true })
    }

    fn push(&mut self, source: Source) -> SourceId {
        let id = SourceId(u32::try_from(self.all.len()).expect("fewer than 2^32 sources"));
        self.all.push(source);
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
        if source.built_in { source.name.clone().into_owned() } else { self.shown_path(&source.name) }
    }

    /// Returns the text with this id.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.all[id.0 as usize]
    }

    /// Returns the names of those texts that are files of the project, sorted and without duplicates.
    pub fn of_project(&self, ids: impl IntoIterator<Item = SourceId>) -> Vec<&str> {
        let own = ids.into_iter().map(|id| self.get(id)).filter(|source| !source.built_in);
        let names: std::collections::BTreeSet<&str> = own.map(|source| &*source.name).collect();
        names.into_iter().collect()
    }

    /// Returns all texts, in the order in which they were read.
    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.all.iter()
    }

    /// Returns the text that a span covers.
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.source).text.get(span.range()).unwrap_or("")
    }

    /// Returns the line in which a span starts, trimmed.
    pub fn line_of(&self, span: Span) -> &str {
        let text = &self.get(span.source).text;
        let start =
            text.get(..span.start as usize).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default().trim()
    }

    /// Returns the position of the start of a span.
    pub fn start(&self, span: Span) -> Position {
        Position::of(&self.get(span.source).text, span.start as usize)
    }

    /// Returns the position of the end of a span.
    pub fn end(&self, span: Span) -> Position {
        Position::of(&self.get(span.source).text, span.end as usize)
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
