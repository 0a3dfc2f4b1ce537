//! The services of a target as data, whatever engine runs them.

use std::collections::BTreeMap;

use crate::catalog::GpuAccess;
use crate::manifest::{BuildSecret, DevcontainerOptions, Engine, Gpu, HealthCheck, ProcessOptions, Ulimit};
use crate::plan::{Check, PipIndex};
use crate::value::{ByteSize, Capability, EnvName, IgnorePattern, ImagePath, ImageRef, PortMapping, Url};

use super::{HostSetup, Interpolated};

/// Everything that runs for one target.
#[derive(Debug, Clone, PartialEq)]
pub struct Services {
    /// What the heads of the files say.
    pub head: ServicesHead,
    /// What Compose calls the whole.
    pub project: String,
    pub target: String,
    pub engine: Engine,
    /// How the project's image is built.
    pub build: ImageBuild,
    /// The service that is the project.
    pub main: Service,
    /// The services beside it, in the order of the manifest.
    pub more: Vec<Service>,
    /// The service that runs the tests which need the started container.
    pub test: Option<Service>,
    pub tests: Vec<Check>,
    /// The service of the stage `dev`.
    pub dev: Option<Service>,
    /// What else the dev container's definition says.
    pub editor: EditorUse,
    /// The cache of system packages: its service's name.
    pub apt_cache: Option<String>,
    /// The cache of Python packages.
    pub pip_cache: Option<PipCache>,
    /// Volumes that the engine keeps for the services, sorted; without those of the caches.
    pub volumes: Vec<String>,
    /// Secrets of the services, sorted.
    pub secrets: BTreeMap<String, SecretFrom>,
    /// What the host must be prepared with.
    pub host: HostSetup,
    /// The folder of generated files that the others mount, seen from the project's root.
    pub support: String,
}

/// What the heads of the files say.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ServicesHead {
    /// `0.1.0`.
    pub compiler: String,
    /// `project.kdl`.
    pub manifest: String,
    /// Whether the target's release brings Docker without Buildx and Compose.
    pub bare_docker: bool,
}

/// What the dev container's definition says beside the service.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EditorUse {
    /// The account that the editor works as.
    pub user: Option<String>,
    /// What the manifest asks for.
    pub asked: DevcontainerOptions,
}

/// How the project's image is built.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageBuild {
    /// `perception:0.3.0`.
    pub image: String,
    /// The project's root, seen from the Compose file: `.`, `..`.
    pub context: String,
    /// The Dockerfile, seen from the project's root.
    pub dockerfile: String,
    /// The Compose file, seen from the project's root.
    pub compose: String,
    /// What the build must not see.
    pub ignored: Ignored,
    /// `linux/arm64`.
    pub platform: String,
    /// Whether steps see the host's network because the release's kernel lets them have no other.
    pub host_network: bool,
    /// The stage that ships, where it is not the last one of the Dockerfile.
    pub stage: Option<&'static str>,
    /// `SOURCE_DATE_EPOCH`.
    pub epoch: u64,
    /// Files of the caller that steps may read, in the order of their names.
    pub secrets: Vec<BuildSecret>,
}

/// The service that caches Python packages, and the indexes it mirrors.
#[derive(Debug, Clone, PartialEq)]
pub struct PipCache {
    pub name: String,
    /// What it mirrors as the default index, where that is not the usual one.
    pub default: Option<PipIndex>,
    /// What else it mirrors, by name.
    pub indexes: BTreeMap<String, Url>,
}

/// Where a secret of a service comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum SecretFrom {
    File(Interpolated),
    Variable(EnvName),
}

