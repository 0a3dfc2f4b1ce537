//! Plans the services of a target, independently of the engine that runs them.

mod dev;
mod files;
mod further;
mod hardware;
mod host;
mod host_files;
mod host_secrets;
mod model;
mod names;
mod profile;
mod test;
#[cfg(test)]
pub(crate) mod tests;
mod text;

pub use files::{OutputFiles, SHARED_SUPPORT};
pub use hardware::driver_capabilities;
pub use host::{HostGpu, HostSecret, HostSetup};
pub(super) use host_secrets::check as check_secrets;
pub use model::{
    Annotated, EditorUse, GpuUse, Ignored, ImageBuild, MountFrom, MountUse, PipCache, SecretFrom, Service,
    ServiceImage, Services, ServicesHead,
};
pub(super) use profile::{needs_more_rights, user_numbers};
pub use text::{Interpolated, Piece};

use std::collections::BTreeMap;

use crate::manifest::{Engine, KeyLocation, Project, SecretSource};
use crate::plan::{Check, PipIndex};
use crate::resolve::TargetFacts;
use crate::source::{Sources, Span};
use crate::value::{ImagePath, Url};

use names::ServiceNames;

/// The inputs for the services of a target.
#[derive(Debug, Clone, Copy)]
pub struct ServiceInputs<'a> {
    /// The manifest for one target.
    pub project: &'a Project,
    pub target: &'a TargetFacts,
    pub sources: &'a Sources,
    /// The paths of the generated files.
    pub files: &'a OutputFiles,
    /// The Python indexes of the chosen packages, with the names that the Dockerfile uses for the cache.
    pub indexes: &'a [(String, Url)],
    /// The tests that need a running container: those of packages, then the project's own.
    pub tests: &'a [Check],
    /// The paths to which packages copy files in the image.
    pub installed: &'a [ImagePath],
    /// The variables of the image.
    pub image_env: &'a BTreeMap<String, String>,
    /// Whether `final` is the last stage of the Dockerfile.
    pub final_is_last: bool,
    /// Whether the target's release includes Docker without Buildx and Compose.
    pub bare_docker: bool,
    /// Whether Docker's bridge network works on the target.
    pub bridge_works: bool,
    /// `SOURCE_DATE_EPOCH`, in seconds.
    pub epoch: u64,
}

impl ServiceInputs<'_> {
    /// Cites a node of the manifest: `run display`, or `robots.kdl: run display` if it is not in the
    /// project's own file.
    fn cite(&self, span: Span) -> String {
        let cite = self.project.read.cite(span, self.sources);
        let own = self.sources.get(self.project.header.name.span.source).name;
        match cite.strip_prefix(own).and_then(|rest| rest.strip_prefix(": ")) {
            Some(node) => node.to_owned(),
            None => cite,
        }
    }
}

/// Plans the services of a target.
pub fn services(inputs: ServiceInputs<'_>) -> Services {
    let project = inputs.project;
    let names = ServiceNames::new(inputs);
    let main = profile::main(inputs, &names);
    let more = further::services(inputs, &names);
    let test = test::service(inputs, &names, &main);
    let dev = profile::dev(inputs, &names, &main);
    let cache = project.cache;
    let pip_cache = cache.pip.then(|| PipCache {
        name: names.pip_cache.clone(),
        default: project.pip.index.as_ref().map(|url| PipIndex::of(url.value.clone())),
        indexes: inputs.indexes.iter().cloned().collect(),
    });
    let mut volumes: Vec<String> = std::iter::once(&main)
        .chain(&more)
        .flat_map(|service| &service.mounts)
        .filter_map(|mount| match &mount.value.from {
            MountFrom::Volume(name) => Some(name.clone()),
            MountFrom::Host(_) => None,
        })
        .collect();
    volumes.sort();
    volumes.dedup();
    Services {
        head: head(inputs),
        host: host::setup(inputs, &std::iter::once(&main).chain(&more).collect::<Vec<_>>()),
        support: inputs.files.support.to_string(),
        tests: inputs.tests.to_vec(),
        project: names.project.clone(),
        target: inputs.target.name.to_string(),
        engine: project.engine(),
        build: ImageBuild {
            image: names.image.clone(),
            context: inputs.files.context(),
            dockerfile: inputs.files.dockerfile.to_string(),
            compose: inputs.files.compose.to_string(),
            ignored: ignored(project),
            platform: format!("linux/{}", inputs.target.arch),
            host_network: inputs.target.host_network && !inputs.bridge_works,
            stage: (!inputs.final_is_last).then_some("final"),
            epoch: inputs.epoch,
            secrets: project.build.secrets.iter().collect(),
        },
        secrets: secrets(inputs, &names),
        main,
        more,
        test,
        dev,
        editor: EditorUse {
            user: project
                .app
                .as_ref()
                .and_then(|app| app.user.as_ref())
                .map(|user| user.name.value.to_string()),
            asked: project.output.editor.clone(),
        },
        apt_cache: cache.apt.then(|| names.apt_cache.clone()),
        pip_cache,
        volumes,
    }
}

fn ignored(project: &Project) -> Ignored {
    let copies = || project.app.iter().flat_map(|app| &app.copies);
    let files = copies().filter(|copy| !copy.folder).map(|copy| copy.from.value.to_string());
    let requirements =
        project.pip.requirements.iter().chain(project.app.iter().flat_map(|app| &app.requirements));
    let mut named: Vec<String> = files.collect();
    for one in requirements {
        named.extend(std::iter::once(&one.path).chain(&one.includes).map(|path| path.value.to_string()));
    }
    named.extend(project.apt.sources.iter().filter_map(|source| match source.key.as_ref()?.value {
        KeyLocation::File(ref path) => Some(path.to_string()),
        KeyLocation::Url(_) => None,
    }));
    let keys = copies().flat_map(|copy| &copy.secrets).filter(|file| file.key);
    Ignored {
        file: project.output.ignore_file.clone(),
        keys: keys.map(|file| file.path.clone()).collect(),
        named,
        written: project.output.ignore.iter().map(|one| one.value.clone()).collect(),
    }
}

fn head(inputs: ServiceInputs<'_>) -> ServicesHead {
    let name = inputs.project.header.name.span.source;
    ServicesHead {
        bare_docker: inputs.bare_docker && inputs.project.engine() == Engine::Docker,
        compiler: crate::VERSION.to_owned(),
        manifest: inputs.sources.get(name).name.to_string(),
    }
}

fn secrets(inputs: ServiceInputs<'_>, names: &ServiceNames) -> BTreeMap<String, SecretFrom> {
    let run = &inputs.project.run;
    let all = run.services.iter().rev().flat_map(|service| &service.run.secrets).chain(&run.secrets);
    all.map(|secret| {
        let from = match &secret.source {
            SecretSource::File(path) => SecretFrom::File(inputs.files.relative(path.value.as_str())),
            SecretSource::Env(name) => SecretFrom::Variable(name.value.clone()),
        };
        (names.secret(secret.name.value.as_str()), from)
    })
    .collect()
}
