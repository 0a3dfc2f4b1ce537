//! The trait for parsing values, and the error of invalid ones.

use std::fmt;
use std::ops::Range;

use super::{PackedText, text};

/// Why a text is invalid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// One sentence without a full stop, literals in backticks.
    pub message: String,
    /// What a valid text looks like.
    pub help: Option<String>,
    /// The valid text that was probably intended, if that is clear.
    pub meant: Option<String>,
    /// The invalid range of the text; `None` for all of it.
    pub at: Option<Range<usize>>,
}

impl Invalid {
    /// Creates an error about the whole text.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, meant: None, at: None }
    }

    /// Sets what a valid text looks like.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Sets the text that was probably intended.
    #[must_use]
    pub fn meant(mut self, text: impl Into<String>) -> Self {
        let text = text.into();
        self.help = Some(format!("write {}", text::quoted(&text)));
        self.meant = Some(text);
        self
    }

    /// Sets the invalid range.
    #[must_use]
    pub fn at(mut self, at: Range<usize>) -> Self {
        self.at = Some(at);
        self
    }

    /// Converts an error about a part of a text, of `length` bytes at `offset`, to one about the whole text.
    #[must_use]
    pub fn within(mut self, offset: usize, length: usize) -> Self {
        // The intended text of a part is not that of the whole.
        self.meant = None;
        let at = self.at.unwrap_or(0..length);
        self.at = Some(offset + at.start..offset + at.end);
        self
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Invalid {}

/// A type that is parsed from text.
pub trait Parse: Sized {
    /// Its name in messages, with an article: `a version`, `an image reference`.
    const WHAT: &'static str;

    /// Parses and checks a text.
    fn parse(text: &str) -> Result<Self, Invalid>;
}

impl Parse for String {
    const WHAT: &'static str = "a string";

    fn parse(text: &str) -> Result<Self, Invalid> {
        Ok(text.to_owned())
    }
}

impl Parse for PackedText {
    const WHAT: &'static str = String::WHAT;

    fn parse(text: &str) -> Result<Self, Invalid> {
        String::parse(text).map(Self::from)
    }
}

/// Declares a type that wraps its canonical text. The function after the arrow checks and normalises a text.
macro_rules! word {
    ($(#[$doc:meta])* $name:ident, $what:literal => $read:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent, bound(deserialize = "'de: 'static"))]
        pub struct $name($crate::value::PackedText);

        impl $name {
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl $crate::value::Parse for $name {
            const WHAT: &'static str = $what;

            fn parse(text: &str) -> Result<Self, $crate::value::Invalid> {
                let read: fn(&str) -> Result<String, $crate::value::Invalid> = $read;
                read(text).map(|text| Self(text.into()))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use word;

/// Declares the tests of every value type: no input panics, and the canonical text parses to the same value.
#[cfg(test)]
macro_rules! laws {
    ($name:ident: $($example:expr),+ $(,)?) => {
        proptest::proptest! {
            #[test]
            fn round_trips(text in $crate::value::laws::texts(&[$($example),+])) {
                $crate::value::laws::check::<$name>(&text);
            }
        }

        #[test]
        fn examples_are_valid() {
            $(
                let parsed = <$name as $crate::value::Parse>::parse($example);
                assert!(parsed.is_ok(), "{:?}: {:?}", $example, parsed);
                $crate::value::laws::check::<$name>($example);
            )+
        }
    };
}
#[cfg(test)]
pub(crate) use laws;
