//! Reports system packages of the project that only a third-party archive has, if the image does not have it.

use std::collections::BTreeSet;

use crate::catalog::{Forbidden, StepKind};
use crate::diagnostic::{Diagnostic, Log, codes::plan as codes, wording};
use crate::value::Name;

use super::archives;
use super::package_context::Inputs;
use super::package_plan::PackagePlans;

pub(super) fn check(plans: &PackagePlans<'_>, log: &mut Log) {
    let inputs = plans.inputs;
    let apt = &inputs.project.apt;
    // What the project's own archives contain is unknown.
    if apt.install.is_empty() || !apt.sources.is_empty() || !apt.ppas.is_empty() {
        return;
    }
    let mut held = archives::present(plans, "base");
    held.extend(plans.shipped().iter().flat_map(|plan| archives::of(&plan.install)).cloned());
    let platform = &inputs.resolution.target.platform;
    for install in &apt.install {
        let name = install.package.name();
        let all = inputs.catalog.forbidden().filter(|one| one.holds_on(platform.as_str()));
        let known: Vec<&Forbidden> = all.filter(|one| one.matches(name)).collect();
        let Some(known) = known.first().filter(|_| known.iter().all(|one| one.archive_of.is_some())) else {
            continue;
        };
        let Some(package) = known.archive_of.as_ref().map(|package| &package.value) else { continue };
        if may_have_archive(inputs, package, &held) {
            continue;
        }
        let message = format!("no archive of the image has {}", wording::code(name));
        log.error(
            Diagnostic::error(codes::NO_ARCHIVE, message)
                .at(install.package.span, known.reason.as_str())
                .help(help(known, package)),
        );
    }
}

fn help(known: &Forbidden, package: &Name) -> String {
    if let Some(instead) = &known.instead {
        return instead.to_string();
    }
    format!(
        "request {}, which adds its archive, or add the archive with `source`",
        wording::code(format!("packages {{ {package} }}"))
    )
}

/// Whether the final image has an archive of the package, or may have one: the archives of an image that the
/// catalogue does not know, or that contains the package already, are unknown.
fn may_have_archive(inputs: Inputs<'_>, package: &Name, held: &BTreeSet<Name>) -> bool {
    let base = &inputs.resolution.base;
    let Some(image) = base.name.as_ref().and_then(|name| inputs.catalog.base(name)) else { return true };
    let Some(definition) = inputs.catalog.package(package.as_str()) else { return true };
    let is_axis = |name: &Name| {
        inputs.catalog.package(name.as_str()).is_some_and(|one| {
            one.axis.is_some() && !one.install.steps.is_empty() && name.as_str() != "python"
        })
    };
    let unknown =
        image.apt_sources.is_empty() && definition.axis.is_some() && base.provides.keys().any(is_axis);
    let mut archives = definition.install.steps.iter().filter_map(|step| match &step.kind {
        StepKind::AptSource { name, .. } => Some(&name.value),
        _ => None,
    });
    unknown || base.provides.contains_key(package) || archives.any(|name| held.contains(name))
}
