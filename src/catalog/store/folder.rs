//! Definitions in a folder: `DIR/GROUP/NAME/package.kdl`, `DIR/NAME/package.kdl`, `DIR/package.kdl` and
//! `DIR/platform/**/*.kdl`.

use std::borrow::Cow;
use std::io;

use crate::catalog::decode::Files;
use crate::catalog::schema;
use crate::diagnostic::{Diagnostic, Log, codes::catalog as codes, wording};
use crate::source::{Sources, Span};
use crate::syntax::{self, Document, schema::NodeSpec};
use crate::world::{FileKind, World};

use super::file::DefinitionFile;

/// The file that makes a folder a package.
const DEFINITION: &str = "package.kdl";
/// The folder of platforms, devices, bases and indexes.
const PLATFORM: &str = "platform";

/// So many folders within each other are read; a link may lead back up.
const DEEPEST: usize = 4;

/// What reading a folder takes.
pub(super) struct Walk<'a> {
    /// Where files are.
    pub(super) world: &'a dyn World,
    /// Where their texts go.
    pub(super) sources: &'a mut Sources,
    /// Where mistakes are told.
    pub(super) log: &'a mut Log,
    /// Where the user named the folder, if in a manifest.
    pub(super) named: Option<Span>,
    /// The layer that the files belong to.
    pub(super) layer: usize,
    /// What was found.
    pub(super) found: Vec<DefinitionFile>,
}

/// A folder that may hold a definition.
struct Place<'a> {
    path: String,
    group: &'a str,
}

impl Walk<'_> {
    /// Reads a whole folder of definitions.
    pub(super) fn folder(&mut self, root: &str) {
        if self.is_package(root) {
            let above = root.trim_end_matches('/').rsplit('/').nth(1).unwrap_or_default().to_owned();
            self.definition(&Place { path: root.to_owned(), group: &above });
            return;
        }
        for name in self.list(root) {
            let path = join(root, &name);
            if self.world.kind(&path) != Some(FileKind::Folder) {
                continue;
            }
            if self.is_package(&path) {
                self.definition(&Place { path, group: "" });
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
                self.definition(&Place { path, group });
            }
        }
    }

    fn platforms(&mut self, path: &str, depth: usize) {
        for name in self.list(path) {
            let place = Place { path: join(path, &name), group: "" };
            match self.world.kind(&place.path) {
                Some(FileKind::Folder) if depth < DEEPEST => self.platforms(&place.path, depth + 1),
                Some(FileKind::File) if is_kdl(&name) => self.file(&place, Files::new(), schema::PLATFORMS),
                _ => {}
            }
        }
    }

    fn definition(&mut self, place: &Place<'_>) {
        let mut files = Files::new();
        self.beside(&place.path, "", &mut files);
        let text = Place { path: join(&place.path, DEFINITION), group: place.group };
        self.file(&text, files, schema::DEFINITION);
    }

    /// The files beside a definition, those of folders within too.
    fn beside(&mut self, folder: &str, prefix: &str, files: &mut Files) {
        for name in self.list(folder) {
            let (path, name) = (join(folder, &name), format!("{prefix}{name}"));
            match self.world.kind(&path) {
                Some(FileKind::Folder) if prefix.matches('/').count() < DEEPEST => {
                    self.beside(&path, &format!("{name}/"), files);
                }
                Some(FileKind::File) if name != DEFINITION => match self.world.read(&path) {
                    Ok(bytes) => _ = files.insert(name, Cow::Owned(bytes)),
                    Err(error) => self.unreadable(&path, &error),
                },
                _ => {}
            }
        }
    }

    fn file(&mut self, place: &Place<'_>, files: Files, language: &'static [&'static NodeSpec]) {
        let bytes = match self.world.read(&place.path) {
            Ok(bytes) => bytes,
            Err(error) => return self.unreadable(&place.path, &error),
        };
        let Some(source) = syntax::decode(place.path.clone(), bytes, self.sources, self.log) else { return };
        let parsed = syntax::parse(source, &self.sources.get(source).text, self.log);
        if let Some(document) = &parsed {
            syntax::schema::check(document, language, "a package definition", self.log);
        }
        let nothing = || Document { nodes: Vec::new(), span: Span::new(source, 0..0) };
        self.found.push(DefinitionFile {
            source,
            path: place.path.clone(),
            group: place.group.to_owned(),
            files,
            layer: self.layer,
            hashes: "",
            tree: Some(parsed.unwrap_or_else(nothing)),
        });
    }

    /// Whether a folder holds a definition; what bears the name of one and cannot be read is told.
    fn is_package(&mut self, folder: &str) -> bool {
        let path = join(folder, DEFINITION);
        let what = match self.world.kind(&path) {
            Some(FileKind::File) => return true,
            Some(_) => "it is no file",
            None if self
                .world
                .list(folder)
                .is_ok_and(|names| names.iter().any(|name| name == DEFINITION)) =>
            {
                "it is a link that leads nowhere"
            }
            None => return false,
        };
        self.unreadable(&path, &io::Error::other(what));
        false
    }

    /// The names in a folder, without hidden ones, sorted.
    fn list(&mut self, path: &str) -> Vec<String> {
        match self.world.list(path) {
            Ok(names) => names.into_iter().filter(|name| !name.starts_with('.')).collect(),
            Err(error) => {
                self.unreadable(path, &error);
                Vec::new()
            }
        }
    }

    fn unreadable(&mut self, path: &str, error: &io::Error) {
        let shown = wording::code(path);
        let message = match error.kind() {
            io::ErrorKind::NotFound => format!("{shown} is not there"),
            _ => format!("{shown} can't be read: {error}"),
        };
        let told = Diagnostic::error(codes::UNREADABLE, message);
        self.log.error(match self.named {
            Some(span) => told.at(span, "named here"),
            None => told,
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
