//! Plans all targets of a manifest.

use std::collections::BTreeMap;

use crate::catalog::Catalog;
use crate::diagnostic::{Log, Reported};
use crate::manifest::Project;
use crate::resolve::{LockedDownloads, Resolution};
use crate::source::Sources;
use crate::value::{ImagePath, PackedText};

use super::{Inputs, Instruction, OutputFiles, Plan, ServiceInputs, Services, plan, services};

/// The plan of one target: its image, its services and the paths of its files.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    pub plan: Plan,
    pub services: Services,
    pub files: OutputFiles,
}

/// Plans all targets. Problems of all targets are reported before this fails.
///
/// # Errors
/// A problem was reported for one of the targets.
pub fn all(
    targets: &[(Project, Resolution)],
    catalog: &Catalog,
    (sources, locked): (&Sources, &[LockedDownloads]),
    log: &mut Log,
) -> Result<Vec<Planned>, Reported> {
    let mut all = Vec::new();
    for ((project, resolution), locked) in targets.iter().zip(locked) {
        let inputs = Inputs { project, resolution, catalog, sources, locked };
        if let Ok(plan) = plan(inputs, log) {
            let files = OutputFiles::of(project);
            let indexes: Vec<_> =
                plan.pip.indexes.iter().map(|one| (one.name.clone(), one.url.clone())).collect();
            let services = services(ServiceInputs {
                project,
                target: &resolution.target,
                sources,
                files: &files,
                indexes: &indexes,
                tests: &plan.tests,
                installed: &installed(&plan),
                image_env: &image_env(&plan, &resolution.base.sets),
                final_is_last: plan.stages.last().is_some_and(|stage| stage.name.as_str() == "final"),
                bare_docker: release_has(inputs, "docker"),
                bridge_works: release_has(inputs, "bridge"),
                epoch: resolution.epoch,
            });
            all.push(Planned { plan, services, files });
        }
    }
    log.checkpoint()?;
    Ok(all)
}

/// Whether the chosen release has a value in the catalogue: `bridge` means that Docker's bridge network works
/// with its kernel, `docker` that it includes Docker without Buildx and Compose.
fn release_has(inputs: Inputs<'_>, what: &str) -> bool {
    let chosen = inputs
        .resolution
        .chosen
        .keys()
        .filter_map(|name| inputs.view(name).filter(|view| view.package.axis.is_some())?.entry());
    chosen.into_iter().any(|entry| entry.values.contains_key(what))
}

/// Returns the variables of the final image, including those of the base image if known.
fn image_env(plan: &Plan, of_base: &BTreeMap<PackedText, PackedText>) -> BTreeMap<String, String> {
    let shipped = ["base", "final"].into_iter().filter_map(|name| plan.stage(name));
    let instructions = shipped.flat_map(|stage| &stage.blocks).flat_map(|block| &block.instructions);
    let pairs = instructions.filter_map(|instruction| match instruction {
        Instruction::Env(pairs) => Some(pairs),
        _ => None,
    });
    let own = pairs.flatten().map(|(name, value)| (name.to_string(), value.clone()));
    let base = of_base.iter().map(|(name, value)| (name.to_string(), value.to_string()));
    base.chain(own).collect()
}

/// Returns the paths to which packages copy files in the final image.
fn installed(plan: &Plan) -> Vec<ImagePath> {
    let shipped = ["base", "final"].into_iter().filter_map(|name| plan.stage(name));
    let places = shipped.flat_map(|stage| &stage.blocks).flat_map(|block| &block.instructions);
    places
        .filter_map(|instruction| match instruction {
            Instruction::CopyFrom(copy) => Some(copy.to.clone()),
            _ => None,
        })
        .collect()
}
