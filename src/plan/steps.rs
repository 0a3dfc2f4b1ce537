//! Acts as instructions of a stage.

use crate::value::{AptPackage, EnvName, ImagePath, Parse, PepRequirement};

use super::package_step::{Download, PackagePlan, PackageStep, PackageStepKind, tells_linker};
use super::{Fetch, Instruction, Mount, PipCall, PipSource, Run, Script, StageName, Tool};

/// Where files that a stage apart has fetched are seen.
const FETCHED: &str = "/run/fetch";
/// Where wheels that a stage apart has built are seen, and where it leaves them.
pub(super) const WHEELS: &str = "/wheels";

/// A path that is known to be one.
pub(super) fn path(text: &str) -> ImagePath {
    ImagePath::parse(text).expect("the plan's own paths are absolute")
}

/// Where archives and trees are brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FetchedFiles {
    /// Right where the steps are done.
    Here,
    /// In a stage apart, from which they are copied.
    Apart,
}

/// How downloads come into a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Downloads {
    /// Added to the stage, whose files do not ship.
    Added,
    /// Mounted from a stage apart.
    Mounted,
}

/// What the steps of a package are laid out in.
#[derive(Debug, Clone)]
pub(super) struct StepContext {
    /// The Python environment there.
    pub(super) venv: ImagePath,
    pub(super) uv: bool,
    /// Whether it is a stage that builds: with all jobs, and nothing put off.
    pub(super) building: bool,
    /// Whether a wheel's build sees what is installed, rather than an isolated environment.
    pub(super) shared: bool,
    /// What such a build needs beside it, as pip is asked for it.
    pub(super) tools: Vec<String>,
    /// Where archives and trees of an installation are brought.
    pub(super) files: FetchedFiles,
    /// How downloads come into the stage.
    pub(super) downloads: Downloads,
}

impl StepContext {
    /// Whether a package's own build is done here, rather than what the build needs.
    fn is_own_build(&self) -> bool {
        self.building && self.files == FetchedFiles::Here
    }
}

/// The stage that fetches a package's files.
pub(super) fn fetch_stage(part: &PackagePlan) -> StageName {
    StageName::of("fetch", &part.name)
}

/// What the steps become, those of system packages, archives' sources, exports and the linker left out: they are laid out
/// elsewhere. Downloads come first.
pub(super) fn instructions(
    part: &PackagePlan,
    acts: &[PackageStep],
    place: &StepContext,
) -> Vec<Instruction> {
    let mut out: Vec<Instruction> = Vec::new();
    let mut added = Vec::new();
    for act in acts {
        match &act.kind {
            PackageStepKind::Apt(_) | PackageStepKind::Source(_) | PackageStepKind::Export { .. } => {}
            // One `ldconfig` serves all packages that a stage takes.
            PackageStepKind::Ldconfig if !place.is_own_build() => {}
            PackageStepKind::File(file) if tells_linker(&file.to) && !place.is_own_build() => {}
            PackageStepKind::File(file) => out.push(Instruction::CopyText(file.clone())),
            PackageStepKind::Verbatim(text) => out.push(Instruction::Verbatim(text.clone())),
            PackageStepKind::Env(pairs) => out.push(Instruction::Env(pairs.clone())),
            PackageStepKind::Archive { .. } | PackageStepKind::Git(_)
                if place.files == FetchedFiles::Apart => {}
            kind => {
                added.extend(kind.download().filter(|_| place.downloads == Downloads::Added).map(add));
                push(&mut out, run(part, kind, place));
            }
        }
    }
    added.dedup();
    added.into_iter().chain(out).collect()
}

/// A download added to the stage itself.
fn add(download: &Download) -> Instruction {
    let Download { url, sha256, file } = download;
    let (url, sha256, grade) = (url.clone(), sha256.clone(), download.grade());
    Instruction::Fetch(Fetch { url, sha256, to: file.under(FETCHED), grade })
}

/// Adds a step to the one before, where one layer serves both. Nothing follows a shell, which may go elsewhere or end; what
/// is cloned stays a layer apart, so that a build that fails clones once.
fn push(out: &mut Vec<Instruction>, run: Run) {
    if let Some(Instruction::Run(last)) = out.last_mut() {
        let ends = |script: &Script| {
            matches!(script, Script::Shell(_) | Script::File(_) | Script::Tool { tool: Tool::Colcon, .. })
        };
        let clones = |run: &Run| run.script.iter().any(|script| matches!(script, Script::Git(_)));
        let alike = last.jobs == run.jobs && last.env.is_empty() && run.env.is_empty();
        if alike && !last.script.iter().any(ends) && clones(last) == clones(&run) {
            last.mounts.extend(run.mounts);
            last.mounts.sort();
            last.mounts.dedup();
            last.script.extend(run.script);
            return;
        }
    }
    out.push(Instruction::Run(run));
}

fn run(part: &PackagePlan, kind: &PackageStepKind, place: &StepContext) -> Run {
    let script: Vec<Script> = script(part, kind, place).into_iter().collect();
    let env = match kind {
        PackageStepKind::WheelBuild { env, .. }
        | PackageStepKind::Shell { env, .. }
        | PackageStepKind::Script { env, .. } => env.clone(),
        _ => Vec::new(),
    };
    let installs =
        matches!(kind, PackageStepKind::Pip { .. } | PackageStepKind::Wheel(_) | PackageStepKind::Deb(_));
    Run {
        mounts: mounts(part, kind, place),
        jobs: place.building && !installs,
        env,
        script,
        ..Run::default()
    }
}

