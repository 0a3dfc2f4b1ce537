//! What nodes there may be, as tables: they check a document before it is decoded, and the reference of the language
//! is made from them.
//!
//! ```
//! use jcc_core::syntax::schema::{ArgSpec, Children, NodeSpec, PropertySpec};
//!
//! static COPY: NodeSpec = NodeSpec::new("copy", "Copies files of the project into the image.")
//!     .args(&[ArgSpec::text("SRC", "A path in the project.")])
//!     .properties(&[PropertySpec::text("to", "Where it is put in the image.").required()]);
//! static ENV: NodeSpec = NodeSpec::new("env", "Variables of the image.").open(&VARIABLE);
//! static VARIABLE: NodeSpec =
//!     NodeSpec::new("NAME", "One variable.").args(&[ArgSpec::text("VALUE", "Its value.")]).optional();
//! static APP: NodeSpec = NodeSpec::new("app", "The user's own code.").children(&[&COPY, &ENV]).optional();
//! ```
//!
//! Tables are `static`s, so that they may refer to each other in a circle (`when` in `build` in `when`). A node may
//! stand [any number of times](Times::Many) unless stated otherwise.

mod check;
mod forms;
mod reference;
#[cfg(test)]
mod tests;

use super::Node;

pub use check::check;
pub use reference::reference;

/// The schema of one kind of node: what the tables, the docs and `fmt` know of it.
#[derive(Debug, Clone, Copy)]
pub struct NodeSpec {
    /// Its name; for a node whose name is free, the placeholder of the reference (`NAME`).
    pub name: &'static str,
    /// What it says, one sentence of markdown.
    pub doc: &'static str,
    /// Its positional arguments, in order.
    pub arguments: &'static [ArgSpec],
    /// Any number of further arguments; where required, at least one.
    pub rest: Option<ArgSpec>,
    pub properties: &'static [PropertySpec],
    /// Properties whose key is free, as in `when cuda=">=12"`; the key is the placeholder of the reference.
    pub open_properties: Option<PropertySpec>,
    /// What may stand in its block.
    pub children: Children,
    /// Whether it must have a block.
    pub block_required: bool,
    /// How often it may stand where it stands (for a node whose name is free: each name).
    pub times: Times,
    /// What a node of a free name does in its block, for a diagnostic about one written elsewhere: `holds a version`.
    pub strays: Option<&'static str>,
    /// What other tools call it, in lower case with hyphens, each with how it is written here where more than the name
    /// differs; `{}` stands for the arguments.
    pub also: &'static [(&'static str, &'static str)],
    /// Words of other tools that no node of its block stands for, each list with what to write instead.
    pub foreign: &'static [(&'static [&'static str], &'static str)],
    /// The child that takes what is written behind the node itself: `install` in `apt`.
    pub bare: Option<&'static str>,
    /// How a node that has the form of another tool is written here.
    pub rewrite: Option<fn(&Node) -> Option<String>>,
}

/// What may stand in a block.
#[derive(Debug, Clone, Copy)]
pub enum Children {
    None,
    Listed(&'static [&'static NodeSpec]),
    /// These nodes, and others of any name that all look alike: `packages { pytorch "2.5" }`.
    Open {
        /// The nodes that have a meaning of their own.
        listed: &'static [&'static NodeSpec],
        /// What every other node looks like.
        other: &'static NodeSpec,
    },
}

/// How often a node may stand in one block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// Exactly once: `project`.
    Once,
    /// Once or never: `base`.
    Optional,
    /// As often as one likes: `pin`.
    Many,
    /// At least once: `target`.
    AtLeastOnce,
}

/// An argument of a node by position, counted from 0.
#[derive(Debug, Clone, Copy)]
pub struct ArgSpec {
    /// The placeholder of the reference: `NAME`.
    pub name: &'static str,
    /// What it says, one sentence of markdown.
    pub doc: &'static str,
    pub kind: ValueKind,
    pub required: bool,
}

/// A property of a node, written `key=value`.
#[derive(Debug, Clone, Copy)]
pub struct PropertySpec {
    pub key: &'static str,
    /// What it says, one sentence of markdown.
    pub doc: &'static str,
    pub kind: ValueKind,
    pub required: bool,
}

/// The types that a schema can ask of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// `"text"` or `text`.
    Text,
    /// `7`.
    Integer,
    /// `#true` or `#false`.
    Bool,
    /// `7` or `2.5`.
    Number,
    /// One of these words: `network "host"`.
    Choice(&'static [&'static str]),
    /// Any of these kinds: `gpu "all"` or `gpu #false`.
    Either(&'static [ValueKind]),
    Any,
}

impl NodeSpec {
    /// A node without arguments, properties or block, that may stand any number of times.
    pub const fn new(name: &'static str, doc: &'static str) -> Self {
        Self {
            name,
            doc,
            arguments: &[],
            rest: None,
            properties: &[],
            open_properties: None,
            children: Children::None,
            block_required: false,
            times: Times::Many,
            strays: None,
            also: &[],
            foreign: &[],
            bare: None,
            rewrite: None,
        }
    }

    /// With these positional arguments; the required ones come first.
    #[must_use]
    pub const fn args(mut self, arguments: &'static [ArgSpec]) -> Self {
        self.arguments = arguments;
        self
    }

    /// Offered, with what it does there, to nodes of no meaning that stand elsewhere.
    #[must_use]
    pub const fn strays(mut self, does: &'static str) -> Self {
        self.strays = Some(does);
        self
    }

