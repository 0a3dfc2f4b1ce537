//! The main Python environment and the separate ones of the manifest.

use std::collections::BTreeSet;
use std::ops::Bound;

use crate::manifest::{Requirements, Venv};
use crate::source::Spanned;
use crate::value::{AptPackage, ImagePath, Interval, PepRequirement, Requirement};

use super::package_context::Inputs;
use super::package_plan::PackagePlans;
use super::package_step::{PackagePlan, PackageStep};
use super::pip_urls;
use super::steps::{self, Downloads, FetchedFiles, StepContext, WHEELS, path, pip_call, small};
use super::weight::Layers;
use super::{Block, From, Instruction, Mount, PipCall, PipSource, Run, Script, Stage, StageName, Why};

/// The folder of the main environment.
pub(super) const VENV: &str = "/opt/venv";
/// The folder of packages that have separate layers.
pub(super) const LAYERS: &str = "/layers";
/// The folder where requirements files are mounted, under their paths in the project.
const REQUIREMENTS: &str = "/run/requirements";
/// The folder where wheels of build stages are mounted.
const BUILT: &str = "/run/wheels";

/// The settings of a target's Python environments.
#[derive(Debug, Clone)]
pub(super) struct Python {
    /// `python3.10`.
    pub(super) interpreter: String,
    /// Whether the main environment sees the system's modules.
    pub(super) system: bool,
    /// The requirement of uv, if it installs instead of pip: `uv==0.13.9`.
    pub(super) uv: Option<String>,
    /// The requirements of build tools, for builds of wheels without isolation.
    pub(super) tools: Vec<String>,
    /// Whether the final image has the main environment.
    pub(super) ships: bool,
}

impl Python {
    pub(super) fn venv(&self, folder: &str, system: bool) -> Instruction {
        let venv = Script::Venv {
            python: self.interpreter.clone(),
            path: path(folder),
            system_site_packages: system,
            uv: self.uv.clone(),
        };
        let mounts = if self.uv.is_some() { vec![Mount::Pip] } else { Vec::new() };
        Instruction::Run(Run { mounts, ..small(venv) })
    }

    /// Creates the main environment and installs into it in one step.
    pub(super) fn made_with(&self, run: Option<Run>) -> Run {
        let made = [self.venv(VENV, self.system)].into_iter().chain(run.map(Instruction::Run)).collect();
        match joined(made).pop() {
            Some(Instruction::Run(run)) => run,
            _ => Run::default(),
        }
    }

    /// Returns the context of steps in the main environment.
    pub(super) fn place(&self) -> StepContext {
        StepContext {
            venv: path(VENV),
            uv: self.uv.is_some(),
            building: false,
            shared: false,
            tools: self.tools.clone(),
            files: FetchedFiles::Separate,
            downloads: Downloads::Added,
        }
    }

    /// Creates the main environment and installs these packages into it, in one layer.
    pub(super) fn blocks(&self, plans: &[&PackagePlan]) -> Vec<Block> {
        let (platform, others): (Vec<&PackagePlan>, Vec<&PackagePlan>) =
            plans.iter().partition(|plan| plan.platform);
        let place = self.place();
        let mut instructions = vec![self.venv(VENV, self.system)];
        instructions.extend(
            platform.iter().flat_map(|plan| steps::instructions(plan, &of_python(&plan.install), &place)),
        );
        instructions.extend(Self::installed(&others, &place));
        let cloning = cloning(pip_urls::programs_of_plans(plans.iter().copied()));
        let made = Block { why: Why::new("The Python environment"), instructions: joined(instructions) };
        cloning.into_iter().chain([made]).collect()
    }

    /// Creates the main environment with the packages that are not light, and moves each heavy one to a
    /// folder for its layer.
    pub(super) fn layered(&self, layers: &Layers<'_>) -> Vec<Block> {
        let mut blocks = self.blocks(&layers.heavy);
        let last = blocks.last_mut().and_then(|block| block.instructions.last_mut());
        if let (Some(Instruction::Run(run)), [_, ..]) = (last, layers.separate()) {
            run.script.push(Script::Layers(layers.separate().to_vec()));
        }
        blocks
    }

