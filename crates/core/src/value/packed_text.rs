//! [`PackedText`]: a text that is not copied where it comes with the program.

use std::borrow::{Borrow, Cow};
use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Serialize};

/// A text that is borrowed from the packed catalogue, or owned if it was read in this run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PackedText(#[serde(borrow)] Cow<'static, str>);

impl PackedText {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text to change; a borrowed one is copied.
    pub fn to_mut(&mut self) -> &mut String {
        self.0.to_mut()
    }
}

impl Deref for PackedText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for PackedText {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for PackedText {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl From<&'static str> for PackedText {
    fn from(text: &'static str) -> Self {
        Self(Cow::Borrowed(text))
    }
}

impl From<String> for PackedText {
    fn from(text: String) -> Self {
        Self(Cow::Owned(text))
    }
}

impl From<PackedText> for Cow<'static, str> {
    fn from(text: PackedText) -> Self {
        text.0
    }
}

impl From<PackedText> for String {
    fn from(text: PackedText) -> Self {
        text.0.into_owned()
    }
}

impl fmt::Display for PackedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PartialEq<str> for PackedText {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl PartialEq<&str> for PackedText {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}
