//! The image that ships: what the packages give it, then the user's own.

use std::collections::BTreeSet;

use crate::value::AptPackage;

use super::package_context::Inputs;
use super::package_plan::PackagePlans;
use super::package_step::ThirdPartyArchive;
use super::pip_urls;
use super::python::{self, LAYERS, Python, VENV, apart_folder};
use super::stage_packages::{self, Layer, prepend, source_files};
use super::steps::{self, Downloads, path};
use super::user;
use super::weight::{self, Layers};
use super::{
    AptCall, Block, CopyFrom, From, Instruction, Mount, Run, Script, Stage, StageName, WheelLayer, Why,
    archives,
};

/// What the stages around give this one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around<'a> {
    pub(super) parts: &'a PackagePlans<'a>,
    /// How environments are made; `None` where nothing of Python is installed.
    pub(super) python: Option<&'a Python>,
    /// The Python packages, layer by layer.
    pub(super) layers: &'a Layers<'a>,
    /// Whether the image that ships makes its environment itself.
    pub(super) makes_environment: bool,
    pub(super) sources: &'a [(ThirdPartyArchive, Why)],
    /// Whether anything is held to a version.
    pub(super) constrained: bool,
    /// Whether anything is held to one exact version.
    pub(super) exact: bool,
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
    let system = system(around);
    let cloning = python::cloning(pip_urls::programs(inputs)).filter(|_| around.python.is_some());
    let mut stages = Vec::new();
    let (from, mut blocks) = if let Some(cloning) = cloning {
        let why = "The image without Python environments";
        stages.push(named("image", "base", why, system));
        let mut project = vec![main_environment("python", around.layers.apart()), cloning];
        project.extend(light(around));
        project.extend(pip_of_project(around));
        project.extend(heavy_apart(around.layers));
        let why = "The Python environment with the project's packages";
        stages.push(named("python-project", "image", why, project));
        let environments = environments(around, "python-project", &around.layers.wheels);
        ("image", [environments, behind(around)].concat())
    } else {
        let environments = environments(around, "python", around.layers.apart());
        ("base", [system, environments, light(around), behind(around), pip_of_project(around)].concat())
    };
    if inputs.project.app.as_ref().is_none_or(|app| app.runs.is_empty()) {
        blocks.extend(check(around));
    }
    blocks.extend(user::blocks(around));
    stages.push(named("final", from, "The final image", blocks));
    stages
}

/// System packages of the catalogue and of the project, the account, then what packages bring beside those: what changes
/// least and what takes longest first, and copies, which depend on nothing before them, behind.
fn system(around: Around<'_>) -> Vec<Block> {
    let shipped = around.parts.shipped();
    let mut defined: BTreeSet<String> = around.parts.inputs.resolution.base.env.iter().cloned().collect();
    for part in around.parts.platform() {
        stage_packages::environment(part, &mut defined);
    }
    let layer = Layer {
        parts: &shipped,
        title: "System packages",
        built: &[],
        direct: &[],
        more: &[],
        defined: &defined,
        held: &archives::held(around.parts, "base"),
    };
    let mut blocks = with_apt_of_project(around, layer.system());
    blocks.extend(user::account(around.parts.inputs));
    blocks.extend(layer.packages(&place(around)));
    blocks
}

/// Where steps of the image that ships are done.
fn place(around: Around<'_>) -> steps::StepContext {
    let place = around.python.map_or_else(default_place, Python::place);
    steps::StepContext { downloads: Downloads::Mounted, ..place }
}

fn default_place() -> steps::StepContext {
    let files = steps::FetchedFiles::Apart;
    steps::StepContext {
        venv: path(VENV),
        uv: false,
        building: false,
        shared: false,
        tools: Vec::new(),
        files,
        downloads: Downloads::Mounted,
    }
}

/// The main Python environment, from the stage that made it.
fn main_environment(stage: &'static str, apart: &[WheelLayer]) -> Block {
    let layer = |layer: &WheelLayer| {
        let from = path(&format!("{LAYERS}/{}", layer.package));
        Instruction::CopyFrom(CopyFrom { stage: StageName::fixed(stage), from, to: path(VENV) })
    };
    let mut instructions: Vec<Instruction> = apart.iter().map(layer).collect();
    instructions.push(copied(StageName::fixed(stage), VENV));
    instructions.push(prepend("PATH", vec![path(&format!("{VENV}/bin"))], true));
    Block { why: Why::default(), instructions }
}

/// Heavy packages put apart where light ones are installed into the same environment.
fn heavy_apart(layers: &Layers<'_>) -> Option<Block> {
    let run = Run { offline: true, script: vec![Script::Layers(layers.wheels.clone())], ..Run::default() };
    let why = Why::new("Heavy packages have separate layers");
    (!layers.wheels.is_empty()).then(|| Block { why, instructions: vec![Instruction::Run(run)] })
}

fn copied(stage: StageName, folder: &str) -> Instruction {
    Instruction::CopyFrom(CopyFrom { stage, from: path(folder), to: path(folder) })
}

/// Whether the image that ships makes its environment itself: it holds what the project asks for alone.
pub(super) fn makes_environment(inputs: Inputs<'_>, layers: &Layers<'_>) -> bool {
    layers.heavy.iter().all(|part| !part.is_python()) && pip_urls::programs(inputs).is_empty()
}

/// The Python environments, from the stages that made them.
fn environments(around: Around<'_>, stage: &'static str, apart: &[WheelLayer]) -> Vec<Block> {
    let inputs = around.parts.inputs;
    let mut blocks = Vec::new();
    if around.python.is_some() && !around.makes_environment {
        blocks.push(main_environment(stage, apart));
    }
    for venv in &inputs.project.pip.venvs {
        let folder = apart_folder(venv);
        let instructions = vec![copied(StageName::of("venv", &venv.name.value), folder.as_str())];
        blocks.push(Block { why: Why::default(), instructions });
    }
    blocks
}

