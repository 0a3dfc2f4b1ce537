//! Every file of every target.

use std::collections::BTreeMap;

use crate::plan::Planned;

use super::{compose, dockerfile};

/// Texts by their path in the project.
pub type Artifacts = BTreeMap<String, String>;

/// Renders everything that is written, but for the lock.
pub fn all(targets: &[Planned]) -> Artifacts {
    let mut artifacts = Artifacts::new();
    for Planned { plan, services, files } in targets {
        artifacts.insert(files.dockerfile.to_string(), dockerfile(plan));
        artifacts.insert(files.compose.to_string(), compose(services));
    }
    artifacts
}
