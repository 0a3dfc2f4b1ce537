//! What is another in one lock than in the other.

use crate::value::Name;

use super::{Lock, LockedEntry, LockedTarget};

/// Differences between two locks for one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetChanges<'a> {
    pub target: &'a Name,
    /// What it held; `None` where it is new.
    pub before: Option<&'a LockedTarget>,
    pub after: &'a LockedTarget,
    /// The axes and packages that changed, by name.
    pub things: Vec<LockChange<'a>>,
}

/// One axis or package that is new or gone, has another version, or another definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockChange<'a> {
    pub name: &'a Name,
    /// What it was; `None` where it is new.
    pub from: Option<&'a LockedEntry>,
    /// What it is; `None` where it is gone.
    pub to: Option<&'a LockedEntry>,
}

impl LockChange<'_> {
    /// Whether its version is another one, be it none.
    pub fn is_of_version(&self) -> bool {
        self.from.map(|var| &var.version) != self.to.map(|var| &var.version)
    }
}

impl Lock {
    /// The changes from the other lock to this one, for each target; a target that this one lacks is left out.
    pub fn moves<'a>(&'a self, old: Option<&'a Self>) -> Vec<TargetChanges<'a>> {
        let targets = self.targets.iter();
        targets
            .map(|(target, after)| {
                let before = old.and_then(|old| old.targets.get(target));
                TargetChanges { target, before, after, things: things(before, after) }
            })
            .collect()
    }

    /// The lock without these axes and packages, so that they are chosen anew; without whole targets where none is
    /// named. Only in `target`, where one is given.
    #[must_use]
    pub fn without(&self, names: &[Name], target: Option<&str>) -> Self {
        let mut lock = self.clone();
        let other = |name: &Name| target.is_some_and(|target| target != name.as_str());
        if names.is_empty() {
            lock.targets.retain(|name, _| other(name));
        }
        for (_, locked) in lock.targets.iter_mut().filter(|(name, _)| !other(name)) {
            locked.things.retain(|name, _| !names.contains(name));
            locked.noted.retain(|name, _| !names.contains(name));
        }
        lock
    }
}

fn things<'a>(before: Option<&'a LockedTarget>, after: &'a LockedTarget) -> Vec<LockChange<'a>> {
    let old = before.map(|before| &before.things);
    let mut all: Vec<LockChange<'a>> = after
        .things
        .iter()
        .map(|(name, to)| LockChange { name, from: old.and_then(|old| old.get(name)), to: Some(to) })
        .filter(|one| {
            one.is_of_version() || one.from.map(|from| &from.definition) != one.to.map(|to| &to.definition)
        })
        .collect();
    let gone = old.into_iter().flatten().filter(|(name, _)| !after.things.contains_key(*name));
    all.extend(gone.map(|(name, from)| LockChange { name, from: Some(from), to: None }));
    all.sort_by_key(|one| one.name);
    all
}
