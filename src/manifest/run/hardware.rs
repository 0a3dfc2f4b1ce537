//! Hardware of the host: GPU, display, audio, cameras, devices and buses.

use crate::diagnostic::{Diagnostic, Log, codes::manifest as codes, wording};
use crate::source::Spanned;
use crate::syntax::schema::{ArgSpec, NodeSpec, PropertySpec, ValueKind};
use crate::syntax::{Reader, Value, quote};
use crate::value::{HostPath, ImagePath, Invalid, Parse, without_variables};

use crate::manifest::decode::{self, words};

pub(super) static GPU: NodeSpec = NodeSpec::new(
    "gpu",
    "The GPU; enabled by default in the main service, and disabled in additional services.",
)
.rest(
    ArgSpec::new(
        "WHICH",
        ValueKind::Either(&[ValueKind::Text, ValueKind::Integer, ValueKind::Bool]),
        "`\"all\"`, the indexes or UUIDs of some GPUs, or `#false`; all if absent.",
    )
    .optional(),
)
.properties(&[PropertySpec::new(
    "form",
    ValueKind::Choice(GpuForm::WORDS),
    "How Docker passes the GPU: `cdi` uses the host's CDI specification; the platform's default if absent.",
)])
.also(&[("gpus", ""), ("runtime", "gpu")])
.optional();
pub(super) static DISPLAY: NodeSpec = NodeSpec::new("display", "Access to the host's display.")
    .args(&[ArgSpec::new("SERVER", ValueKind::Choice(Display::WORDS), "The display server of the host.")])
    .optional();
pub(super) static AUDIO: NodeSpec =
    NodeSpec::new("audio", "Sound, through the host's sound server or its devices.")
        .args(&[ArgSpec::new("SERVER", ValueKind::Choice(Audio::WORDS), "The sound system of the host.")])
        .optional();
pub(super) static CAMERA: NodeSpec =
    NodeSpec::new("camera", "Cameras of the host, through a socket or a device.").rest(ArgSpec::text(
        "WHICH",
        "`\"csi\"` for the Argus socket, or the path of a V4L2 device such as `\"/dev/video0\"`.",
    ));
pub(super) static DEVICE: NodeSpec =
    NodeSpec::new("device", "A device of the host; the service joins the group that may use it.")
        .args(&[ArgSpec::text("PATH", "The path, such as `/dev/ttyACM0`.")])
        .properties(&[PropertySpec::text("to", "The path in the container, if it differs.")]);
pub(super) static I2C: NodeSpec = NodeSpec::new("i2c", "I2C buses.").rest(ArgSpec::new(
    "BUS",
    ValueKind::Integer,
    "The number of a bus: 7 is `/dev/i2c-7`.",
));
pub(super) static SPI: NodeSpec = NodeSpec::new("spi", "SPI devices; `0.0` if none is given.").rest(
    ArgSpec::new(
        "DEVICE",
        ValueKind::Either(&[ValueKind::Text, ValueKind::Number]),
        "SPI devices; `0.0` by default.",
    )
    .optional(),
);
pub(super) static GPIO: NodeSpec =
    NodeSpec::new("gpio", "GPIO chips; those of the device's 40-pin header if none is given.").rest(
        ArgSpec::new("CHIP", ValueKind::Integer, "The number of a chip: 0 is `/dev/gpiochip0`.").optional(),
    );
pub(super) static CAN: NodeSpec = NodeSpec::new("can", "CAN interfaces of the host.")
    .rest(ArgSpec::text("INTERFACE", "The interface, such as `can0`."));

/// `gpu "all"`, `gpu "0" "1"`, `gpu #false`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gpu {
    All,
    /// The indexes or UUIDs of some GPUs.
    Some(Vec<String>),
    Off,
}

/// How Docker passes the GPU, instead of the platform's default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GpuForm {
    /// With the host's CDI specification.
    Cdi,
}

/// `display "x11"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Display {
    /// The socket and the cookie of the X server.
    X11,
    /// The socket of the Wayland compositor.
    Wayland,
}

/// `audio "pulse"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audio {
    /// The socket of `PulseAudio`.
    Pulse,
    /// The socket of `PipeWire`.
    Pipewire,
    /// The devices in `/dev/snd`.
    Alsa,
}

/// `camera "csi"`, `camera "/dev/video0"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Camera {
    /// The socket of the Argus daemon.
    Csi,
    /// A V4L2 device.
    Device(HostPath),
}

/// A device or bus of the host, other than a camera.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HardwareDevice {
    /// `device "/dev/ttyACM0" [to="/dev/arm"]`.
    Path {
        from: HostPath,
        /// The path in the container, if it differs.
        to: Option<ImagePath>,
    },
    /// `i2c 1 7`, one entry per bus.
    I2c(u32),
    /// `spi "0.0"`; `0.0` if absent.
    Spi(String),
    /// `gpio 0 1`, one entry per chip; `None` for the chips of the device's 40-pin header.
    Gpio(Option<u32>),
}

