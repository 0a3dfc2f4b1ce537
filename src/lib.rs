//! jcc compiles a manifest to a Dockerfile and a Compose file.
//!
//! Each pass is a folder and takes the result of the pass before it. [`compile`] runs all of them.

// Everything in the public API has a doc comment. Inside the passes, names that explain themselves have none.
#![warn(missing_docs)]

#[allow(missing_docs)]
mod builtin;
#[allow(missing_docs)]
mod check;
mod cli;
#[allow(missing_docs)]
mod diagnostic;
#[allow(missing_docs)]
mod diff;
#[allow(missing_docs)]
mod fs;
#[allow(missing_docs)]
#[doc(hidden)]
pub mod fuzzing;
#[allow(missing_docs)]
mod manifest;
#[allow(missing_docs)]
mod plan;
#[allow(missing_docs)]
mod render;
#[allow(missing_docs)]
mod resolve;
#[allow(missing_docs)]
mod sbom;

pub use cli::{Exit, Io, Terminal, run};
use jcc_catalog as catalog;
use jcc_core::{source, syntax, value};

/// Internals for the tests, benches and fuzz targets of this repository. Not a public API.
#[doc(hidden)]
#[allow(missing_docs)]
pub mod internals {
    pub mod builtin {
        pub use crate::builtin::{BuiltinStacks, catalog};
    }
    pub mod catalog {
        pub use crate::catalog::schema;
        pub use crate::catalog::{
            Catalog, DefinitionKind, Package, PackageVersion, RequireStage, Role, StepKind, TestBody,
        };
    }
    pub mod check {
        pub use crate::check::{allows, compose_names, plain_secrets, rules};
    }
    pub mod diagnostic {
        pub use crate::diagnostic::render;
        pub use jcc_core::diagnostic::*;
    }
    pub mod fs {
        pub use crate::fs::{Disk, FileKind, FileSystem, Memory};
    }
    pub mod manifest {
        pub use crate::manifest::{LANGUAGE, Manifest, Project, Stacks, load, load_partial};
    }
    pub mod plan {
        pub use crate::plan::{Fetched, Inputs, Planned, plan};
    }
    pub mod render {
        pub use crate::render::Generated;
    }
    pub mod resolve {
        pub use crate::resolve::{Lock, LockedDownloads, Override, Reason, Resolution, all, resolve};
    }
    pub use jcc_core::{source, syntax, value};
}

use builtin::BuiltinStacks;
use catalog::Catalog;
use diagnostic::{Diagnostic, Log, Reported, codes, wording};
use fs::FileSystem;
use manifest::Project;
use resolve::{Lock, LockedDownloads, LockedFiles, Resolution};
use source::Sources;

/// The version of this compiler.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The input of a compile.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The files of the project.
    pub fs: &'a dyn FileSystem,
    /// The file name of the manifest in the project's root.
    pub manifest: &'a str,
    /// The only target to compile; `None` for all.
    pub target: Option<&'a str>,
    /// The path of the lock, relative to the project's root.
    pub lock: &'a str,
}

/// A project with resolved versions.
#[derive(Debug)]
pub struct Resolved {
    /// The built-in catalogue with the definitions of the project's own folders.
    pub catalog: Catalog,
    /// The lock that was read; `None` if there was none.
    pub old_lock: Option<Lock>,
    /// The new lock. It does not list the generated files before [`compile`].
    pub lock: Lock,
    /// Each target with its resolution, in the order of the manifest.
    pub targets: Vec<(Project, Resolution)>,
}

