//! Typed access to nodes, for decoders. Missing values are `None`; [`schema::check`](super::schema::check)
//! has reported them already. Invalid values are reported here, at the exact characters.
//!
//! ```
//! use jcc_core::{diagnostic::Log, source::Spanned, syntax::{Document, Reader}};
//!
//! struct App { workdir: Option<Spanned<String>>, uid: Option<Spanned<u32>>, install: Vec<Spanned<String>> }
//!
//! fn decode(document: &Document, log: &mut Log) -> Option<App> {
//!     let app = Reader::all(&document.nodes).find(|node| node.name() == "app")?;
//!     Some(App {
//!         workdir: app.text_of_child("workdir", log),          // workdir "/app"
//!         uid: app.child("user").and_then(|user| user.prop("uid", log)), // user "robot" uid=1000
//!         install: app.args_of_children("install", log),       // install "a" "b", as often as one likes
//!     })
//! }
//! ```

use crate::diagnostic::{Diagnostic, Log, codes::manifest as codes, wording};
use crate::source::{Span, Spanned};
use crate::value::{Invalid, Parse};

use super::schema::ValueKind;
use super::value::quote;
use super::{Node, Property, Text, Value, kinds};

/// A type that can be decoded from a KDL value: every [`Parse`] type from strings, integers and `bool` from
/// theirs.
pub trait FromValue: Sized {
    /// The kind of KDL value that it is decoded from.
    const KIND: ValueKind;

    /// For types that are decoded from strings, returns why this text would be invalid too.
    fn invalid_as_text(_text: &str) -> Option<Invalid> {
        None
    }

    /// Decodes a value. Returns `None` if it is of another kind.
    fn from_value(value: &Value) -> Option<Result<Self, Invalid>>;
}

impl<T: Parse> FromValue for T {
    const KIND: ValueKind = ValueKind::Text;

    fn invalid_as_text(text: &str) -> Option<Invalid> {
        T::parse(text).err()
    }

    fn from_value(value: &Value) -> Option<Result<Self, Invalid>> {
        if let Value::String(text) = value { Some(T::parse(text)) } else { None }
    }
}

impl FromValue for bool {
    const KIND: ValueKind = ValueKind::Bool;

    fn from_value(value: &Value) -> Option<Result<Self, Invalid>> {
        if let Value::Bool(flag) = value { Some(Ok(*flag)) } else { None }
    }
}

impl FromValue for Value {
    const KIND: ValueKind = ValueKind::Any;

    fn from_value(value: &Value) -> Option<Result<Self, Invalid>> {
        Some(Ok(value.clone()))
    }
}

macro_rules! integers {
    ($($type:ty),*) => {$(
        impl FromValue for $type {
            const KIND: ValueKind = ValueKind::Integer;

            fn from_value(value: &Value) -> Option<Result<Self, Invalid>> {
                let Value::Integer(number) = value else { return None };
                Some(<$type>::try_from(*number).map_err(|_| {
                    Invalid::new(format!("`{number}` is out of range"))
                        .help(format!("use an integer from {} to {}", <$type>::MIN, <$type>::MAX))
                }))
            }
        }
    )*};
}
integers!(u8, u16, u32, u64, i64);

/// Typed access to the arguments, properties and children of a node.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    node: &'a Node,
}

impl<'a> Reader<'a> {
    pub fn new(node: &'a Node) -> Self {
        Self { node }
    }

    pub fn all(nodes: &'a [Node]) -> impl Iterator<Item = Self> + Clone {
        nodes.iter().map(Self::new)
    }