fn mounts(part: &PackagePlan, kind: &PackageStepKind, place: &StepContext) -> Vec<Mount> {
    let own = match kind {
        PackageStepKind::Pip { .. } | PackageStepKind::Wheel(_) | PackageStepKind::WheelBuild { .. } => {
            Some(Mount::Pip)
        }
        PackageStepKind::Deb(_) => Some(Mount::Apt),
        PackageStepKind::Git(_) | PackageStepKind::Shell { .. } | PackageStepKind::Script { .. } => {
            Some(Mount::Net)
        }
        _ => None,
    };
    own.into_iter().chain(kind.download().and_then(|_| fetch_mount(part, place))).collect()
}

fn script(part: &PackagePlan, kind: &PackageStepKind, place: &StepContext) -> Option<Script> {
    let fetched = |download: &Download| download.file.under(FETCHED);
    Some(match kind {
        PackageStepKind::Pip { specs, index, deps } => {
            let what = specs.iter().cloned().map(PipSource::Spec).collect();
            Script::Pip(PipCall { index: index.clone(), no_deps: !deps, ..pip_call(place, what) })
        }
        PackageStepKind::Wheel(download) => {
            Script::Pip(pip_call(place, vec![PipSource::File(fetched(download))]))
        }
        PackageStepKind::WheelBuild { from, .. } => Script::WheelBuild {
            venv: place.venv.clone(),
            from: from.clone(),
            to: path(WHEELS),
            shared: place.shared,
            tools: place.tools.iter().filter(|tool| !pins(part, tool)).cloned().collect(),
        },
        PackageStepKind::Deb(download) => Script::Deb { files: vec![fetched(download)] },
        PackageStepKind::Archive { download, to, strip } => {
            Script::Unpack { archive: fetched(download), to: to.clone(), strip: *strip }
        }
        PackageStepKind::Git(git) => Script::Git(git.clone()),
        PackageStepKind::Cmake(cmake) => Script::Cmake(cmake.clone()),
        PackageStepKind::Tool { tool, directory, arguments } => {
            let (directory, arguments) = (directory.clone(), arguments.clone());
            Script::Tool { tool: *tool, directory, arguments }
        }
        PackageStepKind::Shell { text, .. } => Script::Shell(text.clone()),
        PackageStepKind::Script { file, .. } => Script::File(file.clone()),
        PackageStepKind::Symlink { target, at } => Script::Symlink { target: target.clone(), at: at.clone() },
        PackageStepKind::Mkdir(script) => script.clone(),
        PackageStepKind::Ldconfig => Script::Ldconfig,
        PackageStepKind::Apt(_)
        | PackageStepKind::Source(_)
        | PackageStepKind::Export { .. }
        | PackageStepKind::File(_)
        | PackageStepKind::Verbatim(_)
        | PackageStepKind::Env(_) => return None,
    })
}

/// Whether a package's own steps choose the version of a distribution.
fn pins(part: &PackagePlan, tool: &str) -> bool {
    let name = |spec: &str| PepRequirement::parse(spec).map(|spec| spec.normalised_name()).ok();
    let mut specs = part.build.iter().chain(&part.install).flat_map(|act| match &act.kind {
        PackageStepKind::Pip { specs, .. } => specs.as_slice(),
        _ => &[],
    });
    specs.any(|spec| name(spec) == name(tool))
}

/// A step that needs nothing mounted.
pub(super) fn small(script: Script) -> Run {
    Run { script: vec![script], ..Run::default() }
}

/// A call of the main environment's installer, held to the resolver's choices.
pub(super) fn pip_call(place: &StepContext, what: Vec<PipSource>) -> PipCall {
    PipCall {
        venv: place.venv.clone(),
        what,
        index: None,
        extra_indexes: Vec::new(),
        no_deps: false,
        uv: place.uv,
        constrained: true,
    }
}

/// The downloads of a package, where they are not in the stage itself.
fn fetch_mount(part: &PackagePlan, place: &StepContext) -> Option<Mount> {
    let mount = Mount::Stage { stage: fetch_stage(part), source: path("/"), target: path(FETCHED) };
    (place.downloads == Downloads::Mounted).then_some(mount)
}

/// System packages without which steps of a stage could not be done: git, and what archives are packed by.
pub(super) fn tools_of(acts: &[PackageStep]) -> Vec<AptPackage> {
    let mut names = Vec::new();
    for act in acts {
        match &act.kind {
            PackageStepKind::Git(_) => names.extend(["ca-certificates", "git"]),
            PackageStepKind::Archive { download, .. } => {
                let file = download.file.as_str();
                let packed = [
                    (".xz", "xz-utils"),
                    (".bz2", "bzip2"),
                    (".zst", "zstd"),
                    (".tzst", "zstd"),
                    (".zip", "unzip"),
                    (".txz", "xz-utils"),
                ];
                names.extend(packed.iter().filter(|(end, _)| file.ends_with(end)).map(|(_, name)| *name));
            }
            _ => {}
        }
    }
    names
        .into_iter()
        .map(|name| AptPackage::parse(name).expect("the plan's own packages are well named"))
        .chain(super::pip_urls::programs_of_acts(acts))
        .collect()
}

pub(super) fn variable(name: &str) -> EnvName {
    EnvName::parse(name).expect("the plan's own variables are well named")
}
