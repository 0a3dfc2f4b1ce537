//! Control characters that terminals interpret, and invisible characters. Reports and outputs escape them.

use std::borrow::Cow;
use std::fmt::Write;

/// Whether a character is invisible or changes how others are displayed. False for line breaks and tabs.
pub fn is_hidden(letter: char) -> bool {
    (letter.is_control() && !matches!(letter, '\n' | '\t'))
        || matches!(letter,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Returns the first hidden character of a text.
pub fn first_hidden(text: &str) -> Option<char> {
    // Most texts are plain ASCII, whose bytes are compared many at a time.
    let plain = |byte: u8| matches!(byte, b' '..=b'~' | b'\n' | b'\t');
    if text.as_bytes().chunks(64).all(|bytes| bytes.iter().fold(true, |all, byte| all & plain(*byte))) {
        return None;
    }
    text.chars().find(|letter| is_hidden(*letter))
}

/// Replaces hidden characters by escapes such as `\u{1b}`.
pub fn shown(text: &str) -> Cow<'_, str> {
    escaped(text, |number, out| {
        // Writing to a `String` cannot fail.
        let _ = write!(out, "\\u{{{number:x}}}");
    })
}

/// Replaces hidden characters in JSON by JSON escapes.
pub fn shown_json(text: &str) -> Cow<'_, str> {
    escaped(text, |number, out| {
        let letter = char::from_u32(number).unwrap_or_default();
        for unit in letter.encode_utf16(&mut [0; 2]) {
            let _ = write!(out, "\\u{unit:04x}");
        }
    })
}

fn escaped(text: &str, write: impl Fn(u32, &mut String)) -> Cow<'_, str> {
    if first_hidden(text).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if is_hidden(letter) {
            write(u32::from(letter), &mut out);
        } else {
            out.push(letter);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hidden_characters_are_escaped() {
        assert_eq!(shown("a\u{1b}[31mb"), "a\\u{1b}[31mb");
        assert_eq!(shown("\u{7}\u{9b}\u{7f}\r"), "\\u{7}\\u{9b}\\u{7f}\\u{d}");
        assert_eq!(
            shown("\u{202e}\u{2066}\u{2028}\u{200b}\u{feff}"),
            "\\u{202e}\\u{2066}\\u{2028}\\u{200b}\\u{feff}"
        );
        for plain in ["", "a\n\tb", "é漢🦀", "a\u{a0}b", "\\u{1b}"] {
            assert!(matches!(shown(plain), Cow::Borrowed(_)), "{plain}");
        }
    }

    #[test]
    fn escaped_json_has_the_same_value() {
        for text in ["\u{9b}31m", "\u{202e}", "\u{e0041}", "\u{7f}"] {
            let json = serde_json::to_string(text).expect("a text is JSON");
            let written = shown_json(&json).into_owned();
            assert!(!written.chars().any(is_hidden), "{written}");
            assert_eq!(serde_json::from_str::<String>(&written).ok().as_deref(), Some(text));
        }
    }
}
