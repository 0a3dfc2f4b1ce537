//! Constraints from the manifest's `pip` requirements on packages of the catalogue: `numpy<2` restricts
//! `numpy`.

use std::collections::BTreeMap;

use crate::catalog::{Dist, Package};
use crate::manifest::Project;
use crate::source::Spanned;
use crate::value::{PepRequirement, Version};

use super::super::problem::{VariableId, set};
use super::build::Builder;
use super::{Candidate, Constraint, ConstraintKind, VariableKind};

/// Adds a constraint for each `pip` requirement that restricts a package. Packages without a variable are not
/// added, because pip installs them.
pub(super) fn collect(builder: &mut Builder<'_, '_>) {
    let project = builder.project;
    let mut by_name: BTreeMap<String, Vec<&Spanned<PepRequirement>>> = BTreeMap::new();
    for spec in main_requirements(project).filter(|spec| !spec.specifiers().is_empty()) {
        by_name.entry(spec.normalised_name()).or_default().push(spec);
    }
    if by_name.is_empty() {
        return;
    }
    let ids: Vec<VariableId> = builder.ids.values().copied().collect();
    for id in ids {
        let VariableKind::Package(var) = &builder.kinds[id.index()] else { continue };
        let fixed = builder.target.fixed(&var.options, var.variant.as_ref());
        let mut dists: BTreeMap<String, Vec<&Dist>> = BTreeMap::new();
        for one in var.package.dists.iter().filter(|one| one.guard.open(&fixed).is_some()) {
            // A name that depends on a version (`cupy-cuda12x`) is not known yet.
            if one.value.name.is_plain() {
                dists
                    .entry(crate::value::normalised_name(&one.value.name.text))
                    .or_default()
                    .push(&one.value);
            }
        }
        let mut constraints = Vec::new();
        for (name, dists) in &dists {
            for spec in by_name.get(name).into_iter().flatten() {
                let fits = |one: &Candidate| admits(var.package, one, (spec, dists));
                let places = (0..).zip(&var.candidates).filter(|(_, one)| fits(one));
                let within = set(places.map(|(place, _)| place));
                if within.count() as usize == var.candidates.len() {
                    continue;
                }
                let (span, text) = (spec.span, spec.to_string());
                constraints.push(Constraint {
                    span,
                    kind: ConstraintKind::Pip,
                    on: id,
                    within,
                    text,
                    requirement: None,
                });
            }
        }
        builder.constraints.extend(constraints);
    }
}

/// Returns the requirements of the main environment. Separate environments are independent of the packages.
fn main_requirements(project: &Project) -> impl Iterator<Item = &Spanned<PepRequirement>> {
    let files = project.pip.requirements.iter().chain(project.app.iter().flat_map(|app| &app.requirements));
    project.pip.install.iter().chain(files.flat_map(|file| &file.specs))
}

/// Whether pip would accept the distributions of a candidate: none is known to have a version that `spec`
/// excludes.
fn admits(package: &Package, candidate: &Candidate, (spec, dists): (&PepRequirement, &[&Dist])) -> bool {
    let Some(version) = candidate.version() else { return true };
    let none = BTreeMap::new();
    let values = candidate.entry().map_or(&none, |index| &package.versions[index].values);
    let versions: Vec<Option<Version>> = dists.iter().map(|dist| dist.version_of(version, values)).collect();
    // Which of several distributions applies can depend on versions, so one that fits is enough. If no
    // version is known, the candidate is accepted.
    let mut known = versions.iter().flatten().peekable();
    known.peek().is_none() || known.any(|version| spec.allows(version) != Some(false))
}
