//! The only access to the disk: reads, lists and writes files.

mod disk;
mod folder;
mod journal;
mod overlay;
mod scratch;
mod writing;
#[cfg(test)]
mod writing_tests;

pub use disk::Disk;
pub use jcc_core::fs::{FileKind, FileSystem, LARGEST, MAX_ENTRIES, Memory};
pub use overlay::Overlay;
pub use scratch::Scratch;

use jcc_core::fs::{too_large, too_many_entries};

/// Whether one of the components of a path is the folder of a version control system.
pub fn is_version_control<'a>(folders: impl IntoIterator<Item = &'a str>) -> bool {
    // Some file systems ignore case, or dots and spaces at the end of a name.
    folders.into_iter().any(|name| {
        let name = name.trim_end_matches(['.', ' ']).to_ascii_lowercase();
        matches!(
            name.as_str(),
            ".git" | ".hg" | ".svn" | ".jj" | ".bzr" | ".fslckout" | "_darcs" | "cvs" | "git~1"
        )
    })
}
