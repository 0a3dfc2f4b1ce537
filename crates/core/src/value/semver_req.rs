//! [`SemverReq`]: a requirement on the version of jcc.

use std::cmp::Ordering;
use std::fmt;

use super::{Invalid, Parse, text};

/// A requirement on a semantic version, in the syntax of Cargo: `>=0.2`, `0.3`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SemverReq {
    requirement: semver::VersionReq,
}

impl SemverReq {
    /// Whether a version satisfies the requirement.
    pub fn matches(&self, version: &semver::Version) -> bool {
        self.requirement.matches(version)
    }
}

impl Parse for SemverReq {
    const WHAT: &'static str = "a semver requirement";

    fn parse(text: &str) -> Result<Self, Invalid> {
        let requirement = semver::VersionReq::parse(text).map_err(|_| {
            let message = format!("{} is not a valid requirement on the version of jcc", text::quoted(text));
            Invalid::new(message).help("write `>=0.2`, or `0.3` for any 0.3.x; separate several with commas")
        })?;
        Ok(Self { requirement })
    }
}

impl Ord for SemverReq {
    fn cmp(&self, other: &Self) -> Ordering {
        self.to_string().cmp(&other.to_string())
    }
}

impl PartialOrd for SemverReq {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for SemverReq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.requirement.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::parse::laws;

    laws!(SemverReq: ">=0.2", "0.3", ">=0.2, <1", "*", "=1.2.3-rc.1");

    #[test]
    fn versions_are_compared() {
        let version = semver::Version::new(0, 3, 1);
        assert!(SemverReq::parse(">=0.2").unwrap().matches(&version));
        assert!(!SemverReq::parse("0.2").unwrap().matches(&version));
        assert_eq!(
            SemverReq::parse("new").unwrap_err().message,
            "`new` is not a valid requirement on the version of jcc"
        );
    }
}
