//! Loads a manifest and all manifests that it extends, and merges them into one [`Manifest`].

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::diagnostic::{Code, Diagnostic, Log, Reported, codes::manifest as codes, wording};
use crate::fs::FileSystem;
use crate::source::{SourceId, Sources, Span, Spanned};
use crate::syntax::schema::{ArgSpec, NodeSpec, check};
use crate::syntax::{self, Document, Reader};
use crate::value::{Name, Parse, ProjectPath};

use super::files::{self, Files};
use super::scope::{self, Scope};
use super::{Header, Manifest, Output, Read, Target, ignored, output, overlay, project, target};

/// The stacks that manifests can extend with `extends "stack:NAME"`.
pub trait Stacks {
    /// Returns the name of a stack for messages, and its text.
    fn stack(&self, name: &str) -> Option<(String, Cow<'static, str>)>;

    /// Returns the names of all stacks, sorted.
    fn names(&self) -> Vec<String>;
}

pub(super) static EXTENDS: NodeSpec =
    NodeSpec::new("extends", "Uses the nodes of another manifest; the nodes in this file override them.")
        .args(&[ArgSpec::text(
            "WHERE",
            "A path relative to this file, or `stack:NAME` for a ready-made manifest.",
        )])
        .also(&[("include", ""), ("import", ""), ("extend", "")]);
pub(super) static CATALOG: NodeSpec =
    NodeSpec::new("catalog", "Another folder of package definitions, in addition to the built-in ones.")
        .args(&[ArgSpec::text("DIR", "The folder, in the project.")]);

/// The largest depth to which manifests may extend each other.
const MAX_DEPTH: usize = 32;

/// The codes of diagnostics about something that is missing.
const MISSING: &[Code] =
    &[codes::MISSING_NODE, codes::MISSING_ARGUMENT, codes::MISSING_PROPERTY, codes::MISSING_CHILDREN];

/// The decoded nodes of a manifest, merged with those of the manifests that it extends.
#[derive(Default)]
struct Draft {
    header: Option<Header>,
    targets: Vec<TargetDraft>,
    common: Scope,
    output: Output,
    catalogs: Vec<Spanned<ProjectPath>>,
    /// Whether it may have a `project` and a `target` node, counting those that could not be decoded.
    has: [bool; 2],
}

/// A target with the nodes in its block.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TargetDraft {
    pub(super) target: Target,
    pub(super) scope: Scope,
    /// Whether the target has a name.
    named: bool,
}

/// Loads the manifest at `path`, relative to the project's root, and everything that it extends.
///
/// # Errors
/// Errors in any of these files. All of them are reported.
pub fn load(
    fs: &dyn FileSystem,
    path: &str,
    library: &dyn Stacks,
    sources: &mut Sources,
    log: &mut Log,
) -> Result<Manifest, Reported> {
    let manifest = load_partial(fs, path, library, sources, log);
    log.checkpoint()?;
    manifest
}

/// Loads a manifest as [`load`] does, but returns it also if it has errors, so that later passes can report
/// more in the same run. Such a manifest is partial: see [`super::Project::is_partial`].
///
/// # Errors
/// The manifest could not be decoded, or files that it depends on are missing. All errors are reported.
pub fn load_partial(
    fs: &dyn FileSystem,
    path: &str,
    library: &dyn Stacks,
    sources: &mut Sources,
    log: &mut Log,
) -> Result<Manifest, Reported> {
    let before = log.errors();
    let files = Files::new(fs, sources, log);
    let mut loader = Loader {
        files,
        library,
        open: Vec::new(),
        done: Vec::new(),
        missing_parent: false,
        missing_catalog: false,
        documents: Vec::new(),
    };
    let draft = match ProjectPath::parse(path) {
        Ok(path) => loader.load(&ManifestSource::Path(path), None),
        Err(why) => {
            loader.files.log.error(Diagnostic::error(codes::INVALID_VALUE, why.message).maybe_help(why.help));
            None
        }
    };
    let ignore_file = ignored::ignore_file(&mut loader.files);
    let (read, missing_parent) = (Read::new(loader.files.read, loader.documents), loader.missing_parent);
    // Later passes would report names that a missing file may define.
    let is_unusable = missing_parent || loader.missing_catalog;
    let manifest = draft.and_then(|mut draft| {
        draft.has = draft.has.map(|has| has || missing_parent);
        draft.output.ignore_file = ignore_file;
        finish(draft, read, sources, log)
    });
    let is_partial = log.errors() > before;
    match (manifest.filter(|_| !is_unusable), log.reported()) {
        (Some(manifest), _) => Ok(Manifest { is_partial, ..manifest }),
        (None, Some(report)) => Err(report),
        (None, None) => unreachable!("a manifest is missing only where an error was reported"),
    }
}