    /// Installs these packages with one pip call per index. The result is that of separate calls, because all
    /// have the same constraints.
    fn installed(plans: &[&PackagePlan], place: &StepContext) -> Vec<Instruction> {
        let mut all = Vec::new();
        for plan in plans {
            if plan.makes_wheels() {
                all.push(Instruction::Run(wheels(plan, place)));
            }
            all.extend(steps::instructions(plan, &of_python(&plan.install), place));
        }
        let mut all = joined(all);
        for instruction in &mut all {
            if let Instruction::Run(run) = instruction {
                run.script = calls(std::mem::take(&mut run.script));
            }
        }
        all
    }

    /// Returns the blocks that install packages into the main environment of a stage other than the final
    /// one, and their late steps. If `make` is given, the environment is created first, with these packages
    /// of the platform.
    pub(super) fn helper_blocks(
        &self,
        plans: &[&PackagePlan],
        make: Option<Vec<&PackagePlan>>,
    ) -> Vec<Block> {
        let mut blocks = Vec::new();
        if let Some(platform) = make {
            blocks.extend(self.blocks(&[&platform, plans].concat()));
            let path = super::stage_packages::prepend("PATH", vec![path(&format!("{VENV}/bin"))], true);
            blocks.push(Block { why: Why::default(), instructions: vec![path] });
        } else {
            blocks.extend(Self::block(plans, &self.place()));
        }
        for plan in plans {
            let instructions = Self::late_steps(plan, &self.place());
            if !instructions.is_empty() {
                blocks.push(Block { why: plan.why.clone(), instructions });
            }
        }
        blocks
    }

    /// Installs packages into an existing environment.
    pub(super) fn block(plans: &[&PackagePlan], place: &StepContext) -> Option<Block> {
        let instructions = Self::installed(plans, place);
        (!instructions.is_empty()).then(|| Block { why: Why::new("Python packages"), instructions })
    }

    /// Returns a package's steps that come after the first Python step and do not install Python packages.
    pub(super) fn late_steps(plan: &PackagePlan, place: &StepContext) -> Vec<Instruction> {
        let (_, late) = plan.early_and_late();
        let late: Vec<PackageStep> = late.iter().filter(|step| !step.kind.is_python()).cloned().collect();
        steps::instructions(plan, &late, place)
    }

    /// Returns the Python steps of a package's build, without the build itself, for the stage `dev`.
    pub(super) fn tools(&self, plan: &PackagePlan) -> Option<Block> {
        let instructions = steps::instructions(plan, &of_python(&plan.build), &self.place());
        let why = plan.why.what(format!("Build of {}", plan.why.what));
        (!instructions.is_empty()).then_some(Block { why, instructions })
    }

    /// Returns the stage of a separate environment, with what the platform's packages install into every
    /// environment, such as a newer pip.
    pub(super) fn venv_stage(&self, plans: &PackagePlans<'_>, venv: &Venv) -> Stage {
        let inputs = plans.inputs;
        let folder = venv_folder(venv);
        let place = StepContext { venv: folder.clone(), ..self.place() };
        let mut instructions = vec![self.venv(folder.as_str(), false)];
        for plan in plans.platform() {
            let own = of_python(&plan.install);
            instructions.extend(steps::instructions(plan, &own, &place));
        }
        let requested = requested(inputs, &place, &venv.install, &venv.requirements);
        instructions.extend(requested.map(Instruction::Run));
        for instruction in &mut instructions {
            let Instruction::Run(run) = instruction else { continue };
            for script in &mut run.script {
                if let Script::Pip(call) = script {
                    call.constrained = false;
                }
            }
        }
        let instructions = joined(instructions);
        let blocks = cloning(pip_urls::programs_of_venv(venv));
        Stage {
            name: StageName::of("venv", &venv.name.value),
            from: From::Stage(StageName::fixed("base")),
            why: inputs.why(format!("The Python environment `{}`", venv.name.value), venv.span),
            blocks: blocks.into_iter().chain([Block { why: Why::default(), instructions }]).collect(),
        }
    }
}

