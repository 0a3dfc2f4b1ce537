//! Changed versions, each with its cause.

use std::collections::{BTreeMap, BTreeSet};

use crate::resolve::{Reason, Resolution};
use crate::source::Span;
use crate::value::{Name, Version};

use super::DiffSide;

/// An axis or a package with another version, or on one side only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionChange {
    pub name: Name,
    /// `None` for one that was added.
    pub from: Option<Version>,
    /// `None` for one that was removed.
    pub to: Option<Version>,
    pub cause: ChangeCause,
    /// Why it has this version now, as one phrase; empty for one that was removed.
    pub reason: String,
}

/// What a change of a version follows from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeCause {
    /// The manifest's own line about it changed.
    Requested,
    /// It is connected by requirements to one whose line changed.
    Implied,
    /// No line of the manifest led to it: the lock, the catalogue or the compiler changed.
    Update,
}

/// Another base image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseChange {
    pub from: Option<String>,
    pub to: String,
}

pub(super) fn base(old: Option<DiffSide<'_>>, new: DiffSide<'_>) -> Option<BaseChange> {
    let from = old.map(|old| old.resolution.base.image.to_string());
    let to = new.resolution.base.image.to_string();
    (from.as_ref() != Some(&to)).then_some(BaseChange { from, to })
}

pub(super) fn compare(old: Option<DiffSide<'_>>, new: DiffSide<'_>) -> Vec<VersionChange> {
    let before = old.map(|old| versions(old.resolution)).unwrap_or_default();
    let after = versions(new.resolution);
    let names: BTreeSet<&Name> = before.keys().chain(after.keys()).copied().collect();
    let changed: BTreeSet<&Name> =
        names.into_iter().filter(|name| before.get(name) != after.get(name)).collect();
    let causes = Causes::new(old, new, &changed);
    let mut all: Vec<VersionChange> = changed
        .iter()
        .map(|name| VersionChange {
            name: (*name).clone(),
            from: before.get(name).map(|version| (*version).clone()),
            to: after.get(name).map(|version| (*version).clone()),
            cause: causes.of(name),
            reason: causes.reason(name),
        })
        .collect();
    all.sort_by(|a, b| (a.cause, &a.name).cmp(&(b.cause, &b.name)));
    all
}

fn versions(resolution: &Resolution) -> BTreeMap<&Name, &Version> {
    resolution.chosen.iter().map(|(name, chosen)| (name, &chosen.version)).collect()
}

/// Finds the cause of each change: a breadth-first search from the changed lines of the manifest along requirements,
/// in both directions, through what changed.
struct Causes<'a> {
    new: DiffSide<'a>,
    requested: BTreeSet<&'a Name>,
    /// What each implied change was reached from.
    reached: BTreeMap<&'a Name, &'a Name>,
}

impl<'a> Causes<'a> {
    fn new(old: Option<DiffSide<'a>>, new: DiffSide<'a>, changed: &BTreeSet<&'a Name>) -> Self {
        let before = old.map(requests).unwrap_or_default();
        let after = requests(new);
        let is_requested = |name: &&&Name| before.get(**name) != after.get(**name);
        let requested: BTreeSet<&Name> = changed.iter().filter(is_requested).copied().collect();
        // A line may change without changing its own version: `python ">=3.10"` that now rules out another.
        let lines: BTreeSet<&Name> = before.keys().chain(after.keys()).copied().collect();
        let starts = lines.into_iter().filter(|name| before.get(name) != after.get(name));
        let sides: Vec<&Resolution> =
            old.into_iter().map(|old| old.resolution).chain([new.resolution]).collect();
        let mut queue: Vec<&Name> = starts.collect();
        let mut reached: BTreeMap<&Name, &Name> = BTreeMap::new();
        let mut next = 0;
        while let Some(from) = queue.get(next).copied() {
            next += 1;
            for to in sides.iter().flat_map(|side| neighbours(side, from)) {
                if changed.contains(to) && !requested.contains(to) && !reached.contains_key(to) {
                    reached.insert(to, from);
                    queue.push(to);
                }
            }
        }
        Self { new, requested, reached }
    }

    fn of(&self, name: &Name) -> ChangeCause {
        if self.requested.contains(name) {
            ChangeCause::Requested
        } else if self.reached.contains_key(name) {
            ChangeCause::Implied
        } else {
            ChangeCause::Update
        }
    }

    fn reason(&self, name: &Name) -> String {
        let Some(chosen) = self.new.resolution.chosen.get(name) else { return String::new() };
        if let Some(from) = self.reached.get(name).filter(|_| !self.requested.contains(name))
            && let Some(version) = self.new.resolution.version(from)
        {
            let requires = chosen.requires.iter().any(|(other, _)| other == *from);
            return match (requires, version.as_str()) {
                (true, "0") => format!("requires {from}"),
                (true, version) => format!("requires {from} {version}"),
                (false, "0") => format!("required by {from}"),
                (false, version) => format!("required by {from} {version}"),
            };
        }
        chosen.reasons.first().map(|reason| reason.describe(self.new.sources)).unwrap_or_default()
    }
}

/// What a package requires and what requires it, in name order.
fn neighbours<'a>(resolution: &'a Resolution, name: &Name) -> Vec<&'a Name> {
    let forward = resolution.chosen.get(name).into_iter().flat_map(|chosen| &chosen.requires);
    let back = resolution.chosen.iter().filter_map(|(other, chosen)| {
        let by_default = chosen
            .reasons
            .iter()
            .any(|reason| matches!(reason, Reason::PlatformDefault { by, .. } if by == name));
        let requires = chosen.requires.iter().any(|(required, _)| required == name);
        (requires || by_default).then_some(other)
    });
    forward.map(|(other, _)| other).chain(back).collect()
}

/// The lines of the manifest about each axis or package, as written.
fn requests(side: DiffSide<'_>) -> BTreeMap<&Name, BTreeSet<&str>> {
    let lines = |reasons: &[Reason]| -> BTreeSet<&str> {
        reasons.iter().filter_map(place).map(|span| side.sources.line_of(span)).collect()
    };
    let all = side.resolution.chosen.iter().map(|(name, chosen)| (name, lines(&chosen.reasons)));
    all.filter(|(_, lines)| !lines.is_empty()).collect()
}

fn place(reason: &Reason) -> Option<Span> {
    match reason {
        Reason::Requested(span) | Reason::Pinned(span) | Reason::Target(span) => Some(*span),
        Reason::Base(span) => *span,
        _ => None,
    }
}