/// The packages that are no part of the layer of heavy ones.
fn light(around: Around<'_>) -> Vec<Block> {
    let block = around.python.and_then(|_| Python::block(&around.layers.light, &place(around)));
    block.into_iter().collect()
}

/// The packages' steps behind their environment.
fn behind(around: Around<'_>) -> Vec<Block> {
    if around.python.is_none() {
        return Vec::new();
    }
    let shipped = around.parts.shipped();
    let mut blocks = Vec::new();
    for part in &shipped {
        let instructions = Python::behind(part, &place(around));
        if !instructions.is_empty() {
            blocks.push(Block { why: part.why.clone(), instructions });
        }
    }
    let late = shipped.iter().map(|part| part.early_and_late().1);
    blocks.extend(stage_packages::linker(late, shipped.iter().any(|part| part.links_late())));
    blocks
}

/// The archives and system packages that the project asks for, behind those of the catalogue: in one transaction, unless
/// those are heavy.
fn with_apt_of_project(around: Around<'_>, mut blocks: Vec<Block>) -> Vec<Block> {
    let mut asked = asked_of_apt(around);
    let is_heavy = around.parts.shipped().into_iter().any(|part| {
        !stage_packages::apt_packages(&part.install).is_empty() && weight::is_heavy(around.parts, part)
    });
    let apart = is_heavy || asked.is_none() || around.parts.inputs.project.apt.recommends.is_on();
    let last = if apart { None } else { blocks.pop_if(|block| apt_of(block).is_some()) };
    blocks.extend(
        around
            .sources
            .iter()
            .map(|(source, why)| Block { why: why.clone(), instructions: source_files(source) }),
    );
    if let (Some(mut last), Some(block)) = (last, &mut asked) {
        if let (Some(of_catalogue), Some(apt)) = (apt_of(&mut last), apt_of(block)) {
            apt.packages.append(&mut of_catalogue.packages);
            apt.packages.sort();
            apt.packages.dedup();
        }
        let Why { reasons, place, .. } = std::mem::take(&mut block.why);
        let mut serves = last.why.list;
        serves.push(("the project".to_owned(), reasons));
        block.why = Why { what: last.why.what, place, list: serves, ..Why::default() };
    }
    blocks.extend(asked);
    blocks
}

/// The transaction that a block is.
fn apt_of(block: &mut Block) -> Option<&mut AptCall> {
    let Some(Instruction::Run(run)) = block.instructions.last_mut() else { return None };
    if let [Script::Apt(apt)] = &mut run.script[..] { Some(apt) } else { None }
}

/// The Python packages that the project asks for.
fn pip_of_project(around: Around<'_>) -> Vec<Block> {
    let inputs = around.parts.inputs;
    let pip = &inputs.project.pip;
    let Some(python) = around.python else { return Vec::new() };
    let app = user::requirements(inputs, python);
    let mut run = python::asked(inputs, &python.place(), &pip.install, &pip.requirements);
    if around.makes_environment {
        run = Some(python.made_with(run.take()));
    }
    let asked = run.map(|run| {
        let places = pip.install.iter().map(|spec| spec.span);
        let places = places.chain(pip.requirements.iter().map(|file| file.path.span));
        let why = asked_why(inputs, "Python packages of the project", places);
        let path =
            around.makes_environment.then(|| prepend("PATH", vec![path(&format!("{VENV}/bin"))], true));
        Block { why, instructions: path.into_iter().chain([Instruction::Run(run)]).collect() }
    });
    asked.into_iter().chain(app).collect()
}

/// Installed versions compared with the resolved ones: behind the last step that may install any.
pub(super) fn check(around: Around<'_>) -> Option<Block> {
    let inputs = around.parts.inputs;
    let run = Run { offline: true, script: vec![Script::Drift { venv: path(VENV) }], ..Run::default() };
    let why = Why::new("Check that the resolved versions are still installed");
    let app = inputs.project.app.as_ref();
    let asks = !inputs.project.pip.install.is_empty() || !inputs.project.pip.requirements.is_empty();
    let asks = asks || app.is_some_and(|app| !app.requirements.is_empty() || !app.runs.is_empty());
    (asks && around.exact).then(|| Block { why, instructions: vec![Instruction::Run(run)] })
}

fn asked_of_apt(around: Around<'_>) -> Option<Block> {
    let inputs = around.parts.inputs;
    let apt = &inputs.project.apt;
    // What a package of the catalogue installs as it is asked for is there already.
    let here = around.parts.shipped().into_iter().chain(around.parts.platform());
    let installed: BTreeSet<_> = here.flat_map(|part| stage_packages::apt_packages(&part.install)).collect();
    let is_left = |one: &&AptPackage| !installed.contains(*one);
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
    let script = Script::Apt(AptCall {
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
    Some(Block { why: asked_why(inputs, "System packages of the project", places), instructions })
}

/// The nodes of the manifest that ask for something: without the words in them, so that one more leaves the comment as it is.
pub(super) fn asked_why(
    inputs: Inputs<'_>,
    what: &str,
    places: impl Iterator<Item = crate::source::Span>,
) -> Why {
    let places: Vec<_> = places.collect();
    let mut reasons: Vec<String> = Vec::new();
    for place in &places {
        let cited = inputs.cite(*place);
        let cited = cited.rsplit_once(' ').map_or(&*cited, |(node, _)| node).to_owned();
        if !reasons.contains(&cited) {
            reasons.push(cited);
        }
    }
    Why { what: what.to_owned(), reasons, place: places.first().copied(), ..Why::default() }
}
