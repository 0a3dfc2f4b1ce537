//! Names in templates.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Log, codes::catalog as codes, wording};

use super::{Subject, walk};
use crate::value::PackedText;
use crate::{Catalog, Names, Package, PackageVersion, Template};

pub(super) fn check(subject: Subject<'_>, log: &mut Log) {
    let (catalog, package) = (subject.catalog, subject.package);
    let mut names = of_axes(catalog);
    for require in walk::requires(package) {
        if let Some(other) = catalog.package(require.name.as_str()) {
            add(&mut names, other);
        }
    }
    add(&mut names, package);
    names.options(package.options.iter().map(|option| &option.key.value));
    let always = Names::new();
    for version in &package.versions {
        for (key, value) in version.values.iter().filter(|(key, _)| always.contains(key)) {
            let message = format!("the value {} shadows a built-in template name", wording::code(key));
            let diagnostic = Diagnostic::error(codes::VALUE_NAME, message);
            log.error(diagnostic.at(value.span, "built-in name").help("rename it"));
        }
    }
    for key in package.versions.iter().flat_map(|version| version.values.keys()) {
        names.value(key);
    }
    for template in walk::templates(package) {
        template.check_names(&names, log);
    }
    for step in walk::steps(package).filter(|step| step.guard.all.is_empty()) {
        for template in walk::of_step(&step.kind) {
            in_every_version(package, template, log);
        }
    }
}

/// What a step uses whatever is chosen, every version must have.
fn in_every_version(package: &Package, template: &Template, log: &mut Log) {
    if template.decides() {
        return;
    }
    for name in template.roots() {
        let has = |version: &&PackageVersion| version.values.contains_key(name.as_str());
        if !package.versions.iter().any(|version| has(&version)) {
            continue;
        }
        for version in package.versions.iter().filter(|version| !has(version)) {
            let shown = wording::code(version.version.as_str());
            let message = format!("{} has no value for version {shown}", wording::code(&name));
            let diagnostic = Diagnostic::error(codes::TEMPLATE_NAME, message)
                .at(version.version.span, format!("this version has no {}", wording::code(&name)))
                .at(template.span, "always used")
                .help("add the value to this version, or make the step conditional with `when`");
            log.error(diagnostic);
        }
    }
}

/// What templates see of the platform.
pub(super) fn of_axes(catalog: &Catalog) -> Names {
    let mut names = Names::new();
    for axis in catalog.axes() {
        add(&mut names, axis);
    }
    names
}

fn add(names: &mut Names, package: &Package) {
    let values: BTreeSet<&str> =
        package.versions.iter().flat_map(|version| version.values.keys().map(PackedText::as_str)).collect();
    names.package(&package.name.value, values);
}
