//! The parts of the final image that `app` sets: user account, files, steps and the command.

use std::collections::{BTreeMap, BTreeSet};

use crate::manifest::{App, Copy, Mode, User, Volume};
use crate::value::{EnvName, Id, ImagePath};

use super::final_stage::{self, FinalContext, requested_why};
use super::package_context::Inputs;
use super::package_plan::PackagePlans;
use super::package_step::{PackagePlan, configures_linker};
use super::python::Python;
use super::stage_packages;
use super::steps::{self, path, small};
use super::{
    Block, CopyFrom, FolderOwner, From, Instruction, Mount, Run, SHARED_SUPPORT, Script, Stage, StageName,
    UserAccount, Why, driver_capabilities,
};

/// Installs the Python packages of the application. They come before its files, which change more often.
pub(super) fn requirements(inputs: Inputs<'_>, python: &Python) -> Option<Block> {
    let app = inputs.project.app.as_ref()?;
    let run = super::python::requested(inputs, &python.place(), &[], &app.requirements)?;
    let places = app.requirements.iter().map(|file| file.path.span);
    let why = requested_why(inputs, "Python packages of the application", places);
    Some(Block { why, instructions: vec![Instruction::Run(run)] })
}

/// Creates the user account of the image.
pub(super) fn account(inputs: Inputs<'_>) -> Option<Block> {
    let app = inputs.project.app.as_ref()?;
    app.login().map(|user| account_of(inputs, app, user))
}

/// Returns the blocks from the application's files to the command.
pub(super) fn blocks(context: FinalContext<'_>) -> Vec<Block> {
    let inputs = context.plans.inputs;
    let mut blocks = Vec::new();
    if let Some(app) = &inputs.project.app {
        blocks.extend(files(context, app));
        let tells = app.copies.iter().any(|copy| configures_linker(&copy.to));
        blocks.extend(stage_packages::linker(std::iter::empty(), tells));
        blocks.extend(runs(context, app));
        if !app.runs.is_empty() {
            blocks.extend(final_stage::check(context));
        }
        // After the steps of the application, which may create the user.
        blocks.extend(mount_points(inputs));
        blocks.push(start(app));
    } else {
        blocks.extend(mount_points(inputs));
    }
    let labels = Instruction::Label(labels(inputs));
    let metadata = Block { why: Why::default(), instructions: vec![labels] };
    let at = blocks.len().saturating_sub(usize::from(inputs.project.app.is_some()));
    blocks.splice(at..at, gpu(context).into_iter().chain([metadata]));
    if let Some((view, command)) = super::start::default(inputs) {
        let words = command.words.iter().map(ToString::to_string).collect();
        let why = Why::new(format!("The server of {}", view.title()));
        blocks.push(Block { why, instructions: vec![Instruction::Cmd(words)] });
    }
    blocks.retain(|block| !block.instructions.is_empty());
    blocks
}

/// Sets the variables with which NVIDIA's container runtime and Kubernetes find out which GPUs and driver
/// capabilities the image needs, unless the base image already has these values or a package or the project
/// defines others.
fn gpu(context: FinalContext<'_>) -> Option<Block> {
    let inputs = context.plans.inputs;
    let capabilities = driver_capabilities(&inputs.project.run, &inputs.resolution.target)?;
    let plans = context.plans.shipped().into_iter().chain(context.plans.platform());
    let mut defined: BTreeSet<EnvName> =
        plans.flat_map(|plan| &plan.env).map(|(name, ..)| name.clone()).collect();
    defined.extend(inputs.project.app.iter().flat_map(|app| &app.env).map(|(name, _)| name.value.clone()));
    let known = [("NVIDIA_VISIBLE_DEVICES", "all"), ("NVIDIA_DRIVER_CAPABILITIES", &capabilities)];
    let left = known.into_iter().filter(|(name, value)| {
        let of_base = inputs.resolution.base.sets.get(*name);
        of_base.is_none_or(|of_base| of_base != value) && defined.iter().all(|other| other.as_str() != *name)
    });
    let env: Vec<_> = left.map(|(name, value)| (steps::variable(name), value.to_owned())).collect();
    (!env.is_empty()).then(|| Block { why: Why::default(), instructions: vec![Instruction::Env(env)] })
}

