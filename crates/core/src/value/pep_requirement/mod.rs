//! [`PepRequirement`]: a requirement for pip.

mod op;
mod read;
#[cfg(test)]
mod tests;

use std::fmt;

pub use op::PepOp;

use super::{Invalid, Parse, Version};

/// A requirement for pip (PEP 508): `numpy`, `torch[opt]>=2.5,<2.9; python_version>"3.9"`,
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
    /// Returns the name as written: `Open3D`, `opencv_python`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the normalised name (PEP 503): `open3d`, `opencv-python`.
    pub fn normalised_name(&self) -> String {
        normalised_name(&self.name)
    }

    pub fn extras(&self) -> &[String] {
        &self.extras
    }

    /// Returns the version specifiers, all of which must be met, with versions as written.
    pub fn specifiers(&self) -> &[(PepOp, String)] {
        &self.specifiers
    }

    /// Returns the URL, if it is not installed from an index.
    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// Returns the environment marker, as written: `python_version < "3.9"`.
    pub fn marker(&self) -> Option<&str> {
        self.marker.as_deref()
    }

    /// Whether an installed version satisfies the requirement. `None` if that is unknown: it has a URL or a
    /// marker, or a version that [`Version`] cannot represent.
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

/// Normalises the name of a distribution (PEP 503).
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
            // After a URL, the space separates the marker from it.
            Some(marker) if self.url.is_some() => write!(f, " ; {marker}"),
            Some(marker) => write!(f, "; {marker}"),
            None => Ok(()),
        }
    }
}
