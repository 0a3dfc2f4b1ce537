//! Text to [`Document`]: our own small tree with spans. The one folder that names kdl.

mod bare_word;
mod decode;
mod edit;
mod entries;
mod errors;
mod fast_path;
mod foreign_format;
mod format;
mod grammar;
mod kinds;
mod letters;
mod lexer;
mod merge_markers;
mod packed;
mod parse;
mod reader;
mod recover;
pub mod schema;
mod strings;
#[cfg(test)]
mod tests;
mod unseen;
mod value;

pub use decode::decode;
pub use edit::{Change, Editor};
pub use foreign_format::other_language;
pub use format::format;
pub use packed::{meaning, pack, unpack};
pub use parse::{parse, parse_in_part, parse_up_to};
pub use reader::{FromValue, Reader, invalid, prop_of, text};
pub use value::{name, quote};

use std::borrow::Cow;

use crate::source::Span;

/// The syntax tree of one KDL 2 text; every part has a span.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The top-level nodes, in order.
    pub nodes: Vec<Node>,
    pub span: Span,
}

/// `name "argument" key="value" { children }`.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub name: Text,
    /// Positional arguments, in order.
    pub arguments: Vec<Argument>,
    /// `key=value`, in order; a key given twice is a duplicate (the reader complains).
    pub properties: Vec<Property>,
    /// The children; `None` where there is no block (an empty one is `Some`).
    pub children: Option<Vec<Node>>,
    /// From the name to the end of the node, its block included.
    pub span: Span,
}

/// A node or property name with its span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// As the user means it (escapes resolved); what is packed is not copied.
    pub value: Cow<'static, str>,
    /// Where it stands, quotes included.
    pub span: Span,
}

/// An argument of a node by position, counted from 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Argument {
    pub value: Value,
    /// Where it stands, quotes included.
    pub span: Span,
}

/// A property of a node, written `key=value`.
#[derive(Debug, Clone, PartialEq)]
pub struct Property {
    pub key: Text,
    pub value: Value,
    pub span: Span,
}

/// The values that KDL 2 has, numbers as they are written.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `"text"`, `text`, `#"raw"#`.
    String(Cow<'static, str>),
    /// `7`, `0x1f`.
    Integer(i128),
    /// `2.5`; as written, since `2.10` is no number for us but a version without quotes.
    Float(String),
    /// `#true`, `#false`.
    Bool(bool),
    /// `#null`.
    Null,
}
