//! `run`: how the container is started.

mod checked;
mod compose_keys;
mod environment;
mod hardware;
mod logging;
mod namespaces;
mod process;
mod services;
mod storage;

pub use environment::{EnvFile, HostEnv, Secret, SecretSource};
pub use hardware::{Audio, Camera, Display, Gpu, GpuForm, HardwareDevice};
pub use namespaces::Ulimit;
pub use process::ProcessOptions;
pub use services::ServiceOptions;
pub use storage::{Mode, Volume};

use crate::diagnostic::Log;
use crate::source::{Span, Spanned};
use crate::syntax::Reader;
use crate::syntax::schema::{ArgSpec, NodeSpec};
use crate::value::{ByteSize, Capability, HostPath, Id, ImagePath, Name, PortMapping};

use super::decode::{self, COMMAND, ENV, HEALTHCHECK};
use super::{Env, Flag, HealthCheck, health};

/// The nodes that `run` and `service` share, and one more.
macro_rules! nodes_and {
    ($more:expr) => {{
        use environment::{DOCKER_SOCKET, ENV_FILE, HOST_ENV, JTOP, SECRET};
        use hardware::{AUDIO, CAMERA, CAN, DEVICE, DISPLAY, GPIO, GPU, I2C, SPI};
        use logging::LOGGING;
        use namespaces::{
            CAP_ADD, DEVICE_CGROUP_RULE, GROUP_ADD, IPC, MEMORY, NETWORK, PID, PRIVILEGED, SECURITY_OPT,
            SESSION_UID, SHM_SIZE, ULIMIT, USER,
        };
        use process::{
            CAP_DROP, CPUS, EXTRA_HOSTS, HOSTNAME, LABEL, PIDS_LIMIT, PROFILES, STOP_GRACE_PERIOD,
            STOP_SIGNAL, SYSCTL,
        };
        use services::{DEPENDS_ON, INIT, NAME, READ_ONLY, RESTART, TTY};
        use storage::{MODELS, PORT, TMPFS, VOLUME};
        &[
            &GPU,
            &DISPLAY,
            &AUDIO,
            &SESSION_UID,
            &CAMERA,
            &DEVICE,
            &I2C,
            &SPI,
            &GPIO,
            &CAN,
            &NETWORK,
            &IPC,
            &PID,
            &SHM_SIZE,
            &MEMORY,
            &ULIMIT,
            &PRIVILEGED,
            &CAP_ADD,
            &SECURITY_OPT,
            &GROUP_ADD,
            &DEVICE_CGROUP_RULE,
            &USER,
            &VOLUME,
            &TMPFS,
            &PORT,
            &MODELS,
            &ENV,
            &HOST_ENV,
            &ENV_FILE,
            &SECRET,
            &JTOP,
            &DOCKER_SOCKET,
            &COMMAND,
            &HEALTHCHECK,
            &RESTART,
            &NAME,
            &DEPENDS_ON,
            &INIT,
            &TTY,
            &READ_ONLY,
            &LOGGING,
            &STOP_GRACE_PERIOD,
            &STOP_SIGNAL,
            &CPUS,
            &PIDS_LIMIT,
            &CAP_DROP,
            &SYSCTL,
            &HOSTNAME,
            &EXTRA_HOSTS,
            &LABEL,
            &PROFILES,
            $more,
        ]
    }};
}

pub(super) static RUN: NodeSpec = NodeSpec::new("run", "How the container runs.")
    .children(nodes_and!(&SERVICE))
    .foreign(compose_keys::COMPOSE_KEYS)
    .optional()
    .block();
static SERVICE: NodeSpec = NodeSpec::new(
    "service",
    "An additional service, with the same nodes; it has no GPU unless you enable it.",
)
.args(&[ArgSpec::text("NAME", "The name of the service.")])
.children(nodes_and!(&services::IMAGE))
.foreign(compose_keys::COMPOSE_KEYS)
.block();

