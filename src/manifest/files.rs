//! The files that a manifest names: whether they are there, inside of the project, and what requirements files say.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Log, codes::manifest as codes, wording};
use crate::fs::{FileKind, FileSystem};
use crate::source::{SourceId, Sources, Span, Spanned};
use crate::syntax::{self, invalid};
use crate::value::{Fingerprint, KeyFile, ProjectPath, Sha256};

use super::requirements::{self, RequirementsLine};
use super::scope::Scope;
use super::{KeyLocation, Requirements, ignored, key};

/// The project's files as a manifest sees them, with the bounds on what is read.
pub(super) struct Files<'a> {
    pub(super) fs: &'a dyn FileSystem,
    pub(super) sources: &'a mut Sources,
    pub(super) log: &'a mut Log,
    /// Every text that was read, in order.
    pub(super) read: Vec<SourceId>,
    /// The files among them: one that is named twice is read once.
    known: BTreeMap<String, SourceId>,
}

/// So many requirements files may be read within each other.
const DEEPEST: usize = 32;

/// How to install what is in the project.
const INSTALL_LATER: &str =
    "the code is copied later: install it there with `app { run \"pip install --no-deps .\" }`";

/// What a path leads to, for messages.
#[derive(Clone, Copy, PartialEq)]
enum PathUse {
    File,
    Folder,
    Either,
}

impl<'a> Files<'a> {
    pub(super) fn new(fs: &'a dyn FileSystem, sources: &'a mut Sources, log: &'a mut Log) -> Self {
        Self { fs, sources, log, read: Vec::new(), known: BTreeMap::new() }
    }

    /// Takes a text in that jcc comes with.
    pub(super) fn add_built_in(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        text: impl Into<Cow<'static, str>>,
    ) -> SourceId {
        let id = self.sources.add_built_in(name, text);
        self.read.push(id);
        id
    }

    /// Reads a text; what is wrong with it is reported at the place that asked for it.
    pub(super) fn text(&mut self, path: &str, asked: Option<Span>) -> Option<SourceId> {
        if let Some(id) = self.known.get(path) {
            return Some(*id);
        }
        if !self.is_there(path, asked, PathUse::File) {
            return None;
        }
        match self.fs.read(path) {
            Ok(bytes) => {
                let id = syntax::decode(path, bytes, self.sources, self.log)?;
                self.read.push(id);
                self.known.insert(path.to_owned(), id);
                Some(id)
            }
            Err(why) => {
                self.unreadable(path, &why, asked);
                None
            }
        }
    }

    /// Reads a key, and gives its fingerprint where the file is that key alone.
    fn key(&mut self, path: &Spanned<&str>, wanted: Option<&Spanned<Fingerprint>>) -> Option<Fingerprint> {
        let Spanned { value: path, span } = *path;
        if !self.is_there(path, Some(span), PathUse::File) {
            return None;
        }
        let bytes = match self.fs.head(path, KeyFile::LARGEST + 1) {
            Ok(bytes) => bytes,
            Err(why) => {
                self.unreadable(path, &why, Some(span));
                return None;
            }
        };
        let key = key::read((path, span), &bytes, wanted, self.log)?;
        key::check_end(path, span, &key, self.log);
        if !self.known.contains_key(path) {
            // Of a binary key no line is ever shown; another key must only be another text.
            let text = String::from_utf8(bytes);
            let text = text.unwrap_or_else(|binary| Sha256::of([binary.as_bytes()]).to_string());
            let id = self.sources.add(path, text);
            self.read.push(id);
            self.known.insert(path.to_owned(), id);
        }
        Some(key.fingerprint)
    }

    fn unreadable(&mut self, path: &str, why: &std::io::Error, asked: Option<Span>) {
        let message = format!("{} cannot be read: {}", wording::code(path), wording::cause(why, path));
        let diagnostic = Diagnostic::error(codes::UNREADABLE_FILE, message);
        self.log.error(at(diagnostic, asked, "used here"));
    }

    pub(super) fn is_missing(&self, path: &str) -> bool {
        self.fs.kind(path).is_none()
    }

    pub(super) fn folder(&mut self, path: &Spanned<ProjectPath>) -> bool {
        self.is_there(path.value.as_str(), Some(path.span), PathUse::Folder)
    }

