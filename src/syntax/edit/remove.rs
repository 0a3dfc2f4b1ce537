//! What is taken out: a node with its own comments and its line, an argument.

use super::super::Node;
use super::super::grammar::is_blank;
use super::super::lexer::Kind;
use super::{Change, Editor, Extent};

fn is_comment(kind: Kind) -> bool {
    matches!(kind, Kind::LineComment | Kind::BlockComment { .. })
}

impl Editor<'_> {
    /// Takes a node out: where it has its lines to itself with them and with the comments right above it, else with
    /// its `;`.
    pub fn remove(&self, node: &Node) -> Change {
        let extent = self.extent(node);
        let first = self.first_of_line(extent.name);
        let range = match (first, self.rest_of_line(&extent)) {
            (Some(first), Some(end)) => self.with_comments(first)..end,
            _ => self.among_others(&extent),
        };
        Change { range, text: String::new() }
    }

    /// The token that the line begins with, where only blanks and comments stand before this one.
    fn first_of_line(&self, at: usize) -> Option<usize> {
        let said = |kind| kind == Kind::Space || matches!(kind, Kind::BlockComment { .. });
        let before = self.before(at, said);
        let heads =
            before.is_none_or(|before| matches!(self.tokens[before].kind, Kind::Newline | Kind::Mark));
        heads.then(|| before.map_or(0, |before| before + 1))
    }

    /// The end of the node's last line, the end of the line included, where nothing else stands on it.
    fn rest_of_line(&self, extent: &Extent) -> Option<usize> {
        let mut ended = false;
        for token in &self.tokens[extent.last + 1..] {
            match token.kind {
                Kind::Newline => return Some(token.end),
                Kind::Semicolon if !ended => ended = true,
                Kind::Continuation => return None,
                kind if is_blank(kind) => {}
                _ => return None,
            }
        }
        Some(self.text.len())
    }

    /// Where the lines of comments begin that stand right above this token, which begins a line.
    fn with_comments(&self, mut first: usize) -> usize {
        while first > 0 && self.tokens[first - 1].kind == Kind::Newline {
            let above = self.before(first - 1, |kind| kind == Kind::Space);
            let Some(above) = above.filter(|at| is_comment(self.tokens[*at].kind)) else { break };
            match self.first_of_line(above) {
                Some(start) => first = start,
                None => break,
            }
        }
        self.tokens.get(first).map_or(self.text.len(), |token| token.start)
    }

    /// A node that shares its line.
    fn among_others(&self, extent: &Extent) -> std::ops::Range<usize> {
        let (start, end) = (self.tokens[extent.name].start, self.tokens[extent.last].end);
        let before = self.before(extent.name, is_blank);
        let parted = before.filter(|at| self.tokens[*at].kind == Kind::Semicolon);
        let mut next = extent.last + 1;
        let after = (next..self.tokens.len()).find(|at| !is_blank(self.tokens[*at].kind));
        if let Some(after) = after.filter(|at| self.tokens[*at].kind == Kind::Semicolon) {
            next = after + 1;
        } else if let Some(parted) = parted {
            return self.tokens[parted].start..end;
        } else if extent.name == 0 || self.kind(extent.name - 1) != Some(Kind::Space) {
            return start..end;
        }
        while self.kind(next) == Some(Kind::Space) {
            next += 1;
        }
        start..self.tokens[next - 1].end
    }

    /// Takes an argument of a node out, by its place.
    pub fn remove_argument(&self, node: &Node, place: usize) -> Option<Change> {
        let span = node.arguments.get(place)?.span.range();
        let before = self.tokens.iter().rfind(|token| token.end == span.start);
        let start = before.filter(|token| token.kind == Kind::Space).map_or(span.start, |token| token.start);
        Some(Change { range: start..span.end, text: String::new() })
    }
}
