//! Every file of every target.

use std::collections::{BTreeMap, BTreeSet};

use crate::manifest::Engine;
use crate::plan::{Planned, Services};

use super::{
    bake, caches, checks, compose, devcontainer, dockerfile, dockerignore, host_setup, quadlet, support,
};

/// Texts by their path in the project.
pub type Artifacts = BTreeMap<String, String>;

/// Renders everything that is written, but for the lock: each path with its text. Whether two have one path is not judged
/// here.
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
        // What the target itself has: the same whether the others are compiled too or not.
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
    artifacts.extend(baked(targets));
    once(artifacts)
}

/// Files that targets share are written once; two with one path and different texts stay, and are reported later.
fn once(artifacts: Vec<(String, String)>) -> Vec<(String, String)> {
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

/// The bake file, where all the targets that it names are there.
fn baked(targets: &[Planned]) -> Option<(String, String)> {
    let files = &targets.first()?.files;
    let path = files.bake.as_ref().filter(|_| files.targets == targets.len())?;
    let services: Vec<Services> = targets.iter().map(|target| target.services.clone()).collect();
    Some((path.to_string(), bake(&services)))
}
