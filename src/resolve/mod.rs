//! Platform and packages as one version problem: a [`Project`] and the catalogue to a [`Resolution`] in which no version
//! is open.

mod bases;
mod chosen;
mod conflict;
mod decided;
mod gone;
mod lock;
mod mend;
mod model;
mod moved;
mod narrow;
mod outcome;
pub mod possible;
mod problem;
mod provider;
mod said;
mod set;
mod several;
mod spoken;
mod story;

pub use chosen::{Because, Chosen, ChosenBase, Kind, Moved, Needed, Resolution, TargetFacts};
pub use lock::{Lock, LockedTarget, LockedThing, Move, Moves};
pub use several::{all, lock_of, open_lock};

use crate::catalog::{Catalog, words};
use crate::diagnostic::{Log, Told};
use crate::manifest::Project;
use crate::source::Sources;

use model::{Model, Question};

/// Resolves one target. What the lock holds is kept where nothing that the manifest fixes speaks against it.
///
/// # Errors
/// Unknown names and versions, and requirements that cannot hold together: told at the user's lines, with mends that
/// were solved.
pub fn resolve(
    project: &Project,
    catalog: &Catalog,
    lock: Option<&LockedTarget>,
    sources: &Sources,
    log: &mut Log,
) -> Result<Resolution, Told> {
    let question = Question { project, catalog, lock };
    let before = log.errors();
    let model = Model::build(question, log)?;
    if let (true, Some(told)) = (project.in_part, log.told()) {
        return Err(told);
    }
    // What nobody knows is told by now and left out, so that a conflict among the rest is found in the same run.
    let answer = provider::solve(&model.problem(|_| true))
        .map_err(|_| conflict::tell(question, &model, sources, log))?;
    match log.told() {
        Some(told) if log.errors() > before => Err(told),
        Some(_) | None => outcome::resolution(question, &model, &answer, (sources, log)),
    }
}

#[cfg(test)]
mod tests;
