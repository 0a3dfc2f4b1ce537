//! What was read, and where in it: sources, spans, lines and columns.

mod hidden;
mod secret;
mod span;

pub use hidden::{is_hidden, shown, shown_json};
pub use secret::{Secret, SecretKind, secrets, starred};
pub use span::{Position, Span, Spanned};

use std::borrow::Cow;

/// Names one text that was read in this run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(u32);

/// One text and the name under which users know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The path as the user would write it (`project.kdl`, `packages/ml/pytorch/package.kdl`), with `/` on every
    /// machine and never absolute where it lies inside the project.
    pub name: String,
    /// The whole text.
    pub text: Cow<'static, str>,
}

/// Every text of a run, in the order in which it was read.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    all: Vec<Source>,
}

impl Sources {
    /// No texts yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a text in and names it.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<Cow<'static, str>>) -> SourceId {
        let id = SourceId(u32::try_from(self.all.len()).expect("fewer than 2^32 sources"));
        self.all.push(Source { name: name.into(), text: text.into() });
        id
    }

    /// The text behind an id of this collection.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.all[id.0 as usize]
    }

    /// Every text, in the order in which it was read.
    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.all.iter()
    }

    /// The source text that a span covers.
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.source).text.get(span.range()).unwrap_or("")
    }

    /// Line and column, from 1, of the start of a span. A column counts characters.
    pub fn start(&self, span: Span) -> Position {
        Position::of(&self.get(span.source).text, span.start as usize)
    }

    /// Line and column, from 1, of the end of a span.
    pub fn end(&self, span: Span) -> Position {
        Position::of(&self.get(span.source).text, span.end as usize)
    }

    /// `project.kdl:14`, as comments and messages cite a place.
    pub fn cite(&self, span: Span) -> String {
        format!("{}:{}", self.get(span.source).name, self.start(span).line)
    }

    /// How many texts there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether nothing was read yet.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}
