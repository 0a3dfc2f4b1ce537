//! The packed form of definitions and stacks.

use serde::{Deserialize, Serialize};

use super::index::Entry;
use crate::value::{PackedText, Sha256};

/// A range of the packed texts or bytes.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct PackedRange {
    pub start: u32,
    pub length: u32,
}

/// One file of the catalogue, as the build script packs it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub(crate) struct PackedFile {
    /// `packages/ml/pytorch/package.kdl`.
    pub path: PackedText,
    /// The group of a package; empty for files of the folder `platform`.
    pub group: PackedText,
    pub text: PackedRange,
    /// The other files of its folder, with ranges in the bytes.
    pub files: Vec<(PackedText, PackedRange)>,
    /// Its definitions, with the ranges of their hashes and packed forms in the bytes.
    pub entries: Vec<(Entry, PackedRange)>,
}

/// One stack (`manifests/`), as the build script packs it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct PackedStack {
    /// The name in `stack:NAME`.
    pub name: PackedText,
    pub path: PackedText,
    pub description: PackedText,
    pub text: PackedRange,
}

/// Returns the hash of a definition for the lock: that of its node and of the other files of its folder,
/// which must be sorted by name.
pub(crate) fn definition_hash<'a>(
    node: &'a str,
    files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
) -> Sha256 {
    let files = files.into_iter().flat_map(|(name, bytes)| [name.as_bytes(), bytes]);
    Sha256::of(std::iter::once(node.as_bytes()).chain(files))
}

impl PackedRange {
    /// Returns the range of `length` bytes before `end`.
    pub fn before(end: usize, length: usize) -> Self {
        let small = |number: usize| u32::try_from(number).expect("less than 4 GiB is packed");
        Self { start: small(end - length), length: small(length) }
    }

    /// Returns the range in bytes.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.start as usize + self.length as usize
    }
}
