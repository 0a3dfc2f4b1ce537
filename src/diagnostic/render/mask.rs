//! Masks secrets in diagnostics.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use super::super::Diagnostic;
use crate::source::{SecretKind, SourceId, Sources, secrets, starred};

/// The smallest length, in bytes, of a secret that is masked everywhere. A shorter one may occur in messages
/// by coincidence.
const MIN_LENGTH: usize = 5;

/// Whether a range is part of a commit or a checksum, that is of 40 or 64 hexadecimal digits.
fn is_in_digest(text: &str, place: &Range<usize>) -> bool {
    let hexadecimal = |byte: &u8| byte.is_ascii_hexdigit();
    let bytes = text.as_bytes();
    let before = bytes[..place.start].iter().rev().take(65).take_while(|byte| hexadecimal(byte)).count();
    let from_there = bytes[place.start..].iter().take(65).take_while(|byte| hexadecimal(byte)).count();
    from_there >= place.len() && place.len() < 40 && matches!(before + from_there, 40 | 64)
}

/// The secrets to mask in the diagnostics of a run.
#[derive(Debug, Default)]
pub(super) struct Masks {
    /// The ranges of secrets in source texts.
    places: BTreeMap<SourceId, Vec<Range<usize>>>,
    /// The secrets themselves, longest first. They are masked wherever they occur.
    secrets: Vec<String>,
}

impl Masks {
    /// Finds the secrets in the source texts of these diagnostics.
    pub(super) fn new(reports: &[&Diagnostic], sources: &Sources) -> Self {
        let mut masks = Self::default();
        for id in reports.iter().flat_map(|one| &one.labels).map(|label| label.span.source) {
            if masks.places.contains_key(&id) {
                continue;
            }
            let text = sources.get(id).text;
            let found = secrets(text);
            for one in &found {
                let secret = &text[one.range.clone()];
                masks.secrets.push(secret.to_owned());
                if matches!(one.kind, SecretKind::Login(_)) {
                    masks.secrets.extend(secret.split_once(':').map(|(_, password)| password.to_owned()));
                }
            }
            masks.places.insert(id, found.into_iter().map(|one| one.range).collect());
        }
        for span in reports.iter().flat_map(|one| &one.masked) {
            masks.places.entry(span.source).or_default().push(span.range());
        }
        masks.secrets.retain(|secret| secret.len() >= MIN_LENGTH);
        masks.secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        masks.secrets.dedup();
        masks
    }

    /// Masks secrets in a message.
    pub(super) fn text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in &self.secrets {
            if text.contains(secret.as_str()) {
                text = text.replace(secret.as_str(), "***");
            }
        }
        for one in secrets(&text).into_iter().rev() {
            text.replace_range(one.range, "***");
        }
        text
    }

    /// Masks secrets in a source text. The number of bytes does not change, so that spans stay valid.
    pub(super) fn source<'a>(&self, id: SourceId, text: &'a str) -> Cow<'a, str> {
        let mut ranges = self.places.get(&id).cloned().unwrap_or_default();
        for secret in &self.secrets {
            let places = text.match_indices(secret.as_str()).map(|(at, _)| at..at + secret.len());
            ranges.extend(places.filter(|place| !is_in_digest(text, place)));
        }
        if ranges.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(starred(text, &ranges)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked_everywhere_except_in_digests() {
        let mut masks = Masks { secrets: vec!["abcdef".to_owned()], ..Masks::default() };
        let digest = "0123456789abcdef0123456789abcdef01234567";
        let source = crate::source::Sources::new().add("t", String::new());
        let text = format!("-pabcdef {digest} 0abcdef {digest}ab");
        assert_eq!(
            masks.source(source, &text),
            text.replacen("-pabcdef", "-p******", 1)
                .replacen("0abcdef ", "0****** ", 1)
                .replace(&format!("{digest}ab"), "0123456789******0123456789******01234567ab")
        );
        masks.secrets = vec![digest.to_owned()];
        assert_eq!(masks.source(source, digest), "*".repeat(40));
    }
}
