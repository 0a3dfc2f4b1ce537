//! The image to start from, and the image to build in.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{BaseImage, BaseTag, Role};
use crate::diagnostic::{Diagnostic, Log, Told, codes};
use crate::manifest::BaseChoice;
use crate::source::Span;
use crate::value::{ImageRef, Name, Parse, Version};

use super::chosen::ChosenBase;
use super::decided::Decided;
use super::model::{Meaning, Question, word_meaning};

/// The base of the image that ships: the manifest's, else the one that holds most of what is needed.
pub(super) fn final_base(
    question: Question<'_>,
    decided: Decided<'_, '_>,
    needed: &BTreeSet<Name>,
    log: &mut Log,
) -> Result<ChosenBase, Told> {
    if let Some(base) = asked(question, decided) {
        return Ok(base);
    }
    best(question, decided, needed, Role::Runtime).ok_or_else(|| {
        log.error(
            Diagnostic::error(codes::resolve::NO_BASE, "no base of the catalogue fits this target")
                .at(question.project.target.span, "what was resolved for this target is in none of the bases")
                .help("name one: `base image=\"…\" { provides { … } }`"),
        )
    })
}

/// The image for stages that compile against a toolkit; `None` where the base will do.
pub(super) fn devel_base(
    question: Question<'_>,
    decided: Decided<'_, '_>,
    base: &ChosenBase,
    needed: &BTreeSet<Name>,
) -> Option<ChosenBase> {
    if needed.is_empty() || base.role == Role::Devel {
        return None;
    }
    let devel = best(question, decided, needed, Role::Devel)?;
    // Worth another image only where it holds something that the build needs.
    needed.iter().any(|name| devel.provides.contains_key(name)).then_some(devel)
}

fn asked(question: Question<'_>, decided: Decided<'_, '_>) -> Option<ChosenBase> {
    let base = question.project.base.as_ref()?;
    let (meaning, place) =
        decided.model.meanings.iter().zip(decided.answer).find_map(|(meaning, place)| match meaning {
            Meaning::Base(base) => Some((base, (*place)? as usize)),
            Meaning::Root
            | Meaning::Fixed { .. }
            | Meaning::Thing(_)
            | Meaning::Choice { .. }
            | Meaning::Guard { .. } => None,
        })?;
    let provides = canonical(question, &meaning.provides[place]);
    match (&base.choice, meaning.image) {
        (BaseChoice::Image { image, digest }, _) => Some(ChosenBase {
            image: digest.as_ref().map_or_else(
                || image.value.clone(),
                |digest| image.value.clone().with_digest(digest.value.clone()),
            ),
            name: None,
            role: Role::Runtime,
            provides,
            env: Vec::new(),
            layers: 0,
            size: None,
            unproven: None,
            asked: Some(meaning.span),
        }),
        (BaseChoice::Catalog(_), Some(image)) => {
            of_tag(image, &image.tags[place], provides, Some(meaning.span))
        }
        (BaseChoice::Catalog(_), None) => None,
    }
}

/// Aliases put into names.
fn canonical(question: Question<'_>, provides: &BTreeMap<Name, Version>) -> BTreeMap<Name, Version> {
    provides
        .iter()
        .map(|(name, version)| {
            let name = question.catalog.package(name.as_str()).map_or(name, |package| &package.name.value);
            (name.clone(), version.clone())
        })
        .collect()
}

/// Of the tags that fit what was decided: the one that holds most of what is needed, then the smallest, then by name.
fn best(
    question: Question<'_>,
    decided: Decided<'_, '_>,
    needed: &BTreeSet<Name>,
    role: Role,
) -> Option<ChosenBase> {
    let fits = |tag: &&BaseTag| {
        tag.role == role
            && tag.requires.iter().all(|require| decided.meets(require))
            && tag.provides.iter().all(|(name, version)| decided.version(name) == Some(&version.value))
            && one_distribution(decided, tag)
    };
    let all = question
        .catalog
        .auto_bases(|platform| word_meaning(platform, decided.model.target.platform.as_str()))
        .flat_map(|base| base.tags.iter().filter(fits).map(move |tag| (base, tag)));
    let (image, tag) = all.min_by_key(|(base, tag)| {
        let holds = tag.provides.keys().filter(|name| needed.contains(*name)).count();
        (
            tag.unproven.is_some(),
            std::cmp::Reverse(holds),
            tag.size.unwrap_or(u64::MAX),
            base.name.value.clone(),
            tag.tag.value.clone(),
        )
    })?;
    let provides = tag.provides.iter().map(|(name, version)| (name.clone(), version.value.clone())).collect();
    of_tag(image, tag, provides, None)
}

/// A base without its distribution says nothing; one with it has just that.
fn one_distribution(decided: Decided<'_, '_>, tag: &BaseTag) -> bool {
    decided.model.ids.iter().all(|(name, id)| {
        let is_distribution = decided
            .model
            .thing(*id)
            .is_some_and(|thing| thing.package.axis.is_some() && thing.package.choice.is_some());
        !is_distribution || decided.candidate(*id).is_none() || tag.provides.contains_key(name)
    })
}

fn of_tag(
    image: &BaseImage,
    tag: &BaseTag,
    provides: BTreeMap<Name, Version>,
    asked: Option<Span>,
) -> Option<ChosenBase> {
    let reference = ImageRef::parse(&format!("{}:{}", image.image, tag.tag.value)).ok()?;
    Some(ChosenBase {
        image: tag
            .digest
            .as_ref()
            .map_or_else(|| reference.clone(), |digest| reference.clone().with_digest(digest.clone())),
        name: Some(image.name.value.clone()),
        role: tag.role,
        provides,
        env: tag.env.clone(),
        layers: tag.layers.unwrap_or(0),
        size: tag.size,
        unproven: tag.unproven.as_ref().map(|why| why.value.clone()),
        asked,
    })
}
