//! What the project asks of pip, against what was resolved: every call is held to the resolver's choices, so a
//! requirement that none of them meets would fail in the build.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Log, codes::plan as codes};
use crate::source::Spanned;
use crate::value::PepRequirement;

use super::parts::Parts;
use super::view::Inputs;

/// Tells every requirement that a resolved version does not meet.
pub(super) fn check(parts: &Parts<'_>, log: &mut Log) {
    let inputs = parts.inputs;
    for spec in asked(inputs) {
        let name = spec.normalised_name();
        for (package, chosen) in &inputs.resolution.chosen {
            let Some(view) = inputs.view(package) else { continue };
            let none = BTreeMap::new();
            let values = view.entry().map_or(&none, |entry| &entry.values);
            let of_it = view.dists().into_iter().filter(|(dist, _)| normalised(dist) == name);
            let mut versions = of_it.filter_map(|(_, dist)| dist.version_of(&chosen.version, values));
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

/// What goes into the main environment; one apart from it may hold what it likes.
fn asked(inputs: Inputs<'_>) -> impl Iterator<Item = &Spanned<PepRequirement>> {
    let project = inputs.project;
    let files = project.pip.requirements.iter().chain(project.app.iter().flat_map(|app| &app.requirements));
    project.pip.install.iter().chain(files.flat_map(|file| &file.specs))
}

/// A distribution's name as PEP 503 compares it.
pub(super) fn normalised(name: &str) -> String {
    let lower = name.to_ascii_lowercase().replace(['_', '.'], "-");
    lower.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}
