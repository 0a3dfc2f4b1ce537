//! `require "locked"`: reports what `jcc lock` can lock and that is not locked.

use crate::diagnostic::{Diagnostic, Log, codes::plan as codes, wording};
use crate::manifest::{Grade, Project};
use crate::plan::{ClosureState, FetchKind, Plan};
use crate::source::Span;

/// Stages of images that the build does not use: the dev container's features and the caches.
const BESIDE: [&str; 3] = ["dev", "apt-cache", "pip-cache"];

/// Reports everything in a target that is not locked. `required` is the span of the rule.
pub fn check(project: &Project, plan: &Plan, required: Span, log: &mut Log) {
    let mut add = |message: String, place: Option<Span>, label: &str, help: &str| {
        let mut diagnostic = Diagnostic::error(codes::NOT_LOCKED, message);
        if let Some(place) = place.filter(|place| *place != required) {
            diagnostic = diagnostic.at(place, label);
        }
        log.error(diagnostic.at(required, "everything must be locked").help(help));
    };
    for one in &plan.environments {
        let name = wording::code(one.name.as_str());
        if one.state != ClosureState::Locked {
            let message = format!("the Python packages of the stage {name} are not locked");
            add(message, Some(project.target.name.span), "in this target", "run `jcc lock`");
        }
        for package in one.trees() {
            let message = format!("the dependencies of {package} in the stage {name} cannot be locked");
            let help = "its wheel is built from a source tree, so they are known only when it is built: request \
                another version or variant, or remove this requirement";
            add(message, Some(project.target.name.span), "in this target", help);
        }
    }
    for each in plan.fetches.iter().filter(|each| each.grade == Grade::D) {
        let what = wording::code(&each.what);
        match each.kind {
            FetchKind::Image if !BESIDE.contains(&each.stage.as_str()) => {
                let help = "run `jcc lock`, or set its digest in the manifest";
                add(format!("the image {what} has no digest"), each.place, "requested here", help);
            }
            FetchKind::Git => {
                let help = "run `jcc lock`, or set its `commit`";
                add(format!("the repository {what} has no commit"), each.place, "requested here", help);
            }
            _ => {}
        }
    }
}
