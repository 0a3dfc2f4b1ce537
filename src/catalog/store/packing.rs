//! The form in which the build packs definitions and ready-made manifests.

use serde::{Deserialize, Serialize};

use super::index::Entry;
use crate::value::Sha256;

/// A part of the packed texts or bytes.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Stretch {
    /// The first one.
    pub(crate) start: u32,
    /// How many.
    pub(crate) length: u32,
}

/// A file of definitions.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PackedFile {
    /// `packages/ml/pytorch/package.kdl`.
    pub(crate) path: String,
    /// The folder above that of the package; empty for files of the folder `platform`.
    pub(crate) group: String,
    /// Among the texts.
    pub(crate) text: Stretch,
    /// The files beside it, among the bytes.
    pub(crate) files: Vec<(String, Stretch)>,
    /// What it defines, each with its node among the bytes.
    pub(crate) entries: Vec<(Entry, Stretch)>,
    /// What a lock remembers of each of them, in the same order, among the texts: 64 letters each.
    pub(crate) hashes: Stretch,
}

/// A ready-made manifest.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PackedStack {
    /// As `stack:NAME` writes it.
    pub(crate) name: String,
    /// Its file.
    pub(crate) path: String,
    /// What it says of itself.
    pub(crate) description: String,
    /// Among the texts.
    pub(crate) text: Stretch,
}

/// What a lock remembers of a definition: the hash of its node and of the files beside it, in the order of names.
pub(crate) fn definition_hash<'a>(
    node: &'a str,
    files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
) -> Sha256 {
    let files = files.into_iter().flat_map(|(name, bytes)| [name.as_bytes(), bytes]);
    Sha256::of(std::iter::once(node.as_bytes()).chain(files))
}

impl Stretch {
    /// As a range of bytes.
    pub(crate) fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.start as usize + self.length as usize
    }
}
