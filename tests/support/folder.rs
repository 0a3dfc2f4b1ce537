//! A project folder in memory.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use jcc::internals::fs::{FileKind, FileSystem, Memory};
use jcc::internals::manifest::Stacks;

/// Files in memory. A path that contains `link` counts as a link out of the project; a file below `stack:` is
/// a stack.
pub(crate) struct Folder(pub(crate) Memory);

impl Folder {
    /// Reads all files below a folder on disk. Their paths are relative to it.
    pub(crate) fn read(root: &Path) -> Self {
        let memory = Memory::new();
        for entry in walkdir::WalkDir::new(root).into_iter().map(|entry| entry.expect("it can be listed")) {
            if entry.file_type().is_file() {
                let path = entry.path().strip_prefix(root).expect("it is below the root");
                let content = std::fs::read(entry.path()).expect("it can be read");
                memory.put(path.to_str().expect("it is UTF-8"), content);
            }
        }
        Self(memory)
    }
}

impl FileSystem for Folder {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        self.0.read(path)
    }

    fn kind(&self, path: &str) -> Option<FileKind> {
        self.0.kind(path)
    }

    fn list(&self, path: &str) -> io::Result<Vec<String>> {
        self.0.list(path)
    }

    fn write_all(&self, files: &BTreeMap<String, Vec<u8>>) -> io::Result<()> {
        self.0.write_all(files)
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        self.0.remove(path)
    }

    fn is_inside(&self, path: &str) -> bool {
        !path.contains("link") && self.0.is_inside(path)
    }
}

impl Stacks for Folder {
    fn stack(&self, name: &str) -> Option<(String, Cow<'static, str>)> {
        let shown = format!("stack:{name}");
        let text = String::from_utf8(self.0.read(&shown).ok()?).ok()?;
        Some((shown, Cow::Owned(text)))
    }

    fn names(&self) -> Vec<String> {
        self.0.files().keys().filter_map(|key| key.strip_prefix("stack:")).map(str::to_owned).collect()
    }
}
