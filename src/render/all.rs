//! Renders all files of all targets.

use std::collections::{BTreeMap, BTreeSet};

use crate::manifest::Engine;
use crate::plan::{Planned, Services};

use super::{
    bake, caches, checks, compose, devcontainer, dockerfile, dockerignore, host_setup, quadlet, support,
};

/// The texts of generated files, by path relative to the project's root.
pub type Artifacts = BTreeMap<String, String>;

/// Renders all files except the lock. Two files may have the same path: `check::outputs` reports that.
pub fn all(targets: &[Planned]) -> Vec<(String, String)> {
    let mut artifacts = Vec::new();
    for Planned { plan, services, files } in targets {
        let mut beside = Vec::new();
        if services.engine == Engine::Podman {
            let folder = files.compose.parent().filter(|folder| folder.as_str() != ".");
            let folder = folder.map(|folder| format!("{folder}/")).unwrap_or_default();
            let units = quadlet(services).into_iter();
            beside.extend(units.map(|(name, text)| (format!("{folder}{name}"), text)));
        }
        if let Some(path) = &files.devcontainer {
            beside.push((path.to_string(), devcontainer(services, path.as_str())));
        }
        beside.sort();
        // Only files of this target, so that its ignore file does not depend on which other targets are
        // compiled.
        let mut written: Vec<String> = beside.iter().map(|(path, _)| path.clone()).collect();
        written.extend(files.bake.iter().map(ToString::to_string));
        written.push("jcc.lock".to_owned());
        artifacts.push((files.dockerfile.to_string(), dockerfile(plan)));
        let support = support::files(plan);
        let mounted: Vec<String> = support.iter().map(|(path, _)| path.clone()).collect();
        artifacts.extend(support);
        let ignore = dockerignore(services, &written, &mounted);
        artifacts.push((format!("{}.dockerignore", files.dockerfile), ignore));
        artifacts.push((files.compose.to_string(), compose(services)));
        artifacts.extend(beside);
        artifacts.extend(caches::files(services));
        artifacts.extend(checks::of_service(services));
        artifacts.extend(host_setup::host_setup(services));
    }
    artifacts.extend(bake_file(targets));
    deduplicated(artifacts)
}

/// Removes duplicates of support files, which targets share. Keeps two files with the same path and different
/// texts: this is reported later.
fn deduplicated(artifacts: Vec<(String, String)>) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::with_capacity(artifacts.len());
    let mut shared = BTreeSet::new();
    for file in artifacts {
        let is_shared = file.0.starts_with(".jcc/");
        if !is_shared || shared.insert(file.clone()) {
            all.push(file);
        }
    }
    all
}

/// Renders the bake file, if all targets of the manifest are compiled.
fn bake_file(targets: &[Planned]) -> Option<(String, String)> {
    let files = &targets.first()?.files;
    let path = files.bake.as_ref().filter(|_| files.targets == targets.len())?;
    let services: Vec<Services> = targets.iter().map(|target| target.services.clone()).collect();
    Some((path.to_string(), bake(&services)))
}
