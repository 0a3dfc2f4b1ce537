//! Helpers for the tests.

pub(crate) mod folder;
pub(crate) mod git;
pub(crate) mod steps;
pub(crate) mod whole;

use std::path::{Path, PathBuf};

use jcc::internals::diagnostic::Diagnostic;
use jcc::internals::diagnostic::render::human::{self, Colour, Letters, Look};
use jcc::internals::source::Sources;

/// Returns the absolute path of a file of the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Returns whether expected files are written instead of compared: `JCC_BLESS=1 cargo test`.
pub(crate) fn bless() -> bool {
    std::env::var("JCC_BLESS").is_ok_and(|value| value == "1")
}

/// Renders diagnostics as users see them on a terminal of 100 columns without colour.
pub(crate) fn report(reports: &[&Diagnostic], sources: &Sources) -> String {
    human::report(reports, sources, Look { width: 100, colour: Colour::Off, letters: Letters::Unicode })
}
