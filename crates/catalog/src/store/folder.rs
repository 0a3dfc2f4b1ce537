//! Definitions in a folder: `DIR/GROUP/NAME/package.kdl`, `DIR/NAME/package.kdl`, `DIR/package.kdl` and
//! `DIR/platform/**/*.kdl`.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io;

use crate::decode::FilesBeside;
use crate::diagnostic::{Diagnostic, Log, codes::catalog as codes, wording};
use crate::fs::{FileKind, FileSystem};
use crate::schema;
use crate::source::{Sources, Span};
use crate::syntax::{self, Document, schema::NodeSpec};

use super::file::{self, DefinitionFile};

/// The file that makes a folder a package.
const DEFINITION: &str = "package.kdl";
/// The folder of platforms, devices, bases and indexes.
const PLATFORM: &str = "platform";

/// So many folders within each other are read; a link may lead back up.
const DEEPEST: usize = 4;

/// So many entries of one folder of definitions are looked at, with all folders in it.
const MOST_ENTRIES: usize = 20_000;

/// So many bytes of one folder of definitions are read.
const MOST_BYTES: usize = 64 << 20;

/// What reading a folder takes.
pub(super) struct Walk<'a> {
    pub(super) fs: &'a dyn FileSystem,
    pub(super) sources: &'a mut Sources,
    /// Where mistakes are reported.
    pub(super) log: &'a mut Log,
    /// Where the user named the folder, if in a manifest.
    pub(super) named: Option<Span>,
    /// The layer that the files belong to.
    pub(super) layer: usize,
    pub(super) found: Vec<DefinitionFile>,
    /// What has been looked at and read so far.
    pub(super) used: Used,
}

/// What reading a folder has taken so far.
#[derive(Debug, Default)]
pub(super) struct Used {
    entries: usize,
    bytes: usize,
    /// Whether a limit was exceeded, which is reported once.
    exceeded: bool,
}

/// A folder that may hold a definition.
struct DefinitionFolder<'a> {
    path: String,
    group: &'a str,
}

