//! The final image: packages of the catalogue first, then the user's own packages and files.

use std::collections::BTreeSet;

use crate::value::AptPackage;

use super::package_context::Inputs;
use super::package_plan::PackagePlans;
use super::package_step::ThirdPartyArchive;
use super::pip_urls;
use super::python::{self, LAYERS, Python, VENV, venv_folder};
use super::stage_packages::{self, Layer, prepend, source_files};
use super::steps::{self, Downloads, path};
use super::user;
use super::weight::{self, Layers};
use super::{
    AptCall, Block, CopyFrom, From, Instruction, Mount, Run, Script, Stage, StageName, WheelLayer, Why,
    archives,
};

/// The inputs of the final stage.
#[derive(Debug, Clone, Copy)]
pub(super) struct FinalContext<'a> {
    pub(super) plans: &'a PackagePlans<'a>,
    /// The settings of Python environments; `None` if no Python packages are installed.
    pub(super) python: Option<&'a Python>,
    /// The Python packages by layer.
    pub(super) layers: &'a Layers<'a>,
    /// Whether the final stage creates the main environment, instead of copying it from the stage `python`.
    pub(super) makes_environment: bool,
    pub(super) sources: &'a [(ThirdPartyArchive, Why)],
    /// Whether there are any version constraints for pip.
    pub(super) constrained: bool,
    /// Whether any of the constraints is an exact version of a chosen package.
    pub(super) exact: bool,
}

/// Returns the stage `final`. If pip clones repositories for the project, it is preceded by stages that keep
/// Git out of the final image.
pub(super) fn stages(context: FinalContext<'_>) -> Vec<Stage> {
    let inputs = context.plans.inputs;
    let named = |name, from, why: &str, blocks| Stage {
        name: StageName::fixed(name),
        from: From::Stage(StageName::fixed(from)),
        why: Why::new(why),
        blocks,
    };
    let system = system(context);
    let cloning = python::cloning(pip_urls::programs(inputs)).filter(|_| context.python.is_some());
    let mut stages = Vec::new();
    let (from, mut blocks) = if let Some(cloning) = cloning {
        let why = "The image without Python environments";
        stages.push(named("image", "base", why, system));
        let mut project = vec![main_environment("python", context.layers.separate()), cloning];
        project.extend(light(context));
        project.extend(pip_of_project(context));
        project.extend(separate_heavy(context.layers));
        let why = "The Python environment with the project's packages";
        stages.push(named("python-project", "image", why, project));
        let environments = environments(context, "python-project", &context.layers.wheels);
        ("image", [environments, late_steps(context)].concat())
    } else {
        let environments = environments(context, "python", context.layers.separate());
        (
            "base",
            [system, environments, light(context), late_steps(context), pip_of_project(context)].concat(),
        )
    };
    if inputs.project.app.as_ref().is_none_or(|app| app.runs.is_empty()) {
        blocks.extend(check(context));
    }
    blocks.extend(user::blocks(context));
    stages.push(named("final", from, "The final image", blocks));
    stages
}

/// Returns the blocks with system packages of the catalogue and of the project, the user account, then the
/// other files of packages. Blocks that change rarely and take long come first; copies come last, because
/// they do not depend on earlier layers.
fn system(context: FinalContext<'_>) -> Vec<Block> {
    let shipped = context.plans.shipped();
    let mut defined: BTreeSet<String> =
        context.plans.inputs.resolution.base.env.iter().map(ToString::to_string).collect();
    for plan in context.plans.platform() {
        stage_packages::environment(plan, &mut defined);
    }
    let layer = Layer {
        plans: &shipped,
        title: "System packages",
        built: &[],
        direct: &[],
        more: &[],
        defined: &defined,
        archives: &archives::present(context.plans, "base"),
    };
    let mut blocks = with_apt_of_project(context, layer.system());
    blocks.extend(user::account(context.plans.inputs));
    blocks.extend(layer.packages(&place(context)));
    blocks
}

/// Returns the context of steps in the final image.
fn place(context: FinalContext<'_>) -> steps::StepContext {
    let place = context.python.map_or_else(default_place, Python::place);
    steps::StepContext { downloads: Downloads::Mounted, ..place }
}

