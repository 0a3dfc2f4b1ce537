//! What was read, and where in it: sources, spans, lines and columns.

mod arguments;
mod hidden;
mod named;
mod secret;
mod span;

pub use hidden::{is_hidden, shown, shown_json};
pub use secret::{FoundSecret, SecretKind, masked, secrets, starred};
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
    pub name: Cow<'static, str>,
    pub text: Cow<'static, str>,
    /// Whether jcc comes with it: it lies in no folder.
    built_in: bool,
}

/// Every text of a run, in the order in which it was read.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    all: Vec<Source>,
    folder: String,
}

impl Sources {
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a text of the project in and names it.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<Cow<'static, str>>) -> SourceId {
        self.push(Source { name: Cow::Owned(name.into()), text: text.into(), built_in: false })
    }

    /// Takes a text in that jcc comes with.
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

    /// Says in which folder the project lies, seen from where the user is; messages name files in it with this folder.
    pub fn set_folder(&mut self, folder: impl Into<String>) {
        self.folder = folder.into();
    }

    /// A path of the project as messages show it.
    pub fn shown_path(&self, path: &str) -> String {
        match (self.folder.trim_end_matches('/'), path) {
            ("", path) if self.folder.is_empty() => path.to_owned(),
            (folder, "." | "") => folder.to_owned(),
            (folder, path) => format!("{folder}/{path}"),
        }
    }

    /// The name of a text as messages show it.
    pub fn shown(&self, id: SourceId) -> String {
        let source = self.get(id);
        if source.built_in { source.name.clone().into_owned() } else { self.shown_path(&source.name) }
    }

    /// The text behind an id of this collection.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.all[id.0 as usize]
    }

    /// The names of those among these texts that lie in the project, each once.
    pub fn of_project(&self, ids: impl IntoIterator<Item = SourceId>) -> Vec<&str> {
        let own = ids.into_iter().map(|id| self.get(id)).filter(|source| !source.built_in);
        let names: std::collections::BTreeSet<&str> = own.map(|source| &*source.name).collect();
        names.into_iter().collect()
    }

    /// Every text, in the order in which it was read.
    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.all.iter()
    }

    /// The source text that a span covers.
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.source).text.get(span.range()).unwrap_or("")
    }

    /// The whole line that a span starts in, without blanks around it.
    pub fn line_of(&self, span: Span) -> &str {
        let text = &self.get(span.source).text;
        let start =
            text.get(..span.start as usize).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default().trim()
    }

    /// Line and column, from 1, of the start of a span. A column counts characters.
    pub fn start(&self, span: Span) -> Position {
        Position::of(&self.get(span.source).text, span.start as usize)
    }

    /// Line and column, from 1, of the end of a span.
    pub fn end(&self, span: Span) -> Position {
        Position::of(&self.get(span.source).text, span.end as usize)
    }

    /// `robot/project.kdl:14`, as messages cite a place.
    pub fn place(&self, span: Span) -> String {
        format!("{}:{}", self.shown(span.source), self.start(span).line)
    }

    /// `project.kdl:14`, as what is written cites a place: the same wherever the user is.
    pub fn cite(&self, span: Span) -> String {
        format!("{}:{}", self.get(span.source).name, self.start(span).line)
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether nothing was read yet.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}
