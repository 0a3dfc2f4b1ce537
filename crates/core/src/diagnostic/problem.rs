//! A diagnostic as data.

use super::Code;
use crate::source::Span;

/// The severity of a diagnostic, most severe first. Only errors make a run fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// No outputs are written: an unknown package.
    Error,
    /// Outputs are written: an archive without a key. `allow` suppresses it, `--deny-warnings` makes it fail.
    Warning,
    /// Information: a preparation of the host, a matter of style.
    Note,
}

/// A place, and what is wrong there or why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    pub span: Span,
    /// A few words without a full stop.
    pub text: String,
}

/// An edit that fixes the problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// The text to replace; empty for an insertion.
    pub span: Span,
    /// The new text.
    pub replacement: String,
}

/// A problem as data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The kind of problem, which `jcc explain` explains.
    pub code: Code,
    pub severity: Severity,
    /// One sentence without a full stop, literals in backticks.
    pub message: String,
    /// The places; the first is the primary one. Empty only for problems without a place, such as a missing
    /// file that the command line names.
    pub labels: Vec<Label>,
    /// Ways to fix it, each of which works.
    pub help: Vec<String>,
    /// A fix as an edit, if there is one.
    pub fix: Option<Fix>,
    /// Places that may contain secrets, which reports replace by stars.
    pub masked: Vec<Span>,
}

impl Diagnostic {
    /// Whether its fix starts with a node of this name.
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

    /// Adds a label. The first one is the primary place.
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

    /// Adds a help message, if there is one.
    #[must_use]
    pub fn maybe_help(mut self, text: Option<impl Into<String>>) -> Self {
        self.help.extend(text.map(Into::into));
        self
    }

    /// Sets the edit that fixes it.
    #[must_use]
    pub fn fix(mut self, span: Span, replacement: impl Into<String>) -> Self {
        self.fix = Some(Fix { span, replacement: replacement.into() });
        self
    }

    /// Hides the text at a place, in all reports of the run.
    #[must_use]
    pub fn mask(mut self, span: Span) -> Self {
        self.masked.push(span);
        self
    }

    /// Removes help messages, the fix and all but the first label, to save memory in long logs.
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