/// Loads the manifest, the files that it refers to and the lock, and resolves the versions of each target.
///
/// # Errors
/// Errors in the manifest, the project's definitions or the lock, and conflicts. All of them are in the log.
pub fn resolve(input: Input<'_>, sources: &mut Sources, log: &mut Log) -> Result<Resolved, Reported> {
    let mut catalog = builtin::catalog(sources);
    let manifest = manifest::load_partial(input.fs, input.manifest, &BuiltinStacks::new(), sources, log)?;
    for folder in manifest.catalogs() {
        catalog.add_folder(input.fs, folder, sources, log);
    }
    let mut projects = one_target(manifest.projects(log)?, input.target, log)?;
    for project in &projects {
        check::rules(project, &catalog, log);
    }
    check::plain_secrets(&projects, &catalog, sources, log);
    let old_lock = resolve::open_lock(input.fs, input.lock, sources, log)?;
    for project in &mut projects {
        let locked = old_lock.as_ref().and_then(|lock| lock.targets.get(&project.target.name.value));
        if let Some(locked) = locked {
            project.change_images(|image| locked.with_locked_digest(image));
        }
    }
    let targets = resolve::all(projects, &catalog, old_lock.as_ref(), sources, log)?;
    let lock = resolve::lock_of(&targets, &catalog, old_lock.as_ref(), sources);
    check_lock_size(&lock, input, sources, log)?;
    Ok(Resolved { catalog, old_lock, lock, targets })
}

/// Reports an error if the lock is too large for the next run to read.
fn check_lock_size(lock: &Lock, input: Input<'_>, sources: &Sources, log: &mut Log) -> Result<(), Reported> {
    let length = lock.write(VERSION).len();
    if length <= Lock::LARGEST {
        return Ok(());
    }
    let message = format!("{} would be {length} bytes", wording::code(sources.shown_path(input.lock)));
    let help = format!("jcc reads at most {} bytes: split the targets into several manifests", Lock::LARGEST);
    Err(log.error(Diagnostic::error(codes::syntax::TOO_LARGE, message).help(help)))
}

/// The result of a compile.
#[derive(Debug)]
pub struct Compiled {
    /// The generated files by path, relative to the project's root.
    pub artifacts: render::Artifacts,
    /// The plan of each target, in the order of the manifest.
    pub planned: Vec<plan::Planned>,
    /// The versions that the files were written for.
    pub resolved: Resolved,
}

impl Compiled {
    /// Whether every target of the manifest was compiled.
    pub fn is_whole(&self) -> bool {
        is_whole(&self.resolved)
    }
}

fn is_whole(resolved: &Resolved) -> bool {
    resolved.targets.first().is_none_or(|(project, _)| project.targets == resolved.targets.len())
}

/// Compiles the manifest to the texts of the generated files. The caller writes them, and the lock:
/// [`Resolved::lock`].
///
/// # Errors
/// Errors of any pass. All of them are in the log.
pub fn compile(input: Input<'_>, sources: &mut Sources, log: &mut Log) -> Result<Compiled, Reported> {
    let (mut resolved, planned) = plan(input, sources, log)?;
    if let Ok(planned) = &planned {
        for ((project, _), planned) in resolved.targets.iter().zip(planned) {
            plan::require_grades(project, &planned.plan.fetches, log);
            if let Some(required) = &project.output.require {
                plan::require_locked(project, &planned.plan, required.span, log);
            }
        }
    }
    let projects: Vec<&Project> = resolved.targets.iter().map(|(project, _)| project).collect();
    if let Ok(planned) = &planned {
        let written: Vec<&str> = planned.iter().map(|target| target.files.compose.as_str()).collect();
        for (project, target) in projects.iter().zip(planned) {
            let asked = project.output.compose.as_ref().map_or(project.header.name.span, |path| path.span);
            check::compose_names(input.fs, (&target.files.compose, asked), &written, log);
        }
    }
    check::allows(&projects, log);
    log.checkpoint()?;
    let planned = planned?;
    let rendered = render::all(&planned);
    let written: Vec<&str> = rendered.iter().map(|(path, _)| path.as_str()).chain([input.lock]).collect();
    let read = sources.of_project(projects.iter().flat_map(|project| project.read.sources()).copied());
    check::outputs(&projects, &written, &read, log);
    log.checkpoint()?;
    let artifacts: render::Artifacts = rendered.into_iter().collect();
    let mut files = LockedFiles::of(&artifacts);
    if let Some(old) = resolved.old_lock.as_ref().filter(|_| !is_whole(&resolved)) {
        files = files.and_others(&old.files);
    }
    resolved.lock.files = files;
    check_lock_size(&resolved.lock, input, sources, log)?;
    Ok(Compiled { artifacts, planned, resolved })
}

