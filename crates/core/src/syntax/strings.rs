//! Finds mistakes in strings at the exact character, before kdl would reject the text.

use std::ops::Range;

use super::lexer::{is_newline, is_space};

/// A mistake in a string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Flaw {
    /// `\d`
    Escape,
    /// `\u{…}` that is not a character.
    Unicode,
    /// `\u{0}`, which arguments, variables and paths cannot contain.
    Nul,
    /// Text on the line of the opening `"""`.
    FirstLine,
    /// Text on the line of the closing `"""`.
    LastLine,
    /// A line that is indented less than the closing `"""`.
    Indent,
}

/// Returns all mistakes of a closed string. `written` includes the quotes, and ranges are relative to its
/// start.
pub(super) fn flaws(written: &str, raw: bool, multi: bool) -> Vec<(Flaw, Range<usize>)> {
    let hashes = written.len() - written.trim_start_matches('#').len();
    let fence = hashes + if multi { 3 } else { 1 };
    let body = written.get(fence..written.len().saturating_sub(fence)).unwrap_or_default();
    let mut found = Vec::new();
    if !raw {
        escapes(body, &mut found);
    }
    if multi {
        layout(body, raw, &mut found);
    }
    for (_, range) in &mut found {
        *range = range.start + fence..range.end + fence;
    }
    found
}

fn escapes(body: &str, found: &mut Vec<(Flaw, Range<usize>)>) {
    let mut at = 0;
    while let Some(next) = body[at..].find('\\') {
        let start = at + next;
        let after = &body[start + 1..];
        let letter = after.chars().next().unwrap_or_default();
        at = start + 1 + letter.len_utf8().min(after.len());
        match letter {
            'n' | 'r' | 't' | '\\' | '"' | 'b' | 'f' | 's' => {}
            letter if is_space(letter) || is_newline(letter) => {}
            'u' if after[1..].starts_with('{') => {
                let closing = after.find('}');
                let end = closing.unwrap_or(after.len());
                let digits = after.get(2..end).unwrap_or_default();
                let right = closing.is_some()
                    && (1..=6).contains(&digits.len())
                    && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
                let letter = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
                let flaw = match letter.filter(|_| right) {
                    None => Flaw::Unicode,
                    Some('\0') => Flaw::Nul,
                    Some(_) => continue,
                };
                found.push((flaw, start..(start + 2 + end).min(body.len())));
            }
            'u' => found.push((Flaw::Unicode, start..at)),
            _ => found.push((Flaw::Escape, start..at)),
        }
    }
}

/// Checks the layout of a multi-line string: its text must be on separate lines between the quotes, indented
/// at least as far as the closing ones.
fn layout(body: &str, raw: bool, found: &mut Vec<(Flaw, Range<usize>)>) {
    let body = &if raw { body.to_owned() } else { joined(body) };
    let lines = lines(body);
    let blank = |range: &Range<usize>| body[range.clone()].chars().all(is_space);
    let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return };
    if lines.len() < 2 || !first.is_empty() {
        found.push((Flaw::FirstLine, first.clone()));
        return;
    }
    if !blank(last) {
        found.push((Flaw::LastLine, last.clone()));
        return;
    }
    let indent = &body[last.clone()];
    for line in &lines[1..lines.len() - 1] {
        if !blank(line) && !body[line.clone()].starts_with(indent) {
            found.push((Flaw::Indent, line.clone()));
        }
    }
}

/// Replaces the whitespace that a `\` at the end of a line removes by ordinary characters of the same length.
fn joined(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    let mut letters = body.chars().peekable();
    while let Some(letter) = letters.next() {
        out.push(letter);
        if letter != '\\' {
            continue;
        }
        if letters.peek().is_some_and(|next| is_space(*next) || is_newline(*next)) {
            while let Some(next) = letters.next_if(|next| is_space(*next) || is_newline(*next)) {
                out.extend(std::iter::repeat_n('x', next.len_utf8()));
            }
        } else {
            out.extend(letters.next());
        }
    }
    out
}

fn lines(body: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut letters = body.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        if is_newline(letter) {
            found.push(start..at);
            start = at + letter.len_utf8();
            if letter == '\r' && letters.next_if(|(_, next)| *next == '\n').is_some() {
                start += 1;
            }
        }
    }
    found.push(start..body.len());
    found
}
