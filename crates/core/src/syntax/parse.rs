//! Parses texts, and converts the tree of the crate kdl.

use std::ops::Range;

use kdl::{KdlDiagnostic, KdlDocument, KdlEntry, KdlIdentifier, KdlNode, KdlValue};

use crate::diagnostic::{Diagnostic, Log, codes::syntax as codes};
use crate::source::{SourceId, Span};

use super::{Argument, Document, Node, Property, Text, Value};
use super::{fast_path, grammar, lexer, recover, unseen};

/// The maximum size of a text, in bytes.
const LARGEST: usize = 1 << 20;

/// The minimum average number of bytes per word in texts that people or jcc write.
const BYTES_A_WORD: usize = 8;

/// The maximum number of errors that are reported per text. Further ones usually are consequences of the
/// first.
const MOST: usize = 20;

/// Parses a text. Reports errors and returns `None` if it is not valid KDL.
pub fn parse(source: SourceId, text: &str, log: &mut Log) -> Option<Document> {
    parse_up_to(LARGEST, source, text, log)
}

/// Parses a text of at most `largest` bytes.
pub fn parse_up_to(largest: usize, source: SourceId, text: &str, log: &mut Log) -> Option<Document> {
    read(source, text, (largest, false), log).map(|(document, _)| document)
}

/// Returns the diagnostic for a text with more than `most` words, each of which costs memory.
fn too_many_words(source: SourceId, tokens: &[lexer::Token], most: usize) -> Option<Diagnostic> {
    let is_word = |kind| {
        matches!(
            kind,
            lexer::TokenKind::Word
                | lexer::TokenKind::Keyword
                | lexer::TokenKind::Quoted
                | lexer::TokenKind::Text { .. }
        )
    };
    let mut words = tokens.iter().filter(|token| is_word(token.kind));
    let first = words.by_ref().nth(most)?;
    let count = most + 1 + words.count();
    Some(
        Diagnostic::error(codes::TOO_LARGE, format!("the file has {count} names and values"))
            .at(Span::new(source, first.start..first.end), "not read from here on")
            .help(format!("at most {most} are read: is it the right file?")),
    )
}

/// Parses a text and recovers from errors. Also returns whether nothing was left out.
pub fn parse_with_recovery(source: SourceId, text: &str, log: &mut Log) -> Option<(Document, bool)> {
    read(source, text, (LARGEST, true), log)
}

fn read(
    source: SourceId,
    text: &str,
    (largest, recover_errors): (usize, bool),
    log: &mut Log,
) -> Option<(Document, bool)> {
    if text.len() > largest {
        let diagnostic =
            Diagnostic::error(codes::TOO_LARGE, format!("the file is too large: {} bytes", text.len()));
        let diagnostic = diagnostic.at(Span::new(source, 0..0), "not read");
        log.error(
            diagnostic.help(format!("the limit is {largest} bytes: check that this is the right file")),
        );
        return None;
    }
    let tokens = lexer::lex(text);
    if let Some(diagnostic) = too_many_words(source, &tokens, largest / BYTES_A_WORD) {
        log.error(diagnostic);
        return None;
    }
    let shape = grammar::shape(source, text, &tokens);
    if !shape.problems.is_empty() {
        let rest = if recover_errors { recover::nodes(source, text, &shape) } else { None };
        let mut problems = shape.problems;
        problems.sort_by_key(Diagnostic::primary);
        problems.dedup();
        problems.into_iter().take(MOST).for_each(|one| log.report(one));
        let span = Span::new(source, 0..text.len());
        let (nodes, whole) = rest?;
        let before = log.errors();
        unseen::check(&nodes, log);
        return (log.errors() == before).then_some((Document { nodes, span }, whole));
    }
    let text = &blanked(text, &shape.blanks);
    let nodes = match fast_path::nodes(source, text) {
        Some(nodes) => nodes,
        None => match KdlDocument::parse_v2(text) {
            Ok(parsed) => Tree { source, text }.nodes(&parsed),
            Err(failed) => {
                failed
                    .diagnostics
                    .into_iter()
                    .take(MOST)
                    .for_each(|one| log.report(kdl_error(source, text, one)));
                return None;
            }
        },
    };
    let before = log.errors();
    unseen::check(&nodes, log);
    let span = Span::new(source, 0..text.len());
    (log.errors() == before).then_some((Document { nodes, span }, true))
}

