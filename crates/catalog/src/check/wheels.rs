//! What a wheel's file name says, against the Python, the platform and the version that it is offered for.

use crate::diagnostic::{Diagnostic, Log, codes::catalog as codes, wording};
use crate::value::{Parse, Version, WheelName};
use crate::{Dist, Package, PackageVersion, Require, Template};

use super::Subject;
use super::reach::{Reach, always};
use super::words::PYTHON;

pub(super) fn check(subject: Subject<'_>, reach: &Reach<'_>, log: &mut Log) {
    let package = subject.package;
    for version in &package.versions {
        let asked: Vec<&Require> = always(package.requires.iter().chain(&version.requires)).collect();
        let wheels = || version.values.values().filter(|one| one.text.strip_suffix(".whl").is_some());
        // What is fetched under another name has its own beside it.
        let is_named = wheels().any(|one| WheelName::read(&one.text).is_some());
        for template in wheels() {
            let reports = match WheelName::read(&template.text) {
                Some(wheel) => WheelMismatch(wheel).faults(package, version, (&asked, reach)),
                None if is_named => continue,
                None => vec![
                    "this is not a valid wheel file name: `NAME-VERSION-PYTHON-ABI-PLATFORM.whl`".to_owned(),
                ],
            };
            for why in reports {
                log.error(drift(version, template, &why));
            }
        }
    }
}

fn drift(version: &PackageVersion, template: &Template, why: &str) -> Diagnostic {
    let message = "the wheel does not match the version that lists it";
    Diagnostic::error(codes::WHEEL_DRIFT, message)
        .at(template.span, why.to_owned())
        .at(version.version.span, "listed for this version")
        .help("use the matching wheel, or change the requirements of this version")
}

/// Each thing that a file name says otherwise.
struct WheelMismatch<'t>(WheelName<'t>);

impl WheelMismatch<'_> {
    /// Each thing that it says otherwise.
    fn faults(
        &self,
        package: &Package,
        version: &PackageVersion,
        (asked, reach): (&[&Require], &Reach<'_>),
    ) -> Vec<String> {
        let mut faults = Vec::new();
        if let Some(other) = self.other_version(package, version) {
            faults.push(format!("a wheel of version {}, not {other}", wording::code(self.0.version)));
        }
        let here = reach.of(asked);
        let here: Vec<_> = here.iter().collect();
        if let Some((known, _)) = here.iter().find(|(known, _)| !self.0.runs_on(known.platform.arch.as_str()))
        {
            let shown = wording::code(self.0.platforms);
            faults.push(format!(
                "built for {shown}, but {} does not match",
                wording::code(known.platform.name.as_str())
            ));
        }
        let explicit = asked.iter().any(|one| one.name.as_str() == PYTHON);
        let offered = here.iter().filter_map(|(known, left)| known.versions(left, PYTHON));
        let offered: Vec<&Version> = offered.flatten().collect();
        let wrong = offered.iter().find(|python| !self.0.supports_python(python));
        let fits = offered.iter().any(|python| self.0.supports_python(python));
        if let Some(python) = wrong.filter(|_| explicit || !fits) {
            let shown = wording::code(self.0.pythons);
            faults
                .push(format!("built for {shown}, but listed for Python {}", wording::code(python.as_str())));
        }
        faults
    }

    /// The version that it should be of, where it is another one. Wheels of other names are parts that have their own.
    fn other_version(&self, package: &Package, version: &PackageVersion) -> Option<String> {
        let own = Version::parse(&self.0.version.replace("%2B", "+")).ok()?;
        let dists =
            package.dists.iter().map(|one| &one.value).filter(|dist| same(&dist.name.text, self.0.name));
        let dists: Vec<&Dist> = dists.collect();
        let mut names = package.aliases.iter().chain([&package.name]);
        if dists.is_empty() && !names.any(|name| same(name.as_str(), self.0.name)) {
            return None;
        }
        let roots: Vec<String> =
            dists.iter().filter_map(|dist| dist.version.as_ref()).flat_map(Template::roots).collect();
        let values =
            roots.iter().filter_map(|key| version.values.get(key.as_str())).map(|value| value.text.as_str());
        let mut declared: Vec<&str> = values.collect();
        if declared.is_empty() {
            declared.push(version.version.as_str());
        }
        let wanted: Vec<Version> = declared.iter().filter_map(|text| Version::parse(text).ok()).collect();
        let is_it = |one: &Version| *one == own || *one == own.without_local();
        (!wanted.is_empty() && !wanted.iter().any(is_it)).then(|| wording::any_of(&wording::codes(&declared)))
    }
}

/// Distributions' names count hyphens, dots and underscores as one.
fn same(one: &str, other: &str) -> bool {
    let plain = |name: &str| name.to_lowercase().replace(['.', '_'], "-");
    plain(one) == plain(other)
}