/// One service of the Compose file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Service {
    pub name: String,
    /// What it is and who asked for it, a line each.
    pub about: Vec<String>,
    /// The profiles that it is started under; always where there is none.
    pub profiles: Vec<String>,
    pub image: ServiceImage,
    /// The GPU, in whatever form the engine gives it.
    pub gpu: Option<GpuUse>,
    pub user: Option<Interpolated>,
    /// The user and group of the container that Podman maps to the user who starts it: both own the same files then. Nothing
    /// where it runs as root, who is that anyway.
    pub keeps_id: Option<(u32, u32)>,
    pub container: Option<String>,
    pub env: BTreeMap<String, Annotated<Interpolated>>,
    /// Files of variables: seen from the Compose file, and whether they must be there.
    pub env_files: Vec<(String, bool)>,
    /// The network that it is in.
    pub network: Option<String>,
    /// With whom it shares memory.
    pub ipc: Option<String>,
    pub pid: Option<String>,
    /// Devices of the host: there, and in the container.
    pub devices: Vec<Annotated<(Interpolated, Option<ImagePath>)>>,
    pub cgroup_rules: Vec<String>,
    /// Further groups: the manifest's own, and with a reason those of the host that may use its hardware.
    pub groups: Vec<Annotated<Interpolated>>,
    /// Groups whose number only the host knows: the variable that gives it, and the command that says it there.
    pub host_groups: BTreeMap<String, String>,
    pub mounts: Vec<Annotated<MountUse>>,
    pub tmpfs: Vec<ImagePath>,
    /// Secrets: the key of [`Services::secrets`], and the name of the file in the container.
    pub secrets: Vec<(String, String)>,
    pub ports: Vec<PortMapping>,
    pub cap_add: Vec<Annotated<Capability>>,
    /// Options of the security modules.
    pub security_opt: Vec<String>,
    /// Everything that root may do: the line that says so.
    pub privileged: Option<String>,
    /// The size of `/dev/shm`.
    pub shm_size: Option<ByteSize>,
    pub memory: Option<ByteSize>,
    pub ulimits: Vec<Ulimit>,
    /// Limits that are lifted above what a user may: Podman without root's rights can only hand on the host's.
    pub inherited_limits: Vec<String>,
    /// The program, over that of the image.
    pub entrypoint: Option<Vec<String>>,
    /// The words given to it, over those of the image.
    pub command: Option<Vec<String>>,
    pub healthcheck: Option<HealthCheck>,
    /// What is started before it, and whether that must be healthy first.
    pub depends_on: BTreeMap<String, bool>,
    pub init: bool,
    /// A terminal, with its input open.
    pub tty: bool,
    /// Nothing can be written in the image's own files.
    pub read_only: bool,
    /// What happens when it stops.
    pub restart: Option<String>,
    /// How its processes are limited, stopped, named and logged.
    pub process: ProcessOptions,
}

/// Image of a service: built here, or pulled.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum ServiceImage {
    #[default]
    Own,
    /// The project's stage `dev`.
    Dev,
    Other(ImageRef),
}

/// GPU access of a service: all devices or some, with driver capabilities.
#[derive(Debug, Clone, PartialEq)]
pub struct GpuUse {
    pub which: Gpu,
    /// The form that Docker needs there.
    pub access: GpuAccess,
    /// The platform that has that form.
    pub platform: String,
    /// `compute,utility`.
    pub capabilities: String,
    /// Whether the image has the variables that ask for just this.
    pub of_image: bool,
}

/// One mount of a service with its mode and reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MountUse {
    pub from: MountFrom,
    pub to: Interpolated,
    /// Whether nothing can be written there.
    pub read_only: bool,
}

/// Source of a mount: a path of the host or a named volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MountFrom {
    /// A path of the host that must be there.
    Host(Interpolated),
    /// A volume that the engine keeps.
    Volume(String),
}

/// A value and, where it does not speak for itself, why it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotated<T> {
    pub value: T,
    /// Why; empty where it was written just so.
    pub why: String,
}

impl Service {
    /// Whether Podman must pass on the groups of the user who starts it: without root's rights it has no other way to the host's
    /// own groups, and it takes no others beside them.
    pub fn keeps_groups(&self) -> bool {
        self.groups.iter().any(|group| !group.why.is_empty())
    }
}

impl ImageBuild {
    /// Where the Dockerfile is, where that is not the usual file of the context.
    pub fn other_dockerfile(&self) -> Option<&str> {
        Some(self.dockerfile.as_str()).filter(|path| *path != "Dockerfile")
    }
}

impl Services {
    /// Whether there are build caches.
    pub fn has_caches(&self) -> bool {
        self.apt_cache.is_some() || self.pip_cache.is_some()
    }

    /// Whether steps of a build see the host's network.
    pub fn builds_on_host_network(&self) -> bool {
        self.build.host_network || self.has_caches()
    }
}

impl<T> Annotated<T> {
    /// A value that speaks for itself.
    pub fn plain(value: T) -> Self {
        Self { value, why: String::new() }
    }

    pub fn new(value: T, why: impl Into<String>) -> Self {
        Self { value, why: why.into() }
    }
}

/// What the build must not see, paths seen from the project's root.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ignored {
    /// The lines of the project's own ignore file.
    pub file: Vec<IgnorePattern>,
    /// Files of copied folders with private keys in them.
    pub keys: Vec<String>,
    /// Files that the manifest names, so that the build sees them.
    pub named: Vec<String>,
    /// Patterns of the manifest, in order.
    pub written: Vec<IgnorePattern>,
}
