//! Edits of a manifest: finds, adds and removes children of `packages` and `pin`.

use crate::syntax::{Change, Document, Editor, Node, Value};

use super::LANGUAGE;
use super::target::UNNAMED;

/// A block whose children are names with a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EditableBlock {
    Packages,
    Pin,
}

impl EditableBlock {
    pub fn name(self) -> &'static str {
        match self {
            Self::Packages => "packages",
            Self::Pin => "pin",
        }
    }
}

/// A child of an editable block, with the target that contains the block.
#[derive(Debug, Clone, Copy)]
pub struct Child<'a> {
    /// The child, such as `vtk "9.3"`.
    pub node: &'a Node,
    pub block: &'a Node,
    /// The name of the target; `None` at the top level.
    pub target: Option<&'a str>,
}

impl<'a> Child<'a> {
    pub fn name(&self) -> &'a str {
        &self.node.name.value
    }

    /// Returns the requirement, if there is one and it is a text or a number.
    pub fn requirement(&self) -> Option<String> {
        match &self.node.arguments.first()?.value {
            Value::String(text) => Some(text.to_string()),
            Value::Float(text) => Some(text.clone()),
            Value::Integer(number) => Some(number.to_string()),
            Value::Bool(_) | Value::Null => None,
        }
    }
}

/// Returns the name of a `target` node.
fn target_name(node: &Node) -> &str {
    match node.arguments.first().map(|argument| &argument.value) {
        Some(Value::String(name)) => name,
        _ => UNNAMED,
    }
}

/// Finds the `target` node with this name.
pub fn target<'d>(document: &'d Document, name: &str) -> Option<&'d Node> {
    document.nodes.iter().find(|node| node.name.value == "target" && target_name(node) == name)
}

/// Returns the children of all blocks of this kind, at the top level and in targets, in the order of the
/// file.
pub fn children(document: &Document, block: EditableBlock) -> Vec<Child<'_>> {
    let mut blocks: Vec<(&Node, Option<&str>)> = Vec::new();
    for node in &document.nodes {
        if node.name.value == "target" {
            let own = node.children.iter().flatten().filter(|child| child.name.value == block.name());
            blocks.extend(own.map(|block| (block, Some(target_name(node)))));
        } else if node.name.value == block.name() {
            blocks.push((node, None));
        }
    }
    let children = blocks.into_iter().flat_map(|(block, target)| {
        block.children.iter().flatten().map(move |node| Child { node, block, target })
    });
    children.collect()
}

/// Removes a child, or its whole block if it is the only child.
pub fn remove(text: &str, document: &Document, child: &Child<'_>) -> Change {
    let editor = Editor::new(text, document);
    let is_only_child = editor.has_only_child(child.block, child.node);
    editor.remove(if is_only_child { child.block } else { child.node })
}

/// Adds a line to a block at the top level or in a target (`within`). Creates the block if it does not exist.
pub fn add_line(text: &str, document: &Document, within: Option<&Node>, block: &str, line: &str) -> Change {
    let editor = Editor::new(text, document);
    let nodes = within.map_or(&document.nodes[..], |node| node.children.as_deref().unwrap_or_default());
    if let Some(found) = nodes.iter().find(|node| node.name.value == block) {
        return editor.insert_into(found, line);
    }
    if let Some(target) = within {
        return editor.insert_into(target, &format!("{block} {{ {line} }}"));
    }
    // Place a new block in the order of the schema, which is the customary order of nodes.
    let rank = |name: &str| LANGUAGE.iter().position(|node| node.name == name);
    let before = document.nodes.iter().rposition(|node| rank(&node.name.value) < rank(block));
    editor.insert_after(before, &editor.block(block, line))
}
