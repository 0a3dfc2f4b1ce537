//! Codes: stable names of the kinds of diagnostics.

use std::fmt;

/// The code of a kind of diagnostic: `jcc::manifest::unknown-node`. All codes are declared with `codes!`;
/// tests check that each is unique, has a page and has an input that yields it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(&'static str);

impl Code {
    /// Creates a code. Called only by `codes!`.
    pub const fn new(text: &'static str) -> Self {
        Self(text)
    }

    /// Returns the full code: `jcc::manifest::unknown-node`.
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
