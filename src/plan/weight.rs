//! What is heavy has a separate layer.

use crate::catalog;
use crate::value::Name;

use super::package_plan::PackagePlans;
use super::package_step::PackagePlan;
use super::{WheelLayer, pip_urls};

/// From here on, MiB, a package has a separate layer: a new version of another one does not push it again.
const HEAVY: u64 = 200;

/// The Python packages by the layer that installs them.
#[derive(Debug)]
pub(super) struct Layers<'a> {
    /// What the stage `python` installs: everything, or where some packages are heavy and others are not, the heavy ones and
    /// what they require.
    pub(super) heavy: Vec<&'a PackagePlan>,
    /// What is left for a layer on top of that.
    pub(super) light: Vec<&'a PackagePlan>,
    /// The heavy packages, in the order of installing: each has its layer.
    pub(super) wheels: Vec<WheelLayer>,
}

impl<'a> Layers<'a> {
    /// Divides the packages of the image that ships; `held`: the distributions of each.
    pub(super) fn new(parts: &'a PackagePlans<'_>, held: &[(Name, String)]) -> Self {
        let light = light(parts);
        let is_light = |part: &PackagePlan| light.iter().any(|other| other.name == part.name);
        let mut heavy = parts.shipped_with_platform();
        heavy.retain(|part| !is_light(part));
        let wheels = heavy.iter().filter(|part| part.is_python() && is_heavy(parts, part));
        let wheels = wheels.filter_map(|part| layer(part, held)).collect();
        Self { heavy, light, wheels }
    }

    /// Those that leave the environment in the stage that installs nothing light: the last one stays.
    pub(super) fn apart(&self) -> &[WheelLayer] {
        self.wheels.split_last().map_or(&[], |(_, others)| others)
    }
}

/// The layer of a package; nothing where no distribution of it is known.
fn layer(part: &PackagePlan, held: &[(Name, String)]) -> Option<WheelLayer> {
    let own = held.iter().filter(|(name, _)| *name == part.name);
    let dists: Vec<String> = own.filter_map(|(_, line)| Some(line.split_once("==")?.0.to_owned())).collect();
    (!dists.is_empty()).then(|| WheelLayer { package: part.name.clone(), dists })
}

fn light<'a>(parts: &'a PackagePlans<'_>) -> Vec<&'a PackagePlan> {
    let python: Vec<&PackagePlan> = parts.shipped().into_iter().filter(|part| part.is_python()).collect();
    let heavy = python.iter().filter(|part| is_heavy(parts, part));
    let heavy: Vec<Name> = heavy.map(|part| part.name.clone()).collect();
    if heavy.is_empty() {
        return Vec::new();
    }
    let below = parts.closure(heavy, &[catalog::RequireStage::Run]);
    // What pip clones a repository for stays in the stage that has git.
    let clones = |part: &PackagePlan| !pip_urls::programs_of_parts([part]).is_empty();
    python.into_iter().filter(|part| !below.contains(&part.name) && !clones(part)).collect()
}

/// Whether a package takes much room.
pub(super) fn is_heavy(parts: &PackagePlans<'_>, part: &PackagePlan) -> bool {
    let view = parts.inputs.view(&part.name);
    let size = view.and_then(|view| view.package.size.as_ref()?.image);
    size.is_some_and(|size| size >= HEAVY)
}
