//! Compares two compiles of a project: what a change does to versions, to the next build, to the image and to what the
//! container may do. All of it is data; `cli` renders it.

mod build;
mod cost;
mod forecast;
mod risk;
mod service;
mod versions;

use std::collections::BTreeSet;

use crate::catalog::Catalog;
use crate::manifest::Project;
use crate::plan::Planned;
use crate::render::Artifacts;
use crate::resolve::Resolution;
use crate::source::Sources;

pub use cost::Cost;
pub use forecast::{Forecast, StageForecast, StepState};
pub use risk::Risk;
pub use service::ServiceChange;
pub use versions::{BaseChange, ChangeCause, VersionChange};

/// One target of one side of a comparison.
#[derive(Clone, Copy)]
pub struct DiffSide<'a> {
    pub project: &'a Project,
    pub resolution: &'a Resolution,
    pub planned: &'a Planned,
    /// The generated files of all targets, by path.
    pub artifacts: &'a Artifacts,
    /// The texts that the project's spans point into.
    pub sources: &'a Sources,
    /// The warnings of the compile, as `CODE: message`.
    pub warnings: &'a BTreeSet<String>,
}

/// The project's own files, which the build copies or mounts.
pub trait ContextFiles {
    /// The files at or below `path` that differ between the two sides, as paths from the project's root; `None` where
    /// that is unknown.
    fn changed(&self, path: &str) -> Option<Vec<String>>;
}

/// What changes for one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetDiff {
    pub target: String,
    /// Whether only one of the sides has the target.
    pub presence: Presence,
    pub base: Option<BaseChange>,
    /// Changed axes and packages: those that the manifest names first, then by name.
    pub versions: Vec<VersionChange>,
    pub forecast: Forecast,
    pub cost: Cost,
    /// What widens the rights of the container or weakens a pin.
    pub risks: Vec<Risk>,
    /// Other changes of the services.
    pub services: Vec<ServiceChange>,
}

/// The sides that have a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    Both,
    Added,
    Removed,
}

impl TargetDiff {
    /// A target that the new side lacks.
    pub fn removed(target: &str) -> Self {
        Self {
            target: target.to_owned(),
            presence: Presence::Removed,
            base: None,
            versions: Vec::new(),
            forecast: Forecast::default(),
            cost: Cost::default(),
            risks: Vec::new(),
            services: Vec::new(),
        }
    }

    /// Whether nothing differs. A step of unknown state is no difference.
    pub fn is_empty(&self) -> bool {
        self.presence == Presence::Both
            && self.base.is_none()
            && self.versions.is_empty()
            && self.forecast.rerun_stages().next().is_none()
            && self.risks.is_empty()
            && self.services.is_empty()
    }

    /// Whether both describe the same change, for different targets.
    pub fn is_same_change(&self, other: &Self) -> bool {
        let renamed = Self { target: self.target.clone(), ..other.clone() };
        *self == renamed
    }
}

/// Whether a path of the project is a folder or lies in it; `.` is the project.
pub fn is_below(path: &str, folder: &str) -> bool {
    folder == "." || path == folder || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// Compares one target of two sides; `old` is `None` for a target that is new.
pub fn compare(
    old: Option<DiffSide<'_>>,
    new: DiffSide<'_>,
    catalog: &Catalog,
    files: &dyn ContextFiles,
) -> TargetDiff {
    let versions = versions::compare(old, new);
    let base = versions::base(old, new);
    let forecast = forecast::forecast(old, new, files);
    let cost = cost::cost(new, (&versions, base.is_some()), &forecast, catalog);
    let services = service::compare(old, new);
    let (widened, services) = risk::split(services);
    TargetDiff {
        target: new.resolution.target.name.to_string(),
        presence: if old.is_some() { Presence::Both } else { Presence::Added },
        base,
        versions,
        forecast,
        cost,
        risks: risk::of_downloads(old, new).into_iter().chain(widened).collect(),
        services,
    }
}
