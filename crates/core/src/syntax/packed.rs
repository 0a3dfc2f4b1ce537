//! The binary form of nodes, for the catalogue that is packed at build time. Unpacked texts borrow from the
//! bytes, so that startup copies none of them.

use std::borrow::Cow;

use crate::source::{SourceId, Span};

use super::{Argument, Document, Node, Property, Text, Value};

/// The tags of value kinds.
mod tag {
    pub(super) const STRING: u8 = 0;
    pub(super) const INTEGER: u8 = 1;
    pub(super) const FLOAT: u8 = 2;
    pub(super) const FALSE: u8 = 3;
    pub(super) const TRUE: u8 = 4;
    pub(super) const NULL: u8 = 5;
}

/// Packs a node, without the id of its source.
pub fn pack(node: &Node) -> Vec<u8> {
    let mut pack = Packer { bytes: Vec::new(), with_spans: true };
    pack.node(node);
    pack.bytes
}

/// Returns the tree without spans as bytes. They are equal for texts that differ only in layout and comments.
pub fn meaning(document: &Document) -> Vec<u8> {
    let mut pack = Packer { bytes: Vec::new(), with_spans: false };
    pack.nodes(&document.nodes);
    pack.bytes
}

/// Unpacks a node of `source`; `None` if the bytes are invalid.
pub fn unpack(bytes: &'static [u8], source: SourceId) -> Option<Node> {
    let mut unpack = Unpacker { bytes, source };
    let node = unpack.node()?;
    unpack.bytes.is_empty().then_some(node)
}

struct Packer {
    bytes: Vec<u8>,
    /// Whether spans are written.
    with_spans: bool,
}

impl Packer {
    /// Writes a number with seven bits per byte, least significant first. The high bit is set if more bytes
    /// follow.
    fn number(&mut self, mut number: u32) {
        while number >= 0x80 {
            self.bytes.push(number.to_le_bytes()[0] | 0x80);
            number >>= 7;
        }
        self.bytes.push(number.to_le_bytes()[0]);
    }

    fn count(&mut self, count: usize) {
        self.number(u32::try_from(count).expect("a text is shorter than 4 GiB"));
    }

    fn span(&mut self, span: Span) {
        if self.with_spans {
            self.number(span.start);
            self.number(span.end - span.start);
        }
    }

    fn letters(&mut self, text: &str) {
        self.count(text.len());
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn text(&mut self, text: &Text) {
        self.letters(&text.value);
        self.span(text.span);
    }

    fn value(&mut self, value: &Value, span: Span) {
        match value {
            Value::String(text) => {
                self.bytes.push(tag::STRING);
                self.letters(text);
            }
            Value::Integer(number) => {
                self.bytes.push(tag::INTEGER);
                self.bytes.extend(number.to_le_bytes());
            }
            Value::Float(text) => {
                self.bytes.push(tag::FLOAT);
                self.letters(text);
            }
            Value::Bool(false) => self.bytes.push(tag::FALSE),
            Value::Bool(true) => self.bytes.push(tag::TRUE),
            Value::Null => self.bytes.push(tag::NULL),
        }
        self.span(span);
    }

    fn nodes(&mut self, nodes: &[Node]) {
        self.count(nodes.len());
        for node in nodes {
            self.node(node);
        }
    }

    fn node(&mut self, node: &Node) {
        self.text(&node.name);
        self.count(node.arguments.len());
        for one in &node.arguments {
            self.value(&one.value, one.span);
        }
        self.count(node.properties.len());
        for one in &node.properties {
            self.text(&one.key);
            self.value(&one.value, one.span);
        }
        self.bytes.push(u8::from(node.children.is_some()));
        if let Some(children) = &node.children {
            self.nodes(children);
        }
        self.span(node.span);
    }
}

struct Unpacker {
    bytes: &'static [u8],
    source: SourceId,
}

impl Unpacker {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*first)
    }

    fn number(&mut self) -> Option<u32> {
        let mut number = 0;
        for shift in (0..32).step_by(7) {
            let byte = self.byte()?;
            number |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn take(&mut self, count: usize) -> Option<&'static [u8]> {
        let (take, rest) = self.bytes.split_at_checked(count)?;
        self.bytes = rest;
        Some(take)
    }

    fn span(&mut self) -> Option<Span> {
        let start = self.number()?;
        let length = self.number()?;
        Some(Span { source: self.source, start, end: start.saturating_add(length) })
    }

    fn letters(&mut self) -> Option<&'static str> {
        let length = self.number()?;
        std::str::from_utf8(self.take(length as usize)?).ok()
    }

    fn text(&mut self) -> Option<Text> {
        Some(Text { value: Cow::Borrowed(self.letters()?), span: self.span()? })
    }

    fn value(&mut self) -> Option<Value> {
        Some(match self.byte()? {
            tag::STRING => Value::String(Cow::Borrowed(self.letters()?)),
            tag::INTEGER => Value::Integer(i128::from_le_bytes(*self.take(16)?.first_chunk()?)),
            tag::FLOAT => Value::Float(self.letters()?.to_owned()),
            tag::FALSE => Value::Bool(false),
            tag::TRUE => Value::Bool(true),
            tag::NULL => Value::Null,
            _ => return None,
        })
    }

    /// Reads a count and as many items. A count that exceeds the remaining bytes allocates no memory.
    fn several<T>(&mut self, mut one: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.number()? as usize;
        let mut all = Vec::with_capacity(count.min(self.bytes.len()));
        for _ in 0..count {
            all.push(one(self)?);
        }
        Some(all)
    }

    fn nodes(&mut self) -> Option<Vec<Node>> {
        self.several(Self::node)
    }

    fn node(&mut self) -> Option<Node> {
        let name = self.text()?;
        let arguments = self.several(|each| Some(Argument { value: each.value()?, span: each.span()? }))?;
        let properties = self
            .several(|each| Some(Property { key: each.text()?, value: each.value()?, span: each.span()? }))?;
        let children = if self.byte()? == 1 { Some(self.nodes()?) } else { None };
        Some(Node { name, arguments, properties, children, span: self.span()? })
    }
}
