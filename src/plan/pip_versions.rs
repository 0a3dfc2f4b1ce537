//! Compares the pip requirements of the project with what the catalogue knows about versions: a version of a
//! distribution can require a certain Python, or certain versions of chosen packages.

use crate::catalog::{Package, PackageVersion, Require, RequireStage};
use crate::diagnostic::{Diagnostic, Log, codes::plan as codes, wording};
use crate::source::Span;
use crate::value::{PepOp, PepRequirement, Requirement, Version, WheelName, normalised_name};

use super::index_build::PipRequest;
use super::package_context::Inputs;

/// The axis of the Python interpreter.
const PYTHON: &str = "python";

/// Reports a URL or a repository from which pip would install another build of a distribution that a chosen
/// package provides.
pub(super) fn check_replacement(inputs: Inputs<'_>, (name, place): (&str, Span), log: &mut Log) {
    let provider = inputs.resolution.chosen.iter().find(|(package, _)| {
        let view = inputs.view(package);
        view.is_some_and(|view| view.dists().iter().any(|(dist, _)| normalised_name(dist) == name))
    });
    let Some((package, chosen)) = provider else { return };
    let title = format!("{package} {}", chosen.version);
    let message = format!("this build of {} would replace {title}", wording::code(name));
    let mut diagnostic = Diagnostic::error(codes::SHADOWS, message).at(place, "another build");
    if let Some(place) = chosen.place {
        diagnostic = diagnostic.at(place, format!("adds {title}"));
    }
    log.error(diagnostic.help(format!(
        "remove it: {package} already provides {}; to use your own build, define a version of {package} with \
            it in a folder that `catalog` names",
        wording::code(name)
    )));
}

/// Returns the normalised name of the distribution in a wheel's URL.
pub(super) fn distribution_of(url: &str) -> Option<String> {
    WheelName::read(url).map(|wheel| normalised_name(wheel.name))
}

/// Reports a request for a version that the target's Python or the chosen packages exclude. Returns whether it
/// did.
pub(super) fn check(request: &PipRequest<'_>, package: &Package, log: &mut Log) -> bool {
    let entries: Vec<&PackageVersion> = package.versions.iter().filter(|one| is_of_index(one)).collect();
    let spec = &request.spec.value;
    let admitted: Vec<&PackageVersion> = entries
        .iter()
        .copied()
        .filter(|one| version_of(request, package, one).is_some_and(|one| spec.allows(&one) != Some(false)))
        .collect();
    let (admitted, only_python) =
        if admitted.is_empty() { (same_series(request, package, &entries), true) } else { (admitted, false) };
    let broken = |entry: &PackageVersion| broken_requirement(request, package, entry, only_python);
    let Some((newest, rest)) = admitted.split_first() else { return false };
    let Some((name, requirement, actual)) = broken(newest) else { return false };
    if !rest.iter().all(|entry| broken(entry).is_some()) {
        return false;
    }
    let fitting = entries.iter().filter(|one| broken_requirement(request, package, one, false).is_none());
    let fitting = fitting.filter_map(|one| version_of(request, package, one)).max();
    let shown = wording::code(spec.to_string());
    let title = request.inputs.catalog.package(&name).and_then(|one| one.axis.as_ref());
    let title = title.map_or_else(|| name.clone(), |axis| axis.title.to_string());
    let message = format!("{shown} requires {title} {requirement}, but {title} {actual} was resolved");
    let mut diagnostic = Diagnostic::error(codes::CONTRADICTS_RESOLVED, message)
        .at(request.spec.span, format!("not for {title} {actual}"));
    // Python is there because of the pip requirements themselves.
    let chosen = request.inputs.resolution.chosen.values().find(|one| one.name.as_str() == name);
    if let Some(place) = chosen.filter(|_| name != PYTHON).and_then(|one| one.place) {
        diagnostic = diagnostic.at(place, format!("adds {title} {actual}"));
    }
    log.error(diagnostic.help(match fitting {
        Some(version) => {
            format!("use {}", wording::code(format!("{}=={version}", spec.name())))
        }
        None => "use a version that supports it".to_owned(),
    }));
    true
}

