//! `jcc.lock`: the versions that the last compile chose, with reasons. It is KDL, with one line per axis or
//! package.

mod changes;
mod closures;
pub(super) mod conflict;
mod digests;
mod files;
mod read;
mod write;

pub use changes::{LockChange, TargetChanges};
pub use closures::{Closures, Commits, LockedClosure, LockedDownloads, closure_path};
pub use files::LockedFiles;

use std::collections::BTreeMap;

use crate::source::Span;
use crate::value::{ImageRef, Name, Sha256, Version};

/// The content of `jcc.lock`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    /// The hash of the manifest and of those that it extends, without comments and layout.
    pub manifest: Sha256,
    pub targets: BTreeMap<Name, LockedTarget>,
    pub files: LockedFiles,
    pub origin: Origin,
}

/// The compiler and manifest that a lock was written by and for.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The version of the compiler that wrote it; `None` if the lock was not read from a file.
    pub by: Option<String>,
    /// Whether it lists the generated files. Those of jcc 0.1 contain their own hashes instead.
    pub lists_files: bool,
    /// Whether the file contained conflict markers of Git.
    pub conflicted: bool,
}

/// Ignores the compiler's version: a lock that another version wrote can still be current.
impl PartialEq for Origin {
    fn eq(&self, other: &Self) -> bool {
        self.conflicted == other.conflicted
    }
}

impl Eq for Origin {}

/// The locked versions of one target, and the axes that conditions tested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedTarget {
    pub base: ImageRef,
    pub devel: Option<ImageRef>,
    /// `SOURCE_DATE_EPOCH`, in seconds.
    pub epoch: u64,
    /// The chosen axes and packages.
    pub entries: BTreeMap<Name, LockedEntry>,
    /// Axes that nothing requires. Conditions and templates read them, so the choices can depend on them.
    pub noted: BTreeMap<Name, LockedEntry>,
    /// The closure files that `jcc lock` wrote, by name.
    pub closures: BTreeMap<String, LockedClosure>,
    /// The commits of branches and tags.
    pub commits: Commits,
    /// Images other than base images, such as those of services, with their digests. The keys have no digest.
    pub further_images: BTreeMap<String, ImageRef>,
}

/// A locked or chosen axis or package with its reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedEntry {
    pub version: Version,
    /// Such as `requested in project.kdl`, `required by pytorch`, `default of l4t 36.5.2`.
    pub reasons: Vec<String>,
    /// The hash of its definition; absent if the catalogue does not define it.
    pub definition: Option<Sha256>,
    pub place: LockPlace,
}

/// The line of an entry in a lock that was read. All places are equal, so that comparing locks ignores
/// layout.
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
        self.entry(name).map(|entry| &entry.version)
    }

    /// The entry of an axis or a package, whether chosen or noted.
    pub(super) fn entry(&self, name: &Name) -> Option<&LockedEntry> {
        self.entries.get(name).or_else(|| self.noted.get(name))
    }
}
