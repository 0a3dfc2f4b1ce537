//! The base that a manifest names, as a variable: its tags, each with what it provides.

use std::collections::{BTreeMap, BTreeSet};

use pubgrub::VersionSet as _;

use crate::catalog::BaseImage;
use crate::manifest::BaseChoice;
use crate::source::Span;
use crate::value::{Name, Version};

use super::super::problem::{Demand, Set, Variable, set};
use super::build::Builder;
use super::{BaseMeaning, Candidate, Fact, FactKind, Meaning, unknown};

/// The base, before its variable is made.
pub(super) struct Found<'a> {
    image: Option<&'a BaseImage>,
    provides: Vec<BTreeMap<Name, Version>>,
    span: Span,
    text: String,
}

/// Looks the manifest's base up and notes what it provides, so that those versions become candidates.
pub(super) fn candidates<'a>(builder: &mut Builder<'a, '_>) -> Option<Found<'a>> {
    let base = builder.project.base.as_ref()?;
    let declared: BTreeMap<Name, Version> =
        base.provides.iter().map(|one| (one.name.value.clone(), one.version.value.clone())).collect();
    let (image, provides, span, text) = match &base.choice {
        BaseChoice::Image { image, .. } => {
            (None, vec![declared], image.span, format!("base image=\"{}\"", image.value))
        }
        BaseChoice::Catalog(name) => {
            let Some(image) = builder.catalog.base(name) else {
                unknown::base(builder.catalog, name, name.span, builder.log);
                return None;
            };
            let all = image.tags.iter().map(|tag| {
                let mut provides: BTreeMap<Name, Version> = tag
                    .provides
                    .iter()
                    .map(|(name, version)| (name.clone(), version.value.clone()))
                    .collect();
                provides.extend(declared.clone());
                provides
            });
            (Some(image), all.collect(), name.span, format!("base \"{}\"", name.value))
        }
    };
    for (name, version) in provides.iter().flatten() {
        let Some(package) = builder.catalog.package(name.as_str()) else { continue };
        let all = builder.provided.entry(package.name.value.clone()).or_default();
        if !all.contains(version) {
            all.push(version.clone());
        }
    }
    Some(Found { image, provides, span, text })
}

/// Adds the variable of the base and the fact that asks for it.
pub(super) fn add<'a>(builder: &mut Builder<'a, '_>, found: Found<'a>) {
    let Found { image, provides, span, text } = found;
    let mut candidates = Vec::new();
    let all: BTreeSet<Name> = provides.iter().flat_map(BTreeMap::keys).cloned().collect();
    for (index, held) in provides.iter().enumerate() {
        let mut demands = Vec::new();
        for require in image.iter().flat_map(|image| &image.tags[index].requires) {
            if let Some(fixed) = builder.fixed_demands(require.name.as_str(), &require.requirement) {
                demands.extend(fixed);
            } else if let Some(on) = builder.named(&require.name) {
                let within = builder.within(on, &require.requirement).unwrap_or_else(|_| Set::empty());
                demands.push(Demand { on, within });
            }
        }
        demands.extend(held.iter().filter_map(|(name, version)| holds(builder, name, version)));
        let others = all.iter().filter(|name| !held.contains_key(*name));
        demands.extend(others.filter_map(|name| lacks(builder, name)));
        demands.extend(distribution(builder, held));
        candidates.push(demands);
    }
    let places: Vec<u32> = (0..).take(candidates.len()).collect();
    let variable = Variable {
        candidates,
        // Tags stand in the definition with the preferred one first.
        preference: places.clone(),
        positions: places.clone(),
        ..Variable::default()
    };
    let id = builder.add(variable, Meaning::Base(BaseMeaning { image, provides, span }));
    builder.facts.push(Fact {
        span,
        kind: FactKind::Base,
        on: id,
        within: set(places),
        text,
        requirement: None,
    });
}

/// What a base holds is fixed: of the axis or package only that version is left, and it is not installed again.
fn holds(builder: &mut Builder<'_, '_>, name: &Name, version: &Version) -> Option<Demand> {
    let on = builder.named(name)?;
    let Meaning::Thing(thing) = &builder.meanings[on.index()] else { return None };
    let fits = |candidate: &Candidate| match candidate {
        Candidate::Provided { version: one, .. } => one == version,
        Candidate::Entry { version: one, .. } | Candidate::Promised(one) => thing.is_pure() && one == version,
        Candidate::Absent | Candidate::Whole(_) => false,
    };
    let within = set((0..).zip(&thing.candidates).filter(|(_, one)| fits(one)).map(|(place, _)| place));
    Some(Demand { on, within })
}

/// What another tag of the base holds and this one does not is not there.
fn lacks(builder: &mut Builder<'_, '_>, name: &Name) -> Option<Demand> {
    let on = builder.named(name)?;
    let Meaning::Thing(thing) = &builder.meanings[on.index()] else { return None };
    let others = (0..).zip(&thing.candidates).filter(|(_, one)| !one.is_provided());
    Some(Demand { on, within: set(others.map(|(place, _)| place)) })
}

/// A base that declares one member of a choice among axes (a distribution) has no other.
fn distribution(builder: &Builder<'_, '_>, held: &BTreeMap<Name, Version>) -> Vec<Demand> {
    builder
        .choices
        .values()
        .filter(|members| {
            members.iter().all(|id| builder.is_axis(*id))
                && members.iter().any(|id| builder.key(*id).1.is_some_and(|name| held.contains_key(&name)))
        })
        .flatten()
        .filter(|id| builder.key(**id).1.is_some_and(|name| !held.contains_key(&name)))
        .map(|id| Demand { on: *id, within: set([0]) })
        .collect()
}
