//! Checks the tokens of a node: its name, arguments and properties.

use std::ops::Range;

use crate::diagnostic::{Diagnostic, codes::syntax as codes, wording};

use super::bare_word::{Bare, classify};
use super::grammar::{Grammar, is_blank};
use super::lexer::{OTHER_QUOTES, Token, TokenKind};
use super::value::quote;

/// Whether a token ends a run of adjacent tokens.
fn ends_run(kind: TokenKind) -> bool {
    is_blank(kind)
        || matches!(
            kind,
            TokenKind::Newline
                | TokenKind::Open
                | TokenKind::Close
                | TokenKind::Semicolon
                | TokenKind::SlashDash
        )
}

/// Returns the run of adjacent tokens at the current position.
fn run(grammar: &Grammar) -> Range<usize> {
    let rest = &grammar.tokens[grammar.at..];
    let length = rest.iter().take_while(|token| !ends_run(token.kind)).count();
    grammar.at..grammar.at + length
}

/// Checks the name of a node.
pub(super) fn name(grammar: &mut Grammar) {
    let tokens = run(grammar);
    let Some(first) = grammar.tokens.get(tokens.start).copied() else { return };
    grammar.at = tokens.end.max(grammar.at + 1);
    match (first.kind, tokens.len()) {
        (TokenKind::Text { .. }, 1) => {}
        (TokenKind::Keyword, 1) => unquoted(grammar, first.start..first.end),
        (TokenKind::Quoted, 1) => quoted_single(grammar, first),
        (TokenKind::Word | TokenKind::Text { .. }, 2..)
            if grammar.tokens[tokens.start + 1].kind == TokenKind::Equals =>
        {
            name_with_sign(grammar, tokens);
            return;
        }
        (TokenKind::Word, 1) => match classify(grammar.word(first)) {
            Bare::Text if grammar.word(first).contains("://") => unquoted(grammar, first.start..first.end),
            Bare::Text => quoted_single(grammar, first),
            Bare::Number | Bare::LikeNumber | Bare::Keyword => unquoted(grammar, first.start..first.end),
        },
        _ => value(grammar, tokens),
    }
    let equals = grammar.tokens[grammar.at..].iter().find(|token| !is_blank(token.kind));
    if let Some(equals) = equals.filter(|token| token.kind == TokenKind::Equals).copied() {
        let diagnostic = Diagnostic::error(codes::MISPLACED_TOKEN, "values are written without `=`");
        let from = grammar.tokens.partition_point(|token| token.start < equals.start);
        let after = grammar.tokens[from..].iter();
        let end = after
            .take_while(|token| token.kind == TokenKind::Equals)
            .last()
            .map_or(equals.end, |last| last.end);
        let span = grammar.span(equals.start..end);
        grammar.report(diagnostic.at(span, "unexpected `=`").help("remove the `=`").fix(span, ""));
        while grammar.tokens.get(grammar.at).is_some_and(|token| token.start < end) {
            grammar.at += 1;
        }
    }
}

/// Reports a name and a value that are joined by a sign: `A=b`, `pytorch==2.5`, `numpy>=2`.
fn name_with_sign(grammar: &mut Grammar, tokens: Range<usize>) {
    let (first, last) = (grammar.tokens[tokens.start], grammar.tokens[tokens.end - 1]);
    let word = grammar.word(first);
    let name = word.trim_end_matches(['<', '>', '!', '~', '^']);
    let rest = &grammar.tokens[tokens.start + 1..tokens.end];
    let equals = rest.iter().take_while(|token| token.kind == TokenKind::Equals).count();
    let value = rest.get(equals).map_or("", |value| &grammar.text[value.start..last.end]);
    let quoted = matches!(rest.get(equals), Some(value) if matches!(value.kind, TokenKind::Text { .. }));
    let sign = if name.len() < word.len() { format!("{}=", &word[name.len()..]) } else { String::new() };
    let written = match (value.is_empty(), quoted && sign.is_empty()) {
        (true, _) => name.to_owned(),
        (false, true) => format!("{name} {value}"),
        (false, false) if sign.is_empty() && classify(value) == Bare::Keyword => format!("{name} #{value}"),
        (false, false) => format!("{name} {}", quote(&format!("{sign}{}", value.trim_matches('"')))),
    };
    let diagnostic = Diagnostic::error(codes::MISPLACED_TOKEN, "values are written without `=`");
    let span = grammar.span(first.start..last.end);
    let diagnostic = diagnostic.at(span, "name and value in one word");
    grammar.report(diagnostic.help(format!("write {}", wording::code(&written))).fix(span, written));
}

