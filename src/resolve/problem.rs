//! The version problem as a finite model: variables, each with a list of candidates, and the dependencies of
//! each candidate on other variables. It is independent of manifests and the catalogue: `model` builds it,
//! `provider` solves it.

use std::borrow::Cow;

pub(super) use super::set::{Set, set};

/// The index of a variable in [`Problem::variables`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct VariableId(pub(super) u32);

impl VariableId {
    /// The root variable. Its only candidate depends on what the manifest fixes.
    pub(super) const ROOT: Self = Self(0);

    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// A dependency of a candidate: the variable `on` must take a candidate in `within`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Dependency {
    pub(super) on: VariableId,
    pub(super) within: Set,
}

/// The doubt about a candidate. Doubtful candidates are tried later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Doubt {
    /// It is proven to work, and its downloads have checksums.
    None,
    /// One of its downloads has no checksum.
    Unverified,
    /// It is not proven to work.
    Unproven,
}

/// A solver variable with its candidates in order of preference.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Variable {
    /// The dependencies of each candidate.
    pub(super) candidates: Vec<Vec<Dependency>>,
    /// The indexes of all candidates, in the order in which they are tried.
    pub(super) preference: Vec<u32>,
    /// The doubt about each candidate; empty if there is none about any.
    pub(super) doubts: Vec<Doubt>,
    /// The position of each candidate in the order of versions; equal versions share one.
    pub(super) positions: Vec<u32>,
    /// Positions that are preferred if another variable has taken a certain candidate: (the other variable,
    /// its candidate, the position). Earlier entries win.
    pub(super) defaults: Vec<(VariableId, u32, u32)>,
    /// Whether candidates near the default are preferred over others.
    pub(super) near_default: bool,
    /// A candidate that is tried last, whatever the default: "absent", for an axis.
    pub(super) last: Option<u32>,
    /// Variables are decided in ascending order of rank. Ranks are unique, and the dependencies of a package
    /// have higher ranks than the package, so that the first answer found is the best one in that order.
    pub(super) rank: u32,
}

impl Variable {
    pub(super) fn doubt(&self, candidate: u32) -> Doubt {
        self.doubts.get(candidate as usize).copied().unwrap_or(Doubt::None)
    }
}

/// The whole problem. The first variable is the root.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Problem<'m> {
    pub(super) variables: Cow<'m, [Variable]>,
    /// Dependencies of the root in addition to those of its candidate.
    pub(super) asked: Vec<Dependency>,
}

impl Problem<'_> {
    pub(super) fn dependencies(&self, id: VariableId, candidate: u32) -> impl Iterator<Item = &Dependency> {
        let asked: &[Dependency] = if id == VariableId::ROOT { &self.asked } else { &[] };
        self.get(id).candidates[candidate as usize].iter().chain(asked)
    }

    /// Converts to a problem that owns its variables, with all dependencies of the root in its candidate.
    pub(super) fn into_owned(self) -> Problem<'static> {
        let mut variables = self.variables.into_owned();
        variables[0].candidates[0].extend(self.asked);
        Problem { variables: Cow::Owned(variables), asked: Vec::new() }
    }

    /// Returns a variable by its id.
    pub(super) fn get(&self, id: VariableId) -> &Variable {
        &self.variables[id.index()]
    }

    /// Returns the candidates of a variable, best first. `decided` returns the candidate of a variable that
    /// was decided before.
    pub(super) fn order(&self, id: VariableId, decided: impl Fn(VariableId) -> Option<u32>) -> Vec<u32> {
        let variable = self.get(id);
        let default = variable
            .defaults
            .iter()
            .find(|(by, candidate, _)| decided(*by) == Some(*candidate))
            .map(|(_, _, ours)| *ours);
        let mut order = variable.preference.clone();
        if let Some(default) = default {
            let position = |candidate: u32| variable.positions[candidate as usize];
            // The sort is stable: of two candidates at the same distance, the preferred (newer) one stays
            // first.
            order.sort_by_key(|one| {
                let distance = if variable.near_default {
                    position(*one).abs_diff(default)
                } else {
                    u32::from(position(*one) != default)
                };
                (variable.doubt(*one) == Doubt::Unproven, distance)
            });
        }
        // This sort is stable too: all others keep their order.
        order.sort_by_key(|one| Some(*one) == variable.last);
        order
    }
}
