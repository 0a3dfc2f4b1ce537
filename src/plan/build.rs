//! The stage of a package that is built from source.

use std::collections::BTreeSet;

use crate::catalog;
use crate::value::{AptPackage, ImagePath, Name};

use super::package_plan::PackagePlans;
use super::package_step::{PackagePlan, PackageStepKind};
use super::python::Python;
use super::stage_packages::{Layer, is_shared};
use super::steps::{self, FetchedFiles, StepContext, small};
use super::{Block, From, Instruction, Script, Stage, StageName, Tool, Why, archives};

/// What must be there for a build of all that a package requires.
const NEEDED: [catalog::RequireStage; 2] = [catalog::RequireStage::Build, catalog::RequireStage::Run];

/// The stage `build-NAME`.
pub(super) fn stage(part: &PackagePlan, parts: &PackagePlans<'_>, python: &Python) -> Stage {
    let from = if parts.toolkit().serves(part, parts) { "devel" } else { "base" };
    let needed = closure(part, parts);
    let with_python: Vec<&PackagePlan> = needed.iter().copied().filter(|each| each.is_python()).collect();
    let place = StepContext {
        building: true,
        shared: !with_python.is_empty(),
        files: FetchedFiles::Here,
        ..python.place()
    };
    let defined: BTreeSet<String> = parts.inputs.resolution.base.env.iter().cloned().collect();
    let direct = parts.requires(&part.name, &NEEDED);
    let cloning: Vec<AptPackage> =
        super::pip_urls::programs_of_parts(needed.iter().copied()).into_iter().collect();
    let layer = Layer {
        parts: &needed,
        title: "Build dependencies",
        built: &[part],
        direct: &direct,
        more: &cloning,
        defined: &defined,
        held: &archives::held(parts, from),
    };
    // What others have built or fetched is copied in, not done again.
    let mut blocks = layer.blocks(&StepContext { files: FetchedFiles::Apart, ..place.clone() });
    // Scripts of a workspace start by the Python that builds it: the image's.
    let make = uses_python(part, parts, python);
    blocks.extend(python.beside(&with_python, make.then(|| parts.platform())));
    let mut instructions = Vec::new();
    let folders = shared_exports(part);
    if !folders.is_empty() {
        instructions.push(Instruction::Run(small(Script::ListBefore { folders: folders.clone() })));
    }
    instructions.extend(steps::instructions(part, &part.build, &place));
    if !folders.is_empty() {
        instructions.push(Instruction::Run(small(Script::Collect { folders })));
    }
    if let Some(jobs) = jobs(part, parts).filter(|_| instructions.iter().any(uses_jobs)) {
        let name = steps::variable("MAX_JOBS");
        let at = instructions.iter().position(uses_jobs).unwrap_or_default();
        instructions.insert(at, Instruction::Arg { name, default: Some(jobs.to_string()) });
    }
    blocks.push(Block { why: Why::default(), instructions });
    Stage {
        name: StageName::of("build", &part.name),
        from: From::Stage(StageName::fixed(from)),
        why: part.why.what(format!("Build of {}", part.why.what)),
        blocks,
    }
}

fn uses_jobs(instruction: &Instruction) -> bool {
    matches!(instruction, Instruction::Run(run) if run.uses_jobs())
}

/// Whether a build is done in a Python environment.
fn uses_python(part: &PackagePlan, parts: &PackagePlans<'_>, python: &Python) -> bool {
    let own = part.makes_wheels() || part.build.iter().any(|act| act.kind.is_python());
    own || closure(part, parts).iter().any(|each| each.is_python())
        || (python.ships && builds_workspace(part))
}

/// Whether a build against a toolkit is done in a Python environment.
pub(super) fn python_on_toolkit(parts: &PackagePlans<'_>, python: &Python) -> bool {
    let mut built = parts.all().filter(|part| part.is_built() && parts.toolkit().serves(part, parts));
    built.any(|part| uses_python(part, parts, python))
}

/// The packages of the platform that builds against a toolkit use: all where one of them is done in a Python environment.
pub(super) fn platform_used(parts: &PackagePlans<'_>, python: &Python) -> BTreeSet<Name> {
    if python_on_toolkit(parts, python) {
        return parts.platform().into_iter().map(|each| each.name.clone()).collect();
    }
    let mut used = BTreeSet::new();
    for part in parts.all().filter(|part| part.is_built() && parts.toolkit().serves(part, parts)) {
        used.extend(parts.closure(parts.requires(&part.name, &NEEDED), &[catalog::RequireStage::Run]));
    }
    used
}

fn builds_workspace(part: &PackagePlan) -> bool {
    part.build.iter().any(|act| matches!(act.kind, PackageStepKind::Tool { tool: Tool::Colcon, .. }))
}

/// Folders that others use too, of which only what the build adds is exported.
fn shared_exports(part: &PackagePlan) -> Vec<ImagePath> {
    let shared: BTreeSet<ImagePath> =
        part.exports().map(|(from, _, _)| from.clone()).filter(is_shared).collect();
    shared.into_iter().collect()
}

/// So many jobs that all of them fit into the target's memory.
fn jobs(part: &PackagePlan, parts: &PackagePlans<'_>) -> Option<u64> {
    let memory = parts.inputs.resolution.target.memory?;
    let each = u64::from(part.job_memory.unwrap_or(1024).max(1));
    Some((memory / each).max(1))
}

/// Whether a build runs nothing of what is there: it brings files and puts them in place.
fn only_brings_files(part: &PackagePlan) -> bool {
    part.build.iter().all(|act| {
        let kind = &act.kind;
        kind.brings_files()
            || matches!(
                kind,
                PackageStepKind::Apt(_)
                    | PackageStepKind::Source(_)
                    | PackageStepKind::File(_)
                    | PackageStepKind::Symlink { .. }
                    | PackageStepKind::Mkdir(_)
                    | PackageStepKind::Env(_)
                    | PackageStepKind::Export { .. }
            )
    })
}

/// What must be there for a build: what it requires to be built, or to run unless it says that it is for running alone, and
/// what those require to run. The platform is in the stage that this one starts from.
pub(super) fn closure<'a>(part: &PackagePlan, parts: &'a PackagePlans<'_>) -> Vec<&'a PackagePlan> {
    let only_run: BTreeSet<&Name> = parts.inputs.view(&part.name).map_or_else(BTreeSet::new, |view| {
        let requires = view.package.all_requires().map(|(_, require)| require);
        requires.filter(|require| require.only_run).map(|require| &require.name.value).collect()
    });
    let mut direct = parts.requires(&part.name, &[catalog::RequireStage::Build]);
    if !only_brings_files(part) {
        let running = parts.requires(&part.name, &[catalog::RequireStage::Run]);
        direct.extend(running.into_iter().filter(|name| !only_run.contains(name)));
    }
    let mut names = parts.closure(direct, &[catalog::RequireStage::Run]);
    names.remove(&part.name);
    parts.all().filter(|each| names.contains(&each.name) && !each.platform).collect()
}
