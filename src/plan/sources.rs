//! Third-party apt archives, and snapshots of the distribution's archives.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Log, codes::plan as codes, wording};
use crate::manifest::{AptSource, KeyLocation};
use crate::source::Span;
use crate::value::{AptComponent, AptSuite, Fingerprint, Name, Parse, Ppa, Url};

use super::package_context::Inputs;
use super::package_plan::PackagePlans;
use super::package_step::{ArchiveKey, ThirdPartyArchive};
use super::{AptSourceFile, Block, Why};

/// Returns the archives of the manifest, in its order.
pub(super) fn of_user(inputs: Inputs<'_>, log: &mut Log) -> Vec<(ThirdPartyArchive, Why)> {
    let apt = &inputs.project.apt;
    let mut all: Vec<(ThirdPartyArchive, Why)> = Vec::new();
    // An archive without a key that is not marked as trusted was reported by an earlier pass.
    for source in apt.sources.iter().filter(|source| source.key.is_some() || source.trusted.is_on()) {
        let why = inputs.why(format!("apt source `{}`", source.name.value), source.span);
        all.push((archive_of(source), why));
    }
    // A PPA without a fingerprint was reported by an earlier pass.
    let with_fingerprint = apt.ppas.iter().filter_map(|(ppa, key)| Some((ppa, &key.as_ref()?.value)));
    for (ppa, fingerprint) in with_fingerprint {
        let why = inputs.why(format!("apt source `{}`", ppa.value), ppa.span);
        if let Some(source) = launchpad(inputs, &ppa.value, fingerprint, ppa.span, log) {
            all.push((source, why));
        }
    }
    all
}

fn archive_of(source: &AptSource) -> ThirdPartyArchive {
    let arch = source.arch.iter().map(|each| each.value.clone()).collect();
    let file = AptSourceFile {
        name: source.name.value.clone(),
        uri: source.uri.value.clone(),
        suites: source.suites.iter().map(|suite| suite.value.clone()).collect(),
        components: source.components.iter().map(|component| component.value.clone()).collect(),
        arch,
        key: None,
        key_is_verified: false,
    };
    let key = source.key.as_ref().map(|key| ArchiveKey::At(key.value.clone()));
    ThirdPartyArchive::new(file, key, source.fingerprint.as_ref().map(|each| each.value.clone()))
}

/// Returns the archive of a PPA, with the URLs from the distribution's definition.
fn launchpad(
    inputs: Inputs<'_>,
    ppa: &Ppa,
    fingerprint: &Fingerprint,
    span: Span,
    log: &mut Log,
) -> Option<ThirdPartyArchive> {
    let filled = |key: &str| {
        let text = distribution_value(inputs, key)?;
        let hash = fingerprint.to_string();
        Some(text.replace("OWNER", ppa.owner()).replace("NAME", ppa.name()).replace("FINGERPRINT", &hash))
    };
    let (uri, suite) = (filled("ppa"), distribution_value(inputs, "codename"));
    let (Some(uri), Some(suite)) = (uri, suite) else {
        let message = format!(
            "the PPA {} is not available for the base image's distribution",
            wording::code(ppa.to_string())
        );
        log.error(Diagnostic::error(codes::NO_PPA, message).at(span, "PPAs exist only for Ubuntu"));
        return None;
    };
    let name = Name::parse(&format!("{}-{}", ppa.owner(), ppa.name()).replace('+', "-")).ok()?;
    let key = Url::parse(&filled("ppa_key")?).ok()?;
    let file = AptSourceFile {
        name,
        uri: Url::parse(&uri).ok()?,
        suites: vec![AptSuite::parse(&suite).ok()?],
        components: AptComponent::parse("main").into_iter().collect(),
        arch: Vec::new(),
        key: None,
        key_is_verified: false,
    };
    let key = ArchiveKey::At(KeyLocation::Url(key));
    Some(ThirdPartyArchive::new(file, Some(key), Some(fingerprint.clone())))
}

