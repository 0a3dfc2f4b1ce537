//! The base image of an imported Dockerfile: its tag in the catalogue, or what comes closest to it.

use std::collections::BTreeMap;

use crate::catalog::{BaseImage, BaseTag, Catalog};
use crate::manifest::Target;
use crate::syntax::quote;
use crate::value::{ImageRef, Name, Parse as _, Version};

/// What the catalogue knows of the image of a Dockerfile.
#[derive(Debug, Clone, Copy)]
pub(super) enum KnownImage<'a> {
    /// It has the tag, or the image names none.
    Same(&'a BaseImage, Option<&'a BaseTag>),
    /// It does not have the tag, but one with the versions that the tag names.
    Similar(&'a BaseImage, &'a BaseTag),
    /// It has the repository only.
    Other(&'a BaseImage),
}

impl<'a> KnownImage<'a> {
    /// Looks up an image. Several base images of the catalogue can share a repository. Returns `None` if it
    /// does not have the repository.
    pub(super) fn find(catalog: &'a Catalog, image: &ImageRef) -> Option<Self> {
        let tags = tags(catalog, image);
        let Some(wanted) = image.tag() else { return Some(Self::Same(tags.first()?.0, None)) };
        if let Some((base, tag)) = tags.iter().find(|(_, tag)| tag.tag.value == wanted) {
            return Some(Self::Same(base, Some(tag)));
        }
        let named = named_versions(&tags, wanted);
        let has_named = |tag: &BaseTag| {
            named
                .iter()
                .all(|(name, version)| tag.provides.get(*name).is_some_and(|one| one.value == *version))
        };
        let words = |text: &str| -> Vec<String> { text.split(['-', '_']).map(str::to_owned).collect() };
        let same_words = |tag: &BaseTag| {
            let own = words(&tag.tag.value);
            words(wanted).iter().filter(|word| own.contains(word)).count()
        };
        let similar = tags.iter().filter(|(_, tag)| !named.is_empty() && has_named(tag));
        // `max_by_key` returns the last of equal tags: the catalogue lists the newest first.
        match similar.rev().max_by_key(|(_, tag)| same_words(tag)) {
            Some((base, tag)) => Some(Self::Similar(base, tag)),
            None => tags.first().map(|(base, _)| Self::Other(base)),
        }
    }
}

/// Returns the node `base` for an image of a repository in the catalogue.
pub(super) fn node(catalog: &Catalog, image: &ImageRef) -> Option<String> {
    let node = match KnownImage::find(catalog, image)? {
        KnownImage::Same(base, tag) => {
            let tag = tag.map_or_else(String::new, |tag| format!(":{}", tag.tag.value));
            let digest = image.digest().map(|digest| format!(" digest={}", quote(&digest.to_string())));
            format!("base {}{}\n", quote(&format!("{}{tag}", base.name.value)), digest.unwrap_or_default())
        }
        KnownImage::Similar(base, tag) => {
            format!("base {}\n", quote(&format!("{}:{}", base.name.value, tag.tag.value)))
        }
        KnownImage::Other(base) => {
            let named = named_versions(&tags(catalog, image), image.tag().unwrap_or_default());
            let nodes = named.iter().map(|(name, version)| format!("{name} {}", quote(version.as_str())));
            let nodes: Vec<String> = nodes.collect();
            if nodes.is_empty() {
                format!("base {}\n", quote(&base.name.value))
            } else {
                let image = quote(&image.to_string());
                format!("base image={image} {{\n    provides {{ {} }}\n}}\n", nodes.join("; "))
            }
        }
    };
    Some(node)
}

/// Returns the node of `target` for the release that a word of an image's tag names in full: `r36.4.0`.
pub(super) fn named_release(catalog: &Catalog, image: &ImageRef) -> Option<String> {
    let words: Vec<&str> = image.tag()?.split(['-', '_']).collect();
    catalog.axes().into_iter().filter(|axis| Target::AXES.contains(&axis.name.as_str())).find_map(|axis| {
        let short = axis.axis.as_ref()?.tag.as_deref()?;
        let named = words.iter().filter_map(|word| Version::parse(word.strip_prefix(short)?).ok());
        let known = |version: &Version| axis.versions.iter().any(|one| one.version.value == *version);
        let version = named.into_iter().find(known)?;
        Some(format!("{} {}", axis.name.value, quote(version.as_str())))
    })
}

/// Returns the tags of an image's repository, with their base images.
fn tags<'a>(catalog: &'a Catalog, image: &ImageRef) -> Vec<(&'a BaseImage, &'a BaseTag)> {
    let bases = catalog.bases().filter(|base| base.image == *image.repository());
    bases.flat_map(|base| base.tags.iter().map(move |tag| (base, tag))).collect()
}

/// Returns the versions that a tag names, as the known tags of the repository name them: after the name, as in
/// `ubuntu22.04`, or as the first word, as in `12.4.1-devel`.
fn named_versions<'a>(known: &[(&'a BaseImage, &'a BaseTag)], wanted: &str) -> BTreeMap<&'a Name, Version> {
    let mut named = BTreeMap::new();
    for (_, tag) in known {
        for (name, version) in &tag.provides {
            let version = version.value.as_str();
            let found = wanted
                .split(['-', '_'])
                .find_map(|word| Version::parse(word.strip_prefix(name.as_str())?).ok())
                .or_else(|| {
                    let own = tag.tag.value.split('-').next()?;
                    (own == version || own.starts_with(&format!("{version}."))).then_some(())?;
                    let parts = version.split('.').count();
                    let first: Vec<&str> = wanted.split('-').next()?.split('.').take(parts).collect();
                    Version::parse(&first.join(".")).ok()
                });
            if let Some(found) = found {
                named.entry(name).or_insert(found);
            }
        }
    }
    named
}