/// Whether an entry describes what the index has, rather than a file or a repository from elsewhere.
fn is_of_index(entry: &PackageVersion) -> bool {
    !entry.values.keys().any(|key| key.ends_with("url") || key.ends_with("commit"))
}

/// Returns the version of the requested distribution in an entry; `None` if it is not known.
fn version_of(request: &PipRequest<'_>, package: &Package, entry: &PackageVersion) -> Option<Version> {
    let mut dists = package.dists.iter().map(|dist| &dist.value);
    let dist = dists.find(|dist| normalised_name(&dist.name.text) == request.name)?;
    dist.version_of(&entry.version.value, &entry.values)
}

/// Returns the entries with the same major and minor version as the one that the request names exactly.
/// Patch releases usually support the same Python versions.
fn same_series<'e>(
    request: &PipRequest<'_>,
    package: &Package,
    entries: &[&'e PackageVersion],
) -> Vec<&'e PackageVersion> {
    let Some(exact) = exact(&request.spec.value) else { return Vec::new() };
    let series = |version: &Version| (version.major(), version.minor());
    let same =
        |one: &Version| series(one) == series(&exact) && one.parts().len() > 1 && exact.parts().len() > 1;
    let mut found: Vec<&PackageVersion> = entries.to_vec();
    found.retain(|one| version_of(request, package, one).is_some_and(|one| same(&one)));
    found
}

/// Returns the version of a requirement that admits only one.
fn exact(spec: &PepRequirement) -> Option<Version> {
    let [(PepOp::Equal, version)] = spec.specifiers() else { return None };
    crate::value::Parse::parse(version).ok()
}

/// Returns the first requirement of an entry that the resolution breaks: its name, its text, and the actual
/// version.
fn broken_requirement(
    request: &PipRequest<'_>,
    package: &Package,
    entry: &PackageVersion,
    only_python: bool,
) -> Option<(String, String, String)> {
    let resolution = request.inputs.resolution;
    let all = entry.requires.iter().chain(&package.requires);
    let decided = |one: &&Require| {
        let is_python = one.name.as_str() == PYTHON;
        let is_package =
            request.inputs.catalog.package(one.name.as_str()).is_some_and(|one| one.axis.is_none());
        one.guard.all.is_empty()
            && one.stage == RequireStage::Run
            && (is_python || is_package && request.main && !only_python)
    };
    all.filter(decided).find_map(|one| {
        let actual = resolution.version(&one.name.value)?;
        let requirement = &one.requirement.value;
        let broken = requirement.names().next().is_none() && !requirement.matches(actual);
        // An upper limit on Python can mean that the catalogue prefers a newer version there; a lower one is a fact.
        let counts = one.name.as_str() != PYTHON || admits_newer(request, requirement, actual);
        (broken && counts).then(|| (one.name.to_string(), requirement.to_string(), actual.to_string()))
    })
}

/// Whether a requirement on Python admits a newer version than this one.
fn admits_newer(request: &PipRequest<'_>, requirement: &Requirement, actual: &Version) -> bool {
    let python = request.inputs.catalog.package(PYTHON);
    let mut versions = python.into_iter().flat_map(|python| &python.versions);
    versions.any(|one| one.version.value > *actual && requirement.matches(&one.version.value))
}

/// Returns the name at the start of a requirement.
fn leading_name(spec: &str) -> &str {
    let end = spec.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '.'));
    &spec[..end.unwrap_or(spec.len())]
}

/// Whether a requirement in a step of a package is for one of its distributions. The name can end with a
/// template, such as `cupy-cuda{{ cuda.major }}x`.
pub(super) fn names_a_distribution(package: &Package, spec: &str) -> bool {
    let start = leading_name(spec);
    let is_prefix = spec[start.len()..].starts_with("{{");
    let start = normalised_name(start);
    package
        .dists
        .iter()
        .map(|dist| normalised_name(&dist.value.name.text))
        .any(|name| name == start || is_prefix && name.starts_with(&start))
}