/// The location of a manifest: a file of the project or a stack.
#[derive(Debug, Clone, PartialEq)]
enum ManifestSource {
    /// A file, relative to the project's root.
    Path(ProjectPath),
    Stack(String),
}

impl std::fmt::Display for ManifestSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Path(path) => f.write_str(path.as_str()),
            Self::Stack(name) => write!(f, "stack:{name}"),
        }
    }
}

struct Loader<'a> {
    files: Files<'a>,
    library: &'a dyn Stacks,
    /// The manifests that are being loaded, from the outermost to the innermost, each with the span of its
    /// `extends`.
    open: Vec<(ManifestSource, Option<Span>)>,
    /// All manifests whose loading was started.
    done: Vec<ManifestSource>,
    /// Whether an extended manifest could not be loaded. It may contain nodes that seem to be missing.
    missing_parent: bool,
    /// Whether a folder of definitions was not found. It may define names that seem to be unknown.
    missing_catalog: bool,
    documents: Vec<Document>,
}

impl Loader<'_> {
    /// Loads a manifest and everything that it extends. `used_at` is the `extends` that refers to it.
    fn load(&mut self, manifest: &ManifestSource, used_at: Option<Span>) -> Option<Draft> {
        if let Some(at) = self.open.iter().position(|(other, _)| other == manifest) {
            self.report_cycle(at, manifest, used_at);
            return None;
        }
        if self.open.len() >= MAX_DEPTH {
            self.report_depth(manifest, used_at);
            return None;
        }
        self.done.push(manifest.clone());
        let source = self.read(manifest, used_at)?;
        let text = self.files.sources.get(source).text;
        if let Some(report) = syntax::other_language(source, text) {
            self.files.log.error(report);
            return None;
        }
        let (document, is_complete) = syntax::parse_with_recovery(source, text, self.files.log)?;
        let mut report = Log::new();
        check(&document, super::LANGUAGE, "a manifest", &mut report);
        // The part of the text that could not be parsed may contain what seems to be missing.
        report.retain(|one| is_complete || !MISSING.contains(&one.code));
        report.sorted().into_iter().for_each(|one| self.files.log.report(one.clone()));
        self.open.push((manifest.clone(), used_at));
        let mut draft = self.load_extended(&document, manifest);
        self.open.pop();
        let mut own = decode(&document, self.files.log);
        own.has = own.has.map(|has| has || !is_complete);
        for scope in std::iter::once(&mut own.common).chain(own.targets.iter_mut().map(|one| &mut one.scope))
        {
            files::check(scope, &mut self.files);
        }
        let catalogs = Reader::all(&document.nodes).filter(|node| node.name() == "catalog").count();
        let found = own.catalogs.iter().filter(|folder| self.files.folder(folder)).count();
        self.missing_catalog |= found < catalogs;
        draft.overlay(own);
        self.documents.push(document);
        Some(draft)
    }

    /// Loads the manifests that a document extends, in order, and merges them.
    fn load_extended(&mut self, document: &Document, from: &ManifestSource) -> Draft {
        let mut draft = Draft::default();
        for node in Reader::all(&document.nodes).filter(|node| node.name() == "extends") {
            let Some(wanted) = node.arg::<String>(0, self.files.log) else { continue };
            let Some(other) = self.locate(&wanted, from) else {
                self.missing_parent = true;
                continue;
            };
            if self.done.contains(&other) && !self.open.iter().any(|(open, _)| *open == other) {
                // Another manifest extends it too: its nodes are merged already.
                continue;
            }
            match self.load(&other, Some(wanted.span)) {
                Some(found) => draft.overlay(found),
                None => self.missing_parent = true,
            }
        }
        draft
    }

    /// Returns the manifest that the argument `wanted` of an `extends` in `from` refers to.
    fn locate(&mut self, wanted: &Spanned<String>, from: &ManifestSource) -> Option<ManifestSource> {
        if let Some(name) = wanted.strip_prefix("stack:") {
            return Some(ManifestSource::Stack(name.to_owned()));
        }
        if self.library.names().contains(&wanted.value) && self.files.is_missing(wanted) {
            let written = format!("stack:{}", wanted.value);
            self.files.log.error(
                Diagnostic::error(
                    codes::FILE_NOT_FOUND,
                    format!("{} does not exist", wording::code(&wanted.value)),
                )
                .at(wanted.span, "no such file")
                .help(format!("to extend a ready-made manifest, write {}", wording::code(&written)))
                .fix(wanted.span, syntax::quote(&written)),
            );
            return None;
        }
        let folder = match from {
            ManifestSource::Path(path) => path.parent().unwrap_or_else(ProjectPath::root),
            ManifestSource::Stack(_) => ProjectPath::root(),
        };
        match folder.join(wanted) {
            Ok(path) => Some(ManifestSource::Path(path)),
            Err(why) => {
                self.files.log.error(syntax::invalid(&why, wanted, wanted.span, "`extends`"));
                None
            }
        }
    }

    fn read(&mut self, manifest: &ManifestSource, used_at: Option<Span>) -> Option<SourceId> {
        match manifest {
            ManifestSource::Path(path) => self.files.text(path.as_str(), used_at),
            ManifestSource::Stack(name) => {
                let found = self.library.stack(name);
                if found.is_none() {
                    self.report_unknown_stack(name, used_at);
                }
                found.map(|(shown, text)| self.files.add_built_in(shown, text))
            }
        }
    }

    fn report_unknown_stack(&mut self, name: &str, used_at: Option<Span>) {
        let known = self.library.names();
        let near = wording::did_you_mean(name, known.iter().map(String::as_str));
        let listed = (!known.is_empty())
            .then(|| format!("available stacks: {}", wording::all_of(&wording::codes(&known))));
        let mut diagnostic =
            Diagnostic::error(codes::UNKNOWN_STACK, format!("unknown stack {}", wording::code(name)));
        if let Some(used_at) = used_at {
            diagnostic = diagnostic.at(used_at, "used here");
        }
        self.files.log.error(diagnostic.maybe_help(near).maybe_help(listed));
    }

    fn report_depth(&mut self, manifest: &ManifestSource, used_at: Option<Span>) {
        let message = format!("manifests extend each other more than {MAX_DEPTH} levels deep");
        let mut diagnostic = Diagnostic::error(codes::EXTENDS_DEPTH, message);
        if let Some(used_at) = used_at {
            let manifest = wording::code(manifest.to_string());
            diagnostic = diagnostic.at(used_at, format!("{manifest} would be level {}", MAX_DEPTH + 1));
        }
        self.files.log.error(diagnostic.help("let one manifest extend several others directly"));
    }

    fn report_cycle(&mut self, start: usize, manifest: &ManifestSource, used_at: Option<Span>) {
        let cycle: Vec<String> =
            self.open[start..].iter().map(|(one, _)| wording::code(one.to_string())).collect();
        let last = cycle.last().expect("the manifest that closes the cycle is open");
        let first = wording::code(manifest.to_string());
        let message = if cycle.len() == 1 {
            format!("{first} extends itself")
        } else {
            format!("manifests extend each other in a cycle: {} → {first}", cycle.join(" → "))
        };
        let mut diagnostic = Diagnostic::error(codes::EXTENDS_CYCLE, message);
        if let Some(used_at) = used_at {
            diagnostic =
                diagnostic.at(used_at, format!("{last} extends {first}, which is already being read"));
        }
        for (at, (_, used_at)) in self.open.iter().enumerate().skip(start + 1) {
            if let Some(used_at) = *used_at {
                diagnostic = diagnostic
                    .at(used_at, format!("{} extends {}", cycle[at - start - 1], cycle[at - start]));
            }
        }
        self.files
            .log
            .error(diagnostic.help("remove one of these lines, and move what both need into a third file"));
    }
}

