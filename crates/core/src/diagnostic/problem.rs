//! One problem, as data.

use super::Code;
use crate::source::Span;

/// Severity, gravest first: only errors make a run fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing is written: an unknown package.
    Error,
    /// Written, but reported: an archive without a key. `allow` accepts it, `--deny-warnings` does not.
    Warning,
    /// Good to know: a host preparation, a lint of style.
    Note,
}

/// What is wrong (or why) at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    pub span: Span,
    /// What is wrong there; a few words, no full stop.
    pub text: String,
}

/// An edit that suggestions the problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What is replaced; empty where something is put in.
    pub span: Span,
    /// What stands there afterwards.
    pub replacement: String,
}

/// One problem, reported as data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which kind of problem: stable, explained by `jcc explain`.
    pub code: Code,
    pub severity: Severity,
    /// One sentence without a full stop, literals in backticks.
    pub message: String,
    /// Where; the first is the primary place. Empty only for problems that have no place (a missing file named on
    /// the command line).
    pub labels: Vec<Label>,
    /// What to do, one entry a way; each was checked to work.
    pub help: Vec<String>,
    /// The same as an edit, where there is one.
    pub fix: Option<Fix>,
    /// What stands there and is never shown, as it may be a secret: reports have stars instead.
    pub masked: Vec<Span>,
}

impl Diagnostic {
    /// Whether its fix writes a node of this name.
    pub fn writes(&self, node: &str) -> bool {
        self.fix.as_ref().and_then(|fix| fix.replacement.split([' ', '\n']).next()) == Some(node)
    }

    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, message)
    }

    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, message)
    }

    pub fn note(code: Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Note, message)
    }

    fn new(code: Code, severity: Severity, message: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            message: message.into(),
            labels: Vec::new(),
            help: Vec::new(),
            fix: None,
            masked: Vec::new(),
        }
    }

    /// Adds a place; the first one added is the primary one.
    #[must_use]
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    /// Adds a way out, where there is one.
    #[must_use]
    pub fn maybe_help(mut self, text: Option<impl Into<String>>) -> Self {
        self.help.extend(text.map(Into::into));
        self
    }

    /// Adds the edit that fixes it.
    #[must_use]
    pub fn fix(mut self, span: Span, replacement: impl Into<String>) -> Self {
        self.fix = Some(Fix { span, replacement: replacement.into() });
        self
    }

    /// Hides what stands there, in this report and in those beside it.
    #[must_use]
    pub fn mask(mut self, span: Span) -> Self {
        self.masked.push(span);
        self
    }

    /// Without helps, fixes and further places, for reports that nobody reads to the end.
    #[must_use]
    pub(super) fn shortened(mut self) -> Self {
        self.labels.truncate(1);
        self.labels.shrink_to_fit();
        self.help = Vec::new();
        self.fix = None;
        self
    }

    pub fn primary(&self) -> Option<Span> {
        self.labels.first().map(|label| label.span)
    }
}
