//! Resolves all targets of a manifest, and reads and creates their lock.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::catalog::Catalog;
use crate::diagnostic::{Code, Diagnostic, Log, Reported, codes, wording};
use crate::fs::{FileKind, FileSystem};
use crate::manifest::Project;
use crate::source::{Sources, Span};
use crate::value::{Name, Sha256};

use super::lock::{Origin, conflict};
use super::model::Question;
use super::work::Budget;
use super::{Lock, LockedTarget, Resolution};

/// Resolves every target. Reports the problems of all targets before it fails; a problem that several targets
/// share is reported once.
///
/// # Errors
/// A target cannot be resolved.
pub fn all(
    projects: Vec<Project>,
    catalog: &Catalog,
    lock: Option<&Lock>,
    sources: &Sources,
    log: &mut Log,
) -> Result<Vec<(Project, Resolution)>, Reported> {
    let explaining = Budget::explaining();
    let mut resolved = Vec::new();
    let mut found: Vec<SharedProblem> = Vec::new();
    let mut known: BTreeMap<ProblemKey, usize> = BTreeMap::new();
    for (at, project) in projects.iter().enumerate() {
        let name = &project.target.name.value;
        let others: Vec<&Project> =
            projects.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, one)| one).collect();
        let lock = lock.and_then(|lock| lock.targets.get(name));
        let mut own = log.clone();
        let question = Question { project, catalog, lock, others: &others };
        resolved.push(super::one(question, &explaining, sources, &mut own).ok());
        for diagnostic in own.since(log.len()) {
            let one = SharedProblem::new(diagnostic.clone(), project);
            match known.entry(one.key()) {
                Entry::Occupied(same) => found[*same.get()].join(one, name),
                Entry::Vacant(new) => {
                    new.insert(found.len());
                    found.push(one);
                }
            }
        }
    }
    for one in found {
        log.report(one.into_diagnostic(projects.len()));
    }
    log.checkpoint()?;
    Ok(projects.into_iter().zip(resolved).filter_map(|(project, one)| Some((project, one?))).collect())
}

/// The maximum number of labels of a problem that several targets share.
const PLACES: usize = 6;

/// What the problems of two targets must have in common to be reported as one: code, message, and the labels
/// outside of the targets' own nodes.
type ProblemKey = (Code, String, Vec<Span>);

/// A problem and the targets that have it.
struct SharedProblem {
    diagnostic: Diagnostic,
    targets: Vec<Name>,
    /// The labels outside of the target's own node.
    shared: Vec<Span>,
}

impl SharedProblem {
    fn new(diagnostic: Diagnostic, project: &Project) -> Self {
        let own = project.target.span;
        let is_own =
            |span: &Span| span.source == own.source && own.start <= span.start && span.end <= own.end;
        let shared = diagnostic.labels.iter().map(|label| label.span).filter(|span| !is_own(span)).collect();
        Self { diagnostic, targets: vec![project.target.name.value.clone()], shared }
    }

    fn key(&self) -> ProblemKey {
        (self.diagnostic.code, self.diagnostic.message.clone(), self.shared.clone())
    }

    /// Adds the same problem of another target: labels are combined, and only the help that both share is
    /// kept. If they share none, that of the first target is kept.
    fn join(&mut self, other: Self, target: &Name) {
        let (own, other) = (&mut self.diagnostic, other.diagnostic);
        for label in &other.labels {
            if own.labels.len() < PLACES && own.labels.iter().all(|one| one.span != label.span) {
                own.labels.push(label.clone());
            }
        }
        let common: Vec<String> = own.help.iter().filter(|one| other.help.contains(one)).cloned().collect();
        if !common.is_empty() {
            own.help = common;
        }
        if own.fix != other.fix {
            own.fix = None;
        }
        self.targets.push(target.clone());
    }

    /// Returns the diagnostic. Its message names the affected targets if the problem depends on the target.
    fn into_diagnostic(self, all: usize) -> Diagnostic {
        let Self { mut diagnostic, targets, .. } = self;
        let depends = [codes::resolve::CONFLICT, codes::resolve::UNAVAILABLE].contains(&diagnostic.code);
        if all > 1 && (depends || targets.len() < all) {
            let names = wording::codes(targets.iter().map(Name::as_str));
            let word = if targets.len() == 1 { "target" } else { "targets" };
            let names = wording::all_of(&names);
            diagnostic.message = match diagnostic.message.strip_suffix(" for this target") {
                Some(start) => format!("{start} for the {word} {names}"),
                None => format!("{} ({word} {names})", diagnostic.message),
            };
        }
        diagnostic
    }
}

