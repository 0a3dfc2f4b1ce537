//! [`Version`]: versions of packages and platforms (`22.04`, `10.3.0.30`, `2.9.0+cu128`), which are not
//! semantic versions.

mod packed;
mod read;
#[cfg(test)]
pub(super) mod tests;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt::{self, Write as _};
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};

use super::{Invalid, PackedText, Parse};

/// A version: one to four numbers, optionally with pre-release, post-release and local version: `22.04`,
/// `2.9.0-rc1`, `1.6.1.post4`, `2.5.0a0+nv24.08`.
///
/// The order is total: by numbers (missing ones are 0), with pre-releases before their release, and
/// post-releases and local versions after it. Equality ignores the spelling: `2.5` equals `2.5.0`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Version {
    text: PackedText,
    /// The end of the numbers in the text.
    release: usize,
    /// The numbers, padded with 0, so that `2.5` compares as `2.5.0`.
    numbers: [u64; MOST],
    count: usize,
    /// The suffixes after the numbers, terminated by `Suffix::End`.
    #[serde(with = "packed")]
    suffix: Cow<'static, [Suffix]>,
    local: Vec<Local>,
}

/// A suffix of a version, in sort order. `End` is between those that come before the release and those that
/// come after it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
enum Suffix {
    /// `.dev3`. No other suffix can follow, so that `.dev0` is the first version of its release.
    Dev(u64),
    /// `-rc1`, `a0`, `-dp`: the word and its numbers, without trailing zeros.
    Pre(String, Vec<u64>),
    End,
    /// `.post4`, `-1`.
    Post(u64),
}

/// A part of a local version (`+cu128`, `+nv24.07`). Numbers sort after words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
enum Local {
    Word(String),
    Number(u64),
}

/// The maximum number of numbers in a version.
const MOST: usize = 4;
/// The suffixes of a release, which most versions are. Borrowed to save memory.
const RELEASE: &[Suffix] = &[Suffix::End];
/// The suffixes of the first version with certain numbers.
const FIRST: &[Suffix] = &[Suffix::Dev(0), Suffix::End];
/// `FIRST` as text.
const FLOOR: &str = ".dev0";

impl Version {
    /// Creates a release of one to four numbers.
    pub(super) fn of(parts: &[u64]) -> Self {
        Self::ending(parts, "", RELEASE)
    }

    /// Creates a version from numbers and a suffix with its text.
    fn ending(parts: &[u64], end: &str, suffix: &'static [Suffix]) -> Self {
        let mut text = String::with_capacity(4 * parts.len() + end.len());
        let mut numbers = [0; MOST];
        for (at, (number, place)) in parts.iter().zip(&mut numbers).enumerate() {
            *place = *number;
            let dot = if at == 0 { "" } else { "." };
            write!(text, "{dot}{number}").expect("a string takes all");
        }
        let release = text.len();
        text.push_str(end);
        let (text, suffix) = (text.into(), Cow::Borrowed(suffix));
        Self { text, release, numbers, count: parts.len(), suffix, local: Vec::new() }
    }

    /// Returns version 0, for packages without versions.
    pub fn zero() -> Self {
        Self::of(&[0])
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the numbers as written: two for `22.04`.
    pub fn parts(&self) -> &[u64] {
        &self.numbers[..self.count]
    }

    pub fn major(&self) -> u64 {
        self.part(0)
    }

    /// Returns the second number; 0 if absent.
    pub fn minor(&self) -> u64 {
        self.part(1)
    }

    /// Returns the third number; 0 if absent.
    pub fn patch(&self) -> u64 {
        self.part(2)
    }

    fn part(&self, index: usize) -> u64 {
        self.numbers.get(index).copied().unwrap_or(0)
    }

    /// Whether it is a pre-release: `2.9.0-rc1`, `2.5.0a0+nv24.08`, `1.0.dev3`.
    pub fn is_prerelease(&self) -> bool {
        self.suffix.iter().any(|suffix| matches!(suffix, Suffix::Dev(_) | Suffix::Pre(..)))
    }

    /// Whether it is a post-release: `1.6.1.post4`, `8.9.7-1`.
    pub(crate) fn is_postrelease(&self) -> bool {
        self.suffix.iter().any(|suffix| matches!(suffix, Suffix::Post(_)))
    }

    /// Returns the local version: `cu128` of `2.9.0+cu128`.
    pub fn local(&self) -> Option<&str> {
        self.text.split_once('+').map(|(_, local)| local)
    }

    /// Returns the version without its local version: `2.9.0` of `2.9.0+cu128`.
    #[must_use]
    pub fn without_local(&self) -> Self {
        let text = self.text.split('+').next().unwrap_or_default().to_owned().into();
        Self { text, local: Vec::new(), ..self.clone() }
    }

    /// Returns the first `count` numbers, at least one, as they are written: `22.04` of `22.04.5`.
    #[must_use]
    pub fn truncated(&self, count: usize) -> Self {
        let count = count.clamp(1, self.count);
        let written = &self.text[..self.release];
        let release = written.match_indices('.').nth(count - 1).map_or(self.release, |(dot, _)| dot);
        let mut numbers = self.numbers;
        numbers[count..].fill(0);
        let text = written[..release].to_owned().into();
        Self { text, release, numbers, count, suffix: Cow::Borrowed(RELEASE), local: Vec::new() }
    }

    /// Returns the first version, including pre-releases, of the release after incrementing the number at
    /// `index`: `2.6.dev0` for index 1 of `2.5.3`.
    pub(super) fn next_floor(&self, index: usize) -> Self {
        let mut numbers = self.numbers;
        numbers[index] += 1;
        Self::ending(&numbers[..=index], FLOOR, FIRST)
    }

    /// Returns the first version of this release: `2.6.dev0` for `2.6`.
    pub(super) fn floor(&self) -> Self {
        let mut release = self.truncated(self.count);
        release.text.to_mut().push_str(FLOOR);
        Self { suffix: Cow::Borrowed(FIRST), ..release }
    }

    /// Returns the first version after this one and all of its local versions: `2.5.1.post0.dev0` for
    /// `2.5.1`.
    pub(super) fn after_locals(&self) -> Self {
        let mut next = self.without_local();
        let suffix = next.suffix.to_mut();
        suffix.pop();
        if let Some(Suffix::Dev(number)) = suffix.last_mut() {
            // The text ends with the number to increment, or with `dev` without a number.
            *number += 1;
            let stem = next.text.trim_end_matches(|c: char| c.is_ascii_digit()).len();
            let text = next.text.to_mut();
            text.truncate(stem);
            text.push_str(&number.to_string());
        } else {
            suffix.extend([Suffix::Post(0), Suffix::Dev(0)]);
            next.text.to_mut().push_str(".post0.dev0");
        }
        suffix.push(Suffix::End);
        next
    }

    fn key(&self) -> (&[u64; MOST], &[Suffix], &[Local]) {
        (&self.numbers, &self.suffix, &self.local)
    }
}

impl Parse for Version {
    const WHAT: &'static str = "a version";

    fn parse(text: &str) -> Result<Self, Invalid> {
        read::version(text)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Version {}

impl Hash for Version {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}
