//! Packages that require each other whatever is chosen, and conditions that depend on themselves.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::cycles::{Cycle, Edges, find_cycles};
use crate::diagnostic::{Diagnostic, Log, codes::catalog as codes, wording};
use crate::source::{Span, Spanned};
use crate::value::Name;

use super::reach::always;
use super::walk;
use crate::store::Definition;
use crate::{Catalog, Condition, Package};

/// Packages that require each other in a circle; axes do not count, since they are decided together.
pub(super) fn cycles(catalog: &Catalog, log: &mut Log) {
    let mut graph = Edges::new();
    for (_, slot) in catalog.added() {
        if let Some(Definition::Package(package)) = catalog.decoded(slot)
            && package.axis.is_none()
        {
            graph.insert(package.name.as_str(), edges(catalog, package));
        }
    }
    for cycle in find_cycles(&graph) {
        log.error(reported(&cycle));
    }
}

/// Conditions on a package whose consequence requires that package again: whether they hold would depend on themselves.
pub(super) fn conditions(catalog: &Catalog, log: &mut Log) {
    let mut known = BTreeMap::new();
    for (_, slot) in catalog.added() {
        let Some(Definition::Package(package)) = catalog.decoded(slot) else { continue };
        let mut reports = BTreeSet::new();
        for require in walk::requires(package) {
            for condition in &require.guard.all {
                let (Condition::Is { name, .. } | Condition::Without(name)) = condition else { continue };
                let looked_at = catalog.package(name.as_str()).filter(|one| one.axis.is_none());
                let Some(looked_at) = looked_at.map(|one| one.name.as_str()) else { continue };
                let back = leads_to(catalog, &mut known, require.name.as_str(), looked_at);
                if back && reports.insert((name.span, require.name.span)) {
                    log.error(leads_back(name, &require.name));
                }
            }
        }
    }
}

/// Whether a package may require another one, be it through others, whatever is chosen.
fn leads_to<'a>(
    catalog: &'a Catalog,
    known: &mut BTreeMap<&'a str, BTreeSet<&'a str>>,
    from: &str,
    to: &str,
) -> bool {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut todo: Vec<&'a Package> = catalog.package(from).into_iter().collect();
    while let Some(package) = todo.pop().filter(|one| one.axis.is_none()) {
        let name = package.name.as_str();
        if name == to {
            return true;
        }
        if seen.insert(name) {
            let next = known
                .entry(name)
                .or_insert_with(|| walk::requires(package).map(|one| one.name.as_str()).collect());
            todo.extend(next.iter().filter_map(|name| catalog.package(name)));
        }
    }
    false
}

fn leads_back(condition: &Spanned<Name>, required: &Spanned<Name>) -> Diagnostic {
    let (one, other) = (wording::code(condition.as_str()), wording::code(required.as_str()));
    let message = format!("the condition on {one} requires {other}, which may in turn require {one}");
    Diagnostic::error(codes::CONDITION_CIRCLE, message)
        .at(condition.span, "this condition would depend on its own result")
        .at(required.span, format!("may require {one}"))
        .help(format!("require {other} without this condition, or move the requirement into {one}"))
}

fn edges<'a>(catalog: &'a Catalog, package: &'a Package) -> Vec<(&'a str, Span)> {
    always(&package.requires)
        .filter_map(|require| {
            let needed = catalog.package(require.name.as_str())?;
            // What requires itself was reported.
            let other = needed.axis.is_none() && needed.name.value != package.name.value;
            other.then(|| (needed.name.as_str(), require.name.span))
        })
        .collect()
}

/// `a`, `b`: each with the place where the one before requires it.
fn reported(round: &Cycle<'_>) -> Diagnostic {
    let names: Vec<String> = round.iter().chain(&round[..1]).map(|(name, _)| wording::code(name)).collect();
    let message = format!("packages require each other: {}", names.join(" → "));
    let mut diagnostic = Diagnostic::error(codes::REQUIRES_CYCLE, message);
    for (at, (name, span)) in round.iter().enumerate() {
        let before = round[(at + round.len() - 1) % round.len()].0;
        diagnostic = diagnostic.at(*span, format!("`{before}` requires `{name}`"));
    }
    diagnostic.help("remove one of these requirements, or make it conditional with `when`")
}