/// Parses a text whose tokens have no errors.
pub(super) fn sound(source: SourceId, text: &str, blanks: &[Range<usize>]) -> Option<Vec<Node>> {
    let text = &blanked(text, blanks);
    let by_kdl = || KdlDocument::parse_v2(text).ok().map(|parsed| Tree { source, text }.nodes(&parsed));
    fast_path::nodes(source, text).or_else(by_kdl)
}

/// Parses a text with kdl only.
#[cfg(test)]
pub(super) fn by_kdl(source: SourceId, text: &str) -> Option<Vec<Node>> {
    KdlDocument::parse_v2(text).ok().map(|parsed| Tree { source, text }.nodes(&parsed))
}

/// Replaces ranges by spaces. Offsets do not change, and kdl does not see comments.
fn blanked(text: &str, blanks: &[Range<usize>]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for range in blanks {
        bytes[range.clone()].fill(b' ');
    }
    String::from_utf8(bytes).expect("tokens begin and end at letters")
}

/// Converts an error that only kdl found.
fn kdl_error(source: SourceId, text: &str, found: KdlDiagnostic) -> Diagnostic {
    let inside = |offset: usize| {
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    };
    let start = found.span.offset();
    let span = Span::new(source, inside(start)..inside(start.saturating_add(found.span.len())));
    let message = found.message.unwrap_or_else(|| "invalid KDL".to_owned());
    let message = message.trim_end_matches('.');
    Diagnostic::error(codes::INVALID_KDL, message).at(span, "syntax error").maybe_help(found.help)
}

#[derive(Clone, Copy)]
struct Tree<'a> {
    source: SourceId,
    text: &'a str,
}

impl Tree<'_> {
    fn nodes(self, document: &KdlDocument) -> Vec<Node> {
        document.nodes().iter().map(|node| self.node(node)).collect()
    }

    fn node(self, node: &KdlNode) -> Node {
        let start = node.name().span().offset();
        let end = node.span().offset() + node.span().len();
        let written = self.text.get(start..end).unwrap_or_default().trim_end().len();
        let mut arguments = Vec::new();
        let mut properties = Vec::new();
        for entry in node.entries() {
            let (value, span) = self.value(entry);
            match entry.name() {
                Some(key) => properties.push(Property { key: self.name(key), value, span }),
                None => arguments.push(Argument { value, span }),
            }
        }
        Node {
            name: self.name(node.name()),
            arguments,
            properties,
            children: node.children().map(|children| self.nodes(children)),
            span: Span::new(self.source, start..start + written),
        }
    }

    fn name(self, name: &KdlIdentifier) -> Text {
        let start = name.span().offset();
        let length = name.repr().map_or(name.span().len(), str::len);
        Text { value: name.value().to_owned().into(), span: Span::new(self.source, start..start + length) }
    }

    fn value(self, entry: &KdlEntry) -> (Value, Span) {
        let written = entry.format().map_or("", |format| format.value_repr.as_str());
        let end = entry.span().offset() + entry.span().len();
        let value = match entry.value() {
            KdlValue::String(text) => Value::String(text.clone().into()),
            KdlValue::Integer(number) => Value::Integer(*number),
            KdlValue::Float(_) => Value::Float(written.to_owned()),
            KdlValue::Bool(flag) => Value::Bool(*flag),
            KdlValue::Null => Value::Null,
        };
        (value, Span::new(self.source, end.saturating_sub(written.len())..end))
    }
}
