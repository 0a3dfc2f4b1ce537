//! From a file and all that it extends to one [`Manifest`].

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

/// The ready-made manifests that `extends "stack:NAME"` takes.
pub trait Stacks {
    /// The name under which users know it, and its text.
    fn stack(&self, name: &str) -> Option<(String, Cow<'static, str>)>;

    /// The names of all, sorted.
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

/// So many manifests may be read within each other.
const DEEPEST: usize = 32;

/// Reports of what is not there.
const MISSING: &[Code] =
    &[codes::MISSING_NODE, codes::MISSING_ARGUMENT, codes::MISSING_PROPERTY, codes::MISSING_CHILDREN];

/// What one file says, and what it extends under it.
#[derive(Default)]
struct Draft {
    header: Option<Header>,
    targets: Vec<TargetDraft>,
    common: Scope,
    output: Output,
    catalogs: Vec<Spanned<ProjectPath>>,
    /// Whether a `project`, a `target` stands there, be it one that could not be read.
    has: [bool; 2],
}

/// A target and the nodes that stand in it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TargetDraft {
    pub(super) target: Target,
    pub(super) layer: Scope,
    /// Whether the name was written.
    named: bool,
}

/// Reads the manifest at `path`, in the project's root, and everything that it extends.
///
/// # Errors
/// Whatever is wrong in them, all of it reported.
pub fn load(
    fs: &dyn FileSystem,
    path: &str,
    library: &dyn Stacks,
    sources: &mut Sources,
    log: &mut Log,
) -> Result<Manifest, Reported> {
    let manifest = load_in_part(fs, path, library, sources, log);
    log.checkpoint()?;
    manifest
}

/// The same, going on with what could be read, so that later passes find more in the same run: such a manifest is in
/// part only.
///
/// # Errors
/// Nothing to go on with; that, and whatever else is wrong, is reported.
pub fn load_in_part(
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
        lost: false,
        closed: false,
        documents: Vec::new(),
    };
    let draft = match ProjectPath::parse(path) {
        Ok(path) => loader.file(&ManifestSource::Path(path), None),
        Err(why) => {
            loader.files.log.error(Diagnostic::error(codes::INVALID_VALUE, why.message).maybe_help(why.help));
            None
        }
    };
    let ignore_file = ignored::ignore_file(&mut loader.files);
    let (read, lost) = (Read::new(loader.files.read, loader.documents), loader.lost);
    let blind = lost || loader.closed;
    let manifest = draft.and_then(|mut draft| {
        draft.has = draft.has.map(|has| has || lost);
        draft.output.ignore_file = ignore_file;
        finish(draft, read, sources, log)
    });
    let in_part = log.errors() > before;
    match (manifest.filter(|_| !blind), log.reported()) {
        (Some(manifest), _) => Ok(Manifest { in_part, ..manifest }),
        (None, Some(report)) => Err(report),
        (None, None) => unreachable!("a manifest is missing only where an error was reported"),
    }
}

/// Origin of an extended manifest: a file of the project or a stack.
#[derive(Debug, Clone, PartialEq)]
enum ManifestSource {
    /// A file, from the project's root.
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
    /// The files that are being read, each with the `extends` that asked for it.
    open: Vec<(ManifestSource, Option<Span>)>,
    done: Vec<ManifestSource>,
    /// Whether a manifest could not be read; what the others lack may stand in it.
    lost: bool,
    /// Whether a folder of definitions could not be found; what nobody knows may be defined in it.
    closed: bool,
    documents: Vec<Document>,
}

