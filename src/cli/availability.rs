//! Queries what is available on the machine of `--device`, `--platform` and `--release`, and formats the
//! answer.

use serde_json::{Value, json};

use crate::catalog::Catalog;
use crate::diagnostic::{Log, Reported};
use crate::resolve::availability::{AvailabilityQuery, Machine, Verdict};

use super::args::MachineArgs;
use super::{Exit, Session};

/// Runs a query for the machine. Returns `None` if the arguments name none, and reports an unknown one.
pub(super) fn query<T>(
    session: &mut Session<'_, '_>,
    catalog: &Catalog,
    args: &MachineArgs,
    query: impl FnOnce(&mut AvailabilityQuery<'_>, Machine<'_>) -> Result<T, Reported>,
) -> Result<Option<T>, Exit> {
    if args.device.is_none() && args.platform.is_none() && args.release.is_none() {
        return Ok(None);
    }
    let mut log = Log::new();
    let mut availability = AvailabilityQuery { catalog, sources: &mut session.sources, log: &mut log };
    if let Ok(answer) = query(&mut availability, machine(args)) {
        return Ok(Some(answer));
    }
    let first = log.sorted().first().map(|one| (one.message.clone(), one.help.first().cloned()));
    let (message, help) = first.unwrap_or_default();
    Err(session.input_error(&message, help))
}

/// Whether there is a `--release` without `--device` or `--platform`.
pub(super) fn lacks_machine(args: &MachineArgs) -> bool {
    args.release.is_some() && args.device.is_none() && args.platform.is_none()
}

/// Reports that `--release` needs a machine.
pub(super) fn report_missing_machine(session: &mut Session<'_, '_>) -> Exit {
    session.input_error(
        "`--release` needs a device or a platform",
        Some("add `--device` or `--platform`".to_owned()),
    )
}

fn machine(args: &MachineArgs) -> Machine<'_> {
    Machine {
        device: args.device.as_deref(),
        platform: args.platform.as_deref(),
        release: args.release.as_deref(),
    }
}

/// Returns two table cells: the version or `yes` with the platform that it is for, or `no` with the reason.
pub(super) fn cells(verdict: &Verdict, version: Option<String>) -> Vec<String> {
    match verdict {
        Err(why) => vec!["no".to_owned(), why.clone()],
        Ok(here) => {
            let with = here.with.iter().map(|(title, version)| format!("{title} {version}"));
            // Only the first axis that is missing: the others depend on it.
            let without = here.without.first().map(|title| format!("no {title}"));
            let with = with.chain(without).collect::<Vec<_>>().join(", ");
            let unproven = here.unproven.iter().map(|why| format!("unproven: {why}"));
            let parts: Vec<String> =
                std::iter::once(with).filter(|with| !with.is_empty()).chain(unproven).collect();
            vec![version.unwrap_or_else(|| "yes".to_owned()), parts.join("; ")]
        }
    }
}

/// Adds the availability to a JSON object.
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