/// Installs the wheels of a package's build.
fn wheels(plan: &PackagePlan, place: &StepContext) -> Run {
    let (stage, target) = (StageName::of("build", &plan.name), path(&format!("{BUILT}/{}", plan.name)));
    let call = pip_call(place, vec![PipSource::Wheels(target.clone())]);
    let mount = Mount::Stage { stage, source: path(WHEELS), target };
    Run { mounts: vec![Mount::Pip, mount], script: vec![Script::Pip(call)], ..Run::default() }
}

/// Joins all steps into one layer, after the downloads.
fn joined(instructions: Vec<Instruction>) -> Vec<Instruction> {
    let mut out = Vec::new();
    let mut joined = Run::default();
    for instruction in instructions {
        match instruction {
            Instruction::Run(run) => {
                joined.mounts.extend(run.mounts);
                joined.script.extend(run.script);
            }
            Instruction::Fetch(_) if out.contains(&instruction) => {}
            other => out.push(other),
        }
    }
    joined.mounts.sort();
    joined.mounts.dedup();
    out.extend((!joined.script.is_empty()).then_some(Instruction::Run(joined)));
    out
}

/// Merges pip calls: first the named packages of each other index, then those without dependencies, then all
/// with their dependencies from the default index.
fn calls(script: Vec<Script>) -> Vec<Script> {
    let mut calls: Vec<PipCall> = Vec::new();
    let mut add = |call: PipCall| {
        let same = |one: &&mut PipCall| {
            PipCall { what: Vec::new(), ..(**one).clone() } == PipCall { what: Vec::new(), ..call.clone() }
        };
        match calls.iter_mut().find(same) {
            Some(one) => one.what.extend(call.what),
            None => calls.push(call),
        }
    };
    let mut others = Vec::new();
    for script in script {
        match script {
            Script::Pip(call) if call.index.is_some() => {
                if !call.no_deps {
                    add(PipCall { index: None, ..call.clone() });
                }
                add(PipCall { no_deps: true, ..call });
            }
            Script::Pip(call) => add(call),
            other => others.push(other),
        }
    }
    for call in &mut calls {
        call.what.sort();
        call.what.dedup();
    }
    calls.sort_by_key(|call| (call.index.is_none(), !call.no_deps));
    others.into_iter().chain(calls.into_iter().map(Script::Pip)).collect()
}

/// Installs the programs with which pip clones repositories, in a stage of which only the environment is
/// copied.
pub(super) fn cloning(programs: BTreeSet<AptPackage>) -> Option<Block> {
    (!programs.is_empty()).then(|| Block {
        why: Why::new("Tools for pip to clone repositories"),
        instructions: vec![super::stage_packages::apt(programs)],
    })
}

fn of_python(steps: &[PackageStep]) -> Vec<PackageStep> {
    steps.iter().filter(|step| step.kind.is_python()).cloned().collect()
}

/// Installs what the manifest requests from pip: requirements and requirements files.
pub(super) fn requested(
    inputs: Inputs<'_>,
    place: &StepContext,
    install: &[Spanned<PepRequirement>],
    files: &[Requirements],
) -> Option<Run> {
    let mut mounts = vec![Mount::Pip];
    let mut what: Vec<PipSource> =
        install.iter().map(|spec| PipSource::Spec(spec.value.to_string())).collect();
    what.sort();
    let mut calls = Vec::new();
    for file in files {
        let all = std::iter::once(&file.path).chain(&file.includes);
        mounts.extend(all.map(|path| bind(&path.value)));
        let source = PipSource::Requirements(mounted(&file.path.value));
        if file.hashed {
            // With hashes, pip requires a hash for everything, and constraints have none.
            calls.push(PipCall { constrained: false, ..call(inputs, place, vec![source]) });
        } else {
            what.push(source);
        }
    }
    if !what.is_empty() {
        calls.insert(0, call(inputs, place, what));
    }
    mounts.sort();
    mounts.dedup();
    let script: Vec<Script> = calls.into_iter().map(Script::Pip).collect();
    (!script.is_empty()).then(|| Run { mounts, script, ..Run::default() })
}

