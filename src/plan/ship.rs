//! The image that ships: what the packages give it, then the user's own.

use std::collections::BTreeSet;

use crate::value::AptPackage;

use super::act::Source;
use super::layer::{self, Layer, prepend, source_files};
use super::parts::Parts;
use super::pip_urls;
use super::python::{self, Python, VENV, apart_folder};
use super::steps::{self, path};
use super::user;
use super::view::Inputs;
use super::{Apt, Block, CopyFrom, From, Instruction, Mount, Run, Script, Stage, StageName, Why, archives};

/// What the stages around give this one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around<'a> {
    /// Every package.
    pub(super) parts: &'a Parts<'a>,
    /// How environments are made; `None` where nothing of Python is installed.
    pub(super) python: Option<&'a Python>,
    /// The user's archives.
    pub(super) sources: &'a [(Source, Why)],
    /// Whether anything is held to a version.
    pub(super) constrained: bool,
}

/// The stage `final`; before it, where pip clones repositories for the project, the stages that keep git out of it.
pub(super) fn stages(around: Around<'_>) -> Vec<Stage> {
    let inputs = around.parts.inputs;
    let named = |name, from, why: &str, blocks| Stage {
        name: StageName::fixed(name),
        from: From::Stage(StageName::fixed(from)),
        why: Why::new(why),
        blocks,
    };
    let (system, apt) = (system(around), apt_of_project(around));
    let cloning = python::cloning(pip_urls::programs(inputs)).filter(|_| around.python.is_some());
    let mut stages = Vec::new();
    let (from, mut blocks) = if let Some(cloning) = cloning {
        let why = "The image below its Python environments";
        stages.push(named("image", "base", why, [system, apt].concat()));
        let mut project = vec![main_environment("python"), cloning];
        project.extend(pip_of_project(around));
        let why = "The Python environment with what the project asks for";
        stages.push(named("python-project", "image", why, project));
        ("image", environments(around, "python-project"))
    } else {
        ("base", [system, environments(around, "python"), apt, pip_of_project(around)].concat())
    };
    if inputs.project.app.as_ref().is_none_or(|app| app.runs.is_empty()) {
        blocks.extend(check(around));
    }
    blocks.extend(user::blocks(around));
    stages.push(named("final", from, "The image that ships", blocks));
    stages
}

/// What the catalogue's packages give, Python apart.
fn system(around: Around<'_>) -> Vec<Block> {
    let shipped = around.parts.shipped();
    let mut defined: BTreeSet<String> = around.parts.inputs.resolution.base.env.iter().cloned().collect();
    for part in around.parts.platform() {
        layer::environment(part, &mut defined);
    }
    let place = around.python.map_or_else(default_place, Python::place);
    let layer = Layer {
        parts: &shipped,
        title: "System packages of",
        built: &[],
        direct: &[],
        more: &[],
        defined: &defined,
        held: &archives::held(around.parts, "base"),
    };
    let mut blocks = layer.blocks(&place);
    blocks.extend(layer::linker(shipped.iter().any(|part| part.links_early())));
    blocks
}

fn default_place() -> steps::Place {
    let files = steps::Files::Apart;
    steps::Place { venv: path(VENV), uv: false, building: false, shared: false, tools: Vec::new(), files }
}

/// The main Python environment, from the stage that made it.
fn main_environment(stage: &'static str) -> Block {
    let copy = copied(StageName::fixed(stage), VENV);
    let instructions = vec![copy, prepend("PATH", vec![path(&format!("{VENV}/bin"))], true)];
    Block { why: Why::new("The Python environment"), instructions }
}

fn copied(stage: StageName, folder: &str) -> Instruction {
    Instruction::CopyFrom(CopyFrom { stage, from: path(folder), to: path(folder) })
}

