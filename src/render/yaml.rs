//! A small tree of YAML in block style, with comments. Every scalar is written by the one writer that is known to be read
//! back as it was.

use serde::{Serialize, Serializer};
use serde_saphyr::{DoubleQuoted, FlowSeq, SerializerOptions};

/// A node.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Yaml {
    /// A text, quoted where it must be.
    Text(String),
    /// A number, a switch or a reference to an anchor, as it stands.
    Raw(String),
    /// Texts on one line.
    Flow(Vec<String>),
    /// Lines as they are, where YAML can carry them so.
    Block(String),
    /// Keys and values.
    Map(Map),
    /// Values below each other.
    List(Vec<Item>),
    /// Nothing.
    Null,
}

/// A value of a list.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Item {
    /// Lines above it.
    pub(super) comments: Vec<String>,
    /// The value.
    pub(super) value: Yaml,
}

/// Keys and values in the order in which they were put.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Map(Vec<Entry>);

#[derive(Debug, Clone, PartialEq)]
struct Entry {
    gap: bool,
    comments: Vec<String>,
    key: String,
    anchor: Option<&'static str>,
    value: Yaml,
}

impl Map {
    /// Adds a key.
    pub(super) fn put(&mut self, key: &str, value: Yaml) -> &mut Self {
        self.0.push(Entry { gap: false, comments: Vec::new(), key: key.to_owned(), anchor: None, value });
        self
    }

    /// Adds a key whose value is a text.
    pub(super) fn text(&mut self, key: &str, value: impl Into<String>) -> &mut Self {
        self.put(key, Yaml::Text(value.into()))
    }

    /// Adds a key that is on.
    pub(super) fn on(&mut self, key: &str) -> &mut Self {
        self.put(key, Yaml::Raw("true".to_owned()))
    }

    /// Adds a list, unless it is empty.
    pub(super) fn list(&mut self, key: &str, values: Vec<Item>) -> &mut Self {
        if values.is_empty() { self } else { self.put(key, Yaml::List(values)) }
    }

    /// Adds keys and values, unless there are none.
    pub(super) fn map(&mut self, key: &str, values: Map) -> &mut Self {
        if values.0.is_empty() { self } else { self.put(key, Yaml::Map(values)) }
    }

    /// Adds the keys of another.
    pub(super) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Puts a line of comment above the last key.
    pub(super) fn comment(&mut self, line: &str) -> &mut Self {
        if let Some(last) = self.0.last_mut().filter(|_| !line.is_empty()) {
            last.comments.push(line.to_owned());
        }
        self
    }

    /// Puts a blank line above the last key and its comments.
    pub(super) fn gap(&mut self) -> &mut Self {
        if let Some(last) = self.0.last_mut() {
            last.gap = true;
        }
        self
    }

    /// Names the value of the last key, so that others may refer to it.
    pub(super) fn anchor(&mut self, name: &'static str) -> &mut Self {
        if let Some(last) = self.0.last_mut() {
            last.anchor = Some(name);
        }
        self
    }
}

impl Item {
    /// A text without a comment.
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self { comments: Vec::new(), value: Yaml::Text(text.into()) }
    }

    /// A value with its reason.
    pub(super) fn noted(value: Yaml, why: &str) -> Self {
        let comments = if why.is_empty() { Vec::new() } else { vec![why.to_owned()] };
        Self { comments, value }
    }
}

/// The text of a document.
pub(super) fn document(map: &Map) -> String {
    let mut out = String::new();
    write_map(&mut out, map, 0, false);
    out
}

/// One scalar on one line.
pub(super) fn scalar(text: &str) -> String {
    written(&text)
}

/// A text between brackets. Compose's reader takes `? ` in one without quotes for the start of a key.
struct InFlow<'a>(&'a str);

impl Serialize for InFlow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let key = self.0.split('?').skip(1).any(|after| after.starts_with(char::is_whitespace));
        if key { DoubleQuoted(self.0).serialize(serializer) } else { self.0.serialize(serializer) }
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
        out.push_str(&scalar(&entry.key));
        out.push(':');
        if let Some(anchor) = entry.anchor {
            out.push_str(" &");
            out.push_str(anchor);
        }
        write_value(out, &entry.value, indent + 2);
    }
}

