//! What a definition refers to: packages, axes, platforms, options, variants.

use crate::diagnostic::{Diagnostic, Log, codes::catalog as codes, wording};
use crate::source::Spanned;
use crate::value::{Name, Requirement, Version};

use super::{Subject, walk, words};
use crate::{Catalog, Condition, DefinitionKind, Package, PackageOption, Require, StepKind};

/// What the target fixes, without its own versions.
const OF_THE_TARGET: &[&str] = &[words::PLATFORM, words::ARCH, words::SM];

pub(super) fn check(subject: Subject<'_>, log: &mut Log) {
    let (catalog, package) = (subject.catalog, subject.package);
    itself(package, log);
    requires(catalog, walk::requires(package), log);
    for conflict in walk::conflicts(package) {
        known(catalog, &conflict.name, &conflict.requirement, log);
    }
    for version in &package.versions {
        for name in version.defaults.iter().filter(|(name, _)| catalog.package(name.as_str()).is_none()) {
            unknown(catalog, &Spanned::new(name.0.clone(), name.1.span), log);
        }
    }
    for condition in walk::conditions(package) {
        self::condition(catalog, package, condition, log);
    }
    for (key, value) in package.variants.iter().flat_map(|variant| &variant.options) {
        option(package, key, Some(Spanned::new(value.value.as_str(), value.span)), log);
    }
    for step in walk::steps(package) {
        if let StepKind::Cmake { defines, .. } = &step.kind {
            for key in defines.iter().filter_map(|define| define.when_option.as_ref()) {
                option(package, key, None, log);
            }
        }
        if let StepKind::Pip { index: Some(index), .. } = &step.kind
            && index.is_plain()
            && !index.text.contains("://")
            && catalog.index(&index.text).is_none()
        {
            let message = format!("unknown index {}", wording::code(&index.text));
            let near = catalog.nearest(DefinitionKind::Index, &index.text);
            let diagnostic = Diagnostic::error(codes::UNKNOWN_NAME, message).at(index.span, "unknown");
            log.error(diagnostic.maybe_help(wording::did_you_mean(&index.text, near)));
        }
    }
}

/// Nothing is asked of the package itself.
fn itself(package: &Package, log: &mut Log) {
    let own = |one: &&Require| {
        let name = one.name.as_str();
        package.name.as_str() == name || package.aliases.iter().any(|alias| alias.as_str() == name)
    };
    let mut report = |one: &Require, verb: &str| {
        let message = format!("{} {verb} itself", shown(package));
        let diagnostic =
            Diagnostic::error(codes::REQUIRES_ITSELF, message).at(one.name.span, "the same package");
        log.error(diagnostic.help("remove it; use `version` to list the available versions"));
    };
    walk::requires(package).filter(own).for_each(|one| report(one, "requires"));
    walk::conflicts(package).filter(own).for_each(|one| report(one, "conflicts with"));
}

/// Each names something known, of which a version will do.
pub(super) fn requires<'a>(catalog: &Catalog, all: impl IntoIterator<Item = &'a Require>, log: &mut Log) {
    for require in all {
        if known(catalog, &require.name, &require.requirement, log)
            && let Some(package) = catalog.package(require.name.as_str())
        {
            satisfiable(package, &require.requirement, log);
        }
    }
}

/// Whether the name is known; otherwise reported.
pub(super) fn known(
    catalog: &Catalog,
    name: &Spanned<Name>,
    requirement: &Spanned<Requirement>,
    log: &mut Log,
) -> bool {
    if OF_THE_TARGET.contains(&name.as_str()) {
        of_the_target(catalog, name, requirement, log);
        return true;
    }
    let is_known = catalog.entry(DefinitionKind::Package, name.as_str()).is_some();
    if !is_known {
        unknown(catalog, name, log);
    }
    is_known
}

pub(super) fn unknown(catalog: &Catalog, name: &Spanned<Name>, log: &mut Log) {
    let near = catalog
        .nearest(DefinitionKind::Package, name.as_str())
        .into_iter()
        .chain(OF_THE_TARGET.iter().copied());
    let message = format!("unknown package or axis {}", wording::code(name.as_str()));
    let diagnostic = Diagnostic::error(codes::UNKNOWN_NAME, message).at(name.span, "unknown");
    log.error(diagnostic.maybe_help(wording::did_you_mean(name.as_str(), near)));
}

