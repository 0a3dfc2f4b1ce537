//! The catalogue and the ready-made manifests that jcc comes with, packed at build time (`build/`).

use std::borrow::Cow;

use jcc_catalog::packed::PackedStack;

use crate::catalog::{Catalog, PackedCatalog};
use crate::manifest::Stacks;
use crate::source::Sources;

#[cfg(test)]
mod tests;

static PACKED: PackedCatalog<&[u8], &str> = PackedCatalog {
    index: include_bytes!(concat!(env!("OUT_DIR"), "/catalog.index")),
    bytes: include_bytes!(concat!(env!("OUT_DIR"), "/catalog.bin")),
    texts: include_str!(concat!(env!("OUT_DIR"), "/catalog.txt")),
};
static STACKS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/stacks.index"));
static STACK_TEXTS: &str = include_str!(concat!(env!("OUT_DIR"), "/stacks.txt"));

/// The definitions that jcc comes with. None is read until it is asked for.
pub fn catalog(sources: &mut Sources) -> Catalog {
    Catalog::packed(PACKED, sources)
}

/// The ready-made manifests that jcc comes with.
#[derive(Debug)]
pub struct BuiltinStacks {
    all: Vec<PackedStack>,
}

impl BuiltinStacks {
    pub fn new() -> Self {
        Self { all: postcard::from_bytes(STACKS).expect("the build wrote the index") }
    }

    /// Each name with what the manifest says of itself.
    pub fn described(&self) -> impl Iterator<Item = (&str, &str)> {
        self.all.iter().map(|one| (one.name.as_str(), one.description.as_str()))
    }
}

impl Default for BuiltinStacks {
    fn default() -> Self {
        Self::new()
    }
}

impl Stacks for BuiltinStacks {
    fn stack(&self, name: &str) -> Option<(String, Cow<'static, str>)> {
        let found = self.all.iter().find(|one| one.name == name)?;
        Some((found.path.to_string(), Cow::Borrowed(&STACK_TEXTS[found.text.range()])))
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.all.iter().map(|one| one.name.to_string()).collect();
        names.sort();
        names
    }
}
