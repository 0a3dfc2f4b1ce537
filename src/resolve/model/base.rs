//! The base image that the manifest requests, as a variable: its candidates are the image's tags.

use std::collections::{BTreeMap, BTreeSet};

use pubgrub::VersionSet as _;

use crate::catalog::{BaseImage, BaseTag, Catalog};
use crate::manifest::BaseChoice;
use crate::source::Span;
use crate::value::{Digest, ImageRef, Name, Requirement, Version};

use super::super::problem::{Dependency, Set, Variable, set};
use super::build::Builder;
use super::{BaseVariable, Candidate, Constraint, ConstraintKind, VariableKind, image_words, unknown};

/// The base image, before its variable is created.
pub(super) struct BaseInput<'a> {
    image: Option<&'a BaseImage>,
    provides: Vec<BTreeMap<Name, Version>>,
    /// Requirements derived from the reference of an image that is not in the catalogue.
    requires: Vec<(Name, Requirement)>,
    /// The indexes of the tags that the manifest allows.
    open: Vec<u32>,
    span: Span,
    text: String,
}

/// Looks up the base image of the manifest and records what it provides, so that those versions become
/// candidates.
pub(super) fn candidates<'a>(builder: &mut Builder<'a, '_>) -> Option<BaseInput<'a>> {
    let base = builder.project.base.as_ref()?;
    let mut declared: BTreeMap<Name, Version> =
        base.provides.iter().map(|one| (one.name.value.clone(), one.version.value.clone())).collect();
    let mut requires = Vec::new();
    let (image, open, span, text) = match &base.choice {
        BaseChoice::Image { image, digest } => {
            let text = format!("base image=\"{}\"", image.value);
            let digest = digest.as_ref().map(|digest| &digest.value).or(image.value.digest());
            if let Some((known, at)) = known(builder.catalog, &image.value, digest) {
                (Some(known), vec![at], image.span, text)
            } else {
                let derived = image_words::distribution(builder.catalog, &image.value);
                let is_unknown = declared.is_empty() && derived.is_none();
                let derived = derived.filter(|(name, _)| !declares_distribution(builder, &declared, name));
                declared.extend(derived);
                requires = image_words::releases(builder.catalog, &image.value);
                let other = image_words::other_platform(builder.catalog, builder.platform, image);
                if let Some(other) = other {
                    unknown::image_of(builder.platform, image, &other, builder.log);
                } else if is_unknown {
                    unknown::image(builder.catalog, image, builder.log);
                }
                (None, vec![0], image.span, text)
            }
        }
        BaseChoice::Catalog(name) => {
            let (image, open) = match (builder.catalog.base(name), tagged(builder.catalog, name)) {
                (Some(image), _) => (image, open(image, base.digest.as_ref().map(|digest| &digest.value))),
                (None, Some((image, at))) => (image, vec![at]),
                (None, None) => {
                    unknown::base(builder.catalog, name, name.span, builder.log);
                    return None;
                }
            };
            (Some(image), open, name.span, format!("base \"{}\"", name.value))
        }
    };
    let provides = match image {
        Some(image) => image.tags.iter().map(|tag| provided_by(tag, &declared)).collect(),
        None => vec![declared],
    };
    for (name, version) in provides.iter().flatten() {
        let Some(package) = builder.catalog.package(name.as_str()) else { continue };
        let all = builder.provided.entry(package.name.value.clone()).or_default();
        if !all.contains(version) {
            all.push(version.clone());
        }
    }
    Some(BaseInput { image, provides, requires, open, span, text })
}

/// Returns what a tag provides, with the manifest's `provides` taking precedence.
fn provided_by(tag: &BaseTag, declared: &BTreeMap<Name, Version>) -> BTreeMap<Name, Version> {
    let known = tag.provides.iter().map(|(name, version)| (name.clone(), version.value.clone()));
    known.chain(declared.clone()).collect()
}

/// Returns the tags that a digest can belong to: those with this digest in the catalogue, or those without
/// any.
fn open(image: &BaseImage, digest: Option<&Digest>) -> Vec<u32> {
    let places = |fits: &dyn Fn(&BaseTag) -> bool| -> Vec<u32> {
        (0..).zip(&image.tags).filter(|(_, tag)| fits(tag)).map(|(place, _)| place).collect()
    };
    let Some(digest) = digest else { return places(&|_| true) };
    let its = places(&|tag| tag.digest.as_ref() == Some(digest));
    if its.is_empty() { places(&|tag| tag.digest.is_none()) } else { its }
}

/// Finds a base image and one of its tags, written as `NAME:TAG`. Other base images of the same repository have
/// further tags.
fn tagged<'a>(catalog: &'a Catalog, text: &str) -> Option<(&'a BaseImage, u32)> {
    let (name, tag) = text.rsplit_once(':')?;
    let base = catalog.base(name)?;
    let others = catalog.bases().filter(|other| other.image == base.image);
    std::iter::once(base).chain(others).find_map(|base| {
        (0..).zip(&base.tags).find(|(_, one)| one.tag.value == tag).map(|(at, _)| (base, at))
    })
}

