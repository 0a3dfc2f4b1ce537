//! Access to hardware and sockets of the host: devices, mounts, groups and variables.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::GpuAccess;
use crate::manifest::{Audio, Camera, Display, Engine, Gpu, HardwareDevice, RunOptions};
use crate::resolve::TargetFacts;
use crate::value::{Capability, ImagePath, PackedText, Parse};

use super::{Annotated, GpuUse, Interpolated, MountFrom, MountUse, Piece, Service, ServiceInputs};

/// Driver capabilities in the order of the output.
const CAPABILITIES: [&str; 6] = ["compute", "utility", "video", "graphics", "display", "ngx"];
/// Groups that have the same number on every Debian and Ubuntu.
const FIXED: [(&str, &str); 4] = [("audio", "29"), ("dialout", "20"), ("plugdev", "46"), ("video", "44")];
/// Numbers that Debian's policy reserves, so that no group has one. They are the default of variables with
/// the number of a group of the host. A default is needed because Compose evaluates the whole file for each
/// of its commands, so a variable without one would fail builds too. The numbers are distinct because Compose
/// rejects duplicate groups.
const RESERVED: std::ops::Range<u32> = 65_000..65_534;
/// The folder on the host with the cookie of its X server. The folder is mounted, because `xauth` replaces
/// the file. It is not in `/tmp`, which a reboot empties.
const X11_HOST: &str = "~/.local/state/jcc/x11";
const X11_FOLDER: &str = "/run/x11";
const X11_COOKIE: &str = "/run/x11/cookie";
const DOCKER_SOCKET: &str = "/var/run/docker.sock";
/// The socket of Podman in the folder of the user's sockets.
pub(super) const PODMAN_SOCKET: &str = "/podman/podman.sock";
pub(super) const RUNTIME_DIR: &str = "XDG_RUNTIME_DIR";

/// Returns the GPU access of a service. The main service has it by default; others must request it.
pub(super) fn gpu(run: &RunOptions, inputs: ServiceInputs<'_>, is_main: bool) -> Option<GpuUse> {
    let which = match &run.gpu {
        Some(gpu) if gpu.value == Gpu::Off => return None,
        Some(gpu) => gpu.value.clone(),
        None if is_main => Gpu::All,
        None => return None,
    };
    let target = inputs.target;
    Some(GpuUse {
        which,
        access: if run.gpu_form.is_some() { GpuAccess::Cdi } else { target.gpu },
        platform: target.platform.to_string(),
        capabilities: capabilities(run, target),
        of_image: false,
    })
}

/// Whether the variables of the image already request all GPUs with these driver capabilities.
pub(super) fn is_of_image(gpu: &GpuUse, env: &BTreeMap<String, String>) -> bool {
    let has = |name: &str, value: &str| env.get(name).is_some_and(|own| own == value);
    gpu.which == Gpu::All
        && has("NVIDIA_VISIBLE_DEVICES", "all")
        && has("NVIDIA_DRIVER_CAPABILITIES", &gpu.capabilities)
}

/// Returns the value of `NVIDIA_DRIVER_CAPABILITIES` for the main service; `None` if it has no GPU.
pub fn driver_capabilities(run: &RunOptions, target: &TargetFacts) -> Option<String> {
    let off = run.gpu.as_ref().is_some_and(|gpu| gpu.value == Gpu::Off);
    (!off).then(|| capabilities(run, target))
}

fn capabilities(run: &RunOptions, target: &TargetFacts) -> String {
    let mut wanted: Vec<&str> = target.capabilities.iter().map(PackedText::as_str).collect();
    if run.display.is_some() {
        wanted.extend(["graphics", "display"]);
    }
    if !run.cameras.is_empty() {
        wanted.push("video");
    }
    let place =
        |word: &str| CAPABILITIES.iter().position(|known| *known == word).unwrap_or(CAPABILITIES.len());
    wanted.sort_by_key(|word| (place(word), *word));
    wanted.dedup();
    wanted.join(",")
}

/// Adds what access to the hardware needs. `root` is whether the service runs as root, which needs no groups
/// of the host.
pub(super) fn apply(service: &mut Service, run: &RunOptions, inputs: ServiceInputs<'_>, root: bool) {
    let mut adder = Adder { service, inputs, root, devices: BTreeSet::new() };
    adder.gpu_groups();
    adder.display(run);
    adder.audio(run);
    for camera in &run.cameras {
        let cite = inputs.cite(camera.span);
        match &camera.value {
            Camera::Csi => adder.socket("/tmp/argus_socket", &cite),
            Camera::Device(path) => {
                adder.device(Interpolated::with_variables(path.as_str()), None, &cite);
                adder.group("video");
            }
        }
    }
    for device in &run.devices {
        adder.hardware(&device.value, &inputs.cite(device.span));
    }
    if let Some(can) = run.can.first() {
        let why = inputs.cite(can.span);
        let capability = Capability::parse("NET_ADMIN").expect("it is a capability");
        if !adder.service.cap_add.iter().any(|given| given.value == capability) {
            adder.service.cap_add.push(Annotated::new(capability, why));
        }
    }
    if let Some(span) = run.jtop.on() {
        adder.socket("/run/jtop.sock", &inputs.cite(span));
        adder.host_group("JTOP", "/run/jtop.sock");
    }
    if let Some(span) = run.docker_socket.on() {
        adder.engine_socket(run, &inputs.cite(span));
    }
}

