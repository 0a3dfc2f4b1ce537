//! Differences between two locks.

use crate::value::Name;

use super::{Lock, LockedEntry, LockedTarget};

/// The differences between two locks for one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetChanges<'a> {
    pub target: &'a Name,
    /// `None` if the target is new.
    pub before: Option<&'a LockedTarget>,
    pub after: &'a LockedTarget,
    /// The axes and packages that changed, sorted by name.
    pub entries: Vec<LockChange<'a>>,
}

/// One axis or package that was added, removed, or has a different version or definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockChange<'a> {
    pub name: &'a Name,
    /// `None` if it was added.
    pub from: Option<&'a LockedEntry>,
    /// `None` if it was removed.
    pub to: Option<&'a LockedEntry>,
}

impl LockChange<'_> {
    /// Whether the version differs, or the entry was added or removed.
    pub fn changes_version(&self) -> bool {
        self.from.map(|entry| &entry.version) != self.to.map(|entry| &entry.version)
    }
}

impl Lock {
    /// Returns the changes from an older lock to this one, for each target of this one.
    pub fn changes<'a>(&'a self, old: Option<&'a Self>) -> Vec<TargetChanges<'a>> {
        let targets = self.targets.iter();
        targets
            .map(|(target, after)| {
                let before = old.and_then(|old| old.targets.get(target));
                TargetChanges { target, before, after, entries: entry_changes(before, after) }
            })
            .collect()
    }

    /// Returns the lock without these axes and packages, so that they are resolved again. Without names,
    /// whole targets are removed. If `target` is given, only that target is changed.
    #[must_use]
    pub fn without(&self, names: &[Name], target: Option<&str>) -> Self {
        let mut lock = self.clone();
        let other = |name: &Name| target.is_some_and(|target| target != name.as_str());
        if names.is_empty() {
            lock.targets.retain(|name, _| other(name));
        }
        for (_, locked) in lock.targets.iter_mut().filter(|(name, _)| !other(name)) {
            locked.entries.retain(|name, _| !names.contains(name));
            locked.noted.retain(|name, _| !names.contains(name));
        }
        lock
    }
}

fn entry_changes<'a>(before: Option<&'a LockedTarget>, after: &'a LockedTarget) -> Vec<LockChange<'a>> {
    let old = before.map(|before| &before.entries);
    let mut all: Vec<LockChange<'a>> = after
        .entries
        .iter()
        .map(|(name, to)| LockChange { name, from: old.and_then(|old| old.get(name)), to: Some(to) })
        .filter(|one| {
            one.changes_version() || one.from.map(|from| &from.definition) != one.to.map(|to| &to.definition)
        })
        .collect();
    let removed = old.into_iter().flatten().filter(|(name, _)| !after.entries.contains_key(*name));
    all.extend(removed.map(|(name, from)| LockChange { name, from: Some(from), to: None }));
    all.sort_by_key(|one| one.name);
    all
}
