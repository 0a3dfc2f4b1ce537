//! Removal of nodes, with their comments and lines.

use super::super::Node;
use super::super::grammar::is_blank;
use super::super::lexer::TokenKind;
use super::{Change, Editor, Extent};

fn is_comment(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::LineComment | TokenKind::BlockComment { .. })
}

impl Editor<'_> {
    /// Removes a node. If no other node shares its lines, the lines are removed too, and so are the comments
    /// directly above, unless they are the heading of a group with other nodes. Otherwise its `;` is removed.
    pub fn remove(&self, node: &Node) -> Change {
        let extent = self.extent(node);
        let first = self.first_of_line(extent.name);
        let range = match (first, self.rest_of_line(&extent)) {
            (Some(first), Some(end)) => {
                let own = self.with_comments(first);
                let heading = own < first && !self.is_at_top(node) && self.heads_group(own, end);
                self.with_empty_line(if heading { first } else { own }, end)
            }
            _ => self.shared_line(&extent),
        };
        Change { range, text: String::new() }
    }

    /// Returns the first token of the line, if only whitespace and comments precede the given one.
    fn first_of_line(&self, at: usize) -> Option<usize> {
        let is_blank = |kind| kind == TokenKind::Space || matches!(kind, TokenKind::BlockComment { .. });
        let before = self.before(at, is_blank);
        let heads = before
            .is_none_or(|before| matches!(self.tokens[before].kind, TokenKind::Newline | TokenKind::Mark));
        heads.then(|| before.map_or(0, |before| before + 1))
    }

    /// Returns the token after the node's last line, if nothing else is on it.
    fn rest_of_line(&self, extent: &Extent) -> Option<usize> {
        let mut ended = false;
        for at in extent.last + 1..self.tokens.len() {
            match self.tokens[at].kind {
                TokenKind::Newline => return Some(at + 1),
                TokenKind::Semicolon if !ended => ended = true,
                TokenKind::Continuation => return None,
                kind if is_blank(kind) => {}
                _ => return None,
            }
        }
        Some(self.tokens.len())
    }

    /// Returns the first token of the comment lines directly above a token that starts a line.
    fn with_comments(&self, mut first: usize) -> usize {
        while first > 0 && self.tokens[first - 1].kind == TokenKind::Newline {
            let above = self.before(first - 1, |kind| kind == TokenKind::Space);
            let Some(above) = above.filter(|at| is_comment(self.tokens[*at].kind)) else { break };
            match self.first_of_line(above) {
                Some(start) => first = start,
                None => break,
            }
        }
        first
    }

    fn is_at_top(&self, node: &Node) -> bool {
        self.document.nodes.iter().any(|one| one.span == node.span)
    }

    /// Whether comments are the heading of a group of nodes: empty lines separate the block into groups, the
    /// comments precede the first node of one, and another node follows directly at `end`.
    fn heads_group(&self, comments: usize, end: usize) -> bool {
        let blank = |kind| kind == TokenKind::Space;
        let next = (end..self.tokens.len()).find(|at| !blank(self.tokens[*at].kind));
        let other = |kind| {
            !(matches!(kind, TokenKind::Newline | TokenKind::Close | TokenKind::SlashDash)
                || is_comment(kind))
        };
        if !next.is_some_and(|at| other(self.tokens[at].kind)) {
            return false;
        }
        let above = comments.checked_sub(1).and_then(|at| self.before(at, blank));
        match above.map(|at| self.tokens[at].kind) {
            Some(TokenKind::Newline) => true,
            Some(TokenKind::Open) => self.ends_in_empty_line(end),
            _ => false,
        }
    }

    /// Whether an empty line, followed by more contents, comes before the end of the block.
    fn ends_in_empty_line(&self, from: usize) -> bool {
        let (mut depth, mut breaks) = (0_usize, 0_usize);
        for token in &self.tokens[from..] {
            match token.kind {
                TokenKind::Space => {}
                TokenKind::Newline => breaks += 1,
                TokenKind::Close if depth == 0 => return false,
                _ if depth == 0 && breaks > 1 => return true,
                kind => {
                    breaks = 0;
                    match kind {
                        TokenKind::Open => depth += 1,
                        TokenKind::Close => depth -= 1,
                        _ => {}
                    }
                }
            }
        }
        false
    }

    /// Returns the range of whole lines from a token to the token `end`. If empty lines would be left on both
    /// sides, or one at the edge of the block, one is included.
    fn with_empty_line(&self, first: usize, end: usize) -> std::ops::Range<usize> {
        let start = |at: usize| self.tokens.get(at).map_or(self.text.len(), |token| token.start);
        let breaks = |at: Option<usize>| at.is_some_and(|at| self.tokens[at].kind == TokenKind::Newline);
        let space = |kind| kind == TokenKind::Space;
        let above = first.checked_sub(1).filter(|at| breaks(Some(*at)));
        let empty = above.and_then(|at| self.before(at, space)).filter(|at| breaks(Some(*at)));
        let begins = above
            .is_none_or(|at| self.before(at, space).is_none_or(|at| self.kind(at) == Some(TokenKind::Open)));
        let next = (end..self.tokens.len()).find(|at| !space(self.tokens[*at].kind));
        match next.map(|at| self.tokens[at].kind) {
            Some(TokenKind::Newline) if empty.is_some() || begins => {
                start(first)..start(next.unwrap_or(end) + 1)
            }
            None | Some(TokenKind::Close) => start(empty.map_or(first, |at| at + 1))..start(end),
            Some(_) => start(first)..start(end),
        }
    }

    /// Whether the block of a node would be empty, without comments, if this child was removed.
    pub fn has_only_child(&self, parent: &Node, child: &Node) -> bool {
        let Some((open, close)) = self.extent(parent).block else { return false };
        let gone = self.remove(child).range;
        self.tokens[open + 1..close].iter().all(|token| {
            matches!(token.kind, TokenKind::Space | TokenKind::Newline) || gone.contains(&token.start)
        })
    }

    /// Returns the range of a node that shares its line with others.
    fn shared_line(&self, extent: &Extent) -> std::ops::Range<usize> {
        let (start, end) = (self.tokens[extent.name].start, self.tokens[extent.last].end);
        let before = self.before(extent.name, is_blank);
        let separated = before.filter(|at| self.tokens[*at].kind == TokenKind::Semicolon);
        let mut next = extent.last + 1;
        let after = (next..self.tokens.len()).find(|at| !is_blank(self.tokens[*at].kind));
        if let Some(after) = after.filter(|at| self.tokens[*at].kind == TokenKind::Semicolon) {
            next = after + 1;
        } else if let Some(separated) = separated {
            return self.tokens[separated].start..end;
        } else if extent.name == 0 || self.kind(extent.name - 1) != Some(TokenKind::Space) {
            return start..end;
        }
        while self.kind(next) == Some(TokenKind::Space) {
            next += 1;
        }
        start..self.tokens[next - 1].end
    }
}
