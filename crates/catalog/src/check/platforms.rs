//! Platforms, devices, bases, indexes, forbidden packages.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Log, codes::catalog as codes, wording};
use crate::source::Spanned;
use crate::value::{Name, Version};

use super::{references, templates};
use crate::{BaseImage, BaseTag, Catalog, DefinitionKind, Device, Forbidden, GpuKind, Index, Platform};

pub(super) fn platform(catalog: &Catalog, platform: &Platform, log: &mut Log) {
    for axis in &platform.axes {
        if catalog.package(axis.as_str()).is_none_or(|found| found.axis.is_none()) {
            let message = format!("unknown axis {}", wording::code(axis.as_str()));
            log.error(
                Diagnostic::error(codes::UNKNOWN_NAME, message)
                    .at(platform.name.span, "used by this platform"),
            );
        }
    }
    versions(catalog, &platform.defaults, log);
    if platform.sources.is_empty() {
        log.report(no_source(platform.name.as_str(), platform.name.span));
    }
}

pub(super) fn device(catalog: &Catalog, device: &Device, log: &mut Log) {
    known_platform(catalog, &device.platform, log);
    references::requires(catalog, &device.requires, log);
    if device.sources.is_empty() {
        log.report(no_source(device.name.as_str(), device.name.span));
    }
}

pub(super) fn gpu(catalog: &Catalog, gpu: &GpuKind, log: &mut Log) {
    known_platform(catalog, &gpu.platform, log);
    if gpu.sources.is_empty() {
        log.report(no_source(gpu.capability.as_str(), gpu.capability.span));
    }
}

fn known_platform(catalog: &Catalog, platform: &Spanned<Name>, log: &mut Log) {
    if catalog.entry(DefinitionKind::Platform, platform.as_str()).is_none() {
        let message = format!("unknown platform {}", wording::code(platform.as_str()));
        let near = catalog.nearest(DefinitionKind::Platform, platform.as_str());
        let diagnostic = Diagnostic::error(codes::UNKNOWN_NAME, message).at(platform.span, "unknown");
        log.error(diagnostic.maybe_help(wording::did_you_mean(platform.as_str(), near)));
    }
}

pub(super) fn forbidden(catalog: &Catalog, forbidden: &Forbidden, log: &mut Log) {
    for platform in &forbidden.platforms {
        known_platform(catalog, platform, log);
    }
    if let Some(package) = &forbidden.archive_of
        && catalog.entry(DefinitionKind::Package, package.as_str()).is_none()
    {
        references::unknown(catalog, package, log);
    }
    if forbidden.sources.is_empty() {
        log.report(no_source(&forbidden.pattern, forbidden.pattern.span));
    }
}

pub(super) fn base(catalog: &Catalog, base: &BaseImage, log: &mut Log) {
    for tag in &base.tags {
        references::requires(catalog, &tag.requires, log);
        versions(catalog, &tag.provides, log);
        shown(base, tag, log);
    }
    if base.sources.is_empty() {
        log.report(no_source(&base.name.value, base.name.span));
    }
}

/// What is only thought to be in it breaks a build late.
fn shown(base: &BaseImage, tag: &BaseTag, log: &mut Log) {
    if tag.unproven.is_some() {
        return;
    }
    let is_shown = |name: &Name| base.shown.iter().chain(&tag.shown).any(|page| page.names.contains(name));
    for (name, version) in tag.provides.iter().filter(|(name, _)| !is_shown(name)) {
        let message = format!(
            "no page shows that {} provides {name} {}",
            wording::code(format!("{}:{}", base.image, tag.tag.value)),
            version.value
        );
        let help = format!(
            "add the page, `shown \"{name}\" by=\"https://…\"`; without one, remove `{name}` from \
                `provides` so that it is installed, or give the tag a reason in `unproven`"
        );
        log.report(
            Diagnostic::warning(codes::NO_SOURCE, message).at(version.span, "no page for this").help(help),
        );
    }
}

pub(super) fn index(catalog: &Catalog, index: &Index, log: &mut Log) {
    let names = templates::of_axes(catalog);
    for url in index.mirrors.iter().chain([&index.url]) {
        url.check_names(&names, log);
    }
}

fn versions(catalog: &Catalog, versions: &BTreeMap<Name, Spanned<Version>>, log: &mut Log) {
    for (name, version) in versions {
        if catalog.entry(DefinitionKind::Package, name.as_str()).is_none() {
            references::unknown(catalog, &Spanned::new(name.clone(), version.span), log);
        }
    }
}

fn no_source(name: &str, span: crate::source::Span) -> Diagnostic {
    let message = format!("{} has no source", wording::code(name));
    Diagnostic::warning(codes::NO_SOURCE, message)
        .at(span, "missing `source`")
        .help("add `source \"https://…\"` with the page that documents it")
}
