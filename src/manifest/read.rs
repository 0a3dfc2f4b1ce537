//! The texts that a manifest was read from: their hash, and citations of nodes for the generated files.

use crate::source::{SourceId, Sources, Span};
use crate::syntax::schema::{Children, NodeSpec, Times};
use crate::syntax::{Document, Node, Value, meaning};
use crate::value::Sha256;

/// The texts of a project in the order in which they were read: the manifest, manifests that it extends,
/// requirements files and keys.
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

    /// Returns the hash of all texts. Of manifests, layout and comments are not hashed.
    pub fn hash(&self, sources: &Sources) -> Sha256 {
        let mut parts = Vec::new();
        for id in &self.sources {
            let source = sources.get(*id);
            parts.push(source.name.as_bytes().to_vec());
            parts.push(match self.document(*id) {
                Some(document) => meaning(document),
                None => source.text.as_bytes().to_vec(),
            });
        }
        Sha256::of(parts.iter().map(Vec::as_slice))
    }

    /// Returns the file and the path of nodes that enclose a span, such as `project.kdl: packages vtk`.
    /// Generated files cite the manifest in this form: line numbers would change with every line above.
    pub fn cite(&self, span: Span, sources: &Sources) -> String {
        let file = sources.get(span.source).name;
        let mut path: Vec<&str> = Vec::new();
        let mut nodes: &[Node] = self.document(span.source).map_or(&[], |document| &document.nodes);
        let mut children = Children::Listed(super::LANGUAGE);
        while let Some(node) = enclosing(nodes, span) {
            let spec = children.find(&node.name.value);
            path.push(&node.name.value);
            path.extend(spec.and_then(|spec| name_argument(node, spec)));
            children = spec.map_or(Children::None, |spec| spec.children);
            nodes = node.children.as_deref().unwrap_or_default();
        }
        if path.is_empty() { file.to_owned() } else { format!("{file}: {}", path.join(" ")) }
    }

    /// Returns a sort key that puts spans in the order in which they take effect: extended manifests come
    /// first.
    pub fn order(&self, span: Span) -> (usize, Span) {
        let at = self.documents.iter().position(|document| document.span.source == span.source);
        (at.unwrap_or(self.documents.len()), span)
    }

    fn document(&self, source: SourceId) -> Option<&Document> {
        self.documents.iter().find(|document| document.span.source == source)
    }
}

/// Finds the node that encloses a span. The nodes are sorted and do not overlap.
fn enclosing(nodes: &[Node], span: Span) -> Option<&Node> {
    let after = nodes.partition_point(|node| node.span.start <= span.start);
    nodes[..after].last().filter(|node| encloses(node.span, span))
}

fn encloses(outer: Span, inner: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// Returns the argument that distinguishes a node from others of its kind: `orin` of `target "orin"`.
fn name_argument<'a>(node: &'a Node, spec: &NodeSpec) -> Option<&'a str> {
    let named = spec.arguments.first().is_some_and(|argument| argument.name == "NAME");
    let several = matches!(spec.times, Times::Many | Times::AtLeastOnce);
    match node.arguments.first().map(|argument| &argument.value) {
        Some(Value::String(name)) if named && several => Some(name),
        _ => None,
    }
}
