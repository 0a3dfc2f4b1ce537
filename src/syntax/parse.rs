//! kdl's tree to ours.

use kdl::{KdlDocument, KdlEntry, KdlIdentifier, KdlNode, KdlValue};

use crate::diagnostic::{Diagnostic, Log, codes::syntax as codes};
use crate::source::{SourceId, Span};

use super::{Argument, Document, Node, Property, Text, Value};

/// Reads a text. `None` where it is no KDL: every mistake has been told.
pub fn parse(source: SourceId, text: &str, log: &mut Log) -> Option<Document> {
    match KdlDocument::parse_v2(text) {
        Ok(parsed) => {
            let tree = Tree { source, text };
            Some(Document { nodes: tree.nodes(&parsed), span: Span::new(source, 0..text.len()) })
        }
        Err(failed) => {
            for one in failed.diagnostics {
                let start = one.span.offset().min(text.len());
                let span = Span::new(source, start..(start + one.span.len()).min(text.len()));
                let message = one.message.unwrap_or_else(|| "this is no KDL".to_owned());
                let told = Diagnostic::error(codes::INVALID_KDL, message.trim_end_matches('.'));
                log.error(told.at(span, "here").maybe_help(one.help));
            }
            None
        }
    }
}

#[derive(Clone, Copy)]
struct Tree<'a> {
    source: SourceId,
    text: &'a str,
}

impl Tree<'_> {
    fn nodes(self, document: &KdlDocument) -> Vec<Node> {
        document.nodes().iter().map(|node| self.node(node)).collect()
    }

    fn node(self, node: &KdlNode) -> Node {
        let start = node.name().span().offset();
        let end = node.span().offset() + node.span().len();
        let written = self.text.get(start..end).unwrap_or_default().trim_end().len();
        let mut arguments = Vec::new();
        let mut properties = Vec::new();
        for entry in node.entries() {
            let (value, span) = self.value(entry);
            match entry.name() {
                Some(key) => properties.push(Property { key: self.name(key), value, span }),
                None => arguments.push(Argument { value, span }),
            }
        }
        Node {
            name: self.name(node.name()),
            arguments,
            properties,
            children: node.children().map(|children| self.nodes(children)),
            span: Span::new(self.source, start..start + written),
        }
    }

    fn name(self, name: &KdlIdentifier) -> Text {
        let start = name.span().offset();
        let length = name.repr().map_or(name.span().len(), str::len);
        Text { value: name.value().to_owned(), span: Span::new(self.source, start..start + length) }
    }

    fn value(self, entry: &KdlEntry) -> (Value, Span) {
        let written = entry.format().map_or("", |format| format.value_repr.as_str());
        let end = entry.span().offset() + entry.span().len();
        let value = match entry.value() {
            KdlValue::String(text) => Value::String(text.clone()),
            KdlValue::Integer(number) => Value::Integer(*number),
            KdlValue::Float(_) => Value::Float(written.to_owned()),
            KdlValue::Bool(flag) => Value::Bool(*flag),
            KdlValue::Null => Value::Null,
        };
        (value, Span::new(self.source, end.saturating_sub(written.len())..end))
    }
}
