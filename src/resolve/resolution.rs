//! What was chosen and why.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::catalog::{Fixed, GpuAccess, Role};
use crate::source::{Sources, Span};
use crate::value::{ImageRef, Name, Version};

/// Everything that a target holds, decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolution {
    pub target: TargetFacts,
    pub base: ChosenBase,
    /// The image that stages which compile against a toolkit start from; `None`: they start from `base`.
    pub devel: Option<ChosenBase>,
    /// Axes and packages that the image or its build needs, by name. Axes that nothing needs are left out, but for those
    /// that name the platform (`l4t`, `jetpack`, the distribution).
    pub chosen: BTreeMap<Name, Chosen>,
    /// Every axis' version, needed or not: conditions and templates look here.
    pub axes: BTreeMap<Name, Version>,
    /// Of axes that are not chosen: what chosen packages look at them. Which versions were chosen may hang on these.
    pub looked_at: BTreeMap<Name, Vec<Name>>,
    /// The order of installing: what something requires comes before it; ties by name.
    pub order: Vec<Name>,
    /// What is not as the platform has it by default.
    pub overrides: Vec<Override>,
    /// `SOURCE_DATE_EPOCH`, seconds.
    pub epoch: u64,
}

impl Resolution {
    /// The version of an axis or a package, whether anything needs it or not.
    pub fn version(&self, name: &Name) -> Option<&Version> {
        self.chosen.get(name).map(|chosen| &chosen.version).or_else(|| self.axes.get(name))
    }
}

/// What a target fixes, looked up.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetFacts {
    pub name: Name,
    /// The device, where one is named.
    pub device: Option<Name>,
    /// One line about it (the device's summary, else the platform's).
    pub summary: String,
    /// `tegra`, `sbsa`, `x86_64`.
    pub platform: Name,
    /// `arm64`, `amd64`.
    pub arch: Name,
    /// Compute capabilities, ascending; empty where unknown.
    pub sm: Vec<Version>,
    /// MiB of RAM, where known.
    pub memory: Option<u64>,
    /// MiB of room for images and models, where known.
    pub storage: Option<u64>,
    pub gpu: GpuAccess,
    /// Whether builds and services use the host's network unless stated otherwise.
    pub host_network: bool,
    /// Groups of the host that the GPU's device nodes belong to.
    pub groups: Vec<Name>,
    /// Driver capabilities by default.
    pub capabilities: Vec<String>,
    /// Hardware options that is available (`camera-csi`).
    pub offers: BTreeSet<Name>,
    pub values: BTreeMap<String, String>,
    pub notes: Vec<String>,
}

impl TargetFacts {
    /// What conditions of a package look at before versions are known.
    pub fn fixed<'a>(&'a self, options: &'a BTreeMap<Name, String>, variant: Option<&'a Name>) -> Fixed<'a> {
        Fixed { platform: &self.platform, arch: &self.arch, sm: &self.sm, options, variant }
    }
}

/// The image that a stage starts from.
#[derive(Debug, Clone, PartialEq)]
pub struct ChosenBase {
    /// With tag, and digest where known.
    pub image: ImageRef,
    /// The catalogue's name for it; `None` for a user's own image.
    pub name: Option<String>,
    pub role: Role,
    pub provides: BTreeMap<Name, Version>,
    /// Environment variables that it defines.
    pub env: Vec<String>,
    /// Variables that it defines with a known value.
    pub sets: BTreeMap<String, String>,
    /// Its layers; 0 where unknown.
    pub layers: u32,
    /// MiB, where known.
    pub size: Option<u64>,
    /// Why nobody has shown yet that it exists or works.
    pub unproven: Option<String>,
    /// Where the user asked for it; `None`: chosen by the resolver.
    pub asked: Option<Span>,
}

/// A locked or chosen axis or package with its reasons.
#[derive(Debug, Clone, PartialEq)]
pub struct Chosen {
    /// Its name in the catalogue.
    pub name: Name,
    pub version: Version,
    /// Which entry of the definition's `versions` this is; `None` for what the base provides or a package without any.
    pub entry: Option<usize>,
    pub kind: ChosenKind,
    /// Why it is here; never empty, in a fixed order.
    pub reasons: Vec<Reason>,
    /// Whether the base holds it already: nothing is installed.
    pub provided: bool,
    pub needed: NeededIn,
    /// Options, every one of the definition's with its value.
    pub options: BTreeMap<Name, String>,
    /// The variant, where the definition has any.
    pub variant: Option<Name>,
    /// The first line of the manifest that it is here for.
    pub place: Option<Span>,
    /// What it requires that was chosen too, with where each is needed (`build` ones are for its build stage only).
    pub requires: Vec<(Name, crate::catalog::RequireStage)>,
}

/// Whether a chosen entry is an axis or a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChosenKind {
    /// A pure axis: nothing to install (`l4t`).
    Axis,
    /// Has a definition with steps, or is provided.
    Package,
}

/// Where something is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NeededIn {
    pub build: bool,
    pub run: bool,
    pub test: bool,
}

/// Why a version was chosen, with the place that states it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The manifest asks for it there.
    Requested(Span),
    /// A pin of the manifest decides its version.
    Pinned(Span),
    /// The target's own node says so (`jetpack "6.2"`).
    Target(Span),
    Base(Option<Span>),
    RequiredBy {
        name: Name,
        version: Version,
        /// The line of its definition.
        span: Span,
    },
    /// The platform's default for that release.
    PlatformDefault {
        /// The axis that has the default (`l4t`), or the platform itself.
        by: Name,
        /// Its version; absent for the platform.
        version: Option<Version>,
    },
    Locked,
}

impl Reason {
    /// The reason as one phrase, with places as messages show them.
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

/// `cuda` is 12.6 although the release has 12.2, or there is none.
#[derive(Debug, Clone, PartialEq)]
pub struct Override {
    pub name: Name,
    pub default: Version,
    /// What was chosen; `None`: it fell away, since it goes with nothing here.
    pub chosen: Option<Version>,
    /// What overrides the default: lines of the manifest or of definitions.
    pub by: Vec<Reason>,
    /// Of what fell away the steps from those lines to it.
    pub why: Vec<String>,
}

/// `cuda 12.6 instead of 12.2`, `no cuda instead of 12.2`.
impl fmt::Display for Override {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.chosen {
            Some(chosen) => write!(f, "{} {chosen} instead of {}", self.name, self.default),
            None => write!(f, "no {} instead of {}", self.name, self.default),
        }
    }
}
