//! Whether the conditions of a definition (`when`) hold. Resolving, planning and explanations all ask here.
//!
//! A condition on `sm` holds where one of the GPUs that the target names meets it. Of a target that names none nothing
//! is known, so no condition on `sm` holds there, `sm="<10"` as little as `sm=">=10"`. That differs from a requirement
//! (`requires { sm "…" }`): every GPU has to meet it, and where none is named there is nothing to refuse.

use std::collections::BTreeMap;

use crate::source::Spanned;
use crate::value::{Name, PackedText, Requirement, Version};

use super::{Catalog, Condition, Guard, Require, words};

/// What is known before any version is chosen: what the target fixes, and how the package is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Fixed<'a> {
    /// `tegra`, `sbsa`, `x86_64`.
    pub platform: &'a Name,
    /// `arm64`, `amd64`.
    pub arch: &'a Name,
    /// Compute capabilities; empty where unknown.
    pub sm: &'a [Version],
    /// The package's options, each with its value.
    pub options: &'a BTreeMap<Name, PackedText>,
    pub variant: Option<&'a Name>,
}

/// A condition that the versions decide: of which axis or package, and in which versions; `None`: it is not there.
pub type Open<'g> = (&'g Spanned<Name>, Option<&'g Spanned<Requirement>>);

impl Guard {
    /// The conditions that are left for the versions to decide; `None` where one fails whatever they are.
    pub fn open(&self, fixed: &Fixed<'_>) -> Option<Vec<Open<'_>>> {
        let mut open = Vec::new();
        for condition in &self.all {
            let holds = match condition {
                Condition::Option { key, value } => fixed.has_option(key, value.as_deref()),
                Condition::Variant(name) => fixed.variant == Some(&name.value),
                Condition::Is { name, requirement } => fixed.meets(name, requirement).unwrap_or_else(|| {
                    open.push((name, Some(requirement)));
                    true
                }),
                Condition::Without(name) => {
                    open.push((name, None));
                    true
                }
            };
            if !holds {
                return None;
            }
        }
        Some(open)
    }

    /// Whether all conditions hold, with what was chosen; `version` gives it by a definition's own name.
    pub fn holds<'v>(
        &self,
        fixed: &Fixed<'_>,
        catalog: &Catalog,
        version: impl Fn(&Name) -> Option<&'v Version>,
    ) -> bool {
        let holds = |open: &Open<'_>| meets(*open, catalog, &version);
        self.open(fixed).is_some_and(|open| open.iter().all(holds))
    }
}

impl Require {
    /// Whether what was chosen meets this requirement, whatever its conditions: of GPUs every one that is named.
    pub fn is_met<'v>(
        &self,
        fixed: &Fixed<'_>,
        catalog: &Catalog,
        version: impl Fn(&Name) -> Option<&'v Version>,
    ) -> bool {
        match self.name.as_str() {
            words::SM => fixed.sm.iter().all(|sm| self.requirement.matches(sm)),
            _ => fixed
                .meets(&self.name, &self.requirement)
                .unwrap_or_else(|| meets((&self.name, Some(&self.requirement)), catalog, &version)),
        }
    }
}

/// Whether the version that was chosen is one of those.
fn meets<'v>(
    (name, requirement): Open<'_>,
    catalog: &Catalog,
    version: &impl Fn(&Name) -> Option<&'v Version>,
) -> bool {
    let package = catalog.package(name.as_str());
    let known = package.map_or(&name.value, |package| &package.name.value);
    let (Some(version), Some(requirement)) = (version(known), requirement) else {
        return version(known).is_none() && requirement.is_none();
    };
    package.map_or_else(
        || requirement.matches(version),
        |package| package.meaning(requirement).is_ok_and(|meaning| meaning.matches(version)),
    )
}

impl Fixed<'_> {
    /// Whether a condition on what the target fixes holds; `None` for any other axis or package.
    fn meets(&self, name: &Name, requirement: &Requirement) -> Option<bool> {
        match name.as_str() {
            words::PLATFORM => Some(admits_word(requirement, self.platform.as_str())),
            words::ARCH => Some(admits_word(requirement, self.arch.as_str())),
            words::SM => Some(self.sm.iter().any(|sm| requirement.matches(sm))),
            _ => None,
        }
    }

    fn has_option(&self, key: &Name, wanted: Option<&str>) -> bool {
        let chosen = self.options.get(key).map(PackedText::as_str);
        match wanted {
            Some(wanted) => chosen == Some(wanted),
            None => chosen.is_some_and(is_on),
        }
    }
}

/// Whether a value of an option is anything but off.
pub fn is_on(value: &str) -> bool {
    !matches!(value, "none" | "off" | "no")
}

/// Whether a requirement on an axis of words (`platform`, `arch`) admits this one.
pub fn admits_word(requirement: &Requirement, value: &str) -> bool {
    requirement.is_any() || requirement.names().any(|word| word == value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Parse as _;

    fn meets(axis: &str, requirement: &str, sm: &[&str]) -> Option<bool> {
        let name = |text: &str| Name::parse(text).unwrap();
        let (platform, arch) = (name("x86_64"), name("amd64"));
        let sm: Vec<Version> = sm.iter().map(|one| Version::parse(one).unwrap()).collect();
        let options = BTreeMap::new();
        let fixed = Fixed { platform: &platform, arch: &arch, sm: &sm, options: &options, variant: None };
        fixed.meets(&name(axis), &Requirement::parse(requirement).unwrap())
    }

    #[test]
    fn an_unknown_gpu_meets_no_condition() {
        for requirement in ["11.0", ">=10", "<10", "!=11.0", "*"] {
            assert_eq!(meets("sm", requirement, &[]), Some(false), "sm {requirement}");
        }
    }

    #[test]
    fn one_gpu_of_several_is_enough() {
        assert_eq!(meets("sm", ">=10", &["8.9", "12.0"]), Some(true));
        assert_eq!(meets("sm", "<10", &["8.9", "12.0"]), Some(true));
        assert_eq!(meets("sm", "8.7", &["8.9", "12.0"]), Some(false));
        assert_eq!(meets("sm", "*", &["8.9"]), Some(true));
    }

    #[test]
    fn words_of_the_target() {
        assert_eq!(meets("platform", "sbsa || x86_64", &[]), Some(true));
        assert_eq!(meets("platform", "sbsa", &[]), Some(false));
        assert_eq!(meets("arch", "*", &[]), Some(true));
        assert_eq!(meets("cuda", ">=12", &[]), None, "versions decide that");
    }
}
