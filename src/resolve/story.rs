//! The chain between the lines of a conflict, retold from the solver's derivation: each requirement once, packages
//! before the platform.

use std::collections::BTreeMap;

use pubgrub::{DerivationTree, External};

use crate::catalog::Require;
use crate::source::Sources;

use super::model::{Candidate, Meaning, Model, Thing};
use super::problem::{Set, VariableId};
use super::provider::{Derivation, solve};

/// So many lines are shown.
const SHOWN: usize = 10;

/// The lines, indented, without a full stop.
pub(super) fn lines(model: &Model<'_>, core: &[usize], sources: &Sources) -> Vec<String> {
    let Err(derivation) =
        solve(&model.problem(|fact| core.contains(&fact)).pruned(model.variables[0].candidates[0].len()))
    else {
        return Vec::new();
    };
    let mut edges: BTreeMap<(VariableId, VariableId), (Set, Set)> = BTreeMap::new();
    collect(&derivation, &mut edges);
    let rank = |id: VariableId| model.variables[id.index()].rank;
    let is_axis = |id: VariableId| model.thing(id).is_some_and(|thing| thing.package.axis.is_some());
    let mut ordered: Vec<_> = edges.into_iter().filter(|((from, _), _)| *from != VariableId::ROOT).collect();
    ordered.sort_by_key(|((from, on), _)| (is_axis(*from), rank(*from), rank(*on)));
    let mut lines: Vec<String> = Vec::new();
    for ((from, on), (holders, within)) in ordered {
        if let Some(line) = line(model, (from, &holders), (on, &within), sources) {
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
    }
    let more = lines.len().saturating_sub(SHOWN);
    lines.truncate(SHOWN);
    if more > 0 {
        lines.push(format!("  … and {more} more of the same kind"));
    }
    lines
}

/// The requirements that a derivation rests on, by who asks and of whom; several of one pair are joined.
fn collect(derivation: &Derivation, edges: &mut BTreeMap<(VariableId, VariableId), (Set, Set)>) {
    let mut stack = vec![derivation];
    while let Some(one) = stack.pop() {
        match one {
            DerivationTree::Derived(derived) => stack.extend([&*derived.cause1, &*derived.cause2]),
            DerivationTree::External(External::FromDependencyOf(from, holders, on, within)) => {
                let edge = edges.entry((*from, *on)).or_insert_with(|| (Set::empty(), Set::empty()));
                edge.0 = edge.0.union(holders);
                edge.1 = edge.1.union(within);
            }
            DerivationTree::External(
                External::NotRoot(..) | External::NoVersions(..) | External::Custom(..),
            ) => {}
        }
    }
}

fn line(
    model: &Model<'_>,
    (from, holders): (VariableId, &Set),
    (on, within): (VariableId, &Set),
    sources: &Sources,
) -> Option<String> {
    match (&model.meanings[from.index()], &model.meanings[on.index()]) {
        (Meaning::Thing(thing), Meaning::Choice { word, .. }) => {
            Some(format!("  {} is the one {word} that an image can hold", title(thing)))
        }
        (Meaning::Thing(thing), Meaning::Thing(_) | Meaning::Fixed { .. }) => {
            let who = format!("{} {}", title(thing), describe(model, from, holders));
            Some(format!(
                "  {} requires {}",
                who.trim_end(),
                wanted(model, (from, holders), (on, within), sources)
            ))
        }
        // What a guard's first candidate asks is what its owner requires; the others only say when it need not.
        (Meaning::Guard { owner }, Meaning::Thing(_) | Meaning::Fixed { .. }) if holders.contains(&0) => {
            let owner = model.thing(*owner)?;
            Some(format!("  {} requires {} here", title(owner), subject(model, on, within)))
        }
        (Meaning::Base(_), Meaning::Thing(_) | Meaning::Fixed { .. }) => {
            let subject = subject(model, on, within);
            Some(match subject.strip_suffix(" absent") {
                Some(title) => format!("  the base has no {title}"),
                None => format!("  the base holds or needs {subject}"),
            })
        }
        _ => None,
    }
}

/// What is required: in the definition's own words where they are the same for all holders, with its place.
fn wanted(
    model: &Model<'_>,
    (from, holders): (VariableId, &Set),
    (on, within): (VariableId, &Set),
    sources: &Sources,
) -> String {
    let name = match &model.meanings[on.index()] {
        Meaning::Thing(thing) => thing.name.to_string(),
        Meaning::Fixed { axis, .. } => (*axis).to_owned(),
        Meaning::Root | Meaning::Base(_) | Meaning::Choice { .. } | Meaning::Guard { .. } => {
            return String::new();
        }
    };
    let requires: Vec<&Require> =
        model.thing(from).map(|thing| of_holders(thing, holders, &name)).unwrap_or_default();
    let mut texts: Vec<String> = requires.iter().map(|one| one.requirement.to_string()).collect();
    texts.sort();
    texts.dedup();
    match (texts.as_slice(), requires.first()) {
        ([text], Some(require)) if text != "*" => {
            format!("{name} {text} ({})", sources.cite(require.requirement.span))
        }
        ([_], Some(require)) => format!("{name} ({})", sources.cite(require.requirement.span)),
        (several, _) if several.len() > 1 && matches!(&model.meanings[on.index()], Meaning::Fixed { .. }) => {
            format!("{name} {}", several.join(" or "))
        }
        _ => subject(model, on, within),
    }
}

fn of_holders<'a>(thing: &Thing<'a>, holders: &Set, name: &str) -> Vec<&'a Require> {
    let package = thing.package;
    let mut all: Vec<&Require> = package.requires.iter().collect();
    for (place, candidate) in (0u32..).zip(&thing.candidates) {
        if let (true, Candidate::Entry { index, .. }) = (holders.contains(&place), candidate) {
            all.extend(&package.versions[*index].requires);
        }
    }
    all.extend(package.options.iter().flat_map(|option| &option.values).flat_map(|(_, requires)| requires));
    all.extend(package.variants.iter().flat_map(|variant| &variant.requires));
    all.retain(|one| one.name.as_str() == name);
    all
}

