//! Chooses the base images: one for the final image, and one for stages that compile against a toolkit.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{BaseImage, BaseTag, Require, Role, admits_word};
use crate::diagnostic::{Diagnostic, Log, Reported, codes};
use crate::manifest::BaseChoice;
use crate::source::{Span, Spanned};
use crate::value::{Digest, ImageRef, Name, Parse, Version};

use super::assignment::{Assignment, Defaults};
use super::model::{Question, VariableKind};
use super::resolution::ChosenBase;

/// The requirements that a base image must meet.
#[derive(Clone, Copy)]
pub(super) struct BaseRequest<'q, 'm, 'a> {
    pub(super) question: Question<'q>,
    pub(super) decided: Assignment<'m, 'a>,
    pub(super) defaults: &'m Defaults,
}

impl BaseRequest<'_, '_, '_> {
    /// Returns the base image of the final image: the manifest's, or the one that provides most of what is
    /// needed.
    pub(super) fn final_base(self, needed: &BTreeSet<Name>, log: &mut Log) -> Result<ChosenBase, Reported> {
        if let Some(base) = requested(self.question, self.decided) {
            return Ok(base);
        }
        self.best(needed, Role::Runtime).ok_or_else(|| {
            log.error(
                Diagnostic::error(codes::resolve::NO_BASE, "no base image of the catalogue fits this target")
                    .at(
                        self.question.project.target.span,
                        "no base image has the versions resolved for this target",
                    )
                    .help("set another image: `base image=\"…\" { provides { … } }`"),
            )
        })
    }

    /// Returns the base image of stages that compile against a toolkit; `None` if they can use the final
    /// one's.
    pub(super) fn devel_base(self, base: &ChosenBase, needed: &BTreeSet<Name>) -> Option<ChosenBase> {
        if needed.is_empty() || base.role == Role::Devel {
            return None;
        }
        let devel = self.best(needed, Role::Devel)?;
        // A second image is worth its download only if it provides something that the build needs.
        needed.iter().any(|name| devel.provides.contains_key(name)).then_some(devel)
    }

    /// Returns the best tag among those that fit the chosen versions. Tags that are proven come first, then
    /// preferred ones, those that provide most of what is needed, those that provide the fewest unrequested
    /// axes without a default, and the smallest. Ties are broken by name.
    fn best(self, needed: &BTreeSet<Name>, role: Role) -> Option<ChosenBase> {
        let platform = self.decided.model.target.platform.as_str();
        let fits = |tag: &&BaseTag| {
            tag.role == role
                && tag.requires.iter().all(|require| self.meets(require))
                && tag.provides.iter().all(|(name, version)| self.fits(name, |one| *one == version.value))
                && has_chosen_distribution(self.decided, tag)
        };
        let all = self
            .question
            .catalog
            .auto_bases(|requirement| admits_word(requirement, platform))
            .flat_map(|base| base.tags.iter().filter(fits).map(move |tag| (base, tag)));
        // `min_by_key` returns the first of equal tags: the catalogue lists them in order of preference.
        let (image, tag) = all.min_by_key(|(base, tag)| {
            let count = |fits: &dyn Fn(&Name) -> bool| tag.provides.keys().filter(|name| fits(name)).count();
            (
                tag.unproven.is_some(),
                !tag.preferred,
                std::cmp::Reverse(count(&|name| needed.contains(name))),
                count(&|name| self.is_unrequested_axis(name) && !self.defaults.contains_key(name)),
                tag.size.unwrap_or(u64::MAX),
                &base.name.value,
            )
        })?;
        let provides =
            tag.provides.iter().map(|(name, version)| (name.clone(), version.value.clone())).collect();
        of_tag(image, tag, provides, None)
    }

    /// Whether a requirement of a tag is met.
    fn meets(self, require: &Require) -> bool {
        if self.is_unrequested_axis(&require.name) {
            self.fits(&require.name, |version| require.requirement.matches(version))
        } else {
            self.decided.meets(require)
        }
    }

    /// Whether the chosen version satisfies a predicate. For an axis that nothing requests, its default must,
    /// if any.
    fn fits(self, name: &Name, predicate: impl Fn(&Version) -> bool) -> bool {
        if self.is_unrequested_axis(name) {
            return self.defaults.get(name).is_none_or(|(default, _)| predicate(default));
        }
        self.decided.version(name).is_some_and(predicate)
    }

    /// Whether this is an axis of the platform that is not part of the model, because nothing requests it.
    fn is_unrequested_axis(self, name: &Name) -> bool {
        let model = self.decided.model;
        !model.ids.contains_key(name)
            && !model.aliases.contains_key(name)
            && self
                .question
                .catalog
                .platform(model.target.platform.as_str())
                .is_some_and(|platform| platform.axes.contains(name))
    }
}

/// Returns the base image that the manifest requests.
fn requested(question: Question<'_>, decided: Assignment<'_, '_>) -> Option<ChosenBase> {
    let base = question.project.base.as_ref()?;
    let (kind, place) =
        decided.model.kinds.iter().zip(decided.answer).find_map(|(kind, place)| match kind {
            VariableKind::Base(base) => Some((base, (*place)? as usize)),
            VariableKind::Root
            | VariableKind::Fixed { .. }
            | VariableKind::Package(_)
            | VariableKind::Choice { .. }
            | VariableKind::Unavailable(_)
            | VariableKind::Guard { .. }
            | VariableKind::Installed { .. } => None,
        })?;
    let provides = canonical(question, &kind.provides[place]);
    let pinned = |image: &ImageRef, digest: Option<&Spanned<Digest>>| match digest {
        Some(digest) => image.clone().with_digest(digest.value.clone()),
        None => image.clone(),
    };
    match (&base.choice, kind.image) {
        (BaseChoice::Image { image, digest }, Some(known)) => {
            let chosen = of_tag(known, &known.tags[place], provides, Some(kind.span))?;
            Some(ChosenBase { image: pinned(&image.value, digest.as_ref()), ..chosen })
        }
        (BaseChoice::Image { image, digest }, None) => Some(ChosenBase {
            image: pinned(&image.value, digest.as_ref()),
            name: None,
            role: Role::Runtime,
            provides,
            env: Vec::new(),
            sets: BTreeMap::new(),
            layers: 0,
            size: None,
            unproven: None,
            asked: Some(kind.span),
        }),
        (BaseChoice::Catalog(_), Some(image)) => {
            let chosen = of_tag(image, &image.tags[place], provides, Some(kind.span))?;
            Some(ChosenBase { image: pinned(&chosen.image, base.digest.as_ref()), ..chosen })
        }
        (BaseChoice::Catalog(_), None) => None,
    }
}

/// Replaces aliases by the names of their packages.
fn canonical(question: Question<'_>, provides: &BTreeMap<Name, Version>) -> BTreeMap<Name, Version> {
    provides
        .iter()
        .map(|(name, version)| {
            let name = question.catalog.package(name.as_str()).map_or(name, |package| &package.name.value);
            (name.clone(), version.clone())
        })
        .collect()
}

/// Whether a tag provides the chosen distribution.
fn has_chosen_distribution(decided: Assignment<'_, '_>, tag: &BaseTag) -> bool {
    decided.model.ids.iter().all(|(name, id)| {
        let is_distribution = decided
            .model
            .package_variable(*id)
            .is_some_and(|var| var.package.axis.is_some() && var.package.choice.is_some());
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
        sets: image.sets.clone(),
        layers: tag.layers.unwrap_or(0),
        size: tag.size,
        unproven: tag.unproven.as_ref().map(|why| why.value.clone()),
        asked,
    })
}
