//! Checks that tokens form a KDL 2 text, and reports errors at the place of the fix. It does not recurse, so
//! that no text overflows the stack; kdl only parses texts that pass this check.

use std::ops::Range;

use crate::diagnostic::{Diagnostic, codes::syntax as codes, wording};
use crate::source::{SourceId, Span};

use super::entries;
use super::errors::{bracketed, merge_conflict};
use super::lexer::{Token, TokenKind};
use super::merge_markers;

/// The maximum depth of nested blocks.
pub(super) const DEEPEST: usize = 64;

/// The maximum number of problems that are kept. A file that is not KDL can have one per character.
const MOST: usize = 200;

/// The result of the check.
#[derive(Default)]
pub(super) struct Shape {
    /// Ranges without content: comments, and what `/-` comments out. They are replaced by spaces for kdl.
    pub(super) blanks: Vec<Range<usize>>,
    pub(super) problems: Vec<Diagnostic>,
    /// The ranges of all statements including their blocks, at any depth.
    pub(super) statements: Vec<Range<usize>>,
    /// The `{` of a block that is not closed.
    pub(super) unclosed: Option<usize>,
    /// Whether an unclosed comment or string extends to the end.
    pub(super) endless: bool,
}

struct OpenBlock {
    start: usize,
    /// Its `{`.
    open: usize,
    /// The position of the `/-` that comments it out.
    discard: Option<usize>,
    role: BlockRole,
}

/// The relation of a block to its node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BlockRole {
    /// The block of the node, which ends it.
    Own,
    /// The block of a node that is commented out.
    OfDiscarded,
    /// A block that is commented out; the node may still have its own block.
    DiscardedBefore,
    /// A block that is commented out, after the block of the node.
    DiscardedAfter,
}

/// A parser that keeps open blocks on an explicit stack instead of recursing.
pub(super) struct Grammar<'a> {
    pub(super) source: SourceId,
    pub(super) text: &'a str,
    pub(super) tokens: &'a [Token],
    pub(super) at: usize,
    pub(super) shape: Shape,
    blocks: Vec<OpenBlock>,
    lines: Vec<(usize, usize)>,
    /// The `{` of a block whose `}` is indented less than the line that opens it. If a `}` is missing, it is
    /// likely that of this block.
    suspect: Option<usize>,
    /// The start of the current node.
    start: usize,
}

/// Checks the tokens of a text.
pub(super) fn shape(source: SourceId, text: &str, tokens: &[Token]) -> Shape {
    let conflicts = merge_markers::conflicts(text);
    let blanked = (!conflicts.is_empty()).then(|| merge_markers::without(text, &conflicts));
    let relexed = blanked.as_deref().map(super::lexer::lex);
    let (text, tokens) = (blanked.as_deref().unwrap_or(text), relexed.as_deref().unwrap_or(tokens));
    let mut tokens = tokens.to_vec();
    let lists = merge_markers::lists(&mut tokens, text);
    let tokens = &tokens[..];
    let mut shape = Shape::default();
    for conflict in &conflicts {
        shape.problems.push(merge_conflict(source, conflict));
        shape.blanks.extend(conflict.unread.iter().cloned());
    }
    shape.problems.extend(lists.into_iter().map(|list| bracketed(source, text, tokens, list)));
    let (blocks, lines) = (Vec::new(), lines(tokens));
    let mut grammar = Grammar { source, text, tokens, at: 0, shape, blocks, lines, suspect: None, start: 0 };
    grammar.letters();
    grammar.block();
    grammar.unclosed();
    grammar.shape
}

