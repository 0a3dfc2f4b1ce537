//! `target`.

use crate::source::{Span, Spanned};
use crate::value::{Name, Requirement, Version};

use super::Engine;

/// `target "orin" { device "jetson-agx-orin"; jetpack "6.2" }`.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// The name; `default` where the only target has none.
    pub name: Spanned<Name>,
    /// A machine of the catalogue.
    pub device: Option<Spanned<Name>>,
    /// Without a device: a platform of the catalogue.
    pub platform: Option<Spanned<Name>>,
    /// Compute capabilities to build for (`8.6`), where no device fixes them.
    pub gpu: Vec<Spanned<Version>>,
    /// Requirements on axes, as written under the target: `jetpack`, `l4t`, `ubuntu`, `driver`.
    pub axes: Vec<AxisRequirement>,
    /// What runs it there.
    pub engine: Option<Spanned<Engine>>,
    /// The whole node.
    pub span: Span,
}

/// `jetpack "6.2"`, `l4t "36.9" like="36.4.7"`.
#[derive(Debug, Clone, PartialEq)]
pub struct AxisRequirement {
    /// Which axis.
    pub axis: Spanned<Name>,
    /// What is required of it.
    pub requirement: Spanned<Requirement>,
    /// Which known release an unknown one is taken for.
    pub like: Option<Spanned<Version>>,
}
