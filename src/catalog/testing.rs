//! Worlds for the tests of this folder, and reports as text.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use crate::diagnostic::{Log, Severity};
use crate::source::Sources;
use crate::world::{FileKind, World};

/// Files in memory.
#[derive(Debug, Default)]
pub(crate) struct Memory(BTreeMap<String, Vec<u8>>);

impl Memory {
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        Self(files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect())
    }
}

impl Memory {
    pub(super) fn put(&mut self, path: &str, bytes: &[u8]) {
        self.0.insert(path.to_owned(), bytes.to_vec());
    }
}

impl World for Memory {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        self.0.get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn kind(&self, path: &str) -> Option<FileKind> {
        let below = format!("{path}/");
        if self.0.contains_key(path) {
            Some(FileKind::File)
        } else {
            self.0.keys().any(|file| file.starts_with(&below)).then_some(FileKind::Folder)
        }
    }

    fn list(&self, path: &str) -> io::Result<Vec<String>> {
        let below = format!("{path}/");
        let inside = self.0.keys().filter_map(|file| file.strip_prefix(&below));
        let mut names: Vec<String> =
            inside.map(|rest| rest.split('/').next().unwrap_or(rest).to_owned()).collect();
        names.dedup();
        if names.is_empty() { Err(io::ErrorKind::NotFound.into()) } else { Ok(names) }
    }

    fn write_all(&self, _: &BTreeMap<String, Vec<u8>>) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn remove(&self, _: &str) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn is_inside(&self, _: &str) -> bool {
        true
    }
}

/// The files of this project, for reading.
pub(crate) struct Here;

fn at(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[allow(clippy::disallowed_methods)] // a test reads the project's own files
impl World for Here {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        std::fs::read(at(path))
    }

    fn kind(&self, path: &str) -> Option<FileKind> {
        let kind = std::fs::metadata(at(path)).ok()?;
        Some(if kind.is_dir() { FileKind::Folder } else { FileKind::File })
    }

    fn list(&self, path: &str) -> io::Result<Vec<String>> {
        let mut names: Vec<String> = std::fs::read_dir(at(path))?
            .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
            .collect::<io::Result<_>>()?;
        names.sort();
        Ok(names)
    }

    fn write_all(&self, _: &BTreeMap<String, Vec<u8>>) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn remove(&self, _: &str) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn is_inside(&self, _: &str) -> bool {
        true
    }
}

/// Everything told, one problem a paragraph, with the source text that its labels cover.
pub(crate) fn report(log: &Log, sources: &Sources) -> String {
    let mut out = String::new();
    for one in log.sorted() {
        let severity = match one.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        out += &format!("{severity}: {} [{}]\n", one.message, one.code);
        for label in &one.labels {
            let place = sources.start(label.span);
            let name = &sources.get(label.span.source).name;
            let text = sources.slice(label.span).lines().next().unwrap_or_default();
            out += &format!("  {name}:{}:{}: {} <- {}\n", place.line, place.column, text, label.text);
        }
        for help in &one.help {
            out += &format!("  help: {help}\n");
        }
    }
    out
}
