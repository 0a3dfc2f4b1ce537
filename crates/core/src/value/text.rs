//! Checks that several value types share.

use std::ops::Range;

use super::Invalid;

/// Formats a character for messages. Invisible ones are shown by name or number.
pub(super) fn shown(letter: char) -> String {
    match letter {
        ' ' => "a space".to_owned(),
        '\n' => "a line break".to_owned(),
        '\t' => "a tab".to_owned(),
        '`' => "a backtick".to_owned(),
        _ if letter.is_control() || letter.is_whitespace() => {
            format!("the character U+{:04X}", u32::from(letter))
        }
        _ => format!("`{letter}`"),
    }
}

/// Quotes a text for messages: truncated, on one line.
pub(super) fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut out: String =
        text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).take(LONGEST).collect();
    if text.chars().nth(LONGEST).is_some() {
        out.push('…');
    }
    format!("`{out}`")
}

/// Returns the first character that is not allowed, and its range.
pub(super) fn first_other(text: &str, allowed: impl Fn(char) -> bool) -> Option<(char, Range<usize>)> {
    text.char_indices().find(|(_, c)| !allowed(*c)).map(|(i, c)| (c, i..i + c.len_utf8()))
}

/// Checks that a text is not empty and contains only allowed characters. `what` has an article.
pub(super) fn only(
    text: &str,
    what: &str,
    help: &str,
    allowed: impl Fn(char) -> bool,
) -> Result<(), Invalid> {
    if text.is_empty() {
        return Err(Invalid::new(format!("{what} cannot be empty")).help(help));
    }
    match first_other(text, allowed) {
        Some((letter, at)) => {
            Err(Invalid::new(format!("{what} cannot contain {}", shown(letter))).help(help).at(at))
        }
        None => Ok(()),
    }
}

/// Checks that a text has at most `longest` characters.
pub(super) fn at_most(text: &str, what: &str, longest: usize) -> Result<(), Invalid> {
    let length = text.chars().count();
    if length <= longest {
        return Ok(());
    }
    Err(Invalid::new(format!("{what} has at most {longest} characters, this one has {length}")))
}

/// Checks that a text has exactly `length` hexadecimal digits, and returns it in lower case.
pub(super) fn hex(text: &str, what: &str, length: usize, help: &str) -> Result<String, Invalid> {
    if text.is_empty() {
        return Err(Invalid::new(format!("{what} cannot be empty")).help(help));
    }
    if let Some((letter, at)) = first_other(text, |c| c.is_ascii_hexdigit()) {
        let message = format!("{what} has {length} hexadecimal digits, and {} is not one", shown(letter));
        return Err(Invalid::new(message).help(help).at(at));
    }
    if text.len() != length {
        return Err(Invalid::new(format!(
            "{what} has {length} hexadecimal digits, this one has {}",
            text.len()
        ))
        .help(help));
    }
    Ok(text.to_ascii_lowercase())
}

/// Parses a number that consists only of digits.
pub(super) fn number(text: &str) -> Option<u64> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}
