//! What several tests share.

pub(crate) mod folder;
pub(crate) mod report;

use std::path::{Path, PathBuf};

/// A path in the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Whether expected files are to be written rather than compared: `JCC_BLESS=1 cargo test`.
pub(crate) fn bless() -> bool {
    std::env::var("JCC_BLESS").is_ok_and(|value| value == "1")
}