/// How a container is started: the nodes of `run`, the main service, or of an additional `service`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RunOptions {
    /// `gpu`; if absent, enabled in the main service and disabled in an additional service.
    pub gpu: Option<Spanned<Gpu>>,
    pub gpu_form: Option<Spanned<GpuForm>>,
    pub display: Option<Spanned<Display>>,
    pub audio: Option<Spanned<Audio>>,
    /// `session-uid`: the user ID of the desktop session; 1000 if absent.
    pub session_uid: Option<Spanned<Id>>,
    pub cameras: Vec<Spanned<Camera>>,
    /// `device`, `i2c`, `spi`, `gpio`, in order.
    pub devices: Vec<Spanned<HardwareDevice>>,
    /// `can "can0"`.
    pub can: Vec<Spanned<String>>,
    pub network: Option<Spanned<String>>,
    pub ipc: Option<Spanned<String>>,
    pub pid: Option<Spanned<String>>,
    pub shm_size: Option<Spanned<ByteSize>>,
    /// `ulimit "memlock" -1`.
    pub ulimits: Vec<Spanned<Ulimit>>,
    /// `privileged #true`.
    pub privileged: Flag,
    pub cap_add: Vec<Spanned<Capability>>,
    pub security_opt: Vec<Spanned<String>>,
    /// `group-add`: IDs, or names of groups in the image.
    pub group_add: Vec<Spanned<String>>,
    /// `device-cgroup-rule "c 166:* rmw"`, for devices that may be plugged in later.
    pub device_cgroup_rules: Vec<Spanned<String>>,
    /// `volume "SRC" "DST" [mode="ro"]`.
    pub volumes: Vec<Volume>,
    pub tmpfs: Vec<Spanned<ImagePath>>,
    /// `port "8080:80"`.
    pub ports: Vec<Spanned<PortMapping>>,
    pub env: Env,
    pub host_env: Vec<HostEnv>,
    pub env_files: Vec<EnvFile>,
    /// `secret "NAME" file=…`.
    pub secrets: Vec<Secret>,
    pub jtop: Flag,
    pub docker_socket: Flag,
    /// `models "./data"`.
    pub models: Option<Spanned<HostPath>>,
    pub command: Option<Spanned<Vec<String>>>,
    pub restart: Option<Spanned<String>>,
    pub user: Option<Spanned<String>>,
    /// `name` of the container.
    pub name: Option<Spanned<Name>>,
    /// `depends-on "SERVICE"`.
    pub depends_on: Vec<Spanned<Name>>,
    /// `init #true`.
    pub init: Option<Spanned<bool>>,
    /// `tty #true`; it also sets `stdin_open`.
    pub tty: Option<Spanned<bool>>,
    /// `read-only #true`.
    pub read_only: Option<Spanned<bool>>,
    /// `memory "6g"`.
    pub memory: Option<Spanned<ByteSize>>,
    /// `healthcheck`; it overrides that of `app`.
    pub healthcheck: Option<HealthCheck>,
    /// `logging`, `stop-signal`, `cpus` and the like.
    pub process: ProcessOptions,
    /// `service "NAME" { image "…"; … }`.
    pub services: Vec<ServiceOptions>,
    /// The span of the node; `None` if the manifest has no `run`.
    pub span: Option<Span>,
}

/// Decodes `run` or a `service`.
pub(super) fn decode(node: Reader<'_>, log: &mut Log) -> RunOptions {
    let env = decode::env(node, log);
    RunOptions {
        gpu: hardware::gpu(node, log),
        gpu_form: hardware::gpu_form(node),
        display: decode::choice(node.child("display")),
        audio: decode::choice(node.child("audio")),
        session_uid: namespaces::session_uid(node, log),
        cameras: hardware::cameras(node, log),
        devices: hardware::devices(node, log),
        can: hardware::can(node, log),
        network: namespaces::network(node, log),
        ipc: namespaces::ipc(node, log),
        pid: namespaces::pid(node, log),
        shm_size: namespaces::shm_size(node, log),
        ulimits: namespaces::ulimits(node, log),
        privileged: decode::flag_of(node, "privileged", log),
        cap_add: node.args_of_children("cap-add", log),
        security_opt: namespaces::security_opt(node, log),
        group_add: namespaces::group_add(node, log),
        device_cgroup_rules: namespaces::device_cgroup_rules(node, log),
        volumes: storage::volumes(node, log),
        tmpfs: storage::tmpfs(node, log),
        ports: decode::texts_or_numbers(node, "port", log),
        host_env: environment::host_env(node, &env, log),
        env,
        env_files: environment::env_files(node, log),
        secrets: environment::secrets(node, log),
        jtop: decode::flag_of(node, "jtop", log),
        docker_socket: decode::flag_of(node, "docker-socket", log),
        models: node.text_of_child("models", log),
        command: decode::exec(node.child("command"), log),
        restart: services::restart(node, log),
        user: namespaces::user(node, log),
        name: services::container(node, log),
        depends_on: node.args_of_children("depends-on", log),
        init: node.flag_of_child("init", log),
        tty: node.flag_of_child("tty", log),
        read_only: node.flag_of_child("read-only", log),
        memory: namespaces::memory(node, log),
        healthcheck: health::decode(node, log),
        process: process::decode(node, log),
        services: services::services(node, log),
        span: Some(node.span()),
    }
}

impl RunOptions {
    /// Returns the user ID of the host's desktop session.
    pub fn session_uid(&self) -> Id {
        self.session_uid.as_ref().map_or(Id::FIRST_USER, |uid| uid.value)
    }

    /// Returns the spans that request a socket of the desktop session, which only the session's user may use.
    pub fn session_sockets(&self) -> Vec<Span> {
        let display = self.display.as_ref().filter(|display| display.value == Display::Wayland);
        let audio = self.audio.as_ref().filter(|audio| audio.value != Audio::Alsa);
        display.map(|one| one.span).into_iter().chain(audio.map(|one| one.span)).collect()
    }
}
