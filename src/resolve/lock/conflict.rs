//! Locks with Git's conflict markers: both sides are read, and what they have in common is kept.

use std::collections::BTreeMap;

use super::{Lock, LockedEntry, LockedTarget, Origin};
use crate::value::Name;

/// Splits a text with conflict markers into "ours" and "theirs"; `None` if it has no complete set of markers.
pub(in crate::resolve) fn sides(text: &str) -> Option<[String; 2]> {
    #[derive(PartialEq)]
    enum Side {
        Both,
        Ours,
        Base,
        Theirs,
    }
    let (mut at, mut found) = (Side::Both, false);
    let mut sides = [String::new(), String::new()];
    for line in text.split_inclusive('\n') {
        let mark = |mark: &str| {
            line.strip_prefix(mark).is_some_and(|rest| rest.starts_with(' ') || rest.trim_end().is_empty())
        };
        match at {
            Side::Both if mark("<<<<<<<") => (at, found) = (Side::Ours, true),
            Side::Ours if mark("|||||||") => at = Side::Base,
            Side::Ours | Side::Base if mark("=======") => at = Side::Theirs,
            Side::Theirs if mark(">>>>>>>") => at = Side::Both,
            Side::Both => sides.iter_mut().for_each(|side| side.push_str(line)),
            Side::Ours => sides[0].push_str(line),
            Side::Theirs => sides[1].push_str(line),
            Side::Base => {}
        }
    }
    (found && at == Side::Both).then_some(sides)
}

impl Lock {
    /// Returns the entries that both locks agree on, so that the rest is resolved again, and the generated
    /// files of either lock.
    pub(in crate::resolve) fn common(self, other: Self) -> Self {
        let targets = self.targets.into_iter().filter_map(|(name, target)| {
            let common = target.common(other.targets.get(&name)?)?;
            Some((name, common))
        });
        Self {
            manifest: self.manifest,
            targets: targets.collect(),
            files: self.files.merged(other.files),
            origin: Origin { conflicted: true, ..self.origin },
        }
    }
}

impl LockedTarget {
    /// Returns `None` if the base images differ, because everything else depends on them.
    fn common(self, other: &Self) -> Option<Self> {
        let alike = self.base == other.base && self.devel == other.devel;
        alike.then(|| Self {
            epoch: self.epoch.max(other.epoch),
            entries: common(self.entries, &other.entries),
            noted: common(self.noted, &other.noted),
            closures: same(self.closures, &other.closures),
            commits: same(self.commits, &other.commits),
            further_images: same(self.further_images, &other.further_images),
            ..self
        })
    }
}

/// Returns the entries that are equal in both.
fn same<K: Ord, T: PartialEq>(ours: BTreeMap<K, T>, theirs: &BTreeMap<K, T>) -> BTreeMap<K, T> {
    ours.into_iter().filter(|(name, one)| theirs.get(name) == Some(one)).collect()
}

fn common(
    ours: BTreeMap<Name, LockedEntry>,
    theirs: &BTreeMap<Name, LockedEntry>,
) -> BTreeMap<Name, LockedEntry> {
    let same = |one: &LockedEntry, other: &LockedEntry| {
        one.version == other.version && one.definition == other.definition
    };
    ours.into_iter().filter(|(name, one)| theirs.get(name).is_some_and(|other| same(one, other))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conflict_markers_split_a_text_into_two_sides() {
        let text =
            "a\n<<<<<<< HEAD\nb\n=======\nc\nd\n>>>>>>> other\ne\n<<<<<<< HEAD\n=======\nf\n>>>>>>> x\n";
        assert_eq!(sides(text), Some(["a\nb\ne\n".to_owned(), "a\nc\nd\ne\nf\n".to_owned()]));
        let with_base = "<<<<<<< HEAD\r\nb\n||||||| 123\nold\n=======\nc\n>>>>>>> other\n";
        assert_eq!(sides(with_base), Some(["b\n".to_owned(), "c\n".to_owned()]));
    }

    #[test]
    fn texts_without_complete_markers_have_no_sides() {
        for text in [
            "",
            "a\n=======\nb\n",
            "<<<<<<< HEAD\na\n",
            "<<<<<<< HEAD\na\n=======\n",
            "<<<<<<<<\n=======\n>>>>>>>\n",
        ] {
            assert_eq!(sides(text), None, "{text:?}");
        }
    }
}
