//! How a run ended.

/// Exit codes of the command line; documented in `docs/formats.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done,
    /// Problems in the input.
    Problems,
    /// Misuse of the command line.
    Misuse,
    /// The output is stale.
    Stale,
    /// The machine failed: disk, permissions, a closed pipe.
    Machine,
}

impl Exit {
    /// The number that the process ends with.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Problems => 1,
            Self::Misuse => 2,
            Self::Stale => 3,
            Self::Machine => 4,
        }
    }
}
