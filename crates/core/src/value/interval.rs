//! [`Interval`]: an interval of versions.

use std::cmp::Ordering;
use std::ops::{Bound, Range};

use super::Version;

/// All versions between two bounds, in the total order of [`Version`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interval {
    pub lower: Bound<Version>,
    pub upper: Bound<Version>,
}

impl Interval {
    /// All versions.
    pub const ALL: Self = Self { lower: Bound::Unbounded, upper: Bound::Unbounded };

    pub(super) fn from(lower: Version) -> Self {
        Self { lower: Bound::Included(lower), upper: Bound::Unbounded }
    }

    /// Returns all versions before `upper`.
    pub(super) fn before(upper: Version) -> Self {
        Self { lower: Bound::Unbounded, upper: Bound::Excluded(upper) }
    }

    /// Returns the versions from `lower`, inclusive, to `upper`, exclusive.
    pub(super) fn between(lower: Version, upper: Version) -> Self {
        Self { lower: Bound::Included(lower), upper: Bound::Excluded(upper) }
    }

    /// Whether it contains a version.
    pub fn contains(&self, version: &Version) -> bool {
        let from = match &self.lower {
            Bound::Unbounded => true,
            Bound::Included(lower) => version >= lower,
            Bound::Excluded(lower) => version > lower,
        };
        let to = match &self.upper {
            Bound::Unbounded => true,
            Bound::Included(upper) => version <= upper,
            Bound::Excluded(upper) => version < upper,
        };
        from && to
    }

    /// Returns the range of the items that it contains. The items must be sorted by version.
    pub fn run<T>(&self, sorted: &[T], version: impl Fn(&T) -> &Version) -> Range<usize> {
        let from = match &self.lower {
            Bound::Unbounded => 0,
            Bound::Included(lower) => sorted.partition_point(|one| version(one) < lower),
            Bound::Excluded(lower) => sorted.partition_point(|one| version(one) <= lower),
        };
        let to = match &self.upper {
            Bound::Unbounded => sorted.len(),
            Bound::Included(upper) => sorted.partition_point(|one| version(one) <= upper),
            Bound::Excluded(upper) => sorted.partition_point(|one| version(one) < upper),
        };
        from..to.max(from)
    }

    fn is_empty(&self) -> bool {
        match (&self.lower, &self.upper) {
            (Bound::Unbounded, _) | (_, Bound::Unbounded) => false,
            (Bound::Included(lower), Bound::Included(upper)) => lower > upper,
            (
                Bound::Included(lower) | Bound::Excluded(lower),
                Bound::Excluded(upper) | Bound::Included(upper),
            ) => lower >= upper,
        }
    }
}

pub(super) fn intersection(one: &[Interval], other: &[Interval]) -> Vec<Interval> {
    let (mut one, mut other) = (one.iter().peekable(), other.iter().peekable());
    let mut out = Vec::new();
    while let (Some(a), Some(b)) = (one.peek(), other.peek()) {
        let lower = if starts(&a.lower, &b.lower).is_ge() { &a.lower } else { &b.lower };
        let first_ends = ends(&a.upper, &b.upper).is_le();
        let upper = if first_ends { &a.upper } else { &b.upper };
        let both = Interval { lower: lower.clone(), upper: upper.clone() };
        if !both.is_empty() {
            out.push(both);
        }
        // The interval that ends first intersects no further ones.
        if first_ends {
            one.next()
        } else {
            other.next()
        };
    }
    union(out)
}

/// Normalises a set of intervals: sorted, disjoint, adjacent ones joined.
pub(super) fn union(mut intervals: Vec<Interval>) -> Vec<Interval> {
    intervals.sort_by(|a, b| starts(&a.lower, &b.lower));
    let mut out: Vec<Interval> = Vec::new();
    for next in intervals {
        match out.last_mut() {
            Some(last) if meet(&last.upper, &next.lower) => {
                if ends(&last.upper, &next.upper).is_lt() {
                    last.upper = next.upper;
                }
            }
            _ => out.push(next),
        }
    }
    out
}

/// Whether there is no version between an end and the following start.
fn meet(upper: &Bound<Version>, lower: &Bound<Version>) -> bool {
    match (upper, lower) {
        (Bound::Unbounded, _) | (_, Bound::Unbounded) => true,
        (Bound::Excluded(upper), Bound::Excluded(lower)) => lower < upper,
        (
            Bound::Included(upper) | Bound::Excluded(upper),
            Bound::Included(lower) | Bound::Excluded(lower),
        ) => lower <= upper,
    }
}

fn starts(one: &Bound<Version>, other: &Bound<Version>) -> Ordering {
    bounds(one, other, Ordering::Less)
}

fn ends(one: &Bound<Version>, other: &Bound<Version>) -> Ordering {
    bounds(one, other, Ordering::Greater)
}

/// Compares two starts or two ends. `open` is how an unbounded one compares with others, and an inclusive one
/// with an exclusive one.
fn bounds(one: &Bound<Version>, other: &Bound<Version>, open: Ordering) -> Ordering {
    match (one, other) {
        (Bound::Unbounded, Bound::Unbounded) => Ordering::Equal,
        (Bound::Unbounded, _) => open,
        (_, Bound::Unbounded) => open.reverse(),
        (Bound::Included(a), Bound::Excluded(b)) => a.cmp(b).then(open),
        (Bound::Excluded(a), Bound::Included(b)) => a.cmp(b).then(open.reverse()),
        (Bound::Included(a), Bound::Included(b)) | (Bound::Excluded(a), Bound::Excluded(b)) => a.cmp(b),
    }
}
