//! All targets of a manifest, and the lock over them.

use crate::catalog::Catalog;
use crate::diagnostic::{Diagnostic, Log, Told, codes, wording};
use crate::manifest::Project;
use crate::source::Sources;
use crate::value::{Name, Sha256};
use crate::world::{FileKind, World};

use super::lock::conflict;
use super::{Lock, LockedTarget, Resolution, resolve};

/// Resolves every target; what is wrong with any is told before this fails.
///
/// # Errors
/// A target that cannot be resolved.
pub fn all(
    projects: Vec<Project>,
    catalog: &Catalog,
    lock: Option<&Lock>,
    sources: &Sources,
    log: &mut Log,
) -> Result<Vec<(Project, Resolution)>, Told> {
    let mut targets = Vec::new();
    for project in projects {
        let locked = lock.and_then(|lock| lock.targets.get(&project.target.name.value));
        if let Ok(resolution) = resolve(&project, catalog, locked, sources, log) {
            targets.push((project, resolution));
        }
    }
    log.checkpoint()?;
    Ok(targets)
}

/// Reads the lock, where there is one.
///
/// # Errors
/// A damaged lock, or one of a newer compiler.
pub fn open_lock(
    world: &dyn World,
    path: &str,
    sources: &mut Sources,
    log: &mut Log,
) -> Result<Option<Lock>, Told> {
    let shown = wording::code(sources.shown_path(path));
    let damaged = |why: &str| {
        Diagnostic::error(codes::resolve::DAMAGED_LOCK, format!("{shown} cannot be read: {why}"))
            .help("restore it from version control, or remove it and compile anew")
    };
    match world.kind(path) {
        None => return Ok(None),
        Some(FileKind::File) => {}
        Some(FileKind::Folder) => return Err(log.error(damaged("it is a folder"))),
        Some(FileKind::Other) => return Err(log.error(damaged("it is not a regular file"))),
    }
    let bytes = world.read(path).map_err(|why| log.error(damaged(&wording::cause(&why, path))))?;
    let text = String::from_utf8(bytes).map_err(|_| log.error(damaged("it is not UTF-8")))?;
    if let Some(sides) = conflict::sides(&text) {
        return merged(path, sides, sources, log).map(Some);
    }
    let source = sources.add(path, text);
    Lock::read(source, sources, log).map(Some)
}

/// A lock that git could not merge: what both of its sides say.
fn merged(path: &str, sides: [String; 2], sources: &mut Sources, log: &mut Log) -> Result<Lock, Told> {
    let shown = wording::code(sources.shown_path(path));
    let mut scratch = Log::new();
    let [ours, theirs] = sides.map(|text| {
        let source = sources.add(path, text);
        Lock::read(source, sources, &mut scratch)
    });
    let (Ok(ours), Ok(theirs)) = (ours, theirs) else {
        let message = format!("{shown} holds conflict markers of git, and a side of it can't be read");
        return Err(log.error(
            Diagnostic::error(codes::resolve::DAMAGED_LOCK, message)
                .help("take the lock of either branch, as in `git checkout --ours jcc.lock`, and compile"),
        ));
    };
    let message =
        format!("{shown} holds conflict markers of git: what its sides disagree on is chosen again");
    log.tell(
        Diagnostic::warning(codes::resolve::CONFLICTED_LOCK, message)
            .help("`jcc compile` writes it without the markers; read what it chose before you commit it"),
    );
    Ok(ours.common(&theirs))
}

/// The lock that holds these answers, and those of the old one for targets that were not asked for this time.
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
        (project.target.name.value.clone(), LockedTarget::of(resolution, definition, sources))
    });
    let whole = targets.first().is_none_or(|(project, _)| project.targets == targets.len());
    let mut all = match old {
        Some(old) if !whole => old.targets.clone(),
        Some(_) | None => std::collections::BTreeMap::new(),
    };
    all.extend(locked);
    Lock { manifest, targets: all }
}
