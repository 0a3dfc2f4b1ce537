//! Converts the steps of package plans to instructions of a stage.

use crate::value::{AptPackage, EnvName, ImagePath, Parse, PepRequirement};

use super::package_step::{Download, PackagePlan, PackageStep, PackageStepKind, configures_linker};
use super::{Fetch, Instruction, Mount, PipCall, PipSource, Run, Script, StageName, Tool};

/// The folder where downloads are mounted or added.
pub(super) const FETCHED: &str = "/run/fetch";
/// The folder of wheels in build stages.
pub(super) const WHEELS: &str = "/wheels";

/// Parses a path of the plan's own, which is known to be valid.
pub(super) fn path(text: &str) -> ImagePath {
    ImagePath::parse(text).expect("the plan's own paths are absolute")
}

/// Where archives are unpacked and repositories are cloned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FetchedFiles {
    /// In the stage itself.
    Here,
    /// In a separate stage, from which they are copied.
    Separate,
}

/// How downloads get into a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Downloads {
    /// With `ADD`, in stages that are not part of the final image.
    Added,
    /// Mounted from a separate stage.
    Mounted,
}

/// The context in which steps run: the stage and its Python environment.
#[derive(Debug, Clone)]
pub(super) struct StepContext {
    /// The folder of the Python environment.
    pub(super) venv: ImagePath,
    pub(super) uv: bool,
    /// Whether it is a build stage, which builds in parallel.
    pub(super) building: bool,
    /// Whether builds of wheels use the environment's packages, rather than an isolated environment.
    pub(super) shared: bool,
    /// The requirements of build tools, for builds without isolation.
    pub(super) tools: Vec<String>,
    /// Where archives are unpacked and repositories are cloned.
    pub(super) files: FetchedFiles,
    /// How downloads get into the stage.
    pub(super) downloads: Downloads,
}

impl StepContext {
    /// Whether the steps are those of the package that is built, rather than of its dependencies.
    fn is_own_build(&self) -> bool {
        self.building && self.files == FetchedFiles::Here
    }
}

/// Returns the name of the stage that downloads a package's files.
pub(super) fn fetch_stage(plan: &PackagePlan) -> StageName {
    StageName::of("fetch", &plan.name)
}

/// Converts steps to instructions. Downloads come first. Steps for system packages, apt archives, exports and
/// the linker are left out, because `stage_packages` and `build` handle them.
pub(super) fn instructions(
    plan: &PackagePlan,
    steps: &[PackageStep],
    place: &StepContext,
) -> Vec<Instruction> {
    let mut out: Vec<Instruction> = Vec::new();
    let mut added = Vec::new();
    for step in steps {
        match &step.kind {
            PackageStepKind::Apt(_) | PackageStepKind::Source(_) | PackageStepKind::Export { .. } => {}
            // One `ldconfig` serves all packages that a stage takes.
            PackageStepKind::Ldconfig if !place.is_own_build() => {}
            PackageStepKind::File(file) if configures_linker(&file.to) && !place.is_own_build() => {}
            PackageStepKind::File(file) => out.push(Instruction::CopyText(file.clone())),
            PackageStepKind::Verbatim(text) => out.push(Instruction::Verbatim(text.clone())),
            PackageStepKind::Env(pairs) => out.push(Instruction::Env(pairs.clone())),
            PackageStepKind::Archive { .. } | PackageStepKind::Git(_)
                if place.files == FetchedFiles::Separate => {}
            kind => {
                added.extend(kind.download().filter(|_| place.downloads == Downloads::Added).map(add));
                push(&mut out, run(plan, kind, place));
            }
        }
    }
    added.dedup();
    added.into_iter().chain(out).collect()
}

/// Returns the instruction that downloads a file into the stage.
fn add(download: &Download) -> Instruction {
    let Download { url, sha256, file } = download;
    let (url, sha256, grade) = (url.clone(), sha256.clone(), download.grade());
    Instruction::Fetch(Fetch { url, sha256, to: file.under(FETCHED), grade })
}

/// Adds a step, and merges it with the previous one if a single layer can serve both. Nothing is merged after
/// a shell text, which may change the folder or exit. Clones have a separate layer, so that they are not
/// repeated after a failed build.
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

fn run(plan: &PackagePlan, kind: &PackageStepKind, place: &StepContext) -> Run {
    let script: Vec<Script> = script(plan, kind, place).into_iter().collect();
    let env = match kind {
        PackageStepKind::WheelBuild { env, .. }
        | PackageStepKind::Shell { env, .. }
        | PackageStepKind::Script { env, .. } => env.clone(),
        _ => Vec::new(),
    };
    let installs =
        matches!(kind, PackageStepKind::Pip { .. } | PackageStepKind::Wheel(_) | PackageStepKind::Deb(_));
    Run {
        mounts: mounts(plan, kind, place),
        jobs: place.building && !installs,
        env,
        script,
        ..Run::default()
    }
}

fn mounts(plan: &PackagePlan, kind: &PackageStepKind, place: &StepContext) -> Vec<Mount> {
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
    own.into_iter().chain(kind.download().and_then(|_| fetch_mount(plan, place))).collect()
}

fn script(plan: &PackagePlan, kind: &PackageStepKind, place: &StepContext) -> Option<Script> {
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
            tools: place.tools.iter().filter(|tool| !pins(plan, tool)).cloned().collect(),
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

/// Whether a package's own steps install a distribution.
fn pins(plan: &PackagePlan, tool: &str) -> bool {
    let name = |spec: &str| PepRequirement::parse(spec).map(|spec| spec.normalised_name()).ok();
    let mut specs = plan.build.iter().chain(&plan.install).flat_map(|step| match &step.kind {
        PackageStepKind::Pip { specs, .. } => specs.as_slice(),
        _ => &[],
    });
    specs.any(|spec| name(spec) == name(tool))
}

/// Returns a step without mounts.
pub(super) fn small(script: Script) -> Run {
    Run { script: vec![script], ..Run::default() }
}

/// Returns a call of the environment's installer with the constraints of the stage.
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

/// Returns the mount of a package's downloads if they are not added to the stage itself.
fn fetch_mount(plan: &PackagePlan, place: &StepContext) -> Option<Mount> {
    let mount = Mount::Stage { stage: fetch_stage(plan), source: path("/"), target: path(FETCHED) };
    (place.downloads == Downloads::Mounted).then_some(mount)
}

/// Returns the system packages that steps need: Git, and the programs to unpack archives.
pub(super) fn tools_of(steps: &[PackageStep]) -> Vec<AptPackage> {
    let mut names = Vec::new();
    for step in steps {
        match &step.kind {
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
        .chain(super::pip_urls::programs_of_steps(steps))
        .collect()
}

pub(super) fn variable(name: &str) -> EnvName {
    EnvName::parse(name).expect("the plan's own variables are well named")
}