/// Returns a value of the entry of the chosen distribution, such as `codename`.
pub(super) fn distribution_value(inputs: Inputs<'_>, key: &str) -> Option<String> {
    let resolution = inputs.resolution;
    let mut views = resolution.chosen.keys().filter_map(|name| inputs.view(name));
    views.find_map(|view| {
        let entry = view.entry().or_else(|| {
            view.package.versions.iter().find(|entry| entry.version.value == view.chosen.version)
        })?;
        entry
            .values
            .get(key)
            .filter(|value| value.is_plain() && entry.values.contains_key("codename"))
            .map(|value| value.text.to_string())
    })
}

/// Returns all archives with the reasons for them. Reports different ones with the same name.
pub(super) fn all(
    plans: &PackagePlans<'_>,
    users: &[(ThirdPartyArchive, Why)],
    log: &mut Log,
) -> Vec<(ThirdPartyArchive, Why)> {
    let mut all: BTreeMap<Name, (ThirdPartyArchive, Why, Span)> = BTreeMap::new();
    let mut take = |source: &ThirdPartyArchive, why: Why, span: Span| {
        let name = source.file.name.clone();
        match all.get(&name) {
            Some((other, _, first)) if other != source => {
                let message = format!("two apt sources are named {}", wording::code(name.as_str()));
                log.error(
                    Diagnostic::error(codes::SOURCE_CLASH, message)
                        .at(span, "this one")
                        .at(*first, "another source with the same name")
                        .help("rename one of them"),
                );
            }
            Some(_) => {}
            None => drop(all.insert(name, (source.clone(), why, span))),
        }
    };
    for plan in plans.all().chain(plans.toolkit().all()) {
        for step in plan.install.iter().chain(&plan.build) {
            let Some(source) = step.kind.source() else { continue };
            let what = format!("apt source `{}` for {}", source.file.name, plan.why.what);
            take(source, plan.why.what(what), step.span);
        }
    }
    for (source, why) in users {
        take(source, why.clone(), why.place.unwrap_or(plans.inputs.project.header.name.span));
    }
    all.into_values().map(|(source, why, _)| (source, why)).collect()
}

/// Whether an archive is accessed over HTTPS, for which the platform needs CA certificates.
pub(super) fn needs_certificates(plans: &PackagePlans<'_>) -> bool {
    let secure = |url: &Url| url.scheme() == "https";
    let apt = &plans.inputs.project.apt;
    !apt.ppas.is_empty()
        || apt.sources.iter().any(|source| secure(&source.uri.value))
        || plans
            .all()
            .chain(plans.toolkit().all())
            .flat_map(|plan| plan.install.iter().chain(&plan.build))
            .any(|step| step.kind.source().is_some_and(|source| secure(&source.file.uri)))
}

/// Returns the step that switches the distribution's archives to the snapshot that the manifest names.
pub(super) fn snapshot(inputs: Inputs<'_>) -> Option<Block> {
    let time = inputs.project.apt.snapshot.as_ref()?;
    let replaced = distribution_value(inputs, "snapshots")?;
    let pairs = replaced
        .split_whitespace()
        .filter_map(|pair| pair.split_once('='))
        .map(|(from, to)| (from.to_owned(), format!("{to}/{}", time.value)))
        .collect();
    let run = super::Instruction::Run(super::steps::small(super::Script::Snapshot { replace: pairs }));
    let why = inputs.why(format!("Snapshot of the distribution's archives at {}", time.value), time.span);
    Some(Block { why, instructions: vec![run] })
}

/// Reports a snapshot for an architecture for which the distribution has none.
pub(super) fn check_snapshot(inputs: Inputs<'_>, log: &mut Log) {
    let Some(time) = &inputs.project.apt.snapshot else { return };
    let arch = inputs.resolution.target.arch.as_str();
    let kept = distribution_value(inputs, "snapshots_arch").unwrap_or_default();
    if kept.split_whitespace().any(|word| word == arch || word == "all") {
        return;
    }
    let message = format!("there are no snapshots of the distribution's archive for {}", wording::code(arch));
    log.error(
        Diagnostic::error(codes::NO_SNAPSHOT, message)
            .at(time.span, "apt would silently install today's packages")
            .help("remove it; pin single packages instead: `install \"NAME=VERSION\"`"),
    );
}
