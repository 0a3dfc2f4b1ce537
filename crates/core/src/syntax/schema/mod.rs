//! Schemas of languages, as tables. Documents are checked against them before they are decoded, and the
//! reference of the language is generated from them.
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
//! Tables are `static`, so that they can refer to each other cyclically (`when` in `build` in `when`). A node
//! can occur [any number of times](Times::Many) unless stated otherwise.

mod check;
mod forms;
mod reference;
#[cfg(test)]
mod tests;

use super::Node;

pub use check::check;
pub use reference::reference;

/// The schema of a kind of node.
#[derive(Debug, Clone, Copy)]
pub struct NodeSpec {
    /// Its name. For nodes with arbitrary names, the placeholder of the reference (`NAME`).
    pub name: &'static str,
    /// What it does, in one sentence of Markdown.
    pub doc: &'static str,
    /// Its positional arguments, in order.
    pub arguments: &'static [ArgSpec],
    /// Any number of further arguments, at least one if required.
    pub rest: Option<ArgSpec>,
    pub properties: &'static [PropertySpec],
    /// Properties with arbitrary keys, as in `when cuda=">=12"`. The key is the placeholder of the reference.
    pub open_properties: Option<PropertySpec>,
    /// What its block can contain.
    pub children: Children,
    /// Whether it must have a block.
    pub block_required: bool,
    /// How often it can occur in a block. For nodes with arbitrary names, this applies to each name.
    pub times: Times,
    /// What a node with an arbitrary name does in this block, for diagnostics about one in another block.
    pub strays: Option<&'static str>,
    /// Its names in other tools, in lower case with hyphens. Each has a template if more than the name
    /// differs, in which `{}` stands for the arguments.
    pub also: &'static [(&'static str, &'static str)],
    /// Words of other tools that have no equivalent in its block. Each list has advice on what to write
    /// instead.
    pub foreign: &'static [(&'static [&'static str], &'static str)],
    /// The child to which arguments of the node belong: `install` in `apt`.
    pub bare: Option<&'static str>,
    /// Rewrites a node in the form of another tool.
    pub rewrite: Option<fn(&Node) -> Option<String>>,
}

/// The contents of a block.
#[derive(Debug, Clone, Copy)]
pub enum Children {
    None,
    Listed(&'static [&'static NodeSpec]),
    /// These nodes, and others with arbitrary names and a common schema: `packages { pytorch "2.5" }`.
    Open {
        /// The nodes with fixed names.
        listed: &'static [&'static NodeSpec],
        /// The schema of all other nodes.
        other: &'static NodeSpec,
    },
}

/// How often a node can occur in a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// Exactly once: `project`.
    Once,
    /// At most once: `base`.
    Optional,
    /// Any number of times: `pin`.
    Many,
    /// At least once: `target`.
    AtLeastOnce,
}

/// The schema of a positional argument.
#[derive(Debug, Clone, Copy)]
pub struct ArgSpec {
    /// The placeholder of the reference: `NAME`.
    pub name: &'static str,
    /// What it does, in one sentence of Markdown.
    pub doc: &'static str,
    pub kind: ValueKind,
    pub required: bool,
}

/// The schema of a property, `key=value`.
#[derive(Debug, Clone, Copy)]
pub struct PropertySpec {
    pub key: &'static str,
    /// What it does, in one sentence of Markdown.
    pub doc: &'static str,
    pub kind: ValueKind,
    pub required: bool,
}

