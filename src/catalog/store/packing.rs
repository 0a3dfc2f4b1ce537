//! The form in which the build packs definitions and ready-made manifests.

use serde::{Deserialize, Serialize};

use super::index::Entry;

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
    /// Among the bytes.
    pub(crate) tree: Stretch,
    /// The files beside it, among the bytes.
    pub(crate) files: Vec<(String, Stretch)>,
    /// What it defines.
    pub(crate) entries: Vec<Entry>,
}

/// A ready-made manifest.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PackedStack {
    /// As `stack:NAME` writes it.
    pub(crate) name: String,
    /// Its file.
    pub(crate) path: String,
    /// Among the texts.
    pub(crate) text: Stretch,
}

impl Stretch {
    /// As a range of bytes.
    pub(crate) fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.start as usize + self.length as usize
    }
}
