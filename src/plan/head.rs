//! The contents of the comment at the top of the Dockerfile.

use crate::catalog::RequireStage;
use crate::manifest::Project;
use crate::resolve::{Override, Reason};
use crate::value::Name;

use super::Head;
use super::package_context::Inputs;

pub(super) fn head(inputs: Inputs<'_>) -> Head {
    let resolution = inputs.resolution;
    let target = &resolution.target;
    let mut platform = vec![("platform".to_owned(), format!("{} ({})", target.platform, target.arch))];
    if !target.sm.is_empty() {
        let sm: Vec<String> = target.sm.iter().map(ToString::to_string).collect();
        platform.push(("gpu".to_owned(), sm.join(", ")));
    }
    platform.extend(platform_facts(inputs));
    Head {
        compiler: crate::VERSION.to_owned(),
        manifest: manifest(inputs),
        target: format!("{}: {}", target.name, target.summary),
        platform,
        overrides: resolution.overrides.iter().map(|one| explained(inputs, one)).collect(),
        allowed: allowed(inputs.project),
    }
}

/// Returns the names and versions of the axes that are chosen or that wheels contain, in the order of the
/// axes.
pub(super) fn platform_facts(inputs: Inputs<'_>) -> Vec<(String, String)> {
    let order = |name: &Name| Some(inputs.catalog.package(name.as_str())?.axis.as_ref()?.order);
    let resolution = inputs.resolution;
    let chosen = resolution.chosen.iter().map(|(name, one)| (name, &one.version));
    // Versions that wheels contain are known too, although they are not installed.
    let brought = resolution.axes.iter().filter(|(name, _)| {
        let chooses = ((*name).clone(), RequireStage::Choose);
        let is_required = || resolution.chosen.values().any(|one| one.requires.contains(&chooses));
        !resolution.chosen.contains_key(*name) && is_required()
    });
    let mut axes: Vec<_> = chosen
        .chain(brought)
        .filter_map(|(name, version)| Some((order(name)?, name.to_string(), version.to_string())))
        .collect();
    axes.sort();
    axes.into_iter().map(|(_, name, version)| (name, version)).collect()
}

/// Returns the name of the manifest file that contains the `project` node.
fn manifest(inputs: Inputs<'_>) -> String {
    inputs.sources.get(inputs.project.header.name.span.source).name.to_owned()
}

/// Formats an override with its reasons: `cuda 12.6 instead of 12.2 (project.kdl: pin cuda)`.
fn explained(inputs: Inputs<'_>, one: &Override) -> String {
    let requests = one.by.iter().filter_map(|reason| match reason {
        Reason::Requested(span) | Reason::Pinned(span) | Reason::Target(span) | Reason::Base(Some(span)) => {
            Some(inputs.cite(*span))
        }
        Reason::RequiredBy { .. } | Reason::Base(None) | Reason::PlatformDefault { .. } | Reason::Locked => {
            None
        }
    });
    let mut by: Vec<String> = requests.collect();
    if by.is_empty() {
        let first = inputs.first_holder(&one.by);
        by.extend(first.map(|name| format!("required by {name}")));
    }
    let reason = if by.is_empty() { String::new() } else { format!(" ({})", by.join("; ")) };
    format!("{one}{reason}")
}

fn allowed(project: &Project) -> Vec<(String, String)> {
    project.allows.iter().map(|allow| (allow.code.value.clone(), allow.reason.value.clone())).collect()
}