/// Checks arguments and properties. Returns the position of a `/-` that comments out the block after them.
pub(super) fn entries(grammar: &mut Grammar) -> Option<usize> {
    let mut discard = None;
    while let Some(kind) = grammar.kind() {
        let token = grammar.tokens[grammar.at];
        match kind {
            TokenKind::SlashDash if discard.is_none() => {
                discard = Some(token.start);
                grammar.at += 1;
                // What is commented out may be on the next line.
                while grammar.kind().is_some_and(|kind| is_blank(kind) || kind == TokenKind::Newline) {
                    grammar.at += 1;
                }
            }
            TokenKind::SlashDash => {
                grammar.misplaced(token, "`/-` must be followed by what it comments out");
                grammar.at += 1;
            }
            kind if is_blank(kind) => grammar.at += 1,
            TokenKind::Open => return discard,
            TokenKind::Newline | TokenKind::Close | TokenKind::Semicolon => break,
            _ => {
                let end = entry(grammar);
                if let Some(start) = discard.take() {
                    grammar.shape.blanks.push(start..end);
                }
            }
        }
    }
    grammar.dangling(discard);
    None
}

/// Checks an argument or property, and returns its end.
fn entry(grammar: &mut Grammar) -> usize {
    let tokens = run(grammar);
    let spaced = spaced_equals(grammar, tokens.end);
    let whole = &grammar.tokens[tokens.clone()];
    let end = match (whole, spaced) {
        // `key =value`, `key = value`: spaces are allowed there.
        ([key], Some(value_at)) if is_key(key.kind) && !comparison(grammar.word(*key)) => {
            grammar.at = value_at;
            let rest = run(grammar);
            key_value(grammar, *key, rest)
        }
        ([key, equals, rest @ ..], _)
            if is_key(key.kind) && equals.kind == TokenKind::Equals && !comparison(grammar.word(*key)) =>
        {
            let key = *key;
            if rest.is_empty() {
                let mut at = tokens.end;
                while grammar.tokens.get(at).is_some_and(|token| is_blank(token.kind)) {
                    at += 1;
                }
                grammar.at = at;
                let rest = run(grammar);
                key_value(grammar, key, rest)
            } else {
                key_value(grammar, key, tokens.start + 2..tokens.end)
            }
        }
        _ => {
            value(grammar, tokens.clone());
            tokens.end
        }
    };
    grammar.at = end.max(grammar.at).max(tokens.start + 1);
    grammar.tokens[grammar.at - 1].end
}

fn is_key(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Word | TokenKind::Text { .. })
}

/// Whether a bare word ends with a comparison sign: `>` of `>=3.10`, `numpy<` of `numpy<=2`.
fn comparison(word: &str) -> bool {
    word.ends_with(['<', '>', '!', '~', '^'])
}

/// Returns the index of the token after a `=` that follows spaces.
fn spaced_equals(grammar: &Grammar, from: usize) -> Option<usize> {
    let mut at = from;
    let blank = |at: usize| grammar.tokens.get(at).is_some_and(|token| is_blank(token.kind));
    while blank(at) {
        at += 1;
    }
    if at == from || grammar.tokens.get(at)?.kind != TokenKind::Equals {
        return None;
    }
    at += 1;
    while blank(at) {
        at += 1;
    }
    Some(at)
}