/// Whether the manifest declares the distribution of an image: this one, or another of the same choice.
fn declares_distribution(builder: &Builder<'_, '_>, declared: &BTreeMap<Name, Version>, name: &Name) -> bool {
    let choice = |name: &Name| {
        let package = builder.catalog.package(name.as_str())?;
        package.choice.as_ref().map(|choice| choice.value.clone())
    };
    let own = choice(name);
    declared.keys().any(|one| one == name || own.is_some() && choice(one) == own)
}

/// Finds an image in the catalogue, by its digest if both are known, or else by its tag.
fn known<'a>(
    catalog: &'a Catalog,
    image: &ImageRef,
    digest: Option<&Digest>,
) -> Option<(&'a BaseImage, u32)> {
    let is_it = |tag: &BaseTag| match (digest, &tag.digest) {
        (Some(one), Some(other)) => one == other,
        _ => image.tag() == Some(tag.tag.value.as_str()),
    };
    catalog.bases().filter(|base| base.image == *image.repository()).find_map(|base| {
        let at = base.tags.iter().position(is_it)?;
        Some((base, u32::try_from(at).ok()?))
    })
}

/// Adds the variable of the base image, and the constraint that requires it.
pub(super) fn add<'a>(builder: &mut Builder<'a, '_>, found: BaseInput<'a>) {
    let BaseInput { image, provides, requires, open, span, text } = found;
    let mut candidates = Vec::new();
    let all: BTreeSet<Name> = provides.iter().flat_map(BTreeMap::keys).cloned().collect();
    for (index, provided) in provides.iter().enumerate() {
        let mut dependencies = Vec::new();
        let tag = image.iter().flat_map(|image| &image.tags[index].requires);
        let tag = tag.map(|one| (&one.name.value, &one.requirement.value));
        for (name, requirement) in tag.chain(requires.iter().map(|(name, one)| (name, one))) {
            if let Some(fixed) = builder.fixed_dependencies(name.as_str(), requirement) {
                dependencies.extend(fixed);
            } else if let Some(on) = builder.named(name) {
                let within = builder.within(on, requirement).unwrap_or_else(|_| Set::empty());
                dependencies.push(Dependency { on, within });
            }
        }
        dependencies
            .extend(provided.iter().filter_map(|(name, version)| fix_provided(builder, name, version)));
        let others = all.iter().filter(|name| !provided.contains_key(*name));
        dependencies.extend(others.filter_map(|name| exclude_provided(builder, name)));
        dependencies.extend(exclude_other_distributions(builder, provided));
        candidates.push(dependencies);
    }
    let places: Vec<u32> = (0..).take(candidates.len()).collect();
    let variable = Variable {
        candidates,
        // The definition lists tags in order of preference.
        preference: places.clone(),
        positions: places.clone(),
        ..Variable::default()
    };
    let id = builder.add(variable, VariableKind::Base(BaseVariable { image, provides, span }));
    builder.constraints.push(Constraint {
        span,
        kind: ConstraintKind::Base,
        on: id,
        within: set(open),
        text,
        requirement: None,
    });
}

/// Returns the dependency on the version that the base image provides: no other version is possible.
fn fix_provided(builder: &mut Builder<'_, '_>, name: &Name, version: &Version) -> Option<Dependency> {
    let on = builder.named(name)?;
    let VariableKind::Package(var) = &builder.kinds[on.index()] else { return None };
    let fits = |candidate: &Candidate| match candidate {
        Candidate::Provided { version: one, .. } => one == version,
        Candidate::Entry { version: one, .. } | Candidate::HostMinimum(one) => {
            var.is_pure() && one == version
        }
        Candidate::Absent | Candidate::Unversioned(_) => false,
    };
    let within = set((0..).zip(&var.candidates).filter(|(_, one)| fits(one)).map(|(place, _)| place));
    Some(Dependency { on, within })
}

/// Returns the dependency that excludes versions which only other tags provide.
fn exclude_provided(builder: &mut Builder<'_, '_>, name: &Name) -> Option<Dependency> {
    let on = builder.named(name)?;
    let VariableKind::Package(var) = &builder.kinds[on.index()] else { return None };
    let others = (0..).zip(&var.candidates).filter(|(_, one)| !one.is_provided());
    Some(Dependency { on, within: set(others.map(|(place, _)| place)) })
}

/// Returns the dependencies that exclude other members of a choice among axes, such as other distributions,
/// if the base image provides one of them.
fn exclude_other_distributions(
    builder: &Builder<'_, '_>,
    provided: &BTreeMap<Name, Version>,
) -> Vec<Dependency> {
    builder
        .choices
        .values()
        .filter(|members| {
            members.iter().all(|id| builder.is_axis(*id))
                && members
                    .iter()
                    .any(|id| builder.key(*id).1.is_some_and(|name| provided.contains_key(&name)))
        })
        .flatten()
        .filter(|id| builder.key(**id).1.is_some_and(|name| !provided.contains_key(&name)))
        .map(|id| Dependency { on: *id, within: set([0]) })
        .collect()
}
