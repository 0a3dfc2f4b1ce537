//! From a project and the catalogue to a finite problem, and what each of its variables and candidates means.

mod base;
mod build;
mod constraints;
mod guard;
mod image_words;
mod installed;
mod options;
mod pip;
mod rank;
mod unknown;
mod variables;

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::catalog::{BaseImage, Catalog, Guarded, Package, PackageVersion, Require, Unavailable};
use crate::diagnostic::{Log, Reported};
use crate::manifest::Project;
use crate::source::Span;
use crate::value::{Name, Version};

use super::lock::LockedTarget;
use super::problem::{Dependency, Problem, Set, Variable, VariableId};
use super::resolution::TargetFacts;
use super::work::Budget;

/// Input of one resolution: project, catalogue, lock and the other targets.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    /// One target of the manifest.
    pub(super) project: &'a Project,
    pub(super) catalog: &'a Catalog,
    /// What was chosen last time.
    pub(super) lock: Option<&'a LockedTarget>,
    /// The manifest's other targets, which a suggestion must leave as they are.
    pub(super) others: &'a [&'a Project],
}

/// The problem, with its meaning.
#[derive(Clone)]
pub(super) struct Model<'a> {
    pub(super) catalog: &'a Catalog,
    /// The variables; the root's demands are those that hold whatever the manifest says.
    pub(super) variables: Vec<Variable>,
    /// What each variable is, in the same order.
    pub(super) kinds: Vec<VariableKind<'a>>,
    /// What the manifest asks for, each at its line.
    pub(super) constraints: Vec<Constraint>,
    pub(super) target: TargetFacts,
    /// Axes and packages by name.
    pub(super) ids: BTreeMap<Name, VariableId>,
    /// The same by their other names.
    pub(super) aliases: BTreeMap<Name, VariableId>,
    /// What solving it and its parts may still take.
    pub(super) budget: Budget,
}

/// What a solver variable stands for.
#[derive(Clone)]
pub(super) enum VariableKind<'a> {
    Root,
    /// `platform`, `arch`, `sm`: what the target fixes without data.
    Fixed {
        axis: &'static str,
        value: String,
    },
    Package(PackageVariable<'a>),
    /// The base that the manifest names: its tags.
    Base(BaseVariable<'a>),
    /// One of a kind: which member of a choice is there.
    Choice {
        word: Name,
        /// Whether the first candidate is «none».
        optional: bool,
    },
    /// What does not exist, and why: nothing that asks for it can be chosen.
    Unavailable(&'a Guarded<Unavailable>),
    /// A requirement under a condition: it holds, or one of the conditions does not.
    Guard {
        owner: VariableId,
    },
    /// Whether an axis is installed, or only decides a version for what brings the thing itself.
    Installed {
        of: VariableId,
    },
}

/// An axis or a package as a variable.
#[derive(Clone)]
pub(super) struct PackageVariable<'a> {
    pub(super) name: Name,
    pub(super) package: &'a Package,
    pub(super) candidates: Vec<Candidate>,
    /// Every option with its value.
    pub(super) options: BTreeMap<Name, String>,
    pub(super) variant: Option<Name>,
}

/// One thing that an axis or a package can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Candidate {
    /// Not there.
    Absent,
    /// An entry of the definition's `versions`.
    Entry { index: usize, version: Version },
    /// A definition without versions.
    Whole(Version),
    /// The base holds it in this version, which the definition need not know.
    Provided {
        version: Version,
        /// Of an axis the entry that says what it goes with.
        entry: Option<usize>,
    },
    /// What the user promises of an axis of which only the lowest version counts.
    Promised(Version),
}

/// The base that the manifest names.
#[derive(Clone)]
pub(super) struct BaseVariable<'a> {
    /// The catalogue's base, where it is one; candidates are its tags.
    pub(super) image: Option<&'a BaseImage>,
    /// What each candidate provides.
    pub(super) provides: Vec<BTreeMap<Name, Version>>,
    /// Where the manifest names it.
    pub(super) span: Span,
}

