//! A file system with some files replaced or removed, to compile a change before it is written.

use std::collections::BTreeMap;
use std::io;

use super::{FileKind, FileSystem};

/// Another file system with changes on top of it.
pub struct Overlay<'a> {
    lower: &'a dyn FileSystem,
    files: BTreeMap<String, Option<Vec<u8>>>,
}

impl<'a> Overlay<'a> {
    pub fn new(lower: &'a dyn FileSystem) -> Self {
        Self { lower, files: BTreeMap::new() }
    }

    /// Replaces the content at a path, or hides the file if `content` is `None`.
    #[must_use]
    pub fn with(mut self, path: &str, content: Option<impl Into<Vec<u8>>>) -> Self {
        self.files.insert(path.to_owned(), content.map(Into::into));
        self
    }
}

impl FileSystem for Overlay<'_> {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        match self.files.get(path) {
            Some(Some(content)) => Ok(content.clone()),
            Some(None) => Err(io::Error::new(io::ErrorKind::NotFound, format!("`{path}`: not found"))),
            None => self.lower.read(path),
        }
    }

    fn kind(&self, path: &str) -> Option<FileKind> {
        match self.files.get(path) {
            Some(Some(_)) => Some(FileKind::File),
            Some(None) => None,
            None => self.lower.kind(path),
        }
    }

    fn list(&self, path: &str) -> io::Result<Vec<String>> {
        self.lower.list(path)
    }

    fn write_all(&self, _: &BTreeMap<String, Vec<u8>>) -> io::Result<()> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "nothing is written here"))
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        Err(io::Error::new(io::ErrorKind::Unsupported, format!("`{path}`: nothing is removed here")))
    }

    fn is_inside(&self, path: &str) -> bool {
        // A file that exists only in the overlay is not a link, even if its folder does not exist yet.
        let is_new = || matches!(self.files.get(path), Some(Some(_))) && self.lower.kind(path).is_none();
        self.lower.is_inside(path) || !path.contains("..") && is_new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::Memory;

    #[test]
    fn changed_files_hide_those_of_the_lower_file_system() {
        let memory = Memory::with([("a", "1"), ("b", "2"), ("c", "3")]);
        let fs = Overlay::new(&memory).with("a", Some("new")).with("b", None::<Vec<u8>>);
        assert_eq!(fs.read("a").ok(), Some(b"new".to_vec()));
        assert_eq!((fs.kind("b"), fs.read("b").is_err()), (None, true));
        assert_eq!(fs.read("c").ok(), Some(b"3".to_vec()));
        assert!(fs.write_all(&BTreeMap::new()).is_err() && fs.remove("c").is_err());
    }
}
