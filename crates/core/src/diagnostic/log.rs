//! Where problems are collected.

use super::{Diagnostic, Severity};

/// So many reports have suggestions that take a search through all known names.
const LONG: usize = 100;

/// Of so many reports everything is kept; of further ones what is needed to count them and to point at them.
const WHOLE: usize = 1_000;

/// Proof that the user has been reported of an error. A pass fails with this and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reported(());

/// The problems of a run, in the order in which they were found.
#[derive(Debug, Clone, Default)]
pub struct Log {
    all: Vec<Diagnostic>,
}

impl Log {
    pub fn new() -> Self {
        Self::default()
    }

    /// Tells an error and gives the proof of it.
    pub fn error(&mut self, diagnostic: Diagnostic) -> Reported {
        debug_assert_eq!(diagnostic.severity, Severity::Error, "{}", diagnostic.message);
        self.report(diagnostic);
        Reported(())
    }

    /// Tells a warning or a note (or an error, where no proof is needed).
    pub fn report(&mut self, diagnostic: Diagnostic) {
        let full = self.all.len() < WHOLE;
        self.all.push(if full { diagnostic } else { diagnostic.shortened() });
    }

    /// The proof, where an error was reported.
    pub fn reported(&self) -> Option<Reported> {
        self.has_errors().then_some(Reported(()))
    }

    /// `Err` where an error was reported: a pass ends with this, so that all of its mistakes are found in one run.
    pub fn checkpoint(&self) -> Result<(), Reported> {
        self.reported().map_or(Ok(()), Err)
    }

    /// How many errors were reported.
    pub fn errors(&self) -> usize {
        self.all.iter().filter(|one| one.severity == Severity::Error).count()
    }

    /// Whether an error was reported.
    pub fn has_errors(&self) -> bool {
        self.all.iter().any(|one| one.severity == Severity::Error)
    }

    /// Everything reported, by place (source, start), then in order of telling; the same problem at the same place once.
    pub fn sorted(&self) -> Vec<&Diagnostic> {
        let mut all: Vec<&Diagnostic> = self.all.iter().collect();
        all.sort_by_key(|one| one.primary().map(|span| (span.source, span.start)));
        // The tables and the decoder may tell of the same value: the decoder knows more of it.
        all.dedup_by(|later, first| {
            let same =
                (later.code, &later.message, &later.labels) == (first.code, &first.message, &first.labels);
            if same {
                *first = *later;
            }
            same
        });
        all
    }

    /// Everything reported, mutable: for the pass that takes allowed warnings out.
    pub fn retain(&mut self, keep: impl FnMut(&Diagnostic) -> bool) {
        self.all.retain(keep);
    }

    /// What was added after so many, in that order.
    pub fn since(&self, count: usize) -> impl Iterator<Item = &Diagnostic> {
        self.all.iter().skip(count)
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there are more reports than anybody reads: further ones need no search for what was meant.
    pub fn is_long(&self) -> bool {
        self.all.len() >= LONG
    }

    /// Whether nothing was reported.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}
