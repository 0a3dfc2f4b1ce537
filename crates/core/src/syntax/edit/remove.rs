//! What is taken out: a node with its own comments and its line, an argument.

use super::super::Node;
use super::super::grammar::is_blank;
use super::super::lexer::TokenKind;
use super::{Change, Editor, Extent};

fn is_comment(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::LineComment | TokenKind::BlockComment { .. })
}

impl Editor<'_> {
    /// Takes a node out: where it has its lines to itself with them and with the comments right above it, unless these
    /// head a group of which others stay; else with its `;`.
    pub fn remove(&self, node: &Node) -> Change {
        let extent = self.extent(node);
        let first = self.first_of_line(extent.name);
        let range = match (first, self.rest_of_line(&extent)) {
            (Some(first), Some(end)) => {
                let own = self.with_comments(first);
                let heading = own < first && !self.is_at_top(node) && self.heads_group(own, end);
                self.with_empty_line(if heading { first } else { own }, end)
            }
            _ => self.among_others(&extent),
        };
        Change { range, text: String::new() }
    }

    /// The token that the line begins with, where only blanks and comments stand before this one.
    fn first_of_line(&self, at: usize) -> Option<usize> {
        let is_blank = |kind| kind == TokenKind::Space || matches!(kind, TokenKind::BlockComment { .. });
        let before = self.before(at, is_blank);
        let heads = before
            .is_none_or(|before| matches!(self.tokens[before].kind, TokenKind::Newline | TokenKind::Mark));
        heads.then(|| before.map_or(0, |before| before + 1))
    }

    /// The token behind the end of the node's last line, where nothing else stands on it.
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

    /// The token that begins the lines of comments right above this token, which begins a line itself.
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

    /// Whether comments head more than the node below them: where empty lines part a block into groups they stand over the
    /// first line of one, and the next line, at `end`, is another node.
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

    /// Whether an empty line comes before the end of the block, and more of it behind.
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

    /// Whole lines from a token to the token `end`. Where an empty line stands before them and another one, or the end
    /// of the block, behind them, one of the two goes too.
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

    /// Whether nothing, not even a comment, would stand in the block of a node without its one child.
    pub fn holds_only(&self, parent: &Node, child: &Node) -> bool {
        let Some((open, close)) = self.extent(parent).block else { return false };
        let gone = self.remove(child).range;
        self.tokens[open + 1..close].iter().all(|token| {
            matches!(token.kind, TokenKind::Space | TokenKind::Newline) || gone.contains(&token.start)
        })
    }

    /// A node that shares its line.
    fn among_others(&self, extent: &Extent) -> std::ops::Range<usize> {
        let (start, end) = (self.tokens[extent.name].start, self.tokens[extent.last].end);
        let before = self.before(extent.name, is_blank);
        let parted = before.filter(|at| self.tokens[*at].kind == TokenKind::Semicolon);
        let mut next = extent.last + 1;
        let after = (next..self.tokens.len()).find(|at| !is_blank(self.tokens[*at].kind));
        if let Some(after) = after.filter(|at| self.tokens[*at].kind == TokenKind::Semicolon) {
            next = after + 1;
        } else if let Some(parted) = parted {
            return self.tokens[parted].start..end;
        } else if extent.name == 0 || self.kind(extent.name - 1) != Some(TokenKind::Space) {
            return start..end;
        }
        while self.kind(next) == Some(TokenKind::Space) {
            next += 1;
        }
        start..self.tokens[next - 1].end
    }
}
