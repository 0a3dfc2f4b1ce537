//! Every target of a manifest: its stages and its services.

use crate::catalog::Catalog;
use crate::diagnostic::{Log, Told};
use crate::manifest::Project;
use crate::resolve::Resolution;
use crate::source::Sources;

use super::{Inputs, OutputFiles, Plan, ServiceInputs, Services, plan, services};

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

/// Plans all targets, each with the hash of what it is made from; what is wrong with any is told before this fails.
///
/// # Errors
/// What a Dockerfile cannot carry.
pub fn all(
    targets: &[(Project, Resolution)],
    catalog: &Catalog,
    sources: &Sources,
    hashes: &[String],
    log: &mut Log,
) -> Result<Vec<Planned>, Told> {
    let mut all = Vec::new();
    for ((project, resolution), hash) in targets.iter().zip(hashes) {
        let inputs = Inputs { project, resolution, catalog, sources, hash };
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
                epoch: resolution.epoch,
                hash,
            });
            // What a package's users must know at run time or on the host stands where the host is prepared.
            services.head.notes.extend(plan.notes.iter().cloned());
            all.push(Planned { plan, services, files });
        }
    }
    log.checkpoint()?;
    Ok(all)
}
