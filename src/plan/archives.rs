//! Archives that definitions offer: a stage that installs one of their packages gets the archive too.

use std::collections::BTreeSet;

use crate::catalog::{self, StepKind};
use crate::diagnostic::Log;
use crate::resolve::ChosenBase;
use crate::value::Name;

use super::expand;
use super::package_context::{Filled, Inputs};
use super::package_plan::PackagePlans;
use super::package_step::{PackagePlan, PackageStep, PackageStepKind, ThirdPartyArchive};
use super::stage_packages::apt_packages;

/// An archive, and the patterns of what comes from it.
struct Offer<'a> {
    patterns: &'a [String],
    act: PackageStep,
}

/// Gives each block of steps the archives of the packages that it names.
pub(super) fn add<'p>(
    inputs: Inputs<'_>,
    common: &catalog::TemplateView,
    parts: impl Iterator<Item = &'p mut PackagePlan>,
    log: &mut Log,
) {
    let offers = offers(inputs, common, log);
    for part in parts {
        for acts in [&mut part.build, &mut part.install] {
            let named = apt_packages(acts);
            for offer in &offers {
                let comes = |pattern: &String| named.iter().any(|one| matches(pattern, one.name()));
                let Some(source) = offer.act.kind.source() else { continue };
                let has = of(acts).any(|name| *name == source.file.name);
                if !has && offer.patterns.iter().any(comes) {
                    acts.insert(0, offer.act.clone());
                }
            }
        }
    }
}

/// A `*` at the end stands for anything.
fn matches(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start))
}

/// What the definitions of the chosen packages offer here, whether the base holds them or not.
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
                    act: PackageStep { kind: PackageStepKind::Source(source), span: step.span },
                });
            }
        }
    }
    found
}

/// The names of the archives that steps bring.
pub(super) fn of(acts: &[PackageStep]) -> impl Iterator<Item = &Name> {
    let sources = acts.iter().filter_map(|act| act.kind.source());
    sources.map(|source: &ThirdPartyArchive| &source.file.name)
}

/// The archives that an image has.
pub(super) fn of_image(inputs: Inputs<'_>, base: &ChosenBase) -> BTreeSet<Name> {
    let known = base.name.as_ref().and_then(|name| inputs.catalog.base(name));
    known.into_iter().flat_map(|known| &known.apt_sources).cloned().collect()
}

/// The archives that a stage of this name ends with: `base`, or `devel`, where builds are done.
pub(super) fn held(parts: &PackagePlans<'_>, stage: &str) -> BTreeSet<Name> {
    let resolution = &parts.inputs.resolution;
    let toolkit = parts.toolkit();
    let image = resolution.devel.as_ref().filter(|_| stage == "devel" && toolkit.has_image());
    let base = image.unwrap_or(&resolution.base);
    let mut held = of_image(parts.inputs, base);
    held.extend(parts.platform_on(base).iter().flat_map(|part| of(&part.install)).cloned());
    if stage == "devel" {
        held.extend(toolkit.parts().iter().flat_map(|part| of(&part.install)).cloned());
    }
    held
}
