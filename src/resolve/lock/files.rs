//! The hashes of the generated files. They show whether a file was edited by hand.

use std::collections::{BTreeMap, BTreeSet};

use crate::syntax::quote;
use crate::value::Sha256;

/// The hashes of each generated file, by its path in the project. A file has several hashes after a merge of
/// branches with different versions of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LockedFiles(BTreeMap<String, BTreeSet<Sha256>>);

impl LockedFiles {
    /// Hashes the files of a compile, given as paths with their texts.
    pub fn of<'a>(files: impl IntoIterator<Item = (&'a String, &'a String)>) -> Self {
        let hashes = files.into_iter().map(|(path, text)| (path.clone(), BTreeSet::from([hash_of(text)])));
        Self(hashes.collect())
    }

    /// Adds the files of `others` whose paths are not listed yet.
    #[must_use]
    pub fn and_others(mut self, others: &Self) -> Self {
        for (path, hashes) in &others.0 {
            self.0.entry(path.clone()).or_insert_with(|| hashes.clone());
        }
        self
    }

    /// Combines the files of both sides of a merge; each file gets the hashes of both sides.
    #[must_use]
    pub fn merged(mut self, other: Self) -> Self {
        for (path, hashes) in other.0 {
            self.0.entry(path).or_default().extend(hashes);
        }
        self
    }

    pub(super) fn insert(&mut self, path: String, hash: Sha256) {
        self.0.entry(path).or_default().insert(hash);
    }

    /// Replaces the hashes of a file with that of this text.
    pub fn put(&mut self, path: &str, text: &str) {
        self.0.insert(path.to_owned(), BTreeSet::from([hash_of(text)]));
    }

    /// Returns a list with this file only; empty if it is not listed.
    #[must_use]
    pub fn only(&self, path: &str) -> Self {
        Self(self.0.get(path).map(|hashes| (path.to_owned(), hashes.clone())).into_iter().collect())
    }

    /// The paths, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    pub fn lists(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }

    /// Whether the two sides of a merge have different versions of a file.
    pub fn differs(&self, path: &str) -> bool {
        self.0.get(path).is_some_and(|hashes| hashes.len() > 1)
    }

    /// Whether a text equals one of the listed files under any path, so that a moved file is recognised.
    pub fn has_text(&self, text: &str) -> bool {
        let hash = hash_of(text);
        self.0.values().any(|hashes| hashes.contains(&hash))
    }

    /// Writes one line per hash, sorted by path, so that a change of one file changes one line.
    pub(super) fn write(&self, out: &mut String) {
        // Written even if it is empty: a lock without this block was truncated.
        out.push_str("\nfiles {\n");
        for (path, hashes) in &self.0 {
            for hash in hashes {
                let (path, hash) = (quote(path), quote(&hash.to_string()));
                out.push_str(&format!("    file {path} sha256={hash}\n"));
            }
        }
        out.push_str("}\n");
    }
}

/// Returns the hash that `sha256sum` shows. CRLF, which Git can write on Windows, counts as LF.
fn hash_of(text: &str) -> Sha256 {
    if text.contains('\r') { Sha256::of_text(&text.replace("\r\n", "\n")) } else { Sha256::of_text(text) }
}
