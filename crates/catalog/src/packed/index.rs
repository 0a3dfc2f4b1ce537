//! The index of definitions: names, aliases and summaries, which are available without decoding.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::syntax::{Document, Node, Value};
use crate::value::PackedText;

/// The kind of a definition. Each kind has a separate namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum DefinitionKind {
    /// `package` and `axis`, which share a namespace.
    Package,
    Platform,
    Device,
    /// `gpu`: a compute capability.
    Gpu,
    Base,
    Index,
    /// `epoch`, which has no name.
    Epoch,
    /// `forbid`, whose name is the pattern.
    Forbidden,
}

/// A definition in the index, with what lists and searches need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Entry {
    pub kind: DefinitionKind,
    pub name: PackedText,
    pub aliases: Vec<PackedText>,
    /// Other names, for suggestions. Those of a GPU have its platform.
    pub known_as: Vec<(PackedText, PackedText)>,
    /// The group: the folder that contains that of the package.
    pub group: PackedText,
    pub summary: PackedText,
    /// For an axis, its position in the order of decisions.
    pub order: Option<u32>,
    /// Whether it can be installed. An `axis` cannot.
    pub installable: bool,
    /// For a base image, whether it can be chosen automatically.
    pub auto: bool,
    /// For a base image, the requirements of its tags on the platform; empty if a tag has none.
    pub platforms: Vec<PackedText>,
    /// The installable axes that its conditions and templates mention, including those of the indexes that it
    /// names.
    pub mentions: Vec<PackedText>,
    /// For a package, the names of Python distributions in `dist`, `needed-by` and `same-modules`.
    pub distributions: Vec<PackedText>,
    pub node: usize,
}

/// The names that definitions can mention.
#[derive(Debug, Default)]
pub(crate) struct Mentioned {
    /// The installable axes.
    axes: Vec<PackedText>,
    /// The indexes, with the axes that each mentions.
    indexes: BTreeMap<PackedText, Vec<PackedText>>,
}

impl Mentioned {
    /// Adds a definition that others can mention.
    pub(crate) fn add(&mut self, entry: &Entry) {
        if entry.order.is_some() && entry.installable {
            self.axes.push(entry.name.clone());
        }
        if entry.kind == DefinitionKind::Index {
            self.indexes.insert(entry.name.clone(), entry.mentions.clone());
        }
    }

    /// Sets `mentions` of these definitions, which can mention each other and those that were added before.
    pub(crate) fn write(mut self, definitions: &mut [(&mut Entry, &Node)]) {
        for (entry, _) in definitions.iter().filter(|(entry, _)| entry.kind != DefinitionKind::Index) {
            self.add(entry);
        }
        for (entry, node) in definitions.iter_mut().filter(|(entry, _)| entry.kind == DefinitionKind::Index) {
            entry.mentions = self.of(node);
            self.add(entry);
        }
        for (entry, node) in definitions.iter_mut().filter(|(entry, _)| entry.kind == DefinitionKind::Package)
        {
            entry.mentions = self.of(node);
        }
    }

    /// Returns the axes that a definition mentions.
    fn of(&self, node: &Node) -> Vec<PackedText> {
        let mut found = BTreeSet::new();
        self.collect_mentions(node, &mut found);
        found.into_iter().map(|name| name.to_owned().into()).collect()
    }

    fn collect_mentions<'a>(&'a self, node: &Node, found: &mut BTreeSet<&'a str>) {
        let values = node.arguments.iter().map(|given| &given.value);
        for value in values.chain(node.properties.iter().map(|given| &given.value)) {
            let Value::String(text) = value else { continue };
            found.extend(self.indexes.get(&**text).into_iter().flatten().map(PackedText::as_str));
            if text.contains("{{") || text.contains("{%") {
                found.extend(
                    self.axes.iter().filter(|axis| mentions_axis(text, axis)).map(PackedText::as_str),
                );
            }
        }
        if node.name.value == "when" {
            let keys = node.properties.iter().map(|given| &*given.key.value);
            found.extend(
                keys.filter_map(|key| self.axes.iter().find(|axis| axis.as_str() == key))
                    .map(PackedText::as_str),
            );
        }
        for child in node.children.iter().flatten() {
            self.collect_mentions(child, found);
        }
    }
}

