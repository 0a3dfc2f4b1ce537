//! The log, which collects diagnostics.

use super::{Diagnostic, Severity};

/// The number of diagnostics up to which similar names are searched for suggestions.
const LONG: usize = 100;

/// The number of diagnostics that are kept completely. Later ones are shortened to save memory.
const WHOLE: usize = 1_000;

/// Proof that an error was reported. It is the only error type of passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reported(());

/// The diagnostics of a run, in the order in which they were reported.
#[derive(Debug, Clone, Default)]
pub struct Log {
    all: Vec<Diagnostic>,
}

impl Log {
    pub fn new() -> Self {
        Self::default()
    }

    /// Reports an error and returns the proof.
    pub fn error(&mut self, diagnostic: Diagnostic) -> Reported {
        debug_assert_eq!(diagnostic.severity, Severity::Error, "{}", diagnostic.message);
        self.report(diagnostic);
        Reported(())
    }

    /// Reports a diagnostic of any severity, without proof.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        let full = self.all.len() < WHOLE;
        self.all.push(if full { diagnostic } else { diagnostic.shortened() });
    }

    /// Returns the proof if an error was reported.
    pub fn reported(&self) -> Option<Reported> {
        self.has_errors().then_some(Reported(()))
    }

    /// Fails if an error was reported. Passes call this at their end, so that one run reports all problems.
    pub fn checkpoint(&self) -> Result<(), Reported> {
        self.reported().map_or(Ok(()), Err)
    }

    /// Returns the number of errors.
    pub fn errors(&self) -> usize {
        self.all.iter().filter(|one| one.severity == Severity::Error).count()
    }

    /// Whether an error was reported.
    pub fn has_errors(&self) -> bool {
        self.all.iter().any(|one| one.severity == Severity::Error)
    }

    /// Returns the diagnostics sorted by place, then in the order of reporting, without duplicates.
    pub fn sorted(&self) -> Vec<&Diagnostic> {
        let mut all: Vec<&Diagnostic> = self.all.iter().collect();
        all.sort_by_key(|one| one.primary().map(|span| (span.source, span.start)));
        // The schema check and the decoder can report the same value. The decoder's diagnostic has more help.
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

    /// Keeps only the diagnostics that `keep` accepts, for removing allowed warnings.
    pub fn retain(&mut self, keep: impl FnMut(&Diagnostic) -> bool) {
        self.all.retain(keep);
    }

    /// Returns the diagnostics after the first `count`.
    pub fn since(&self, count: usize) -> impl Iterator<Item = &Diagnostic> {
        self.all.iter().skip(count)
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there are so many diagnostics that further ones need no search for similar names.
    pub fn is_long(&self) -> bool {
        self.all.len() >= LONG
    }

    /// Whether there are no diagnostics.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}
