//! The only way out of the process: reading, listing and writing files, on disk or in memory.

mod disk;
mod folder;
mod journal;
mod memory;
mod overlay;
mod writing;
#[cfg(test)]
mod writing_tests;

pub use disk::Disk;
pub use memory::Memory;
pub use overlay::Overlay;

use std::collections::BTreeMap;
use std::io;

/// So many bytes of one file are read at most.
pub const LARGEST: usize = 16 << 20;

/// So many names of one folder are listed at most.
pub const MOST_NAMES: usize = 50_000;

/// That a file is not read because of its size.
fn too_large() -> io::Error {
    io::Error::new(
        io::ErrorKind::FileTooLarge,
        format!("it is larger than {} MiB, which is the limit", LARGEST >> 20),
    )
}

/// That a folder is not listed because of its size.
fn too_many_names() -> io::Error {
    io::Error::other(format!("it has more than {MOST_NAMES} entries, which is the limit"))
}

/// Whether a path leads into a folder that belongs to a version control system.
pub fn is_version_control<'a>(folders: impl IntoIterator<Item = &'a str>) -> bool {
    // As file systems that ignore case, or that drop dots and spaces at the end of a name, see them.
    folders.into_iter().any(|name| {
        let name = name.trim_end_matches(['.', ' ']).to_ascii_lowercase();
        matches!(
            name.as_str(),
            ".git" | ".hg" | ".svn" | ".jj" | ".bzr" | ".fslckout" | "_darcs" | "cvs" | "git~1"
        )
    })
}

/// The files of a project. Paths are relative to its root, with `/`; `..` leaves it and is refused by the value type
/// that users' paths are parsed into, long before it gets here.
pub trait FileSystem {
    /// The whole content of a regular file that lies in the project, links followed.
    ///
    /// # Errors
    /// A path that leads out of the project, something that is no regular file, more than [`LARGEST`] bytes, and whatever
    /// the system says: not found, no permission.
    fn read(&self, path: &str) -> io::Result<Vec<u8>>;

    /// The first bytes of a regular file that lies in the project, at most so many; links followed.
    ///
    /// # Errors
    /// As of [`FileSystem::read`].
    fn head(&self, path: &str, most: usize) -> io::Result<Vec<u8>> {
        let mut bytes = self.read(path)?;
        bytes.truncate(most);
        Ok(bytes)
    }

    /// What lies at a path, if anything; a link is followed.
    fn kind(&self, path: &str) -> Option<FileKind>;

    /// The names in a folder that lies in the project, sorted by bytes; more than [`MOST_NAMES`] are an error.
    fn list(&self, path: &str) -> io::Result<Vec<String>>;

    /// Writes all files or none. Missing folders are made.
    fn write_all(&self, files: &BTreeMap<String, Vec<u8>>) -> io::Result<()>;

    fn remove(&self, path: &str) -> io::Result<()>;

    /// Whether a link lies at a path.
    fn is_link(&self, _path: &str) -> bool {
        false
    }

    /// Whether the path, with links followed, still lies inside the project. What does not exist yet is judged by its
    /// nearest existing folder.
    fn is_inside(&self, path: &str) -> bool;
}

/// File type of a path, links not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    File,
    Folder,
    Other,
}
