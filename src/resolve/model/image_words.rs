//! What the reference of an image shows of its distribution, by the names that the catalogue's axes have.

use crate::catalog::Catalog;
use crate::value::{ImageRef, Name, Version};

/// The distribution that an image's name or a word of its tag stands for: `ubuntu:20.04`, `…:3.12-slim-bookworm`,
/// `…:1.2-ubuntu22.04`.
pub(super) fn distribution(catalog: &Catalog, image: &ImageRef) -> Option<(Name, Version)> {
    let tag = image.tag()?;
    let own = image.repository().path().rsplit('/').next().unwrap_or_default();
    let words = || tag.split(['-', '_']);
    let mut found = Vec::new();
    for axis in catalog.axes().into_iter().filter(|axis| axis.choice.is_some()) {
        let name = axis.name.as_str();
        for entry in &axis.versions {
            let version = entry.version.value.as_str();
            let codename = entry.values.get("codename").map(|value| value.text.as_str());
            let is_it = |word: &str| {
                Some(word) == codename
                    || word.strip_prefix(name).is_some_and(|rest| rest == version)
                    || own == name && word == version
            };
            if words().any(is_it) {
                found.push((axis.name.value.clone(), entry.version.value.clone()));
            }
        }
    }
    // Two of them in one tag show nothing.
    let [one] = <[_; 1]>::try_from(found).ok()?;
    Some(one)
}
