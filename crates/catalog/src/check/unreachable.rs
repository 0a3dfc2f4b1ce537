//! Versions and values of options that nobody can ever get, whatever the machine.

use crate::diagnostic::{Diagnostic, Log, codes::catalog as codes, wording};
use crate::source::Span;
use crate::{Package, Require};

use super::Subject;
use super::reach::{KnownPlatform, Reach, always};
use super::words::{ARCH, PLATFORM};

pub(super) fn check(subject: Subject<'_>, reach: &Reach<'_>, log: &mut Log) {
    let package = subject.package;
    let name = wording::code(package.name.as_str());
    let of_all: Vec<&Require> = always(&package.requires).collect();
    let never = |asked: &[&Require]| !reach.holds(asked) && !asked.iter().any(|one| reach.is_reported(one));
    if never(&of_all) {
        let what = format!("{name} is not available on any machine");
        log.error(reported(reach, (codes::UNREACHABLE, what), package.name.span, &of_all));
        return;
    }
    let mut versions: Vec<Vec<&Require>> = Vec::new();
    for version in &package.versions {
        let asked = with(&of_all, &version.requires);
        if reach.holds(&asked) {
            versions.push(asked);
        } else if never(&asked) {
            let what = format!("{name} {} is not available on any machine", version.version.value);
            log.error(reported(reach, (codes::UNREACHABLE, what), version.version.span, &asked));
        }
    }
    if versions.is_empty() {
        versions.push(of_all.clone());
    }
    for (key, value, requires) in values(package) {
        let asked: Vec<&Require> = always(requires).collect();
        if !asked.is_empty() && versions.iter().all(|version| never(&[version.as_slice(), &asked].concat())) {
            let what = format!("{key} of {name} is not available on any machine");
            let all = if never(&with(&of_all, requires)) {
                with(&of_all, requires)
            } else {
                [versions[0].as_slice(), &asked].concat()
            };
            log.error(reported(reach, (codes::UNREACHABLE_OPTION, what), value, &all));
        }
    }
}

/// These, and those of a part that hold whatever is chosen.
fn with<'a>(all: &[&'a Require], more: &'a [Require]) -> Vec<&'a Require> {
    all.iter().copied().chain(always(more)).collect()
}

/// Each value of an option and each variant: how it is called, where, what it requires.
fn values(package: &Package) -> impl Iterator<Item = (String, Span, &Vec<Require>)> {
    let options = package.options.iter().flat_map(|option| {
        let called = |value: &str| wording::code(format!("{}={value}", option.key.value));
        option.values.iter().map(move |(value, requires)| (called(value.as_str()), value.span, requires))
    });
    let variants = package.variants.iter().map(|variant| {
        let called = format!("the variant {}", wording::code(variant.name.as_str()));
        (called, variant.name.span, &variant.requires)
    });
    options.chain(variants)
}

/// Points at what can't hold: at one requirement, or at two that never hold together.
fn reported(
    reach: &Reach<'_>,
    (code, message): (crate::diagnostic::Code, String),
    at: Span,
    asked: &[&Require],
) -> Diagnostic {
    let diagnostic = Diagnostic::error(code, message).at(at, "can never be selected");
    let is_place = |one: &&&Require| [PLATFORM, ARCH].contains(&one.name.as_str());
    let (places, others): (Vec<&Require>, Vec<&Require>) = asked.iter().partition(|one| is_place(one));
    let here: Vec<&KnownPlatform<'_>> = reach.of(&places).into_iter().map(|(known, _)| known).collect();
    if here.is_empty() {
        let diagnostic = places.iter().fold(diagnostic, |diagnostic, one| {
            diagnostic.at(one.requirement.span, "no platform satisfies all of these")
        });
        return diagnostic.help("remove one of them, or add a version for each platform");
    }
    let names = here.iter().map(|known| known.platform.name.as_str());
    let names = wording::any_of(&wording::codes(names));
    let together = |more: &[&Require]| reach.holds(&[places.as_slice(), more].concat());
    if let Some(one) = others.iter().find(|one| !together(&[one])) {
        let known = here.iter().flat_map(|known| known.known(one.name.as_str()));
        let mut known: Vec<String> = known.map(|version| wording::code(version.as_str())).collect();
        known.dedup();
        let diagnostic = diagnostic.at(one.requirement.span, format!("not on {names}"));
        let shown = &known[..known.len().min(8)];
        let more = if known.len() > shown.len() { " …" } else { "" };
        return diagnostic.help(if known.is_empty() {
            format!("{} has no `{}`", names, one.name.value)
        } else {
            format!("it has `{}` {}{more}", one.name.value, shown.join(", "))
        });
    }
    let pairs =
        others.iter().enumerate().flat_map(|(at, one)| others[..at].iter().map(move |other| (other, one)));
    for (one, other) in pairs {
        if !together(&[one, other]) {
            let (first, second) = (one.name.as_str(), other.name.as_str());
            return diagnostic
                .at(one.requirement.span, format!("excludes every `{second}` of the other requirement"))
                .at(other.requirement.span, format!("excludes every `{first}` of the other requirement"))
                .help(format!("change or remove one of them: on {names} they exclude each other"));
        }
    }
    diagnostic.help(format!("change or remove its requirements: on {names} they exclude each other"))
}
