//! Decodes `project.kdl`: from the syntax tree to one [`Project`] per target.
//!
//! Each node has a file with its schema, its type and its decoder. Extended manifests are merged first; then,
//! for each target, its own nodes are merged into those of the top level: they add to lists and override
//! single values.

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
mod key;
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

pub use crate::value::{Engine, KeyLocation};
pub use app::{App, Copy, User};
pub use apt::{Apt, AptSource};
pub use base::{Base, BaseChoice};
pub use build::{BuildOptions, BuildSecret, BuildSecrets};
pub use editor::DevcontainerOptions;
pub use flag::Flag;
pub use health::HealthCheck;
pub use ignored::{SECRETS, SecretFile, is_secret_name};
pub use load::{Stacks, load, load_partial};
pub use output::{Cache, Grade, Output};
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
use crate::value::{EnvName, ImageRef, ProjectPath};

/// The schema of the language: the nodes that are allowed at the top level.
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

/// A manifest merged with those that it extends, before its targets are separated.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    header: Header,
    targets: Vec<TargetDraft>,
    common: Scope,
    output: Output,
    catalogs: Vec<Spanned<ProjectPath>>,
    read: Rc<Read>,
    is_partial: bool,
}

impl Manifest {
    /// Returns the folders of `catalog` nodes. Definitions in later ones override those in earlier ones.
    pub fn catalogs(&self) -> &[Spanned<ProjectPath>] {
        &self.catalogs
    }

    /// Returns the project of each target, in the order of the file.
    ///
    /// # Errors
    /// The path of a copy is invalid in combination with the working directory.
    pub fn projects(&self, log: &mut Log) -> Result<Vec<Project>, Reported> {
        let before = log.errors();
        let projects = self.targets.iter().map(|target| self.project(target, log)).collect();
        match log.reported() {
            Some(reported) if log.errors() > before => Err(reported),
            Some(_) | None => Ok(projects),
        }
    }

    fn project(&self, own: &TargetDraft, log: &mut Log) -> Project {
        let mut scope = self.common.clone();
        scope.overlay(own.scope.clone());
        let Scope { pins, base, mut build, packages, apt, pip, mut app, run, tests, cache, allows } = scope;
        if pip.needs_login() || apt.sources.iter().any(|source| source.login.is_on()) {
            build.secrets.imply(BuildSecret::Netrc);
        }
        if let Some(app) = &mut app {
            app.join_copies_to_workdir(log);
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
            is_partial: self.is_partial,
        }
    }
}

/// A manifest for one target: the input of all later passes.
#[derive(Debug, Clone, PartialEq)]
pub struct Project {
    /// `project`: name, version, image, labels.
    pub header: Header,
    pub target: Target,
    /// The number of targets of the manifest. If there is only one, its files are written next to the
    /// manifest.
    pub targets: usize,
    /// Children of `pin`, in the order of the file. All of them are constraints.
    pub pins: Vec<Pin>,
    pub base: Option<Base>,
    pub build: BuildOptions,
    /// Children of `packages`. If a package has several, all requirements apply and later options override
    /// earlier ones.
    pub packages: Vec<Request>,
    pub apt: Apt,
    pub pip: Pip,
    pub app: Option<App>,
    pub run: RunOptions,
    pub tests: Vec<Test>,
    pub cache: Cache,
    pub output: Output,
    pub allows: Vec<Allow>,
    /// Folders of definitions (`catalog`); later ones override earlier ones.
    pub catalogs: Vec<Spanned<ProjectPath>>,
    /// Every text that was read: manifests, requirements files and keys. The lock contains their hash.
    pub read: Rc<Read>,
    /// Whether errors in the manifest were reported, so that some of its nodes may be missing here. Later
    /// passes then report neither missing nodes nor conflicts.
    pub is_partial: bool,
}

impl Project {
    /// Returns the container engine: that of the target, else that of `output`, else Docker.
    pub fn engine(&self) -> Engine {
        self.target.engine.or(self.output.engine).map(|engine| engine.value).unwrap_or_default()
    }

    /// Returns the images of services and of the `# syntax=` line.
    pub fn images(&self) -> impl Iterator<Item = &ImageRef> {
        let services = self.run.services.iter().filter_map(|service| service.image.as_ref());
        services.chain(&self.output.frontend).map(|image| &image.value)
    }

    /// Changes the images of services and of the `# syntax=` line.
    pub fn change_images(&mut self, change: impl Fn(ImageRef) -> ImageRef) {
        let services = self.run.services.iter_mut().filter_map(|service| service.image.as_mut());
        for image in services.chain(&mut self.output.frontend) {
            image.value = change(image.value.clone());
        }
    }
}

/// `KEY "VALUE"` pairs of an `env` node, in the order of the file.
pub type Env = Vec<(Spanned<EnvName>, Spanned<String>)>;
