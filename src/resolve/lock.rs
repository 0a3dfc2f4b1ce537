//! `jcc.lock`: what was chosen last time and why, in KDL, one line a thing.

pub(super) mod conflict;
mod digests;
mod files;
mod moves;
mod read;
mod write;

pub use files::LockedFiles;
pub use moves::{LockChange, TargetChanges};

use std::collections::BTreeMap;

use crate::source::Span;
use crate::value::{ImageRef, Name, Sha256, Version};

/// The content of `jcc.lock`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    /// The hash of what the manifest says, its parents included; comments and layout are no part of it.
    pub manifest: Sha256,
    pub targets: BTreeMap<Name, LockedTarget>,
    pub files: LockedFiles,
    pub origin: Origin,
}

/// The compiler and manifest that a lock was written by and for.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The compiler that wrote it; `None` for one that was not read.
    pub by: Option<String>,
    /// Whether it lists the generated files: those of 0.1 carry their own hashes.
    pub lists_files: bool,
    /// Whether it holds conflict markers of git.
    pub conflicted: bool,
}

/// The compiler's version is no choice: a lock that another one wrote may still hold.
impl PartialEq for Origin {
    fn eq(&self, other: &Self) -> bool {
        self.conflicted == other.conflicted
    }
}

impl Eq for Origin {}

/// The locked versions of one target, and what conditions looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedTarget {
    pub base: ImageRef,
    pub devel: Option<ImageRef>,
    /// `SOURCE_DATE_EPOCH`, seconds.
    pub epoch: u64,
    pub things: BTreeMap<Name, LockedEntry>,
    /// Axes that nothing needs. Conditions and templates look at them, so what was chosen may hang on them.
    pub noted: BTreeMap<Name, LockedEntry>,
}

/// A locked or chosen axis or package with its reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedEntry {
    pub version: Version,
    /// Why, in words: `requested`, `required by pytorch`, `platform default`.
    pub reasons: Vec<String>,
    /// The hash of its definition; absent for what the base holds without one.
    pub definition: Option<Sha256>,
    pub place: LockPlace,
}

/// Where a lock that was read says something. Two locks that say the same are the same, wherever they do.
#[derive(Debug, Clone, Copy, Default)]
pub struct LockPlace(pub Option<Span>);

impl PartialEq for LockPlace {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for LockPlace {}

impl LockedTarget {
    /// The locked version of an axis or a package.
    pub(super) fn version(&self, name: &Name) -> Option<&Version> {
        self.package_variable(name).map(|var| &var.version)
    }

    /// What the lock holds of an axis or a package.
    pub(super) fn package_variable(&self, name: &Name) -> Option<&LockedEntry> {
        self.things.get(name).or_else(|| self.noted.get(name))
    }
}
