//! Models a project and the catalogue as a finite problem, and records what its variables and candidates
//! stand for.

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
use crate::value::{Name, PackedText, Version};

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
    /// The locked versions of the target.
    pub(super) lock: Option<&'a LockedTarget>,
    /// The manifest's other targets, which a suggestion must not break.
    pub(super) others: &'a [&'a Project],
}

/// The variables and constraints of one target, and what they stand for.
#[derive(Clone)]
pub(super) struct Model<'a> {
    pub(super) catalog: &'a Catalog,
    /// The variables. The root's dependencies are those that hold whatever the manifest requests.
    pub(super) variables: Vec<Variable>,
    /// What each variable stands for, in the same order.
    pub(super) kinds: Vec<VariableKind<'a>>,
    pub(super) constraints: Vec<Constraint>,
    pub(super) target: TargetFacts,
    /// The variables of axes and packages, by name.
    pub(super) ids: BTreeMap<Name, VariableId>,
    /// The variables of axes and packages, by alias.
    pub(super) aliases: BTreeMap<Name, VariableId>,
    /// The work that is left for solving the problem and parts of it.
    pub(super) budget: Budget,
}

/// What a solver variable stands for.
#[derive(Clone)]
pub(super) enum VariableKind<'a> {
    Root,
    /// An axis that the target fixes: `platform`, `arch` or `sm`.
    Fixed {
        axis: &'static str,
        value: String,
    },
    Package(PackageVariable<'a>),
    /// The base image that the manifest requests. Its candidates are the tags.
    Base(BaseVariable<'a>),
    /// Which member of a choice is present.
    Choice {
        word: Name,
        /// Whether the first candidate is "none".
        optional: bool,
    },
    /// An `unavailable` node. Nothing that depends on this variable can be chosen.
    Unavailable(&'a Guarded<Unavailable>),
    /// A conditional requirement: either it holds, or one of the conditions does not.
    Guard {
        owner: VariableId,
    },
    /// Whether an axis is installed, and built against, or only decides the version for packages that contain it.
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
    /// The value of each option.
    pub(super) options: BTreeMap<Name, PackedText>,
    pub(super) variant: Option<Name>,
}

/// A value of the variable of an axis or a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Candidate {
    /// It is not present.
    Absent,
    /// An entry of the definition's `versions`.
    Entry { index: usize, version: Version },
    /// The only version of a definition without `versions`.
    Unversioned(Version),
    /// The version that the base image provides, which the definition need not list.
    Provided {
        version: Version,
        /// For an axis, the entry of this version.
        entry: Option<usize>,
    },
    /// The minimum version that the user states for the host, such as that of its driver.
    HostMinimum(Version),
}

/// The base image that the manifest requests.
#[derive(Clone)]
pub(super) struct BaseVariable<'a> {
    /// The image in the catalogue, if it has it. Candidates are its tags.
    pub(super) image: Option<&'a BaseImage>,
    /// What each candidate provides.
    pub(super) provides: Vec<BTreeMap<Name, Version>>,
    /// The request in the manifest.
    pub(super) span: Span,
}

/// One requirement of the manifest, with the line that states it: the variable `on` takes a candidate in
/// `within`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Constraint {
    pub(super) span: Span,
    pub(super) kind: ConstraintKind,
    pub(super) on: VariableId,
    pub(super) within: Set,
    /// The text in the manifest: `python "3.8"`.
    pub(super) text: String,
    /// The place of the version requirement, if a suggestion can replace it.
    pub(super) requirement: Option<Span>,
}

/// The kinds of [`Constraint`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ConstraintKind {
    /// The releases that the device runs.
    Device,
    /// A requirement of the target.
    Target,
    Pin,
    Base,
    Request,
    Requirement,
    /// A requirement in `pip` on the Python distribution of a package.
    Pip,
    /// Implied by something else in the manifest, as Python packages imply Python.
    Implied,
}

/// Whether a requirement also applies to versions that a base image provides. It does if it is about the rest
/// of the platform, such as the driver that CUDA requires. Requirements of the installation, such as the
/// distribution and other packages, do not apply to what is installed already.
pub(super) fn binds_provided(catalog: &Catalog, require: &Require) -> bool {
    match catalog.package(require.name.as_str()) {
        None => true,
        Some(package) => package.axis.is_some() && !package.is_distribution(),
    }
}

impl<'a> Model<'a> {
    /// Builds the model. Reports unknown names, releases and versions.
    pub(super) fn build(question: Question<'a>, log: &mut Log) -> Result<Self, Reported> {
        build::build(question, log)
    }

    /// Returns the problem with only those constraints whose indexes `keep` accepts.
    pub(super) fn problem(&self, keep: impl Fn(usize) -> bool) -> Problem<'_> {
        let constraints = self.constraints.iter().enumerate().filter(|(index, _)| keep(*index));
        let asked = constraints
            .map(|(_, constraint)| Dependency { on: constraint.on, within: constraint.within.clone() })
            .collect();
        Problem { variables: Cow::Borrowed(&self.variables), asked }
    }

    /// Returns the axis or package of a variable; `None` for variables of other kinds.
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

    /// Whether it is an axis with nothing to install: a release, a distribution, a version of the host.
    pub(super) fn is_pure(&self) -> bool {
        self.is_axis() && self.package.install.steps.is_empty()
    }

    pub(super) fn is_distribution(&self) -> bool {
        self.package.is_distribution()
    }

    /// Whether it is an axis that only names the releases of another one, as `jetpack` does for `l4t`.
    pub(super) fn is_name(&self) -> bool {
        let package = self.package;
        let bare = |one: &PackageVersion| one.defaults.is_empty() && !one.requires.is_empty();
        let bare = !package.versions.is_empty() && package.versions.iter().all(bare);
        self.is_pure() && bare
    }
}

impl Candidate {
    /// Returns the version; `None` if absent.
    pub(super) fn version(&self) -> Option<&Version> {
        match self {
            Self::Absent => None,
            Self::Entry { version, .. }
            | Self::Unversioned(version)
            | Self::Provided { version, .. }
            | Self::HostMinimum(version) => Some(version),
        }
    }

    /// Returns the index in the definition's `versions`.
    pub(super) fn entry(&self) -> Option<usize> {
        match self {
            Self::Entry { index, .. } => Some(*index),
            Self::Provided { entry, .. } => *entry,
            Self::Absent | Self::Unversioned(_) | Self::HostMinimum(_) => None,
        }
    }

    /// Whether the base image provides it, so that nothing is installed.
    pub(super) fn is_provided(&self) -> bool {
        matches!(self, Self::Provided { .. })
    }
}