fn key_value(grammar: &mut Grammar, key: Token, rest: Range<usize>) -> usize {
    if key.kind == TokenKind::Word && classify(grammar.word(key)) != Bare::Text {
        unquoted(grammar, key.start..key.end);
    }
    if rest.is_empty() {
        let diagnostic = Diagnostic::error(codes::MISPLACED_TOKEN, "missing value after `=`");
        let name = grammar.word(key).to_owned();
        let span = grammar.span(key.start..key.end);
        let help = format!("write the value directly after it: {}", wording::code(format!("{name}=\"…\"")));
        grammar.report(diagnostic.at(span, "this property has no value").help(help));
    } else if grammar.tokens[rest.start].kind == TokenKind::Equals && key.kind == TokenKind::Word {
        // `torch==2.5`
        unquoted(grammar, key.start..grammar.tokens[rest.end - 1].end);
    } else {
        value(grammar, rest.clone());
    }
    rest.end
}

/// Checks a value, which must be a single token.
fn value(grammar: &mut Grammar, tokens: Range<usize>) {
    let whole: Vec<Token> = grammar.tokens[tokens.clone()].to_vec();
    let (Some(first), Some(last)) = (whole.first().copied(), whole.last().copied()) else { return };
    let range = first.start..last.end;
    match whole[..] {
        [one] => single(grammar, one, tokens.end),
        [paren, ..] if paren.kind == TokenKind::ParenOpen => {
            let diagnostic = Diagnostic::error(codes::TYPE_ANNOTATION, "type annotations are not allowed");
            let span = grammar.span(range);
            grammar.report(
                diagnostic.at(span, "type annotation").help("remove the parentheses and what is in them"),
            );
        }
        [r, text, ..] if grammar.word(r) == "r" && matches!(text.kind, TokenKind::Text { .. }) => {
            kdl1_raw(grammar, r, text);
        }
        _ if whole.iter().any(|token| matches!(token.kind, TokenKind::Text { .. })) => {
            touching(grammar, &whole);
        }
        _ => {
            let end = if last.kind == TokenKind::Equals { comparison_end(grammar, tokens.end) } else { None };
            unquoted(grammar, first.start..end.unwrap_or(last.end));
        }
    }
}

fn single(grammar: &mut Grammar, token: Token, next: usize) {
    let word = grammar.word(token).to_owned();
    match token.kind {
        TokenKind::Word => match classify(&word) {
            Bare::Keyword => keyword(grammar, token, &word),
            Bare::LikeNumber => unquoted(grammar, token.start..token.end),
            Bare::Number => {}
            Bare::Text if word == "," || (word.ends_with(',') && !word.starts_with(['<', '>', '~', '^'])) => {
                comma(grammar, token.end - 1);
            }
            Bare::Text if comparison(&word) => {
                let end = comparison_end(grammar, next).unwrap_or(token.end);
                unquoted(grammar, token.start..end);
            }
            Bare::Text if word.contains("://") => unquoted(grammar, token.start..token.end),
            Bare::Text => quoted_single(grammar, token),
        },
        TokenKind::Keyword if !matches!(&word[1..], "true" | "false" | "null" | "inf" | "-inf" | "nan") => {
            let diagnostic = Diagnostic::error(
                codes::UNKNOWN_KEYWORD,
                format!("unknown keyword {}", wording::code(&word)),
            );
            let near = wording::did_you_mean(&word, ["#true", "#false", "#null"]);
            let diagnostic = diagnostic.at(grammar.span(token.start..token.end), "unknown").maybe_help(near);
            let help = format!("put text that contains `#` in quotes: {}", wording::code(quote(&word)));
            grammar.report(diagnostic.help(help));
        }
        TokenKind::Text { .. } | TokenKind::Keyword => {}
        TokenKind::Quoted => quoted_single(grammar, token),
        _ if word == "/" || word == "\\" || word == "[" || word == "]" => {
            unquoted(grammar, token.start..token.end);
        }
        _ => grammar.misplaced(token, "a node is a name, followed by values and an optional block in braces"),
    }
}

/// Returns the end of `> = 3.10` or `>= 3.10`, given the position after its `>`.
fn comparison_end(grammar: &Grammar, mut at: usize) -> Option<usize> {
    let blank = |at: usize| grammar.tokens.get(at).is_some_and(|token| token.kind == TokenKind::Space);
    while blank(at) {
        at += 1;
    }
    let token = grammar.tokens.get(at)?;
    matches!(token.kind, TokenKind::Word).then_some(token.end)
}

