//! Warns about devices that are passed to a container twice.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::check::{Context, Rule};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes, wording};
use crate::manifest::{Camera, HardwareDevice, RunOptions};
use crate::source::Span;

pub(super) const RULE: Rule = Rule { code: codes::SAME_DEVICE, severity: Severity::Warning, check };

fn check(context: &Context<'_>, log: &mut Log) {
    for run in context.runs() {
        let mut seen = BTreeMap::new();
        for (path, span) in devices(run) {
            let (host, first) = match seen.entry(path) {
                Entry::Vacant(new) => {
                    new.insert(span);
                    continue;
                }
                Entry::Occupied(known) => (known.key().0.clone(), *known.get()),
            };
            let message = format!("{} is passed twice", wording::code(host));
            log.report(
                Diagnostic::warning(codes::SAME_DEVICE, message)
                    .at(span, "second occurrence")
                    .at(first, "first occurrence")
                    .help("remove one of them"),
            );
        }
    }
}

/// Returns the path of each device on the host, and that in the container if it differs.
fn devices(run: &RunOptions) -> Vec<((String, Option<String>), Span)> {
    let cameras = run.cameras.iter().filter_map(|camera| match &camera.value {
        Camera::Csi => None,
        Camera::Device(path) => Some(((path.to_string(), None), camera.span)),
    });
    let devices = run.devices.iter().filter_map(|device| {
        let path = match &device.value {
            HardwareDevice::Path { from, to } => {
                let from = from.to_string();
                let to = to.as_ref().map(ToString::to_string).filter(|to| *to != from);
                (from, to)
            }
            HardwareDevice::I2c(bus) => (format!("/dev/i2c-{bus}"), None),
            HardwareDevice::Spi(device) => (format!("/dev/spidev{device}"), None),
            HardwareDevice::Gpio(Some(chip)) => (format!("/dev/gpiochip{chip}"), None),
            // The chips depend on the device. The plan removes duplicates.
            HardwareDevice::Gpio(None) => return None,
        };
        Some((path, device.span))
    });
    let mut all: Vec<_> = cameras.chain(devices).collect();
    all.sort_by_key(|(_, span)| (span.source, span.start));
    all
}
