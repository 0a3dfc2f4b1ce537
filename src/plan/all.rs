//! Every target of a manifest: its stages and its services.

use crate::catalog::Catalog;
use crate::diagnostic::{Log, Told};
use crate::manifest::Project;
use crate::resolve::Resolution;
use crate::source::Sources;
use crate::value::ImagePath;

use super::{Inputs, Instruction, OutputFiles, Plan, ServiceInputs, Services, plan, services};

/// What is written for one target.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    /// The stages.
    pub plan: Plan,
    /// How it is built and run.
    pub services: Services,
    /// Where the files go.
    pub files: OutputFiles,
}

/// Plans all targets; what is wrong with any is told before this fails.
///
/// # Errors
/// What a Dockerfile cannot carry.
pub fn all(
    targets: &[(Project, Resolution)],
    catalog: &Catalog,
    sources: &Sources,
    log: &mut Log,
) -> Result<Vec<Planned>, Told> {
    let mut all = Vec::new();
    for (project, resolution) in targets {
        let inputs = Inputs { project, resolution, catalog, sources };
        if let Ok(plan) = plan(inputs, log) {
            let files = OutputFiles::of(project);
            let indexes: Vec<_> =
                plan.pip.indexes.iter().map(|one| (one.name.clone(), one.url.clone())).collect();
            let mut services = services(ServiceInputs {
                project,
                target: &resolution.target,
                sources,
                files: &files,
                indexes: &indexes,
                tests: &plan.tests,
                installed: &installed(&plan),
                epoch: resolution.epoch,
            });
            // What a package's users must know at run time stands where the host is prepared.
            services.head.of_packages = plan.notes.iter().map(|note| note.text.clone()).collect();
            all.push(Planned { plan, services, files });
        }
    }
    log.checkpoint()?;
    Ok(all)
}

/// Where packages put files into the image that ships.
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
