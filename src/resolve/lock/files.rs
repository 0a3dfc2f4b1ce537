//! The hashes of the generated files, by which one that was edited by hand is recognised.

use std::collections::{BTreeMap, BTreeSet};

use crate::syntax::quote;
use crate::value::Sha256;

/// Each generated file, by its path in the project. A file has several hashes where branches were merged whose versions
/// of it differ.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LockedFiles(BTreeMap<String, BTreeSet<Sha256>>);

impl LockedFiles {
    /// The files of a compile: each path with its text.
    pub fn of<'a>(files: impl IntoIterator<Item = (&'a String, &'a String)>) -> Self {
        let hashes = files.into_iter().map(|(path, text)| (path.clone(), BTreeSet::from([hash_of(text)])));
        Self(hashes.collect())
    }

    /// These, and of the others those whose path is none of these.
    #[must_use]
    pub fn and_others(mut self, others: &Self) -> Self {
        for (path, hashes) in &others.0 {
            self.0.entry(path.clone()).or_insert_with(|| hashes.clone());
        }
        self
    }

    /// What both sides of a merge list, each file with the hashes of both.
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

    /// One of them alone.
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

    /// Whether two branches that were merged have different versions of a file.
    pub fn differs(&self, path: &str) -> bool {
        self.0.get(path).is_some_and(|hashes| hashes.len() > 1)
    }

    /// Whether a text is one of the listed files, wherever it lies: a file that was moved is the same file.
    pub fn has_text(&self, text: &str) -> bool {
        let hash = hash_of(text);
        self.0.values().any(|hashes| hashes.contains(&hash))
    }

    /// One line a file, sorted, so that a change of one file is a change of one line.
    pub(super) fn write(&self, out: &mut String) {
        // Written even if it is empty: a lock without it was cut off.
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

/// The hash of a file's text as `sha256sum` shows it. The line ends that Git writes on Windows are not part of it.
fn hash_of(text: &str) -> Sha256 {
    if text.contains('\r') { Sha256::of_text(&text.replace("\r\n", "\n")) } else { Sha256::of_text(text) }
}
