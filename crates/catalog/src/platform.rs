//! Platforms, devices, bases, indexes and forbidden packages: `packages/platform/`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::source::{Span, Spanned};
use crate::value::{Digest, Engine, Name, PackedText, Repository, Version};

use super::{Require, Template};

/// `platform "tegra" { … }`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Platform {
    pub name: Spanned<Name>,
    pub summary: PackedText,
    /// `amd64`, `arm64`: Debian's word, also that of `BuildKit`.
    pub arch: Name,
    /// How a container gets at the GPU.
    pub gpu: GpuAccess,
    /// Whether builds and services use the host's network unless stated otherwise.
    pub host_network: bool,
    /// `NVIDIA_DRIVER_CAPABILITIES` unless the run profile needs others.
    pub capabilities: Vec<PackedText>,
    /// Run options that need such a machine and is available here: `camera-csi`, `gpio`, `i2c`, `spi`, `can`, `jtop`.
    pub offers: Vec<Name>,
    pub axes: Vec<Name>,
    /// What they are where no release says so.
    pub defaults: BTreeMap<Name, Spanned<Version>>,
    /// Groups of the host that the GPU's device nodes belong to.
    pub groups: Vec<Name>,
    /// Words in names and tags of images that are made for it.
    pub image_words: Vec<PackedText>,
    /// Patterns of shared libraries that the host's driver brings into a container.
    pub driver_libraries: Vec<PackedText>,
    /// What else a host needs, for the script that prepares one: each for users of one engine, or for all.
    pub notes: Vec<(Spanned<PackedText>, Option<Engine>)>,
    /// Where its facts come from.
    pub sources: Vec<PackedText>,
    pub span: Span,
}

/// How a container gets at the GPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum GpuAccess {
    /// `runtime: nvidia`.
    Runtime,
    Reservation,
    /// The host's CDI specification, where a manifest asks for it.
    Cdi,
}

/// `device "jetson-agx-orin" { … }`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Device {
    pub name: Spanned<Name>,
    pub aliases: Vec<Spanned<Name>>,
    pub summary: PackedText,
    pub platform: Spanned<Name>,
    pub sm: Vec<Spanned<Version>>,
    /// RAM shared with the GPU, MiB; the smallest of the family.
    pub memory: Option<u64>,
    /// What images usually have room on, MiB.
    pub storage: Option<u64>,
    pub requires: Vec<Require>,
    /// Values for templates and run profiles: `model "JETSON_ORIN"`.
    pub values: BTreeMap<PackedText, PackedText>,
    /// Where its facts come from.
    pub sources: Vec<PackedText>,
    pub span: Span,
}

/// `gpu "8.9" { … }`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct GpuKind {
    pub capability: Spanned<Version>,
    pub summary: PackedText,
    pub platform: Spanned<Name>,
    /// Where its facts come from.
    pub sources: Vec<PackedText>,
    pub span: Span,
}

/// `base "l4t-cuda" { image "…"; tag "…" { … } }`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct BaseImage {
    /// The name that manifests use.
    pub name: Spanned<PackedText>,
    pub summary: PackedText,
    pub image: Repository,
    /// Whether the resolver may choose it when the manifest names no base.
    pub auto: bool,
    /// Archives of system packages that it has already, by the names that `apt-source` gives them.
    pub apt_sources: Vec<Name>,
    /// Variables that all its tags define, with their values.
    pub sets: BTreeMap<PackedText, PackedText>,
    /// The tags, preferred first.
    pub tags: Vec<BaseTag>,
    /// What a page shows of every tag.
    pub shown: Vec<Shown>,
    /// Where its facts come from.
    pub sources: Vec<PackedText>,
    pub span: Span,
}

/// One tag of a base image with what it provides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct BaseTag {
    pub tag: Spanned<PackedText>,
    pub digest: Option<Digest>,
    /// What it holds: runtime libraries, or compilers and headers too.
    pub role: Role,
    pub requires: Vec<Require>,
    /// What is installed in it, or put into it by the host's container runtime.
    pub provides: BTreeMap<Name, Spanned<Version>>,
    /// Of these what the host puts in: it is there when the container runs, not while an image is built.
    pub host: BTreeSet<Name>,
    /// Taken before other tags that fit, whatever their size.
    pub preferred: bool,
    pub shown: Vec<Shown>,
    /// Environment variables that it defines, so that a path may be put before its own.
    pub env: Vec<PackedText>,
    /// MiB.
    pub size: Option<u64>,
    pub layers: Option<u32>,
    /// Why nobody has shown yet that it exists or works.
    pub unproven: Option<Spanned<PackedText>>,
    pub span: Span,
}

/// `shown "cuda" "cudnn" by="https://…"`: the page that shows what an image provides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Shown {
    pub names: Vec<Name>,
    pub by: PackedText,
}

/// Whether a base image is shipped or only built in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Role {
    Runtime,
    Devel,
}

/// `index "jetson-ai-lab" { url "…{{ cuda.major }}…"; mirror "…" }`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Index {
    /// The name that `pip … index=` uses.
    pub name: Spanned<Name>,
    pub url: Template,
    /// The same packages elsewhere.
    pub mirrors: Vec<Template>,
    /// Where its facts come from.
    pub sources: Vec<PackedText>,
    pub span: Span,
}

/// `forbid "nvidia-l4t-kernel*" reason="…" { platform "tegra" }`: system packages that cannot be installed in an
/// image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Forbidden {
    /// A package's name; a `*` at its end stands for anything.
    pub pattern: Spanned<PackedText>,
    /// Why, and what to do instead.
    pub reason: PackedText,
    /// A package whose archives have them: with one of these archives they are allowed.
    pub archive_of: Option<Spanned<Name>>,
    /// What to do if the image has none of these archives; `None` to request that package.
    pub instead: Option<PackedText>,
    /// Where it holds; everywhere when empty.
    pub platforms: Vec<Spanned<Name>>,
    /// Where its facts come from.
    pub sources: Vec<PackedText>,
    pub span: Span,
}

impl Forbidden {
    /// Whether it means this system package.
    pub fn matches(&self, package: &str) -> bool {
        match self.pattern.strip_suffix('*') {
            Some(start) => package.starts_with(start),
            None => self.pattern.value == package,
        }
    }

    pub fn holds_on(&self, platform: &str) -> bool {
        self.platforms.is_empty() || self.platforms.iter().any(|one| one.as_str() == platform)
    }
}
