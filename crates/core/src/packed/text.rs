//! Texts of the packed catalogue.

use std::borrow::{Borrow, Cow};
use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Serialize};

/// A text that is borrowed from the packed catalogue, or owned if it comes from a user's folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PackedText(#[serde(borrow)] Cow<'static, str>);

impl PackedText {
    pub fn as_str(&self) -> &str {
        &self.0
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
