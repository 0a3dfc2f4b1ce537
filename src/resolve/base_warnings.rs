//! Warnings about base images.

use crate::diagnostic::{Diagnostic, Log, codes, wording};
use crate::manifest::BaseChoice;
use crate::value::Name;

use super::assignment::Defaults;
use super::model::Question;
use super::resolution::{ChosenBase, Override, Reason};

/// Warns about base images that are unproven.
pub(super) fn warn_unproven<'a>(
    question: Question<'_>,
    bases: impl Iterator<Item = &'a ChosenBase>,
    log: &mut Log,
) {
    for base in bases {
        let Some(why) = &base.unproven else { continue };
        let place = base.asked.unwrap_or(question.project.target.span);
        log.report(
            Diagnostic::warning(
                codes::resolve::UNPROVEN,
                format!("the base image `{}` is unproven: {why}", base.image),
            )
            .at(place, "this base image")
            .help(format!(
                "test it on the target; `allow \"{}\" reason=\"…\"` accepts it",
                codes::resolve::UNPROVEN
            )),
        );
    }
}

/// Warns about a base image, requested by tag, with another distribution than the default of the release,
/// unless the manifest states that distribution elsewhere too.
pub(super) fn warn_other_distribution(
    question: Question<'_>,
    (base, overrides): (&ChosenBase, &[Override]),
    defaults: &Defaults,
    log: &mut Log,
) {
    let Some(asked) = &question.project.base else { return };
    let has_tag = match &asked.choice {
        BaseChoice::Image { .. } => true,
        BaseChoice::Catalog(name) => name.contains(':'),
    };
    let Some(place) = base.asked.filter(|_| has_tag) else { return };
    for one in overrides {
        let package = question.catalog.package(one.name.as_str());
        let is_distribution = package.is_some_and(|package| package.choice.is_some());
        let Some(version) = one.chosen.as_ref().filter(|_| is_distribution) else { continue };
        let is_stated = one.by.iter().any(|by| matches!(by, Reason::Pinned(_) | Reason::Target(_)))
            || asked.provides.iter().any(|provided| provided.name.value == one.name);
        // The default of a platform is only a preference, but the packages of a release are built for its
        // default.
        let Some((_, Reason::PlatformDefault { by, version: Some(release) })) = defaults.get(&one.name)
        else {
            continue;
        };
        if is_stated || !base.provides.contains_key(&one.name) {
            continue;
        }
        let title = title_of(question, &one.name);
        let message = format!(
            "{} is {title} {version}, but the packages for {} {release} are built for {title} {}",
            wording::code(base.image.to_string()),
            title_of(question, by),
            one.default
        );
        log.report(
            Diagnostic::warning(codes::resolve::OTHER_DISTRIBUTION, message)
                .at(place, format!("starts from {title} {version}"))
                .help(format!("take an image of {title} {}", one.default))
                .help(format!("or add `{} \"{version}\"` to the target, if it is meant", one.name)),
        );
    }
}

fn title_of<'a>(question: Question<'a>, name: &'a Name) -> &'a str {
    let axis = question.catalog.package(name.as_str()).and_then(|package| package.axis.as_ref());
    axis.map_or(name.as_str(), |axis| axis.title.as_str())
}
