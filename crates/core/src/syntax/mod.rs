//! Parses KDL to a [`Document`], a small tree with spans. Only this folder uses the crate kdl.

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
mod meaning;
mod merge_markers;
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
pub use meaning::meaning;
pub use parse::{parse, parse_up_to, parse_with_recovery};
pub use reader::{FromValue, Reader, invalid, prop_of, text};
pub use value::{name, quote};

use std::borrow::Cow;

use crate::source::Span;

/// The syntax tree of a KDL 2 text. Every part has a span.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The top-level nodes, in order.
    pub nodes: Vec<Node>,
    pub span: Span,
}

/// A node: `name "argument" key="value" { children }`.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub name: Text,
    /// Positional arguments, in order.
    pub arguments: Vec<Argument>,
    /// Properties, in order. Duplicates are kept; the schema check reports them.
    pub properties: Vec<Property>,
    /// The children; `None` if there is no block.
    pub children: Option<Vec<Node>>,
    /// The span from the name to the end of the node, including its block.
    pub span: Span,
}

/// A node or property name with its span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The text with escapes resolved. Borrowed if it comes from the packed catalogue.
    pub value: Cow<'static, str>,
    /// The span, including quotes.
    pub span: Span,
}

/// A positional argument of a node.
#[derive(Debug, Clone, PartialEq)]
pub struct Argument {
    pub value: Value,
    /// The span, including quotes.
    pub span: Span,
}

/// A property of a node, written `key=value`.
#[derive(Debug, Clone, PartialEq)]
pub struct Property {
    pub key: Text,
    pub value: Value,
    pub span: Span,
}

/// A value of KDL 2.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `"text"`, `text`, `#"raw"#`.
    String(Cow<'static, str>),
    /// `7`, `0x1f`.
    Integer(i128),
    /// `2.5`, as written: `2.10` usually is a version without quotes.
    Float(String),
    /// `#true`, `#false`.
    Bool(bool),
    /// `#null`.
    Null,
}
