//! The data of a plan.

use std::collections::BTreeMap;

use crate::manifest::{BuildSecrets, Grade};
use crate::source::Span;
use crate::value::{ImageRef, Name, PackedText, ProjectPath, Version};

use super::{Git, Instruction, LockedPython, PipTools, PythonEnvironment, Script, Size, Stage, StageName};

/// The contents of a target's Dockerfile and of the files that its steps mount.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The comment at the top of the Dockerfile.
    pub head: Head,
    /// The image of the `# syntax=` directive, if the manifest sets one.
    pub frontend: Option<ImageRef>,
    /// The prefix of the cache mounts' ids: distribution, release and architecture.
    pub cache_key: String,
    pub stages: Vec<Stage>,
    /// The settings that all pip steps share.
    pub pip: PipTools,
    /// The lines of each stage's constraints file, such as `torch==2.6.0`.
    pub constraints: BTreeMap<StageName, Vec<String>>,
    /// The Python environments.
    pub environments: Vec<PythonEnvironment>,
    /// The closure files.
    pub locked: LockedPython,
    /// The texts of signing keys from definitions, by the name of the apt source.
    pub keys: BTreeMap<Name, String>,
    /// The checks that the stage `test` runs.
    pub checks: Vec<Check>,
    /// Patterns of libraries that come from the host's driver, so checks do not report them as missing.
    pub driver_libraries: Vec<PackedText>,
    /// The folder of the generated files that steps mount.
    pub support: ProjectPath,
    /// The secrets that steps with network access may read.
    pub secrets: BuildSecrets,
    /// Whether apt uses a cache on the build host if one is running.
    pub apt_cache: bool,
    /// Everything that the generated files download, in the order of the files.
    pub fetches: Vec<Fetched>,
    /// The number of layers of the final image, including those of the base image if known.
    pub layers: u32,
    /// The size of the image and its models, as far as it is known.
    pub size: Size,
    /// Tests that need a running container: those of packages, then the project's own.
    pub tests: Vec<Check>,
    /// Notes of packages about running them and about the host.
    pub notes: Vec<PackageNote>,
    /// `SOURCE_DATE_EPOCH`, in seconds.
    pub epoch: u64,
}

/// A test of the image, or of the running container.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// The package that defines the test; `None` for one of the project.
    pub package: Option<Name>,
    /// `opengl: libraries`.
    pub name: String,
    pub script: Vec<Script>,
}

/// A note for users of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageNote {
    pub package: Name,
    pub version: Version,
    /// `vtk 9.3.1: …`.
    pub text: String,
}

impl Plan {
    /// Returns the repositories that the build clones.
    pub fn repositories(&self) -> impl Iterator<Item = &Git> {
        let instructions =
            self.stages.iter().flat_map(|stage| &stage.blocks).flat_map(|block| &block.instructions);
        let scripts = instructions
            .filter_map(|one| if let Instruction::Run(run) = one { Some(&run.script) } else { None });
        scripts.flatten().filter_map(|script| if let Script::Git(git) = script { Some(git) } else { None })
    }

    pub fn stage(&self, name: &str) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.name.as_str() == name)
    }
}

/// The contents of the comment at the top of the Dockerfile.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Head {
    /// `0.1.0`.
    pub compiler: String,
    /// `project.kdl`.
    pub manifest: String,
    /// `orin: Jetson AGX Orin`.
    pub target: String,
    /// The resolved platform, as names and versions: `l4t` and `36.4.3`.
    pub platform: Vec<(String, String)>,
    /// The overrides: `cuda 12.6 instead of 12.2 (project.kdl: pin cuda)`.
    pub overrides: Vec<String>,
    /// The codes of allowed warnings, with the reasons.
    pub allowed: Vec<(String, String)>,
}

/// A download of the build.
#[derive(Debug, Clone, PartialEq)]
pub struct Fetched {
    /// The URL, Python requirement, system package or image.
    pub what: String,
    pub kind: FetchKind,
    pub grade: Grade,
    /// The package that needs it; `None` for the project's own.
    pub package: Option<Name>,
    pub place: Option<Span>,
    pub stage: StageName,
}

/// Kind of a download, as `jcc audit` lists it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FetchKind {
    Image,
    Apt,
    Key,
    /// A Python package from an index.
    Pip,
    File,
    Git,
    /// An archive of system packages.
    Archive,
    /// An index of Python packages, or an option that names one.
    Index,
    /// A shell command that downloads something.
    Run,
    /// A step that may download what files name that jcc does not read. It has no pin grade.
    Unseen,
}
