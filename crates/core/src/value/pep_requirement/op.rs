//! [`PepOp`]: comparison operators of pip (PEP 440).

use std::fmt;

use crate::value::requirement::Op;
use crate::value::{Parse, Version};

/// A comparison operator of a PEP 440 version specifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PepOp {
    /// `~=2.5.1`: 2.5.1 and later versions of 2.5.
    Compatible,
    /// `==2.5.1`, `==2.5.*`.
    Equal,
    /// `!=2.5.1`, `!=2.5.*`.
    NotEqual,
    /// `<=2.5`.
    AtMost,
    /// `>=2.5`.
    AtLeast,
    /// `<2.5`.
    Below,
    /// `>2.5`.
    Above,
    /// `===2.5.1`: the same text.
    Same,
}

impl PepOp {
    /// All operators. Longer ones precede their prefixes.
    pub(super) const ALL: [Self; 8] = [
        Self::Same,
        Self::Compatible,
        Self::Equal,
        Self::NotEqual,
        Self::AtMost,
        Self::AtLeast,
        Self::Below,
        Self::Above,
    ];

    /// Returns the text: `>=`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Compatible => "~=",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::AtMost => "<=",
            Self::AtLeast => ">=",
            Self::Below => "<",
            Self::Above => ">",
            Self::Same => "===",
        }
    }

    /// Whether an installed version satisfies the comparison; `None` if [`Version`] cannot represent
    /// `wanted`.
    pub(super) fn allows(self, wanted: &str, version: &Version) -> Option<bool> {
        if self == Self::Same {
            return Some(wanted.eq_ignore_ascii_case(version.as_str()));
        }
        if let Some(stem) = wanted.strip_suffix(".*") {
            let starts_so = !inside(Op::NotPrefix, &read(stem)?, version);
            return Some(starts_so == (self == Self::Equal));
        }
        let wanted = read(wanted)?;
        Some(match self {
            Self::Equal | Self::Same => inside(Op::Exact, &wanted, version),
            Self::NotEqual => inside(Op::Not, &wanted, version),
            Self::AtMost => inside(Op::AtMost, &wanted, version),
            Self::AtLeast => inside(Op::AtLeast, &wanted, version),
            Self::Below => inside(Op::Below, &wanted, version),
            Self::Above => inside(Op::Above, &wanted, version) && !is_post_of(version, &wanted),
            Self::Compatible => {
                let stem = wanted.truncated(wanted.parts().len() - 1);
                inside(Op::AtLeast, &wanted, version) && !inside(Op::NotPrefix, &stem, version)
            }
        })
    }
}

/// Parses a version like pip, with an optional `v`.
fn read(text: &str) -> Option<Version> {
    Version::parse(text.strip_prefix('v').unwrap_or(text)).ok()
}

fn inside(op: Op, wanted: &Version, version: &Version) -> bool {
    op.intervals(wanted).iter().any(|interval| interval.contains(version))
}

/// Whether a version is a post-release of `wanted`: `>2.5` excludes `2.5.post1`.
fn is_post_of(version: &Version, wanted: &Version) -> bool {
    version.is_postrelease() && !wanted.is_postrelease() && version.truncated(4) == wanted.truncated(4)
}

impl fmt::Display for PepOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
