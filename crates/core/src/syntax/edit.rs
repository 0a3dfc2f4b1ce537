//! Edits of a text that preserve the rest of it: layout, comments, line breaks, and what `/-` comments out.

mod put;
mod remove;
#[cfg(test)]
mod tests;

use std::ops::Range;

use super::grammar::is_blank;
use super::lexer::{Token, TokenKind, is_newline, is_space, lex};
use super::{Document, Node};

/// A replacement of a range of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The range in bytes; empty for an insertion.
    pub range: Range<usize>,
    pub text: String,
}

impl Change {
    fn insert(at: usize, text: impl Into<String>) -> Self {
        Self { range: at..at, text: text.into() }
    }

    pub fn apply(&self, text: &str) -> String {
        let mut out = text.to_owned();
        out.replace_range(self.range.clone(), &self.text);
        out
    }
}

/// Computes changes of a text. `document` is its tree.
pub struct Editor<'a> {
    text: &'a str,
    document: &'a Document,
    tokens: Vec<Token>,
    newline: &'a str,
    unit: String,
}

/// The extent of a node, as indexes of tokens.
struct Extent {
    name: usize,
    /// The last token, including blocks that are commented out.
    last: usize,
    /// The token after which a new block would be inserted.
    entries: usize,
    block: Option<(usize, usize)>,
}

impl<'a> Editor<'a> {
    /// Creates an editor for a text and its tree.
    pub fn new(text: &'a str, document: &'a Document) -> Self {
        let tokens = lex(text);
        let newline = tokens.iter().find(|token| token.kind == TokenKind::Newline);
        let newline = newline.map_or("\n", |token| &text[token.start..token.end]);
        let mut editor = Self { text, document, tokens, newline, unit: "    ".to_owned() };
        if let Some(unit) = editor.found_unit(&document.nodes) {
            editor.unit = unit;
        }
        editor
    }

    /// Returns the indentation of children relative to their node, from the first that are indented.
    fn found_unit(&self, nodes: &[Node]) -> Option<String> {
        nodes.iter().find_map(|node| {
            let children = node.children.as_deref()?;
            let of_child =
                children.iter().find(|child| self.heads_line(self.name(child))).and_then(|child| {
                    let inner = self.indent(child).strip_prefix(self.indent(node))?;
                    (!inner.is_empty()).then(|| inner.to_owned())
                });
            of_child.or_else(|| self.found_unit(children))
        })
    }

    fn kind(&self, at: usize) -> Option<TokenKind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    /// Returns the index of the token with the name of a node.
    fn name(&self, node: &Node) -> usize {
        let start = node.name.span.start as usize;
        self.tokens.partition_point(|token| token.start <= start).saturating_sub(1)
    }

    /// Returns the index of the last token before `at` that `skipped` does not accept.
    fn before(&self, at: usize, skipped: impl Fn(TokenKind) -> bool) -> Option<usize> {
        (0..at).rev().find(|place| !skipped(self.tokens[*place].kind))
    }

    /// Whether only whitespace precedes a token on its line.
    fn heads_line(&self, at: usize) -> bool {
        let before = self.before(at, |kind| kind == TokenKind::Space);
        before.is_none_or(|before| matches!(self.tokens[before].kind, TokenKind::Newline | TokenKind::Mark))
    }

    /// Returns the whitespace at the start of a node's line.
    fn indent(&self, node: &Node) -> &'a str {
        let before = &self.text[..node.name.span.start as usize];
        let line = before
            .rfind(is_newline)
            .map_or(0, |at| at + before[at..].chars().next().map_or(0, char::len_utf8));
        let line = &self.text[line..];
        &line[..line.find(|letter| !is_space(letter)).unwrap_or(line.len())]
    }

    fn extent(&self, node: &Node) -> Extent {
        let name = self.name(node);
        let mut found = Extent { name, last: name, entries: name, block: None };
        let (mut depth, mut gone, mut ended) = (0_usize, false, false);
        for at in name + 1..self.tokens.len() {
            match self.tokens[at].kind {
                kind if is_blank(kind) => continue,
                TokenKind::Newline if depth > 0 || gone => continue,
                TokenKind::Newline | TokenKind::Semicolon | TokenKind::Close if depth == 0 => break,
                TokenKind::SlashDash if depth == 0 => {
                    gone = true;
                    continue;
                }
                TokenKind::Open => {
                    if depth == 0 {
                        if !std::mem::take(&mut gone) && found.block.is_none() {
                            found.block = Some((at, at));
                        }
                        ended = true;
                    }
                    depth += 1;
                }
                TokenKind::Close => {
                    depth -= 1;
                    if let Some((open, close)) = found.block.as_mut().filter(|_| depth == 0) {
                        *close = if open == close { at } else { *close };
                    }
                }
                _ if depth == 0 => gone = false,
                _ => {}
            }
            found.last = at;
            if !ended {
                found.entries = at;
            }
        }
        found
    }
}