impl Grammar<'_> {
    pub(super) fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.source, range)
    }

    pub(super) fn kind(&self) -> Option<TokenKind> {
        self.tokens.get(self.at).map(|token| token.kind)
    }

    pub(super) fn word(&self, token: Token) -> &str {
        &self.text[token.start..token.end]
    }

    pub(super) fn report(&mut self, problem: Diagnostic) {
        if self.shape.problems.len() < MOST {
            self.shape.problems.push(problem);
        }
    }

    /// Returns the start of the line at a position, and its indentation.
    fn line(&self, at: usize) -> (usize, usize) {
        let after = self.lines.partition_point(|line| line.0 <= at);
        self.lines[..after].last().copied().unwrap_or_default()
    }

    fn offset(&self) -> usize {
        self.tokens.get(self.at).map_or(self.text.len(), |token| token.start)
    }

    /// Checks the nodes of all blocks.
    fn block(&mut self) {
        let mut discard: Option<usize> = None;
        while let Some(kind) = self.kind() {
            let token = self.tokens[self.at];
            match kind {
                TokenKind::SlashDash => {
                    if discard.is_some() {
                        self.misplaced(token, "`/-` must be followed by what it comments out");
                    }
                    discard = discard.or(Some(token.start));
                    self.at += 1;
                }
                TokenKind::Close => {
                    self.dangling(discard.take());
                    self.close(token);
                }
                TokenKind::Open => {
                    let diagnostic = Diagnostic::error(codes::MISPLACED_BRACE, "this block has no node");
                    let diagnostic =
                        diagnostic.at(self.span(token.start..token.end), "no node before it on this line");
                    self.report(diagnostic.help("move `{` to the end of the line with the node"));
                    let discarded = discard.take();
                    if !self.open(
                        token,
                        discarded,
                        if discarded.is_some() { BlockRole::OfDiscarded } else { BlockRole::Own },
                    ) {
                        return;
                    }
                }
                TokenKind::Semicolon => {
                    let diagnostic = Diagnostic::error(codes::MISPLACED_TOKEN, "unexpected `;`");
                    let span = self.span(token.start..token.end);
                    self.report(diagnostic.at(span, "no node before it").help("remove it").fix(span, ""));
                    self.at += 1;
                }
                kind if is_blank(kind) || kind == TokenKind::Newline => self.at += 1,
                _ => {
                    if !self.node(discard.take()) {
                        return;
                    }
                }
            }
        }
        self.dangling(discard);
    }

    /// Reports a `/-` that nothing follows.
    pub(super) fn dangling(&mut self, discard: Option<usize>) {
        if let Some(start) = discard {
            let slashdash = Token { kind: TokenKind::SlashDash, start, end: start + 2 };
            self.misplaced(slashdash, "`/-` must be followed by what it comments out");
        }
    }

    /// Checks a node up to its end or its `{`. Returns false if the nesting is too deep to go on.
    fn node(&mut self, discard: Option<usize>) -> bool {
        self.start = self.offset();
        let statement = self.start;
        entries::name(self);
        loop {
            let discarded_block = entries::entries(self);
            let Some(kind) = self.kind() else { break };
            let token = self.tokens[self.at];
            match kind {
                TokenKind::Open => {
                    let role = match (discard, discarded_block) {
                        (Some(_), _) => BlockRole::OfDiscarded,
                        (None, Some(_)) => BlockRole::DiscardedBefore,
                        (None, None) => BlockRole::Own,
                    };
                    return self.open(token, discard.or(discarded_block), role);
                }
                TokenKind::Semicolon => {
                    self.at += 1;
                    break;
                }
                TokenKind::Newline | TokenKind::Close => break,
                _ => self.at += 1,
            }
        }
        self.shape.statements.push(statement..self.offset());
        if let Some(start) = discard {
            // The `;` is removed with its node. A line break is kept.
            self.shape.blanks.push(start..self.offset());
        }
        true
    }

    fn open(&mut self, token: Token, discard: Option<usize>, role: BlockRole) -> bool {
        self.at += 1;
        self.blocks.push(OpenBlock { start: self.start.min(token.start), open: token.start, discard, role });
        if self.blocks.len() <= DEEPEST {
            return true;
        }
        let message = format!("blocks are nested more than {DEEPEST} levels deep");
        let diagnostic =
            Diagnostic::error(codes::TOO_DEEP, message).at(self.span(token.start..token.end), "too deep");
        self.report(diagnostic.help("check for a missing `}` above: no manifest needs this many levels"));
        self.blocks.clear();
        false
    }

    fn close(&mut self, token: Token) {
        self.at += 1;
        let Some(block) = self.blocks.pop() else {
            let diagnostic = Diagnostic::error(codes::STRAY_BRACE, "unmatched `}`");
            let span = self.span(token.start..token.end);
            let diagnostic = diagnostic.at(span, "no open block here");
            self.report(diagnostic.help("remove it, or add the missing `{`").fix(span, ""));
            return;
        };
        self.shape.statements.push(block.start..token.end);
        let (opened, closed) = (self.line(block.open), self.line(token.start));
        if self.suspect.is_none() && token.start == closed.0 + closed.1 && closed.1 < opened.1 {
            self.suspect = Some(block.open);
        }
        if let Some(start) = block.discard {
            if block.role == BlockRole::OfDiscarded && self.kind() == Some(TokenKind::Semicolon) {
                self.at += 1;
                self.shape.blanks.push(start..self.offset());
                return;
            }
            self.shape.blanks.push(start..token.end);
        }
        if block.role != BlockRole::DiscardedBefore || !self.after_discarded() {
            self.after_block();
        }
    }

    /// After `/-{ … }`, opens the actual block of the node if there is one.
    fn after_discarded(&mut self) -> bool {
        let start = self.at;
        while self.kind().is_some_and(is_blank) {
            self.at += 1;
        }
        if self.kind() == Some(TokenKind::Open) {
            let token = self.tokens[self.at];
            self.open(token, None, BlockRole::Own);
            return true;
        }
        self.at = start;
        false
    }

    /// Checks that a node ends after its block: with a line break, a `;` or the enclosing block.
    fn after_block(&mut self) {
        while self.kind().is_some_and(is_blank) {
            self.at += 1;
        }
        let Some(kind) = self.kind() else { return };
        let token = self.tokens[self.at];
        match kind {
            TokenKind::Semicolon => self.at += 1,
            TokenKind::Newline | TokenKind::Close => {}
            TokenKind::SlashDash => {
                // Only another block that is commented out may follow.
                let mut next = self.at + 1;
                while self
                    .tokens
                    .get(next)
                    .is_some_and(|token| is_blank(token.kind) || token.kind == TokenKind::Newline)
                {
                    next += 1;
                }
                if let Some(open) =
                    self.tokens.get(next).filter(|token| token.kind == TokenKind::Open).copied()
                {
                    self.at = next;
                    self.open(open, Some(token.start), BlockRole::DiscardedAfter);
                } else {
                    self.misplaced(token, "expected a line break or `;` after a block");
                }
            }
            _ => {
                let diagnostic =
                    Diagnostic::error(codes::MISSING_SEPARATOR, "expected a line break or `;` after a block");
                let place = self.span(token.start..token.end);
                self.report(
                    diagnostic
                        .at(place, "this would be a second node on the line")
                        .help("move it to a new line, or add `;` between the two")
                        .fix(self.span(token.start..token.start), "; "),
                );
            }
        }
    }

    /// Reports a token that is not allowed at its position.
    pub(super) fn misplaced(&mut self, token: Token, why: &str) {
        let found = wording::code(self.word(token));
        let diagnostic = Diagnostic::error(codes::MISPLACED_TOKEN, format!("unexpected {found}"));
        let span = self.span(token.start..token.end);
        self.report(diagnostic.at(span, "not allowed here").help(why));
    }

    /// Whether an unclosed string after this position contains a `}`.
    fn swallowed(&self, open: usize) -> bool {
        let behind = self.tokens.iter().filter(|token| token.start > open);
        let endless = |token: &&Token| matches!(token.kind, TokenKind::Text { closed: false, .. });
        behind.filter(endless).any(|token| self.word(*token).contains('}'))
    }

    fn unclosed(&mut self) {
        let Some(outer) = self.blocks.first().map(|block| block.open) else { return };
        // An unclosed comment or string hides any `}`. It was reported already.
        if self.shape.problems.iter().any(|one| one.code == codes::UNCLOSED_COMMENT)
            || self
                .tokens
                .last()
                .is_some_and(|last| matches!(last.kind, TokenKind::Text { closed: false, .. }))
            || self.swallowed(outer)
        {
            return;
        }
        let open = self.suspect.unwrap_or(outer);
        self.shape.unclosed = Some(open);
        let width = self.text[open..].chars().next().map_or(1, char::len_utf8);
        let diagnostic = Diagnostic::error(codes::UNCLOSED_BLOCK, "unclosed block");
        self.report(diagnostic.at(self.span(open..open + width), "starts here").help("close it with `}`"));
    }
}

/// Whether a token separates values within a node.
pub(super) fn is_blank(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Space
            | TokenKind::LineComment
            | TokenKind::BlockComment { .. }
            | TokenKind::HashComment
            | TokenKind::Continuation
            | TokenKind::Mark
            | TokenKind::Wide
            | TokenKind::Listed
            | TokenKind::Forbidden
    )
}

/// Returns the start and the indentation of each line.
fn lines(tokens: &[Token]) -> Vec<(usize, usize)> {
    let starts =
        tokens.iter().enumerate().filter(|(_, token)| token.kind == TokenKind::Newline).map(|(at, _)| at + 1);
    std::iter::once(0)
        .chain(starts)
        .filter_map(|at| tokens.get(at))
        .map(|first| (first.start, if first.kind == TokenKind::Space { first.end - first.start } else { 0 }))
        .collect()
}