words! { GpuForm: "cdi" => Cdi }
words! { Display: "x11" => X11, "wayland" => Wayland }
words! { Audio: "pulse" => Pulse, "pipewire" => Pipewire, "alsa" => Alsa }

pub(super) fn gpu_form(block: Reader<'_>) -> Option<Spanned<GpuForm>> {
    decode::choice_prop(block.child("gpu")?, "form")
}

pub(super) fn gpu(block: Reader<'_>, log: &mut Log) -> Option<Spanned<Gpu>> {
    let node = block.child("gpu")?;
    let Some(first) = node.raw_arg(0) else { return Some(Spanned::new(Gpu::All, node.name_span())) };
    match first.value {
        Value::Bool(on) if node.arg_count() == 1 => {
            return Some(Spanned::new(if *on { Gpu::All } else { Gpu::Off }, first.span));
        }
        Value::String(word) if word == "all" && node.arg_count() == 1 => {
            return Some(Spanned::new(Gpu::All, first.span));
        }
        _ => {}
    }
    let mut which = Vec::new();
    let mut end = first.span;
    for at in 0..node.arg_count() {
        let id: Option<Spanned<GpuId>> = decode::text_or_number(node, at, log);
        if let Some(id) = id {
            end = id.span;
            which.push(id.value.0);
        } else if let Some(Spanned { value: Value::Bool(_), span }) = node.raw_arg(at) {
            log.error(
                Diagnostic::error(codes::MIXED_GPUS, "a boolean cannot be part of a list of GPUs")
                    .at(span, "this applies to all GPUs")
                    .help("write `gpu #false`, `gpu \"all\"`, or a list of GPUs"),
            );
        }
    }
    (!which.is_empty()).then(|| Spanned::new(Gpu::Some(which), first.span.to(end)))
}

/// The index or UUID of a GPU, as for `--gpus device=`.
struct GpuId(String);

impl Parse for GpuId {
    const WHAT: &'static str = "a GPU";

    fn parse(text: &str) -> Result<Self, Invalid> {
        let index = !text.is_empty() && text.len() <= 3 && text.bytes().all(|b| b.is_ascii_digit());
        let uuid = ["GPU-", "MIG-"].iter().any(|start| {
            text.strip_prefix(start).is_some_and(|rest| {
                !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_hexdigit() || b"-/".contains(&b))
            })
        });
        if index || uuid {
            return Ok(Self(text.to_owned()));
        }
        let message = if text == "all" {
            "`all` cannot be combined with other values".to_owned()
        } else {
            format!("`{text}` is not a valid GPU")
        };
        Err(Invalid::new(message)
            .help("write `\"all\"`, indexes such as `\"0\" \"1\"`, or UUIDs from `nvidia-smi -L`"))
    }
}

pub(super) fn cameras(block: Reader<'_>, log: &mut Log) -> Vec<Spanned<Camera>> {
    block.args_of_children("camera", log)
}

impl Parse for Camera {
    const WHAT: &'static str = "a camera";

    fn parse(text: &str) -> Result<Self, Invalid> {
        if text == "csi" {
            return Ok(Self::Csi);
        }
        if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(
                Invalid::new(format!("`{text}` is not a valid camera")).meant(format!("/dev/video{text}"))
            );
        }
        if !text.starts_with("/dev/") {
            return Err(Invalid::new(format!("`{text}` is not a valid camera")).help(
                "write `\"csi\"` for a CSI camera, or the path of a V4L2 device such as `\"/dev/video0\"`",
            ));
        }
        device_path(text).map(Self::Device)
    }
}

/// Decodes `device`, `i2c`, `spi` and `gpio` in the order of the file, one entry per device.
pub(super) fn devices(block: Reader<'_>, log: &mut Log) -> Vec<Spanned<HardwareDevice>> {
    let mut all = Vec::new();
    for node in block.children() {
        let has_no_argument = || node.arg_count() == 0;
        match node.name() {
            "device" => all.extend(device(node, log)),
            "i2c" => all.extend(node.args::<u32>(log).into_iter().map(|bus| bus.map(HardwareDevice::I2c))),
            "gpio" if has_no_argument() => {
                all.push(Spanned::new(HardwareDevice::Gpio(None), node.name_span()));
            }
            "gpio" => {
                let chips = node.args::<u32>(log).into_iter();
                all.extend(chips.map(|chip| chip.map(|chip| HardwareDevice::Gpio(Some(chip)))));
            }
            "spi" if has_no_argument() => {
                all.push(Spanned::new(HardwareDevice::Spi("0.0".to_owned()), node.name_span()));
            }
            "spi" => {
                for at in 0..node.arg_count() {
                    let spi: Option<Spanned<SpiDevice>> = decode::text_or_number(node, at, log);
                    all.extend(spi.map(|spi| spi.map(|spi| HardwareDevice::Spi(spi.0))));
                }
            }
            _ => {}
        }
    }
    all
}