fn keyword(grammar: &mut Grammar, token: Token, word: &str) {
    let diagnostic = Diagnostic::error(
        codes::BARE_KEYWORD,
        format!("{} must be written as `#{word}`", wording::code(word)),
    );
    let span = grammar.span(token.start..token.end);
    let text = format!("or, if you mean the word, {}", wording::code(quote(word)));
    grammar.report(
        diagnostic
            .at(span, "missing `#`")
            .help(format!("write `#{word}`"))
            .help(text)
            .fix(span, format!("#{word}")),
    );
}

/// Reports text that must be quoted.
fn unquoted(grammar: &mut Grammar, range: Range<usize>) {
    let written = &grammar.text[range.clone()];
    let fixed = quote(written);
    let diagnostic =
        Diagnostic::error(codes::UNQUOTED_TEXT, format!("{} must be quoted", wording::code(written)));
    let help = format!("write {}", wording::code(&fixed));
    let span = grammar.span(range);
    grammar.report(diagnostic.at(span, "missing quotes").help(help).fix(span, fixed));
}

fn quoted_single(grammar: &mut Grammar, token: Token) {
    let word = grammar.word(token);
    let Some(first) = word.chars().next().filter(|first| OTHER_QUOTES.contains(first)) else { return };
    let around = |letter: char| letter == '"' || OTHER_QUOTES.contains(&letter);
    let inner = word.trim_matches(around);
    let diagnostic = Diagnostic::error(codes::SINGLE_QUOTES, "strings use double quotes");
    let fixed = word.len() > first.len_utf8() && word.ends_with(around);
    let fixed = fixed.then(|| quote(inner));
    let span = grammar.span(token.start..token.end);
    let mut diagnostic = diagnostic.at(span, format!("`{first}` is an ordinary character"));
    match fixed {
        Some(fixed) => {
            diagnostic = diagnostic.help(format!("write {}", wording::code(&fixed))).fix(span, fixed);
        }
        None => diagnostic = diagnostic.help("use `\"` on both sides"),
    }
    grammar.report(diagnostic);
}

fn comma(grammar: &mut Grammar, at: usize) {
    let diagnostic =
        Diagnostic::error(codes::MISPLACED_TOKEN, "values are separated by spaces, not by commas");
    let span = grammar.span(at..at + 1);
    grammar.report(diagnostic.at(span, "unexpected comma").help("remove the comma").fix(span, ""));
}

fn kdl1_raw(grammar: &mut Grammar, r: Token, text: Token) {
    let body = grammar.word(text).to_owned();
    let fixed = if body.starts_with('#') { body } else { format!("#{body}#") };
    let diagnostic = Diagnostic::error(codes::OLD_KDL, "raw strings in KDL 2 have no `r` prefix");
    let span = grammar.span(r.start..text.end);
    grammar.report(
        diagnostic.at(span, "KDL 1 syntax").help(format!("write {}", wording::code(&fixed))).fix(span, fixed),
    );
}

/// Reports values without a space between them.
fn touching(grammar: &mut Grammar, whole: &[Token]) {
    for pair in whole.windows(2) {
        let [left, right] = [pair[0], pair[1]];
        if right.kind == TokenKind::Word && grammar.word(right).starts_with(',') {
            comma(grammar, right.start);
            return;
        }
        if grammar.word(right) == ":" {
            let diagnostic = Diagnostic::error(codes::MISPLACED_TOKEN, "values are written without a colon");
            let span = grammar.span(right.start..right.end);
            grammar.report(diagnostic.at(span, "unexpected colon").help("remove the colon").fix(span, " "));
            return;
        }
        if matches!(right.kind, TokenKind::Text { closed: false, .. }) {
            // The unclosed string was reported already.
            return;
        }
        if matches!(left.kind, TokenKind::Text { .. }) || matches!(right.kind, TokenKind::Text { .. }) {
            let diagnostic = Diagnostic::error(codes::MISSING_SPACE, "missing space between two values");
            let place = grammar.span(left.end..left.end);
            let span = grammar.span(right.start..right.end);
            grammar.report(
                diagnostic
                    .at(span, "this directly follows the previous value")
                    .help("add a space before it; write `\"` in a string as `\\\"`")
                    .fix(place, " "),
            );
            return;
        }
    }
}
