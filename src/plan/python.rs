//! Python environments: the main one, block by block, and those of the user apart from it.

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
/// Where packages lie that have a separate layer.
pub(super) const LAYERS: &str = "/layers";
/// Where requirements files are seen, as they lie in the project.
const REQUIREMENTS: &str = "/run/requirements";
/// Where wheels of a build stage are seen.
const BUILT: &str = "/run/wheels";

/// How environments are made for a target.
#[derive(Debug, Clone)]
pub(super) struct Python {
    /// `python3.10`.
    pub(super) interpreter: String,
    /// Whether the main environment sees the system's modules.
    pub(super) system: bool,
    /// What installs instead of pip, as pip is asked for it: `uv==0.13.9`.
    pub(super) uv: Option<String>,
    /// What a wheel's build needs that sees what is installed, as pip is asked for it.
    pub(super) tools: Vec<String>,
    /// Whether the image that ships has the main environment.
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

    /// The main environment, and what a step puts into it, in one step.
    pub(super) fn made_with(&self, run: Option<Run>) -> Run {
        let made = [self.venv(VENV, self.system)].into_iter().chain(run.map(Instruction::Run)).collect();
        match joined(made).pop() {
            Some(Instruction::Run(run)) => run,
            _ => Run::default(),
        }
    }

    /// Where calls of the main environment go.
    pub(super) fn place(&self) -> StepContext {
        StepContext {
            venv: path(VENV),
            uv: self.uv.is_some(),
            building: false,
            shared: false,
            tools: self.tools.clone(),
            files: FetchedFiles::Apart,
            downloads: Downloads::Added,
        }
    }

    /// The main environment and what these packages put into it, in one layer.
    pub(super) fn blocks(&self, parts: &[&PackagePlan]) -> Vec<Block> {
        let (platform, others): (Vec<&PackagePlan>, Vec<&PackagePlan>) =
            parts.iter().partition(|part| part.platform);
        let place = self.place();
        let mut instructions = vec![self.venv(VENV, self.system)];
        instructions.extend(
            platform.iter().flat_map(|part| steps::instructions(part, &of_python(&part.install), &place)),
        );
        instructions.extend(Self::installed(&others, &place));
        let cloning = cloning(pip_urls::programs_of_parts(parts.iter().copied()));
        let made = Block { why: Why::new("The Python environment"), instructions: joined(instructions) };
        cloning.into_iter().chain([made]).collect()
    }

    /// The main environment with the packages that are not light, each heavy one in a folder for its layer.
    pub(super) fn layered(&self, layers: &Layers<'_>) -> Vec<Block> {
        let mut blocks = self.blocks(&layers.heavy);
        let last = blocks.last_mut().and_then(|block| block.instructions.last_mut());
        if let (Some(Instruction::Run(run)), [_, ..]) = (last, layers.apart()) {
            run.script.push(Script::Layers(layers.apart().to_vec()));
        }
        blocks
    }

    /// What these packages put into the environment, in one call an index: the same as one after the other, since all
    /// are held to the same versions.
    fn installed(parts: &[&PackagePlan], place: &StepContext) -> Vec<Instruction> {
        let mut all = Vec::new();
        for part in parts {
            if part.makes_wheels() {
                all.push(Instruction::Run(wheels(part, place)));
            }
            all.extend(steps::instructions(part, &of_python(&part.install), place));
        }
        let mut all = joined(all);
        for instruction in &mut all {
            if let Instruction::Run(run) = instruction {
                run.script = calls(std::mem::take(&mut run.script));
            }
        }
        all
    }

    /// What packages put into the main environment of a stage beside the one that ships, and the steps behind that. It is
    /// made there, with what these packages of the platform put into each, or is there already.
    pub(super) fn beside(&self, parts: &[&PackagePlan], make: Option<Vec<&PackagePlan>>) -> Vec<Block> {
        let mut blocks = Vec::new();
        if let Some(platform) = make {
            blocks.extend(self.blocks(&[&platform, parts].concat()));
            let path = super::stage_packages::prepend("PATH", vec![path(&format!("{VENV}/bin"))], true);
            blocks.push(Block { why: Why::default(), instructions: vec![path] });
        } else {
            blocks.extend(Self::block(parts, &self.place()));
        }
        for part in parts {
            let instructions = Self::behind(part, &self.place());
            if !instructions.is_empty() {
                blocks.push(Block { why: part.why.clone(), instructions });
            }
        }
        blocks
    }

    /// What packages put into an environment that is there.
    pub(super) fn block(parts: &[&PackagePlan], place: &StepContext) -> Option<Block> {
        let instructions = Self::installed(parts, place);
        (!instructions.is_empty()).then(|| Block { why: Why::new("Python packages"), instructions })
    }

