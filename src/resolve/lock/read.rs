//! Reads the lock. A damaged lock is an error at the damaged line and is never rebuilt silently.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Log, Reported, codes};
use crate::source::{SourceId, Sources, Span, Spanned};
use crate::syntax::schema::{self, ArgSpec, NodeSpec, PropertySpec, ValueKind};
use crate::syntax::{Document, Reader, parse_up_to};
use crate::value::{ImageRef, Name, ProjectPath, Sha256, Version};

use super::closures;
use super::{Lock, LockPlace, LockedEntry, LockedFiles, LockedTarget, Origin};

static LOCK: NodeSpec = NodeSpec::new("lock", "The format of the file.")
    .args(&[ArgSpec::new("FORM", ValueKind::Integer, "The format's version.")])
    .properties(&[PropertySpec::text("jcc", "The compiler that wrote it.").required()])
    .once();
static MANIFEST: NodeSpec = NodeSpec::new("manifest", "The inputs of the lock.")
    .properties(&[
        PropertySpec::text("sha256", "The hash of the manifest and of those that it extends.").required()
    ])
    .once();
static TARGET: NodeSpec = NodeSpec::new("target", "The versions of one target.")
    .args(&[ArgSpec::text("NAME", "The target.")])
    .children(&[
        &EPOCH,
        &BASE,
        &DEVEL,
        &CHOSEN,
        &NOTED,
        &closures::CLOSURE,
        &closures::COMMIT,
        &closures::IMAGE,
    ])
    .block();
static EPOCH: NodeSpec = NodeSpec::new("epoch", "`SOURCE_DATE_EPOCH` of its builds.")
    .args(&[ArgSpec::new("SECONDS", ValueKind::Integer, "Seconds since 1970.")])
    .once();
static BASE: NodeSpec =
    NodeSpec::new("base", "The base image.").args(&[ArgSpec::text("IMAGE", "Its reference.")]).once();
static DEVEL: NodeSpec = NodeSpec::new("devel", "The base image of build stages.")
    .args(&[ArgSpec::text("IMAGE", "Its reference.")])
    .optional();
static CHOSEN: NodeSpec = NodeSpec::new("chosen", "An axis or a package.")
    .args(&[ArgSpec::text("NAME", "Which."), ArgSpec::text("VERSION", "Its version.")])
    .properties(&[
        PropertySpec::text("because", "The reason.").required(),
        PropertySpec::text("definition", "The hash of its definition."),
    ]);

static NOTED: NodeSpec = NodeSpec::new("noted", "An axis that no package needs, but that conditions test.")
    .args(&[ArgSpec::text("NAME", "Which."), ArgSpec::text("VERSION", "Its version.")])
    .properties(&[PropertySpec::text("because", "What tests it.").required()]);

static FILES: NodeSpec = NodeSpec::new("files", "The generated files.").children(&[&FILE]).block().optional();
static FILE: NodeSpec = NodeSpec::new("file", "One generated file.")
    .args(&[ArgSpec::text("PATH", "Its path in the project.")])
    .properties(&[PropertySpec::text("sha256", "The hash of its text.").required()]);

static LANGUAGE: &[&NodeSpec] = &[&LOCK, &MANIFEST, &TARGET, &FILES];

impl Lock {
    /// Reads a lock.
    ///
    /// # Errors
    /// The file is damaged or has a newer format.
    pub fn read(source: SourceId, sources: &Sources, log: &mut Log) -> Result<Self, Reported> {
        let before = log.errors();
        let document = parse_up_to(Self::LARGEST, source, sources.get(source).text, log);
        let lock = document.and_then(|document| {
            newer(&document, log)?;
            schema::check(&document, LANGUAGE, "a lock", log);
            decode(&document, log)
        });
        match lock {
            Some(lock) if log.errors() == before => Ok(lock),
            Some(_) | None => Err(log.reported().unwrap_or_else(|| {
                let name = sources.shown(source);
                let message = format!("`{name}` is incomplete");
                log.error(
                    Diagnostic::error(codes::resolve::DAMAGED_LOCK, message)
                        .at(Span::new(source, 0..0), "missing `lock` and `manifest`")
                        .help("restore it from version control, or remove it and run `jcc compile --force`"),
                )
            })),
        }
    }
}

