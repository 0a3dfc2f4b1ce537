//! [`Requirement`]: a version requirement.

mod comparator;
mod read;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::interval::{intersection, union};
use super::{Interval, Invalid, PackedText, Parse, Version};
pub(super) use comparator::Op;
use comparator::{Comparator, Operand};

/// A version requirement: `2.5`, `>=2.5, <2.9`, `2.4 || 2.6`, `humble`, `*`.
///
/// Local versions match like their public versions: `=2.9.0` matches `2.9.0+cu128` too. A pre-release is
/// matched only by an alternative (separated by `||`) that names one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Requirement {
    text: PackedText,
    /// The alternatives, each with comparators that must all match.
    alternatives: Vec<Vec<Comparator>>,
}

impl Requirement {
    /// Returns the requirement that every release satisfies.
    pub fn any() -> Self {
        Self { text: "*".into(), alternatives: vec![Vec::new()] }
    }

    /// Returns the requirement for a version and its local versions.
    pub fn exactly(version: &Version) -> Self {
        let comparator = Comparator { op: Op::Exact, operand: Operand::Version(version.clone()) };
        Self { text: format!("={version}").into(), alternatives: vec![vec![comparator]] }
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether every release satisfies it.
    pub fn is_any(&self) -> bool {
        // An alternative without comparators suffices. Several others could also cover everything together.
        self.alternatives.iter().any(Vec::is_empty)
            || self.alternatives.len() > 1 && self.intervals() == [Interval::ALL]
    }

    /// Whether a version satisfies the requirement. Names that were not resolved (see
    /// [`Self::resolve_names`]) match nothing.
    pub fn matches(&self, version: &Version) -> bool {
        self.matcher().matches(version)
    }

    /// Returns a matcher for many versions, with precomputed intervals.
    pub fn matcher(&self) -> Matcher {
        let alternatives = self.alternatives.iter();
        Matcher {
            alternatives: alternatives.map(|one| (names_prerelease(one), intersection_of(one))).collect(),
        }
    }

    /// Whether an alternative names a pre-release, so that pre-releases can match.
    #[cfg(test)]
    fn allows_prerelease(&self) -> bool {
        self.alternatives.iter().any(|alternative| names_prerelease(alternative))
    }

    /// Returns the intervals of matching versions, sorted and disjoint. Pre-releases in them match only if an
    /// alternative names a pre-release.
    pub fn intervals(&self) -> Vec<Interval> {
        union(self.alternatives.iter().flat_map(|alternative| intersection_of(alternative)).collect())
    }

    /// Returns the names of versions in it, which the catalogue resolves: `humble`.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.alternatives.iter().flatten().filter_map(|comparator| match &comparator.operand {
            Operand::Name(name) => Some(name.as_str()),
            Operand::Version(_) => None,
        })
    }

    /// Replaces names by versions, without changing the text. Fails with the first unknown name.
    pub fn resolve_names(&self, meaning: impl Fn(&str) -> Option<Version>) -> Result<Cow<'_, Self>, String> {
        if self.names().next().is_none() {
            return Ok(Cow::Borrowed(self));
        }
        let mut resolved = self.clone();
        for comparator in resolved.alternatives.iter_mut().flatten() {
            if let Operand::Name(name) = &comparator.operand {
                let version = meaning(name).ok_or_else(|| name.clone())?;
                comparator.operand = Operand::Version(version);
            }
        }
        Ok(Cow::Owned(resolved))
    }
}

/// A [`Requirement`] with precomputed intervals.
#[derive(Debug, Clone)]
pub struct Matcher {
    /// For each alternative, whether it names a pre-release, and its intervals.
    alternatives: Vec<(bool, Vec<Interval>)>,
}

impl Matcher {
    /// Whether a version satisfies the requirement.
    pub fn matches(&self, version: &Version) -> bool {
        self.alternatives.iter().any(|(prerelease, intervals)| {
            (*prerelease || !version.is_prerelease())
                && intervals.iter().any(|interval| interval.contains(version))
        })
    }

    /// Returns the indexes of matching items, which must be sorted by version. An index can occur twice.
    pub fn places<T>(&self, sorted: &[T], version: impl Fn(&T) -> &Version) -> Vec<usize> {
        let mut places = Vec::new();
        for (prerelease, intervals) in &self.alternatives {
            for interval in intervals {
                let run = interval.run(sorted, &version);
                places.extend(run.filter(|at| *prerelease || !version(&sorted[*at]).is_prerelease()));
            }
        }
        places
    }
}

/// Returns the intersection of all comparators of an alternative.
fn intersection_of(alternative: &[Comparator]) -> Vec<Interval> {
    // Halving avoids copying a long intermediate result for each of thousands of comparators.
    match alternative {
        [] => vec![Interval::ALL],
        [one] => one.intervals(),
        several => {
            let (first, second) = several.split_at(several.len() / 2);
            intersection(&intersection_of(first), &intersection_of(second))
        }
    }
}

fn names_prerelease(alternative: &[Comparator]) -> bool {
    alternative.iter().any(|comparator| match &comparator.operand {
        Operand::Version(version) => version.is_prerelease(),
        Operand::Name(_) => false,
    })
}

impl Parse for Requirement {
    const WHAT: &'static str = "a version requirement";

    fn parse(text: &str) -> Result<Self, Invalid> {
        let alternatives = read::alternatives(text)?;
        let requirement = Self { text: text.trim().to_owned().into(), alternatives };
        // A single comparator is never empty.
        let several = requirement.alternatives.iter().all(|one| one.len() > 1);
        if several && requirement.names().next().is_none() && requirement.intervals().is_empty() {
            let help =
                if text.contains("||") { None } else { Some("use `||` between two requirements for \"or\"") };
            let invalid = Invalid::new("no version can satisfy all of this");
            let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            if text.split(',').all(digits) {
                let meant = text.replace(',', ".");
                return Err(invalid.help(format!("did you mean `{meant}`?")).meant(meant));
            }
            return Err(help.map_or(invalid.clone(), |help| invalid.help(help)));
        }
        Ok(requirement)
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}
