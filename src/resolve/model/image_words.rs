//! Derives the distribution, release and platform of an image from words in its reference, such as `jammy` or
//! `r36.4.0`.

use crate::catalog::{Catalog, Platform};
use crate::value::{ImageRef, Name, Parse, Requirement, Version};

/// Returns the distribution that an image's name or a word of its tag refers to: `ubuntu:20.04`,
/// `…:3.12-slim-bookworm`, `…:1.2-ubuntu22.04`.
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
    // Several distributions in one tag are ambiguous.
    let [one] = <[_; 1]>::try_from(found).ok()?;
    Some(one)
}

/// Returns the releases that words of an image's tag refer to: `r36.4.0`, `jp6`. Only the major version is
/// required, because an image runs on all releases with the same one.
pub(super) fn releases(catalog: &Catalog, image: &ImageRef) -> Vec<(Name, Requirement)> {
    let Some(tag) = image.tag() else { return Vec::new() };
    let mut found = Vec::new();
    for axis in catalog.axes() {
        let Some(short) = axis.axis.as_ref().and_then(|axis| axis.tag.as_deref()) else { continue };
        for word in tag.split(['-', '_']).map(str::to_ascii_lowercase) {
            let version = [short, axis.name.as_str()].into_iter().find_map(|start| word.strip_prefix(start));
            let is_version = |text: &&str| text.chars().all(|one| one.is_ascii_digit() || one == '.');
            let Some(version) = version.filter(is_version) else { continue };
            let run = version.split('.').next().unwrap_or_default();
            // `jp62` is 6.2 without the dot: the shortest prefix that is a known major version is taken.
            let major = (1..=run.len()).find_map(|end| {
                let requirement = Requirement::parse(&run[..end]).ok()?;
                axis.versions.iter().any(|one| requirement.matches(&one.version)).then_some(requirement)
            });
            found.extend(major.map(|requirement| (axis.name.value.clone(), requirement)));
        }
    }
    found
}

/// Returns a word of an image's name or tag that refers to other platforms, and those platforms.
pub(super) fn other_platform<'a>(
    catalog: &'a Catalog,
    platform: &Platform,
    image: &ImageRef,
) -> Option<(String, Vec<&'a str>)> {
    let own = image.repository().path().rsplit('/').next().unwrap_or_default();
    let words = own.split(['-', '_']).chain(image.tag().unwrap_or_default().split(['-', '_']));
    let has = |platform: &Platform, word: &str| platform.image_words.iter().any(|one| one == word);
    let words: Vec<String> = words.map(str::to_ascii_lowercase).collect();
    if words.iter().any(|word| has(platform, word)) {
        return None;
    }
    words.into_iter().find_map(|word| {
        let of = catalog.platforms().filter(|one| has(one, &word));
        let of: Vec<&str> = of.map(|one| one.name.as_str()).collect();
        (!of.is_empty()).then_some((word, of))
    })
}
