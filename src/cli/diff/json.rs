//! Renders a comparison as JSON, as described in docs/formats.md.

use serde_json::{Value, json};

use crate::diff::{ChangeCause, Presence, StepState, TargetDiff};

use crate::value::Version;

use super::Comparison;

pub(super) fn report(comparison: &Comparison<'_>) -> Value {
    let groups: Vec<Value> =
        comparison.groups.iter().map(|group| target(&group.targets, &group.diff)).collect();
    let files: Vec<&str> = comparison.files.iter().map(|(path, ..)| path.as_str()).collect();
    json!({
        "project": comparison.project,
        "manifest": comparison.manifest,
        "from": comparison.from,
        "to": comparison.to,
        "changes": groups,
        "files": files,
    })
}

fn target(names: &[String], diff: &TargetDiff) -> Value {
    json!({
        "targets": names,
        "presence": match diff.presence {
            Presence::Both => "both",
            Presence::Added => "added",
            Presence::Removed => "removed",
        },
        "base": diff.base.as_ref().map(|base| json!({ "from": base.from, "to": base.to })),
        "versions": diff.versions.iter().map(|change| json!({
            "name": change.name.as_str(),
            "from": change.from.as_ref().map(Version::as_str),
            "to": change.to.as_ref().map(Version::as_str),
            "cause": match change.cause {
                ChangeCause::Requested => "requested",
                ChangeCause::Implied => "implied",
                ChangeCause::Update => "update",
            },
            "reason": change.reason,
        })).collect::<Vec<_>>(),
        "stages": diff.forecast.stages.iter().map(|stage| json!({
            "name": stage.name,
            "steps": stage.steps.iter().map(|step| json!({
                "title": step.title,
                "state": match step.state {
                    StepState::Cached => "cached",
                    StepState::Merged => "merged",
                    StepState::Unknown => "unknown",
                    StepState::Depends => "depends",
                    StepState::Rerun => "rerun",
                },
                "cause": step.cause,
            })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "cost": {
            "pull_mib": diff.cost.pull,
            "image_mib": diff.cost.image,
            "unknown": diff.cost.unknown,
            "compiled": diff.cost.compiled,
        },
        "risks": diff.risks.iter().map(|risk| json!({ "service": risk.service, "what": risk.what })).collect::<Vec<_>>(),
        "services": diff.services.iter().map(|change| json!({
            "service": change.service,
            "key": change.key,
            "removed": change.removed,
            "added": change.added,
        })).collect::<Vec<_>>(),
    })
}