    /// The steps behind those that need the environment.
    pub(super) fn behind(part: &PackagePlan, place: &StepContext) -> Vec<Instruction> {
        let (_, late) = part.early_and_late();
        let late: Vec<PackageStep> = late.iter().filter(|act| !act.kind.is_python()).cloned().collect();
        steps::instructions(part, &late, place)
    }

    /// What a package's build takes from Python, where the build itself is not done.
    pub(super) fn tools(&self, part: &PackagePlan) -> Option<Block> {
        let instructions = steps::instructions(part, &of_python(&part.build), &self.place());
        let why = part.why.what(format!("Build of {}", part.why.what));
        (!instructions.is_empty()).then_some(Block { why, instructions })
    }

    /// A user's environment apart, with what the platform's packages put into each (a newer pip).
    pub(super) fn apart(&self, parts: &PackagePlans<'_>, venv: &Venv) -> Stage {
        let inputs = parts.inputs;
        let folder = apart_folder(venv);
        let place = StepContext { venv: folder.clone(), ..self.place() };
        let mut instructions = vec![self.venv(folder.as_str(), false)];
        for part in parts.platform() {
            let own = of_python(&part.install);
            instructions.extend(steps::instructions(part, &own, &place));
        }
        let asked = asked(inputs, &place, &venv.install, &venv.requirements);
        instructions.extend(asked.map(Instruction::Run));
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

/// The wheels of a package's build, installed.
fn wheels(part: &PackagePlan, place: &StepContext) -> Run {
    let (stage, target) = (StageName::of("build", &part.name), path(&format!("{BUILT}/{}", part.name)));
    let call = pip_call(place, vec![PipSource::Wheels(target.clone())]);
    let mount = Mount::Stage { stage, source: path(WHEELS), target };
    Run { mounts: vec![Mount::Pip, mount], script: vec![Script::Pip(call)], ..Run::default() }
}

/// The same with all steps in one layer, behind the downloads.
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

/// Fewest calls: from each other index what is named, then what comes without dependencies, then everything with its
/// dependencies.
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

/// What pip clones repositories by, in a stage that leaves nothing but the environment.
pub(super) fn cloning(programs: BTreeSet<AptPackage>) -> Option<Block> {
    (!programs.is_empty()).then(|| Block {
        why: Why::new("Tools for pip to clone repositories"),
        instructions: vec![super::stage_packages::apt(programs)],
    })
}

fn of_python(acts: &[PackageStep]) -> Vec<PackageStep> {
    acts.iter().filter(|act| act.kind.is_python()).cloned().collect()
}

/// What the user asks of pip: requirements first named, then files.
pub(super) fn asked(
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
        let source = PipSource::Requirements(seen(&file.path.value));
        if file.hashed {
            // pip wants a hash for all that such a call installs: the constraints have none.
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

/// The folder of a user's environment.
pub(super) fn apart_folder(venv: &Venv) -> ImagePath {
    path(&format!("/opt/venvs/{}", venv.name.value))
}

pub(super) fn seen(file: &crate::value::ProjectPath) -> ImagePath {
    ImagePath::of_project(REQUIREMENTS, file)
}

fn bind(file: &crate::value::ProjectPath) -> Mount {
    Mount::Bind { source: file.clone(), target: seen(file) }
}

/// Whether the base or a pin of the manifest holds any version.
pub(super) fn holds(inputs: Inputs<'_>) -> bool {
    !(provided(inputs).is_empty() && pinned(inputs).is_empty())
}

/// The manifest's pins of packages that nothing chose, where they are named as a distribution is: `numpy==2.2.*`.
pub(super) fn pinned(inputs: Inputs<'_>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for pin in &inputs.project.pins {
        let Some(package) = inputs.catalog.package(pin.name.as_str()) else { continue };
        if inputs.resolution.chosen.contains_key(&package.name.value) || package.axis.is_some() {
            continue;
        }
        let Some(specifier) = specifier(&pin.requirement) else { continue };
        // A name with values in it is that of a version, and none was chosen.
        let plain = package.dists.iter().filter(|dist| dist.value.name.is_plain());
        all.extend(plain.map(|dist| format!("{}{specifier}", dist.value.name.text)));
    }
    all
}

/// What the base holds is known by its first numbers: its builder may have given it any suffix.
pub(super) fn provided(inputs: Inputs<'_>) -> Vec<String> {
    let mut all = Vec::new();
    for (name, chosen) in inputs.resolution.chosen.iter().filter(|(_, chosen)| chosen.provided) {
        let Some(view) = inputs.view(name) else { continue };
        let version = chosen.version.without_local();
        all.extend(view.dists().into_iter().map(|(dist, _)| format!("{dist}=={version}.*")));
    }
    all
}

/// A requirement as PEP 440 writes it; `None` for alternatives, which it cannot write.
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