/// Whether a template contains the name of an axis, possibly with `_` for other separators.
fn mentions_axis(template: &str, name: &str) -> bool {
    template.contains(name) || template.contains(&name.replace(['-', '.'], "_"))
}

/// Returns the definitions of a file, in order. Other nodes are left out; the schema check reports them.
pub(crate) fn entries(document: &Document, group: &str) -> Vec<Entry> {
    document.nodes.iter().enumerate().filter_map(|(at, node)| entry(node, at, group)).collect()
}

fn entry(node: &Node, at: usize, group: &str) -> Option<Entry> {
    let kind = match &*node.name.value {
        "package" | "axis" => DefinitionKind::Package,
        "platform" => DefinitionKind::Platform,
        "device" => DefinitionKind::Device,
        "gpu" => DefinitionKind::Gpu,
        "base" => DefinitionKind::Base,
        "index" => DefinitionKind::Index,
        "epoch" => DefinitionKind::Epoch,
        "forbid" => DefinitionKind::Forbidden,
        _ => return None,
    };
    let name = texts(node).into_iter().next();
    let name = if kind == DefinitionKind::Epoch { Some(PackedText::default()) } else { name };
    let child = |name: &str| texts_of_children(node, name).into_iter().next();
    let axis = if node.name.value == "axis" { Some(node) } else { children(node, "axis").next() };
    Some(Entry {
        kind,
        aliases: texts_of_children(node, "alias"),
        known_as: known_as(node),
        group: child("group").unwrap_or_else(|| group.to_owned().into()),
        summary: child("summary")
            .or_else(|| axis.and_then(|axis| property(axis, "title")))
            .unwrap_or_default(),
        order: axis.and_then(order),
        auto: children(node, "auto")
            .any(|child| child.arguments.first().is_some_and(|one| one.value == Value::Bool(true))),
        platforms: platforms(node),
        installable: node.name.value == "package",
        mentions: Vec::new(),
        distributions: distributions(node),
        node: at,
        name: name?,
    })
}

/// Returns the arguments of `dist`, `needed-by` and `same-modules`, including those in `when` blocks.
fn distributions(node: &Node) -> Vec<PackedText> {
    let below = node.children.iter().flatten().filter(|child| child.name.value == "when");
    let own = ["dist", "needed-by", "same-modules"]
        .into_iter()
        .flat_map(|name| children(node, name).flat_map(texts));
    own.chain(below.flat_map(distributions)).collect()
}

fn children<'a>(node: &'a Node, name: &'a str) -> impl Iterator<Item = &'a Node> {
    node.children.iter().flatten().filter(move |child| child.name.value == name)
}

fn texts(node: &Node) -> Vec<PackedText> {
    let text =
        |value: &Value| if let Value::String(text) = value { Some(text.to_string().into()) } else { None };
    node.arguments.iter().filter_map(|given| text(&given.value)).collect()
}

/// Returns the string arguments of all children with this name.
pub fn texts_of_children(node: &Node, name: &str) -> Vec<PackedText> {
    children(node, name).flat_map(texts).collect()
}

fn known_as(node: &Node) -> Vec<(PackedText, PackedText)> {
    let home = texts_of_children(node, "platform").into_iter().next().unwrap_or_default();
    let mut all = Vec::new();
    for child in children(node, "known-as") {
        let platform = property(child, "platform").unwrap_or_else(|| home.clone());
        all.extend(texts(child).into_iter().map(|word| (word, platform.clone())));
    }
    all
}

/// Returns the requirements of a base image's tags on the platform, without duplicates; empty if a tag has
/// none.
fn platforms(base: &Node) -> Vec<PackedText> {
    let mut all = Vec::new();
    for tag in children(base, "tag") {
        let requires = children(tag, "requires").flat_map(|block| children(block, "platform"));
        let Some(platform) = requires.flat_map(texts).next() else { return Vec::new() };
        if !all.contains(&platform) {
            all.push(platform);
        }
    }
    all
}

fn property(node: &Node, key: &str) -> Option<PackedText> {
    let given = node.properties.iter().find(|given| given.key.value == key)?;
    if let Value::String(text) = &given.value { Some(text.to_string().into()) } else { None }
}

fn order(node: &Node) -> Option<u32> {
    let given = node.properties.iter().find(|given| given.key.value == "order")?;
    if let Value::Integer(number) = &given.value { u32::try_from(*number).ok() } else { None }
}
