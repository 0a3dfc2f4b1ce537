//! How a word is read, and what is reported when it is invalid.

use std::fmt;
use std::ops::Range;

use super::text;

/// What is wrong with a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// One sentence without a full stop, literals in backticks.
    pub message: String,
    /// What a right one looks like.
    pub help: Option<String>,
    /// The text that was meant, where that is clear; it is right.
    pub meant: Option<String>,
    /// Where inside the text; `None` where it is all of it.
    pub at: Option<Range<usize>>,
}

impl Invalid {
    /// A word that is wrong as a whole.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, meant: None, at: None }
    }

    /// Adds what a right one looks like.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds the text that was meant.
    #[must_use]
    pub fn meant(mut self, text: impl Into<String>) -> Self {
        let text = text.into();
        self.help = Some(format!("write {}", text::quoted(&text)));
        self.meant = Some(text);
        self
    }

    /// Narrows it to a part of the text.
    #[must_use]
    pub fn at(mut self, at: Range<usize>) -> Self {
        self.at = Some(at);
        self
    }

    /// Moves it from a part that starts at `offset` and is `length` long to the whole text.
    #[must_use]
    pub fn within(mut self, offset: usize, length: usize) -> Self {
        // What was meant by a part is not what was meant by the whole.
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

/// A value that is written as text.
pub trait Parse: Sized {
    /// What it is, with its article: `a version`, `an image reference`.
    const WHAT: &'static str;

    /// Reads it; the only check that there is.
    fn parse(text: &str) -> Result<Self, Invalid>;
}

impl Parse for String {
    const WHAT: &'static str = "a string";

    fn parse(text: &str) -> Result<Self, Invalid> {
        Ok(text.to_owned())
    }
}

/// Declares a type that wraps its canonical text; the function after the arrow checks a text and spells it.
macro_rules! word {
    ($(#[$doc:meta])* $name:ident, $what:literal => $read:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl $crate::value::Parse for $name {
            const WHAT: &'static str = $what;

            fn parse(text: &str) -> Result<Self, $crate::value::Invalid> {
                let read: fn(&str) -> Result<String, $crate::value::Invalid> = $read;
                read(text).map(Self)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
pub(crate) use word;

/// Declares the tests that hold for every value: no input panics, the canonical text is stable.
#[cfg(test)]
macro_rules! laws {
    ($name:ident: $($example:expr),+ $(,)?) => {
        proptest::proptest! {
            #[test]
            fn keeps_the_laws(text in $crate::value::laws::texts(&[$($example),+])) {
                $crate::value::laws::hold::<$name>(&text);
            }
        }

        #[test]
        fn reads_its_examples() {
            $(
                let parsed = <$name as $crate::value::Parse>::parse($example);
                assert!(parsed.is_ok(), "{:?}: {:?}", $example, parsed);
                $crate::value::laws::hold::<$name>($example);
            )+
        }
    };
}
#[cfg(test)]
pub(crate) use laws;
