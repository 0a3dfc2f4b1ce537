//! Hardware and sockets of the host: what each needs in the container.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::GpuAccess;
use crate::manifest::{Audio, Camera, Display, Gpu, HardwareDevice, RunOptions};
use crate::resolve::TargetFacts;
use crate::value::{Capability, ImagePath, Parse};

use super::{Annotated, GpuUse, Interpolated, MountFrom, MountUse, Piece, Service, ServiceInputs};

/// Driver capabilities in the order in which they are written.
const CAPABILITIES: [&str; 6] = ["compute", "utility", "video", "graphics", "display", "ngx"];
/// Groups of one number on every Debian and Ubuntu.
const FIXED: [(&str, &str); 4] = [("audio", "29"), ("dialout", "20"), ("plugdev", "46"), ("video", "44")];
/// Numbers that Debian's policy reserves, so that no group has one. One of them stands for a group of the host until
/// its number is given: Compose reads the whole file for each of its commands, so a variable without a default would
/// stop builds too, and it refuses a list in which a number occurs twice.
const RESERVED: std::ops::Range<u32> = 65_000..65_534;
/// Where the host keeps the cookie of its X server. A folder, since `xauth` replaces the file; not in `/tmp`, which a
/// reboot empties.
const X11_HOST: &str = "~/.local/state/jcc/x11";
const X11_FOLDER: &str = "/run/x11";
const X11_COOKIE: &str = "/run/x11/cookie";
const RUNTIME_DIR: &str = "XDG_RUNTIME_DIR";

/// The GPU: the main service has it unless stated otherwise, a further one where it says so.
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

/// Whether the image has the variables that ask for all GPUs and just these capabilities of the driver.
pub(super) fn is_of_image(gpu: &GpuUse, env: &BTreeMap<String, String>) -> bool {
    let has = |name: &str, value: &str| env.get(name).is_some_and(|own| own == value);
    gpu.which == Gpu::All
        && has("NVIDIA_VISIBLE_DEVICES", "all")
        && has("NVIDIA_DRIVER_CAPABILITIES", &gpu.capabilities)
}

/// The value of `NVIDIA_DRIVER_CAPABILITIES` that the main service needs; nothing where it has no GPU.
pub fn driver_capabilities(run: &RunOptions, target: &TargetFacts) -> Option<String> {
    let off = run.gpu.as_ref().is_some_and(|gpu| gpu.value == Gpu::Off);
    (!off).then(|| capabilities(run, target))
}

fn capabilities(run: &RunOptions, target: &TargetFacts) -> String {
    let mut wanted: Vec<&str> = target.capabilities.iter().map(String::as_str).collect();
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

/// Adds all that the hardware of a `run` needs; `root`: it runs as root, who needs no group of the host.
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
        let why = format!("{}: access to it is equivalent to root on the host", inputs.cite(span));
        adder.socket("/var/run/docker.sock", &why);
        adder.host_group("DOCKER", "/var/run/docker.sock");
    }
}

struct Adder<'a, 'b> {
    service: &'a mut Service,
    inputs: ServiceInputs<'b>,
    root: bool,
    /// Every device that the service has: it is handed over once.
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

    /// A socket at the same place in the container.
    fn socket(&mut self, path: &str, why: &str) {
        self.bind(Interpolated::literal(path), Interpolated::literal(path), false, why);
    }

    fn device(&mut self, from: Interpolated, to: Option<ImagePath>, why: &str) {
        if self.devices.insert((from.clone(), to.clone())) {
            self.service.devices.push(Annotated::new((from, to), why));
        }
    }

    /// Those who may use the GPU's device nodes.
    fn gpu_groups(&mut self) {
        if self.service.gpu.is_none() || self.root {
            return;
        }
        for name in &self.inputs.target.groups {
            self.group(name.as_str());
        }
    }

    /// A group by its name on the host; the image may have another number for it, or none.
    fn group(&mut self, name: &str) {
        match FIXED.iter().find(|(known, _)| *known == name) {
            Some((_, number)) => {
                self.add_group(Interpolated::literal(*number), name.to_owned());
            }
            None => self.numbered_by_host(name, &format!("getent group {name} | cut -d: -f3")),
        }
    }

    /// A group whose number only the host knows.
    fn host_group(&mut self, name: &str, path: &str) {
        if !self.root {
            self.numbered_by_host(name, &format!("stat -c %g {path}"));
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
        // One that the manifest asks for too is the host's all the same.
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

    /// The group that may use a device, as udev's rules of Ubuntu have it.
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

/// The number that stands for a group of the host until its own is given: always the same for a variable, unless another
/// of the service's groups has it.
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

/// The chips that the pins of the device's header are on.
fn header_chips(inputs: ServiceInputs<'_>) -> Vec<String> {
    let chips = inputs.target.values.get("gpio_chips").map_or("0", String::as_str);
    chips.split(' ').map(str::to_owned).collect()
}

/// The folder of the desktop session's sockets.
fn runtime_dir(run: &RunOptions) -> Interpolated {
    Interpolated::or(RUNTIME_DIR, &format!("/run/user/{}", run.session_uid()))
}
