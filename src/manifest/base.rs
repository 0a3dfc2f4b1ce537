//! `base`.

use crate::diagnostic::{Diagnostic, Log, codes::manifest as codes, wording};
use crate::source::{Span, Spanned};
use crate::syntax::Reader;
use crate::syntax::schema::{ArgSpec, NodeSpec, PropertySpec};
use crate::value::{Digest, ImageRef, Name, Version};

use super::decode;

pub(super) static BASE: NodeSpec = NodeSpec::new("base", "The base image; chosen by the resolver if absent.")
    .args(&[
        ArgSpec::text("NAME", "A base image of the catalogue, or a published family of images.").optional()
    ])
    .properties(&[
        PropertySpec::text("image", "Any image, by its reference; declare what it contains with `provides`."),
        PropertySpec::text(
            "digest",
            "The digest of that image, or of the chosen tag of a base image of the catalogue.",
        ),
    ])
    .children(&[&PROVIDES])
    .also(&[("from", "base image={}"), ("image", "base image={}"), ("base-image", "base image={}")])
    .optional();
static PROVIDES: NodeSpec =
    NodeSpec::new("provides", "What the image contains: these versions are fixed and not installed again.")
        .open(&PROVIDED)
        .block()
        .optional();
static PROVIDED: NodeSpec = NodeSpec::new("NAME", "An axis such as `ubuntu` or `cuda`, or a package.")
    .args(&[ArgSpec::text("VERSION", "The version in the image.")])
    .optional();

/// The `base` node: the image that the final stage starts from.
#[derive(Debug, Clone, PartialEq)]
pub struct Base {
    pub choice: BaseChoice,
    /// The digest of a base image of the catalogue. `choice` contains that of any other image.
    pub digest: Option<Spanned<Digest>>,
    /// The contents that the user declares (`provides`), in addition to those in the catalogue.
    pub provides: Vec<Provided>,
    pub span: Span,
}

/// The image of a `base` node.
#[derive(Debug, Clone, PartialEq)]
pub enum BaseChoice {
    /// An image of the catalogue: `base "l4t-jetpack"`, `base "dustynv/l4t-pytorch"`.
    Catalog(Spanned<String>),
    /// Any image: `base image="acme/base:1.4" digest="sha256:…"`.
    Image { image: Spanned<ImageRef>, digest: Option<Spanned<Digest>> },
}

/// A child of `provides`: `cuda "12.6"`.
#[derive(Debug, Clone, PartialEq)]
pub struct Provided {
    pub name: Spanned<Name>,
    /// The version in the image.
    pub version: Spanned<Version>,
}

pub(super) fn decode(node: Reader<'_>, log: &mut Log) -> Option<Base> {
    let mut provides = Vec::new();
    for child in node.child("provides").into_iter().flat_map(Reader::children) {
        let (name, version) = (child.name_as(log), decode::text_or_number(child, 0, log));
        provides.extend(name.zip(version).map(|(name, version)| Provided { name, version }));
    }
    let choice = choice(node, log)?;
    let digest = match &choice {
        BaseChoice::Catalog(_) => node.prop("digest", log),
        BaseChoice::Image { .. } => None,
    };
    Some(Base { choice, digest, provides, span: node.span() })
}

/// Decodes the choice of the image. Reports a missing or contradictory choice and returns `None`.
fn choice(node: Reader<'_>, log: &mut Log) -> Option<BaseChoice> {
    let name: Option<Spanned<String>> = node.arg(0, log);
    let image: Option<Spanned<ImageRef>> = node.prop("image", log);
    let digest: Option<Spanned<Digest>> = node.prop("digest", log);
    let has_image = node.props().iter().any(|given| given.key.value == "image");
    let error = |message: &str| Diagnostic::error(codes::BASE_CHOICE, message);
    let diagnostic = match (name, image, digest) {
        (Some(name), None, _) if !has_image => return Some(BaseChoice::Catalog(name)),
        (None, Some(image), Some(digest)) if image.digest().is_some_and(|own| *own != digest.value) => {
            error("the image has two different digests")
                .at(digest.span, "this digest")
                .at(image.span, "differs from the one in the reference")
                .help("remove one of them")
        }
        (None, Some(image), None) if image.tag().is_none() && image.digest().is_none() => {
            let written = format!("base image=\"{}:TAG\"", image.value);
            error("the image has neither a tag nor a digest")
                .at(image.span, "each build would use the newest image")
                .help(format!("add one: {}, or `digest=\"sha256:…\"`", wording::code(written)))
        }
        (None, Some(image), digest) => return Some(BaseChoice::Image { image, digest }),
        (Some(name), Some(image), _) => error("`base` takes either a catalogue base or an image, not both")
            .at(name.span, "a catalogue base")
            .at(image.span, "an image")
            .help("remove one of them"),
        // An invalid name or image was reported.
        _ if node.arg_count() > 0 || has_image => return None,
        _ => error("`base` names no image").at(node.name_span(), "missing name or image").help(
            "write `base \"NAME\"` for a catalogue base, or `base image=\"REFERENCE\"` for any \
                other image",
        ),
    };
    log.error(diagnostic);
    None
}
