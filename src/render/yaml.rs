//! A YAML tree with comments and anchors, and its writer. All texts are written by `serde_saphyr`, which
//! quotes them where needed.

use serde::{Serialize, Serializer};
use serde_saphyr::{DoubleQuoted, FlowSeq, SerializerOptions};

/// Reads a YAML text as JSON; `None` for a text that is no YAML.
pub fn read(text: &str) -> Option<serde_json::Value> {
    serde_saphyr::from_str(text).ok()
}

/// A YAML node.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Yaml {
    /// A text, quoted if needed.
    Text(String),
    /// A number, a boolean or an alias, written unchanged.
    Raw(String),
    /// A sequence of texts on one line.
    Flow(Vec<String>),
    /// A sequence of any values on one line.
    Line(Vec<Yaml>),
    /// A mapping on one line.
    Inline(Map),
    Map(Map),
    List(Vec<Item>),
    Null,
}

/// An item of a sequence with the comments above it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Item {
    pub(super) comments: Vec<String>,
    pub(super) value: Yaml,
}

/// A mapping, in the order in which its keys were added.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Map(Vec<MapEntry>);

#[derive(Debug, Clone, PartialEq)]
struct MapEntry {
    /// Whether there is a blank line above it.
    gap: bool,
    comments: Vec<String>,
    key: String,
    anchor: Option<String>,
    value: Yaml,
    /// The comment after the value, or after the key if the value spans several lines.
    behind: String,
}

impl Map {
    pub(super) fn put(&mut self, key: &str, value: Yaml) -> &mut Self {
        self.0.push(MapEntry {
            gap: false,
            comments: Vec::new(),
            key: scalar(key),
            anchor: None,
            value,
            behind: String::new(),
        });
        self
    }

    /// Adds a merge key: the keys of the mapping with this anchor, which keys of this mapping override.
    pub(super) fn merge(&mut self, anchor: &str) -> &mut Self {
        self.put("", Yaml::Raw(format!("*{anchor}")));
        if let Some(last) = self.0.last_mut() {
            "<<".clone_into(&mut last.key);
        }
        self
    }

    /// Adds a key whose value is a text.
    pub(super) fn text(&mut self, key: &str, value: impl Into<String>) -> &mut Self {
        self.put(key, Yaml::Text(value.into()))
    }

    pub(super) fn on(&mut self, key: &str) -> &mut Self {
        self.put(key, Yaml::Raw("true".to_owned()))
    }

    /// Adds a list, unless it is empty.
    pub(super) fn list(&mut self, key: &str, values: Vec<Item>) -> &mut Self {
        if values.is_empty() { self } else { self.put(key, Yaml::List(values)) }
    }

    /// Adds a list of texts, unless it is empty; on one line if they fit.
    pub(super) fn texts(&mut self, key: &str, values: Vec<String>) -> &mut Self {
        if values.is_empty() {
            return self;
        }
        let long = values.iter().map(|value| value.chars().count() + 2).sum::<usize>() > MAX_FLOW_WIDTH;
        if long {
            self.list(key, values.into_iter().map(Item::text).collect())
        } else {
            self.put(key, Yaml::Flow(values))
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a mapping, unless it is empty.
    pub(super) fn map(&mut self, key: &str, values: Map) -> &mut Self {
        if values.0.is_empty() { self } else { self.put(key, Yaml::Map(values)) }
    }

    pub(super) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Adds a comment line above the last key.
    pub(super) fn comment(&mut self, line: &str) -> &mut Self {
        if let Some(last) = self.0.last_mut().filter(|_| !line.is_empty()) {
            last.comments.push(line.to_owned());
        }
        self
    }

    /// Adds a comment after the value of the last key.
    pub(super) fn behind(&mut self, comment: &str) -> &mut Self {
        if let Some(last) = self.0.last_mut() {
            comment.clone_into(&mut last.behind);
        }
        self
    }

    /// Adds a blank line above the last key and its comments.
    pub(super) fn gap(&mut self) -> &mut Self {
        if let Some(last) = self.0.last_mut() {
            last.gap = true;
        }
        self
    }

    /// Adds an anchor to the value of the last key.
    pub(super) fn anchor(&mut self, name: &str) -> &mut Self {
        if let Some(last) = self.0.last_mut() {
            last.anchor = Some(name.to_owned());
        }
        self
    }
}

impl Item {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self { comments: Vec::new(), value: Yaml::Text(text.into()) }
    }

    pub(super) fn noted(value: Yaml, why: &str) -> Self {
        let comments = if why.is_empty() { Vec::new() } else { vec![why.to_owned()] };
        Self { comments, value }
    }
}

/// The largest width, in characters, of a list of texts on one line.
const MAX_FLOW_WIDTH: usize = 96;

/// Returns a name for an anchor, with only those characters that every parser accepts.
pub(super) fn anchor(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '_' | '-') { c } else { '-' }).collect()
}

