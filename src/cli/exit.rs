//! How a run ended.

/// Exit codes of the command line; documented in `docs/formats.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done,
    /// Errors in the input.
    Problems,
    /// Invalid command line.
    Misuse,
    /// Files are out of date.
    Stale,
    /// I/O or system error: disk, permissions, a closed pipe.
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
