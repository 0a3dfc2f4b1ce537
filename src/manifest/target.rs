//! `target`.

use crate::diagnostic::Log;
use crate::source::{Span, Spanned};
use crate::syntax::Reader;
use crate::syntax::schema::{ArgSpec, NodeSpec, PropertySpec, ValueKind};
use crate::value::{ByteSize, Name, Parse, Requirement, Version};

use super::app::APP;
use super::apt::APT;
use super::base::BASE;
use super::build::BUILD;
use super::output::CACHE;
use super::package::{PACKAGES, PIN};
use super::pip::PIP;
use super::project::ALLOW;
use super::run::RUN;
use super::test::TEST;
use super::{Engine, decode};

pub(super) static TARGET: NodeSpec =
    NodeSpec::new("target", "Where the image runs; top-level nodes inside it apply to this target only.")
        .args(&[
            ArgSpec::text("NAME", "The name of the target; optional if there is only one target.").optional()
        ])
        .children(&[
            &DEVICE, &PLATFORM, &GPU, &JETPACK, &L4T, &UBUNTU, &DRIVER, &STORAGE, &ENGINE, &PIN, &BASE,
            &BUILD, &PACKAGES, &APT, &PIP, &APP, &RUN, &TEST, &CACHE, &ALLOW,
        ])
        .also(&[("타겟", ""), ("타깃", ""), ("대상", ""), ("ターゲット", ""), ("目標", "")])
        .block();
static DEVICE: NodeSpec =
    NodeSpec::new("device", "A device of the catalogue; it determines platform, CPU and GPU.")
        .args(&[ArgSpec::text("NAME", "The device, as listed by `jcc list devices`.")])
        .also(&[
            ("board", ""),
            ("machine", ""),
            ("hardware", ""),
            ("장치", ""),
            ("기기", ""),
            ("디바이스", ""),
        ])
        .optional();
static PLATFORM: NodeSpec = NodeSpec::new("platform", "The platform, if there is no device.")
    .args(&[ArgSpec::text("NAME", "The platform, such as `x86_64`.")])
    .also(&[("arch", ""), ("architecture", "")])
    .optional();
static GPU: NodeSpec = NodeSpec::new("gpu", "The compute capabilities to build for, if there is no device.")
    .rest(ArgSpec::new(
        "CAPABILITY",
        ValueKind::Either(&[ValueKind::Text, ValueKind::Number]),
        "A compute capability, such as `8.6`.",
    ))
    .optional();
static JETPACK: NodeSpec = release("jetpack", "The JetPack release.");
static L4T: NodeSpec = release("l4t", "The L4T release.");
static UBUNTU: NodeSpec = axis("ubuntu", "The Ubuntu release of the image.");
static DRIVER: NodeSpec = axis("driver", "The GPU driver of the host.");
static STORAGE: NodeSpec = NodeSpec::new(
    "storage",
    "The space for images and models on the target; the storage of the device if absent.",
)
.args(&[ArgSpec::text("SIZE", "A whole number followed by `m`, `g` or `t`, such as `256g`.")])
.optional();
static ENGINE: NodeSpec = NodeSpec::new("engine", "The container engine of the target.")
    .args(&[ArgSpec::new(
        "ENGINE",
        ValueKind::Choice(Engine::WORDS),
        "Docker with Compose, or Podman with Quadlet.",
    )])
    .optional();

const VERSIONS: &[ArgSpec] = &[ArgSpec::text("REQUIREMENT", "The accepted versions.")];

const fn axis(name: &'static str, doc: &'static str) -> NodeSpec {
    NodeSpec::new(name, doc).args(VERSIONS).optional()
}

/// Returns the schema of an axis whose releases the catalogue lists. With `like`, an unknown release is
/// treated as a known one.
const fn release(name: &'static str, doc: &'static str) -> NodeSpec {
    const LIKE: &[PropertySpec] = &[PropertySpec::text(
        "like",
        "Treats a release that the catalogue does not know as this known release.",
    )];
    axis(name, doc).properties(LIKE)
}

/// `target "orin" { device "jetson-agx-orin"; jetpack "6.2" }`.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// The name; `default` if the only target has none.
    pub name: Spanned<Name>,
    /// A device of the catalogue.
    pub device: Option<Spanned<Name>>,
    /// A platform of the catalogue, if there is no device.
    pub platform: Option<Spanned<Name>>,
    /// The compute capabilities to build for, as written (`8.6`), if there is no device.
    pub gpu: Vec<Spanned<String>>,
    /// The requirements on axes: `jetpack`, `l4t`, `ubuntu`, `driver`.
    pub axes: Vec<AxisRequirement>,
    /// The space for images and models on the target.
    pub storage: Option<Spanned<ByteSize>>,
    pub engine: Option<Spanned<Engine>>,
    pub span: Span,
}

/// A requirement on an axis: `jetpack "6.2"`, `l4t "36.9" like="36.4.7"`.
#[derive(Debug, Clone, PartialEq)]
pub struct AxisRequirement {
    pub axis: Spanned<Name>,
    pub requirement: Spanned<Requirement>,
    /// The known release that an unknown one is treated as.
    pub like: Option<Spanned<Version>>,
}

/// The name of a target that has none; it must be the only one.
pub(super) const UNNAMED: &str = "default";

impl Target {
    /// The axes that have a node in `target`.
    pub const AXES: &'static [&'static str] = &["jetpack", "l4t", "ubuntu", "driver"];
}

/// Decodes the nodes that only `target` has. `scope::decode` decodes the others.
pub(super) fn decode(node: Reader<'_>, log: &mut Log) -> Option<Target> {
    let name = if node.arg_count() == 0 {
        let name = Name::parse(UNNAMED).expect("`default` is a name");
        Some(Spanned::new(name, node.name_span()))
    } else {
        // An invalid name was reported. Continue with the default, to find errors in the block.
        node.arg(0, log)
            .or_else(|| Name::parse(UNNAMED).ok().map(|name| Spanned::new(name, node.name_span())))
    };
    let device = decode::catalogue_name_of_child(node, "device", log);
    let platform = decode::catalogue_name_of_child(node, "platform", log);
    let gpu = decode::texts_or_numbers(node, "gpu", log);
    let axes = node.children().filter_map(|child| decode_axis(child, log)).collect();
    let storage = node.text_of_child("storage", log);
    let engine = decode::choice(node.child("engine"));
    Some(Target { name: name?, device, platform, gpu, axes, storage, engine, span: node.span() })
}

fn decode_axis(node: Reader<'_>, log: &mut Log) -> Option<AxisRequirement> {
    if !Target::AXES.contains(&node.name()) {
        return None;
    }
    let axis = node.name_as(log);
    let requirement = decode::text_or_number(node, 0, log);
    let like = node.prop("like", log);
    Some(AxisRequirement { axis: axis?, requirement: requirement?, like })
}
