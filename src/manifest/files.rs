//! Checks the files that a manifest refers to: that they exist inside the project. Reads requirements files
//! and keys.

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
use crate::catalog::key as archive_key;

/// Reads files of the project and reports those that cannot be used.
pub(super) struct Files<'a> {
    pub(super) fs: &'a dyn FileSystem,
    pub(super) sources: &'a mut Sources,
    pub(super) log: &'a mut Log,
    /// Every text that was read, in order.
    pub(super) read: Vec<SourceId>,
    /// The files that were read, by path: a file that is used twice is read once.
    known: BTreeMap<String, SourceId>,
}

/// The largest depth to which requirements files may include each other.
const MAX_DEPTH: usize = 32;

/// The help on installing the project itself.
const INSTALL_LATER: &str =
    "the code is copied later: install it there with `app { run \"pip install --no-deps .\" }`";

/// The kind of file that a path must lead to.
#[derive(Clone, Copy, PartialEq)]
enum ExpectedKind {
    File,
    Folder,
    Either,
}

impl<'a> Files<'a> {
    pub(super) fn new(fs: &'a dyn FileSystem, sources: &'a mut Sources, log: &'a mut Log) -> Self {
        Self { fs, sources, log, read: Vec::new(), known: BTreeMap::new() }
    }

    /// Adds a built-in text, such as that of a stack.
    pub(super) fn add_built_in(
        &mut self,
        name: impl Into<Cow<'static, str>>,
        text: impl Into<Cow<'static, str>>,
    ) -> SourceId {
        let id = self.sources.add_built_in(name, text);
        self.read.push(id);
        id
    }

    /// Reads a text file. Reports errors at `used_at`, the place that refers to the file.
    pub(super) fn text(&mut self, path: &str, used_at: Option<Span>) -> Option<SourceId> {
        if let Some(id) = self.known.get(path) {
            return Some(*id);
        }
        if !self.check_kind(path, used_at, ExpectedKind::File) {
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
                self.unreadable(path, &why, used_at);
                None
            }
        }
    }

    /// Reads a key file. Returns the fingerprint if the file contains a single key, which is the `wanted`
    /// one.
    fn key(&mut self, path: &Spanned<&str>, wanted: Option<&Spanned<Fingerprint>>) -> Option<Fingerprint> {
        let Spanned { value: path, span } = *path;
        if !self.check_kind(path, Some(span), ExpectedKind::File) {
            return None;
        }
        let bytes = match self.fs.head(path, KeyFile::LARGEST + 1) {
            Ok(bytes) => bytes,
            Err(why) => {
                self.unreadable(path, &why, Some(span));
                return None;
            }
        };
        let key = archive_key::read((path, span), &bytes, wanted, self.log)?;
        key::check_extension(path, span, &key, self.log);
        if !self.known.contains_key(path) {
            // A source must be text. No diagnostic quotes a binary key, so its hash is enough to detect
            // changes.
            let text = String::from_utf8(bytes);
            let text = text.unwrap_or_else(|binary| Sha256::of([binary.as_bytes()]).to_string());
            let id = self.sources.add(path, text);
            self.read.push(id);
            self.known.insert(path.to_owned(), id);
        }
        Some(key.fingerprint)
    }

    fn unreadable(&mut self, path: &str, why: &std::io::Error, used_at: Option<Span>) {
        let message = format!("{} cannot be read: {}", wording::code(path), wording::cause(why, path));
        let diagnostic = Diagnostic::error(codes::UNREADABLE_FILE, message);
        self.log.error(at(diagnostic, used_at, "used here"));
    }

    pub(super) fn is_missing(&self, path: &str) -> bool {
        self.fs.kind(path).is_none()
    }

    pub(super) fn folder(&mut self, path: &Spanned<ProjectPath>) -> bool {
        self.check_kind(path.value.as_str(), Some(path.span), ExpectedKind::Folder)
    }

    /// Whether a path exists inside the project and has the wanted kind. Reports an error if not.
    fn check_kind(&mut self, path: &str, used_at: Option<Span>, wanted: ExpectedKind) -> bool {
        let Some(kind) = self.fs.kind(path) else {
            self.log.error(at(self.missing(path), used_at, "no such file"));
            return false;
        };
        if !self.fs.is_inside(path) {
            let diagnostic = Diagnostic::error(
                codes::OUTSIDE_PROJECT,
                format!("{} is a link that leads out of the project", wording::code(path)),
            )
            .help("the build context is the project folder: copy the file into it");
            self.log.error(at(diagnostic, used_at, "leads out of the project"));
            return false;
        }
        let wrong = match (wanted, kind) {
            (ExpectedKind::File, FileKind::Folder) => Some(("a folder", "a file")),
            (ExpectedKind::Folder, FileKind::File) => Some(("a file", "a folder")),
            (ExpectedKind::Folder, FileKind::Other) => Some(("neither a file nor a folder", "a folder")),
            (_, FileKind::Other) => Some(("not a regular file", "a file")),
            _ => None,
        };
        let Some((found, expected)) = wrong else { return true };
        let diagnostic =
            Diagnostic::error(codes::WRONG_FILE_KIND, format!("{} is {found}", wording::code(path)));
        self.log.error(at(diagnostic, used_at, format!("expected {expected}").as_str()));
        false
    }

    /// Returns the error for a path that does not exist, with similar names in the same folder.
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

    /// Reads a requirements file and those that it includes.
    fn requirements(&mut self, requirements: &mut Requirements) {
        let mut reading = Reading { requirements, open: Vec::new(), done: Vec::new() };
        let path = reading.requirements.path.clone();
        self.requirements_file(&path.value, path.span, false, &mut reading);
    }

    fn requirements_file(
        &mut self,
        path: &ProjectPath,
        used_at: Span,
        constraint: bool,
        reading: &mut Reading<'_>,
    ) {
        if reading.open.contains(path) {
            let cycle: Vec<String> = wording::codes(reading.open.iter().map(ProjectPath::as_str));
            self.log.error(
                Diagnostic::error(
                    codes::REQUIREMENTS_CYCLE,
                    format!(
                        "requirements files include each other: {} → {}",
                        cycle.join(" → "),
                        wording::code(path.as_str())
                    ),
                )
                .at(used_at, format!("{} is already being read", wording::code(path.as_str())))
                .help("remove this line"),
            );
            return;
        }
        if reading.done.contains(&(path.clone(), constraint)) {
            return;
        }
        if reading.open.len() >= MAX_DEPTH {
            let message = format!("requirements files include each other more than {MAX_DEPTH} levels deep");
            self.log.error(
                Diagnostic::error(codes::BAD_REQUIREMENT, message)
                    .at(used_at, format!("{} would be level {}", wording::code(path.as_str()), MAX_DEPTH + 1))
                    .help("include the files side by side in one of them"),
            );
            return;
        }
        reading.done.push((path.clone(), constraint));
        let Some(source) = self.text(path.as_str(), Some(used_at)) else { return };
        let text = self.sources.get(source).text;
        reading.open.push(path.clone());
        for line in requirements::lines(source, text) {
            self.line(line, constraint, reading);
        }
        reading.open.pop();
    }

    fn line(&mut self, line: RequirementsLine, constraint: bool, reading: &mut Reading<'_>) {
        match line {
            RequirementsLine::Spec(spec) if constraint => reading.requirements.constraints.push(spec),
            RequirementsLine::Spec(spec) => reading.requirements.specs.push(spec),
            RequirementsLine::Hashed(span) => reading.requirements.add_hash(Some(span)),
            RequirementsLine::RequireHashes => reading.requirements.add_hash(None),
            RequirementsLine::From(text) => {
                let names_files = text.value.starts_with("-r")
                    || text.value.starts_with("--re")
                    || text.value.starts_with("-c")
                    || text.value.starts_with("--con");
                reading.requirements.own_index |= !names_files && !text.value.starts_with("--trusted-host");
                reading.requirements.options.push(text);
            }
            RequirementsLine::Url(_) if constraint => {}
            RequirementsLine::Url(url) => reading.requirements.urls.push(url),
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
                if reading.requirements.includes.iter().all(|other| other.value != path) {
                    reading.requirements.includes.push(Spanned::new(path.clone(), written.span));
                }
                self.requirements_file(&path, written.span, constraint, reading);
            }
            Err(why) => {
                self.log.error(invalid(&why, written, written.span, "this line"));
            }
        }
    }
}

