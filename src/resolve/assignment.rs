//! Reads the solver's answer through the model: versions by name, and which conditions hold.

use std::collections::BTreeMap;

use crate::catalog::{Guard, Require};
use crate::value::{Name, Version};

use super::model::{Candidate, Model, PackageVariable, binds_provided};
use super::problem::VariableId;
use super::provider::Answer;
use super::resolution::Reason;

/// The default version of each axis, and what sets it.
pub(super) type Defaults = BTreeMap<Name, (Version, Reason)>;

/// The solver's answer with the model that it answers.
#[derive(Clone, Copy)]
pub(super) struct Assignment<'m, 'a> {
    pub(super) model: &'m Model<'a>,
    pub(super) answer: &'m Answer,
}

impl<'m, 'a> Assignment<'m, 'a> {
    /// Returns the chosen candidate of an axis or a package; `None` if it is absent.
    pub(super) fn candidate(self, id: VariableId) -> Option<(&'m PackageVariable<'a>, &'m Candidate)> {
        let var = self.model.package_variable(id)?;
        let candidate = &var.candidates[self.answer[id.index()]? as usize];
        (*candidate != Candidate::Absent).then_some((var, candidate))
    }

    /// Returns the chosen candidate by name or alias; `None` if it is absent.
    pub(super) fn named(self, name: &Name) -> Option<(&'m PackageVariable<'a>, &'m Candidate)> {
        let id = self.model.ids.get(name).or_else(|| self.model.aliases.get(name))?;
        self.candidate(*id)
    }

    /// Returns the chosen version of an axis or a package.
    pub(super) fn version(self, name: &Name) -> Option<&'m Version> {
        self.named(name)?.1.version()
    }

    /// Whether a requirement is met by the chosen versions and the facts of the target.
    pub(super) fn meets(self, require: &Require) -> bool {
        let none = BTreeMap::new();
        let fixed = self.model.target.fixed(&none, None);
        require.is_met(&fixed, self.model.catalog, |name| self.version(name))
    }

    /// Whether a guard in the definition of this variable holds.
    pub(super) fn holds(self, var: &PackageVariable<'_>, guard: &Guard) -> bool {
        let fixed = self.model.target.fixed(&var.options, var.variant.as_ref());
        guard.holds(&fixed, self.model.catalog, |name| self.version(name))
    }

    /// Returns the requirements of a chosen candidate that apply with its options, variant and conditions.
    pub(super) fn requires(self, var: &'m PackageVariable<'a>, candidate: &Candidate) -> Vec<&'a Require> {
        let package = var.package;
        let mut all: Vec<&Require> = Vec::new();
        match candidate {
            Candidate::Absent | Candidate::Provided { entry: None, .. } | Candidate::HostMinimum(_) => {
                return all;
            }
            Candidate::Unversioned(_) => {}
            Candidate::Entry { index, .. } | Candidate::Provided { entry: Some(index), .. } => {
                all.extend(&package.versions[*index].requires);
            }
        }
        all.extend(&package.requires);
        for option in &package.options {
            let chosen = var.options.get(&option.key.value);
            let of_value = option.values.iter().filter(|(value, _)| Some(&value.value) == chosen);
            all.extend(of_value.flat_map(|(_, requires)| requires));
        }
        let of_variant = package.variants.iter().filter(|one| Some(&one.name.value) == var.variant.as_ref());
        all.extend(of_variant.flat_map(|one| &one.requires));
        let binds = |one: &Require| !candidate.is_provided() || binds_provided(self.model.catalog, one);
        all.retain(|one| binds(one) && self.holds(var, &one.guard));
        all
    }
}