/// A lock of a newer form is reported before anything in it is misread.
fn newer(document: &Document, log: &mut Log) -> Option<()> {
    let form = Reader::all(&document.nodes).find(|node| node.name() == "lock")?;
    let number = form.arg::<u32>(0, log)?;
    if number.value <= Lock::FORM {
        return Some(());
    }
    let by: Option<String> = form.prop("jcc", log).map(|one| one.value);
    let by = by.map_or_else(String::new, |version| format!(" (jcc {version})"));
    log.error(
        Diagnostic::error(codes::resolve::NEWER_LOCK, format!("the lock was written by a newer jcc{by}"))
            .at(number.span, format!("this version of jcc supports formats up to {}", Lock::FORM))
            .help("use that version of jcc, or a newer one"),
    );
    None
}

fn decode(document: &Document, log: &mut Log) -> Option<Lock> {
    let nodes = || Reader::all(&document.nodes);
    let manifest = nodes().find(|node| node.name() == "manifest")?.prop::<Sha256>("sha256", log)?.value;
    let mut targets = BTreeMap::new();
    for node in nodes().filter(|node| node.name() == "target") {
        let name = node.arg::<Name>(0, log);
        let target = target(node, log);
        if let (Some(name), Some(target)) = (name, target) {
            targets.insert(name.value, target);
        }
    }
    let lock = nodes().find(|node| node.name() == "lock")?;
    let form = lock.arg::<u32>(0, log)?;
    let files = nodes().find(|node| node.name() == "files").map(|node| files(node, log));
    let lists_files = form.value >= 2;
    if lists_files && files.is_none() {
        log.error(
            Diagnostic::error(codes::resolve::DAMAGED_LOCK, "the lock has no list of generated files")
                .at(form.span, "a lock with this format must end with `files`")
                .help("restore it from version control, or remove it and run `jcc compile --force`"),
        );
        return None;
    }
    let by = lock.prop("jcc", log).map(|one: Spanned<String>| one.value);
    let origin = Origin { by, lists_files, conflicted: false };
    Some(Lock { manifest, targets, files: files.unwrap_or_default(), origin })
}

fn files(node: Reader<'_>, log: &mut Log) -> LockedFiles {
    let mut files = LockedFiles::default();
    for file in node.children_named("file") {
        let path = file.arg::<ProjectPath>(0, log);
        let hash = file.prop::<Sha256>("sha256", log);
        if let (Some(path), Some(hash)) = (path, hash) {
            files.insert(path.value.to_string(), hash.value);
        }
    }
    files
}

fn target(node: Reader<'_>, log: &mut Log) -> Option<LockedTarget> {
    let epoch = epoch(node, log);
    let base = node.text_of_child::<ImageRef>("base", log);
    let devel = node.text_of_child::<ImageRef>("devel", log);
    Some(LockedTarget {
        base: base?.value,
        devel: devel.map(|one| one.value),
        epoch: epoch?.value,
        entries: entries(node, "chosen", log),
        noted: entries(node, "noted", log),
        closures: closures::closures(node, log),
        commits: closures::commits(node, log),
        further_images: closures::images(node, log),
    })
}

/// The last second of the year 9999. File systems and build tools do not accept later times.
const LAST_SECOND: u64 = 253_402_300_799;

fn epoch(node: Reader<'_>, log: &mut Log) -> Option<Spanned<u64>> {
    let epoch = node.text_of_child::<u64>("epoch", log)?;
    if epoch.value <= LAST_SECOND {
        return Some(epoch);
    }
    log.error(
        Diagnostic::error(codes::resolve::DAMAGED_LOCK, "the lock contains a timestamp after the year 9999")
            .at(epoch.span, "seconds since 1970")
            .help("restore the lock from version control, or remove it and run `jcc compile --force`"),
    );
    None
}

fn entries(target: Reader<'_>, kind: &str, log: &mut Log) -> BTreeMap<Name, LockedEntry> {
    let mut entries = BTreeMap::new();
    for chosen in target.children_named(kind) {
        let name = chosen.arg::<Name>(0, log);
        let version = chosen.arg::<Version>(1, log);
        let reasons: Option<String> = chosen.prop("because", log).map(|one| one.value);
        let definition = chosen.prop::<Sha256>("definition", log).map(|one| one.value);
        if let (Some(name), Some(version)) = (name, version) {
            let reasons = reasons.unwrap_or_default().split("; ").map(str::to_owned).collect();
            entries.insert(
                name.value,
                LockedEntry {
                    version: version.value,
                    reasons,
                    definition,
                    place: LockPlace(Some(chosen.span())),
                },
            );
        }
    }
    entries
}
