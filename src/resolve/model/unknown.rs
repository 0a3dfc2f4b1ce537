//! Reports names that the catalogue does not have, with suggestions from the catalogue.

use crate::catalog::{Catalog, DefinitionKind, Meant, MeantGpu, Package, Platform};
use crate::diagnostic::{Diagnostic, Log, Reported, codes::resolve as codes, wording};
use crate::source::{Span, Spanned};
use crate::syntax::{name as written, quote};
use crate::value::{AptPackage, ImageRef, Name, Parse, PepRequirement, Requirement, Version};

pub(super) fn package(catalog: &Catalog, name: &Spanned<Name>, log: &mut Log) {
    let word = name.as_str();
    if log.has_errors() && catalog.is_unreadable(word) {
        // It has a definition with errors, which were reported.
        return;
    }
    let message = format!("unknown package {}", wording::code(word));
    let mut diagnostic =
        Diagnostic::error(codes::UNKNOWN_PACKAGE, message).at(name.span, "not in the catalogue");
    if log.is_long() {
        log.error(diagnostic);
        return;
    }
    let meant = catalog.meant(DefinitionKind::Package, word);
    let request = catalog.meant_request(word);
    if let Some(request) = &request {
        diagnostic =
            diagnostic.help(format!("write {}", wording::code(request))).fix(name.span, request.clone());
    } else if let [one] = meant.names[..] {
        diagnostic = diagnostic.fix(name.span, written(one));
    }
    diagnostic = diagnostic.maybe_help(did_you_mean(&meant.names));
    if request.is_none() && (meant.names.is_empty() || is_system_package(word)) {
        diagnostic = diagnostic.maybe_help(elsewhere(word)).help(format!(
            "`jcc search {word}` also searches summaries; to add a package, put its definition into \
                a folder that `catalog` names"
        ));
    }
    log.error(diagnostic);
}

/// Whether a name follows the conventions for libraries, headers and Python modules in Debian.
fn is_system_package(word: &str) -> bool {
    (word.starts_with("lib") || word.ends_with("-dev") || word.starts_with("python3-"))
        && AptPackage::parse(word).is_ok()
}

/// Suggests `apt` or `pip` for a name that could be a package of the distribution or of a Python index.
fn elsewhere(word: &str) -> Option<String> {
    let apt = AptPackage::parse(word).is_ok().then(|| format!("apt {{ install {} }}", quote(word)));
    let pip = (PepRequirement::parse(word).is_ok() && !is_system_package(word))
        .then(|| format!("pip {{ install {} }}", quote(word)));
    match (apt, pip) {
        (Some(apt), Some(pip)) => Some(format!(
            "write {} if it is a system package, {} if it is a Python package",
            wording::code(apt),
            wording::code(pip)
        )),
        (Some(apt), None) => Some(format!("for a system package, write {}", wording::code(apt))),
        (None, Some(pip)) => Some(format!("for a Python package, write {}", wording::code(pip))),
        (None, None) => None,
    }
}

fn did_you_mean(names: &[&str]) -> Option<String> {
    (!names.is_empty()).then(|| format!("did you mean {}?", wording::any_of(&wording::codes(names))))
}

/// Reports an unknown device. Names of GPUs and platforms get a suggestion too.
pub(super) fn device(catalog: &Catalog, name: &Spanned<Name>, log: &mut Log) -> Reported {
    let word = name.as_str();
    let message = format!("unknown device {}", wording::code(word));
    let mut diagnostic =
        Diagnostic::error(codes::UNKNOWN_DEVICE, message).at(name.span, "not in the catalogue");
    if log.is_long() {
        return log.error(diagnostic.help(LIST_DEVICES));
    }
    let devices = catalog.meant(DefinitionKind::Device, word);
    let (gpus, parts) = catalog.meant_gpus(word);
    if devices.parts >= parts && !devices.names.is_empty() {
        if let [one] = devices.names[..] {
            diagnostic = diagnostic.fix(name.span, quote(one));
        }
        return log.error(diagnostic.maybe_help(did_you_mean(&devices.names)).help(LIST_DEVICES));
    }
    let platform = catalog.meant(DefinitionKind::Platform, word);
    if !gpus.is_empty() {
        diagnostic = diagnostic.help(instead_of_device(&gpus));
    } else if platform.parts > 0 {
        let nodes = platform.names.iter().map(|one| wording::code(format!("platform {}", quote(one))));
        diagnostic =
            diagnostic.help(format!("did you mean {}?", wording::any_of(&nodes.collect::<Vec<_>>())));
    }
    log.error(diagnostic.help(LIST_DEVICES))
}

