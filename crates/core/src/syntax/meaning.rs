//! What a tree says, as bytes, for hashes.

use super::{Document, Node, Value};

/// What kind of value follows.
mod tag {
    pub(super) const STRING: u8 = 0;
    pub(super) const INTEGER: u8 = 1;
    pub(super) const FLOAT: u8 = 2;
    pub(super) const FALSE: u8 = 3;
    pub(super) const TRUE: u8 = 4;
    pub(super) const NULL: u8 = 5;
}

/// What the tree says, as bytes: two texts that differ in layout and comments alone have the same.
pub fn meaning(document: &Document) -> Vec<u8> {
    let mut pack = Pack { bytes: Vec::new() };
    pack.nodes(&document.nodes);
    pack.bytes
}

struct Pack {
    bytes: Vec<u8>,
}

impl Pack {
    /// Seven bits a byte, the lowest first; the high bit says that more follow.
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

    fn letters(&mut self, text: &str) {
        self.count(text.len());
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn value(&mut self, value: &Value) {
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
    }

    fn nodes(&mut self, nodes: &[Node]) {
        self.count(nodes.len());
        for node in nodes {
            self.node(node);
        }
    }

    fn node(&mut self, node: &Node) {
        self.letters(&node.name.value);
        self.count(node.arguments.len());
        for one in &node.arguments {
            self.value(&one.value);
        }
        self.count(node.properties.len());
        for one in &node.properties {
            self.letters(&one.key.value);
            self.value(&one.value);
        }
        self.bytes.push(u8::from(node.children.is_some()));
        if let Some(children) = &node.children {
            self.nodes(children);
        }
    }
}
