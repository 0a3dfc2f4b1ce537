//! Distributes Python packages to layers: heavy ones have separate layers.

use crate::catalog;
use crate::value::Name;

use super::package_plan::PackagePlans;
use super::package_step::PackagePlan;
use super::{WheelLayer, pip_urls};

/// The size in MiB from which a package has a separate layer, so that a new version of another package does
/// not push it again.
const HEAVY: u64 = 200;

/// The Python packages by the layer that installs them.
#[derive(Debug)]
pub(super) struct Layers<'a> {
    /// The packages that the stage `python` installs: all of them, or if some are heavy, these and their
    /// requirements.
    pub(super) heavy: Vec<&'a PackagePlan>,
    /// The other packages, which are installed in a layer on top.
    pub(super) light: Vec<&'a PackagePlan>,
    /// The heavy packages with separate layers, in the order of installation.
    pub(super) wheels: Vec<WheelLayer>,
    /// Whether the stage `python` installs packages that no heavy one requires.
    mixed: bool,
}

impl<'a> Layers<'a> {
    /// Divides the packages of the final image. `pins` are the pinned distributions of each package.
    pub(super) fn new(plans: &'a PackagePlans<'_>, pins: &[(Name, String)]) -> Self {
        let light = light(plans);
        let is_light = |plan: &PackagePlan| light.iter().any(|other| other.name == plan.name);
        let mut heavy = plans.shipped_with_platform();
        heavy.retain(|plan| !is_light(plan));
        let wheels = heavy.iter().filter(|plan| plan.is_python() && is_heavy(plans, plan));
        let wheels: Vec<WheelLayer> = wheels.filter_map(|plan| layer(plan, pins)).collect();
        let below = wheels.iter().map(|layer| layer.package.clone()).collect();
        let below = plans.closure(below, &[catalog::RequireStage::Run]);
        let mixed =
            heavy.iter().any(|plan| plan.is_python() && !plan.platform && !below.contains(&plan.name));
        Self { heavy, light, wheels, mixed }
    }

    /// Returns the layers that are moved out of the environment in the stage `python`. The last one stays in
    /// it, unless the environment has packages that change independently.
    pub(super) fn separate(&self) -> &[WheelLayer] {
        if self.mixed {
            return &self.wheels;
        }
        self.wheels.split_last().map_or(&[], |(_, others)| others)
    }
}

/// Returns the layer of a package; `None` if none of its distributions is known.
fn layer(plan: &PackagePlan, pins: &[(Name, String)]) -> Option<WheelLayer> {
    let own = pins.iter().filter(|(name, _)| *name == plan.name);
    let dists: Vec<String> = own.filter_map(|(_, line)| Some(line.split_once("==")?.0.to_owned())).collect();
    (!dists.is_empty()).then(|| WheelLayer { package: plan.name.clone(), dists })
}

fn light<'a>(plans: &'a PackagePlans<'_>) -> Vec<&'a PackagePlan> {
    let python: Vec<&PackagePlan> = plans.shipped().into_iter().filter(|plan| plan.is_python()).collect();
    let heavy = python.iter().filter(|plan| is_heavy(plans, plan));
    let heavy: Vec<Name> = heavy.map(|plan| plan.name.clone()).collect();
    if heavy.is_empty() {
        return Vec::new();
    }
    let below = plans.closure(heavy, &[catalog::RequireStage::Run]);
    // Packages for which pip clones a repository stay in the stage that has Git.
    let clones = |plan: &PackagePlan| !pip_urls::programs_of_plans([plan]).is_empty();
    python.into_iter().filter(|plan| !below.contains(&plan.name) && !clones(plan)).collect()
}

/// Whether a package is large.
pub(super) fn is_heavy(plans: &PackagePlans<'_>, plan: &PackagePlan) -> bool {
    let view = plans.inputs.view(&plan.name);
    let size = view.and_then(|view| view.package.size.as_ref()?.image);
    size.is_some_and(|size| size >= HEAVY)
}
