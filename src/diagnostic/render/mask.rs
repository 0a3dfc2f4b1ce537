//! What no report shows: secrets, wherever they stand.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use super::super::Diagnostic;
use crate::source::{SecretKind, SourceId, Sources, secrets, starred};

/// Shorter ones are words that a message may well have for itself.
const LEAST: usize = 5;

/// Whether a place is a part of a commit or a checksum: 40 or 64 hexadecimal digits, which hide nothing.
fn is_in_digest(text: &str, place: &Range<usize>) -> bool {
    let hexadecimal = |byte: &u8| byte.is_ascii_hexdigit();
    let bytes = text.as_bytes();
    let before = bytes[..place.start].iter().rev().take(65).take_while(|byte| hexadecimal(byte)).count();
    let from_there = bytes[place.start..].iter().take(65).take_while(|byte| hexadecimal(byte)).count();
    from_there >= place.len() && place.len() < 40 && matches!(before + from_there, 40 | 64)
}

/// Everything that is hidden in the reports of a run.
#[derive(Debug, Default)]
pub(super) struct Masks {
    places: BTreeMap<SourceId, Vec<Range<usize>>>,
    /// The secrets themselves, longest first.
    words: Vec<String>,
}

impl Masks {
    /// Of the texts that these problems are about.
    pub(super) fn new(reports: &[&Diagnostic], sources: &Sources) -> Self {
        let mut masks = Self::default();
        for id in reports.iter().flat_map(|one| &one.labels).map(|label| label.span.source) {
            if masks.places.contains_key(&id) {
                continue;
            }
            let text = &sources.get(id).text;
            let found = secrets(text);
            for one in &found {
                let word = &text[one.range.clone()];
                masks.words.push(word.to_owned());
                if matches!(one.kind, SecretKind::Login(_)) {
                    masks.words.extend(word.split_once(':').map(|(_, password)| password.to_owned()));
                }
            }
            masks.places.insert(id, found.into_iter().map(|one| one.range).collect());
        }
        for span in reports.iter().flat_map(|one| &one.masked) {
            masks.places.entry(span.source).or_default().push(span.range());
        }
        masks.words.retain(|word| word.len() >= LEAST);
        masks.words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        masks.words.dedup();
        masks
    }

    pub(super) fn text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for word in &self.words {
            if text.contains(word.as_str()) {
                text = text.replace(word.as_str(), "***");
            }
        }
        for one in secrets(&text).into_iter().rev() {
            text.replace_range(one.range, "***");
        }
        text
    }

    /// A source with stars for them, as many bytes as before.
    pub(super) fn source<'a>(&self, id: SourceId, text: &'a str) -> Cow<'a, str> {
        let mut ranges = self.places.get(&id).cloned().unwrap_or_default();
        for word in &self.words {
            let places = text.match_indices(word.as_str()).map(|(at, _)| at..at + word.len());
            ranges.extend(places.filter(|place| !is_in_digest(text, place)));
        }
        if ranges.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(starred(text, &ranges)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_hidden_wherever_it_stands_but_in_a_digest() {
        let mut masks = Masks { words: vec!["abcdef".to_owned()], ..Masks::default() };
        let digest = "0123456789abcdef0123456789abcdef01234567";
        let source = crate::source::Sources::new().add("t", String::new());
        let text = format!("-pabcdef {digest} 0abcdef {digest}ab");
        assert_eq!(
            masks.source(source, &text),
            text.replacen("-pabcdef", "-p******", 1)
                .replacen("0abcdef ", "0****** ", 1)
                .replace(&format!("{digest}ab"), "0123456789******0123456789******01234567ab")
        );
        masks.words = vec![digest.to_owned()];
        assert_eq!(masks.source(source, digest), "*".repeat(40));
    }
}
