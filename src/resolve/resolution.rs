//! The result of resolving a target: what was chosen and why.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::catalog::{Fixed, GpuAccess, Role};
use crate::source::{Sources, Span};
use crate::value::{ImageRef, Name, PackedText, Version};

/// The chosen version of each axis and package of one target, with reasons.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolution {
    pub target: TargetFacts,
    pub base: ChosenBase,
    /// The base image of stages that compile against a toolkit; `None` if they start from `base`.
    pub devel: Option<ChosenBase>,
    /// The axes and packages that the image or its build needs. Axes that nothing needs are left out, except
    /// those that define the platform (`l4t`, `jetpack`, the distribution).
    pub chosen: BTreeMap<Name, Chosen>,
    /// The version of every axis, needed or not, for conditions and templates.
    pub axes: BTreeMap<Name, Version>,
    /// For axes that are not chosen, the chosen packages whose definitions mention them. The choices can
    /// depend on these axes.
    pub looked_at: BTreeMap<Name, Vec<Name>>,
    /// The order of installation: requirements come first, ties are broken by name.
    pub order: Vec<Name>,
    pub overrides: Vec<Override>,
    /// `SOURCE_DATE_EPOCH`, in seconds.
    pub epoch: u64,
}

impl Resolution {
    /// Returns the version of an axis or a package, needed or not.
    pub fn version(&self, name: &Name) -> Option<&Version> {
        self.chosen.get(name).map(|chosen| &chosen.version).or_else(|| self.axes.get(name))
    }
}

/// The facts about a target, from its device and platform in the catalogue.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetFacts {
    pub name: Name,
    /// The device, if the target names one.
    pub device: Option<Name>,
    /// The summary of the device, or that of the platform.
    pub summary: PackedText,
    /// `tegra`, `sbsa`, `x86_64`.
    pub platform: Name,
    /// `arm64`, `amd64`.
    pub arch: Name,
    /// Compute capabilities, ascending; empty if unknown.
    pub sm: Vec<Version>,
    /// RAM in MiB, if known.
    pub memory: Option<u64>,
    /// Disk space for images and models in MiB, if known.
    pub storage: Option<u64>,
    pub gpu: GpuAccess,
    /// Whether builds and services use the host's network unless stated otherwise.
    pub host_network: bool,
    /// Groups of the host that the GPU's device nodes belong to.
    pub groups: Vec<Name>,
    /// The default driver capabilities.
    pub capabilities: Vec<PackedText>,
    /// The hardware options that are available (`camera-csi`).
    pub offers: BTreeSet<Name>,
    pub values: BTreeMap<PackedText, PackedText>,
    pub notes: Vec<PackedText>,
}

impl TargetFacts {
    /// Returns what conditions of a package can test before versions are known.
    pub fn fixed<'a>(
        &'a self,
        options: &'a BTreeMap<Name, PackedText>,
        variant: Option<&'a Name>,
    ) -> Fixed<'a> {
        Fixed { platform: &self.platform, arch: &self.arch, sm: &self.sm, options, variant }
    }
}

/// The image that a stage starts from.
#[derive(Debug, Clone, PartialEq)]
pub struct ChosenBase {
    /// The reference, with a digest if known.
    pub image: ImageRef,
    /// The catalogue's name for it; `None` for a user's own image.
    pub name: Option<PackedText>,
    pub role: Role,
    pub provides: BTreeMap<Name, Version>,
    /// Environment variables that it defines.
    pub env: Vec<PackedText>,
    /// Variables that it defines with a known value.
    pub sets: BTreeMap<PackedText, PackedText>,
    /// The number of its layers; 0 if unknown.
    pub layers: u32,
    /// Its size in MiB, if known.
    pub size: Option<u64>,
    /// Why it is unproven.
    pub unproven: Option<PackedText>,
    /// Where the manifest requests it; `None` if the resolver chose it.
    pub asked: Option<Span>,
}

/// A chosen axis or package with its reasons.
#[derive(Debug, Clone, PartialEq)]
pub struct Chosen {
    /// Its name in the catalogue.
    pub name: Name,
    pub version: Version,
    /// The index in the definition's `versions`; `None` if the package has no versions or the base image
    /// provides one that is not listed.
    pub entry: Option<usize>,
    pub kind: ChosenKind,
    /// Why it was chosen; in a fixed order.
    pub reasons: Vec<Reason>,
    /// Whether the base image contains it, so that nothing is installed.
    pub provided: bool,
    pub needed: NeededIn,
    /// The value of each option of the definition.
    pub options: BTreeMap<Name, PackedText>,
    /// The variant, if the definition has any.
    pub variant: Option<Name>,
    /// The first line of the manifest that causes it to be chosen.
    pub place: Option<Span>,
    /// Its requirements that were chosen, with the stage that needs each (`Build` ones only its build stage).
    pub requires: Vec<(Name, crate::catalog::RequireStage)>,
}

/// Whether a chosen entry is an axis or a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChosenKind {
    /// A pure axis: nothing to install (`l4t`).
    Axis,
    /// Anything else: it can have steps to build and install it.
    Package,
}

/// Where an axis or package is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NeededIn {
    pub build: bool,
    pub run: bool,
    pub test: bool,
}

/// Why a version was chosen, with the place that states it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The manifest requests it.
    Requested(Span),
    /// A pin of the manifest selects its version.
    Pinned(Span),
    /// The target states it (`jetpack "6.2"`).
    Target(Span),
    Base(Option<Span>),
    RequiredBy {
        name: Name,
        version: Version,
        /// The line of its definition.
        span: Span,
    },
    /// It is the default.
    PlatformDefault {
        /// The axis that sets the default (`l4t`), or the platform itself.
        by: Name,
        /// The version of that axis; `None` for the platform.
        version: Option<Version>,
    },
    Locked,
}

impl Reason {
    /// Formats the reason as one phrase, with places as messages show them.
    pub fn describe(&self, sources: &Sources) -> String {
        match self {
            Self::Requested(span) => format!("requested ({})", sources.place(*span)),
            Self::Pinned(span) => format!("pinned ({})", sources.place(*span)),
            Self::Target(span) => format!("set in target ({})", sources.place(*span)),
            Self::Base(_) => "provided by the base image".to_owned(),
            Self::RequiredBy { name, version, .. } if version.as_str() == "0" => {
                format!("required by {name}")
            }
            Self::RequiredBy { name, version, .. } => format!("required by {name} {version}"),
            Self::PlatformDefault { by, version: Some(version) } => format!("default of {by} {version}"),
            Self::PlatformDefault { by, version: None } => format!("default of {by}"),
            Self::Locked => "locked".to_owned(),
        }
    }
}

/// An axis whose version differs from its default, or that is absent although it has a default.
#[derive(Debug, Clone, PartialEq)]
pub struct Override {
    pub name: Name,
    pub default: Version,
    /// The chosen version; `None` if the axis is absent, because it conflicts with other requirements.
    pub chosen: Option<Version>,
    /// What overrides the default: lines of the manifest or of definitions.
    pub by: Vec<Reason>,
    /// For an absent axis, the steps of the conflict.
    pub why: Vec<String>,
}

/// Formats as `cuda 12.6 instead of 12.2` or `no cuda instead of 12.2`.
impl fmt::Display for Override {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.chosen {
            Some(chosen) => write!(f, "{} {chosen} instead of {}", self.name, self.default),
            None => write!(f, "no {} instead of {}", self.name, self.default),
        }
    }
}
