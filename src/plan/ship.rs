//! The image that ships: what the packages give it, then the user's own.

use std::collections::BTreeSet;

use super::act::Source;
use super::layer::{self, Layer, prepend, source_files};
use super::parts::Parts;
use super::python::{Python, VENV, apart_folder};
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

/// The stage `final`.
pub(super) fn stage(around: Around<'_>) -> Stage {
    let inputs = around.parts.inputs;
    let mut blocks = packages(around);
    blocks.extend(extras(around));
    blocks.extend(user::blocks(inputs, around.python));
    Stage {
        name: StageName::fixed("final"),
        from: From::Stage(StageName::fixed("base")),
        why: Why::new("The image that ships"),
        blocks,
    }
}

/// What the catalogue's packages give.
fn packages(around: Around<'_>) -> Vec<Block> {
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
    if let Some(python) = around.python {
        blocks.extend(environments(around.parts.inputs));
        for part in &shipped {
            let instructions = python.behind(part);
            if !instructions.is_empty() {
                blocks.push(Block { why: part.why.clone(), instructions });
            }
        }
        blocks.extend(layer::linker(shipped.iter().any(|part| part.links_late())));
    }
    blocks
}

fn default_place() -> steps::Place {
    steps::Place { venv: path(VENV), uv: false, building: false, shared: false, files: steps::Files::Apart }
}

/// The Python environments, from the stages that made them.
fn environments(inputs: Inputs<'_>) -> Vec<Block> {
    let copy = |stage: StageName, folder: &str| {
        Instruction::CopyFrom(CopyFrom { stage, from: path(folder), to: path(folder) })
    };
    let main = vec![
        copy(StageName::fixed("python"), VENV),
        prepend("PATH", vec![path(&format!("{VENV}/bin"))], true),
    ];
    let mut blocks = vec![Block { why: Why::new("The Python environment"), instructions: main }];
    for venv in &inputs.project.pip.venvs {
        let folder = apart_folder(venv);
        let why = inputs.why(format!("The Python environment `{}`", venv.name.value), venv.span);
        let instructions = vec![copy(StageName::of("venv", &venv.name.value), folder.as_str())];
        blocks.push(Block { why, instructions });
    }
    blocks
}

/// What the user asks for beside the catalogue's packages.
fn extras(around: Around<'_>) -> Vec<Block> {
    let inputs = around.parts.inputs;
    let project = inputs.project;
    let mut blocks: Vec<Block> = around
        .sources
        .iter()
        .map(|(source, why)| Block { why: why.clone(), instructions: source_files(source) })
        .collect();
    blocks.extend(asked_of_apt(inputs));
    let Some(python) = around.python else { return blocks };
    if let Some(run) =
        super::python::asked(inputs, &python.place(), &project.pip.install, &project.pip.requirements)
    {
        let places = project.pip.install.iter().map(|spec| spec.span);
        let places = places.chain(project.pip.requirements.iter().map(|file| file.path.span));
        let why = asked_why(inputs, "Python packages asked for by the project", places);
        blocks.push(Block { why, instructions: vec![Instruction::Run(run)] });
    }
    blocks.extend(user::requirements(inputs, python));
    if around.constrained {
        let run = Run {
            mounts: vec![Mount::Check],
            script: vec![Script::Drift { venv: path(VENV) }],
            ..Run::default()
        };
        let why = Why::new("What is installed is what was resolved");
        blocks.push(Block { why, instructions: vec![Instruction::Run(run)] });
    }
    blocks
}

fn asked_of_apt(inputs: Inputs<'_>) -> Option<Block> {
    let apt = &inputs.project.apt;
    if apt.install.is_empty() && !apt.extra_arg.is_on() {
        return None;
    }
    let packages: BTreeSet<_> = apt.install.iter().map(|install| install.package.value.clone()).collect();
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
    let places = apt.install.iter().map(|install| install.package.span).chain(apt.extra_arg.on());
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