fn account_of(inputs: Inputs<'_>, app: &App, user: &User) -> Block {
    let mut folders = volumes(inputs, app, user);
    folders.retain(|folder| other_writer(inputs, folder).is_none());
    let account = UserAccount {
        name: user.name.value.clone(),
        uid: user.uid,
        gid: user.gid,
        groups: user.groups.iter().map(|group| group.value.clone()).collect(),
        workdir: app.workdir.as_ref().map(|folder| folder.value.clone()),
        volumes: folders,
    };
    let what = format!("User `{}`", user.name.value);
    let run = Run { offline: true, ..small(Script::User(account)) };
    let run = Instruction::Run(run);
    Block { why: inputs.why(what, user.name.span), instructions: vec![run] }
}

/// Returns the folders at or above mount points that the user must own. A new volume gets the owner of the
/// image's folder, and engines create missing folders for root.
fn volumes(inputs: Inputs<'_>, app: &App, user: &User) -> Vec<ImagePath> {
    let home = path(&format!("/home/{}", user.name.value));
    let lives = app.workdir.iter().map(|folder| &folder.value);
    let theirs: Vec<&ImagePath> = lives.chain([&home]).collect();
    let mut all: BTreeSet<ImagePath> = app.volumes.iter().map(|path| path.value.clone()).collect();
    let places = app.volumes.iter().map(|path| &path.value);
    let runs: Vec<_> = super::start::own(inputs).collect();
    let mounts = runs.iter().flat_map(|run| &run.volumes);
    all.extend(mounts.clone().filter(|volume| !volume.bind).map(|volume| volume.to.value.clone()));
    let tmpfs = runs.iter().flat_map(|run| &run.tmpfs).map(|path| &path.value);
    for place in places.chain(mounts.map(|volume| &volume.to.value)).chain(tmpfs) {
        let folders = std::iter::successors(place.parent(), ImagePath::parent);
        let below = |folder: &ImagePath| theirs.iter().any(|one| folder.is_inside(one) && folder != *one);
        all.extend(folders.take_while(below));
    }
    all.into_iter().filter(|path| app.workdir.as_ref().is_none_or(|folder| folder.value != *path)).collect()
}

/// Returns the user of the first service that writes to the volume at this path, if that is neither root nor
/// the user of the image.
fn other_writer(inputs: Inputs<'_>, place: &ImagePath) -> Option<FolderOwner> {
    let runs: Vec<_> = super::start::own(inputs).collect();
    let mut mounted = runs.iter().flat_map(|run| run.volumes.iter().filter(|volume| !volume.bind));
    let here = mounted.find(|volume| volume.to.value == *place)?;
    let written = |volume: &Volume| volume.from.value == here.from.value && volume.mode == Mode::ReadWrite;
    let writer = runs.iter().find(|run| run.volumes.iter().any(written))?;
    let app = inputs.project.app.as_ref();
    if let Some((uid, gid)) = super::user_numbers(writer, app, true) {
        let login = app.and_then(owner).map(|(uid, gid)| (uid.get(), gid.get()));
        let differs = uid != 0 && Some((uid, gid)) != login;
        return differs.then(|| FolderOwner { user: uid.to_string(), group: Some(gid.to_string()) });
    }
    let named = &writer.user.as_ref()?.value;
    let (user, group) = named.split_once(':').map_or((&**named, None), |(user, group)| (user, Some(group)));
    // A variable's value is known only when the container starts.
    (!named.contains('$')).then(|| FolderOwner { user: user.to_owned(), group: group.map(str::to_owned) })
}

