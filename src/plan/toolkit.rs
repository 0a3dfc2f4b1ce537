//! What builds compile against: the parts of the platform in the variant with compiler and headers, wherever the image
//! to build in has them not.

use std::collections::BTreeSet;

use crate::catalog::{self, Role};
use crate::diagnostic::{Diagnostic, Log, codes::plan as codes, wording};
use crate::resolve::ChosenBase;
use crate::value::Name;

use super::expand;
use super::package_context::{Filled, Inputs, PackageContext};
use super::package_plan::PackagePlans;
use super::package_step::{PackagePlan, PackageStepKind};

/// Where builds that need a toolkit are done.
#[derive(Debug, Default)]
pub(super) struct Toolkit {
    /// Whether the image for building is of use.
    image: bool,
    /// What is installed to build against, in the order of installing.
    parts: Vec<PackagePlan>,
    /// What is installed for the sake of each need, by name; held by the base otherwise.
    missing: BTreeSet<Name>,
}

impl Toolkit {
    /// Finds out what all builds need, and expands what no image holds.
    pub(super) fn new(parts: &PackagePlans<'_>, log: &mut Log) -> Self {
        let inputs = parts.inputs;
        let needed: BTreeSet<Name> =
            parts.all().filter(|part| part.is_built()).flat_map(|part| needs(part, parts)).collect();
        let devel = inputs.resolution.devel.as_ref();
        let image = devel.is_some_and(|devel| needed.iter().any(|name| is_in(devel, name, inputs)));
        let missing: BTreeSet<Name> = needed
            .into_iter()
            .filter(|name| match devel.filter(|_| image) {
                Some(devel) => !is_in(devel, name, inputs),
                None => !is_in_base(name, parts),
            })
            .collect();
        let order = inputs.resolution.order.iter().filter(|name| missing.contains(*name));
        let found = order.filter_map(|name| variant(inputs.view(name)?, parts, log)).collect();
        Self { image, parts: found, missing }
    }

    /// Whether builds are done in the image for building, rather than on the base.
    pub(super) fn has_image(&self) -> bool {
        self.image
    }

    /// What is installed to build against.
    pub(super) fn parts(&self) -> &[PackagePlan] {
        &self.parts
    }

    /// Whether a build of this package is done there.
    pub(super) fn serves(&self, part: &PackagePlan, parts: &PackagePlans<'_>) -> bool {
        let needed = needs(part, parts);
        if self.image { !needed.is_empty() } else { needed.iter().any(|name| self.missing.contains(name)) }
    }

    /// Whether any stage starts there.
    pub(super) fn is_used(&self, parts: &PackagePlans<'_>) -> bool {
        parts.all().any(|part| part.is_built() && self.serves(part, parts))
    }
}

/// The parts of the platform that a build compiles against. What the package requires to run alone is none of its build's.
fn needs(part: &PackagePlan, parts: &PackagePlans<'_>) -> BTreeSet<Name> {
    let direct = parts.requires(&part.name, &[catalog::RequireStage::Build]);
    let mut seen = parts.closure(direct, &[catalog::RequireStage::Run]);
    seen.retain(|name| {
        let view = parts.inputs.view(name);
        view.is_some_and(|view| view.is_platform() && toolkit_of(view).is_some())
    });
    seen
}

/// The variant to build against, where the definition has one.
fn toolkit_of(view: PackageContext<'_>) -> Option<&catalog::Variant> {
    view.package.variants.iter().find(|variant| variant.toolkit)
}

/// Whether the variant that was chosen will do to build against.
pub(super) fn is_toolkit(view: PackageContext<'_>) -> bool {
    let chosen = view.chosen.variant.as_ref();
    view.package.variants.iter().any(|variant| variant.toolkit && Some(&variant.name.value) == chosen)
}

/// Whether an image has the part with compiler and headers. What the host puts into containers is in no build.
fn is_in(base: &ChosenBase, name: &Name, inputs: Inputs<'_>) -> bool {
    base.role == Role::Devel && base.provides.contains_key(name) && !of_host(base, inputs).contains(name)
}

fn is_in_base(name: &Name, parts: &PackagePlans<'_>) -> bool {
    let installed = parts.platform().iter().any(|part| part.name == *name);
    let chosen = installed && parts.inputs.view(name).is_some_and(is_toolkit);
    chosen || is_in(&parts.inputs.resolution.base, name, parts.inputs)
}

/// What the host puts into containers of an image when they start.
pub(super) fn of_host<'a>(base: &ChosenBase, inputs: Inputs<'a>) -> BTreeSet<&'a Name> {
    let known = base.name.as_ref().and_then(|name| inputs.catalog.base(name));
    let tag = known.and_then(|known| {
        let own = |tag: &&catalog::BaseTag| Some(tag.tag.value.as_str()) == base.image.tag();
        known.tags.iter().find(own)
    });
    tag.into_iter().flat_map(|tag| &tag.host).collect()
}

/// A part in its variant to build against: its archives and system packages, and where its programs lie.
fn variant(view: PackageContext<'_>, parts: &PackagePlans<'_>, log: &mut Log) -> Option<PackagePlan> {
    let variant = toolkit_of(view)?;
    let mut chosen = view.chosen.clone();
    chosen.variant = Some(variant.name.value.clone());
    for (key, value) in &variant.options {
        chosen.options.insert(key.value.clone(), value.value.clone());
    }
    chosen.entry = chosen.entry.or_else(|| view.entry_here());
    if chosen.entry.is_none() {
        log.error(unknown(view));
        return None;
    }
    let view = PackageContext { chosen: &chosen, ..view };
    let values = view.own_values(parts.common(), log);
    let mut part = expand::part(Filled { view, values: &values }, log);
    part.install.retain(|act| matches!(act.kind, PackageStepKind::Apt(_) | PackageStepKind::Source(_)));
    part.build.clear();
    if parts.platform().iter().any(|other| other.name == part.name) {
        part.env.clear();
        part.paths.clear();
    }
    Some(part)
}

/// A version that only the image knows: what belongs to it to build against, nobody can say.
fn unknown(view: PackageContext<'_>) -> Diagnostic {
    let title = view.title();
    let place = view.chosen.place.or(view.inputs.resolution.base.asked);
    let place = place.unwrap_or(view.inputs.project.target.span);
    let message = format!("no toolkit is known for {}", wording::code(&title));
    Diagnostic::error(codes::NO_TOOLKIT, message)
        .at(place, "needs the compiler and headers of that version")
        .help("use a base image that contains them, or a version that `jcc show` lists for this target")
}
