//! Runs a manifest through all passes except rendering. Planning runs only if no error was reported before.

use jcc::internals::catalog::Catalog;
use jcc::internals::diagnostic::Log;
use jcc::internals::manifest::{self, Project};
use jcc::internals::resolve::{Lock, LockedDownloads};
use jcc::internals::source::Sources;
use jcc::internals::{check, plan, resolve};

use super::folder::Folder;

/// The diagnostics of a manifest and the source texts that they point into.
pub(crate) struct Ran {
    pub(crate) sources: Sources,
    pub(crate) log: Log,
}

/// Runs a manifest in a folder with the files of `tests/cases/reject/files`.
pub(crate) fn run(name: &str, text: &str) -> Ran {
    let folder = Folder::read(&super::repository("tests/cases/reject/files"));
    folder.0.put(name, text);
    let mut sources = Sources::new();
    let mut log = Log::new();
    if let Ok(manifest) = manifest::load_partial(&folder, name, &folder, &mut sources, &mut log)
        && let Ok(projects) = manifest.projects(&mut log)
    {
        let mut catalog = jcc::internals::builtin::catalog(&mut sources);
        for added in manifest.catalogs() {
            catalog.add_folder(&folder, added, &mut sources, &mut log);
        }
        for path in projects.iter().filter_map(|project| project.output.compose.as_ref()) {
            check::compose_names(&folder, (&path.value, path.span), &[], &mut log);
        }
        let lock = lock(name, &mut sources, &mut log);
        passes(&projects, &catalog, lock.as_ref(), &sources, &mut log);
    }
    Ran { sources, log }
}

/// Reads the lock next to a case, `NAME.lock`, if there is one.
fn lock(name: &str, sources: &mut Sources, log: &mut Log) -> Option<Lock> {
    let path = super::repository("tests/cases/reject").join(name.replace(".kdl", ".lock"));
    let source = sources.add("jcc.lock", std::fs::read_to_string(path).ok()?);
    Lock::read(source, sources, log).ok()
}

/// Runs the passes after the manifest and the catalogue are loaded.
fn passes(projects: &[Project], catalog: &Catalog, lock: Option<&Lock>, sources: &Sources, log: &mut Log) {
    for project in projects {
        check::rules(project, catalog, log);
    }
    check::plain_secrets(projects, catalog, sources, log);
    for project in projects {
        let locked = lock.and_then(|lock| lock.targets.get(&project.target.name.value));
        let resolved = resolve::resolve(project, catalog, locked, sources, log);
        if let (Ok(resolution), Ok(())) = (&resolved, log.checkpoint()) {
            let _ = plan::plan(
                plan::Inputs { project, resolution, catalog, sources, locked: &LockedDownloads::default() },
                log,
            );
        }
    }
    check::allows(&projects.iter().collect::<Vec<_>>(), log);
}