/// Creates the mount points of volumes that services write to as another user than the image's. Engines would
/// create them for root.
fn mount_points(inputs: Inputs<'_>) -> Option<Block> {
    let volumes = super::start::own(inputs).flat_map(|run| &run.volumes).filter(|volume| !volume.bind);
    let places: BTreeSet<&ImagePath> = volumes.map(|volume| &volume.to.value).collect();
    let owned = places.into_iter().filter_map(|place| Some((place.clone(), other_writer(inputs, place)?)));
    let script: Vec<Script> = owned.map(|(path, owner)| Script::MountPoint { path, owner }).collect();
    let run = Run { offline: true, script, ..Run::default() };
    let why = Why::new("Mount points of volumes");
    (!run.script.is_empty()).then(|| Block { why, instructions: vec![Instruction::Run(run)] })
}

/// The stage with the project's files.
const APP: &str = "app";
/// The folder of that stage with the files.
const PROJECT: &str = "/project";

fn is_whole_project(copy: &Copy) -> bool {
    copy.from.value.as_str() == "."
}

/// Returns the stage with the project's files if `app` copies the whole folder. It removes jcc's own folder:
/// a change in there alone then changes no layer of the image. The flag `--exclude` of `COPY` would do the
/// same, but needs a newer builder than anything else in the file.
pub(super) fn project(inputs: Inputs<'_>) -> Option<Stage> {
    let copy = inputs.project.app.as_ref()?.copies.iter().find(|copy| is_whole_project(copy))?;
    let files = Instruction::Copy {
        from: copy.from.value.clone(),
        to: path(PROJECT),
        into: false,
        chmod: None,
        chown: None,
    };
    let script = vec![Script::Shell(format!("rm -rf {PROJECT}/{SHARED_SUPPORT}"))];
    let remove = Instruction::Run(Run { offline: true, script, ..Run::default() });
    Some(Stage {
        name: StageName::fixed(APP),
        from: From::Image(inputs.resolution.base.image.clone()),
        why: Why::new(format!("The project's files without `{SHARED_SUPPORT}`")),
        blocks: vec![Block { why: Why::default(), instructions: vec![files, remove] }],
    })
}

fn owner(app: &App) -> Option<(Id, Id)> {
    app.login().map(|user| (user.uid, user.gid))
}

/// Whether the user owns a path: in the working directory, the home directory or a volume. Everything else
/// belongs to root, so that an attacker who takes over the application cannot write it.
fn is_theirs(app: &App, place: &ImagePath) -> bool {
    let home = app.login().map(|user| path(&format!("/home/{}", user.name.value)));
    let lives = app.workdir.iter().map(|folder| &folder.value);
    // Folders above the working directory belong to the application too.
    let above = |folder: &ImagePath| place.as_str() != "/" && folder.is_inside(place);
    lives.clone().any(above)
        || lives
            .chain(&home)
            .chain(app.volumes.iter().map(|volume| &volume.value))
            .any(|one| place.is_inside(one))
}

/// Returns the variables that the base image and the packages of the final image define, with what defines
/// each.
pub(super) fn defined(plans: &PackagePlans<'_>) -> BTreeMap<String, String> {
    let inputs = plans.inputs;
    let of_base =
        inputs.resolution.base.env.iter().map(|name| (name.to_string(), "the base image".to_owned()));
    let all = plans.shipped().into_iter().chain(plans.platform());
    let of_plan = |plan: &PackagePlan| {
        let names: Vec<_> = plan.env.iter().map(|(name, ..)| name.to_string()).collect();
        names.into_iter().map(|name| (name, plan.why.what.clone())).collect::<Vec<_>>()
    };
    let path = ("PATH".to_owned(), "the base image".to_owned());
    std::iter::once(path).chain(of_base).chain(all.flat_map(of_plan)).collect()
}

/// Sets the variables of the application. Folders are prepended to path variables that packages define, which
/// would not find their files otherwise.
fn variables(context: FinalContext<'_>, app: &App) -> Vec<Instruction> {
    let defined = defined(context.plans);
    let mut instructions = Vec::new();
    let mut plain = Vec::new();
    for (name, value) in &app.env {
        let folders = stage_packages::path_list(&name.value, &value.value);
        match folders.filter(|_| defined.contains_key(name.as_str())) {
            Some(folders) => instructions.push(stage_packages::prepend(name.as_str(), folders, true)),
            None => plain.push((name.value.clone(), value.value.clone())),
        }
    }
    instructions.extend((!plain.is_empty()).then_some(Instruction::Env(plain)));
    instructions
}

