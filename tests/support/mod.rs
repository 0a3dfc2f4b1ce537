//! What several tests share.

pub(crate) mod folder;
pub(crate) mod git;
pub(crate) mod steps;
pub(crate) mod whole;

use std::path::{Path, PathBuf};

use jcc::internals::diagnostic::Diagnostic;
use jcc::internals::diagnostic::render::human::{self, Colour, Letters, Look};
use jcc::internals::source::Sources;

/// A path in the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Whether expected files are to be written rather than compared: `JCC_BLESS=1 cargo test`.
pub(crate) fn bless() -> bool {
    std::env::var("JCC_BLESS").is_ok_and(|value| value == "1")
}

/// The report as users see it on a wide terminal without colour.
pub(crate) fn report(reports: &[&Diagnostic], sources: &Sources) -> String {
    human::report(reports, sources, Look { width: 100, colour: Colour::Off, letters: Letters::Unicode })
}
