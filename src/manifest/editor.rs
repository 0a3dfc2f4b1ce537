//! `devcontainer` and its children.

use crate::diagnostic::Log;
use crate::source::Spanned;
use crate::syntax::Reader;
use crate::syntax::schema::{ArgSpec, NodeSpec, ValueKind};
use crate::value::Port;

use super::decode;

pub(super) static DEVCONTAINER: NodeSpec = NodeSpec::new(
    "devcontainer",
    "Writes a dev container definition to this path. It enables the stage and the service `dev`.",
)
.args(&[ArgSpec::text("PATH", "A path in the project.")])
.children(&[&EXTENSION, &FEATURE, &POST_CREATE, &FORWARD_PORT])
.optional();
static EXTENSION: NodeSpec = NodeSpec::new("extension", "Visual Studio Code extensions.")
    .rest(ArgSpec::text("ID", "The publisher and the name, such as `ms-python.python`."));
static FEATURE: NodeSpec =
    NodeSpec::new("feature", "A dev container feature, added when the editor opens the container.")
        .args(&[ArgSpec::text(
            "REF",
            "The image of the feature, such as `ghcr.io/devcontainers/features/git:1`.",
        )])
        .open(&FEATURE_OPTION);
static FEATURE_OPTION: NodeSpec = NodeSpec::new("KEY", "An option of the feature.")
    .args(&[ArgSpec::new(
        "VALUE",
        ValueKind::Either(&[ValueKind::Text, ValueKind::Number]),
        "The value, passed on unchanged.",
    )])
    .optional();
static POST_CREATE: NodeSpec =
    NodeSpec::new("post-create", "A command that runs once, after the container is created.")
        .rest(ArgSpec::text("WORD", "A word of the command; a single word with spaces is run by a shell."))
        .optional();
static FORWARD_PORT: NodeSpec = NodeSpec::new("forward-port", "Ports that the editor forwards.")
    .rest(ArgSpec::new("PORT", ValueKind::Integer, "A port of the container."));

/// The children of `devcontainer`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DevcontainerOptions {
    /// `extension "ms-python.python"`.
    pub extensions: Vec<Spanned<String>>,
    /// `feature "REF" { KEY "VALUE" }`.
    pub features: Vec<Feature>,
    /// `post-create "pip" "install" …`.
    pub post_create: Option<Spanned<Vec<String>>>,
    /// `forward-port 8888`.
    pub forward_ports: Vec<Spanned<Port>>,
}

/// A dev container feature with its options.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    pub image: Spanned<String>,
    pub options: Vec<(Spanned<String>, Spanned<String>)>,
}

/// Decodes the children of `devcontainer`, if the block has one.
pub(super) fn decode(output: Reader<'_>, log: &mut Log) -> DevcontainerOptions {
    let Some(node) = output.child("devcontainer") else { return DevcontainerOptions::default() };
    DevcontainerOptions {
        extensions: node.args_of_children("extension", log),
        features: node.children_named("feature").filter_map(|feature| decode_feature(feature, log)).collect(),
        post_create: decode::exec(node.child("post-create"), log),
        forward_ports: decode::texts_or_numbers(node, "forward-port", log),
    }
}

fn decode_feature(node: Reader<'_>, log: &mut Log) -> Option<Feature> {
    let image = node.arg(0, log)?;
    let options = node.children().filter_map(|option| {
        let key = Spanned::new(option.name().to_owned(), option.name_span());
        Some((key, decode::text_or_number(option, 0, log)?))
    });
    Some(Feature { image, options: options.collect() })
}

impl DevcontainerOptions {
    /// Merges another `devcontainer`: adds to lists, and replaces features with the same image and the
    /// command.
    pub(super) fn overlay(&mut self, other: Self) {
        let Self { extensions, features, post_create, forward_ports } = other;
        self.extensions.extend(extensions);
        self.features.retain(|one| features.iter().all(|other| other.image.value != one.image.value));
        self.features.extend(features);
        self.post_create = post_create.or(self.post_create.take());
        self.forward_ports.extend(forward_ports);
    }
}
