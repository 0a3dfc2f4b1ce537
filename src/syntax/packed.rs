//! A tree as bytes, for the catalogue that is packed at build time.

use serde::{Deserialize, Serialize};

use crate::source::{SourceId, Span};

use super::{Argument, Document, Node, Property, Text, Value};

/// A place without its source: the first byte and the length.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Place(u32, u32);

#[derive(Serialize, Deserialize)]
struct PackedText(String, Place);

#[derive(Serialize, Deserialize)]
struct PackedNode {
    name: PackedText,
    arguments: Vec<(Value, Place)>,
    properties: Vec<(PackedText, Value, Place)>,
    children: Option<Vec<PackedNode>>,
    place: Place,
}

#[derive(Serialize, Deserialize)]
struct PackedDocument(Vec<PackedNode>, Place);

/// The tree as bytes, without its source.
pub fn pack(document: &Document) -> Vec<u8> {
    let packed = PackedDocument(document.nodes.iter().map(pack_node).collect(), pack_span(document.span));
    postcard::to_stdvec(&packed).expect("a tree has nothing that can't be written")
}

/// The tree from its bytes, as the tree of `source`; `None` where they are no tree.
pub fn unpack(bytes: &[u8], source: SourceId) -> Option<Document> {
    let PackedDocument(nodes, place) = postcard::from_bytes(bytes).ok()?;
    let unpack = Unpack { source };
    Some(Document { nodes: unpack.nodes(nodes), span: unpack.span(place) })
}

fn pack_span(span: Span) -> Place {
    Place(span.start, span.end - span.start)
}

fn pack_text(text: &Text) -> PackedText {
    PackedText(text.value.clone(), pack_span(text.span))
}

fn pack_node(node: &Node) -> PackedNode {
    let argument = |one: &Argument| (one.value.clone(), pack_span(one.span));
    let property = |one: &Property| (pack_text(&one.key), one.value.clone(), pack_span(one.span));
    PackedNode {
        name: pack_text(&node.name),
        arguments: node.arguments.iter().map(argument).collect(),
        properties: node.properties.iter().map(property).collect(),
        children: node.children.as_ref().map(|children| children.iter().map(pack_node).collect()),
        place: pack_span(node.span),
    }
}

#[derive(Clone, Copy)]
struct Unpack {
    source: SourceId,
}

impl Unpack {
    fn span(self, Place(start, length): Place) -> Span {
        Span { source: self.source, start, end: start.saturating_add(length) }
    }

    fn text(self, PackedText(value, place): PackedText) -> Text {
        Text { value, span: self.span(place) }
    }

    fn nodes(self, nodes: Vec<PackedNode>) -> Vec<Node> {
        nodes.into_iter().map(|node| self.node(node)).collect()
    }

    fn node(self, node: PackedNode) -> Node {
        let argument = |(value, place)| Argument { value, span: self.span(place) };
        let property = |(key, value, place)| Property { key: self.text(key), value, span: self.span(place) };
        Node {
            name: self.text(node.name),
            arguments: node.arguments.into_iter().map(argument).collect(),
            properties: node.properties.into_iter().map(property).collect(),
            children: node.children.map(|children| self.nodes(children)),
            span: self.span(node.place),
        }
    }
}
