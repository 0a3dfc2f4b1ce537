//! Reports options in `run` that the target's platform does not support.

use crate::check::{Context, Rule};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes, wording};
use crate::manifest::{Camera, HardwareDevice, RunOptions};
use crate::source::Span;

pub(super) const RULE: Rule = Rule { code: codes::NOT_OFFERED, severity: Severity::Error, check };

/// An option that depends on the platform: its name in the platform's `offers`, a description, and its place.
type MachineOption = (&'static str, &'static str, Span);

fn check(context: &Context<'_>, log: &mut Log) {
    let Some(platform) = context.platform else { return };
    for (word, what, span) in context.runs().flat_map(used) {
        if platform.offers.iter().any(|offer| offer.as_str() == word) {
            continue;
        }
        let name = wording::code(platform.name.as_str());
        let others = context.catalog.platforms().filter(|other| {
            let mut offers = other.offers.iter();
            offers.any(|offer| offer.as_str() == word)
        });
        let others = wording::codes(others.map(|other| other.name.as_str()));
        let mut diagnostic = Diagnostic::error(codes::NOT_OFFERED, format!("{name} has no {what}"))
            .at(span, format!("the target is {name}"))
            .help("remove it; with several targets, move it into the `run` of those that support it");
        if !others.is_empty() {
            diagnostic = diagnostic.help(format!("supported only by {}", wording::all_of(&others)));
        }
        log.error(diagnostic.maybe_help(instead(word)));
    }
}

/// Suggests an alternative for other platforms.
fn instead(word: &str) -> Option<&'static str> {
    match word {
        "camera-csi" => Some("for a USB camera, use its device: `camera \"/dev/video0\"`"),
        "can" => Some(
            "for an adapter on the host, use `network \"host\"`, which gives access to the host's \
                interfaces",
        ),
        "i2c" | "spi" | "gpio" => {
            Some("for an adapter with a driver on the host, pass its device: `device \"/dev/…\"`")
        }
        _ => None,
    }
}

fn used(run: &RunOptions) -> Vec<MachineOption> {
    let cameras = run.cameras.iter().filter(|camera| camera.value == Camera::Csi);
    let mut all: Vec<MachineOption> =
        cameras.map(|camera| ("camera-csi", "CSI camera", camera.span)).collect();
    all.extend(run.devices.iter().filter_map(|device| match device.value {
        HardwareDevice::Path { .. } => None,
        HardwareDevice::I2c(_) => Some(("i2c", "board I2C bus", device.span)),
        HardwareDevice::Spi(_) => Some(("spi", "board SPI device", device.span)),
        HardwareDevice::Gpio(_) => Some(("gpio", "GPIO pins", device.span)),
    }));
    all.extend(run.can.iter().map(|one| ("can", "board CAN interface", one.span)));
    all.extend(run.jtop.on().map(|span| ("jtop", "jtop", span)));
    all
}