    /// Suggested for these words of other tools.
    #[must_use]
    pub const fn also(mut self, words: &'static [(&'static str, &'static str)]) -> Self {
        self.also = words;
        self
    }

    /// With advice on words of other tools in its block, in lower case with hyphens.
    #[must_use]
    pub const fn foreign(mut self, words: &'static [(&'static [&'static str], &'static str)]) -> Self {
        self.foreign = words;
        self
    }

    /// What is written behind the node belongs to this child.
    #[must_use]
    pub const fn bare(mut self, child: &'static str) -> Self {
        self.bare = Some(child);
        self
    }

    /// With a reading of other tools' forms.
    #[must_use]
    pub const fn rewrite(mut self, how: fn(&Node) -> Option<String>) -> Self {
        self.rewrite = Some(how);
        self
    }

    /// With any number of further arguments.
    #[must_use]
    pub const fn rest(mut self, argument: ArgSpec) -> Self {
        self.rest = Some(argument);
        self
    }

    /// With these properties.
    #[must_use]
    pub const fn properties(mut self, properties: &'static [PropertySpec]) -> Self {
        self.properties = properties;
        self
    }

    /// With properties of any key beside the listed ones.
    #[must_use]
    pub const fn open_properties(mut self, property: PropertySpec) -> Self {
        self.open_properties = Some(property);
        self
    }

    /// With a block of these nodes.
    #[must_use]
    pub const fn children(mut self, listed: &'static [&'static NodeSpec]) -> Self {
        self.children = Children::Listed(listed);
        self
    }

    /// With a block of nodes whose names are free.
    #[must_use]
    pub const fn open(self, other: &'static NodeSpec) -> Self {
        self.listed_or_open(&[], other)
    }

    /// With a block of these nodes, and of others whose names are free.
    #[must_use]
    pub const fn listed_or_open(
        mut self,
        listed: &'static [&'static NodeSpec],
        other: &'static NodeSpec,
    ) -> Self {
        self.children = Children::Open { listed, other };
        self
    }

    /// The block must be there.
    #[must_use]
    pub const fn block(mut self) -> Self {
        self.block_required = true;
        self
    }

    /// Exactly once.
    #[must_use]
    pub const fn once(mut self) -> Self {
        self.times = Times::Once;
        self
    }

    /// Once or never.
    #[must_use]
    pub const fn optional(mut self) -> Self {
        self.times = Times::Optional;
        self
    }

    /// Once or more often.
    #[must_use]
    pub const fn at_least_once(mut self) -> Self {
        self.times = Times::AtLeastOnce;
        self
    }

    /// How it is written, as messages and the reference show it: `copy "SRC" to="…"`.
    pub fn shape(&self) -> String {
        let mut shape = self.name.to_owned();
        for one in self.arguments {
            let word = one.kind.placeholder(one.name);
            shape += &if one.required { format!(" {word}") } else { format!(" [{word}]") };
        }
        if let Some(rest) = self.rest {
            shape += &format!(" {} …", rest.kind.placeholder(rest.name));
        }
        for one in self.properties {
            let pair = format!("{}={}", one.key, one.kind.placeholder("…"));
            shape += &if one.required { format!(" {pair}") } else { format!(" [{pair}]") };
        }
        if self.block_required {
            shape += " { … }";
        }
        shape
    }
}

impl Children {
    /// The nodes with a meaning of their own.
    pub const fn listed(&self) -> &'static [&'static NodeSpec] {
        match self {
            Self::None => &[],
            Self::Listed(listed) | Self::Open { listed, .. } => listed,
        }
    }

    /// What any other node looks like, where names are free.
    pub const fn other(&self) -> Option<&'static NodeSpec> {
        match self {
            Self::None | Self::Listed(_) => None,
            Self::Open { other, .. } => Some(other),
        }
    }

    /// The table of the node of this name.
    pub fn find(&self, name: &str) -> Option<&'static NodeSpec> {
        self.listed().iter().copied().find(|spec| spec.name == name).or(self.other())
    }
}

impl ArgSpec {
    /// A required argument of this kind.
    pub const fn new(name: &'static str, kind: ValueKind, doc: &'static str) -> Self {
        Self { name, doc, kind, required: true }
    }

    /// A required text.
    pub const fn text(name: &'static str, doc: &'static str) -> Self {
        Self::new(name, ValueKind::Text, doc)
    }

    /// It may be left out (for [`NodeSpec::rest`]: there may be none).
    #[must_use]
    pub const fn optional(mut self) -> Self {
        self.required = false;
        self
    }
}

impl PropertySpec {
    /// A property of this kind that may be left out.
    pub const fn new(key: &'static str, kind: ValueKind, doc: &'static str) -> Self {
        Self { key, doc, kind, required: false }
    }

    /// A text that may be left out.
    pub const fn text(key: &'static str, doc: &'static str) -> Self {
        Self::new(key, ValueKind::Text, doc)
    }

    /// It must be there.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }
}

impl ValueKind {
    /// How the reference shows a value: `"NAME"`, `NUMBER`, `#true`.
    fn placeholder(&self, name: &str) -> String {
        match self {
            Self::Text => format!("\"{name}\""),
            Self::Integer | Self::Number | Self::Any => name.to_owned(),
            Self::Bool => "#true".to_owned(),
            Self::Choice(words) => {
                words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join("|")
            }
            Self::Either(kinds) => {
                kinds.iter().map(|kind| kind.placeholder(name)).collect::<Vec<_>>().join("|")
            }
        }
    }
}
