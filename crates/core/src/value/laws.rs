//! Property tests of value types.

use std::fmt::{Debug, Display};

use proptest::prelude::*;

use super::Parse;

/// Generates texts, many of which differ from an example by one edit.
pub(super) fn texts(examples: &[&'static str]) -> impl Strategy<Value = String> + use<> {
    let examples = examples.to_vec();
    let slip =
        (prop::sample::select(examples), any::<prop::sample::Index>(), any::<char>(), "[ -~]", 0..4_u8)
            .prop_map(|(example, index, any, ascii, kind)| {
                let mut letters: Vec<char> = example.chars().collect();
                let place = index.index(letters.len() + 1);
                match kind {
                    0 => letters.insert(place, any),
                    1 => letters.splice(place..place, ascii.chars()).for_each(drop),
                    2 => letters.truncate(place),
                    _ if place < letters.len() => drop(letters.remove(place)),
                    _ => {}
                }
                letters.into_iter().collect()
            });
    prop_oneof![
        slip,
        any::<String>(),
        "[a-zA-Z0-9.:/@+=<>!~^,|*$ {}_-]{0,16}",
        "[0-9]{1,3}([.][0-9]{1,2}){0,4}([-.]?[a-z]{1,3}[0-9]{0,2})?",
    ]
}

/// Checks that a text does not panic, that ranges of errors are inside it, and that the canonical text parses
/// to the same value.
pub(super) fn check<T: Parse + Display + Debug + PartialEq>(text: &str) {
    match T::parse(text) {
        Ok(value) => {
            let written = value.to_string();
            let again = T::parse(&written);
            assert_eq!(again.as_ref(), Ok(&value), "{text:?} is formatted as {written:?}");
            assert_eq!(again.expect("just compared").to_string(), written, "{text:?} has one canonical text");
        }
        Err(invalid) => {
            assert!(!invalid.message.is_empty() && !invalid.message.ends_with('.'), "{}", invalid.message);
            if let Some(at) = invalid.at {
                assert!(text.get(at.clone()).is_some(), "{at:?} lies outside of {text:?}");
            }
        }
    }
}