    fn is_there(&mut self, path: &str, asked: Option<Span>, wanted: PathUse) -> bool {
        let Some(kind) = self.fs.kind(path) else {
            self.log.error(at(self.missing(path), asked, "no such file"));
            return false;
        };
        if !self.fs.is_inside(path) {
            let diagnostic = Diagnostic::error(
                codes::OUTSIDE_PROJECT,
                format!("{} is a link that leads out of the project", wording::code(path)),
            )
            .help("the build context is the project folder: copy the file into it");
            self.log.error(at(diagnostic, asked, "leads out of the project"));
            return false;
        }
        let wrong = match (wanted, kind) {
            (PathUse::File, FileKind::Folder) => Some(("a folder", "a file")),
            (PathUse::Folder, FileKind::File) => Some(("a file", "a folder")),
            (PathUse::Folder, FileKind::Other) => Some(("neither a file nor a folder", "a folder")),
            (_, FileKind::Other) => Some(("not a regular file", "a file")),
            _ => None,
        };
        let Some((is, needed)) = wrong else { return true };
        let diagnostic =
            Diagnostic::error(codes::WRONG_FILE_KIND, format!("{} is {is}", wording::code(path)));
        self.log.error(at(diagnostic, asked, format!("expected {needed}").as_str()));
        false
    }

    /// That nothing is there, with the names that are and look like it.
    fn missing(&self, path: &str) -> Diagnostic {
        let diagnostic =
            Diagnostic::error(codes::FILE_NOT_FOUND, format!("{} does not exist", wording::code(path)));
        let (mut folder, mut rest) = ("", path);
        while let Some((_, further)) = rest.split_once('/') {
            let inner = &path[..path.len() - further.len() - 1];
            if self.fs.kind(inner) != Some(FileKind::Folder) {
                break;
            }
            (folder, rest) = (inner, further);
        }
        let names = self.fs.list(if folder.is_empty() { "." } else { folder }).unwrap_or_default();
        let (name, below) = rest.split_once('/').unwrap_or((rest, ""));
        let join = |one: &str, other: &str| {
            if one.is_empty() || other.is_empty() {
                format!("{one}{other}")
            } else {
                format!("{one}/{other}")
            }
        };
        if names.iter().any(|one| one == name) && below.is_empty() {
            return diagnostic.help("this is a broken link");
        }
        let near = wording::nearest(name, names.iter().map(String::as_str));
        let near = near.into_iter().map(|name| {
            let place = join(folder, name);
            let whole = join(&place, below);
            wording::code(if self.fs.kind(&whole).is_some() { whole } else { place })
        });
        let near: Vec<String> = near.collect();
        diagnostic.maybe_help((!near.is_empty()).then(|| format!("did you mean {}?", wording::any_of(&near))))
    }

    /// Reads a requirements file and those that it takes in.
    fn requirements(&mut self, wanted: &mut Requirements) {
        let mut reading = Reading { wanted, open: Vec::new(), done: Vec::new() };
        let path = reading.wanted.path.clone();
        self.requirements_file(&path.value, path.span, false, &mut reading);
    }

    fn requirements_file(
        &mut self,
        path: &ProjectPath,
        asked: Span,
        constraint: bool,
        reading: &mut Reading<'_>,
    ) {
        if reading.open.contains(path) {
            let ring: Vec<String> = wording::codes(reading.open.iter().map(ProjectPath::as_str));
            self.log.error(
                Diagnostic::error(
                    codes::REQUIREMENTS_CYCLE,
                    format!(
                        "requirements files include each other: {} → {}",
                        ring.join(" → "),
                        wording::code(path.as_str())
                    ),
                )
                .at(asked, format!("{} is already being read", wording::code(path.as_str())))
                .help("remove this line"),
            );
            return;
        }
        if reading.done.contains(&(path.clone(), constraint)) {
            return;
        }
        if reading.open.len() >= DEEPEST {
            let message = format!("requirements files include each other more than {DEEPEST} levels deep");
            self.log.error(
                Diagnostic::error(codes::BAD_REQUIREMENT, message)
                    .at(asked, format!("{} would be level {}", wording::code(path.as_str()), DEEPEST + 1))
                    .help("include the files side by side in one of them"),
            );
            return;
        }
        reading.done.push((path.clone(), constraint));
        let Some(source) = self.text(path.as_str(), Some(asked)) else { return };
        let text = self.sources.get(source).text.clone();
        reading.open.push(path.clone());
        for line in requirements::lines(source, &text) {
            self.line(line, constraint, reading);
        }
        reading.open.pop();
    }

