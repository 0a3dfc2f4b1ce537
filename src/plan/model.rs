//! The whole of what is written.

use std::collections::BTreeMap;

use crate::manifest::{BuildSecrets, Grade};
use crate::source::Span;
use crate::value::{ImageRef, Name, ProjectPath, Version};

use super::{PipTools, Script, Size, Stage, StageName};

/// What is written for a target, as data.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// What the head of the Dockerfile says.
    pub head: Head,
    /// The `# syntax=` image, where the manifest asks for one.
    pub frontend: Option<ImageRef>,
    /// Names the build caches: the distribution with its release, and the architecture.
    pub cache_key: String,
    pub stages: Vec<Stage>,
    /// What all pip steps have in common.
    pub pip: PipTools,
    /// The versions that installers are held to, by stage; each is one line of a constraints file: `torch==2.6.0`.
    pub constraints: BTreeMap<StageName, Vec<String>>,
    /// The texts of the keys of apt sources, by the source's name; their fingerprints are checked.
    pub keys: BTreeMap<Name, String>,
    /// The checks that the stage `test` runs.
    pub checks: Vec<Check>,
    /// Patterns of libraries that the host's driver brings: no check misses them.
    pub driver_libraries: Vec<String>,
    /// Where the generated files are that steps mount.
    pub support: ProjectPath,
    /// The secrets that steps which fetch may read.
    pub secrets: BuildSecrets,
    /// Whether apt looks for a cache on the builder's machine.
    pub apt_cache: bool,
    /// Everything that the files fetch, in the order in which they do.
    pub fetches: Vec<Fetched>,
    /// Layers of the image that ships, the base's included (as far as they are known).
    pub layers: u32,
    /// How much room it takes, as far as it is known.
    pub size: Size,
    /// Tests that need the started container: the packages', then the project's own.
    pub tests: Vec<Check>,
    /// What a user must know at run time or on the host.
    pub notes: Vec<PackageNote>,
    /// `SOURCE_DATE_EPOCH`, seconds.
    pub epoch: u64,
}

/// A test of the image, or of the started container.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// The package whose it is; nothing for one of the project.
    pub package: Option<Name>,
    /// `opengl: libraries`.
    pub name: String,
    pub script: Vec<Script>,
}

/// What users of a package must know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageNote {
    pub package: Name,
    pub version: Version,
    /// `vtk 9.3.1: …`.
    pub text: String,
}

impl Plan {
    pub fn stage(&self, name: &str) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.name.as_str() == name)
    }
}

/// What the head of the Dockerfile says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Head {
    /// `0.1.0`.
    pub compiler: String,
    /// `project.kdl`.
    pub manifest: String,
    /// `orin: Jetson AGX Orin`.
    pub target: String,
    /// What was resolved of the platform, a line each: `l4t 36.4.3`.
    pub platform: Vec<(String, String)>,
    /// What is not as the platform has it by default: `cuda 12.6 instead of 12.2 (project.kdl: pin cuda)`.
    pub overrides: Vec<String>,
    /// Warnings that are meant: the code and the reason.
    pub allowed: Vec<(String, String)>,
}

/// One thing that the build fetches.
#[derive(Debug, Clone, PartialEq)]
pub struct Fetched {
    /// What: a URL, a requirement, a system package, an image.
    pub what: String,
    pub kind: FetchKind,
    pub grade: Grade,
    /// For which package; `None` for the project's own.
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
    /// A command of a shell, which cannot be seen into.
    Run,
    /// A step that may fetch what files name that are not read here. It has no grade.
    Unseen,
}
