//! jcc compiles a declarative manifest to a Dockerfile and a Compose file.
//!
//! The passes are folders, in order: each takes the value that the one before gives. [`compile`] is the whole story.

// The facade is documented; a pass documents what its names do not say.
#![warn(missing_docs)]

#[allow(missing_docs)]
mod catalog;
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

pub use cli::{Exit, Io, Terminal, run};
use jcc_core::{source, syntax, value};

/// What the tests, benches and fuzz targets of this repository look into. Not an API.
#[doc(hidden)]
#[allow(missing_docs)]
pub mod internals {
    pub mod catalog {
        pub use crate::catalog::schema;
        pub use crate::catalog::{
            BuiltinStacks, Catalog, DefinitionKind, Package, PackageVersion, RequireStage, Role, StepKind,
            TestBody,
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
        pub use crate::manifest::{LANGUAGE, Manifest, Project, Stacks, load, load_in_part};
    }
    pub mod plan {
        pub use crate::plan::{Fetched, Inputs, Planned, plan};
    }
    pub mod render {
        pub use crate::render::Generated;
    }
    pub mod resolve {
        pub use crate::resolve::{Lock, Override, Reason, Resolution, all, resolve};
    }
    pub use jcc_core::{source, syntax, value};
}

use catalog::{BuiltinStacks, Catalog};
use diagnostic::{Diagnostic, Log, Reported, codes, wording};
use fs::FileSystem;
use manifest::Project;
use resolve::{Lock, LockedFiles, Resolution};
use source::Sources;

/// The version of this compiler.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The project to compile: its files, manifest, target and lock.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The files of the project.
    pub fs: &'a dyn FileSystem,
    /// The manifest, in the project's root.
    pub manifest: &'a str,
    /// Only the target of this name.
    pub target: Option<&'a str>,
    /// The path of the lock, from the project's root.
    pub lock: &'a str,
}

/// Everything that is known of a project whose versions are decided.
#[derive(Debug)]
pub struct Resolved {
    /// What is known of packages and platforms, the project's own folders included.
    pub catalog: Catalog,
    /// The lock that was read; `None` where there was none.
    pub old_lock: Option<Lock>,
    /// The lock that holds what was decided.
    pub lock: Lock,
    /// Each target with its answer, in the order of the manifest.
    pub targets: Vec<(Project, Resolution)>,
}

/// From a manifest to versions: reads it and what it names, then decides platform and packages of each target.
///
/// # Errors
/// Whatever is wrong in the manifest, the catalogue's folders or the lock, all of it reported.
pub fn resolve(input: Input<'_>, sources: &mut Sources, log: &mut Log) -> Result<Resolved, Reported> {
    let mut catalog = Catalog::builtin(sources);
    let manifest = manifest::load_in_part(input.fs, input.manifest, &BuiltinStacks::new(), sources, log)?;
    for folder in manifest.catalogs() {
        catalog.add_folder(input.fs, folder, sources, log);
    }
    let projects = one_target(manifest.projects(log)?, input.target, log)?;
    for project in &projects {
        check::rules(project, &catalog, log);
    }
    check::plain_secrets(&projects, &catalog, sources, log);
    let old_lock = resolve::open_lock(input.fs, input.lock, sources, log)?;
    let targets = resolve::all(projects, &catalog, old_lock.as_ref(), sources, log)?;
    let lock = resolve::lock_of(&targets, &catalog, old_lock.as_ref(), sources);
    lock_fits(&lock, input, sources, log)?;
    Ok(Resolved { catalog, old_lock, lock, targets })
}

/// Refuses a lock that the next run could not read.
fn lock_fits(lock: &Lock, input: Input<'_>, sources: &Sources, log: &mut Log) -> Result<(), Reported> {
    let length = lock.write(VERSION).len();
    if length <= Lock::LARGEST {
        return Ok(());
    }
    let message = format!("{} would be {length} bytes", wording::code(sources.shown_path(input.lock)));
    let help = format!("jcc reads at most {} bytes: split the targets into several manifests", Lock::LARGEST);
    Err(log.error(Diagnostic::error(codes::syntax::TOO_LARGE, message).help(help)))
}

/// Everything that a compile gives.
#[derive(Debug)]
pub struct Compiled {
    /// The files, by their path in the project.
    pub artifacts: render::Artifacts,
    /// The plan of each target, in the order of the manifest.
    pub planned: Vec<plan::Planned>,
    /// The versions that the files were written for.
    pub resolved: Resolved,
}

impl Compiled {
    /// Whether it has every target of the manifest.
    pub fn is_whole(&self) -> bool {
        is_whole(&self.resolved)
    }
}

fn is_whole(resolved: &Resolved) -> bool {
    resolved.targets.first().is_none_or(|(project, _)| project.targets == resolved.targets.len())
}

/// From a manifest to the files that are written. The lock is left to the caller: [`Resolved::lock`].
///
/// # Errors
/// Whatever is wrong, all of it reported.
pub fn compile(input: Input<'_>, sources: &mut Sources, log: &mut Log) -> Result<Compiled, Reported> {
    let (mut resolved, planned) = plan(input, sources, log)?;
    if let Ok(planned) = &planned {
        for ((project, _), planned) in resolved.targets.iter().zip(planned) {
            plan::require_grades(project, &planned.plan.fetches, log);
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
    lock_fits(&resolved.lock, input, sources, log)?;
    Ok(Compiled { artifacts, planned, resolved })
}

/// From a manifest to plans, before the grade that the manifest requires is checked.
///
/// # Errors
/// Whatever is wrong up to the versions; what is wrong with the plans is in their own result.
pub fn plan(
    input: Input<'_>,
    sources: &mut Sources,
    log: &mut Log,
) -> Result<(Resolved, Result<Vec<plan::Planned>, Reported>), Reported> {
    let resolved = resolve(input, sources, log)?;
    let planned = plan::all(&resolved.targets, &resolved.catalog, sources, log);
    Ok((resolved, planned))
}

/// The targets, or the one that was asked for.
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
