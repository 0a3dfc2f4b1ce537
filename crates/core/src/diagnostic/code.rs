//! The stable names of the kinds of problem.

use std::fmt;

/// A kind of problem: `jcc::manifest::unknown-node`. Every code is a constant of `codes!`'s table, which the registry
/// test walks: unique, with a page, with a case that fails by it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(&'static str);

impl Code {
    /// A code from its text; only the table of codes calls this.
    pub const fn new(text: &'static str) -> Self {
        Self(text)
    }

    /// `jcc::manifest::unknown-node`.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
