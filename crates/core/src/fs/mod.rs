//! Files behind one trait, and an implementation in memory.

mod memory;

pub use memory::Memory;

use std::collections::BTreeMap;
use std::io;

/// The largest size, in bytes, of a file that is read.
pub const LARGEST: usize = 16 << 20;

/// The largest number of entries of a folder that is listed.
pub const MAX_ENTRIES: usize = 50_000;

/// Returns the error for a file that is larger than [`LARGEST`].
pub fn too_large() -> io::Error {
    io::Error::new(
        io::ErrorKind::FileTooLarge,
        format!("it is larger than {} MiB, which is the limit", LARGEST >> 20),
    )
}

/// Returns the error for a folder with more than [`MAX_ENTRIES`] entries.
pub fn too_many_entries() -> io::Error {
    io::Error::other(format!("it has more than {MAX_ENTRIES} entries, which is the limit"))
}

/// The files of a project. Paths are relative to its root and separated by `/`. The value types of paths in
/// manifests already reject paths that leave the project.
pub trait FileSystem {
    /// Reads a regular file in the project. Follows links.
    ///
    /// # Errors The path leads out of the project, is not a regular file or has more than [`LARGEST`] bytes,
    /// and system errors.
    fn read(&self, path: &str) -> io::Result<Vec<u8>>;

    /// Reads at most the first `limit` bytes of a regular file in the project. Follows links.
    ///
    /// # Errors
    /// The path leads out of the project or is not a regular file, and system errors.
    fn head(&self, path: &str, limit: usize) -> io::Result<Vec<u8>> {
        let mut bytes = self.read(path)?;
        bytes.truncate(limit);
        Ok(bytes)
    }

    /// Returns the kind of file at a path, or `None` if it does not exist. Follows links.
    fn kind(&self, path: &str) -> Option<FileKind>;

    /// Returns the names in a folder of the project, sorted by bytes. More than [`MAX_ENTRIES`] are an error.
    fn list(&self, path: &str) -> io::Result<Vec<String>>;

    /// Writes all files or none. Creates missing folders.
    fn write_all(&self, files: &BTreeMap<String, Vec<u8>>) -> io::Result<()>;

    fn remove(&self, path: &str) -> io::Result<()>;

    /// Whether a path is a symbolic link.
    fn is_link(&self, _path: &str) -> bool {
        false
    }

    /// Whether a path is inside the project after following links. For a path that does not exist, its
    /// nearest existing folder decides.
    fn is_inside(&self, path: &str) -> bool;
}

/// The kind of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    File,
    Folder,
    Other,
}