struct Adder<'a, 'b> {
    service: &'a mut Service,
    inputs: ServiceInputs<'b>,
    root: bool,
    /// The devices that were added, to avoid duplicates.
    devices: BTreeSet<(Interpolated, Option<ImagePath>)>,
}

impl Adder<'_, '_> {
    fn env(&mut self, name: &str, value: Interpolated, why: &str) {
        self.service.env.entry(name.to_owned()).or_insert_with(|| Annotated::new(value, why));
    }

    fn bind(&mut self, from: Interpolated, to: Interpolated, read_only: bool, why: &str) {
        if self.service.mounts.iter().all(|mount| mount.value.to != to) {
            let mount = MountUse { from: MountFrom::Host(from), to, read_only };
            self.service.mounts.push(Annotated::new(mount, why));
        }
    }

    /// Mounts a socket at the same path.
    fn socket(&mut self, path: &str, why: &str) {
        self.bind(Interpolated::literal(path), Interpolated::literal(path), false, why);
    }

    /// Mounts the socket of the engine, at the path where clients of Docker expect it.
    fn engine_socket(&mut self, run: &RunOptions, cite: &str) {
        if self.inputs.project.engine() == Engine::Docker {
            let why = format!("{cite}: access to it is equivalent to root on the host");
            self.socket(DOCKER_SOCKET, &why);
            self.host_group("DOCKER", DOCKER_SOCKET);
        } else {
            // The socket belongs to the user who starts the container, and needs no group.
            let why = format!("{cite}: access to it is equivalent to the account of the user who starts it");
            let from = runtime_dir(run).then(PODMAN_SOCKET);
            self.bind(from, Interpolated::literal(DOCKER_SOCKET), false, &why);
        }
    }

    fn device(&mut self, from: Interpolated, to: Option<ImagePath>, why: &str) {
        if self.devices.insert((from.clone(), to.clone())) {
            self.service.devices.push(Annotated::new((from, to), why));
        }
    }

    /// Adds the groups that have access to the GPU's device nodes.
    fn gpu_groups(&mut self) {
        if self.service.gpu.is_none() || self.root {
            return;
        }
        for name in &self.inputs.target.groups {
            self.group(name.as_str());
        }
    }

    /// Adds a group of the host by name. It is added by number, because the image may have another number for
    /// it, or none.
    fn group(&mut self, name: &str) {
        match FIXED.iter().find(|(known, _)| *known == name) {
            Some((_, number)) => {
                self.add_group(Interpolated::literal(*number), name.to_owned());
            }
            None => self.numbered_by_host(name, &format!("getent group {name} | cut -d: -f3")),
        }
    }

    /// Adds the group of a path on the host, whose number depends on the host.
    fn host_group(&mut self, name: &str, path: &str) {
        if !self.root {
            self.numbered_by_host(name, &format!("stat -c %g {path} 2>/dev/null"));
        }
    }

    fn numbered_by_host(&mut self, name: &str, command: &str) {
        let variable = format!("JCC_GID_{}", name.to_ascii_uppercase());
        let number = reserved(&variable, &self.service.groups);
        self.add_group(
            Interpolated::or(&variable, &number.to_string()),
            format!("the host's {}", name.to_ascii_lowercase()),
        );
        self.service.host_groups.entry(variable).or_insert_with(|| command.to_owned());
    }

    fn add_group(&mut self, group: Interpolated, why: String) {
        let variable = |text: &Interpolated| match text.pieces() {
            [Piece::Variable { name, .. }] => Some(name.clone()),
            _ => None,
        };
        let same = |given: &Annotated<Interpolated>| {
            given.value == group || (variable(&group).is_some() && variable(&given.value) == variable(&group))
        };
        // A group that the manifest adds too is still one of the host.
        match self.service.groups.iter_mut().find(|given| same(given)) {
            Some(given) if given.why.is_empty() => given.why = why,
            Some(_) => {}
            None => self.service.groups.push(Annotated::new(group, why)),
        }
    }

    fn display(&mut self, run: &RunOptions) {
        let Some(display) = &run.display else { return };
        let why = self.inputs.cite(display.span);
        match display.value {
            Display::X11 => {
                self.env("DISPLAY", Interpolated::or("DISPLAY", ":0"), &why);
                self.env("QT_X11_NO_MITSHM", Interpolated::literal("1"), &why);
                self.env("XAUTHORITY", Interpolated::literal(X11_COOKIE), &why);
                self.socket("/tmp/.X11-unix", &why);
                self.bind(Interpolated::literal(X11_HOST), Interpolated::literal(X11_FOLDER), true, &why);
            }
            Display::Wayland => {
                let runtime_dir = || runtime_dir(run);
                let socket =
                    || runtime_dir().then("/").join(Interpolated::or("WAYLAND_DISPLAY", "wayland-0"));
                self.env("WAYLAND_DISPLAY", Interpolated::or("WAYLAND_DISPLAY", "wayland-0"), &why);
                self.env(RUNTIME_DIR, runtime_dir(), &why);
                self.bind(socket(), socket(), false, &why);
            }
        }
    }

