//! The exit codes of `jcc`.

/// The result of a run. `docs/formats.md` documents the exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Success.
    Done,
    /// Errors in the input.
    Problems,
    /// Invalid command line.
    Misuse,
    /// Files are out of date.
    Stale,
    /// I/O or system error: such as a full disk or missing permissions.
    SystemError,
}

impl Exit {
    /// Returns the exit code of the process.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Problems => 1,
            Self::Misuse => 2,
            Self::Stale => 3,
            Self::SystemError => 4,
        }
    }
}
