//! A fast parser for the subset of KDL that nearly all texts use: words, strings without escapes, integers,
//! keywords and blocks. Other texts are parsed by kdl, which is many times slower.

use crate::source::{SourceId, Span};

use super::{Argument, Node, Property, Text, Value};

/// The maximum depth of nested blocks.
const DEEPEST: usize = 32;

/// Parses a text whose comments were removed; `None` if it uses anything outside the subset.
pub(super) fn nodes(source: SourceId, text: &str) -> Option<Vec<Node>> {
    let mut plain = FastReader { source, text, at: 0, depth: 0 };
    let nodes = plain.block()?;
    (plain.at == text.len()).then_some(nodes)
}

struct FastReader<'a> {
    source: SourceId,
    text: &'a str,
    at: usize,
    depth: usize,
}

impl FastReader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip(&mut self, which: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&which) {
            self.at += 1;
        }
    }

    fn span(&self, start: usize) -> Span {
        Span::new(self.source, start..self.at)
    }

    /// Reads nodes up to the end of the text or a closing brace.
    fn block(&mut self) -> Option<Vec<Node>> {
        let mut nodes = Vec::new();
        loop {
            self.skip(|byte| matches!(byte, b' ' | b'\t' | b'\n'));
            match self.peek() {
                None | Some(b'}') => return Some(nodes),
                Some(_) => nodes.push(self.node()?),
            }
        }
    }

    fn node(&mut self) -> Option<Node> {
        let start = self.at;
        let name = Text { value: self.word_or_text()?.into(), span: self.span(start) };
        let mut node = Node {
            name,
            arguments: Vec::new(),
            properties: Vec::new(),
            children: None,
            span: self.span(start),
        };
        loop {
            let before = self.at;
            self.skip(|byte| matches!(byte, b' ' | b'\t'));
            match self.peek() {
                None | Some(b'\n' | b'}') => return Some(node),
                Some(b';') => {
                    self.at += 1;
                    return Some(node);
                }
                // Values without a space before them, and anything after a block, are not part of the subset.
                Some(_) if before == self.at || node.children.is_some() => return None,
                Some(b'{') => node.children = Some(self.children()?),
                Some(_) => self.entry(&mut node)?,
            }
            node.span = self.span(start);
        }
    }

    fn children(&mut self) -> Option<Vec<Node>> {
        self.at += 1;
        self.depth += 1;
        let children = if self.depth > DEEPEST { None } else { self.block() }?;
        self.depth -= 1;
        if self.peek() != Some(b'}') {
            return None;
        }
        self.at += 1;
        Some(children)
    }

    fn entry(&mut self, node: &mut Node) -> Option<()> {
        let start = self.at;
        let value = self.value()?;
        if self.peek() != Some(b'=') {
            node.arguments.push(Argument { value, span: self.span(start) });
            return Some(());
        }
        let key = Text { value: self.text[start..self.at].to_owned().into(), span: self.span(start) };
        if !key.value.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_') {
            return None;
        }
        self.at += 1;
        let start = self.at;
        let value = self.value()?;
        node.properties.push(Property { key, value, span: self.span(start) });
        (self.peek() != Some(b'=')).then_some(())
    }

    fn value(&mut self) -> Option<Value> {
        let start = self.at;
        match self.peek()? {
            b'#' => {
                self.at += 1;
                self.skip(|byte| byte.is_ascii_lowercase());
                match &self.text[start..self.at] {
                    "#true" => Some(Value::Bool(true)),
                    "#false" => Some(Value::Bool(false)),
                    "#null" => Some(Value::Null),
                    _ => None,
                }
            }
            b'0'..=b'9' => {
                self.skip(|byte| byte.is_ascii_digit());
                let more =
                    self.peek().is_some_and(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b';' | b'}'));
                let digits = &self.text[start..self.at];
                if more || digits.len() > 18 { None } else { digits.parse().ok().map(Value::Integer) }
            }
            _ => self.word_or_text().map(|text| Value::String(text.into())),
        }
    }

    fn word_or_text(&mut self) -> Option<String> {
        let start = self.at;
        if self.peek()? == b'"' {
            self.at += 1;
            self.skip(|byte| !matches!(byte, b'"' | b'\\' | 0..0x20 | 0x7f));
            if self.peek()? != b'"' {
                return None;
            }
            self.at += 1;
            let inside = &self.text[start + 1..self.at - 1];
            // Three quotes start a multi-line string, and some characters are line breaks.
            let breaks = |letter: char| matches!(letter, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}');
            return (self.peek() != Some(b'"') && !inside.contains(breaks)).then(|| inside.to_owned());
        }
        if !self.peek()?.is_ascii_alphabetic() && self.peek()? != b'_' {
            return None;
        }
        self.skip(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
        let word = &self.text[start..self.at];
        (!["true", "false", "null", "inf", "nan"].contains(&word)).then(|| word.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse::by_kdl;
    use super::*;
    use crate::source::Sources;
    use proptest::prelude::*;

    const PIECES: &[&str] = &[
        "a",
        "b-c",
        "d.e",
        "_",
        " ",
        " ",
        " ",
        "\t",
        "\n",
        "\n",
        " {",
        "{",
        "}",
        "}",
        ";",
        "; ",
        "\"x y\"",
        "\"\"",
        "\"é\"",
        "\"\"\"",
        "=",
        "k=1",
        "k=\"v\"",
        "k=#true",
        "1",
        "007",
        "1.5",
        "-1",
        "#true",
        "#null",
        "#x",
        "\"\\n\"",
        "é",
        "true",
        "inf",
        "0x1f",
        "\\",
        "(t)",
        "\r",
        "\u{85}",
        "\"\u{2028}\"",
        "a {\n b 1\n}\n",
        "a b; c",
    ];

    fn assert_agrees_with_kdl(text: &str) {
        let source = Sources::new().add("a.kdl", text.to_owned());
        if let Some(nodes) = nodes(source, text) {
            assert_eq!(Some(nodes), by_kdl(source, text), "{text:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]
        #[test]
        fn fast_path_agrees_with_kdl(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..16)) {
            assert_agrees_with_kdl(&pieces.concat());
        }
    }

    #[test]
    fn plain_text_is_read() {
        let text = "a \"b\" c=1 {\n  d; e #true { }\n  f-g.h x=y 12\n}\n\"i j\"\n";
        let source = Sources::new().add("a.kdl", text.to_owned());
        assert!(nodes(source, text).is_some());
        assert_agrees_with_kdl(text);
    }
}
