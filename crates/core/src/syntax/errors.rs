//! Diagnostics of invalid characters and strings.

use std::ops::Range;

use crate::diagnostic::{Diagnostic, codes::syntax as codes, wording};
use crate::source::{SourceId, Span};

use super::lexer::{Token, TokenKind};
use super::merge_markers::MergeConflict;
use super::strings::Flaw;

/// Returns the diagnostic for a character that KDL never allows.
pub(super) fn forbidden(letter: char, span: Span) -> Diagnostic {
    let name = format!("U+{:04X}", u32::from(letter));
    let diagnostic =
        Diagnostic::error(codes::FORBIDDEN_CHARACTER, format!("the character {name} is not allowed")).at(
            span,
            if letter == '\u{feff}' {
                "a byte-order mark, which is allowed only at the start of a file"
            } else {
                "this character is invisible"
            },
        );
    diagnostic.help("remove it")
}

/// Returns the diagnostic for a merge conflict.
pub(super) fn merge_conflict(source: SourceId, conflict: &MergeConflict) -> Diagnostic {
    let span = Span::new(source, conflict.marker.clone());
    Diagnostic::error(codes::MERGE_CONFLICT, "the file has an unresolved merge conflict")
        .at(span, "conflict marker")
        .help("resolve the conflict and remove the lines `<<<<<<<`, `=======` and `>>>>>>>`")
}

/// Returns the diagnostic for full-width punctuation.
pub(super) fn full_width(letter: char, meant: &str, span: Span) -> Diagnostic {
    let diagnostic =
        Diagnostic::error(codes::MISPLACED_TOKEN, format!("`{letter}` is full-width punctuation"));
    let diagnostic = diagnostic.at(span, "not KDL punctuation");
    match meant {
        " " => diagnostic.help("write a space, or put the text in quotes").fix(span, " "),
        _ => diagnostic.help(format!("write `{meant}`")).fix(span, meant),
    }
}

pub(super) fn bracketed(source: SourceId, text: &str, all: &[Token], list: Range<usize>) -> Diagnostic {
    let before = all[..list.start].iter().rev().find(|token| token.kind != TokenKind::Space);
    let is_statement = before.is_none_or(|token| {
        matches!(token.kind, TokenKind::Open | TokenKind::Newline | TokenKind::Semicolon | TokenKind::Close)
    });
    let tokens = &all[list];
    let inside =
        tokens.iter().filter(|token| token.kind != TokenKind::Listed && token.kind != TokenKind::Space);
    let words: Vec<&str> = inside.map(|token| text[token.start..token.end].trim_matches(',')).collect();
    let parted = if is_statement { "; " } else { " " };
    let written = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(parted);
    let (start, end) = (tokens.first().map_or(0, |one| one.start), tokens.last().map_or(0, |one| one.end));
    let span = Span::new(source, start..end);
    Diagnostic::error(codes::MISPLACED_TOKEN, "lists are written without brackets and commas")
        .at(span, "not KDL syntax")
        .help(format!("write {}", wording::code(&written)))
        .fix(span, written)
}

/// Returns the diagnostic for a mistake in a string.
pub(super) fn flawed(flaw: &Flaw, written: &str, span: Span) -> Diagnostic {
    let code = match flaw {
        Flaw::Escape | Flaw::Unicode | Flaw::Nul => codes::BAD_ESCAPE,
        Flaw::FirstLine | Flaw::LastLine | Flaw::Indent => codes::BAD_MULTILINE,
    };
    match flaw {
        Flaw::Escape => {
            Diagnostic::error(code, format!("{} is not a valid escape sequence", wording::code(written)))
                .at(span, "unknown escape sequence")
                .help(
                    "write `\\\\` for a backslash; valid escape sequences include `\\n`, `\\t`, `\\\"`, \
                    `\\s` and `\\u{…}`",
                )
                .help("or use a raw string, `#\"…\"#`, in which a backslash is literal")
        }
        Flaw::Unicode => {
            Diagnostic::error(code, format!("{} is not a valid character", wording::code(written)))
                .at(span, "not a Unicode character")
                .help("write one to six hexadecimal digits in braces: `\\u{e9}`")
        }
        Flaw::Nul => Diagnostic::error(code, format!("{} is a NUL character", wording::code(written)))
            .at(span, "strings cannot contain NUL")
            .help("remove it"),
        Flaw::FirstLine => Diagnostic::error(code, "the text of a `\"\"\"` string must start on a new line")
            .at(span, "text on the line of the opening quotes")
            .help("add a line break directly after the opening `\"\"\"`"),
        Flaw::LastLine => Diagnostic::error(code, "the closing `\"\"\"` must be on a separate line")
            .at(span, "text on the line of the closing quotes")
            .help("put the closing `\"\"\"` on the next line"),
        Flaw::Indent => Diagnostic::error(code, "a line is indented less than the closing `\"\"\"`")
            .at(span, "indented too little, or with different whitespace")
            .help("indent every line at least as far as the closing `\"\"\"`, with the same whitespace"),
    }
}
