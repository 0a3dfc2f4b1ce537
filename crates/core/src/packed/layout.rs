//! The form in which the build packs definitions and ready-made manifests.

use serde::{Deserialize, Serialize};

use super::PackedText;
use super::index::Entry;
use crate::value::Sha256;

/// A part of the packed texts or bytes.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Stretch {
    pub start: u32,
    pub length: u32,
}

/// One file of the catalogue, as the build script packs it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct PackedFile {
    /// `packages/ml/pytorch/package.kdl`.
    pub path: PackedText,
    /// The folder above that of the package; empty for files of the folder `platform`.
    pub group: PackedText,
    pub text: Stretch,
    /// The files beside it, among the bytes.
    pub files: Vec<(PackedText, Stretch)>,
    /// What it defines, each with its node among the bytes.
    pub entries: Vec<(Entry, Stretch)>,
    /// What a lock remembers of each of them, in the same order, among the texts: 64 letters each.
    pub hashes: Stretch,
}

/// One stack (`manifests/`), as the build script packs it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct PackedStack {
    /// As `stack:NAME` writes it.
    pub name: PackedText,
    pub path: PackedText,
    pub description: PackedText,
    pub text: Stretch,
}

/// What a lock remembers of a definition: the hash of its node and of the files beside it, in the order of names.
pub fn definition_hash<'a>(node: &'a str, files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Sha256 {
    let files = files.into_iter().flat_map(|(name, bytes)| [name.as_bytes(), bytes]);
    Sha256::of(std::iter::once(node.as_bytes()).chain(files))
}

impl Stretch {
    /// As a range of bytes.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.start as usize + self.length as usize
    }
}
