//! [`Requirement`]: which versions will do.

mod comparator;
mod read;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;

use super::interval::{intersection, union};
use super::{Interval, Invalid, Parse, Version};
pub(super) use comparator::Op;
use comparator::{Comparator, Operand};

/// Which versions will do: `2.5`, `>=2.5, <2.9`, `2.4 || 2.6`, `humble`, `*`.
///
/// Local builds count as what they are builds of: `=2.9.0` takes `2.9.0+cu128` too. A pre-release is matched only by an
/// alternative (what stands between `||`) that names one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Requirement {
    text: String,
    /// One of these; in each, all of its comparators.
    alternatives: Vec<Vec<Comparator>>,
}

impl Requirement {
    /// What every release satisfies.
    pub fn any() -> Self {
        Self { text: "*".to_owned(), alternatives: vec![Vec::new()] }
    }

    /// That version and its local builds.
    pub fn exactly(version: &Version) -> Self {
        let comparator = Comparator { op: Op::Exact, operand: Operand::Version(version.clone()) };
        Self { text: format!("={version}"), alternatives: vec![vec![comparator]] }
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether every release satisfies it.
    pub fn is_any(&self) -> bool {
        // Several alternatives may come to everything together; one does where it bounds nothing.
        self.alternatives.iter().any(Vec::is_empty)
            || self.alternatives.len() > 1 && self.intervals() == [Interval::ALL]
    }

    /// Whether the version will do. A name that was not yet looked up (see [`Self::resolve_names`]) matches nothing.
    pub fn matches(&self, version: &Version) -> bool {
        self.matcher().matches(version)
    }

    /// The same for many versions: its bounds are worked out once.
    pub fn matcher(&self) -> Matcher {
        let alternatives = self.alternatives.iter();
        Matcher { alternatives: alternatives.map(|one| (names_prerelease(one), stretch(one))).collect() }
    }

    /// Whether one of its alternatives names a pre-release, so that pre-releases come into question at all.
    #[cfg(test)]
    fn allows_prerelease(&self) -> bool {
        self.alternatives.iter().any(|alternative| names_prerelease(alternative))
    }

    /// The versions that will do, sorted and disjoint. Pre-releases inside them count only where one of its alternatives
    /// names a pre-release.
    pub fn intervals(&self) -> Vec<Interval> {
        union(self.alternatives.iter().flat_map(|alternative| stretch(alternative)).collect())
    }

    /// The names of versions in it, which a catalogue knows the meaning of: `humble`.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.alternatives.iter().flatten().filter_map(|comparator| match &comparator.operand {
            Operand::Name(name) => Some(name.as_str()),
            Operand::Version(_) => None,
        })
    }

    /// The same with versions for its names, its text unchanged; or the first name that has no meaning.
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

/// A [`Requirement`] whose bounds are worked out.
#[derive(Debug, Clone)]
pub struct Matcher {
    /// Of each alternative: whether it names a pre-release, and its versions.
    alternatives: Vec<(bool, Vec<Interval>)>,
}

impl Matcher {
    /// Whether the version will do.
    pub fn matches(&self, version: &Version) -> bool {
        self.alternatives.iter().any(|(prerelease, stretch)| {
            (*prerelease || !version.is_prerelease())
                && stretch.iter().any(|interval| interval.contains(version))
        })
    }

    /// Which versions will do; they are sorted. A place may come twice.
    pub fn places<T>(&self, sorted: &[T], version: impl Fn(&T) -> &Version) -> Vec<usize> {
        let mut places = Vec::new();
        for (prerelease, stretch) in &self.alternatives {
            for interval in stretch {
                let run = interval.run(sorted, &version);
                places.extend(run.filter(|at| *prerelease || !version(&sorted[*at]).is_prerelease()));
            }
        }
        places
    }
}

/// What all comparators of an alternative have in common.
fn stretch(alternative: &[Comparator]) -> Vec<Interval> {
    // By halves: one bound at a time would copy what thousands of others left each time.
    match alternative {
        [] => vec![Interval::ALL],
        [one] => one.intervals(),
        several => {
            let (first, second) = several.split_at(several.len() / 2);
            intersection(&stretch(first), &stretch(second))
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
        let requirement = Self { text: text.trim().to_owned(), alternatives };
        // One comparator alone always has something in it.
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
