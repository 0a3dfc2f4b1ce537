//! Solves platform and packages as one version problem. Takes a [`Project`] and the catalogue, and returns a
//! [`Resolution`] in which every version is chosen.

mod assignment;
pub mod availability;
mod base_warnings;
mod bases;
mod explain;
mod lock;
mod model;
mod outcome;
mod overrides;
mod problem;
mod proven;
mod provider;
mod resolution;
mod set;
mod targets;
mod unavailable;
mod work;

#[cfg(test)]
pub use lock::Origin;
pub use lock::{
    Closures, Lock, LockChange, LockedClosure, LockedDownloads, LockedEntry, LockedFiles, LockedTarget,
    TargetChanges, closure_path,
};
pub use resolution::{Chosen, ChosenBase, ChosenKind, NeededIn, Override, Reason, Resolution, TargetFacts};
pub use targets::{all, lock_of, open_lock};

use crate::catalog::{Catalog, words};
use crate::diagnostic::{Diagnostic, Log, Reported, codes, wording};
use crate::manifest::Project;
use crate::source::Sources;

use model::{ConstraintKind, Model, Question};
use problem::VariableId;
use provider::Unsolved;
use work::Budget;

/// Resolves one target. Locked versions are kept unless the manifest excludes them.
///
/// # Errors
/// Names or versions are unknown, or requirements conflict. Reports are at lines of the manifest, with
/// suggestions that were solved.
pub fn resolve(
    project: &Project,
    catalog: &Catalog,
    lock: Option<&LockedTarget>,
    sources: &Sources,
    log: &mut Log,
) -> Result<Resolution, Reported> {
    let question = Question { project, catalog, lock, others: &[] };
    one(question, &Budget::explaining(), sources, log)
}

/// Resolves one target. `explaining` is the work that explanations of conflicts may still take.
fn one(
    question: Question<'_>,
    explaining: &Budget,
    sources: &Sources,
    log: &mut Log,
) -> Result<Resolution, Reported> {
    let project = question.project;
    let before = log.errors();
    let mut model = Model::build(question, log)?;
    if let (true, Some(reported)) = (project.is_partial, log.reported()) {
        return Err(reported);
    }
    // Unknown names have been reported and left out of the model, so that a conflict among the rest is found
    // in the same run.
    let answer = match proven::solve(&model, model.problem(|_| true)) {
        Ok(answer) => answer,
        Err(Unsolved::Impossible(_)) => {
            model.budget = explaining.clone();
            return Err(explain::core::report(question, &model, sources, log));
        }
        Err(Unsolved::OutOfWork(contended)) => {
            return Err(log.error(too_complex(&model, &contended, project)));
        }
    };
    match log.reported() {
        Some(reported) if log.errors() > before => Err(reported),
        Some(_) | None => outcome::resolution(question, &model, &answer, (sources, log)),
    }
}

/// Returns the diagnostic for a target that was not solved within the work limit.
fn too_complex(model: &Model<'_>, contended: &[VariableId], project: &Project) -> Diagnostic {
    let message = "the resolver reached its work limit before it found a solution";
    let mut diagnostic = Diagnostic::error(codes::resolve::WORK_LIMIT, message);
    let requests = model.constraints.iter().filter(|constraint| constraint.kind == ConstraintKind::Request);
    for constraint in requests.filter(|constraint| contended.contains(&constraint.on)) {
        diagnostic = diagnostic.at(constraint.span, "its version was changed most often");
    }
    if diagnostic.labels.is_empty() {
        diagnostic = diagnostic.at(project.target.span, "for this target");
    }
    let names = contended.iter().filter_map(|on| model.package_variable(*on)).map(|var| var.name.as_str());
    let names = wording::codes(names);
    if names.is_empty() {
        return diagnostic;
    }
    diagnostic.help(format!("pin {} to an exact version, in `packages` or `pin`", wording::any_of(&names)))
}

#[cfg(test)]
mod tests;
