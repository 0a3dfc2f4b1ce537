//! A file system in memory, for tests and for manifests that jcc generates itself.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

use super::{FileKind, FileSystem};

/// A file system in memory. Tests can make paths fail, to simulate a failing disk.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    files: RefCell<BTreeMap<String, Vec<u8>>>,
    failing: RefCell<BTreeSet<String>>,
}

impl Memory {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn with<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let memory = Self::new();
        for (path, text) in files {
            memory.put(path, text);
        }
        memory
    }

    pub fn put(&self, path: &str, content: impl Into<Vec<u8>>) {
        self.files.borrow_mut().insert(normalised(path), content.into());
    }

    /// Makes reading and writing this path fail.
    pub fn fail_at(&self, path: &str) {
        self.failing.borrow_mut().insert(normalised(path));
    }

    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        self.files.borrow().clone()
    }

    fn check_failure(&self, path: &str) -> io::Result<()> {
        if self.failing.borrow().contains(path) {
            return Err(io::Error::other(format!("`{path}`: input/output error")));
        }
        Ok(())
    }
}

impl FileSystem for Memory {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let path = normalised(path);
        self.check_failure(&path)?;
        let files = self.files.borrow();
        let content = files.get(&path).ok_or_else(|| missing(&path))?;
        if content.len() > super::LARGEST {
            let why = super::too_large();
            return Err(io::Error::new(why.kind(), format!("`{path}`: {why}")));
        }
        Ok(content.clone())
    }

    fn kind(&self, path: &str) -> Option<FileKind> {
        let path = normalised(path);
        let files = self.files.borrow();
        if files.contains_key(&path) {
            return Some(FileKind::File);
        }
        let folder = format!("{path}/");
        (path.is_empty() || files.keys().any(|file| file.starts_with(&folder))).then_some(FileKind::Folder)
    }

    fn list(&self, path: &str) -> io::Result<Vec<String>> {
        let path = normalised(path);
        self.check_failure(&path)?;
        if self.kind(&path) != Some(FileKind::Folder) {
            return Err(missing(&path));
        }
        let folder = if path.is_empty() { path } else { format!("{path}/") };
        let files = self.files.borrow();
        let names: BTreeSet<String> = files
            .keys()
            .filter_map(|file| file.strip_prefix(&folder))
            .map(|rest| rest.split('/').next().unwrap_or(rest).to_owned())
            .collect();
        Ok(names.into_iter().collect())
    }

    fn write_all(&self, files: &BTreeMap<String, Vec<u8>>) -> io::Result<()> {
        for path in files.keys() {
            self.check_failure(&normalised(path))?;
            if self.kind(path) == Some(FileKind::Folder) {
                return Err(io::Error::new(io::ErrorKind::IsADirectory, format!("`{path}`: is a folder")));
            }
        }
        self.files
            .borrow_mut()
            .extend(files.iter().map(|(path, content)| (normalised(path), content.clone())));
        Ok(())
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        let path = normalised(path);
        self.check_failure(&path)?;
        self.files.borrow_mut().remove(&path).map(|_| ()).ok_or_else(|| missing(&path))
    }

    fn is_inside(&self, path: &str) -> bool {
        let mut depth = 0_i64;
        path.split('/').all(|part| {
            depth += match part {
                ".." => -1,
                "." | "" => 0,
                _ => 1,
            };
            depth >= 0
        }) && !path.starts_with('/')
    }
}

/// Normalises a path: removes `.`, duplicate and trailing `/`, and `a/..`.
fn normalised(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').filter(|part| !matches!(*part, "" | ".")) {
        if part == ".." && parts.last().is_some_and(|last| *last != "..") {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.join("/")
}

fn missing(path: &str) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, format!("`{path}`: not found"))
}
