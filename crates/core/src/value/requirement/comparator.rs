//! Comparators of a requirement, and their intervals.

use std::ops::Bound;

use serde::{Deserialize, Serialize};

use crate::value::{Interval, Version};

/// A comparison operator of a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(in crate::value) enum Op {
    /// `2.5`, `2.5.*`: all versions with this prefix.
    Prefix,
    /// `=2.5.1`.
    Exact,
    /// `!=2.5.1`.
    Not,
    /// `!=2.5.*`.
    NotPrefix,
    /// `>=2.5`.
    AtLeast,
    /// `>2.5`.
    Above,
    /// `<=2.5`.
    AtMost,
    /// `<2.5`.
    Below,
    /// `~2.5.1`: only the last number can increase. With one or two numbers, these are fixed.
    Tilde,
    /// `^2.5`: the first number that is not 0 is fixed.
    Caret,
}

/// The right side of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub(super) enum Operand {
    Version(Version),
    /// A version by its name: `humble`.
    Name(String),
}

/// A comparison, such as `>=2.5`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub(super) struct Comparator {
    pub(super) op: Op,
    pub(super) operand: Operand,
}

impl Comparator {
    /// Returns its intervals; none for a name that was not resolved.
    pub(super) fn intervals(&self) -> Vec<Interval> {
        match &self.operand {
            Operand::Version(version) => self.op.intervals(version),
            Operand::Name(_) => Vec::new(),
        }
    }
}

impl Op {
    /// Returns the intervals of a comparison with a version, sorted and disjoint.
    pub(in crate::value) fn intervals(self, version: &Version) -> Vec<Interval> {
        let v = version;
        match self {
            // `2.9.0-rc1` and `1.6.1.post4` are not prefixes: they match exactly.
            Op::Prefix if is_plain(v) => {
                vec![Interval::between(v.clone(), v.next_floor(v.parts().len() - 1))]
            }
            Op::Prefix | Op::Exact => vec![exact(v)],
            Op::Not => outside(exact(v)),
            Op::NotPrefix => outside(Interval::between(v.floor(), v.next_floor(v.parts().len() - 1))),
            Op::AtLeast => vec![Interval::from(v.clone())],
            Op::Above => outside(exact(v)).pop().into_iter().collect(),
            Op::AtMost => vec![Interval { lower: Bound::Unbounded, upper: exact(v).upper }],
            // `<` a release excludes its pre-releases.
            Op::Below if is_plain(v) => vec![Interval::before(v.floor())],
            Op::Below => vec![Interval::before(v.clone())],
            Op::Tilde => {
                let count = v.parts().len();
                vec![Interval::between(v.clone(), v.next_floor(count.min(2).max(count - 1) - 1))]
            }
            Op::Caret => {
                let first = v.parts().iter().position(|part| *part != 0).unwrap_or(v.parts().len() - 1);
                vec![Interval::between(v.clone(), v.next_floor(first))]
            }
        }
    }
}

/// Whether a version consists only of numbers.
fn is_plain(version: &Version) -> bool {
    !version.is_prerelease() && !version.is_postrelease() && version.local().is_none()
}

/// Returns the interval of a version and its local versions, or of a single local version.
fn exact(version: &Version) -> Interval {
    if version.local().is_some() {
        return Interval { lower: Bound::Included(version.clone()), upper: Bound::Included(version.clone()) };
    }
    Interval::between(version.clone(), version.after_locals())
}

/// Returns the complement of an interval: what is below and what is above.
fn outside(inside: Interval) -> Vec<Interval> {
    let turned = |bound| match bound {
        Bound::Included(version) => Bound::Excluded(version),
        Bound::Excluded(version) => Bound::Included(version),
        Bound::Unbounded => Bound::Unbounded,
    };
    vec![
        Interval { lower: Bound::Unbounded, upper: turned(inside.lower) },
        Interval { lower: turned(inside.upper), upper: Bound::Unbounded },
    ]
}