/// Decodes the nodes of one manifest, without those that it extends.
fn decode(document: &Document, log: &mut Log) -> Draft {
    let nodes = Reader::all(&document.nodes);
    let find = |name: &'static str| Reader::all(&document.nodes).find(move |node| node.name() == name);
    let mut targets: Vec<TargetDraft> = Vec::new();
    for node in nodes.clone().filter(|node| node.name() == "target") {
        let scope = scope::decode(node.children(), log);
        let target = target::decode(node, log);
        targets.extend(target.map(|target| TargetDraft { target, scope, named: node.arg_count() > 0 }));
    }
    scope::check_unique(
        targets.iter().filter(|one| one.named).map(|one| one.target.name.as_ref()),
        "targets",
        log,
    );
    let mut catalogs = Vec::new();
    for node in nodes.clone().filter(|node| node.name() == "catalog") {
        catalogs.extend(node.arg(0, log));
    }
    Draft {
        header: find("project").and_then(|node| project::decode(node, log)),
        targets,
        common: scope::decode(nodes, log),
        output: find("output").map(|node| output::decode(node, log)).unwrap_or_default(),
        catalogs,
        has: ["project", "target"].map(|name| find(name).is_some()),
    }
}

impl Draft {
    /// Merges a draft that has precedence.
    fn overlay(&mut self, other: Self) {
        let Self { header, targets, common, output, catalogs, has } = other;
        self.has = [self.has[0] || has[0], self.has[1] || has[1]];
        match (&mut self.header, header) {
            (Some(ours), Some(theirs)) => ours.overlay(theirs),
            (ours @ None, theirs) => *ours = theirs,
            (Some(_), None) => {}
        }
        // An unnamed target must be the only one, so named targets replace it.
        if targets.iter().any(|one| one.named) {
            self.targets.retain(|one| one.named);
        }
        let places = self.targets.iter().enumerate().map(|(at, one)| (one.target.name.value.clone(), at));
        let places: BTreeMap<Name, usize> = places.collect();
        for one in targets {
            match places.get(&one.target.name.value) {
                Some(at) => {
                    let same = &mut self.targets[*at];
                    same.target.overlay(one.target);
                    same.scope.overlay(one.scope);
                    same.named = one.named;
                }
                None => self.targets.push(one),
            }
        }
        self.common.overlay(common);
        self.output.overlay(output);
        overlay::add_new(&mut self.catalogs, catalogs);
    }
}