impl Loader<'_> {
    fn file(&mut self, place: &ManifestSource, asked: Option<Span>) -> Option<Draft> {
        if let Some(at) = self.open.iter().position(|(other, _)| other == place) {
            self.cycle(at, place, asked);
            return None;
        }
        if self.open.len() >= DEEPEST {
            self.too_deep(place, asked);
            return None;
        }
        self.done.push(place.clone());
        let source = self.text(place, asked)?;
        let text = self.files.sources.get(source).text.clone();
        if let Some(report) = syntax::other_language(source, &text) {
            self.files.log.error(report);
            return None;
        }
        let (document, whole) = syntax::parse_in_part(source, &text, self.files.log)?;
        let mut report = Log::new();
        check(&document, super::LANGUAGE, "a manifest", &mut report);
        // What is missing may stand in what could not be read.
        report.retain(|one| whole || !MISSING.contains(&one.code));
        report.sorted().into_iter().for_each(|one| self.files.log.report(one.clone()));
        self.open.push((place.clone(), asked));
        let mut draft = self.extended(&document, place);
        self.open.pop();
        let mut own = decode(&document, self.files.log);
        own.has = own.has.map(|has| has || !whole);
        for layer in std::iter::once(&mut own.common).chain(own.targets.iter_mut().map(|one| &mut one.layer))
        {
            files::check(layer, &mut self.files);
        }
        let asked = Reader::all(&document.nodes).filter(|node| node.name() == "catalog").count();
        let found = own.catalogs.iter().filter(|folder| self.files.folder(folder)).count();
        self.closed |= found < asked;
        draft.overlay(own);
        self.documents.push(document);
        Some(draft)
    }

    /// Everything that the file extends, in order.
    fn extended(&mut self, document: &Document, place: &ManifestSource) -> Draft {
        let mut draft = Draft::default();
        for node in Reader::all(&document.nodes).filter(|node| node.name() == "extends") {
            let Some(wanted) = node.arg::<String>(0, self.files.log) else { continue };
            let Some(other) = self.place(&wanted, place) else {
                self.lost = true;
                continue;
            };
            if self.done.contains(&other) && !self.open.iter().any(|(open, _)| *open == other) {
                // Two ways lead to it: its nodes are there already.
                continue;
            }
            match self.file(&other, Some(wanted.span)) {
                Some(found) => draft.overlay(found),
                None => self.lost = true,
            }
        }
        draft
    }

    /// Where `wanted`, written in the file at `from`, leads.
    fn place(&mut self, wanted: &Spanned<String>, from: &ManifestSource) -> Option<ManifestSource> {
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

    fn text(&mut self, place: &ManifestSource, asked: Option<Span>) -> Option<SourceId> {
        match place {
            ManifestSource::Path(path) => self.files.text(path.as_str(), asked),
            ManifestSource::Stack(name) => {
                let found = self.library.stack(name);
                if found.is_none() {
                    self.unknown_stack(name, asked);
                }
                found.map(|(shown, text)| self.files.add_built_in(shown, text))
            }
        }
    }

    fn unknown_stack(&mut self, name: &str, asked: Option<Span>) {
        let known = self.library.names();
        let near = wording::did_you_mean(name, known.iter().map(String::as_str));
        let listed = (!known.is_empty())
            .then(|| format!("available stacks: {}", wording::all_of(&wording::codes(&known))));
        let mut diagnostic =
            Diagnostic::error(codes::UNKNOWN_STACK, format!("unknown stack {}", wording::code(name)));
        if let Some(asked) = asked {
            diagnostic = diagnostic.at(asked, "used here");
        }
        self.files.log.error(diagnostic.maybe_help(near).maybe_help(listed));
    }

    fn too_deep(&mut self, place: &ManifestSource, asked: Option<Span>) {
        let message = format!("manifests extend each other more than {DEEPEST} levels deep");
        let mut diagnostic = Diagnostic::error(codes::EXTENDS_DEPTH, message);
        if let Some(asked) = asked {
            let place = wording::code(place.to_string());
            diagnostic = diagnostic.at(asked, format!("{place} would be level {}", DEEPEST + 1));
        }
        self.files.log.error(diagnostic.help("let one manifest extend several others directly"));
    }

    fn cycle(&mut self, start: usize, place: &ManifestSource, asked: Option<Span>) {
        let ring: Vec<String> =
            self.open[start..].iter().map(|(one, _)| wording::code(one.to_string())).collect();
        let last = ring.last().expect("the file that closes the ring is open");
        let again = wording::code(place.to_string());
        let message = if ring.len() == 1 {
            format!("{again} extends itself")
        } else {
            format!("manifests extend each other in a cycle: {} → {again}", ring.join(" → "))
        };
        let mut diagnostic = Diagnostic::error(codes::EXTENDS_CYCLE, message);
        if let Some(asked) = asked {
            diagnostic = diagnostic.at(asked, format!("{last} extends {again}, which is already being read"));
        }
        for (at, (_, asked)) in self.open.iter().enumerate().skip(start + 1) {
            if let Some(asked) = *asked {
                diagnostic =
                    diagnostic.at(asked, format!("{} extends {}", ring[at - start - 1], ring[at - start]));
            }
        }
        self.files
            .log
            .error(diagnostic.help("remove one of these lines, and move what both need into a third file"));
    }
}

fn decode(document: &Document, log: &mut Log) -> Draft {
    let nodes = Reader::all(&document.nodes);
    let find = |name: &'static str| Reader::all(&document.nodes).find(move |node| node.name() == name);
    let mut targets: Vec<TargetDraft> = Vec::new();
    for node in nodes.clone().filter(|node| node.name() == "target") {
        let layer = scope::decode(node.children(), log);
        let target = target::decode(node, log);
        targets.extend(target.map(|target| TargetDraft { target, layer, named: node.arg_count() > 0 }));
    }
    scope::names(targets.iter().filter(|one| one.named).map(|one| one.target.name.as_ref()), "targets", log);
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
    fn overlay(&mut self, other: Self) {
        let Self { header, targets, common, output, catalogs, has } = other;
        self.has = [self.has[0] || has[0], self.has[1] || has[1]];
        match (&mut self.header, header) {
            (Some(ours), Some(theirs)) => ours.overlay(theirs),
            (ours @ None, theirs) => *ours = theirs,
            (Some(_), None) => {}
        }
        // A target without a name stands for the only one there is: it gives way to any that are named.
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
                    same.layer.overlay(one.layer);
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

/// What only the whole can be asked: a name, a target, names for several.
fn finish(draft: Draft, read: Read, sources: &Sources, log: &mut Log) -> Option<Manifest> {
    let first = *read.sources().first()?;
    let start = Span::new(first, 0..0);
    let file = wording::code(sources.shown(first));
    let mut missing = |node: &str, help: &str| {
        // Where another word was reported that means this one, it is not missing.
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
    Some(Manifest { header: header?, targets, common, output, catalogs, read: Rc::new(read), in_part: false })
}