/// The Python environments, from the stages that made them, and the packages' steps behind them.
fn environments(around: Around<'_>, stage: &'static str) -> Vec<Block> {
    let Some(python) = around.python else { return Vec::new() };
    let inputs = around.parts.inputs;
    let mut blocks = vec![main_environment(stage)];
    for venv in &inputs.project.pip.venvs {
        let folder = apart_folder(venv);
        let why = inputs.why(format!("The Python environment `{}`", venv.name.value), venv.span);
        let instructions = vec![copied(StageName::of("venv", &venv.name.value), folder.as_str())];
        blocks.push(Block { why, instructions });
    }
    let shipped = around.parts.shipped();
    for part in &shipped {
        let instructions = python.behind(part);
        if !instructions.is_empty() {
            blocks.push(Block { why: part.why.clone(), instructions });
        }
    }
    blocks.extend(layer::linker(shipped.iter().any(|part| part.links_late())));
    blocks
}

/// The archives and system packages that the project asks for.
fn apt_of_project(around: Around<'_>) -> Vec<Block> {
    let sources = around.sources.iter();
    let sources = sources.map(|(source, why)| Block { why: why.clone(), instructions: source_files(source) });
    sources.chain(asked_of_apt(around)).collect()
}

/// The Python packages that the project asks for.
fn pip_of_project(around: Around<'_>) -> Vec<Block> {
    let inputs = around.parts.inputs;
    let pip = &inputs.project.pip;
    let Some(python) = around.python else { return Vec::new() };
    let run = python::asked(inputs, &python.place(), &pip.install, &pip.requirements);
    let asked = run.map(|run| {
        let places = pip.install.iter().map(|spec| spec.span);
        let places = places.chain(pip.requirements.iter().map(|file| file.path.span));
        let why = asked_why(inputs, "Python packages asked for by the project", places);
        Block { why, instructions: vec![Instruction::Run(run)] }
    });
    asked.into_iter().chain(user::requirements(inputs, python)).collect()
}

/// Installed versions compared with the resolved ones: behind the last step that may install any.
pub(super) fn check(around: Around<'_>) -> Option<Block> {
    let run = Run {
        mounts: vec![Mount::Check],
        script: vec![Script::Drift { venv: path(VENV) }],
        ..Run::default()
    };
    let why = Why::new("What is installed is what was resolved");
    around.constrained.then(|| Block { why, instructions: vec![Instruction::Run(run)] })
}

fn asked_of_apt(around: Around<'_>) -> Option<Block> {
    let inputs = around.parts.inputs;
    let apt = &inputs.project.apt;
    // What a package of the catalogue installs in the version that is asked for is there already.
    let here = around.parts.shipped().into_iter().chain(around.parts.platform());
    let installed: BTreeSet<_> = here.flat_map(|part| layer::apt_packages(&part.install)).collect();
    let is_left = |one: &&AptPackage| one.version().is_none() || !installed.contains(*one);
    let packages: BTreeSet<AptPackage> =
        apt.install.iter().map(|one| &one.package.value).filter(is_left).cloned().collect();
    if packages.is_empty() && !apt.extra_arg.is_on() {
        return None;
    }
    let mut instructions = Vec::new();
    if apt.extra_arg.is_on() {
        let name = steps::variable("EXTRA_APT_PACKAGES");
        instructions.push(Instruction::Arg { name, default: Some(String::new()) });
    }
    let script = Script::Apt(Apt {
        packages: packages.into_iter().collect(),
        recommends: apt.recommends.is_on(),
        extra_arg: apt.extra_arg.is_on(),
    });
    instructions.push(Instruction::Run(Run {
        mounts: vec![Mount::Apt],
        script: vec![script],
        ..Run::default()
    }));
    let left = apt.install.iter().filter(|one| is_left(&&one.package.value));
    let places = left.map(|install| install.package.span).chain(apt.extra_arg.on());
    Some(Block { why: asked_why(inputs, "System packages asked for by the project", places), instructions })
}

/// All lines of the manifest that ask for something.
pub(super) fn asked_why(
    inputs: Inputs<'_>,
    what: &str,
    places: impl Iterator<Item = crate::source::Span>,
) -> Why {
    let places: Vec<_> = places.collect();
    let mut because: Vec<String> = Vec::new();
    for place in &places {
        let cited = inputs.cite(*place);
        if !because.contains(&cited) {
            because.push(cited);
        }
    }
    Why { what: what.to_owned(), because, place: places.first().copied(), notes: Vec::new() }
}