pub(super) fn document(map: &Map) -> String {
    let mut out = String::new();
    write_map(&mut out, map, 0, false);
    out
}

pub(super) fn scalar(text: &str) -> String {
    written(&text)
}

/// A text in a flow sequence. If it contains `? `, it is quoted: the parser of Compose takes this for the
/// start of a key.
struct InFlow<'a>(&'a str);

impl Serialize for InFlow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let looks_like_key = self.0.split('?').skip(1).any(|after| after.starts_with(char::is_whitespace));
        if looks_like_key { DoubleQuoted(self.0).serialize(serializer) } else { self.0.serialize(serializer) }
    }
}

fn written(value: &impl Serialize) -> String {
    let mut options = SerializerOptions::default();
    options.prefer_block_scalars = false;
    let text = serde_saphyr::to_string_with_options(value, options);
    text.expect("a text in memory can be written").trim_end_matches('\n').to_owned()
}

fn write_map(out: &mut String, map: &Map, indent: usize, mut inside: bool) {
    for entry in &map.0 {
        if entry.gap {
            out.push('\n');
        }
        if !inside {
            comments(out, &entry.comments, indent);
            pad(out, indent);
        }
        inside = false;
        out.push_str(&entry.key);
        out.push(':');
        if let Some(anchor) = &entry.anchor {
            out.push_str(" &");
            out.push_str(anchor);
        }
        let start = out.len();
        write_value(out, &entry.value, indent + 2);
        if !entry.behind.is_empty() {
            let end = out[start..].find('\n').map_or(out.len(), |end| start + end);
            out.insert_str(end, &format!(" # {}", super::quote::comment(&entry.behind)));
        }
    }
}

/// Writes what follows `key:` or `-`, including the line break.
fn write_value(out: &mut String, value: &Yaml, indent: usize) {
    match value {
        Yaml::Null => out.push('\n'),
        Yaml::Raw(text) => line(out, text),
        Yaml::Flow(_) | Yaml::Line(_) | Yaml::Inline(_) => line(out, &on_one_line(value)),
        Yaml::Text(text) => line(out, &scalar(text)),
        Yaml::Map(map) => {
            out.push('\n');
            write_map(out, map, indent, false);
        }
        Yaml::List(items) => {
            out.push('\n');
            for item in items {
                comments(out, &item.comments, indent);
                pad(out, indent);
                out.push('-');
                if let Yaml::Map(map) = &item.value {
                    out.push(' ');
                    write_map(out, map, indent + 2, true);
                } else {
                    write_value(out, &item.value, indent + 2);
                }
            }
        }
    }
}

/// Returns a value in flow style.
fn on_one_line(value: &Yaml) -> String {
    match value {
        Yaml::Null => "null".to_owned(),
        Yaml::Raw(text) => text.clone(),
        Yaml::Text(text) => in_flow(text),
        Yaml::Flow(texts) => {
            let texts: Vec<InFlow<'_>> = texts.iter().map(|text| InFlow(text)).collect();
            written(&FlowSeq(texts))
        }
        Yaml::Line(values) => {
            let values: Vec<String> = values.iter().map(on_one_line).collect();
            format!("[{}]", values.join(", "))
        }
        Yaml::List(items) => {
            let values: Vec<String> = items.iter().map(|item| on_one_line(&item.value)).collect();
            format!("[{}]", values.join(", "))
        }
        Yaml::Map(map) | Yaml::Inline(map) => {
            let pair =
                |entry: &MapEntry| format!("{}: {}", in_flow_key(&entry.key), on_one_line(&entry.value));
            let pairs: Vec<String> = map.0.iter().map(pair).collect();
            if pairs.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", pairs.join(", ")) }
        }
    }
}

fn in_flow(text: &str) -> String {
    let list = written(&FlowSeq([InFlow(text)]));
    let inner = list.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    inner.map_or_else(|| scalar(text), |inner| inner.trim().to_owned())
}

/// Returns a key in flow style, unless it is quoted already.
fn in_flow_key(key: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if key.chars().all(plain) || key.starts_with(['"', '\'']) { key.to_owned() } else { in_flow(key) }
}

fn line(out: &mut String, text: &str) {
    out.push(' ');
    out.push_str(text);
    out.push('\n');
}

fn pad(out: &mut String, indent: usize) {
    out.extend(std::iter::repeat_n(' ', indent));
}

fn comments(out: &mut String, lines: &[String], indent: usize) {
    for line in lines {
        pad(out, indent);
        out.push_str("# ");
        out.push_str(&super::quote::comment(line));
        out.push('\n');
    }
}

#[cfg(test)]
#[path = "yaml_tests.rs"]
mod tests;
