//! `packages` and `pin`.

use crate::diagnostic::Log;
use crate::source::{Span, Spanned};
use crate::syntax::Reader;
use crate::syntax::schema::{ArgSpec, NodeSpec, PropertySpec};
use crate::value::{Name, PackedText, Requirement};

use super::decode;

pub(super) static PIN: NodeSpec =
    NodeSpec::new("pin", "Version requirements that must hold; a pin does not install anything.")
        .open(&PINNED)
        .block()
        .strays("pins a version")
        .also(&[("versions", ""), ("constraints", "")]);
static PINNED: NodeSpec = NodeSpec::new("NAME", "An axis such as `cuda` or `python`, or a package.")
    .args(&[ArgSpec::text("REQUIREMENT", "The accepted versions.")])
    .optional();

pub(super) static PACKAGES: NodeSpec = NodeSpec::new("packages", "Packages of the catalogue to install.")
    .open(&PACKAGE)
    .block()
    .strays("installs it")
    .also(&[("dependencies", ""), ("requires", ""), ("install", ""), ("패키지", "")]);
static PACKAGE: NodeSpec = NodeSpec::new("NAME", "A package of the catalogue, by its name or an alias.")
    .args(&[ArgSpec::text("REQUIREMENT", "The accepted versions; any if absent.").optional()])
    .properties(&[PropertySpec::text("variant", "A named set of options and requirements of the package.")])
    .children(&[&OPTION]);
static OPTION: NodeSpec = NodeSpec::new("option", "An option of the package.")
    .args(&[ArgSpec::text("KEY", "The name of the option."), ArgSpec::text("VALUE", "The chosen value.")]);

/// A child of `packages`: `ros "humble" variant="desktop"`, `vtk "9.3" { option "qt" "5" }`.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The name of the package, or an alias.
    pub name: Spanned<Name>,
    /// The accepted versions. If absent, `*` with the span of the name.
    pub requirement: Spanned<Requirement>,
    /// `variant="…"`.
    pub variant: Option<Spanned<Name>>,
    /// `option "KEY" "VALUE"`.
    pub options: Vec<(Spanned<Name>, Spanned<PackedText>)>,
    pub span: Span,
}

/// A child of `pin`: `cuda "12.6"`.
#[derive(Debug, Clone, PartialEq)]
pub struct Pin {
    pub name: Spanned<Name>,
    /// The accepted versions.
    pub requirement: Spanned<Requirement>,
    pub span: Span,
}

impl Request {
    /// Whether the request states versions.
    pub(super) fn has_requirement(&self) -> bool {
        self.requirement.span != self.name.span
    }

    /// Returns the request without its requirement, so that it accepts any version.
    #[must_use]
    pub(super) fn without_requirement(self) -> Self {
        Self { requirement: Spanned::new(Requirement::any(), self.name.span), ..self }
    }
}

pub(super) fn decode(node: Reader<'_>, log: &mut Log) -> Vec<Request> {
    node.children().filter_map(|package| request(package, log)).collect()
}

fn request(node: Reader<'_>, log: &mut Log) -> Option<Request> {
    let name = decode::catalogue_name_of_node(node, log);
    let given = decode::text_or_number(node, 0, log);
    let variant = node.prop("variant", log);
    let mut options = Vec::new();
    for option in node.children_named("option") {
        let (key, value) = (option.arg(0, log), decode::text_or_number(option, 1, log));
        options.extend(key.zip(value));
    }
    let name = name?;
    // An invalid requirement was reported. Continue without it, to find more errors.
    let requirement = given.unwrap_or_else(|| Spanned::new(Requirement::any(), name.span));
    Some(Request { name, requirement, variant, options, span: node.span() })
}

pub(super) fn decode_pins(node: Reader<'_>, log: &mut Log) -> Vec<Pin> {
    let mut pins = Vec::new();
    for child in node.children() {
        let (name, requirement) =
            (decode::catalogue_name_of_node(child, log), decode::text_or_number(child, 0, log));
        pins.extend(name.zip(requirement).map(|(name, requirement)| Pin {
            name,
            requirement,
            span: child.span(),
        }));
    }
    pins
}