const LIST_DEVICES: &str = "`jcc list devices` lists them; for any other machine, use `platform`";

/// Suggests how a target names a GPU, which is not a device.
fn instead_of_device(gpus: &[MeantGpu<'_>]) -> String {
    let nodes = gpus
        .iter()
        .map(|gpu| wording::code(format!("platform {}; gpu {}", quote(gpu.platform), quote(gpu.capability))));
    format!("a GPU is not a device: write {}", wording::any_of(&nodes.collect::<Vec<_>>()))
}

pub(super) fn platform(catalog: &Catalog, name: &Spanned<Name>, log: &mut Log) -> Reported {
    let word = name.as_str();
    let mut known: Vec<&str> = catalog.platforms().map(|one| one.name.as_str()).collect();
    known.sort_unstable();
    let Meant { names, .. } = catalog.meant(DefinitionKind::Platform, word);
    let devices = catalog.meant(DefinitionKind::Device, word);
    let message = format!("unknown platform {}", wording::code(word));
    let mut diagnostic = Diagnostic::error(codes::UNKNOWN_PLATFORM, message).at(name.span, "unknown");
    if let [one] = names[..] {
        diagnostic = diagnostic.fix(name.span, quote(one));
    }
    if names.is_empty() && devices.parts > 0 {
        let nodes = devices.names.iter().map(|one| wording::code(format!("device {}", quote(one))));
        diagnostic =
            diagnostic.help(format!("did you mean {}?", wording::any_of(&nodes.collect::<Vec<_>>())));
    }
    log.error(
        diagnostic
            .maybe_help(did_you_mean(&names))
            .help(format!("use {}", wording::either(&wording::codes(&known)))),
    )
}

/// Reports an unknown base image. An image reference gets the suggestion `image="…"`.
pub(super) fn base(catalog: &Catalog, name: &str, span: Span, log: &mut Log) {
    let names = catalog.meant(DefinitionKind::Base, name).names;
    let message = format!("unknown base image {}", wording::code(name));
    let mut diagnostic = Diagnostic::error(codes::UNKNOWN_BASE, message).at(span, "not in the catalogue");
    let family = name.rsplit_once(':').and_then(|(name, _)| catalog.base(name));
    if let Some(family) = family {
        let tags: Vec<&str> = family.tags.iter().map(|tag| tag.tag.as_str()).take(8).collect();
        diagnostic = diagnostic.fix(span, quote(&family.name.value)).help(format!(
            "without a tag, {} follows the target; known tags are {}",
            wording::code(format!("base {}", quote(&family.name.value))),
            wording::all_of(&wording::codes(tags))
        ));
    } else if ImageRef::parse(name).is_ok() && name.contains([':', '@', '/']) {
        let node = format!("image={}", quote(name));
        diagnostic = diagnostic
            .help(format!("for any other image, write {}", wording::code(format!("base {node}"))))
            .fix(span, node);
    } else if let [one] = names[..] {
        diagnostic = diagnostic.fix(span, quote(one));
    }
    log.error(diagnostic.maybe_help(did_you_mean(&names)).help(
        "`jcc list bases` lists them; any other image can be used with `base image=\"…\" { provides \
            { … } }`",
    ));
}

/// Warns about an image that is not in the catalogue and whose contents the manifest does not declare.
pub(super) fn image(catalog: &Catalog, image: &Spanned<ImageRef>, log: &mut Log) {
    let message = format!("the contents of {} are not declared", wording::code(image.to_string()));
    let mut diagnostic = Diagnostic::warning(codes::UNKNOWN_IMAGE, message)
        .at(image.span, "treated as the target's distribution with nothing installed")
        .help("declare them: `base image=\"…\" { provides { ubuntu \"22.04\"; python \"3.10\" } }`");
    if let Some(known) = catalog.bases().find(|base| base.image == *image.repository()) {
        let tags: Vec<&str> = known.tags.iter().map(|tag| tag.tag.as_str()).take(8).collect();
        diagnostic =
            diagnostic.help(format!("known tags of this image: {}", wording::all_of(&wording::codes(tags))));
    }
    log.report(diagnostic);
}

/// Reports an image whose reference refers to other platforms.
pub(super) fn image_of(
    platform: &Platform,
    image: &Spanned<ImageRef>,
    (word, of): &(String, Vec<&str>),
    log: &mut Log,
) {
    let own = wording::code(platform.name.as_str());
    let message = format!("{} is not an image for {own}", wording::code(image.to_string()));
    let others = wording::any_of(&wording::codes(of));
    log.error(
        Diagnostic::error(codes::WRONG_IMAGE, message)
            .at(image.span, format!("{} means {others}", wording::code(word)))
            .help(format!("use an image for {own}, or remove `base`: jcc then selects one")),
    );
}

/// Reports an unknown compute capability, which can be the name of a GPU.
pub(super) fn gpu(
    catalog: &Catalog,
    (platform, text): (&Platform, &Spanned<String>),
    log: &mut Log,
) -> Reported {
    let word = text.as_str();
    let (all, _) = catalog.meant_gpus(word);
    let here = all.iter().filter(|gpu| gpu.platform == platform.name.as_str());
    let mut meant: Vec<&str> = here.map(|gpu| gpu.capability).collect();
    if meant.is_empty() {
        meant = all.iter().map(|gpu| gpu.capability).collect();
    }
    let known = capabilities(catalog);
    if meant.is_empty() {
        let digits: String = word.chars().filter(char::is_ascii_digit).collect();
        let same = |one: &&str| !digits.is_empty() && one.replace('.', "") == digits;
        meant = known.iter().copied().filter(same).collect();
    }
    let shown = wording::code(word);
    let (message, label) = match (&meant[..], Version::parse(word).is_ok()) {
        ([one], false) if !all.is_empty() => (
            format!("{shown} is the name of a GPU, not a compute capability"),
            format!("its compute capability is {one}"),
        ),
        ([], true) => {
            (format!("compute capability {shown} is not in the catalogue"), "not supported".to_owned())
        }
        _ => (format!("{shown} is not a compute capability"), "not a compute capability".to_owned()),
    };
    let mut diagnostic = Diagnostic::error(codes::UNKNOWN_GPU, message).at(text.span, label);
    if let [one] = meant[..] {
        diagnostic = diagnostic.fix(text.span, quote(one)).help(format!("write `gpu {}`", quote(one)));
    } else {
        diagnostic = diagnostic.maybe_help(did_you_mean(&meant));
    }
    let all = meant.is_empty().then(|| format!("known values: {}", wording::all_of(&wording::codes(&known))));
    log.error(diagnostic.maybe_help(all))
}

/// Returns the compute capabilities of the catalogue, ascending.
fn capabilities(catalog: &Catalog) -> Vec<&str> {
    let mut all: Vec<(Version, &str)> = catalog
        .entries(DefinitionKind::Gpu)
        .filter_map(|one| Some((Version::parse(&one.name).ok()?, one.name.as_str())))
        .collect();
    all.sort();
    all.into_iter().map(|(_, name)| name).collect()
}

/// Adds a suggestion for a requirement that no version satisfies: another spelling, or a release of another
/// axis that a target can name.
pub(super) fn version(
    diagnostic: Diagnostic,
    asked: (&str, Span),
    package: &Package,
    others: &[&Package],
) -> Diagnostic {
    let (text, span) = asked;
    let meant = package.meant_versions(text);
    if let [one] = &meant[..] {
        return diagnostic.help(format!("did you mean {}?", wording::code(one))).fix(span, quote(one));
    }
    let found = others.iter().find_map(|other| {
        let version = if has_match(other, text) { Some(text.to_owned()) } else { None };
        Some((other, version.or_else(|| other.meant_versions(text).into_iter().next())?))
    });
    let Some((other, version)) = found else { return diagnostic };
    let title = other.axis.as_ref().map_or(other.name.as_str(), |axis| &axis.title);
    let node = format!("{} {}", other.name.value, quote(&version));
    diagnostic.help(format!("{} is a release of {title}: write {}", wording::code(text), wording::code(node)))
}

/// Whether a requirement admits a version of an axis.
fn has_match(axis: &Package, text: &str) -> bool {
    Requirement::parse(text).is_ok_and(|one| {
        one.names().next().is_none() && axis.versions.iter().any(|known| one.matches(&known.version))
    })
}
