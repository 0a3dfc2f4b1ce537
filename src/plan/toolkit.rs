//! The toolkit that builds compile against: packages of the platform in their variant with compiler and
//! headers, if the base image of the builds does not provide them.

use std::collections::BTreeSet;

use crate::catalog::{self, Role};
use crate::diagnostic::{Diagnostic, Log, codes::plan as codes, wording};
use crate::resolve::ChosenBase;
use crate::value::Name;

use super::build;
use super::expand;
use super::package_context::{Filled, Inputs, PackageContext};
use super::package_plan::PackagePlans;
use super::package_step::{PackagePlan, PackageStepKind};

/// The toolkit of a target, and where it comes from.
#[derive(Debug, Default)]
pub(super) struct Toolkit {
    /// Whether the development base image is used.
    image: bool,
    /// The packages to install for builds, in the order of installation.
    plans: Vec<PackagePlan>,
    /// The names of needed packages that the base image of the builds does not provide.
    missing: BTreeSet<Name>,
    /// The packages that the stage `dev` installs, so that the same builds work on top of the final image.
    dev: Vec<PackagePlan>,
}

impl Toolkit {
    /// Finds out what all builds need, and expands the packages that the image does not provide.
    pub(super) fn new(plans: &PackagePlans<'_>, log: &mut Log) -> Self {
        let inputs = plans.inputs;
        let needed: BTreeSet<Name> =
            plans.all().filter(|plan| plan.is_built()).flat_map(|plan| needs(plan, plans)).collect();
        let devel = inputs.resolution.devel.as_ref();
        let image = devel.is_some_and(|devel| needed.iter().any(|name| is_in(devel, name, inputs)));
        let missing: BTreeSet<Name> = needed
            .iter()
            .filter(|name| match devel.filter(|_| image) {
                Some(devel) => !is_in(devel, name, inputs),
                None => !is_in_base(name, plans),
            })
            .cloned()
            .collect();
        let has_dev = inputs.project.output.requests_dev().is_some();
        let in_dev = |name: &Name| has_dev && needed.contains(name) && !is_in_base(name, plans);
        let order = inputs.resolution.order.iter();
        let order = order.filter(|name| missing.contains(*name) || in_dev(name));
        let found: Vec<PackagePlan> =
            order.filter_map(|name| variant(inputs.view(name)?, plans, log)).collect();
        let dev = found.iter().filter(|plan| in_dev(&plan.name)).cloned().collect();
        let plans = found.into_iter().filter(|plan| missing.contains(&plan.name)).collect();
        Self { image, plans, missing, dev }
    }

    /// Whether builds use the development base image, rather than the stage `base`.
    pub(super) fn has_image(&self) -> bool {
        self.image
    }

    /// Returns the packages to install for builds.
    pub(super) fn plans(&self) -> &[PackagePlan] {
        &self.plans
    }

    /// Returns the packages that the stage `dev` installs to build against.
    pub(super) fn dev(&self) -> &[PackagePlan] {
        &self.dev
    }

    /// Returns all packages that some stage installs to build against.
    pub(super) fn all(&self) -> impl Iterator<Item = &PackagePlan> {
        self.plans.iter().chain(&self.dev)
    }

    /// Whether the build of a package needs the toolkit, so that its stage starts from `devel`.
    pub(super) fn serves(&self, plan: &PackagePlan, plans: &PackagePlans<'_>) -> bool {
        let needed = needs(plan, plans);
        if self.image { !needed.is_empty() } else { needed.iter().any(|name| self.missing.contains(name)) }
    }

    /// Whether any build needs the toolkit.
    pub(super) fn is_used(&self, plans: &PackagePlans<'_>) -> bool {
        plans.all().any(|plan| plan.is_built() && self.serves(plan, plans))
    }
}

/// Returns the packages of the platform that a build compiles against: those that the package requires itself,
/// unless they are marked `stage="run"`, and what its requirements for building require.
fn needs(plan: &PackagePlan, plans: &PackagePlans<'_>) -> BTreeSet<Name> {
    let direct = plans.requires(&plan.name, &[catalog::RequireStage::Build]);
    let mut seen = plans.closure(direct, &[catalog::RequireStage::Run]);
    seen.extend(build::requirements(plan, plans));
    seen.retain(|name| {
        let view = plans.inputs.view(name);
        view.is_some_and(|view| view.is_platform() && toolkit_of(view).is_some())
    });
    seen
}

/// Returns the variant with compiler and headers, if the definition has one.
fn toolkit_of(view: PackageContext<'_>) -> Option<&catalog::Variant> {
    view.package.variants.iter().find(|variant| variant.toolkit)
}

/// Whether the chosen variant contains compiler and headers.
pub(super) fn is_toolkit(view: PackageContext<'_>) -> bool {
    let chosen = view.chosen.variant.as_ref();
    view.package.variants.iter().any(|variant| variant.toolkit && Some(&variant.name.value) == chosen)
}

/// Whether an image provides a package with compiler and headers. Files that the host mounts into containers
/// are not available in builds.
fn is_in(base: &ChosenBase, name: &Name, inputs: Inputs<'_>) -> bool {
    base.role == Role::Devel && base.provides.contains_key(name) && !of_host(base, inputs).contains(name)
}

fn is_in_base(name: &Name, plans: &PackagePlans<'_>) -> bool {
    let installed = plans.platform().iter().any(|plan| plan.name == *name);
    let chosen = installed && plans.inputs.view(name).is_some_and(is_toolkit);
    chosen || is_in(&plans.inputs.resolution.base, name, plans.inputs)
}

/// Returns the packages that the host mounts into containers of an image when they start.
pub(super) fn of_host<'a>(base: &ChosenBase, inputs: Inputs<'a>) -> BTreeSet<&'a Name> {
    let known = base.name.as_ref().and_then(|name| inputs.catalog.base(name));
    let tag = known.and_then(|known| {
        let own = |tag: &&catalog::BaseTag| Some(tag.tag.value.as_str()) == base.image.tag();
        known.tags.iter().find(own)
    });
    tag.into_iter().flat_map(|tag| &tag.host).collect()
}

/// Expands a package in its toolkit variant: its apt archives, system packages and variables.
fn variant(view: PackageContext<'_>, plans: &PackagePlans<'_>, log: &mut Log) -> Option<PackagePlan> {
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
    let values = view.own_values(plans.common(), log);
    let mut plan = expand::package_plan(Filled { view, values: &values }, log);
    plan.install.retain(|step| matches!(step.kind, PackageStepKind::Apt(_) | PackageStepKind::Source(_)));
    plan.build.clear();
    if plans.platform().iter().any(|other| other.name == plan.name) {
        plan.env.clear();
        plan.paths.clear();
    }
    Some(plan)
}

/// Returns the diagnostic for a version that the catalogue does not have, so that its toolkit is unknown.
fn unknown(view: PackageContext<'_>) -> Diagnostic {
    let title = view.title();
    let place = view.chosen.place.or(view.inputs.resolution.base.asked);
    let place = place.unwrap_or(view.inputs.project.target.span);
    let message = format!("no toolkit is known for {}", wording::code(&title));
    Diagnostic::error(codes::NO_TOOLKIT, message)
        .at(place, "needs the compiler and headers of that version")
        .help("use a base image that contains them, or a version that `jcc show` lists for this target")
}
