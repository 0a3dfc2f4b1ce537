//! The version problem as a finite model: variables, each with a list of candidates, and what each candidate asks of
//! other variables. It knows nothing of manifests, catalogues or words; `model` builds it, `provider` solves it.

use std::borrow::Cow;

pub(super) use super::set::{Set, set};

/// A variable, by its place in [`Problem::variables`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct VariableId(pub(super) u32);

impl VariableId {
    /// The root: one candidate, which asks for what the manifest fixes.
    pub(super) const ROOT: Self = Self(0);

    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// What one candidate asks: the variable takes a candidate of this set.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Dependency {
    pub(super) on: VariableId,
    pub(super) within: Set,
}

/// Confidence in a candidate; less sure ones are tried later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Doubt {
    /// It was shown to work, and what it downloads is checked.
    None,
    /// A download of it has no checksum.
    Unverified,
    /// Nobody has shown that it works.
    Unproven,
}

/// A solver variable with its candidates in order of preference.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Variable {
    /// What each candidate asks, by its place.
    pub(super) candidates: Vec<Vec<Dependency>>,
    /// All candidates, the one to be tried first first.
    pub(super) preference: Vec<u32>,
    /// How sure each candidate is; empty: all are.
    pub(super) doubts: Vec<Doubt>,
    /// The place of each candidate in the order of versions; equal versions share one.
    pub(super) positions: Vec<u32>,
    /// Positions that are preferred when some variable has taken a certain candidate: (that variable, its candidate,
    /// our position). Earlier entries win.
    pub(super) defaults: Vec<(VariableId, u32, u32)>,
    /// Whether candidates near the default are preferred over others.
    pub(super) near_default: bool,
    /// A candidate that is tried last, whatever the default (an axis that is not there).
    pub(super) last: Option<u32>,
    /// Decided before those with a higher rank. Ranks are unique, and whatever a package's candidates ask for has a
    /// higher rank than the package, so that the first answer found is the best one in that order.
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
    /// What the root asks besides its own demands.
    pub(super) asked: Vec<Dependency>,
}

impl Problem<'_> {
    pub(super) fn dependencies(&self, id: VariableId, candidate: u32) -> impl Iterator<Item = &Dependency> {
        let asked: &[Dependency] = if id == VariableId::ROOT { &self.asked } else { &[] };
        self.get(id).candidates[candidate as usize].iter().chain(asked)
    }

    /// An owned copy of the variables, to be changed.
    pub(super) fn whole(self) -> Problem<'static> {
        let mut variables = self.variables.into_owned();
        variables[0].candidates[0].extend(self.asked);
        Problem { variables: Cow::Owned(variables), asked: Vec::new() }
    }

    /// The variable behind an id.
    pub(super) fn get(&self, id: VariableId) -> &Variable {
        &self.variables[id.index()]
    }

    /// The candidates of a variable, best first, given what was decided before it (`decided(variable)`).
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
            // Of two that are as far, the one that is preferred anyway (the newer one) goes first: the sort is stable.
            order.sort_by_key(|one| {
                let distance = if variable.near_default {
                    position(*one).abs_diff(default)
                } else {
                    u32::from(position(*one) != default)
                };
                (variable.doubt(*one) == Doubt::Unproven, distance)
            });
        }
        // Stable too: all others stay in order.
        order.sort_by_key(|one| Some(*one) == variable.last);
        order
    }
}
