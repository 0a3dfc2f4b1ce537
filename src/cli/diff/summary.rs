//! Renders the summary of a comparison in one line.

use crate::diagnostic::wording;
use crate::diff::{Cost, Presence, StepState, TargetDiff, VersionChange};

/// Returns the summary of a target, such as `3 versions changed · base image unchanged · 4 of 9 stages
/// rebuild · about 180 MiB to pull per device · 1 risk`.
pub(super) fn line(diff: &TargetDiff) -> String {
    match diff.presence {
        Presence::Added => return "new target".to_owned(),
        Presence::Removed => return "target removed".to_owned(),
        Presence::Both => {}
    }
    let mut parts = vec![
        format!("{} changed", wording::count(diff.versions.len(), "version")),
        if diff.base.is_some() { "base image changed" } else { "base image unchanged" }.to_owned(),
        stages(diff),
    ];
    parts.extend(pull(&diff.cost));
    if !diff.risks.is_empty() {
        parts.push(wording::count(diff.risks.len(), "risk"));
    }
    if !diff.services.is_empty() {
        parts.push(wording::count(diff.services.len(), "other change") + " of services");
    }
    parts.join(" · ")
}

fn stages(diff: &TargetDiff) -> String {
    let stages = &diff.forecast.stages;
    let rerun = diff.forecast.rerun_stages().count();
    let unknown = stages.iter().filter(|stage| stage.state() == StepState::Unknown).count();
    let all = wording::count(stages.len(), "stage");
    match (rerun, unknown) {
        (0, 0) => format!("{all} cached"),
        (0, unknown) => format!("{unknown} of {all} unknown"),
        (rerun, 0) => format!("{rerun} of {all} rebuild"),
        (rerun, unknown) => format!("{rerun} of {all} rebuild, {unknown} unknown"),
    }
}

/// Returns how much a device downloads, as far as sizes are known. Returns `None` if no size is known.
pub(super) fn pull(cost: &Cost) -> Option<String> {
    let qualifier = if cost.unknown.is_empty() { "about" } else { "at least" };
    (cost.pull > 0).then(|| format!("{qualifier} {} to pull per device", size(cost.pull)))
}

/// Formats a size: `180 MiB`, `7.4 GiB`.
pub(super) fn size(mib: u64) -> String {
    const GIB: u64 = 1024;
    if mib < GIB { format!("{mib} MiB") } else { format!("{}.{} GiB", mib / GIB, mib % GIB * 10 / GIB) }
}

/// Returns the old and the new version as text; `none` if there is none.
pub(super) fn versions(change: &VersionChange) -> (String, String) {
    let shown = |version: &Option<crate::value::Version>| match version {
        Some(version) if version.as_str() == "0" => "distribution's".to_owned(),
        Some(version) => version.to_string(),
        None => "none".to_owned(),
    };
    (shown(&change.from), shown(&change.to))
}
