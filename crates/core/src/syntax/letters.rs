//! Reports mistakes that do not depend on the context: invalid characters, unclosed strings and comments,
//! full-width punctuation.

use crate::diagnostic::{Diagnostic, codes::syntax as codes, wording};

use super::errors::{flawed, forbidden, full_width};
use super::grammar::Grammar;
use super::lexer::{Token, TokenKind};
use super::merge_markers::WIDE;
use super::strings::flaws;

impl Grammar<'_> {
    /// Reports mistakes in single tokens, and records the ranges of comments.
    pub(super) fn letters(&mut self) {
        for token in self.tokens {
            let span = self.span(token.start..token.end);
            match token.kind {
                TokenKind::Forbidden => {
                    let letter = self.word(*token).chars().next().unwrap_or_default();
                    self.report(forbidden(letter, span));
                }
                TokenKind::Text { closed: false, multi, raw } => self.unclosed_text(*token, multi, raw),
                TokenKind::Text { raw, multi, .. } => {
                    if let Some(at) = self.word(*token).find(super::lexer::is_forbidden) {
                        let letter = self.word(*token)[at..].chars().next().unwrap_or_default();
                        let at = token.start + at;
                        self.report(forbidden(letter, self.span(at..at + letter.len_utf8())));
                    }
                    for (flaw, range) in flaws(self.word(*token), raw, multi) {
                        let span = self.span(token.start + range.start..token.start + range.end);
                        self.report(flawed(&flaw, self.word(*token).get(range).unwrap_or_default(), span));
                    }
                }
                TokenKind::BlockComment { closed: false } => {
                    self.shape.endless = true;
                    let diagnostic = Diagnostic::error(codes::UNCLOSED_COMMENT, "unclosed comment");
                    let open = self.span(token.start..token.start + 2);
                    self.report(diagnostic.at(open, "starts here").help("close it with `*/`"));
                }
                TokenKind::HashComment => {
                    let hash = self.span(token.start..token.start + 1);
                    let diagnostic =
                        Diagnostic::error(codes::HASH_COMMENT, "comments start with `//`, not with `#`");
                    self.report(diagnostic.at(hash, "not a KDL comment").help("write `//`").fix(hash, "//"));
                }
                TokenKind::Wide
                | TokenKind::Open
                | TokenKind::Close
                | TokenKind::ParenOpen
                | TokenKind::ParenClose
                | TokenKind::Semicolon
                | TokenKind::Equals => {
                    let letter = self.word(*token).chars().next();
                    if let Some((wide, meant)) = WIDE.iter().find(|(wide, _)| Some(*wide) == letter) {
                        self.report(full_width(*wide, meant, span));
                    }
                }
                _ => {}
            }
            if matches!(
                token.kind,
                TokenKind::Mark
                    | TokenKind::LineComment
                    | TokenKind::BlockComment { .. }
                    | TokenKind::HashComment
                    | TokenKind::Continuation
            ) {
                self.shape.blanks.push(token.start..token.end);
            }
        }
    }

    fn unclosed_text(&mut self, token: Token, multi: bool, raw: bool) {
        self.shape.endless |= multi;
        let hashes = self.word(token).bytes().take_while(|byte| *byte == b'#').count();
        let quotes = if multi { "\"\"\"" } else { "\"" };
        let close = format!("{quotes}{}", "#".repeat(if raw { hashes } else { 0 }));
        let open = hashes + quotes.len();
        let span = if multi { token.start..token.start + open } else { token.start..token.end };
        let mut diagnostic = Diagnostic::error(codes::UNCLOSED_STRING, "unclosed string")
            .at(self.span(span), if multi { "starts here" } else { "not closed on this line" })
            .help(format!("close it with {}", wording::code(&close)));
        if !multi {
            diagnostic = diagnostic.help(
                "a multi-line string starts with `\"\"\"` and a line break, and ends with `\"\"\"` \
                    on a separate line",
            );
        }
        self.report(diagnostic);
    }
}
