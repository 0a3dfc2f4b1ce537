//! The services of a target as data, independent of the engine that runs them.

use std::collections::BTreeMap;

use crate::catalog::GpuAccess;
use crate::manifest::{BuildSecret, DevcontainerOptions, Engine, Gpu, HealthCheck, ProcessOptions, Ulimit};
use crate::plan::{Check, PipIndex};
use crate::value::{ByteSize, Capability, EnvName, IgnorePattern, ImagePath, ImageRef, PortMapping, Url};

use super::hardware::{PODMAN_SOCKET, RUNTIME_DIR};
use super::{HostSetup, Interpolated, Piece};

/// The services of one target.
#[derive(Debug, Clone, PartialEq)]
pub struct Services {
    /// The comments at the top of the files.
    pub head: ServicesHead,
    /// The name of the Compose project.
    pub project: String,
    pub target: String,
    pub engine: Engine,
    /// How the project's image is built.
    pub build: ImageBuild,
    /// The service of the project, from `run`.
    pub main: Service,
    /// The further services, in the order of the manifest.
    pub more: Vec<Service>,
    /// The service that runs the tests that need a running container.
    pub test: Option<Service>,
    pub tests: Vec<Check>,
    /// The service of the stage `dev`.
    pub dev: Option<Service>,
    /// The settings of the dev container for the editor.
    pub editor: EditorUse,
    /// The name of the service that caches system packages.
    pub apt_cache: Option<String>,
    /// The service that caches Python packages.
    pub pip_cache: Option<PipCache>,
    /// The named volumes of the services, sorted, without those of the caches.
    pub volumes: Vec<String>,
    /// The secrets of the services.
    pub secrets: BTreeMap<String, SecretFrom>,
    /// The preparation of the host.
    pub host: HostSetup,
    /// The folder of the generated files that steps mount, relative to the project's root.
    pub support: String,
}

/// The contents of the comments at the top of the files.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ServicesHead {
    /// `0.1.0`.
    pub compiler: String,
    /// `project.kdl`.
    pub manifest: String,
    /// Whether the target's release includes Docker without Buildx and Compose.
    pub bare_docker: bool,
}

/// The settings of the dev container in addition to its service.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EditorUse {
    /// The user that the editor runs as.
    pub user: Option<String>,
    /// The options of the manifest.
    pub asked: DevcontainerOptions,
}

/// How the project's image is built.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageBuild {
    /// `perception:0.3.0`.
    pub image: String,
    /// The project's root, relative to the Compose file: `.`, `..`.
    pub context: String,
    /// The Dockerfile, relative to the project's root.
    pub dockerfile: String,
    /// The Compose file, relative to the project's root.
    pub compose: String,
    /// The files to exclude from the build context.
    pub ignored: Ignored,
    /// `linux/arm64`.
    pub platform: String,
    /// Whether steps use the host's network, because bridge networks do not work with the release's kernel.
    pub host_network: bool,
    /// The name of the final stage, if it is not the last one of the Dockerfile.
    pub stage: Option<&'static str>,
    /// `SOURCE_DATE_EPOCH`, in seconds.
    pub epoch: u64,
    /// The build secrets, sorted by name.
    pub secrets: Vec<BuildSecret>,
}

/// The service that caches Python packages, and the indexes it mirrors.
#[derive(Debug, Clone, PartialEq)]
pub struct PipCache {
    pub name: String,
    /// The index that it mirrors as the default one, if not `PyPI`.
    pub default: Option<PipIndex>,
    /// The other indexes that it mirrors, by name.
    pub indexes: BTreeMap<String, Url>,
}

/// The source of a secret of a service.
#[derive(Debug, Clone, PartialEq)]
pub enum SecretFrom {
    File(Interpolated),
    Variable(EnvName),
}

