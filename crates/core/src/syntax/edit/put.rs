//! Insertions: nodes, blocks, values.

use super::super::Node;
use super::super::grammar::is_blank;
use super::super::lexer::{TokenKind, is_newline};
use super::{Change, Editor, Extent};

/// The maximum width of a line with a block on one line.
const WIDEST: usize = 100;

impl Editor<'_> {
    /// Formats a node with one child, on separate lines.
    pub fn block(&self, name: &str, child: &str) -> String {
        format!("{name} {{{nl}{}{child}{nl}}}", self.unit, nl = self.newline)
    }

    /// Inserts a node at the end of the block of another one, and adds the block if it has none.
    pub fn insert_into(&self, parent: &Node, line: &str) -> Change {
        let extent = self.extent(parent);
        let outer = self.indent(parent);
        let inner = self.inner_indent(parent);
        let nl = self.newline;
        let alone = self.heads_line(extent.name);
        let Some((open, close)) = extent.block else {
            let at = self.tokens[extent.entries].end;
            let lines = format!(" {{{nl}{inner}{line}{nl}{outer}}}");
            return Change::insert(at, if alone { lines } else { format!(" {{ {line} }}") });
        };
        let tail =
            self.before(close, |kind| matches!(kind, TokenKind::Space | TokenKind::Newline)).unwrap_or(open);
        let (from, to) = (self.tokens[tail].end, self.tokens[close].start);
        let one_line = !self.text[self.tokens[open].end..to].contains(is_newline);
        if one_line && !(alone && tail == open) {
            let change = self.insert_into_line(&extent, tail, line);
            if !alone || self.width(&change) <= WIDEST {
                return change;
            }
        }
        if self.text[from..to].contains(is_newline) {
            Change::insert(from, format!("{nl}{inner}{line}"))
        } else {
            Change { range: from..to, text: format!("{nl}{inner}{line}{nl}{outer}") }
        }
    }

    /// Inserts a node into a block on one line. `tail` is the last token in it.
    fn insert_into_line(&self, extent: &Extent, tail: usize, line: &str) -> Change {
        let (open, close) = extent.block.unwrap_or((tail, tail));
        let previous = self.before(tail + 1, is_blank).unwrap_or(open);
        let separated = previous <= open || self.tokens[previous].kind == TokenKind::Semicolon;
        let separator = if separated { " " } else { "; " };
        let range = self.tokens[tail].end..self.tokens[close].start;
        Change { range, text: format!("{separator}{line} ") }
    }

    /// Returns the width of the line after a change, in characters.
    fn width(&self, change: &Change) -> usize {
        let before = self.text[..change.range.start].chars().rev().take_while(|letter| !is_newline(*letter));
        let after = self.text[change.range.end..].chars().take_while(|letter| !is_newline(*letter));
        before.count() + change.text.chars().count() + after.count()
    }

    /// Returns the indentation for a new child: that of the last sibling, if any.
    fn inner_indent(&self, parent: &Node) -> String {
        let children = parent.children.as_deref().unwrap_or_default();
        let last = children.iter().rev().find(|child| self.heads_line(self.name(child)));
        last.map_or_else(
            || format!("{}{}", self.indent(parent), self.unit),
            |child| self.indent(child).to_owned(),
        )
    }

    /// Inserts a top-level node after the line of another one, given by its index, or at the end.
    pub fn insert_after(&self, node: Option<usize>, what: &str) -> Change {
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
            return Change::insert(follows, format!("{nl}{gap}{what}{after}"));
        }
        let before = match self.tokens.last().map(|token| token.kind) {
            None | Some(TokenKind::Mark) => String::new(),
            Some(TokenKind::Newline) => gap.to_owned(),
            Some(TokenKind::Continuation) => format!("{nl}{nl}"),
            Some(_) => format!("{nl}{gap}"),
        };
        Change::insert(self.text.len(), format!("{before}{what}{nl}"))
    }

    /// Returns the index of the line break, if nothing else starts on the line.
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

    /// Sets the first argument of a node. `value` is in KDL syntax.
    pub fn set_argument(&self, node: &Node, value: &str) -> Change {
        if let Some(first) = node.arguments.first() {
            return Change { range: first.span.range(), text: value.to_owned() };
        }
        let name = self.name(node);
        let touches = self.kind(name + 1) == Some(TokenKind::Open);
        Change::insert(self.tokens[name].end, format!(" {value}{}", if touches { " " } else { "" }))
    }
}