fn call(inputs: Inputs<'_>, place: &StepContext, what: Vec<PipSource>) -> PipCall {
    let extra_indexes =
        inputs.project.pip.extra_indexes.iter().map(|index| index.url.value.clone()).collect();
    PipCall { extra_indexes, ..pip_call(place, what) }
}

/// Returns the folder of a separate environment.
pub(super) fn venv_folder(venv: &Venv) -> ImagePath {
    path(&format!("/opt/venvs/{}", venv.name.value))
}

pub(super) fn mounted(file: &crate::value::ProjectPath) -> ImagePath {
    ImagePath::of_project(REQUIREMENTS, file)
}

/// Returns the project's requirements file that is mounted at this path.
pub(super) fn requirements_at<'a>(inputs: Inputs<'a>, path: &ImagePath) -> Option<&'a Requirements> {
    let project = inputs.project;
    let venvs = project.pip.venvs.iter().flat_map(|venv| &venv.requirements);
    let app = project.app.iter().flat_map(|app| &app.requirements);
    let mut all = project.pip.requirements.iter().chain(venvs).chain(app);
    all.find(|file| *path == mounted(&file.path.value))
}

/// Whether this is the mount of a requirements file of the project.
pub(super) fn is_requirements(mount: &Mount) -> bool {
    matches!(mount, Mount::Bind { target, .. } if target.as_str().starts_with(REQUIREMENTS))
}

fn bind(file: &crate::value::ProjectPath) -> Mount {
    Mount::Bind { source: file.clone(), target: mounted(file) }
}

/// Whether the base image or a pin of the manifest adds constraints for pip.
pub(super) fn has_constraints(inputs: Inputs<'_>) -> bool {
    !(provided(inputs).is_empty() && pinned(inputs).is_empty())
}

/// Returns constraints for the manifest's pins of packages that are not chosen, if the name of the
/// distribution is known: `numpy==2.2.*`.
pub(super) fn pinned(inputs: Inputs<'_>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for pin in &inputs.project.pins {
        let Some(package) = inputs.catalog.package(pin.name.as_str()) else { continue };
        if inputs.resolution.chosen.contains_key(&package.name.value) || package.axis.is_some() {
            continue;
        }
        let Some(specifier) = specifier(&pin.requirement) else { continue };
        // A name with template values depends on the version, and none was chosen.
        let plain = package.dists.iter().filter(|dist| dist.value.name.is_plain());
        all.extend(plain.map(|dist| format!("{}{specifier}", dist.value.name.text)));
    }
    all
}

/// Returns constraints for what the base image provides, such as `torch==2.6.0.*`: its builder may have added
/// a suffix to the version.
pub(super) fn provided(inputs: Inputs<'_>) -> Vec<String> {
    let mut all = Vec::new();
    for (name, chosen) in inputs.resolution.chosen.iter().filter(|(_, chosen)| chosen.provided) {
        let Some(view) = inputs.view(name) else { continue };
        let version = chosen.version.without_local();
        all.extend(view.dists().into_iter().map(|(dist, _)| format!("{dist}=={version}.*")));
    }
    all
}

/// Converts a requirement to a PEP 440 specifier; `None` for alternatives, which PEP 440 does not have.
fn specifier(requirement: &Requirement) -> Option<String> {
    let [interval] = <[Interval; 1]>::try_from(requirement.intervals()).ok()?;
    let text = requirement.as_str();
    if text.chars().all(|c| c.is_ascii_digit() || c == '.') {
        return Some(format!("=={text}.*"));
    }
    if let Some(version) = text.strip_prefix('=') {
        return Some(format!("=={}", version.trim_start_matches('=').trim()));
    }
    let lower = match &interval.lower {
        Bound::Included(version) => Some(format!(">={version}")),
        Bound::Excluded(version) => Some(format!(">{version}")),
        Bound::Unbounded => None,
    };
    let upper = match &interval.upper {
        Bound::Included(version) => Some(format!("<={version}")),
        Bound::Excluded(version) => Some(format!("<{version}")),
        Bound::Unbounded => None,
    };
    Some(lower.into_iter().chain(upper).collect::<Vec<_>>().join(","))
}
