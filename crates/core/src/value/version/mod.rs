//! [`Version`]: versions of this field (`22.04`, `10.3.0.30`, `2.9.0+cu128`), which are not semver.

mod read;
#[cfg(test)]
pub(super) mod tests;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt::{self, Write as _};
use std::hash::{Hash, Hasher};

use super::{Invalid, Parse};

/// One to four numbers, then perhaps a pre-release, a post-release, a local build: `22.04`, `2.9.0-rc1`,
/// `1.6.1.post4`, `2.5.0a0+nv24.08`.
///
/// The order is total: numbers first (a missing one is 0), a pre-release before its release, a post-release and a
/// local build after it. What compares equal is equal, however it is spelt: `2.5` is `2.5.0`.
#[derive(Debug, Clone)]
pub struct Version {
    text: String,
    /// Where the numbers end in the text.
    release: usize,
    /// Four at the most; 0 where there are fewer, so that `2.5` compares as `2.5.0`.
    numbers: [u64; MOST],
    count: usize,
    /// What follows the numbers, `Suffix::End` at its end.
    suffix: Cow<'static, [Suffix]>,
    local: Vec<Local>,
}

/// A step away from a release, in the order in which they sort; the end of a version sorts between what comes before
/// the release and what comes after it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Suffix {
    /// `.dev3`; nothing follows it, so that `.dev0` is the very first of its release.
    Dev(u64),
    /// `-rc1`, `a0`, `-dp`: the word and its numbers, without zeros at their end.
    Pre(String, Vec<u64>),
    End,
    /// `.post4`, `-1`.
    Post(u64),
}

/// A part of a local build (`+cu128`, `+nv24.07`); numbers sort after words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Local {
    Word(String),
    Number(u64),
}

/// So many numbers a version has at most.
const MOST: usize = 4;
/// The suffix of most versions, which need no memory for it.
const RELEASE: &[Suffix] = &[Suffix::End];
/// What comes before all others of its numbers.
const FIRST: &[Suffix] = &[Suffix::Dev(0), Suffix::End];
/// The same as text.
const FLOOR: &str = ".dev0";

impl Version {
    /// A release of these numbers; one to four of them.
    pub(super) fn of(parts: &[u64]) -> Self {
        Self::ending(parts, "", RELEASE)
    }

    /// These numbers, and an end with its text.
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
        Self { text, release, numbers, count: parts.len(), suffix: Cow::Borrowed(suffix), local: Vec::new() }
    }

    /// Version 0, for what has none.
    pub fn zero() -> Self {
        Self::of(&[0])
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The numbers as written: two for `22.04`.
    pub fn parts(&self) -> &[u64] {
        &self.numbers[..self.count]
    }

    pub fn major(&self) -> u64 {
        self.part(0)
    }

    /// The second number; 0 when absent.
    pub fn minor(&self) -> u64 {
        self.part(1)
    }

    /// The third number; 0 when absent.
    pub fn patch(&self) -> u64 {
        self.part(2)
    }

    fn part(&self, index: usize) -> u64 {
        self.numbers.get(index).copied().unwrap_or(0)
    }

    /// Whether it comes before a release: `2.9.0-rc1`, `2.5.0a0+nv24.08`, `1.0.dev3`.
    pub fn is_prerelease(&self) -> bool {
        self.suffix.iter().any(|suffix| matches!(suffix, Suffix::Dev(_) | Suffix::Pre(..)))
    }

    /// Whether it follows its release: `1.6.1.post4`, `8.9.7-1`.
    pub(crate) fn is_postrelease(&self) -> bool {
        self.suffix.iter().any(|suffix| matches!(suffix, Suffix::Post(_)))
    }

    /// The local build: `cu128` of `2.9.0+cu128`.
    pub fn local(&self) -> Option<&str> {
        self.text.split_once('+').map(|(_, local)| local)
    }

    /// The same without its local build: `2.9.0` of `2.9.0+cu128`.
    #[must_use]
    pub fn without_local(&self) -> Self {
        let text = self.text.split('+').next().unwrap_or_default().to_owned();
        Self { text, local: Vec::new(), ..self.clone() }
    }

    /// Its first `count` numbers and nothing else, spelt as they were: `22.04` of `22.04.5`. At least one stays.
    #[must_use]
    pub fn truncated(&self, count: usize) -> Self {
        let count = count.clamp(1, self.count);
        let written = &self.text[..self.release];
        let release = written.match_indices('.').nth(count - 1).map_or(self.release, |(dot, _)| dot);
        let mut numbers = self.numbers;
        numbers[count..].fill(0);
        let text = written[..release].to_owned();
        Self { text, release, numbers, count, suffix: Cow::Borrowed(RELEASE), local: Vec::new() }
    }

    /// The first version of the release that follows when the number at `index` goes up by one, pre-releases included:
    /// `2.6.dev0` for the number 1 of `2.5.3`.
    pub(super) fn next_floor(&self, index: usize) -> Self {
        let mut numbers = self.numbers;
        numbers[index] += 1;
        Self::ending(&numbers[..=index], FLOOR, FIRST)
    }

    /// The very first version of this release: `2.6.dev0` for `2.6`.
    pub(super) fn floor(&self) -> Self {
        let mut release = self.truncated(self.count);
        release.text.push_str(FLOOR);
        Self { suffix: Cow::Borrowed(FIRST), ..release }
    }

    /// The first version after this one and all of its local builds: `2.5.1.post0.dev0` for `2.5.1`.
    pub(super) fn after_locals(&self) -> Self {
        let mut next = self.without_local();
        let suffix = next.suffix.to_mut();
        suffix.pop();
        if let Some(Suffix::Dev(number)) = suffix.last_mut() {
            // The text ends in the number that goes up, or in a bare `dev`.
            *number += 1;
            let stem = next.text.trim_end_matches(|c: char| c.is_ascii_digit()).len();
            next.text.truncate(stem);
            next.text.push_str(&number.to_string());
        } else {
            suffix.extend([Suffix::Post(0), Suffix::Dev(0)]);
            next.text.push_str(".post0.dev0");
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