/// Reads the lock, if it exists.
///
/// # Errors
/// The lock is damaged, or a newer compiler wrote it.
pub fn open_lock(
    fs: &dyn FileSystem,
    path: &str,
    sources: &mut Sources,
    log: &mut Log,
) -> Result<Option<Lock>, Reported> {
    let shown = wording::code(sources.shown_path(path));
    let damaged = |why: &str| {
        Diagnostic::error(codes::resolve::DAMAGED_LOCK, format!("{shown} cannot be read: {why}"))
            .help("restore it from version control, or remove it and run `jcc compile --force`")
    };
    match fs.kind(path) {
        None => return Ok(None),
        Some(FileKind::File) => {}
        Some(FileKind::Folder) => return Err(log.error(damaged("it is a folder"))),
        Some(FileKind::Other) => return Err(log.error(damaged("it is not a regular file"))),
    }
    let bytes = fs.read(path).map_err(|why| log.error(damaged(&wording::cause(&why, path))))?;
    let text = String::from_utf8(bytes).map_err(|_| log.error(damaged("it is not UTF-8")))?;
    if let Some(sides) = conflict::sides(&text) {
        return merged(path, sides, sources, log).map(Some);
    }
    let source = sources.add(path, text);
    Lock::read(source, sources, log).map(Some)
}

/// Reads a lock with Git's conflict markers: keeps what both sides agree on.
fn merged(path: &str, sides: [String; 2], sources: &mut Sources, log: &mut Log) -> Result<Lock, Reported> {
    let shown = wording::code(sources.shown_path(path));
    let mut scratch = Log::new();
    let [ours, theirs] = sides.map(|text| {
        let source = sources.add(path, text);
        Lock::read(source, sources, &mut scratch)
    });
    let (Ok(ours), Ok(theirs)) = (ours, theirs) else {
        let message = format!("{shown} contains Git conflict markers, and one side cannot be read");
        return Err(log.error(
            Diagnostic::error(codes::resolve::DAMAGED_LOCK, message)
                .help("use the lock of either branch, as in `git checkout --ours jcc.lock`, and compile"),
        ));
    };
    let message =
        format!("{shown} contains Git conflict markers: differences between its sides are resolved again");
    log.report(
        Diagnostic::warning(codes::resolve::CONFLICTED_LOCK, message)
            .help("`jcc compile` writes it without the markers; review the versions before you commit it"),
    );
    Ok(ours.common(theirs))
}

/// Returns the lock with these resolutions, and with the old lock's targets if only some targets were
/// resolved.
pub fn lock_of(
    targets: &[(Project, Resolution)],
    catalog: &Catalog,
    old: Option<&Lock>,
    sources: &Sources,
) -> Lock {
    // All are targets of one manifest.
    let manifest = targets.first().map_or_else(|| Sha256::of([]), |(project, _)| project.read.hash(sources));
    let definition = |name: &Name| catalog.definition_hash(name.as_str(), sources);
    let locked = targets.iter().map(|(project, resolution)| {
        let name = &project.target.name.value;
        let mut locked = LockedTarget::of(resolution, definition, sources);
        // Whether they still hold is seen when the target is planned.
        if let Some(old) = old.and_then(|old| old.targets.get(name)) {
            locked.closures.clone_from(&old.closures);
            locked.commits.clone_from(&old.commits);
            locked.further_images.clone_from(&old.further_images);
        }
        (name.clone(), locked)
    });
    let whole = targets.first().is_none_or(|(project, _)| project.targets == targets.len());
    let mut all = match old {
        Some(old) if !whole => old.targets.clone(),
        Some(_) | None => std::collections::BTreeMap::new(),
    };
    all.extend(locked);
    // The compile replaces the list of files when it has written them; until then the old list is kept.
    let files = old.map(|old| old.files.clone()).unwrap_or_default();
    Lock { manifest, targets: all, files, origin: Origin::default() }
}
