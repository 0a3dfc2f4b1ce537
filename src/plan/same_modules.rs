//! Reports Python distributions with the same modules, of which pip would install one over the other.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::Package;
use crate::diagnostic::{Diagnostic, Log, codes::plan as codes, wording};
use crate::resolve::Chosen;
use crate::source::Spanned;
use crate::value::{Name, PepRequirement, normalised_name};

use super::index_build::{Environment, PipRequest};
use super::package_context::Inputs;

/// Requirements by the normalised names of their distributions.
type Requests<'s> = BTreeMap<String, &'s Spanned<PepRequirement>>;

/// Returns the distributions of which an environment can contain only one: builds of the package for other
/// CUDA versions or with other options, and those that the definition lists.
fn alternatives(package: &Package) -> BTreeSet<String> {
    let listed = package.same_modules.iter().map(|one| normalised_name(one));
    let builds =
        package.dists.iter().filter(|one| !one.guard.all.is_empty() || !package.same_modules.is_empty());
    builds.map(|one| normalised_name(&one.value.name.text)).chain(listed).collect()
}

/// Reports a request for a distribution with the modules of a chosen package. Returns whether it did.
pub(super) fn shadows(request: &PipRequest<'_>, log: &mut Log) -> bool {
    let Some((name, chosen, what)) = other_of_choice(request).or_else(|| other_build(request)) else {
        return false;
    };
    let spec = wording::code(request.spec.value.to_string());
    let diagnostic =
        Diagnostic::error(codes::SHADOWS, format!("{spec} would override {name} {}", chosen.version))
            .at(request.spec.span, "from the index, with the same modules");
    let diagnostic = match chosen.place {
        Some(place) => diagnostic.at(place, format!("adds {name}")),
        None => diagnostic,
    };
    log.error(diagnostic.help(format!("remove it: {name} already provides {}", wording::code(what))));
    true
}

/// Returns the chosen package of a choice that the requested distribution is another member of.
fn other_of_choice<'a>(request: &PipRequest<'a>) -> Option<(&'a Name, &'a Chosen, &'a str)> {
    let names = |package: &&&Package| {
        package.dists.iter().any(|dist| normalised_name(&dist.value.name.text) == request.name)
    };
    let choice = request.known.iter().filter(names).find_map(|package| package.choice.as_ref())?;
    request.inputs.resolution.chosen.iter().find_map(|(name, chosen)| {
        let package = request.inputs.catalog.package(name.as_str())?;
        (package.choice.as_ref().map(|one| &one.value) == Some(&choice.value)).then_some((
            name,
            chosen,
            choice.as_str(),
        ))
    })
}

/// Returns the chosen package that the requested distribution is another build of.
fn other_build<'a>(request: &PipRequest<'a>) -> Option<(&'a Name, &'a Chosen, &'a str)> {
    // With some options a package installs none of its distributions.
    let installs_one = |package: &Package| {
        let view = request.inputs.view(&package.name.value);
        package.dists.is_empty() || view.is_some_and(|view| !view.dists().is_empty())
    };
    let is_other = |package: &&&'a Package| {
        request.is_chosen(package) && alternatives(package).contains(&request.name) && installs_one(package)
    };
    let package = *request.known.iter().find(is_other)?;
    let (name, chosen) = request.inputs.resolution.chosen.get_key_value(&package.name.value)?;
    Some((name, chosen, package.name.as_str()))
}

/// Whether a package or another member of its choice was chosen.
fn is_chosen(inputs: Inputs<'_>, package: &Package) -> bool {
    let mut chosen = inputs.resolution.chosen.keys();
    let word = package.choice.as_ref().map(|one| &one.value);
    chosen.any(|name| {
        let other = inputs.catalog.package(name.as_str());
        *name == package.name.value
            || word.is_some() && other.and_then(|one| one.choice.as_ref()).map(|one| &one.value) == word
    })
}

/// Reports requests of one environment for several distributions with the same modules. Returns their
/// normalised names.
pub(super) fn check_duplicates(
    (inputs, environment): (Inputs<'_>, &Environment<'_>),
    known: &BTreeMap<String, Vec<&Package>>,
    log: &mut Log,
) -> BTreeSet<String> {
    let mut by_package: BTreeMap<&str, (&str, Requests<'_>)> = BTreeMap::new();
    for spec in environment.specs.iter().filter(|spec| spec.url().is_none() && spec.marker().is_none()) {
        let name = spec.normalised_name();
        let packages = known.get(&name).into_iter().flatten();
        // Other builds of a chosen package are reported by `shadows`.
        let is_open = |package: &&&Package| !(environment.main && is_chosen(inputs, package));
        for package in packages.filter(is_open).filter(|package| alternatives(package).contains(&name)) {
            let word = package.choice.as_ref().map_or(package.name.as_str(), |choice| choice.as_str());
            let (_, requests) = by_package.entry(package.name.as_str()).or_insert((word, Requests::new()));
            requests.entry(name.clone()).or_insert(spec);
        }
    }
    let mut reported = BTreeSet::new();
    for (word, requests) in by_package.into_values().filter(|(_, requests)| requests.len() > 1) {
        let mut specs: Vec<&Spanned<PepRequirement>> = requests.values().copied().collect();
        specs.sort_by_key(|spec| spec.span);
        let shown = specs.iter().map(|spec| wording::code(spec.value.to_string()));
        let message = format!("{} install the same modules", wording::all_of(&shown.collect::<Vec<_>>()));
        let mut diagnostic = Diagnostic::error(codes::SHADOWS, message);
        for spec in specs.iter().rev() {
            diagnostic = diagnostic.at(spec.span, format!("installs {word}"));
        }
        log.error(diagnostic.help("keep one of them"));
        reported.extend(requests.into_keys());
    }
    reported
}
