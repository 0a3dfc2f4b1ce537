//! [`PepRequirement`]: a Python package as pip is asked for it.

mod op;
mod read;
#[cfg(test)]
mod tests;

use std::fmt;

pub use op::PepOp;

use super::{Invalid, Parse, Version};

/// A Python package and which versions of it will do (PEP 508): `numpy`, `torch[opt]>=2.5,<2.9; python_version>"3.9"`,
/// `open3d @ https://example.com/open3d.whl`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PepRequirement {
    name: String,
    extras: Vec<String>,
    specifiers: Vec<(PepOp, String)>,
    url: Option<String>,
    marker: Option<String>,
}

impl PepRequirement {
    /// The name as written: `Open3D`, `opencv_python`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name as indexes compare it (PEP 503): `open3d`, `opencv-python`.
    pub fn normalised_name(&self) -> String {
        normalised_name(&self.name)
    }

    pub fn extras(&self) -> &[String] {
        &self.extras
    }

    /// The comparisons, all of which must hold, each with its version as written.
    pub fn specifiers(&self) -> &[(PepOp, String)] {
        &self.specifiers
    }

    /// Where it is fetched from, when an index is not asked.
    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// When it counts at all, as written: `python_version < "3.9"`.
    pub fn marker(&self) -> Option<&str> {
        self.marker.as_deref()
    }

    /// Whether a version that is installed will do; `None` where that can't be reported: it is fetched from a URL, a
    /// version is of a kind that [`Version`] does not know, or a marker may switch the whole requirement off.
    pub fn allows(&self, version: &Version) -> Option<bool> {
        if self.url.is_some() {
            return None;
        }
        let answers: Vec<Option<bool>> =
            self.specifiers.iter().map(|(op, wanted)| op.allows(wanted, version)).collect();
        if answers.contains(&Some(false)) {
            return if self.marker.is_some() { None } else { Some(false) };
        }
        if answers.contains(&None) { None } else { Some(true) }
    }
}

/// A distribution's name as indexes compare it (PEP 503).
pub fn normalised_name(name: &str) -> String {
    let words = name.split(['-', '_', '.']).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}

impl Parse for PepRequirement {
    const WHAT: &'static str = "a pip requirement";

    fn parse(text: &str) -> Result<Self, Invalid> {
        read::requirement(text)
    }
}

impl fmt::Display for PepRequirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if !self.extras.is_empty() {
            write!(f, "[{}]", self.extras.join(","))?;
        }
        for (index, (op, version)) in self.specifiers.iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            write!(f, "{comma}{op}{version}")?;
        }
        if let Some(url) = &self.url {
            write!(f, " @ {url}")?;
        }
        match &self.marker {
            // After a URL the space tells the marker from a part of it.
            Some(marker) if self.url.is_some() => write!(f, " ; {marker}"),
            Some(marker) => write!(f, "; {marker}"),
            None => Ok(()),
        }
    }
}
