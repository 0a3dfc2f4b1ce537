//! What is put in: nodes, blocks, values.

use super::super::Node;
use super::super::grammar::is_blank;
use super::super::lexer::{TokenKind, is_newline};
use super::{Change, Editor, Extent};

/// The widest line that a block on one line may make.
const WIDEST: usize = 100;

impl Editor<'_> {
    /// A node with one child, on separate lines.
    pub fn block(&self, name: &str, child: &str) -> String {
        format!("{name} {{{nl}{}{child}{nl}}}", self.unit, nl = self.newline)
    }

    /// Puts a node at the end of the block of another one, which gets a block where it has none.
    pub fn put_in(&self, parent: &Node, line: &str) -> Change {
        let extent = self.extent(parent);
        let outer = self.indent(parent);
        let inner = self.inner_indent(parent);
        let nl = self.newline;
        let alone = self.heads_line(extent.name);
        let Some((open, close)) = extent.block else {
            let at = self.tokens[extent.entries].end;
            let lines = format!(" {{{nl}{inner}{line}{nl}{outer}}}");
            return Change::put(at, if alone { lines } else { format!(" {{ {line} }}") });
        };
        let tail =
            self.before(close, |kind| matches!(kind, TokenKind::Space | TokenKind::Newline)).unwrap_or(open);
        let (from, to) = (self.tokens[tail].end, self.tokens[close].start);
        let one_line = !self.text[self.tokens[open].end..to].contains(is_newline);
        if one_line && !(alone && tail == open) {
            let change = self.put_in_line(&extent, tail, line);
            if !alone || self.width(&change) <= WIDEST {
                return change;
            }
        }
        if self.text[from..to].contains(is_newline) {
            Change::put(from, format!("{nl}{inner}{line}"))
        } else {
            Change { range: from..to, text: format!("{nl}{inner}{line}{nl}{outer}") }
        }
    }

    /// The same in a block on one line; `tail` is the last token in it.
    fn put_in_line(&self, extent: &Extent, tail: usize, line: &str) -> Change {
        let (open, close) = extent.block.unwrap_or((tail, tail));
        let previous = self.before(tail + 1, is_blank).unwrap_or(open);
        let parted = previous <= open || self.tokens[previous].kind == TokenKind::Semicolon;
        let separator = if parted { " " } else { "; " };
        let range = self.tokens[tail].end..self.tokens[close].start;
        Change { range, text: format!("{separator}{line} ") }
    }

    /// How wide the line of a change becomes.
    fn width(&self, change: &Change) -> usize {
        let before = self.text[..change.range.start].chars().rev().take_while(|letter| !is_newline(*letter));
        let after = self.text[change.range.end..].chars().take_while(|letter| !is_newline(*letter));
        before.count() + change.text.chars().count() + after.count()
    }

    /// How far a child stands in: as its last sister does.
    fn inner_indent(&self, parent: &Node) -> String {
        let children = parent.children.as_deref().unwrap_or_default();
        let last = children.iter().rev().find(|child| self.heads_line(self.name(child)));
        last.map_or_else(
            || format!("{}{}", self.indent(parent), self.unit),
            |child| self.indent(child).to_owned(),
        )
    }

    /// Puts a top-level node behind the line of another one (by its place), or at the end.
    pub fn put_after(&self, node: Option<usize>, what: &str) -> Change {
        let nl = self.newline;
        let gap = if self.has_empty_line() { nl } else { "" };
        let behind = node.and_then(|first| {
            let nodes = self.document.nodes.get(first..).unwrap_or_default();
            nodes.iter().find_map(|node| self.end_of_line(self.extent(node).last + 1))
        });
        if let Some(end) = behind {
            let follows = self.before(end, |_| false).map_or(0, |last| self.tokens[last].end);
            let next = (end + 1..self.tokens.len()).find(|at| self.tokens[*at].kind != TokenKind::Space);
            let close = next.is_some_and(|at| self.tokens[at].kind != TokenKind::Newline);
            let after = if close { gap } else { "" };
            return Change::put(follows, format!("{nl}{gap}{what}{after}"));
        }
        let before = match self.tokens.last().map(|token| token.kind) {
            None | Some(TokenKind::Mark) => String::new(),
            Some(TokenKind::Newline) => gap.to_owned(),
            Some(TokenKind::Continuation) => format!("{nl}{nl}"),
            Some(_) => format!("{nl}{gap}"),
        };
        Change::put(self.text.len(), format!("{before}{what}{nl}"))
    }

    /// The end of the line, where nothing else begins on it.
    fn end_of_line(&self, from: usize) -> Option<usize> {
        let end = (from..self.tokens.len()).find(|at| {
            let kind = self.tokens[*at].kind;
            !is_blank(kind) && kind != TokenKind::Semicolon
        });
        end.filter(|at| self.tokens[*at].kind == TokenKind::Newline)
    }

    fn has_empty_line(&self) -> bool {
        let mut kinds =
            self.tokens.iter().filter(|token| token.kind != TokenKind::Space).map(|token| token.kind);
        let mut last = kinds.next();
        kinds.any(|kind| last.replace(kind) == Some(TokenKind::Newline) && kind == TokenKind::Newline)
    }

    /// Gives a node its first argument, in place of the one that it has. `value` is as it is to be written.
    pub fn set_argument(&self, node: &Node, value: &str) -> Change {
        if let Some(first) = node.arguments.first() {
            return Change { range: first.span.range(), text: value.to_owned() };
        }
        let name = self.name(node);
        let touches = self.kind(name + 1) == Some(TokenKind::Open);
        Change::put(self.tokens[name].end, format!(" {value}{}", if touches { " " } else { "" }))
    }
}
