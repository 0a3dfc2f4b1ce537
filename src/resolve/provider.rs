//! Solves a [`Problem`] with `PubGrub`.

use std::cell::RefCell;
use std::cmp::Reverse;

use pubgrub::{
    Dependencies, DependencyProvider, DerivationTree, PackageResolutionStatistics, PubGrubError,
    VersionSet as _, resolve,
};

use super::problem::{Dependency, Problem, Set, VariableId};
use super::work::{self, Budget, Meter};

/// The derivation by `PubGrub` of why there is no answer.
pub(super) type Derivation = DerivationTree<VariableId, Set, String>;

/// The chosen candidate of each variable; `None` for variables that nothing depends on.
pub(super) type Answer = Vec<Option<u32>>;

/// Why a problem has no answer.
#[derive(Debug)]
pub(super) enum Unsolved {
    /// No choice of candidates satisfies all dependencies.
    Impossible(Box<Derivation>),
    /// The budget was spent first. The variables are those that were decided most often.
    OutOfWork(Vec<VariableId>),
}

/// The cost of a decision in addition to its candidates, in operations: updates of the queue and of tables.
const DECISION: usize = 16;

/// The number of variables that are named when the budget is spent.
const CONTENDED: usize = 5;

/// Solves a problem. Returns the best answer in the order of ranks and preferences, or why there is none.
pub(super) fn solve(problem: &Problem<'_>, budget: &Budget) -> Result<Answer, Unsolved> {
    let decided = Trail { answer: vec![None; problem.variables.len()], trail: Vec::new() };
    let decisions = RefCell::new(vec![0; problem.variables.len()]);
    let provider = Provider { problem, decided: RefCell::new(decided), decisions, meter: budget.meter() };
    match resolve(&provider, VariableId::ROOT, 0u32) {
        Ok(selected) => {
            let mut answer = vec![None; problem.variables.len()];
            for (variable, candidate) in selected {
                answer[variable.index()] = Some(candidate);
            }
            Ok(answer)
        }
        Err(PubGrubError::NoSolution(derivation)) => Err(Unsolved::Impossible(Box::new(derivation))),
        Err(
            PubGrubError::ErrorInShouldCancel(OutOfWork)
            | PubGrubError::ErrorRetrievingDependencies { source: OutOfWork, .. }
            | PubGrubError::ErrorChoosingVersion { source: OutOfWork, .. },
        ) => Err(Unsolved::OutOfWork(provider.contended())),
    }
}

/// Whether a problem provably has no answer. False if the budget does not suffice.
pub(super) fn is_impossible(problem: &Problem<'_>, budget: &Budget) -> bool {
    matches!(solve(problem, budget), Err(Unsolved::Impossible(_)))
}

/// Raised when a search exceeds its budget of operations.
#[derive(Debug)]
struct OutOfWork;

impl std::fmt::Display for OutOfWork {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the work limit was reached")
    }
}

impl std::error::Error for OutOfWork {}

/// The problem behind the interface that `PubGrub` calls.
struct Provider<'a> {
    problem: &'a Problem<'a>,
    /// The last choice for each variable. Variables are decided in the order of their ranks, and after
    /// backtracking `PubGrub` asks for the first undone one again, so a choice invalidates those of all
    /// higher ranks.
    decided: RefCell<Trail>,
    /// How often each variable was decided.
    decisions: RefCell<Vec<u32>>,
    meter: Meter<'a>,
}

impl Provider<'_> {
    /// Returns the variables that were decided most often, in descending order.
    fn contended(&self) -> Vec<VariableId> {
        let decisions = self.decisions.borrow();
        let mut all: Vec<VariableId> = (0..).map(VariableId).take(decisions.len()).skip(1).collect();
        all.sort_by_key(|variable| Reverse(decisions[variable.index()]));
        all.truncate(CONTENDED);
        all
    }
}

/// The current choices, and their variables in the order of their ranks.
struct Trail {
    answer: Answer,
    trail: Vec<VariableId>,
}

impl DependencyProvider for Provider<'_> {
    type P = VariableId;
    type V = u32;
    type VS = Set;
    type M = String;
    type Err = OutOfWork;
    type Priority = Reverse<u32>;

    fn prioritize(&self, variable: &VariableId, _: &Set, _: &PackageResolutionStatistics) -> Reverse<u32> {
        Reverse(self.problem.get(*variable).rank)
    }

    fn should_cancel(&self) -> Result<(), OutOfWork> {
        if self.meter.is_over() { Err(OutOfWork) } else { Ok(()) }
    }

    fn choose_version(&self, variable: &VariableId, within: &Set) -> Result<Option<u32>, OutOfWork> {
        self.decisions.borrow_mut()[variable.index()] += 1;
        work::count(DECISION + self.problem.get(*variable).candidates.len());
        let rank = self.problem.get(*variable).rank;
        let Trail { answer, trail } = &mut *self.decided.borrow_mut();
        while let Some(last) = trail.last().filter(|last| self.problem.get(**last).rank > rank) {
            answer[last.index()] = None;
            trail.pop();
        }
        let order = self.problem.order(*variable, |other| answer[other.index()]);
        let choice = order.into_iter().find(|candidate| within.contains(candidate));
        answer[variable.index()] = choice;
        if trail.last() != Some(variable) {
            trail.push(*variable);
        }
        Ok(choice)
    }

    fn get_dependencies(
        &self,
        variable: &VariableId,
        candidate: &u32,
    ) -> Result<Dependencies<VariableId, Set, String>, OutOfWork> {
        let dependencies = self.problem.dependencies(*variable, *candidate);
        // `PubGrub` treats a dependency of a variable on itself like one on another variable. Such a
        // dependency is either met by the candidate or makes it impossible.
        let holds =
            |dependency: &&Dependency| dependency.on == *variable && dependency.within.contains(candidate);
        let asked = dependencies.filter(|dependency| !holds(dependency)).map(|dependency| {
            let within = if dependency.on == *variable { Set::empty() } else { dependency.within.clone() };
            (dependency.on, within)
        });
        Ok(Dependencies::Available(asked.collect()))
    }
}

impl std::fmt::Display for VariableId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{}", self.0)
    }
}

#[cfg(test)]
mod tests;
