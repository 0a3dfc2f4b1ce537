//! `project.kdl`: from the syntax tree to a [`Project`] a target.
//!
//! One file a node: its schema, its type, its decoding. `extends` takes other manifests' nodes first; a target's own
//! nodes then add to (lists) or override (single values) the top level for that target alone.

mod app;
mod apt;
mod base;
mod flag;
mod output;
mod package;
mod pip;
mod project;
mod run;
mod target;

pub use app::{App, Copy, HealthCheck, Test, User};
pub use apt::{Apt, AptInstall, AptSource, KeyLocation};
pub use base::{Base, BaseChoice, Provided};
pub use flag::Flag;
pub use output::{Cache, Engine, Grade, Output};
pub use package::{Pin, Request};
pub use pip::{Index, Installer, Pip, Requirements, Venv};
pub use project::{Allow, Header};
pub use run::{
    Audio, Camera, Device, Display, EnvFile, Gpu, Mode, Run, Secret, SecretSource, Service, Ulimit, Volume,
};
pub use target::{AxisRequirement, Target};

use crate::source::{SourceId, Spanned};
use crate::value::{EnvName, ProjectPath};

/// A manifest for one target, overlays applied: what every later pass reads.
#[derive(Debug, Clone, PartialEq)]
pub struct Project {
    /// `project`: name, version, image, labels.
    pub header: Header,
    /// Where it runs.
    pub target: Target,
    /// How many targets the manifest has; with one, files stand beside it.
    pub targets: usize,
    /// `pin` children, in the order of the file; all must hold.
    pub pins: Vec<Pin>,
    /// `base`.
    pub base: Option<Base>,
    /// `packages` children; a package named again narrows the first (all requirements hold, options override).
    pub packages: Vec<Request>,
    /// `apt`.
    pub apt: Apt,
    /// `pip`.
    pub pip: Pip,
    /// `app`.
    pub app: Option<App>,
    /// `run`.
    pub run: Run,
    /// `test`.
    pub tests: Vec<Test>,
    /// `cache`.
    pub cache: Cache,
    /// `output`.
    pub output: Output,
    /// `allow`.
    pub allows: Vec<Allow>,
    /// Folders of definitions (`catalog`); later ones shadow earlier ones.
    pub catalogs: Vec<Spanned<ProjectPath>>,
    /// Every text that was read for this: the manifest, what it extends, requirements files; the lock hashes them.
    pub sources_read: Vec<SourceId>,
}

/// `KEY "VALUE"` pairs of an `env` node, in the order of the file.
pub type Env = Vec<(Spanned<EnvName>, Spanned<String>)>;