fn default_place() -> steps::StepContext {
    let files = steps::FetchedFiles::Separate;
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

/// Copies the main Python environment from the stage that created it.
fn main_environment(stage: &'static str, apart: &[WheelLayer]) -> Block {
    let layer = |layer: &WheelLayer| {
        let from = path(&format!("{LAYERS}/{}", layer.package));
        Instruction::CopyFrom(CopyFrom::linked(StageName::fixed(stage), from, path(VENV)))
    };
    let mut instructions: Vec<Instruction> = apart.iter().map(layer).collect();
    instructions.push(copied(StageName::fixed(stage), VENV));
    instructions.push(prepend("PATH", vec![path(&format!("{VENV}/bin"))], true));
    Block { why: Why::default(), instructions }
}

/// Moves heavy packages out of an environment into which light ones were installed, so that each gets a
/// separate layer.
fn separate_heavy(layers: &Layers<'_>) -> Option<Block> {
    let run = Run { offline: true, script: vec![Script::Layers(layers.wheels.clone())], ..Run::default() };
    let why = Why::new("Heavy packages have separate layers");
    (!layers.wheels.is_empty()).then(|| Block { why, instructions: vec![Instruction::Run(run)] })
}

fn copied(stage: StageName, folder: &str) -> Instruction {
    Instruction::CopyFrom(CopyFrom::linked(stage, path(folder), path(folder)))
}

/// Whether the final stage creates the main environment: it contains only what the project requests from pip.
pub(super) fn makes_environment(inputs: Inputs<'_>, layers: &Layers<'_>) -> bool {
    layers.heavy.iter().all(|plan| !plan.is_python()) && pip_urls::programs(inputs).is_empty()
}

/// Copies the Python environments from the stages that created them.
fn environments(context: FinalContext<'_>, stage: &'static str, apart: &[WheelLayer]) -> Vec<Block> {
    let inputs = context.plans.inputs;
    let mut blocks = Vec::new();
    if context.python.is_some() && !context.makes_environment {
        blocks.push(main_environment(stage, apart));
    }
    for venv in &inputs.project.pip.venvs {
        let folder = venv_folder(venv);
        let instructions = vec![copied(StageName::of("venv", &venv.name.value), folder.as_str())];
        blocks.push(Block { why: Why::default(), instructions });
    }
    blocks
}

/// Installs the Python packages that are not in the layers of heavy ones.
fn light(context: FinalContext<'_>) -> Vec<Block> {
    let block = context.python.and_then(|_| Python::block(&context.layers.light, &place(context)));
    block.into_iter().collect()
}

/// Returns the steps of packages that need the Python environment.
fn late_steps(context: FinalContext<'_>) -> Vec<Block> {
    if context.python.is_none() {
        return Vec::new();
    }
    let shipped = context.plans.shipped();
    let mut blocks = Vec::new();
    for plan in &shipped {
        let instructions = Python::late_steps(plan, &place(context));
        if !instructions.is_empty() {
            blocks.push(Block { why: plan.why.clone(), instructions });
        }
    }
    let late = shipped.iter().map(|plan| plan.early_and_late().1);
    blocks.extend(stage_packages::linker(late, shipped.iter().any(|plan| plan.links_late())));
    blocks
}

/// Adds the project's own archives and system packages after those of the catalogue. The packages are
/// installed in the same transaction, unless those of the catalogue are heavy.
fn with_apt_of_project(context: FinalContext<'_>, mut blocks: Vec<Block>) -> Vec<Block> {
    let mut asked = requested_apt(context);
    let is_heavy = context.plans.shipped().into_iter().any(|plan| {
        !stage_packages::apt_packages(&plan.install).is_empty() && weight::is_heavy(context.plans, plan)
    });
    let apart = is_heavy || asked.is_none() || context.plans.inputs.project.apt.recommends.is_on();
    let last = if apart { None } else { blocks.pop_if(|block| apt_of(block).is_some()) };
    blocks.extend(
        context
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

/// Returns the apt call of a block that consists of one.
fn apt_of(block: &mut Block) -> Option<&mut AptCall> {
    let Some(Instruction::Run(run)) = block.instructions.last_mut() else { return None };
    if let [Script::Apt(apt)] = &mut run.script[..] { Some(apt) } else { None }
}

/// Installs the Python packages that the project requests.
fn pip_of_project(context: FinalContext<'_>) -> Vec<Block> {
    let inputs = context.plans.inputs;
    let pip = &inputs.project.pip;
    let Some(python) = context.python else { return Vec::new() };
    let app = user::requirements(inputs, python);
    let mut run = python::requested(inputs, &python.place(), &pip.install, &pip.requirements);
    if context.makes_environment {
        run = Some(python.made_with(run.take()));
    }
    let asked = run.map(|run| {
        let places = pip.install.iter().map(|spec| spec.span);
        let places = places.chain(pip.requirements.iter().map(|file| file.path.span));
        let why = requested_why(inputs, "Python packages of the project", places);
        let path =
            context.makes_environment.then(|| prepend("PATH", vec![path(&format!("{VENV}/bin"))], true));
        Block { why, instructions: path.into_iter().chain([Instruction::Run(run)]).collect() }
    });
    asked.into_iter().chain(app).collect()
}

/// Returns the check that the resolved versions are still installed, which runs after the last step that may
/// install others.
pub(super) fn check(context: FinalContext<'_>) -> Option<Block> {
    let inputs = context.plans.inputs;
    let run = Run { offline: true, script: vec![Script::Drift { venv: path(VENV) }], ..Run::default() };
    let why = Why::new("Check that the resolved versions are still installed");
    let app = inputs.project.app.as_ref();
    let asks = !inputs.project.pip.install.is_empty() || !inputs.project.pip.requirements.is_empty();
    let asks = asks || app.is_some_and(|app| !app.requirements.is_empty() || !app.runs.is_empty());
    (asks && context.exact).then(|| Block { why, instructions: vec![Instruction::Run(run)] })
}

fn requested_apt(context: FinalContext<'_>) -> Option<Block> {
    let inputs = context.plans.inputs;
    let apt = &inputs.project.apt;
    // Packages that the catalogue installs in the requested version are already present.
    let here = context.plans.shipped().into_iter().chain(context.plans.platform());
    let installed: BTreeSet<_> = here.flat_map(|plan| stage_packages::apt_packages(&plan.install)).collect();
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
    Some(Block { why: requested_why(inputs, "System packages of the project", places), instructions })
}

/// Cites the nodes of the manifest that request something, without their arguments, so that adding an
/// argument does not change the comment.
pub(super) fn requested_why(
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