/// The kind of a value in a schema.
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
    /// Creates a schema without arguments, properties and block, for any number of occurrences.
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

    /// Sets the positional arguments. Required ones come first.
    #[must_use]
    pub const fn args(mut self, arguments: &'static [ArgSpec]) -> Self {
        self.arguments = arguments;
        self
    }

    /// Suggests this block, with what a node does in it, for unknown nodes elsewhere.
    #[must_use]
    pub const fn strays(mut self, does: &'static str) -> Self {
        self.strays = Some(does);
        self
    }

    /// Sets the names in other tools.
    #[must_use]
    pub const fn also(mut self, words: &'static [(&'static str, &'static str)]) -> Self {
        self.also = words;
        self
    }

    /// Sets advice on words of other tools in its block, in lower case with hyphens.
    #[must_use]
    pub const fn foreign(mut self, words: &'static [(&'static [&'static str], &'static str)]) -> Self {
        self.foreign = words;
        self
    }

    /// Sets the child to which arguments of the node belong.
    #[must_use]
    pub const fn bare(mut self, child: &'static str) -> Self {
        self.bare = Some(child);
        self
    }

    /// Sets the function that rewrites forms of other tools.
    #[must_use]
    pub const fn rewrite(mut self, how: fn(&Node) -> Option<String>) -> Self {
        self.rewrite = Some(how);
        self
    }

    /// Allows any number of further arguments.
    #[must_use]
    pub const fn rest(mut self, argument: ArgSpec) -> Self {
        self.rest = Some(argument);
        self
    }

    /// Sets the properties.
    #[must_use]
    pub const fn properties(mut self, properties: &'static [PropertySpec]) -> Self {
        self.properties = properties;
        self
    }

    /// Allows properties with other keys.
    #[must_use]
    pub const fn open_properties(mut self, property: PropertySpec) -> Self {
        self.open_properties = Some(property);
        self
    }

    /// Allows a block with these nodes.
    #[must_use]
    pub const fn children(mut self, listed: &'static [&'static NodeSpec]) -> Self {
        self.children = Children::Listed(listed);
        self
    }

    /// Allows a block of nodes with arbitrary names.
    #[must_use]
    pub const fn open(self, other: &'static NodeSpec) -> Self {
        self.listed_or_open(&[], other)
    }

    /// Allows a block with these nodes and others with arbitrary names.
    #[must_use]
    pub const fn listed_or_open(
        mut self,
        listed: &'static [&'static NodeSpec],
        other: &'static NodeSpec,
    ) -> Self {
        self.children = Children::Open { listed, other };
        self
    }

    /// Makes the block required.
    #[must_use]
    pub const fn block(mut self) -> Self {
        self.block_required = true;
        self
    }

    /// Requires exactly one occurrence.
    #[must_use]
    pub const fn once(mut self) -> Self {
        self.times = Times::Once;
        self
    }

    /// Allows at most one occurrence.
    #[must_use]
    pub const fn optional(mut self) -> Self {
        self.times = Times::Optional;
        self
    }

    /// Requires at least one occurrence.
    #[must_use]
    pub const fn at_least_once(mut self) -> Self {
        self.times = Times::AtLeastOnce;
        self
    }

    /// Formats its usage for messages and the reference: `copy "SRC" to="…"`.
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
    /// Returns the schemas of nodes with fixed names.
    pub const fn listed(&self) -> &'static [&'static NodeSpec] {
        match self {
            Self::None => &[],
            Self::Listed(listed) | Self::Open { listed, .. } => listed,
        }
    }

    /// Returns the schema of nodes with arbitrary names, if they are allowed.
    pub const fn other(&self) -> Option<&'static NodeSpec> {
        match self {
            Self::None | Self::Listed(_) => None,
            Self::Open { other, .. } => Some(other),
        }
    }

    /// Returns the schema of the node with this name.
    pub fn find(&self, name: &str) -> Option<&'static NodeSpec> {
        self.listed().iter().copied().find(|spec| spec.name == name).or(self.other())
    }
}

impl ArgSpec {
    /// Creates a required argument.
    pub const fn new(name: &'static str, kind: ValueKind, doc: &'static str) -> Self {
        Self { name, doc, kind, required: true }
    }

    /// Creates a required string argument.
    pub const fn text(name: &'static str, doc: &'static str) -> Self {
        Self::new(name, ValueKind::Text, doc)
    }

    /// Makes it optional. For [`NodeSpec::rest`], there can be none.
    #[must_use]
    pub const fn optional(mut self) -> Self {
        self.required = false;
        self
    }
}

impl PropertySpec {
    /// Creates an optional property.
    pub const fn new(key: &'static str, kind: ValueKind, doc: &'static str) -> Self {
        Self { key, doc, kind, required: false }
    }

    /// Creates an optional string property.
    pub const fn text(key: &'static str, doc: &'static str) -> Self {
        Self::new(key, ValueKind::Text, doc)
    }

    /// Makes it required.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }
}

impl ValueKind {
    /// Formats a placeholder for a value: `"NAME"`, `NUMBER`, `#true`.
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