    pub fn node(self) -> &'a Node {
        self.node
    }

    pub fn name(self) -> &'a str {
        &self.node.name.value
    }

    /// Returns the span of its name, which is the place of diagnostics about missing parts.
    pub fn name_span(self) -> Span {
        self.node.name.span
    }

    /// Returns the span of the node, including its block.
    pub fn span(self) -> Span {
        self.node.span
    }

    /// Decodes its name: `pytorch` in `packages { pytorch }`.
    pub fn name_as<T: Parse>(self, log: &mut Log) -> Option<Spanned<T>> {
        text(&self.node.name, log)
    }

    /// Decodes an argument, counted from 0.
    pub fn arg<T: FromValue>(self, at: usize, log: &mut Log) -> Option<Spanned<T>> {
        let given = self.node.arguments.get(at)?;
        value(&given.value, given.span, self.name(), log)
    }

    /// Decodes all arguments. Invalid ones are reported and left out.
    pub fn args<T: FromValue>(self, log: &mut Log) -> Vec<Spanned<T>> {
        self.args_from(0, log)
    }

    /// Decodes the arguments from this one on.
    pub fn args_from<T: FromValue>(self, at: usize, log: &mut Log) -> Vec<Spanned<T>> {
        (at..self.node.arguments.len()).filter_map(|at| self.arg(at, log)).collect()
    }

    /// Returns the number of arguments.
    pub fn arg_count(self) -> usize {
        self.node.arguments.len()
    }

    pub fn raw_arg(self, at: usize) -> Option<Spanned<&'a Value>> {
        self.node.arguments.get(at).map(|given| Spanned::new(&given.value, given.span))
    }

    pub fn prop<T: FromValue>(self, key: &str, log: &mut Log) -> Option<Spanned<T>> {
        let given = self.node.properties.iter().find(|given| given.key.value == key)?;
        value(&given.value, given.span, key, log)
    }

    /// Returns all properties, for nodes with arbitrary keys; see [`prop_of`].
    pub fn props(self) -> &'a [Property] {
        &self.node.properties
    }

    /// Whether it has a block, which may be empty.
    pub fn has_block(self) -> bool {
        self.node.children.is_some()
    }

    /// Returns the children, in order.
    pub fn children(self) -> impl Iterator<Item = Reader<'a>> + Clone {
        Self::all(self.node.children.as_deref().unwrap_or_default())
    }

    /// Returns the children with this name, in order.
    pub fn children_named(self, name: &str) -> impl Iterator<Item = Reader<'a>> + Clone {
        self.children().filter(move |child| child.name() == name)
    }

    /// Returns the first child with this name. The schema check reports duplicates.
    pub fn child(self, name: &str) -> Option<Reader<'a>> {
        self.children_named(name).next()
    }

    /// Decodes the first argument of the child with this name: `workdir "/app"`.
    pub fn text_of_child<T: FromValue>(self, name: &str, log: &mut Log) -> Option<Spanned<T>> {
        self.child(name)?.arg(0, log)
    }

    /// Decodes all arguments of all children with this name: `install "a" "b"`.
    pub fn args_of_children<T: FromValue>(self, name: &str, log: &mut Log) -> Vec<Spanned<T>> {
        self.children_named(name).flat_map(|child| child.args(log)).collect()
    }

    /// Decodes a flag: `recommends #true`, or `privileged`, which means `#true`.
    pub fn flag_of_child(self, name: &str, log: &mut Log) -> Option<Spanned<bool>> {
        let child = self.child(name)?;
        if child.arg_count() == 0 { Some(Spanned::new(true, child.name_span())) } else { child.arg(0, log) }
    }

    /// Decodes its children as pairs of name and first argument: `env { KEY "VALUE" }`. Invalid pairs are
    /// reported and left out.
    pub fn pairs<K: Parse, V: FromValue>(self, log: &mut Log) -> Vec<(Spanned<K>, Spanned<V>)> {
        self.children()
            .filter_map(|child| {
                let (key, value) = (child.name_as(log), child.arg(0, log));
                key.zip(value)
            })
            .collect()
    }
}

/// Decodes key and value of a property with an arbitrary key: `when cuda=">=12"`.
pub fn prop_of<K: Parse, V: FromValue>(given: &Property, log: &mut Log) -> Option<(Spanned<K>, Spanned<V>)> {
    let key = text(&given.key, log);
    key.zip(value(&given.value, given.span, &given.key.value, log))
}

pub fn text<T: Parse>(given: &Text, log: &mut Log) -> Option<Spanned<T>> {
    match T::parse(&given.value) {
        Ok(value) => Some(Spanned::new(value, given.span)),
        Err(why) => {
            log.error(invalid(&why, &given.value, given.span, T::WHAT));
            None
        }
    }
}

fn value<T: FromValue>(given: &Value, span: Span, owner: &str, log: &mut Log) -> Option<Spanned<T>> {
    match T::from_value(given) {
        Some(Ok(value)) => Some(Spanned::new(value, span)),
        Some(Err(why)) => {
            let text = if let Value::String(text) = given { text } else { "" };
            log.error(invalid(&why, text, span, &wording::code(owner)));
            None
        }
        None => {
            let refused = kinds::plain(given).and_then(|text| T::invalid_as_text(&text));
            log.error(kinds::wrong(given, span, (T::KIND, refused), &wording::code(owner)));
            None
        }
    }
}

/// Returns the diagnostic for an invalid value. `span` is the place of `text`, including quotes.
pub fn invalid(why: &Invalid, text: &str, span: Span, owner: &str) -> Diagnostic {
    let label = if why.at.is_some() { "invalid here".to_owned() } else { format!("the value of {owner}") };
    let diagnostic = Diagnostic::error(codes::INVALID_VALUE, why.message.clone())
        .at(sub_span(why, text, span), label)
        .maybe_help(why.help.clone());
    match &why.meant {
        Some(meant) => diagnostic.fix(span, quote(meant)),
        None => diagnostic,
    }
}

/// Returns the span of the invalid characters, if the text is in the source without escapes, or else the
/// whole span.
fn sub_span(why: &Invalid, text: &str, span: Span) -> Span {
    let written = (span.end - span.start) as usize;
    let quotes = written.checked_sub(text.len());
    let inside = why.at.clone().filter(|at| at.start <= at.end && at.end <= text.len());
    let (Some(at), Some(quotes @ (0 | 2))) = (inside, quotes) else { return span };
    let shift = |n: usize| span.start as usize + quotes / 2 + n;
    // An empty range is extended to one character, or to the closing quote.
    let end = if at.is_empty() {
        at.end + text[at.end..].chars().next().map_or(quotes / 2, char::len_utf8)
    } else {
        at.end
    };
    Span::new(span.source, shift(at.start)..shift(end))
}