impl Walk<'_> {
    /// Reads a whole folder of definitions.
    pub(super) fn folder(&mut self, root: &str) {
        if self.is_package(root) {
            let above = root.trim_end_matches('/').rsplit('/').nth(1).unwrap_or_default().to_owned();
            self.definition(&DefinitionFolder { path: root.to_owned(), group: &above });
            return;
        }
        for name in self.list(root) {
            let path = join(root, &name);
            if self.fs.kind(&path) != Some(FileKind::Folder) {
                continue;
            }
            if self.is_package(&path) {
                self.definition(&DefinitionFolder { path, group: "" });
            } else if name == PLATFORM {
                self.platforms(&path, 0);
            } else {
                self.group(&path, &name);
            }
        }
    }

    fn group(&mut self, path: &str, group: &str) {
        for name in self.list(path) {
            let path = join(path, &name);
            if self.is_package(&path) {
                self.definition(&DefinitionFolder { path, group });
            }
        }
    }

    fn platforms(&mut self, path: &str, depth: usize) {
        for name in self.list(path) {
            let place = DefinitionFolder { path: join(path, &name), group: "" };
            match self.fs.kind(&place.path) {
                Some(FileKind::Folder) if depth < DEEPEST => self.platforms(&place.path, depth + 1),
                Some(FileKind::File) if is_kdl(&name) => {
                    self.file(&place, "", Vec::new(), schema::PLATFORMS);
                }
                _ => {}
            }
        }
    }

    fn definition(&mut self, place: &DefinitionFolder<'_>) {
        let mut beside = Vec::new();
        self.beside(&place.path, "", &mut beside);
        let text = DefinitionFolder { path: join(&place.path, DEFINITION), group: place.group };
        self.file(&text, &place.path, beside, schema::DEFINITION);
    }

    /// The names of the files beside a definition, those of folders within too.
    fn beside(&mut self, folder: &str, prefix: &str, names: &mut Vec<String>) {
        for name in self.list(folder) {
            let (path, name) = (join(folder, &name), format!("{prefix}{name}"));
            match self.fs.kind(&path) {
                Some(FileKind::Folder) if prefix.matches('/').count() < DEEPEST => {
                    self.beside(&path, &format!("{name}/"), names);
                }
                Some(FileKind::File) if name != DEFINITION => names.push(name),
                _ => {}
            }
        }
    }

    /// The files that a definition names: no other is read.
    fn named_files(&mut self, folder: &str, beside: &[String], document: &Document) -> FilesBeside {
        let mut words = BTreeSet::new();
        document.nodes.iter().for_each(|node| file::words(node, &mut words));
        let mut files = FilesBeside::new();
        for name in beside.iter().filter(|name| words.contains(name.as_str())) {
            let path = join(folder, name);
            if let Some(bytes) = self.read(&path) {
                files.insert(name.clone().into(), Cow::Owned(bytes));
            }
        }
        files
    }

    fn file(
        &mut self,
        place: &DefinitionFolder<'_>,
        folder: &str,
        beside: Vec<String>,
        language: &'static [&'static NodeSpec],
    ) {
        let Some(bytes) = self.read(&place.path) else { return };
        let Some(source) = syntax::decode(place.path.clone(), bytes, self.sources, self.log) else { return };
        let parsed = syntax::parse(source, self.sources.get(source).text, self.log);
        if let Some(document) = &parsed {
            syntax::schema::check(document, language, "a package definition", self.log);
        }
        let tree = parsed.unwrap_or_else(|| Document { nodes: Vec::new(), span: Span::new(source, 0..0) });
        let files = self.named_files(folder, &beside, &tree);
        self.found.push(DefinitionFile {
            source,
            path: place.path.clone().into(),
            group: place.group.to_owned().into(),
            files,
            beside,
            layer: self.layer,
            tree: Some(tree),
        });
    }

    /// The content of a file; why it cannot be read is reported.
    fn read(&mut self, path: &str) -> Option<Vec<u8>> {
        if self.used.exceeded {
            return None;
        }
        match self.fs.read(path) {
            Ok(bytes) => {
                self.used.bytes += bytes.len();
                if self.used.bytes > MOST_BYTES {
                    let limit = format!("with this file, jcc would read more than {} MiB", MOST_BYTES >> 20);
                    self.exceed(path, &limit);
                    return None;
                }
                Some(bytes)
            }
            Err(error) => {
                self.unreadable(path, &error);
                None
            }
        }
    }

    /// Whether a folder holds a definition; an entry with that name that cannot be read is reported.
    fn is_package(&mut self, folder: &str) -> bool {
        let path = join(folder, DEFINITION);
        let what = match self.fs.kind(&path) {
            Some(FileKind::File) => return true,
            Some(_) => "it is not a regular file",
            None if !self.fs.is_inside(&path) => {
                "it is a link to a missing file or to one outside the project"
            }
            None => return false,
        };
        self.unreadable(&path, &io::Error::other(what));
        false
    }

    /// The names in a folder, without hidden ones, sorted.
    fn list(&mut self, path: &str) -> Vec<String> {
        if self.used.exceeded {
            return Vec::new();
        }
        match self.fs.list(path) {
            Ok(names) => {
                self.used.entries += names.len();
                if self.used.entries > MOST_ENTRIES {
                    self.exceed(
                        path,
                        &format!("with this folder, jcc would look at more than {MOST_ENTRIES} entries"),
                    );
                    return Vec::new();
                }
                names.into_iter().filter(|name| !name.starts_with('.')).collect()
            }
            Err(error) => {
                self.unreadable(path, &error);
                Vec::new()
            }
        }
    }

    /// Reports that a limit of the whole folder is exceeded, and reads nothing more of it.
    fn exceed(&mut self, path: &str, limit: &str) {
        self.used.exceeded = true;
        self.unreadable(path, &io::Error::other(limit));
    }

    fn unreadable(&mut self, path: &str, error: &io::Error) {
        let shown = wording::code(self.sources.shown_path(if path.is_empty() { "." } else { path }));
        let message = match error.kind() {
            io::ErrorKind::NotFound => format!("{shown} does not exist"),
            _ => format!("{shown} cannot be read: {}", wording::cause(error, path)),
        };
        let diagnostic = Diagnostic::error(codes::UNREADABLE, message);
        self.log.error(match self.named {
            Some(span) => diagnostic.at(span, "used here"),
            None => diagnostic,
        });
    }
}

fn is_kdl(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, extension)| extension == "kdl")
}

fn join(folder: &str, name: &str) -> String {
    match folder.trim_end_matches('/') {
        "" | "." => name.to_owned(),
        folder => format!("{folder}/{name}"),
    }
}
