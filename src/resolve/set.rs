//! Sets of candidates, by index.

use std::fmt;
use std::ops::{Bound, Range};

use pubgrub::{Ranges, VersionSet};

use super::work;

/// A set of candidates of one variable, by index. All ranges are half-open, so that equal sets have one
/// representation: the ranges do not know that their elements are integers, so `1..=2` without `1` would
/// differ from `2..=2`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Set(Ranges<u32>);

impl Set {
    pub(super) fn of(runs: impl IntoIterator<Item = Range<u32>>) -> Self {
        let some = runs.into_iter().filter(|run| !run.is_empty());
        Self(some.map(|run| (Bound::Included(run.start), Bound::Excluded(run.end))).collect())
    }

    pub(super) fn run(run: Range<u32>) -> Self {
        Self::of(std::iter::once(run))
    }

    /// Returns the number of candidates in the set.
    pub(super) fn count(&self) -> u32 {
        let length = |run: (&Bound<u32>, &Bound<u32>)| match run {
            (Bound::Included(start), Bound::Excluded(end)) => end - start,
            (_, Bound::Excluded(end)) => *end,
            _ => u32::MAX,
        };
        self.0.iter().map(length).fold(0, u32::saturating_add)
    }

    fn count_operation(&self) {
        work::count(self.0.iter().count());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

pub(super) fn set(places: impl IntoIterator<Item = u32>) -> Set {
    let mut runs: Vec<Range<u32>> = Vec::new();
    for place in places {
        match runs.last_mut() {
            Some(last) if last.end == place => last.end += 1,
            Some(_) | None => runs.push(place..place + 1),
        }
    }
    Set::of(runs)
}

impl VersionSet for Set {
    type V = u32;

    fn empty() -> Self {
        Self(Ranges::empty())
    }

    fn full() -> Self {
        Self(Ranges::full())
    }

    fn singleton(place: u32) -> Self {
        Self(Ranges::between(place, place + 1))
    }

    fn complement(&self) -> Self {
        self.count_operation();
        Self(self.0.complement())
    }

    fn intersection(&self, other: &Self) -> Self {
        self.count_operation();
        Self(self.0.intersection(&other.0))
    }

    fn union(&self, other: &Self) -> Self {
        self.count_operation();
        Self(self.0.union(&other.0))
    }

    fn contains(&self, place: &u32) -> bool {
        self.0.contains(place)
    }

    fn is_disjoint(&self, other: &Self) -> bool {
        self.count_operation();
        self.0.is_disjoint(&other.0)
    }

    fn subset_of(&self, other: &Self) -> bool {
        self.count_operation();
        self.0.subset_of(&other.0)
    }
}

impl fmt::Display for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
