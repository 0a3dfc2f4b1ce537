//! What a change costs: downloads of a device, and builds from source.

use std::collections::BTreeSet;

use crate::catalog::Catalog;

use super::{DiffSide, Forecast, StepState, VersionChange};

/// Sizes are those that publishers state, in MiB.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cost {
    /// What a device downloads: the changed packages, or the whole image when the base image changed.
    pub pull: u64,
    /// The whole image, as far as sizes are known.
    pub image: u64,
    /// Changed packages of unknown size.
    pub unknown: Vec<String>,
    /// Packages that are built from source again.
    pub compiled: Vec<String>,
}

pub(super) fn cost(
    new: DiffSide<'_>,
    (versions, base_changed): (&[VersionChange], bool),
    forecast: &Forecast,
    catalog: &Catalog,
) -> Cost {
    let plan = &new.planned.plan;
    let compiled = forecast
        .stages
        .iter()
        .filter(|stage| stage.state() == StepState::Rerun)
        .filter_map(|stage| stage.name.strip_prefix("build-"))
        .map(str::to_owned)
        .collect();
    let mut cost = Cost { image: plan.size.image, compiled, ..Cost::default() };
    if base_changed {
        cost.pull = plan.size.image;
        let base = plan.size.without_base.then(|| new.resolution.base.image.to_string());
        cost.unknown = base.into_iter().chain(plan.size.unknown.iter().cloned()).collect();
        return cost;
    }
    let changed = versions.iter().filter(|change| change.to.is_some()).map(|change| &change.name);
    for name in changed.collect::<BTreeSet<_>>() {
        let Some(chosen) = new.resolution.chosen.get(name) else { continue };
        let Some(package) = catalog.package(name.as_str()) else { continue };
        let is_empty = package.install.steps.is_empty() && package.build.is_none();
        if chosen.provided || !chosen.needed.run || is_empty {
            continue;
        }
        match package.size.as_ref().and_then(|size| size.image) {
            Some(size) => cost.pull += size,
            None => cost.unknown.push(name.to_string()),
        }
    }
    cost
}
