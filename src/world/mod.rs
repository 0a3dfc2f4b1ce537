//! The only way out of the process: reading, listing and writing files, on disk or in memory.

mod disk;
mod folder;
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

/// The files of a project. Paths are relative to its root, with `/`; `..` leaves it and is refused by the value type
/// that users' paths are parsed into, long before it gets here.
pub trait World {
    /// The whole content of a file.
    ///
    /// # Errors
    /// Whatever the system says: not found, a folder, no permission.
    fn read(&self, path: &str) -> io::Result<Vec<u8>>;

    /// What lies at a path, if anything; a link is followed.
    fn kind(&self, path: &str) -> Option<FileKind>;

    /// The names in a folder, sorted by bytes.
    fn list(&self, path: &str) -> io::Result<Vec<String>>;

    /// Writes all files or none. Missing folders are made.
    fn write_all(&self, files: &BTreeMap<String, Vec<u8>>) -> io::Result<()>;

    /// Removes one file.
    fn remove(&self, path: &str) -> io::Result<()>;

    /// Whether the path, with links followed, still lies inside the project. What does not exist yet is judged by its
    /// nearest existing folder.
    fn is_inside(&self, path: &str) -> bool;
}

/// What lies at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// An ordinary file.
    File,
    /// A folder.
    Folder,
    /// A socket, a device.
    Other,
}
