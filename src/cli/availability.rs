//! What is available on the machine that a command names: asked, and shown.

use serde_json::{Value, json};

use crate::catalog::Catalog;
use crate::diagnostic::{Log, Reported};
use crate::resolve::availability::{Asking, Machine, Verdict};

use super::args::MachineArgs;
use super::{Exit, Session};

/// Asks, where a machine is named; one that nobody knows is reported.
pub(super) fn ask<T>(
    session: &mut Session<'_, '_>,
    catalog: &Catalog,
    place: &MachineArgs,
    question: impl FnOnce(&mut Asking<'_>, Machine<'_>) -> Result<T, Reported>,
) -> Result<Option<T>, Exit> {
    if place.device.is_none() && place.platform.is_none() && place.release.is_none() {
        return Ok(None);
    }
    let mut log = Log::new();
    let mut asking = Asking { catalog, sources: &mut session.sources, log: &mut log };
    if let Ok(answer) = question(&mut asking, machine(place)) {
        return Ok(Some(answer));
    }
    let first = log.sorted().first().map(|one| (one.message.clone(), one.help.first().cloned()));
    let (message, help) = first.unwrap_or_default();
    Err(session.unknown(&message, help))
}

/// Whether a release is named without the machine that runs it.
pub(super) fn lacks_machine(place: &MachineArgs) -> bool {
    place.release.is_some() && place.device.is_none() && place.platform.is_none()
}

pub(super) fn which_machine(session: &mut Session<'_, '_>) -> Exit {
    session.unknown(
        "`--release` needs a device or a platform",
        Some("add `--device` or `--platform`".to_owned()),
    )
}

/// The machine of a command line.
fn machine(place: &MachineArgs) -> Machine<'_> {
    Machine {
        device: place.device.as_deref(),
        platform: place.platform.as_deref(),
        release: place.release.as_deref(),
    }
}

/// `yes`, or the version, and what for; or `no` and why.
pub(super) fn cells(verdict: &Verdict, version: Option<String>) -> Vec<String> {
    match verdict {
        Err(why) => vec!["no".to_owned(), why.clone()],
        Ok(here) => {
            let with = here.with.iter().map(|(title, version)| format!("{title} {version}"));
            // What goes with it is lost with it.
            let without = here.without.first().map(|title| format!("no {title}"));
            let with = with.chain(without).collect::<Vec<_>>().join(", ");
            let unproven = here.unproven.iter().map(|why| format!("unproven: {why}"));
            let parts: Vec<String> =
                std::iter::once(with).filter(|with| !with.is_empty()).chain(unproven).collect();
            vec![version.unwrap_or_else(|| "yes".to_owned()), parts.join("; ")]
        }
    }
}

/// The same for programs, added to an object.
pub(super) fn with(mut value: Value, verdict: &Verdict) -> Value {
    let Some(fields) = value.as_object_mut() else { return value };
    let here = verdict.as_ref().ok();
    let with = here.map(|here| {
        let all = here.with.iter().map(|(title, version)| (title.clone(), json!(version)));
        all.collect::<serde_json::Map<String, Value>>()
    });
    if let Some(version) = here.and_then(|here| here.version.as_ref()) {
        fields.insert("version".to_owned(), json!(version));
    }
    fields.insert("available".to_owned(), json!(here.is_some()));
    fields.insert("with".to_owned(), json!(with));
    fields.insert("without".to_owned(), json!(here.map(|here| &here.without)));
    fields.insert("unproven".to_owned(), json!(here.and_then(|here| here.unproven.as_ref())));
    fields.insert("reason".to_owned(), json!(verdict.as_ref().err()));
    value
}