    fn line(&mut self, line: RequirementsLine, constraint: bool, reading: &mut Reading<'_>) {
        match line {
            RequirementsLine::Spec(spec) if constraint => reading.wanted.constraints.push(spec),
            RequirementsLine::Spec(spec) => reading.wanted.specs.push(spec),
            RequirementsLine::Hashes => reading.wanted.hashed = true,
            RequirementsLine::From(text) => {
                let names_files = text.value.starts_with("-r")
                    || text.value.starts_with("--re")
                    || text.value.starts_with("-c")
                    || text.value.starts_with("--con");
                reading.wanted.own_index |= !names_files && !text.value.starts_with("--trusted-host");
                reading.wanted.options.push(text);
            }
            RequirementsLine::Url(_) if constraint => {}
            RequirementsLine::Url(url) => reading.wanted.urls.push(url),
            RequirementsLine::Include { path, constraint: more } => {
                self.include(&path, constraint || more, reading);
            }
            RequirementsLine::Local(text) => {
                let shown = wording::code(&text.value);
                let message = format!("{shown} does not exist when requirements are installed");
                self.log.error(
                    Diagnostic::error(codes::LOCAL_REQUIREMENT, message)
                        .at(text.span, "a local path")
                        .help(INSTALL_LATER),
                );
            }
            RequirementsLine::UnknownOption(name) => {
                let shown = wording::code(&name.value);
                let message = format!("pip does not support the option {shown} in requirements files");
                let diagnostic = Diagnostic::error(codes::BAD_REQUIREMENT, message);
                let near = wording::did_you_mean(&name.value, requirements::OPTIONS.iter().copied());
                self.log.error(diagnostic.at(name.span, "unknown option").maybe_help(near));
            }
            RequirementsLine::Variable(text) => {
                let message =
                    format!("{} is not set when requirements are installed", wording::code(&text.value));
                self.log.error(
                    Diagnostic::error(codes::BAD_REQUIREMENT, message)
                        .at(text.span, "pip would look for a package with this name")
                        .help("write the requirement itself"),
                );
            }
            RequirementsLine::Incomplete(name) => {
                let diagnostic = Diagnostic::error(
                    codes::BAD_REQUIREMENT,
                    format!("{} names no file", wording::code(&name.value)),
                );
                self.log.error(diagnostic.at(name.span, "missing file name"));
            }
            RequirementsLine::Wrong { span, invalid } => {
                let diagnostic = Diagnostic::error(codes::BAD_REQUIREMENT, invalid.message);
                self.log.error(diagnostic.at(span, "pip cannot parse this").maybe_help(invalid.help));
            }
        }
    }

    fn include(&mut self, written: &Spanned<String>, constraint: bool, reading: &mut Reading<'_>) {
        let folder = reading.open.last().and_then(ProjectPath::parent).unwrap_or_else(ProjectPath::root);
        match folder.join(written) {
            Ok(path) => {
                if reading.wanted.includes.iter().all(|other| other.value != path) {
                    reading.wanted.includes.push(Spanned::new(path.clone(), written.span));
                }
                self.requirements_file(&path, written.span, constraint, reading);
            }
            Err(why) => {
                self.log.error(invalid(&why, written, written.span, "this line"));
            }
        }
    }
}

/// A requirements file that is being read, with those that it takes in.
struct Reading<'a> {
    wanted: &'a mut Requirements,
    open: Vec<ProjectPath>,
    done: Vec<(ProjectPath, bool)>,
}

fn at(diagnostic: Diagnostic, asked: Option<Span>, label: &str) -> Diagnostic {
    match asked {
        Some(span) => diagnostic.at(span, label),
        None => diagnostic,
    }
}

/// Checks every file that a block names, and reads its requirements files.
pub(super) fn check(layer: &mut Scope, files: &mut Files<'_>) {
    let pip = &mut layer.pip;
    let venvs = pip.venvs.iter_mut().flat_map(|venv| &mut venv.requirements);
    let app = layer.app.iter_mut().flat_map(|app| &mut app.requirements);
    for wanted in pip.requirements.iter_mut().chain(venvs).chain(app) {
        files.requirements(wanted);
    }
    for source in &mut layer.apt.sources {
        if let Some(Spanned { value: KeyLocation::File(path), span }) = &source.key {
            let path = Spanned::new(path.as_str(), *span);
            source.in_file = files.key(&path, source.fingerprint.as_ref());
        }
    }
    for copy in layer.app.iter_mut().flat_map(|app| &mut app.copies) {
        let path = copy.from.value.as_str();
        if path != "." {
            files.is_there(path, Some(copy.from.span), PathUse::Either);
        }
        copy.folder = path == "." || files.fs.kind(path) == Some(FileKind::Folder);
        if copy.folder {
            copy.secrets = ignored::secrets(files.fs, path);
        }
    }
    let services = layer.run.services.iter().map(|service| &service.run);
    for file in std::iter::once(&layer.run).chain(services).flat_map(|run| &run.env_files) {
        if file.required && files.fs.kind(file.path.value.as_str()).is_none() {
            let path = wording::code(file.path.value.as_str());
            files.log.report(
                Diagnostic::warning(codes::FILE_NOT_FOUND, format!("{path} does not exist yet"))
                    .at(file.path.span, "the engine does not start the container without it")
                    .help("add `required=#false` if it is optional"),
            );
        }
    }
}