    fn audio(&mut self, run: &RunOptions) {
        let Some(audio) = &run.audio else { return };
        let why = self.inputs.cite(audio.span);
        let runtime_dir = || runtime_dir(run);
        match audio.value {
            Audio::Pulse => {
                let server = Interpolated::literal("unix:").join(runtime_dir()).then("/pulse/native");
                self.env("PULSE_SERVER", server, &why);
                let folder = || runtime_dir().then("/pulse");
                self.bind(folder(), folder(), false, &why);
            }
            Audio::Pipewire => {
                self.env(RUNTIME_DIR, runtime_dir(), &why);
                let socket = || runtime_dir().then("/pipewire-0");
                self.bind(socket(), socket(), false, &why);
            }
            Audio::Alsa => {
                self.device(Interpolated::literal("/dev/snd"), None, &why);
                self.group("audio");
            }
        }
    }

    fn hardware(&mut self, device: &HardwareDevice, cite: &str) {
        match device {
            HardwareDevice::Path { from, to } => {
                self.device(Interpolated::with_variables(from.as_str()), to.clone(), cite);
                self.group_of(from.as_str());
            }
            HardwareDevice::I2c(bus) => {
                let path = format!("/dev/i2c-{bus}");
                self.device(Interpolated::literal(path.clone()), None, cite);
                self.host_group("I2C", &path);
            }
            HardwareDevice::Spi(device) => {
                let path = format!("/dev/spidev{device}");
                self.device(Interpolated::literal(path.clone()), None, cite);
                self.host_group("SPI", &path);
            }
            HardwareDevice::Gpio(chip) => {
                for chip in chip.map_or_else(|| header_chips(self.inputs), |chip| vec![chip.to_string()]) {
                    let path = format!("/dev/gpiochip{chip}");
                    self.device(Interpolated::literal(path.clone()), None, cite);
                    self.host_group("GPIO", &path);
                }
                if let Some(model) = self.inputs.target.values.get("model") {
                    let why = "the board, which Jetson.GPIO cannot detect inside a container";
                    self.env("JETSON_MODEL_NAME", Interpolated::literal(model.clone()), why);
                }
            }
        }
    }

    /// Adds the group that has access to a device by the udev rules of Ubuntu.
    fn group_of(&mut self, path: &str) {
        let below = |start: &[&str]| start.iter().any(|start| path.starts_with(start));
        if below(&["/dev/tty", "/dev/serial/", "/dev/rfcomm"]) {
            self.group("dialout");
        } else if below(&["/dev/video", "/dev/v4l/", "/dev/media"]) {
            self.group("video");
        } else if below(&["/dev/snd"]) {
            self.group("audio");
        } else if below(&["/dev/bus/usb"]) {
            self.group("plugdev");
        } else if below(&["/dev/dri"]) {
            self.group("video");
            self.host_group("RENDER", "/dev/dri/renderD128");
        } else if below(&["/dev/i2c-"]) {
            self.host_group("I2C", path);
        } else if below(&["/dev/spidev"]) {
            self.host_group("SPI", path);
        } else if below(&["/dev/gpiochip"]) {
            self.host_group("GPIO", path);
        } else if below(&["/dev/input"]) {
            self.host_group("INPUT", "/dev/input/event0");
        }
    }
}

/// Returns the default for the number of a group of the host. It is always the same for a variable, unless
/// another group of the service has this number.
fn reserved(variable: &str, taken: &[Annotated<Interpolated>]) -> u32 {
    let sum = variable.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    let count = RESERVED.end - RESERVED.start;
    let numbers = (0..count).map(|step| RESERVED.start + (sum % count + step) % count);
    let is_free = |number: &u32| {
        let number = number.to_string();
        taken.iter().all(|group| match group.value.pieces() {
            [Piece::Variable { name, rest, .. }] => {
                name == variable || rest.as_literal().as_deref() != Some(&number)
            }
            _ => group.value.as_literal().as_deref() != Some(&number),
        })
    };
    numbers.into_iter().find(is_free).unwrap_or(RESERVED.start)
}

/// Returns the GPIO chips of the device's pin header.
fn header_chips(inputs: ServiceInputs<'_>) -> Vec<String> {
    let chips = inputs.target.values.get("gpio_chips").map_or("0", PackedText::as_str);
    chips.split(' ').map(str::to_owned).collect()
}

/// Returns the folder of the desktop session's sockets.
fn runtime_dir(run: &RunOptions) -> Interpolated {
    Interpolated::or(RUNTIME_DIR, &format!("/run/user/{}", run.session_uid()))
}