fn subject(model: &Model<'_>, on: VariableId, within: &Set) -> String {
    match &model.meanings[on.index()] {
        Meaning::Thing(thing) => format!("{} {}", title(thing), describe(model, on, within)),
        Meaning::Fixed { axis, value } => format!("another {axis} than {value}"),
        Meaning::Root | Meaning::Base(_) | Meaning::Choice { .. } | Meaning::Guard { .. } => String::new(),
    }
}

/// How people write a thing: `CUDA`, `pytorch`.
pub(super) fn title(thing: &Thing<'_>) -> String {
    thing.package.axis.as_ref().map_or_else(|| thing.name.to_string(), |axis| axis.title.clone())
}

/// The versions of a set in few words: `2.4.0 to 2.6.0`, `12.2, 12.4 or 12.6`.
pub(super) fn describe(model: &Model<'_>, id: VariableId, within: &Set) -> String {
    let Some(thing) = model.thing(id) else { return String::new() };
    let places: Vec<(u32, &Candidate)> = (0u32..).zip(&thing.candidates).collect();
    let all: Vec<String> = distinct(thing, places.iter().filter(|(_, one)| **one != Candidate::Absent));
    let inside = places.iter().filter(|(place, one)| **one != Candidate::Absent && within.contains(place));
    let inside: Vec<String> = distinct(thing, inside);
    let absent_fits = within.contains(&0);
    match inside.as_slice() {
        [] if absent_fits => "absent".to_owned(),
        [] => "in a version that is not there".to_owned(),
        some if some.len() == all.len() => {
            if thing.package.versions.is_empty() {
                String::new()
            } else {
                "in any version".to_owned()
            }
        }
        [one] => one.clone(),
        few if few.len() <= 4 => format!("{} or {}", few[..few.len() - 1].join(", "), few[few.len() - 1]),
        many if contiguous(&all, many) => format!("{} to {}", many[0], many[many.len() - 1]),
        many => format!("{}, … or {}", many[..2].join(", "), many[many.len() - 1]),
    }
}

fn distinct<'c>(
    thing: &Thing<'_>,
    candidates: impl Iterator<Item = &'c (u32, &'c Candidate)>,
) -> Vec<String> {
    let mut texts: Vec<String> = candidates.filter_map(|(_, candidate)| spoken(thing, candidate)).collect();
    texts.dedup();
    texts
}

/// A version as manifests write it: by its name where it has one (`humble`).
pub(super) fn spoken(thing: &Thing<'_>, candidate: &Candidate) -> Option<String> {
    let name = candidate.entry().and_then(|entry| thing.package.versions[entry].name.as_ref());
    name.map(|name| name.value.to_string()).or_else(|| candidate.version().map(ToString::to_string))
}

fn contiguous(all: &[String], some: &[String]) -> bool {
    all.windows(some.len()).any(|window| window == some)
}