/// One thing that the manifest asks for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Constraint {
    pub(super) span: Span,
    pub(super) kind: ConstraintKind,
    pub(super) on: VariableId,
    pub(super) within: Set,
    /// As it stands there: `python "3.8"`.
    pub(super) text: String,
    /// The requirement's own place, where the text could be changed.
    pub(super) requirement: Option<Span>,
}

/// The kinds of [`Constraint`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ConstraintKind {
    /// The device runs these releases.
    Device,
    /// A requirement of the target.
    Target,
    Pin,
    Base,
    Request,
    Requirement,
    /// What pip is asked for, of a package's distribution.
    Pip,
    /// Something else in the manifest implies it (Python packages imply Python).
    Implied,
}

/// Whether a requirement also binds what a base provides: it is about the rest of the platform (the driver under CUDA). How
/// something is installed (on which distribution, with which packages) says nothing about what is there already.
pub(super) fn binds_provided(catalog: &Catalog, require: &Require) -> bool {
    match catalog.package(require.name.as_str()) {
        None => true,
        Some(package) => package.axis.is_some() && !package.is_distribution(),
    }
}

impl<'a> Model<'a> {
    /// Builds it; names, releases and versions that nobody knows are reported here.
    pub(super) fn build(question: Question<'a>, log: &mut Log) -> Result<Self, Reported> {
        build::build(question, log)
    }

    /// The problem with only the facts that `keep` accepts (by their place).
    pub(super) fn problem(&self, keep: impl Fn(usize) -> bool) -> Problem<'_> {
        let constraints = self.constraints.iter().enumerate().filter(|(index, _)| keep(*index));
        let asked = constraints
            .map(|(_, constraint)| Dependency { on: constraint.on, within: constraint.within.clone() })
            .collect();
        Problem { variables: Cow::Borrowed(&self.variables), asked }
    }

    /// The axis or package behind a variable.
    pub(super) fn package_variable(&self, id: VariableId) -> Option<&PackageVariable<'a>> {
        match &self.kinds[id.index()] {
            VariableKind::Package(var) => Some(var),
            VariableKind::Root
            | VariableKind::Fixed { .. }
            | VariableKind::Base(_)
            | VariableKind::Choice { .. }
            | VariableKind::Unavailable(_)
            | VariableKind::Guard { .. }
            | VariableKind::Installed { .. } => None,
        }
    }
}

impl PackageVariable<'_> {
    pub(super) fn is_axis(&self) -> bool {
        self.package.axis.is_some()
    }

    /// Whether it is an axis that nothing is installed for: a release, a distribution, a promise about the host.
    pub(super) fn is_pure(&self) -> bool {
        self.is_axis() && self.package.install.steps.is_empty()
    }

    /// Whether it is a distribution: one of a kind, with nothing to install.
    pub(super) fn is_distribution(&self) -> bool {
        self.package.is_distribution()
    }

    /// Whether it is an axis that only gives another one's releases names (`jetpack`).
    pub(super) fn is_name(&self) -> bool {
        let package = self.package;
        let bare = |one: &PackageVersion| one.defaults.is_empty() && !one.requires.is_empty();
        let bare = !package.versions.is_empty() && package.versions.iter().all(bare);
        self.is_pure() && bare
    }
}

impl Candidate {
    /// Its version; `None` where it is not there.
    pub(super) fn version(&self) -> Option<&Version> {
        match self {
            Self::Absent => None,
            Self::Entry { version, .. }
            | Self::Whole(version)
            | Self::Provided { version, .. }
            | Self::Promised(version) => Some(version),
        }
    }

    /// Its entry in the definition.
    pub(super) fn entry(&self) -> Option<usize> {
        match self {
            Self::Entry { index, .. } => Some(*index),
            Self::Provided { entry, .. } => *entry,
            Self::Absent | Self::Whole(_) | Self::Promised(_) => None,
        }
    }

    /// Whether the base holds it, so that nothing is installed.
    pub(super) fn is_provided(&self) -> bool {
        matches!(self, Self::Provided { .. })
    }
}