fn device(node: Reader<'_>, log: &mut Log) -> Option<Spanned<HardwareDevice>> {
    let from: Option<Spanned<DevicePath>> = node.arg(0, log);
    let to: Option<Spanned<DeviceTarget>> = node.prop("to", log);
    Some(from?.map(|from| HardwareDevice::Path { from: from.0, to: to.map(|to| to.value.0) }))
}

/// The path of a device in `/dev`, or one that starts with an environment variable.
struct DevicePath(HostPath);

impl Parse for DevicePath {
    const WHAT: &'static str = "a device";

    fn parse(text: &str) -> Result<Self, Invalid> {
        // The formats of Compose: `FROM:TO` and `FROM:TO:rwm`.
        let mut parts = text.split(':');
        if let (Some(from), Some(to)) = (parts.next(), parts.next())
            && from.starts_with("/dev/")
            && to.starts_with("/dev/")
        {
            let right = format!("{} to={}", quote(from), quote(to));
            let right = if from == to { quote(from) } else { right };
            return Err(Invalid::new("the path in the container is not part of the device")
                .help(format!("write {}", wording::code(right)))
                .at(from.len()..text.len()));
        }
        if !text.starts_with("/dev/") && !text.starts_with('$') {
            return Err(Invalid::new(format!("`{text}` is not a valid device"))
                .help("devices are in `/dev`, such as `/dev/ttyACM0`; use `volume` to mount a file"));
        }
        device_path(text).map(Self)
    }
}

/// The path of a device in the container.
struct DeviceTarget(ImagePath);

impl Parse for DeviceTarget {
    const WHAT: &'static str = ImagePath::WHAT;

    fn parse(text: &str) -> Result<Self, Invalid> {
        without_colon(text)?;
        let path = ImagePath::parse(text)?;
        if path.as_str() == "/" {
            return Err(Invalid::new("a device cannot be at `/`").help("use a path such as `/dev/arm`"));
        }
        Ok(Self(path))
    }
}

/// Checks that a device path contains no `:`, since engines take devices as `FROM:TO` and have no way to
/// escape it.
fn without_colon(text: &str) -> Result<(), Invalid> {
    match text.find(':') {
        Some(at) => Err(Invalid::new("a device path cannot contain `:`")
            .help("use a path without `:`, such as one in `/dev/serial/by-id`, or create a link")
            .at(at..at + 1)),
        None => Ok(()),
    }
}

fn device_path(text: &str) -> Result<HostPath, Invalid> {
    let plain = without_variables(text, "0")?;
    if plain == text {
        without_colon(text)?;
    }
    if let Some(at) = plain.find(['*', '?', '[']).filter(|_| plain == text) {
        return Err(Invalid::new("a device path cannot be a pattern: container engines do not expand it")
            .help(
                "write one `device` for each; for devices that may be plugged in later, use \
                    `device-cgroup-rule` and `volume \"/dev\" \"/dev\"`",
            )
            .at(at..at + 1));
    }
    HostPath::parse(text)
}

/// Bus and chip select of an SPI device, such as `0.0`.
struct SpiDevice(String);

impl Parse for SpiDevice {
    const WHAT: &'static str = "an SPI device";

    fn parse(text: &str) -> Result<Self, Invalid> {
        let number =
            |part: &str| !part.is_empty() && part.len() <= 3 && part.bytes().all(|b| b.is_ascii_digit());
        match text.split_once('.') {
            Some((bus, chip)) if number(bus) && number(chip) => Ok(Self(text.to_owned())),
            _ => Err(Invalid::new(format!("`{text}` is not a valid SPI device"))
                .help("write bus and chip, such as `\"0.0\"` for `/dev/spidev0.0`")),
        }
    }
}

pub(super) fn can(block: Reader<'_>, log: &mut Log) -> Vec<Spanned<String>> {
    let all: Vec<Spanned<Interface>> = block.args_of_children("can", log);
    all.into_iter().map(|one| one.map(|one| one.0)).collect()
}

/// The name of a network interface.
struct Interface(String);

impl Parse for Interface {
    const WHAT: &'static str = "a network interface";

    fn parse(text: &str) -> Result<Self, Invalid> {
        let fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        if text.is_empty() || text.len() > 15 || !text.chars().all(fine) {
            return Err(Invalid::new(format!("`{text}` is not a valid network interface"))
                .help("a name has at most 15 letters and digits, such as `can0`"));
        }
        Ok(Self(text.to_owned()))
    }
}