fn files(context: FinalContext<'_>, app: &App) -> Option<Block> {
    let mut instructions: Vec<Instruction> =
        app.workdir.iter().map(|folder| Instruction::Workdir(folder.value.clone())).collect();
    for copy in &app.copies {
        let to = copy.to.value.clone();
        let chmod = copy.chmod.map(|mode| mode.value);
        let chown = owner(app).filter(|_| is_theirs(app, &copy.to));
        instructions.push(if is_whole_project(copy) {
            let (stage, from) = (StageName::fixed(APP), path(PROJECT));
            Instruction::CopyFrom(CopyFrom { stage, from, to, link: false, chmod, chown })
        } else {
            Instruction::Copy { from: copy.from.value.clone(), to, into: copy.into, chmod, chown }
        });
    }
    // After the files, so that changed variables do not invalidate the cached layers of the files.
    instructions.extend(variables(context, app));
    (!instructions.is_empty()).then(|| Block { why: Why::default(), instructions })
}

/// Returns the `run` lines of the application. Any of them may call pip, so they get the constraints too.
fn runs(context: FinalContext<'_>, app: &App) -> Vec<Block> {
    let inputs = context.plans.inputs;
    let tools = if context.constrained { Mount::Pip } else { Mount::Net };
    let shell = |line: &crate::source::Spanned<String>| {
        let script = vec![Script::Shell(line.value.clone())];
        let run = Run { mounts: vec![tools.clone()], script, ..Run::default() };
        Block {
            why: inputs.why("Step of the application", line.span),
            instructions: vec![Instruction::Run(run)],
        }
    };
    app.runs.iter().map(shell).collect()
}

fn start(app: &App) -> Block {
    let mut instructions = Vec::new();
    let volumes: Vec<_> = app.volumes.iter().map(|volume| volume.value.clone()).collect();
    if !volumes.is_empty() {
        instructions.push(Instruction::Volume(volumes));
    }
    let ports: Vec<_> = app.expose.iter().map(|port| port.value).collect();
    if !ports.is_empty() {
        instructions.push(Instruction::Expose(ports));
    }
    instructions.extend(owner(app).map(|(uid, gid)| Instruction::User(uid, gid)));
    instructions.extend(app.healthcheck.clone().map(Instruction::HealthCheck));
    instructions.extend(app.entrypoint.as_ref().map(|words| Instruction::Entrypoint(words.value.clone())));
    instructions.extend(app.command.as_ref().map(|words| Instruction::Cmd(words.value.clone())));
    Block { why: Why::default(), instructions }
}

/// Returns the labels: those of the OCI image specification, then the user's own, which take precedence.
fn labels(inputs: Inputs<'_>) -> BTreeMap<String, String> {
    let header = &inputs.project.header;
    let resolution = inputs.resolution;
    let base = &resolution.base.image;
    let named = base
        .tag()
        .map_or_else(|| base.repository().to_string(), |tag| format!("{}:{tag}", base.repository()));
    let known = [
        ("org.opencontainers.image.title", Some(header.name.value.to_string())),
        (
            "org.opencontainers.image.version",
            header.version.as_ref().map(|version| version.value.to_string()),
        ),
        ("org.opencontainers.image.description", header.description.as_ref().map(|text| text.value.clone())),
        ("org.opencontainers.image.base.name", Some(named)),
        ("org.opencontainers.image.base.digest", base.digest().map(ToString::to_string)),
        ("dev.jcc.target", Some(resolution.target.name.to_string())),
    ];
    let known = known.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
    let axes = super::head::platform_facts(inputs)
        .into_iter()
        .map(|(axis, value)| (format!("dev.jcc.{axis}"), value));
    let own = header.labels.iter().map(|(key, value)| (key.value.to_string(), value.value.clone()));
    known.chain(axes).chain(own).collect()
}
