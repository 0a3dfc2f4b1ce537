//! The stages that build packages from source.

use std::collections::BTreeSet;

use crate::catalog;
use crate::value::{AptPackage, ImagePath, Name};

use super::package_plan::PackagePlans;
use super::package_step::{PackagePlan, PackageStepKind};
use super::python::Python;
use super::stage_packages::{Layer, is_shared};
use super::steps::{self, FetchedFiles, StepContext, small};
use super::{Block, From, Instruction, Script, Stage, StageName, Tool, Why, archives};

/// The stages of requirements that a build needs.
const NEEDED: [catalog::RequireStage; 2] = [catalog::RequireStage::Build, catalog::RequireStage::Run];

/// Returns the stage `build-NAME` of a package.
pub(super) fn stage(plan: &PackagePlan, plans: &PackagePlans<'_>, python: &Python) -> Stage {
    let from = if plans.toolkit().serves(plan, plans) { "devel" } else { "base" };
    let needed = closure(plan, plans);
    let with_python: Vec<&PackagePlan> = needed.iter().copied().filter(|each| each.is_python()).collect();
    let place = StepContext {
        building: true,
        shared: !with_python.is_empty(),
        files: FetchedFiles::Here,
        ..python.place()
    };
    let defined: BTreeSet<String> =
        plans.inputs.resolution.base.env.iter().map(ToString::to_string).collect();
    let direct = plans.requires(&plan.name, &NEEDED);
    let cloning: Vec<AptPackage> =
        super::pip_urls::programs_of_plans(needed.iter().copied()).into_iter().collect();
    let layer = Layer {
        plans: &needed,
        title: "Build dependencies",
        built: &[plan],
        direct: &direct,
        more: &cloning,
        defined: &defined,
        archives: &archives::present(plans, from),
    };
    // Files that other stages built or downloaded are copied.
    let mut blocks = layer.blocks(&StepContext { files: FetchedFiles::Separate, ..place.clone() });
    // The scripts of a workspace name the Python that built it, so it must be that of the final image.
    let make = uses_python(plan, plans, python);
    blocks.extend(python.helper_blocks(&with_python, make.then(|| plans.platform())));
    let mut instructions = Vec::new();
    let folders = shared_exports(plan);
    if !folders.is_empty() {
        instructions.push(Instruction::Run(small(Script::ListBefore { folders: folders.clone() })));
    }
    instructions.extend(steps::instructions(plan, &plan.build, &place));
    if !folders.is_empty() {
        instructions.push(Instruction::Run(small(Script::Collect { folders })));
    }
    if let Some(jobs) = jobs(plan, plans).filter(|_| instructions.iter().any(uses_jobs)) {
        let name = steps::variable("MAX_JOBS");
        let at = instructions.iter().position(uses_jobs).unwrap_or_default();
        instructions.insert(at, Instruction::Arg { name, default: Some(jobs.to_string()) });
    }
    blocks.push(Block { why: Why::default(), instructions });
    Stage {
        name: StageName::of("build", &plan.name),
        from: From::Stage(StageName::fixed(from)),
        why: plan.why.what(format!("Build of {}", plan.why.what)),
        blocks,
    }
}

fn uses_jobs(instruction: &Instruction) -> bool {
    matches!(instruction, Instruction::Run(run) if run.uses_jobs())
}

/// Whether a build needs the Python environment.
fn uses_python(plan: &PackagePlan, plans: &PackagePlans<'_>, python: &Python) -> bool {
    let own = plan.makes_wheels() || plan.build.iter().any(|step| step.kind.is_python());
    own || closure(plan, plans).iter().any(|each| each.is_python())
        || (python.ships && builds_workspace(plan))
}

/// Whether any build against the toolkit needs the Python environment.
pub(super) fn python_on_toolkit(plans: &PackagePlans<'_>, python: &Python) -> bool {
    let mut built = plans.all().filter(|plan| plan.is_built() && plans.toolkit().serves(plan, plans));
    built.any(|plan| uses_python(plan, plans, python))
}

/// Returns the packages of the platform that builds against the toolkit use: all of them if one of the builds
/// needs the Python environment.
pub(super) fn platform_used(plans: &PackagePlans<'_>, python: &Python) -> BTreeSet<Name> {
    if python_on_toolkit(plans, python) {
        return plans.platform().into_iter().map(|each| each.name.clone()).collect();
    }
    let mut used = BTreeSet::new();
    for plan in plans.all().filter(|plan| plan.is_built() && plans.toolkit().serves(plan, plans)) {
        used.extend(plans.closure(plans.requires(&plan.name, &NEEDED), &[catalog::RequireStage::Run]));
    }
    used
}

fn builds_workspace(plan: &PackagePlan) -> bool {
    plan.build.iter().any(|step| matches!(step.kind, PackageStepKind::Tool { tool: Tool::Colcon, .. }))
}

/// Returns the exported folders that other packages write to too. Only the files that the build adds to them
/// are exported.
fn shared_exports(plan: &PackagePlan) -> Vec<ImagePath> {
    let shared: BTreeSet<ImagePath> =
        plan.exports().map(|(from, _, _)| from.clone()).filter(is_shared).collect();
    shared.into_iter().collect()
}

/// Returns the number of parallel jobs that fit into the target's memory.
fn jobs(plan: &PackagePlan, plans: &PackagePlans<'_>) -> Option<u64> {
    let memory = plans.inputs.resolution.target.memory?;
    let each = u64::from(plan.job_memory.unwrap_or(1024).max(1));
    Some((memory / each).max(1))
}

/// Whether a build only downloads files and puts them in place, so that it runs nothing that it requires.
fn only_fetches_files(plan: &PackagePlan) -> bool {
    plan.build.iter().all(|step| {
        let kind = &step.kind;
        kind.fetches_files()
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

/// Returns the direct requirements of a build: those for building, and those for running that are not marked
/// `stage="run"`.
pub(super) fn requirements(plan: &PackagePlan, plans: &PackagePlans<'_>) -> Vec<Name> {
    let mut direct = plans.requires(&plan.name, &[catalog::RequireStage::Build]);
    if !only_fetches_files(plan) {
        let only_run: BTreeSet<&Name> = plans.inputs.view(&plan.name).map_or_else(BTreeSet::new, |view| {
            let requires = view.package.all_requires().map(|(_, require)| require);
            requires.filter(|require| require.only_run).map(|require| &require.name.value).collect()
        });
        let running = plans.requires(&plan.name, &[catalog::RequireStage::Run]);
        direct.extend(running.into_iter().filter(|name| !only_run.contains(name)));
    }
    direct
}

/// Returns the packages that a build needs: its requirements, and what these require to run. The platform is
/// left out, because the stage starts from it.
pub(super) fn closure<'a>(plan: &PackagePlan, plans: &'a PackagePlans<'_>) -> Vec<&'a PackagePlan> {
    let mut names = plans.closure(requirements(plan, plans), &[catalog::RequireStage::Run]);
    names.remove(&plan.name);
    plans.all().filter(|each| names.contains(&each.name) && !each.platform).collect()
}
