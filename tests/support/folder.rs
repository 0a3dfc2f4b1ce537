//! A project in memory.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use jcc::manifest::Stacks;
use jcc::world::{FileKind, World};

/// Files by path; a path with `link` in it is a link that leads out; stacks are files under `stack:`.
pub(crate) struct Folder(pub(crate) BTreeMap<String, Vec<u8>>);

impl Folder {
    /// The files below a folder of the disk, by their paths in it.
    pub(crate) fn read(root: &Path) -> Self {
        let mut files = BTreeMap::new();
        for entry in walkdir::WalkDir::new(root).into_iter().map(|entry| entry.expect("it can be listed")) {
            if entry.file_type().is_file() {
                let path =
                    entry.path().strip_prefix(root).expect("it lies below").to_str().expect("it is UTF-8");
                files.insert(path.to_owned(), std::fs::read(entry.path()).expect("it can be read"));
            }
        }
        Self(files)
    }

    fn below<'a>(&'a self, path: &str) -> impl Iterator<Item = &'a str> {
        let start = if path == "." { String::new() } else { format!("{path}/") };
        self.0.keys().filter_map(move |key| {
            key.strip_prefix(&start).map(|rest| rest.split('/').next().unwrap_or(rest))
        })
    }
}

impl World for Folder {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        self.0.get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn kind(&self, path: &str) -> Option<FileKind> {
        let folder = || self.below(path).next().map(|_| FileKind::Folder);
        self.0.get(path).map(|_| FileKind::File).or_else(folder)
    }

    fn list(&self, path: &str) -> io::Result<Vec<String>> {
        let mut names: Vec<String> = self.below(path).map(str::to_owned).collect();
        names.dedup();
        Ok(names)
    }

    fn write_all(&self, _: &BTreeMap<String, Vec<u8>>) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn remove(&self, _: &str) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn is_inside(&self, path: &str) -> bool {
        !path.contains("link")
    }
}

impl Stacks for Folder {
    fn stack(&self, name: &str) -> Option<(String, Cow<'static, str>)> {
        let text = self.0.get(&format!("stack:{name}"))?;
        Some((format!("stack:{name}"), Cow::Owned(String::from_utf8(text.clone()).ok()?)))
    }

    fn names(&self) -> Vec<String> {
        self.0.keys().filter_map(|key| key.strip_prefix("stack:")).map(str::to_owned).collect()
    }
}