/// One service of the Compose file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Service {
    pub name: String,
    /// The lines of the comment above it: its purpose and the node that requests it.
    pub about: Vec<String>,
    /// Its profiles. A service without one is always started.
    pub profiles: Vec<String>,
    pub image: ServiceImage,
    /// Its access to the GPU.
    pub gpu: Option<GpuUse>,
    pub user: Option<Interpolated>,
    /// The user and group of the container that Podman maps to the user who starts it, so that both own the
    /// same files. `None` if it runs as root, which is mapped anyway.
    pub keeps_id: Option<(u32, u32)>,
    pub container: Option<String>,
    pub env: BTreeMap<String, Annotated<Interpolated>>,
    /// Files of variables: their paths relative to the Compose file, and whether they are required.
    pub env_files: Vec<(String, bool)>,
    /// The network mode; `None` for the project's default network.
    pub network: Option<String>,
    /// The IPC mode.
    pub ipc: Option<String>,
    pub pid: Option<String>,
    /// Devices: the path on the host, and that in the container if it differs.
    pub devices: Vec<Annotated<(Interpolated, Option<ImagePath>)>>,
    pub cgroup_rules: Vec<String>,
    /// Supplementary groups. Those without a reason are the manifest's own; those with one are groups of the
    /// host that have access to its hardware.
    pub groups: Vec<Annotated<Interpolated>>,
    /// Groups whose number depends on the host: for each variable with the number, the command that prints
    /// it.
    pub host_groups: BTreeMap<String, String>,
    pub mounts: Vec<Annotated<MountUse>>,
    pub tmpfs: Vec<ImagePath>,
    /// Secrets: the key in [`Services::secrets`], and the name of the file in the container.
    pub secrets: Vec<(String, String)>,
    pub ports: Vec<PortMapping>,
    pub cap_add: Vec<Annotated<Capability>>,
    /// Options of `security_opt`.
    pub security_opt: Vec<String>,
    /// If it is privileged, the citation of the node that requests it.
    pub privileged: Option<String>,
    /// The size of `/dev/shm`.
    pub shm_size: Option<ByteSize>,
    pub memory: Option<ByteSize>,
    pub ulimits: Vec<Ulimit>,
    /// Limits that are unlimited in the manifest. Rootless Podman can only pass on the user's own limits.
    pub inherited_limits: Vec<String>,
    /// The entrypoint, instead of that of the image.
    pub entrypoint: Option<Vec<String>>,
    /// The command, instead of that of the image.
    pub command: Option<Vec<String>>,
    pub healthcheck: Option<HealthCheck>,
    /// The services that are started before it, and whether they must be healthy first.
    pub depends_on: BTreeMap<String, bool>,
    pub init: bool,
    /// Whether it has a terminal with open standard input.
    pub tty: bool,
    /// Whether the root file system is read-only.
    pub read_only: bool,
    /// The restart policy.
    pub restart: Option<String>,
    /// Options for limits, stopping, names and logging.
    pub process: ProcessOptions,
}

/// The image of a service.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum ServiceImage {
    #[default]
    Own,
    /// The stage `dev` of the project.
    Dev,
    Other(ImageRef),
}

/// The GPU access of a service.
#[derive(Debug, Clone, PartialEq)]
pub struct GpuUse {
    pub which: Gpu,
    /// How Docker provides the GPU on this platform.
    pub access: GpuAccess,
    /// The platform.
    pub platform: String,
    /// `compute,utility`.
    pub capabilities: String,
    /// Whether the variables of the image already request this access.
    pub of_image: bool,
}

/// A mount of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MountUse {
    pub from: MountFrom,
    pub to: Interpolated,
    /// Whether it is mounted read-only.
    pub read_only: bool,
}

/// The source of a mount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MountFrom {
    /// A path of the host that must exist.
    Host(Interpolated),
    /// A named volume.
    Volume(String),
}

/// A value, and why it is there if it was not written so in the manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotated<T> {
    pub value: T,
    /// The reason; empty if the value is written in the manifest.
    pub why: String,
}

impl Service {
    /// Whether it mounts the socket of Podman, which a unit of systemd provides.
    pub fn mounts_podman_socket(&self) -> bool {
        let is_socket = |path: &Interpolated| {
            let [Piece::Variable { name, .. }, Piece::Literal(rest)] = path.pieces() else { return false };
            name == RUNTIME_DIR && rest == PODMAN_SOCKET
        };
        self.mounts.iter().any(|mount| matches!(&mount.value.from, MountFrom::Host(path) if is_socket(path)))
    }

    /// Whether Podman must pass on the groups of the user who starts it. Rootless Podman has no other way to
    /// add groups of the host, and cannot combine this with other groups.
    pub fn keeps_groups(&self) -> bool {
        self.groups.iter().any(|group| !group.why.is_empty())
    }
}

impl ImageBuild {
    /// Returns the path of the Dockerfile if it is not the default one.
    pub fn other_dockerfile(&self) -> Option<&str> {
        Some(self.dockerfile.as_str()).filter(|path| *path != "Dockerfile")
    }
}

impl Services {
    /// Whether there are cache services for builds.
    pub fn has_caches(&self) -> bool {
        self.apt_cache.is_some() || self.pip_cache.is_some()
    }

    /// Whether steps of builds use the host's network.
    pub fn builds_on_host_network(&self) -> bool {
        self.build.host_network || self.has_caches()
    }
}

impl<T> Annotated<T> {
    /// Creates a value without a reason.
    pub fn plain(value: T) -> Self {
        Self { value, why: String::new() }
    }

    pub fn new(value: T, why: impl Into<String>) -> Self {
        Self { value, why: why.into() }
    }
}

/// The files to exclude from the build context, with paths relative to the project's root.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ignored {
    /// The patterns of the project's own ignore file.
    pub file: Vec<IgnorePattern>,
    /// Files in copied folders that contain private keys.
    pub keys: Vec<String>,
    /// Files that the manifest names, which must not be excluded.
    pub named: Vec<String>,
    /// Patterns of the manifest, in order.
    pub written: Vec<IgnorePattern>,
}
