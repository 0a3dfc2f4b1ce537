//! Reports requirements of the project that conflict with the resolution. Every pip step is constrained to
//! the resolved versions, so such a requirement would fail in the build.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Log, codes::plan as codes};
use crate::resolve::Chosen;
use crate::source::Spanned;
use crate::value::{Name, PepRequirement, Version, normalised_name};

use super::package_context::Inputs;
use super::package_plan::PackagePlans;
use super::package_step::PackageStepKind;

/// Reports every requirement that a resolved version does not meet.
pub(super) fn check(plans: &PackagePlans<'_>, log: &mut Log) {
    check_system_packages(plans, log);
    let inputs = plans.inputs;
    let mut specs = requirements(inputs).peekable();
    if specs.peek().is_none() {
        return;
    }
    let known_versions = known_versions(inputs);
    for spec in specs {
        for (chosen, versions) in known_versions.get(&spec.normalised_name()).into_iter().flatten() {
            let package = &chosen.name;
            let mut versions = versions.iter();
            let Some(version) = versions.find(|one| spec.allows(one) == Some(false)) else { continue };
            let mut diagnostic = Diagnostic::error(
                codes::CONTRADICTS_RESOLVED,
                format!("`{}` conflicts with {package} {version}, which was resolved", spec.value),
            )
            .at(spec.span, format!("resolved to {package} {version}"));
            if let Some(place) = chosen.place {
                diagnostic = diagnostic.at(place, format!("adds {package} {version}"));
            }
            log.report(
                diagnostic.help(format!("remove the version: pip is already constrained to {version}")),
            );
        }
    }
}

/// Reports system packages of the project that the catalogue installs in another version.
fn check_system_packages(plans: &PackagePlans<'_>, log: &mut Log) {
    let asked = &plans.inputs.project.apt.install;
    if asked.iter().all(|one| one.package.version().is_none()) {
        return;
    }
    let mut pinned: BTreeMap<&str, (&str, &Name)> = BTreeMap::new();
    for plan in plans.all() {
        for step in &plan.install {
            let PackageStepKind::Apt(packages) = &step.kind else { continue };
            for package in packages {
                let Some(version) = package.version() else { continue };
                pinned.entry(package.name()).or_insert((version, &plan.name));
            }
        }
    }
    for one in asked {
        let package = &one.package;
        let (Some(version), Some((known, owner))) = (package.version(), pinned.get(package.name())) else {
            continue;
        };
        if may_be_same(version, known) {
            continue;
        }
        let message = format!("`{}` conflicts with {owner}, which installs version {known}", package.value);
        let name = package.name();
        let mut diagnostic = Diagnostic::error(codes::CONTRADICTS_RESOLVED, message)
            .at(package.span, format!("{owner} needs `{name}={known}`"));
        let chosen = plans.inputs.resolution.chosen.get(*owner);
        if let Some(place) = chosen.and_then(|chosen| chosen.place) {
            diagnostic = diagnostic.at(place, format!("adds {name} {known}"));
        }
        log.report(diagnostic.help(format!("remove `{name}`: {owner} installs it")));
    }
}

/// Whether two version patterns, in which `*` matches any suffix, can match the same version.
pub(super) fn may_be_same(one: &str, other: &str) -> bool {
    match (one.split_once('*'), other.split_once('*')) {
        (None, None) => one == other,
        (Some((start, _)), None) => other.starts_with(start),
        (None, Some((start, _))) => one.starts_with(start),
        (Some((one, _)), Some((other, _))) => one.starts_with(other) || other.starts_with(one),
    }
}

/// Returns, by the normalised name of a distribution, the chosen packages that determine it, with the
/// versions that it can have.
fn known_versions(inputs: Inputs<'_>) -> BTreeMap<String, Vec<(&Chosen, Vec<Version>)>> {
    let mut known_versions: BTreeMap<String, Vec<(&Chosen, Vec<Version>)>> = BTreeMap::new();
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
            known_versions.entry(name).or_default().push((chosen, versions));
        }
    }
    known_versions
}

/// Returns the requirements of the main environment. Separate environments are independent of the resolution.
fn requirements(inputs: Inputs<'_>) -> impl Iterator<Item = &Spanned<PepRequirement>> {
    let project = inputs.project;
    let files = project.pip.requirements.iter().chain(project.app.iter().flat_map(|app| &app.requirements));
    project.pip.install.iter().chain(files.flat_map(|file| &file.specs))
}
