//! `project.kdl`: from the syntax tree to a [`Project`] a target.
//!
//! One file a node: its schema, its type, its decoding. `extends` takes other manifests' nodes first; a target's own
//! nodes then add to (lists) or override (single values) the top level for that target alone.

mod app;
mod apt;
mod base;
mod build;
mod decode;
pub mod edit;
mod editor;
mod files;
mod flag;
mod health;
mod ignored;
pub(crate) mod key;
mod load;
mod output;
mod overlay;
mod package;
mod pip;
mod project;
mod read;
mod requirements;
mod run;
mod scope;
mod target;
mod test;
#[cfg(test)]
mod tests;

pub use app::{App, Copy, User};
pub use apt::{Apt, AptSource, KeyLocation};
pub use base::{Base, BaseChoice};
pub use build::{BuildOptions, BuildSecret, BuildSecrets};
pub use editor::DevcontainerOptions;
pub use flag::Flag;
pub use health::HealthCheck;
pub use ignored::{SECRETS, SecretFile, is_secret_name};
pub use load::{Stacks, load, load_in_part};
pub use output::{Cache, Engine, Grade, Output};
pub use package::{Pin, Request};
pub use pip::{Installer, Pip, Requirements, Venv};
pub use project::{Allow, Header};
pub use read::Read;
pub use run::{
    Audio, Camera, Display, Gpu, HardwareDevice, Mode, ProcessOptions, RunOptions, SecretSource,
    ServiceOptions, Ulimit, Volume,
};
pub use target::{AxisRequirement, Target};
pub use test::Test;

use std::rc::Rc;

use load::TargetDraft;
use scope::Scope;

use crate::diagnostic::{Log, Reported};
use crate::source::Spanned;
use crate::syntax::schema::NodeSpec;
use crate::value::{EnvName, ProjectPath};

/// The tables of the language: what may stand at the top level.
pub static LANGUAGE: &[&NodeSpec] = &[
    &project::PROJECT,
    &load::EXTENDS,
    &load::CATALOG,
    &target::TARGET,
    &package::PIN,
    &base::BASE,
    &build::BUILD,
    &package::PACKAGES,
    &apt::APT,
    &pip::PIP,
    &app::APP,
    &run::RUN,
    &test::TEST,
    &output::CACHE,
    &output::OUTPUT,
    &project::ALLOW,
];

/// A manifest with everything that it extends, not yet seen from one of its targets.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    header: Header,
    targets: Vec<TargetDraft>,
    common: Scope,
    output: Output,
    catalogs: Vec<Spanned<ProjectPath>>,
    read: Rc<Read>,
    in_part: bool,
}

impl Manifest {
    /// `catalog`: the folders of definitions, later ones over earlier ones.
    pub fn catalogs(&self) -> &[Spanned<ProjectPath>] {
        &self.catalogs
    }

    /// The manifest as each of its targets sees it, in the order of the file.
    ///
    /// # Errors
    /// What does not fit together in the whole.
    pub fn projects(&self, log: &mut Log) -> Result<Vec<Project>, Reported> {
        let before = log.errors();
        let projects = self.targets.iter().map(|target| self.project(target, log)).collect();
        match log.reported() {
            Some(reported) if log.errors() > before => Err(reported),
            Some(_) | None => Ok(projects),
        }
    }

    fn project(&self, own: &TargetDraft, log: &mut Log) -> Project {
        let mut layer = self.common.clone();
        layer.overlay(own.layer.clone());
        let Scope { pins, base, mut build, packages, apt, pip, mut app, run, tests, cache, allows } = layer;
        if pip.needs_login() || apt.sources.iter().any(|source| source.login.is_on()) {
            build.secrets.imply(BuildSecret::Netrc);
        }
        if let Some(app) = &mut app {
            app.settle(log);
        }
        Project {
            header: self.header.clone(),
            target: own.target.clone(),
            targets: self.targets.len(),
            pins,
            base,
            build,
            packages,
            apt,
            pip,
            app,
            run,
            tests,
            cache: cache.map(|cache| cache.value).unwrap_or_default(),
            output: self.output.clone(),
            allows,
            catalogs: self.catalogs.clone(),
            read: Rc::clone(&self.read),
            in_part: self.in_part,
        }
    }
}

/// A manifest for one target, overlays applied: what every later pass reads.
#[derive(Debug, Clone, PartialEq)]
pub struct Project {
    /// `project`: name, version, image, labels.
    pub header: Header,
    pub target: Target,
    /// How many targets the manifest has; with one, files stand beside it.
    pub targets: usize,
    /// `pin` children, in the order of the file; all must hold.
    pub pins: Vec<Pin>,
    pub base: Option<Base>,
    pub build: BuildOptions,
    /// `packages` children; a package named again narrows the first (all requirements hold, options override).
    pub packages: Vec<Request>,
    pub apt: Apt,
    pub pip: Pip,
    pub app: Option<App>,
    pub run: RunOptions,
    pub tests: Vec<Test>,
    pub cache: Cache,
    pub output: Output,
    pub allows: Vec<Allow>,
    /// Folders of definitions (`catalog`); later ones shadow earlier ones.
    pub catalogs: Vec<Spanned<ProjectPath>>,
    /// Every text that was read for this: the manifest, what it extends, requirements files; the lock hashes them.
    pub read: Rc<Read>,
    /// Whether something of the manifest could not be read, which was reported: what it asks for is known in part only, so
    /// nothing is reported of what it lacks, or of what cannot hold together.
    pub in_part: bool,
}

impl Project {
    /// What runs the containers: as the target says, or the manifest.
    pub fn engine(&self) -> Engine {
        self.target.engine.or(self.output.engine).map(|engine| engine.value).unwrap_or_default()
    }
}

/// `KEY "VALUE"` pairs of an `env` node, in the order of the file.
pub type Env = Vec<(Spanned<EnvName>, Spanned<String>)>;