/// Resolves and plans all targets, without checking the pin grade that the manifest requires.
///
/// # Errors Errors up to the resolution. Errors of the plans are in the inner result, so that callers have
/// the resolution.
pub fn plan(
    input: Input<'_>,
    sources: &mut Sources,
    log: &mut Log,
) -> Result<(Resolved, Result<Vec<plan::Planned>, Reported>), Reported> {
    let mut resolved = resolve(input, sources, log)?;
    let locked = locked_downloads(&resolved, input.fs);
    let planned = plan::all(&resolved.targets, &resolved.catalog, (sources, &locked), log);
    for (target, planned) in resolved.targets.iter().zip(planned.iter().flatten()) {
        let name = &target.0.target.name.value;
        if let Some(locked) = resolved.lock.targets.get_mut(name) {
            locked.closures.retain(|file, _| planned.plan.environments.iter().any(|one| one.has_file(file)));
            locked
                .further_images
                .retain(|name, _| target.0.images().any(|image| image.without_digest().to_string() == *name));
            locked.commits.retain(|(url, reference), _| {
                let mut all = planned.plan.repositories();
                all.any(|git| git.url.as_str() == url && git.reference() == *reference)
            });
        }
    }
    drop_unpinned_notes(&resolved, planned.as_deref().unwrap_or_default(), log);
    Ok((resolved, planned))
}

/// Removes the notes on unpinned Python packages if closures pin all of them. A note that the manifest allows stays,
/// so that its `allow` is not unused.
fn drop_unpinned_notes(resolved: &Resolved, planned: &[plan::Planned], log: &mut Log) {
    let code = codes::check::UNPINNED_PYTHON;
    let mut allows = resolved.targets.iter().flat_map(|(project, _)| &project.allows);
    let is_allowed = allows.any(|allow| code.as_str().ends_with(&allow.code.value));
    let mut environments = planned.iter().flat_map(|one| &one.plan.environments).peekable();
    let is_locked = |one: &plan::PythonEnvironment| one.state == plan::ClosureState::Locked;
    if !is_allowed && environments.peek().is_some() && environments.all(is_locked) {
        log.retain(|one| one.code != code);
    }
}

/// Returns what the lock records for the downloads of each target.
fn locked_downloads(resolved: &Resolved, fs: &dyn FileSystem) -> Vec<LockedDownloads> {
    let read = |(project, _): &(Project, Resolution)| {
        let locked = resolved.lock.targets.get(&project.target.name.value)?;
        Some(locked.downloads(fs, &plan::OutputFiles::of(project).support))
    };
    resolved.targets.iter().map(|target| read(target).unwrap_or_default()).collect()
}

/// Returns all targets, or only the one with this name. Reports an unknown name.
fn one_target(projects: Vec<Project>, name: Option<&str>, log: &mut Log) -> Result<Vec<Project>, Reported> {
    let Some(name) = name else { return Ok(projects) };
    let known: Vec<String> = projects.iter().map(|one| one.target.name.value.to_string()).collect();
    if known.iter().any(|one| one == name) {
        return Ok(projects.into_iter().filter(|one| one.target.name.as_str() == name).collect());
    }
    let message = format!("unknown target {}", wording::code(name));
    Err(log.error(
        Diagnostic::error(codes::resolve::UNKNOWN_TARGET, message)
            .maybe_help(wording::did_you_mean(name, known.iter().map(String::as_str)))
            .help(format!("the manifest has {}", wording::all_of(&wording::codes(&known)))),
    ))
}