/// Checks what only the merged manifest shows: that it has a `project` and a `target`, and that several
/// targets have names.
fn finish(draft: Draft, read: Read, sources: &Sources, log: &mut Log) -> Option<Manifest> {
    let first = *read.sources().first()?;
    let start = Span::new(first, 0..0);
    let file = wording::code(sources.shown(first));
    let mut missing = |node: &str, help: &str| {
        // An unknown node was reported whose correction is this node.
        if log.sorted().iter().any(|one| one.code == codes::UNKNOWN_NODE && one.writes(node)) {
            return;
        }
        let diagnostic = Diagnostic::error(codes::MISSING_NODE, format!("{file} has no `{node}`"));
        log.error(diagnostic.at(start, format!("missing `{node}`")).help(help));
    };
    let [has_project, has_target] = draft.has;
    if !has_project {
        missing("project", "add `project \"NAME\" version=\"0.1.0\"`");
    }
    if !has_target {
        missing("target", "add `target { device \"NAME\" }`; `jcc list devices` lists the devices");
    }
    for unnamed in draft.targets.iter().filter(|one| !one.named && draft.targets.len() > 1) {
        let diagnostic =
            Diagnostic::error(codes::UNNAMED_TARGET, "every target needs a name if there are several")
                .at(unnamed.target.name.span, "unnamed target");
        let other = draft.targets.iter().find(|other| other.target.span != unnamed.target.span);
        let diagnostic = match other {
            Some(other) => diagnostic.at(other.target.name.span, "another target"),
            None => diagnostic,
        };
        log.error(diagnostic.help("write `target \"NAME\" { … }`"));
    }
    let Draft { header, targets, common, output, catalogs, has: _ } = draft;
    Some(Manifest {
        header: header?,
        targets,
        common,
        output,
        catalogs,
        read: Rc::new(read),
        is_partial: false,
    })
}
