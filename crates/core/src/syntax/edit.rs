//! Edits of a text that leave the rest of it as it is: layout, comments, ends of lines, what `/-` takes out.

mod put;
mod remove;
#[cfg(test)]
mod tests;

use std::ops::Range;

use super::grammar::is_blank;
use super::lexer::{Token, TokenKind, is_newline, is_space, lex};
use super::{Document, Node};

/// One stretch of a text that becomes another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What goes, in bytes; empty where something is only put in.
    pub range: Range<usize>,
    pub text: String,
}

impl Change {
    fn put(at: usize, text: impl Into<String>) -> Self {
        Self { range: at..at, text: text.into() }
    }

    pub fn apply(&self, text: &str) -> String {
        let mut out = text.to_owned();
        out.replace_range(self.range.clone(), &self.text);
        out
    }
}

/// Finds the changes; `document` is what the text was parsed to.
pub struct Editor<'a> {
    text: &'a str,
    document: &'a Document,
    tokens: Vec<Token>,
    newline: &'a str,
    unit: String,
}

/// Where a node stands, as places in the tokens.
struct Extent {
    name: usize,
    /// The last token of it, blocks that `/-` takes out included.
    last: usize,
    /// Where a new block would begin: behind this token.
    entries: usize,
    block: Option<(usize, usize)>,
}

impl<'a> Editor<'a> {
    /// Of a text and what it was parsed to.
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

    /// How far children stand in from their node, by the first that do.
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

    /// The place of the token that names a node.
    fn name(&self, node: &Node) -> usize {
        let start = node.name.span.start as usize;
        self.tokens.partition_point(|token| token.start <= start).saturating_sub(1)
    }

    /// The token before this one that `skipped` does not skip.
    fn before(&self, at: usize, skipped: impl Fn(TokenKind) -> bool) -> Option<usize> {
        (0..at).rev().find(|place| !skipped(self.tokens[*place].kind))
    }

    /// Whether nothing but blanks stands before this on its line.
    fn heads_line(&self, at: usize) -> bool {
        let before = self.before(at, |kind| kind == TokenKind::Space);
        before.is_none_or(|before| matches!(self.tokens[before].kind, TokenKind::Newline | TokenKind::Mark))
    }

    /// The blanks that the line of a node begins with.
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