/// The state while a requirements file is read.
struct Reading<'a> {
    requirements: &'a mut Requirements,
    /// The files that are being read, from the outermost to the innermost.
    open: Vec<ProjectPath>,
    /// The files that were read, and whether as constraints.
    done: Vec<(ProjectPath, bool)>,
}

/// Adds a label if there is a span.
fn at(diagnostic: Diagnostic, used_at: Option<Span>, label: &str) -> Diagnostic {
    match used_at {
        Some(span) => diagnostic.at(span, label),
        None => diagnostic,
    }
}

/// Checks all files that a scope refers to, and reads its requirements files and keys.
pub(super) fn check(scope: &mut Scope, files: &mut Files<'_>) {
    let pip = &mut scope.pip;
    let venvs = pip.venvs.iter_mut().flat_map(|venv| &mut venv.requirements);
    let app = scope.app.iter_mut().flat_map(|app| &mut app.requirements);
    for requirements in pip.requirements.iter_mut().chain(venvs).chain(app) {
        files.requirements(requirements);
    }
    for source in &mut scope.apt.sources {
        if let Some(Spanned { value: KeyLocation::File(path), span }) = &source.key {
            let path = Spanned::new(path.as_str(), *span);
            source.in_file = files.key(&path, source.fingerprint.as_ref());
        }
    }
    for copy in scope.app.iter_mut().flat_map(|app| &mut app.copies) {
        let path = copy.from.value.as_str();
        if path != "." {
            files.check_kind(path, Some(copy.from.span), ExpectedKind::Either);
        }
        copy.folder = path == "." || files.fs.kind(path) == Some(FileKind::Folder);
        if copy.folder {
            copy.secrets = ignored::find_secrets(files.fs, path);
        }
    }
    let services = scope.run.services.iter().map(|service| &service.run);
    for file in std::iter::once(&scope.run).chain(services).flat_map(|run| &run.env_files) {
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