/// `platform "tegra"`, `arch "arm64"`: words of the platforms.
fn of_the_target(catalog: &Catalog, name: &Spanned<Name>, requirement: &Spanned<Requirement>, log: &mut Log) {
    let known: Vec<&str> = match name.as_str() {
        words::PLATFORM => catalog.platforms().map(|platform| platform.name.value.as_str()).collect(),
        words::ARCH => catalog.platforms().map(|platform| platform.arch.as_str()).collect(),
        _ => return,
    };
    for word in requirement.names().filter(|word| !known.contains(word)) {
        let message = format!("unknown {} {}", name.as_str(), wording::code(word));
        let diagnostic = Diagnostic::error(codes::UNKNOWN_NAME, message).at(requirement.span, "unknown");
        log.error(diagnostic.maybe_help(wording::did_you_mean(word, known.iter().copied())));
    }
}

/// Tells where none of the versions will do.
fn satisfiable(package: &Package, requirement: &Spanned<Requirement>, log: &mut Log) {
    let zero = Version::zero();
    let mut versions: Vec<&Version> = package.versions.iter().map(|one| &one.version.value).collect();
    if versions.is_empty() {
        versions.push(&zero);
    }
    let fits = |requirement: &Requirement| versions.iter().any(|version| requirement.matches(version));
    if package.meaning(requirement).is_ok_and(|resolved| fits(&resolved)) {
        return;
    }
    let name = package.name.as_str();
    let wanted = wording::code(requirement.as_str());
    let help = if package.versions.is_empty() {
        format!("`{name}` is versioned with the distribution: remove the requirement")
    } else {
        versions.dedup();
        let shown: Vec<String> =
            versions.iter().take(8).map(|version| wording::code(version.as_str())).collect();
        format!("available: {}{}", shown.join(", "), if versions.len() > 8 { " …" } else { "" })
    };
    let diagnostic =
        Diagnostic::error(codes::NO_SUCH_VERSION, format!("no version of `{name}` satisfies {wanted}"))
            .at(requirement.span, "no version satisfies this")
            .help(help);
    log.error(diagnostic);
}

fn condition(catalog: &Catalog, package: &Package, condition: &Condition, log: &mut Log) {
    match condition {
        Condition::Is { name, requirement } => _ = known(catalog, name, requirement, log),
        Condition::Without(name) => {
            if catalog.entry(DefinitionKind::Package, name.as_str()).is_none() {
                unknown(catalog, name, log);
            }
        }
        Condition::Option { key, value } => {
            let value = value.as_ref().map(|value| Spanned::new(value.as_str(), key.span));
            option(package, key, value, log);
        }
        Condition::Variant(name) => {
            if !package.variants.iter().any(|variant| variant.name.value == name.value) {
                let message = format!("{} has no variant {}", shown(package), wording::code(name.as_str()));
                let variants = package.variants.iter().map(|variant| variant.name.as_str());
                let diagnostic =
                    Diagnostic::error(codes::UNDECLARED_VARIANT, message).at(name.span, "undeclared");
                log.error(diagnostic.maybe_help(wording::did_you_mean(name.as_str(), variants)));
            }
        }
    }
}

fn shown(package: &Package) -> String {
    wording::code(package.name.as_str())
}

/// The option is declared, and has the value.
fn option(package: &Package, key: &Spanned<Name>, value: Option<Spanned<&str>>, log: &mut Log) {
    let Some(found) = package.options.iter().find(|option| option.key.value == key.value) else {
        let message = format!("{} has no option {}", shown(package), wording::code(key.as_str()));
        let keys = package.options.iter().map(|option| option.key.as_str());
        let diagnostic = Diagnostic::error(codes::UNDECLARED_OPTION, message).at(key.span, "undeclared");
        log.error(diagnostic.maybe_help(wording::did_you_mean(key.as_str(), keys)));
        return;
    };
    if let Some(value) = value {
        has_value(found, value, log);
    }
}

fn has_value(option: &PackageOption, given: Spanned<&str>, log: &mut Log) {
    let values: Vec<&str> = option.values.iter().map(|(value, _)| value.value.as_str()).collect();
    if values.is_empty() || values.contains(&given.value) {
        return;
    }
    let (key, value) = (wording::code(option.key.as_str()), wording::code(given.value));
    let diagnostic =
        Diagnostic::error(codes::UNKNOWN_OPTION_VALUE, format!("the option {key} has no value {value}"))
            .at(given.span, "not one of its values")
            .maybe_help(wording::did_you_mean(given.value, values.iter().copied()))
            .help(format!("possible: {}", wording::all_of(&wording::codes(values))));
    log.error(diagnostic);
}
