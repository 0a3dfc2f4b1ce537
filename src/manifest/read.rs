//! What a manifest was read from: what it comes to, and where in it something stands.

use crate::source::{SourceId, Sources, Span};
use crate::syntax::schema::{Children, NodeSpec, Times};
use crate::syntax::{Document, Node, Value, meaning};
use crate::value::Sha256;

/// The texts behind a manifest, in the order in which they were read: its own, those that it extends, requirements
/// files.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Read {
    sources: Vec<SourceId>,
    documents: Vec<Document>,
}

impl Read {
    pub(super) fn new(sources: Vec<SourceId>, documents: Vec<Document>) -> Self {
        Self { sources, documents }
    }

    pub fn sources(&self) -> &[SourceId] {
        &self.sources
    }

    /// The hash of what the texts say. Layout and comments of a manifest are no part of it.
    pub fn hash(&self, sources: &Sources) -> Sha256 {
        let mut parts = Vec::new();
        for id in &self.sources {
            let source = sources.get(*id);
            parts.push(source.name.clone().into_owned().into_bytes());
            parts.push(match self.document(*id) {
                Some(document) => meaning(document),
                None => source.text.clone().into_owned().into_bytes(),
            });
        }
        Sha256::of(parts.iter().map(Vec::as_slice))
    }

    /// `project.kdl: packages vtk`: the nodes around a place, from the outside in. Generated files cite by them, since
    /// the number of a line moves with every line above it.
    pub fn cite(&self, span: Span, sources: &Sources) -> String {
        let file = &sources.get(span.source).name;
        let mut words: Vec<&str> = Vec::new();
        let mut nodes: &[Node] = self.document(span.source).map_or(&[], |document| &document.nodes);
        let mut children = Children::Listed(super::LANGUAGE);
        while let Some(node) = enclosing(nodes, span) {
            let spec = children.find(&node.name.value);
            words.push(&node.name.value);
            words.extend(spec.and_then(|spec| name_of(node, spec)));
            children = spec.map_or(Children::None, |spec| spec.children);
            nodes = node.children.as_deref().unwrap_or_default();
        }
        if words.is_empty() { file.clone().into_owned() } else { format!("{file}: {}", words.join(" ")) }
    }

    /// Sorts places as they take effect: what a manifest extends comes before its own nodes.
    pub fn order(&self, span: Span) -> (usize, Span) {
        let at = self.documents.iter().position(|document| document.span.source == span.source);
        (at.unwrap_or(self.documents.len()), span)
    }

    fn document(&self, source: SourceId) -> Option<&Document> {
        self.documents.iter().find(|document| document.span.source == source)
    }
}

/// The node around a place. They are in the order of their places and apart from each other.
fn enclosing(nodes: &[Node], span: Span) -> Option<&Node> {
    let after = nodes.partition_point(|node| node.span.start <= span.start);
    nodes[..after].last().filter(|node| encloses(node.span, span))
}

fn encloses(outer: Span, inner: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// The name that tells a node from others of its kind: `orin` of `target "orin"`.
fn name_of<'a>(node: &'a Node, spec: &NodeSpec) -> Option<&'a str> {
    let named = spec.arguments.first().is_some_and(|argument| argument.name == "NAME");
    let several = matches!(spec.times, Times::Many | Times::AtLeastOnce);
    match node.arguments.first().map(|argument| &argument.value) {
        Some(Value::String(name)) if named && several => Some(name),
        _ => None,
    }
}
