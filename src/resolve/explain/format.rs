//! Formats names, places and sets of versions for explanations.

use pubgrub::VersionSet as _;

use crate::catalog::{Catalog, Package, Require};
use crate::diagnostic::wording;
use crate::source::{Sources, Span};

use crate::resolve::model::{Candidate, Model, PackageVariable};
use crate::resolve::problem::{Set, VariableId};

/// The maximum number of versions or ranges that are listed one by one.
const FEW: usize = 4;

/// The phrase for all versions.
pub(in crate::resolve) const ANY: &str = "in any version";

/// What is needed to cite places in definitions.
#[derive(Clone, Copy)]
pub(in crate::resolve) struct Places<'a> {
    pub(in crate::resolve) catalog: &'a Catalog,
    pub(in crate::resolve) sources: &'a Sources,
}

impl Places<'_> {
    /// Cites a place in a definition: file and line in a user's own one, or the node in a built-in one, which
    /// the user has no file of: `package ros: conflicts`.
    pub(in crate::resolve) fn cite(self, package: &Package, span: Span) -> String {
        if self.catalog.is_own(span.source) {
            return self.sources.cite(span);
        }
        let node = node(package, span).map_or_else(String::new, |node| format!(": {node}"));
        let pure = package.axis.is_some() && package.install.steps.is_empty();
        format!("{} {}{node}", if pure { "axis" } else { "package" }, package.name.value)
    }
}

/// Returns the node that contains a requirement. `None` for requirements of a single version, whose text
/// names it.
fn node(package: &Package, span: Span) -> Option<String> {
    let here = |all: &[Require]| all.iter().any(|one| one.requirement.span == span);
    if here(&package.requires) {
        return Some("requires".to_owned());
    }
    if here(&package.conflicts) {
        return Some("conflicts".to_owned());
    }
    let option = || package.options.iter().find(|one| one.values.iter().any(|(_, all)| here(all)));
    let variant = || package.variants.iter().find(|one| here(&one.requires));
    option()
        .map(|one| format!("option {}", one.key.value))
        .or_else(|| variant().map(|one| format!("variant {}", one.name.value)))
}

/// Returns the title of an axis or the name of a package: `CUDA`, `pytorch`.
pub(in crate::resolve) fn title(var: &PackageVariable<'_>) -> String {
    var.package.axis.as_ref().map_or_else(|| var.name.to_string(), |axis| axis.title.to_string())
}

/// Formats a version as manifests write it: by its name if it has one (`humble`).
pub(in crate::resolve) fn version(var: &PackageVariable<'_>, candidate: &Candidate) -> Option<String> {
    let name = candidate.entry().and_then(|entry| var.package.versions[entry].name.as_ref());
    name.map(|name| name.value.to_string()).or_else(|| candidate.version().map(ToString::to_string))
}

/// Formats the versions of a set: `2.4.0 to 2.6.0`, `12.2, 12.4 or 12.6`.
pub(in crate::resolve) fn versions(model: &Model<'_>, id: VariableId, within: &Set) -> String {
    let Some(var) = model.package_variable(id) else { return String::new() };
    let places: Vec<(u32, &Candidate)> = (0u32..).zip(&var.candidates).collect();
    let there = |(_, one): &&(u32, &Candidate)| **one != Candidate::Absent;
    let all = distinct(var, places.iter().filter(there));
    let inside = distinct(var, places.iter().filter(there).filter(|(place, _)| within.contains(place)));
    if inside.is_empty() {
        let none =
            if all.is_empty() { "which is not available here" } else { "in a version that does not exist" };
        return if within.contains(&0) { "absent" } else { none }.to_owned();
    }
    if inside.len() == all.len() {
        let any = if var.package.versions.is_empty() { "" } else { ANY };
        return any.to_owned();
    }
    if inside.len() <= FEW {
        return wording::any_of(&inside);
    }
    let runs = runs(&all, &inside);
    if runs.len() <= FEW {
        return wording::any_of(&runs);
    }
    format!("{}, {}, … or {}", runs[0], runs[1], runs[runs.len() - 1])
}

fn distinct<'c>(
    var: &PackageVariable<'_>,
    candidates: impl Iterator<Item = &'c (u32, &'c Candidate)>,
) -> Vec<String> {
    let mut texts: Vec<String> = candidates.filter_map(|(_, candidate)| version(var, candidate)).collect();
    texts.dedup();
    texts
}

/// Joins consecutive versions to ranges: `34.1.0 to 36.5.2`, `39.2.0`.
fn runs(all: &[String], some: &[String]) -> Vec<String> {
    let mut runs: Vec<String> = Vec::new();
    let mut run: Vec<&String> = Vec::new();
    for one in all {
        if some.contains(one) {
            run.push(one);
        } else {
            finish_run(&mut runs, &mut run);
        }
    }
    finish_run(&mut runs, &mut run);
    runs
}

fn finish_run(runs: &mut Vec<String>, run: &mut Vec<&String>) {
    match run.as_slice() {
        [] => {}
        [one] => runs.push((*one).clone()),
        [one, other] => runs.extend([(*one).clone(), (*other).clone()]),
        [first, .., last] => runs.push(format!("{first} to {last}")),
    }
    run.clear();
}
