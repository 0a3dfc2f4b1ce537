//! Renders a comparison as text for terminals.

use std::collections::BTreeMap;

use crate::diff::{ChangeCause, StageForecast, StepState, TargetDiff};

use super::super::table;
use super::{Comparison, DiffGroup, summary};

/// The number of targets of a group that are listed by name.
const MAX_TARGETS: usize = 4;

pub(super) fn report(comparison: &Comparison<'_>) -> String {
    let mut out = format!("{}: {} -> {}\n", comparison.manifest, comparison.from, comparison.to);
    if comparison.groups.is_empty() {
        out.push_str(if comparison.files.is_empty() {
            "nothing differs\n"
        } else {
            "only comments or files that the build does not read differ\n"
        });
    }
    for group in &comparison.groups {
        let name = if comparison.groups.len() + group.targets.len() > 2 {
            targets(group) + ": "
        } else {
            String::new()
        };
        out.push_str(&format!("\n{name}{}\n", summary::line(&group.diff)));
        body(&group.diff, &mut out);
    }
    if !comparison.files.is_empty() {
        let names: Vec<&str> = comparison.files.iter().map(|(path, ..)| path.as_str()).collect();
        out.push_str(&format!("\nfiles: {}\n", names.join(", ")));
    }
    out
}

/// Returns one line per changed version.
pub(super) fn versions(comparison: &Comparison<'_>) -> String {
    let mut rows = Vec::new();
    for group in &comparison.groups {
        for change in &group.diff.versions {
            let (from, to) = summary::versions(change);
            rows.push(vec![change.name.to_string(), format!("{from} -> {to}"), targets(group)]);
        }
    }
    table::columns(&rows)
}

/// Returns the targets of a group, such as `orin, nano and 48 more`.
pub(super) fn targets(group: &DiffGroup) -> String {
    let more = group.targets.len().saturating_sub(MAX_TARGETS);
    let shown = group.targets[..group.targets.len() - more].join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}

fn body(diff: &TargetDiff, out: &mut String) {
    if let Some(base) = &diff.base {
        let from = base.from.as_ref().map_or_else(String::new, |from| format!("{from} -> "));
        out.push_str(&format!("  base image  {from}{}\n", base.to));
    }
    for (cause, title) in [
        (ChangeCause::Requested, "versions, changed in the manifest"),
        (ChangeCause::Implied, "versions that follow"),
        (ChangeCause::Update, "versions, not changed by the manifest (lock, catalogue or compiler)"),
    ] {
        let changes = diff.versions.iter().filter(|change| change.cause == cause);
        let rows: Vec<Vec<String>> = changes
            .map(|change| {
                let (from, to) = summary::versions(change);
                vec![change.name.to_string(), format!("{from} -> {to}"), change.reason.clone()]
            })
            .collect();
        section(title, &rows, out);
    }
    section("rebuild", &stages(diff), out);
    section("cost", &costs(diff), out);
    let risks = diff
        .risks
        .iter()
        .map(|risk| vec![risk.service.clone().unwrap_or_else(|| "build".to_owned()), risk.what.clone()]);
    section("risk", &risks.collect::<Vec<_>>(), out);
    section("services", &services(diff), out);
}

fn section(title: &str, rows: &[Vec<String>], out: &mut String) {
    if rows.is_empty() {
        return;
    }
    out.push_str(&format!("  {title}\n"));
    for line in table::columns(rows).lines() {
        out.push_str(&format!("    {line}\n"));
    }
}

/// Returns a row for each stage that reruns, and a row for each cause for which stages are unknown.
pub(super) fn stages(diff: &TargetDiff) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = diff.forecast.rerun_stages().filter_map(stage).collect();
    let mut unknown: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for stage in &diff.forecast.stages {
        let step = stage.steps.iter().find(|step| step.state == StepState::Unknown);
        if let Some(step) = step.filter(|_| stage.state() == StepState::Unknown) {
            unknown.entry(&step.cause).or_default().push(&stage.name);
        }
    }
    rows.extend(
        unknown
            .into_iter()
            .map(|(cause, names)| vec![names.join(", "), "unknown".to_owned(), cause.to_owned()]),
    );
    rows
}

fn stage(forecast: &StageForecast) -> Option<Vec<String>> {
    let state = forecast.state();
    let (first, step) = forecast.steps.iter().enumerate().find(|(_, step)| step.state == state)?;
    let what = match state {
        StepState::Depends => "reruns unless its inputs come out equal".to_owned(),
        _ if first == 0 => "reruns".to_owned(),
        _ => format!("reruns from step {} of {}", first + 1, forecast.steps.len()),
    };
    Some(vec![forecast.name.clone(), what, format!("{}: {}", step.cause, step.title)])
}

fn costs(diff: &TargetDiff) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    if let Some(pull) = summary::pull(&diff.cost) {
        let of = if diff.cost.image > 0 {
            format!(", of an image of {}", summary::size(diff.cost.image))
        } else {
            String::new()
        };
        rows.push(vec![format!("{pull}{of}")]);
    }
    if !diff.cost.unknown.is_empty() {
        rows.push(vec![format!("unknown size: {}", diff.cost.unknown.join(", "))]);
    }
    if !diff.cost.compiled.is_empty() {
        rows.push(vec![format!("built from source again: {}", diff.cost.compiled.join(", "))]);
    }
    rows
}

/// Returns a row for each value that was added to or removed from a service.
pub(super) fn services(diff: &TargetDiff) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for change in &diff.services {
        let service = change.service.clone().unwrap_or_else(|| "project".to_owned());
        let signed = change
            .removed
            .iter()
            .map(|value| ('-', value))
            .chain(change.added.iter().map(|value| ('+', value)));
        for (sign, value) in signed {
            rows.push(vec![service.clone(), change.key.clone(), format!("{sign} {value}")]);
        }
    }
    rows
}
