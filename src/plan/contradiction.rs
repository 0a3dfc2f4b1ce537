//! What the project asks of pip, against what was resolved: every call is held to the resolver's choices, so a
//! requirement that none of them meets would fail in the build.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Log, codes::plan as codes};
use crate::resolve::Chosen;
use crate::source::Spanned;
use crate::value::{PepRequirement, Version, normalised_name};

use super::parts::Parts;
use super::view::Inputs;

/// Tells every requirement that a resolved version does not meet.
pub(super) fn check(parts: &Parts<'_>, log: &mut Log) {
    let inputs = parts.inputs;
    let mut specs = asked(inputs).peekable();
    if specs.peek().is_none() {
        return;
    }
    let held = held(inputs);
    for spec in specs {
        for (chosen, versions) in held.get(&spec.normalised_name()).into_iter().flatten() {
            let package = &chosen.name;
            let mut versions = versions.iter();
            let Some(version) = versions.find(|one| spec.allows(one) == Some(false)) else { continue };
            let mut told = Diagnostic::error(
                codes::CONTRADICTS_RESOLVED,
                format!("`{}` contradicts {package} {version}, which was resolved", spec.value),
            )
            .at(spec.span, format!("{package} is {version} here"));
            if let Some(place) = chosen.place {
                told = told.at(place, format!("brings {package} {version}"));
            }
            log.tell(told.help(format!("leave the version out: pip is held to {version} anyway")));
        }
    }
}

/// By normalised name of a distribution, the chosen packages that have it, each with the versions that it may be in.
fn held(inputs: Inputs<'_>) -> BTreeMap<String, Vec<(&Chosen, Vec<Version>)>> {
    let mut held: BTreeMap<String, Vec<(&Chosen, Vec<Version>)>> = BTreeMap::new();
    for (package, chosen) in &inputs.resolution.chosen {
        let Some(view) = inputs.view(package) else { continue };
        let none = BTreeMap::new();
        let values = view.entry().map_or(&none, |entry| &entry.values);
        let mut versions: BTreeMap<String, Vec<Version>> = BTreeMap::new();
        for (name, dist) in view.dists() {
            versions
                .entry(normalised_name(&name))
                .or_default()
                .extend(dist.version_of(&chosen.version, values));
        }
        for (name, versions) in versions {
            held.entry(name).or_default().push((chosen, versions));
        }
    }
    held
}

/// What goes into the main environment; one apart from it may hold what it likes.
fn asked(inputs: Inputs<'_>) -> impl Iterator<Item = &Spanned<PepRequirement>> {
    let project = inputs.project;
    let files = project.pip.requirements.iter().chain(project.app.iter().flat_map(|app| &app.requirements));
    project.pip.install.iter().chain(files.flat_map(|file| &file.specs))
}
