//! A project in memory, for tests.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;

use crate::manifest::Stacks;
use crate::world::{FileKind, World};

/// Files by path; stacks are files under `stack:`.
#[derive(Default)]
pub(super) struct Folder(pub(super) BTreeMap<String, String>);

impl Folder {
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        Self(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect())
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
        self.0.get(path).map(|text| text.clone().into_bytes()).ok_or_else(|| io::ErrorKind::NotFound.into())
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
        Some((format!("stack:{name}"), Cow::Owned(text.clone())))
    }

    fn names(&self) -> Vec<String> {
        self.0.keys().filter_map(|key| key.strip_prefix("stack:")).map(str::to_owned).collect()
    }
}
