//! Recognises Git's conflict markers, full-width punctuation and lists in brackets.

use std::ops::Range;

use super::lexer::{Token, TokenKind};

/// A merge conflict: the range of its first marker, and the ranges that are not read (markers, and all sides
/// but the first).
pub(super) struct MergeConflict {
    pub(super) marker: Range<usize>,
    pub(super) unread: Vec<Range<usize>>,
}

/// Finds the complete merge conflicts of a text.
pub(super) fn conflicts(text: &str) -> Vec<MergeConflict> {
    let mut found = Vec::new();
    if !text.contains("<<<<<<<") {
        return found;
    }
    let mut open: Option<(MergeConflict, Option<usize>)> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end();
        let range = at..at + bare.len();
        at += line.len();
        let marks = |letter: &str| {
            bare.strip_prefix(&letter.repeat(7)).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        };
        if marks("<") {
            open = Some((MergeConflict { marker: range.clone(), unread: vec![range] }, None));
        } else if let Some((conflict, other)) = &mut open {
            if marks("|") || marks("=") {
                other.get_or_insert(range.start);
            } else if marks(">") {
                conflict.unread.push(other.unwrap_or(range.start)..range.end);
                found.extend(open.take().map(|(conflict, _)| conflict));
            }
        }
    }
    found
}

/// Replaces the unread ranges of conflicts by spaces. Line breaks are kept.
pub(super) fn without(text: &str, conflicts: &[MergeConflict]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for range in conflicts.iter().flat_map(|conflict| &conflict.unread) {
        bytes[range.clone()].iter_mut().filter(|byte| !b"\r\n".contains(byte)).for_each(|byte| *byte = b' ');
    }
    String::from_utf8(bytes).expect("whole lines are blanked")
}

/// Full-width punctuation of East Asian keyboards, and what it means in KDL.
pub(super) const WIDE: [(char, &str); 9] = [
    ('，', " "),
    ('、', " "),
    ('：', " "),
    ('；', ";"),
    ('｛', "{"),
    ('｝', "}"),
    ('＝', "="),
    ('（', "("),
    ('）', ")"),
];

/// Marks the brackets and commas of lists such as `["a", "b"]` on a line. Returns the ranges of tokens of the
/// lists.
pub(super) fn lists(tokens: &mut [Token], text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let is = |token: &Token, word: &str| {
            token.kind == TokenKind::Stray && &text[token.start..token.end] == word
        };
        let free = at == 0 || matches!(tokens[at - 1].kind, TokenKind::Space | TokenKind::Equals);
        if !is(&tokens[at], "[") || !free {
            at += 1;
            continue;
        }
        let inside = |token: &Token| {
            matches!(
                token.kind,
                TokenKind::Space
                    | TokenKind::Word
                    | TokenKind::Text { closed: true, multi: false, .. }
                    | TokenKind::Quoted
            )
        };
        let length = tokens[at + 1..].iter().take_while(|token| inside(token)).count();
        let close = at + 1 + length;
        let ends = tokens.get(close + 1).is_none_or(|next| {
            matches!(
                next.kind,
                TokenKind::Space
                    | TokenKind::Newline
                    | TokenKind::Semicolon
                    | TokenKind::Close
                    | TokenKind::LineComment
            )
        });
        if ends && tokens.get(close).is_some_and(|token| is(token, "]")) {
            for token in &mut tokens[at..=close] {
                let word = &text[token.start..token.end];
                if token.kind == TokenKind::Stray || (token.kind == TokenKind::Word && word == ",") {
                    token.kind = TokenKind::Listed;
                }
            }
            found.push(at..close + 1);
        }
        at = close.max(at + 1);
    }
    found
}