/// What stands after `key:` or `-`, with its line's end.
fn write_value(out: &mut String, value: &Yaml, indent: usize) {
    match value {
        Yaml::Null => out.push('\n'),
        Yaml::Raw(text) => line(out, text),
        Yaml::Flow(texts) => {
            let texts: Vec<InFlow<'_>> = texts.iter().map(|text| InFlow(text)).collect();
            line(out, &written(&FlowSeq(texts)));
        }
        Yaml::Block(text) if fits_block(text) => {
            out.push_str(" |\n");
            for row in text.lines() {
                if !row.is_empty() {
                    pad(out, indent);
                    out.push_str(row);
                }
                out.push('\n');
            }
        }
        Yaml::Text(text) | Yaml::Block(text) => line(out, &scalar(text)),
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

/// Whether a literal block gives the text back: one newline at its end, no blank at its start, nothing that YAML takes
/// for another line's end or cannot carry.
fn fits_block(text: &str) -> bool {
    let plain = |c: char| c == '\n' || !(c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}'));
    text.ends_with('\n')
        && !text.ends_with("\n\n")
        && text.starts_with(|c: char| !c.is_whitespace())
        && text.chars().all(plain)
        && text.lines().all(|line| line.is_empty() || !line.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn awkward() -> impl Strategy<Value = String> {
        let known = prop::sample::select(vec![
            "22:22",
            "yes",
            "no",
            "on",
            "~",
            "null",
            "2024-01-01",
            "0755",
            "0x1f",
            "1e3",
            ".5",
            "1_000",
            "=",
            "<<",
            "!x",
            "&a",
            "*a",
            "- a",
            "a: b",
            "a #b",
            "#",
            "'",
            "\"",
            "\\",
            "\n",
            "\r",
            "\t",
            " ",
            "é漢",
            "\u{85}",
            "\u{2028}",
            "[a",
            "{a",
            "]",
            ",",
            "%x",
            "@x",
            "`x",
            "|",
            ">",
            "?",
            "---",
            "...",
            "true",
            "190:20:30",
            "\u{feff}",
            "\u{7}",
        ]);
        prop_oneof![
            known.clone().prop_map(str::to_owned),
            prop::collection::vec(prop_oneof![known.prop_map(str::to_owned), "[ -~]{1,4}"], 0..5)
                .prop_map(|parts| parts.concat()),
            any::<String>(),
        ]
    }

    #[test]
    fn a_question_in_brackets_is_quoted() {
        let mut map = Map::default();
        map.put("test", Yaml::Flow(vec!["a? b".to_owned(), "a?b".to_owned()]));
        assert_eq!(document(&map), "test: [\"a? b\", a?b]\n");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn any_text_is_read_back(text in awkward(), flow in prop::collection::vec(awkward(), 1..4)) {
            let mut map = Map::default();
            let mut inner = Map::default();
            inner.text(&text, &*text).put("block", Yaml::Block(format!("x{text}\n")));
            map.put("flow", Yaml::Flow(flow.clone())).comment(&text);
            map.list("list", vec![Item::noted(Yaml::Text(text.clone()), &text), Item::text("x")]);
            map.put("map", Yaml::Map(inner));
            let out = document(&map);
            let read: BTreeMap<String, serde_json::Value> = serde_saphyr::from_str(&out).map_err(|why| TestCaseError::fail(format!("{why}\n{out}")))?;
            prop_assert_eq!(&read["flow"], &serde_json::json!(flow), "{}", out);
            prop_assert_eq!(&read["list"], &serde_json::json!([text, "x"]), "{}", out);
            let block = format!("x{text}\n");
            let mut wanted = serde_json::json!({ "block": block });
            wanted[&text] = serde_json::json!(if text == "block" { block } else { text.clone() });
            prop_assert_eq!(&read["map"], &wanted, "{}", out);
        }
    }
}
