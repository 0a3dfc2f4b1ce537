//! Apt archives that definitions offer to others: steps that install a package from one get the archive too.

use std::collections::BTreeSet;

use crate::catalog::{self, StepKind};
use crate::diagnostic::Log;
use crate::resolve::ChosenBase;
use crate::value::{Name, PackedText};

use super::expand;
use super::package_context::{Filled, Inputs};
use super::package_plan::PackagePlans;
use super::package_step::{PackagePlan, PackageStep, PackageStepKind, ThirdPartyArchive};
use super::stage_packages::apt_packages;

/// An archive, and the patterns of the names of its packages.
struct Offer<'a> {
    patterns: &'a [PackedText],
    step: PackageStep,
}

/// Adds to each package plan the archives of the system packages that it installs.
pub(super) fn add<'p>(
    inputs: Inputs<'_>,
    common: &catalog::TemplateView,
    plans: impl Iterator<Item = &'p mut PackagePlan>,
    log: &mut Log,
) {
    let offers = offers(inputs, common, log);
    for plan in plans {
        for steps in [&mut plan.build, &mut plan.install] {
            let named = apt_packages(steps);
            for offer in &offers {
                let comes = |pattern: &PackedText| named.iter().any(|one| matches(pattern, one.name()));
                let Some(source) = offer.step.kind.source() else { continue };
                let has = of(steps).any(|name| *name == source.file.name);
                if !has && offer.patterns.iter().any(comes) {
                    steps.insert(0, offer.step.clone());
                }
            }
        }
    }
}

/// Matches a name against a pattern, which may end with `*`.
fn matches(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start))
}

/// Returns the archives that definitions of the chosen packages offer, including packages that the base image
/// provides.
fn offers<'a>(inputs: Inputs<'a>, common: &catalog::TemplateView, log: &mut Log) -> Vec<Offer<'a>> {
    let mut found: Vec<Offer<'a>> = Vec::new();
    for name in &inputs.resolution.order {
        let Some(view) = inputs.view(name) else { continue };
        let steps = view.package.install.steps.iter().filter(|step| view.holds(&step.guard));
        for step in steps {
            let StepKind::AptSource { offers: patterns, .. } = &step.kind else { continue };
            if patterns.is_empty() {
                continue;
            }
            let values = view.own_values(common, &mut Log::new());
            if let Some(source) = expand::source(Filled { view, values: &values }, &step.kind, log) {
                found.push(Offer {
                    patterns,
                    step: PackageStep { kind: PackageStepKind::Source(source), span: step.span },
                });
            }
        }
    }
    found
}

/// Returns the names of the archives that steps add.
pub(super) fn of(steps: &[PackageStep]) -> impl Iterator<Item = &Name> {
    let sources = steps.iter().filter_map(|step| step.kind.source());
    sources.map(|source: &ThirdPartyArchive| &source.file.name)
}

/// Returns the names of the archives that a base image contains.
pub(super) fn of_image(inputs: Inputs<'_>, base: &ChosenBase) -> BTreeSet<Name> {
    let known = base.name.as_ref().and_then(|name| inputs.catalog.base(name));
    known.into_iter().flat_map(|known| &known.apt_sources).cloned().collect()
}

/// Returns the names of the archives that are present at the end of the stage `base` or `devel`.
pub(super) fn present(plans: &PackagePlans<'_>, stage: &str) -> BTreeSet<Name> {
    let resolution = &plans.inputs.resolution;
    let toolkit = plans.toolkit();
    let image = resolution.devel.as_ref().filter(|_| stage == "devel" && toolkit.has_image());
    let base = image.unwrap_or(&resolution.base);
    let mut present = of_image(plans.inputs, base);
    present.extend(plans.platform_on(base).iter().flat_map(|plan| of(&plan.install)).cloned());
    if stage == "devel" {
        present.extend(toolkit.plans().iter().flat_map(|plan| of(&plan.install)).cloned());
    }
    present
}
