//! Finds an answer with few doubtful candidates: unproven versions, and downloads without a checksum, are
//! chosen only if nothing else fits.

use pubgrub::VersionSet as _;

use crate::catalog::Choose;

use super::model::{Model, VariableKind};
use super::problem::{Dependency, Doubt, Problem, Set, VariableId, set};
use super::provider::{self, Answer, Unsolved};
use super::work::Budget;

/// The maximum number of doubtful variables that are tried one by one.
const TRIED: usize = 12;

/// Solves a problem of this model, avoiding unproven and then unverified candidates.
pub(super) fn solve(model: &Model<'_>, mut problem: Problem<'_>) -> Result<Answer, Unsolved> {
    let mut answer = provider::solve(&problem, &model.budget)?;
    for doubt in [Doubt::Unproven, Doubt::Unverified] {
        let chosen = doubtful(model, &problem, &answer, doubt);
        if !chosen.is_empty() {
            let asked = problem.asked.len();
            problem.asked.extend(platform(model, &answer, doubt, &chosen));
            answer = avoid((&mut problem, &model.budget), answer, doubt, chosen);
            // The result for the first doubt is kept for the second, but the platform is fixed again from the
            // new answer.
            problem.asked.truncate(asked);
            problem.asked.extend(without(&problem, doubt, &doubtful(model, &problem, &answer, doubt)));
        }
    }
    Ok(answer)
}

/// Returns the variables for which a candidate with this doubt was chosen, in the order of their ranks.
fn doubtful(model: &Model<'_>, problem: &Problem<'_>, answer: &Answer, doubt: Doubt) -> Vec<VariableId> {
    let ids = (0..).map(VariableId).take(model.variables.len());
    let is_it = |id: &VariableId| answer[id.index()].is_some_and(|one| problem.get(*id).doubt(one) == doubt);
    let mut found: Vec<VariableId> = ids.filter(is_it).collect();
    found.sort_by_key(|id| problem.get(*id).rank);
    found
}

/// Returns an answer that avoids the doubt: for all variables if possible, otherwise for each in turn if the
/// rest can still be solved.
fn avoid(
    (problem, budget): (&mut Problem<'_>, &Budget),
    mut answer: Answer,
    doubt: Doubt,
    chosen: Vec<VariableId>,
) -> Answer {
    let mut tried = |allowed: &[VariableId]| {
        let asked = problem.asked.len();
        let more = without(problem, doubt, allowed);
        problem.asked.extend(more);
        let found = provider::solve(problem, budget).ok();
        problem.asked.truncate(asked);
        found
    };
    if let Some(found) = tried(&[]) {
        return found;
    }
    let mut allowed = chosen;
    for one in allowed.clone().into_iter().take(TRIED) {
        let fewer: Vec<VariableId> = allowed.iter().copied().filter(|other| *other != one).collect();
        if fewer.is_empty() {
            break;
        }
        if let Some(found) = tried(&fewer) {
            (answer, allowed) = (found, fewer);
        }
    }
    answer
}

/// Returns dependencies that exclude candidates with this doubt for all variables but the allowed ones.
fn without(problem: &Problem<'_>, doubt: Doubt, allowed: &[VariableId]) -> Vec<Dependency> {
    let ids = (0..).map(VariableId).take(problem.variables.len());
    ids.filter(|id| !allowed.contains(id) && problem.get(*id).doubts.contains(&doubt))
        .map(|on| {
            let places = (0u32..).zip(&problem.get(on).doubts).filter(|(_, one)| **one != doubt);
            Dependency { on, within: set(places.map(|(place, _)| place)) }
        })
        .collect()
}

/// Returns dependencies that fix the platform, so that avoiding a doubtful package does not change it: which
/// axes are present, and in which versions. When avoiding unproven candidates, the minimum version of a host
/// driver may still change, and so may all versions if an axis itself is unproven.
fn platform(model: &Model<'_>, answer: &Answer, doubt: Doubt, chosen: &[VariableId]) -> Vec<Dependency> {
    let is_axis =
        |id: &VariableId| model.package_variable(*id).is_some_and(super::model::PackageVariable::is_axis);
    let moves = doubt == Doubt::Unproven && chosen.iter().any(is_axis);
    let mut asked = Vec::new();
    for (id, kind) in (0..).map(VariableId).zip(&model.kinds) {
        let (VariableKind::Package(var), Some(place)) = (kind, answer[id.index()]) else { continue };
        let Some(axis) = &var.package.axis else { continue };
        let count = u32::try_from(var.candidates.len()).unwrap_or(u32::MAX);
        let promised = doubt == Doubt::Unproven && axis.choose == Choose::Lowest;
        let within = match place {
            0 => continue,
            _ if moves || promised => Set::run(1..count),
            _ => Set::singleton(place),
        };
        asked.push(Dependency { on: id, within });
    }
    asked
}
