//! `run`: how the container is started.

use crate::source::{Span, Spanned};
use crate::value::{ByteSize, EnvName, HostPath, ImagePath, ImageRef, Name, PortMapping, ProjectPath};

use super::{Env, Flag, HealthCheck};

/// How a container is started; the main service's, and in the same words each further `service`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Run {
    /// `gpu`; on unless turned off (off by default in a further service).
    pub gpu: Option<Spanned<Gpu>>,
    /// `display`.
    pub display: Option<Spanned<Display>>,
    /// `audio`.
    pub audio: Option<Spanned<Audio>>,
    /// `camera`.
    pub cameras: Vec<Spanned<Camera>>,
    /// `device`, `i2c`, `spi`, `gpio`, in order.
    pub devices: Vec<Spanned<Device>>,
    /// `can "can0"`.
    pub can: Vec<Spanned<String>>,
    /// `network`.
    pub network: Option<Spanned<String>>,
    /// `ipc`.
    pub ipc: Option<Spanned<String>>,
    /// `pid`.
    pub pid: Option<Spanned<String>>,
    /// `shm-size`.
    pub shm_size: Option<Spanned<ByteSize>>,
    /// `ulimit "memlock" -1`.
    pub ulimits: Vec<Spanned<Ulimit>>,
    /// `privileged #true`.
    pub privileged: Flag,
    /// `cap-add`.
    pub cap_add: Vec<Spanned<String>>,
    /// `security-opt`.
    pub security_opt: Vec<Spanned<String>>,
    /// `group-add`, numeric or a name of the image.
    pub group_add: Vec<Spanned<String>>,
    /// `device-cgroup-rule "c 166:* rmw"`: devices that come and go.
    pub device_cgroup_rules: Vec<Spanned<String>>,
    /// `volume "SRC" "DST" [mode="ro"]`.
    pub volumes: Vec<Volume>,
    /// `tmpfs`.
    pub tmpfs: Vec<Spanned<ImagePath>>,
    /// `port "8080:80"`.
    pub ports: Vec<Spanned<PortMapping>>,
    /// `env`.
    pub env: Env,
    /// `env-file`.
    pub env_files: Vec<EnvFile>,
    /// `secret "NAME" file=…`.
    pub secrets: Vec<Secret>,
    /// `jtop`.
    pub jtop: Flag,
    /// `docker-socket`.
    pub docker_socket: Flag,
    /// `models "./data"`.
    pub models: Option<Spanned<HostPath>>,
    /// `command`.
    pub command: Option<Spanned<Vec<String>>>,
    /// `restart`.
    pub restart: Option<Spanned<String>>,
    /// `user`.
    pub user: Option<Spanned<String>>,
    /// `name`: the container's.
    pub name: Option<Spanned<Name>>,
    /// `depends-on "SERVICE"`.
    pub depends_on: Vec<Spanned<Name>>,
    /// `init #true`.
    pub init: Option<Spanned<bool>>,
    /// `tty #true` (with `stdin_open`).
    pub tty: Option<Spanned<bool>>,
    /// `read-only #true`.
    pub read_only: Option<Spanned<bool>>,
    /// `memory "6g"`.
    pub memory: Option<Spanned<ByteSize>>,
    /// `healthcheck`, over that of `app`.
    pub healthcheck: Option<HealthCheck>,
    /// `service "NAME" { image "…"; … }`.
    pub services: Vec<Service>,
    /// The node; absent where the manifest has no `run`.
    pub span: Option<Span>,
}

/// `gpu "all"`, `gpu "0" "1"`, `gpu #false`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gpu {
    /// Every GPU.
    All,
    /// These, by index or UUID.
    Some(Vec<String>),
    /// None.
    Off,
}

/// `display "x11"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Display {
    /// The X server's socket and cookie.
    X11,
    /// The Wayland compositor's socket.
    Wayland,
}

/// `audio "pulse"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audio {
    /// `PulseAudio`'s socket.
    Pulse,
    /// `PipeWire`'s socket.
    Pipewire,
    /// The devices under `/dev/snd`.
    Alsa,
}

/// `camera "csi"`, `camera "/dev/video0"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Camera {
    /// The Argus daemon's socket.
    Csi,
    /// A V4L2 device.
    Device(HostPath),
}

/// Hardware that is not a camera.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Device {
    /// `device "/dev/ttyACM0" [to="/dev/arm"]`.
    Path {
        /// On the host.
        from: HostPath,
        /// In the container, where it differs.
        to: Option<ImagePath>,
    },
    /// `i2c 1 7`: one entry a bus.
    I2c(u32),
    /// `spi "0.0"`; `0.0` when absent.
    Spi(String),
    /// `gpio`, `gpio 0 1`: the chip's number.
    Gpio(u32),
}

/// `ulimit "memlock" -1`, `ulimit "nofile" 1024 2048`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ulimit {
    /// `memlock`.
    pub name: String,
    /// The soft limit; -1 is none.
    pub soft: i64,
    /// The hard limit; the soft one when absent.
    pub hard: Option<i64>,
}

/// `volume "./data" "/data" mode="ro"`.
#[derive(Debug, Clone, PartialEq)]
pub struct Volume {
    /// A host path, or the name of a volume that the engine keeps.
    pub from: Spanned<String>,
    /// In the container.
    pub to: Spanned<ImagePath>,
    /// `rw` when absent.
    pub mode: Mode,
    /// Whether `from` is a host path (it starts with `.`, `/`, `~` or `$`) rather than a named volume.
    pub bind: bool,
    /// The whole node.
    pub span: Span,
}

/// How a volume is mounted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Reads and writes.
    #[default]
    ReadWrite,
    /// Reads.
    ReadOnly,
}

/// `env-file ".env" [required=#false]`.
#[derive(Debug, Clone, PartialEq)]
pub struct EnvFile {
    /// Beside the manifest.
    pub path: Spanned<ProjectPath>,
    /// Whether its absence is an error of the engine.
    pub required: bool,
}

/// `secret "hf-token" file="token.txt"` or `env="HF_TOKEN"`.
#[derive(Debug, Clone, PartialEq)]
pub struct Secret {
    /// Names `/run/secrets/NAME`.
    pub name: Spanned<Name>,
    /// Where it comes from.
    pub source: SecretSource,
}

/// Where a secret comes from; never its value.
#[derive(Debug, Clone, PartialEq)]
pub enum SecretSource {
    /// A file of the host, outside of the build.
    File(Spanned<HostPath>),
    /// A variable of the caller's environment.
    Env(Spanned<EnvName>),
}

/// `service "broker" { image "eclipse-mosquitto:2.0.20"; port "1883:1883" }`.
#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    /// The name.
    pub name: Spanned<Name>,
    /// What it runs; absent: the project's own image.
    pub image: Option<Spanned<ImageRef>>,
    /// How.
    pub run: Run,
    /// The whole node.
    pub span: Span,
}
