//! The catalogue and the ready-made manifests that jcc comes with, packed at build time (`build/`).

use std::borrow::Cow;

use crate::diagnostic::Log;
use crate::manifest::Stacks;
use crate::source::Sources;

use super::{Catalog, DefinitionFile};
use jcc_core::packed::{PackedFile, PackedRange, PackedStack};

static TEXTS: &str = include_str!(concat!(env!("OUT_DIR"), "/catalog.txt"));
static BYTES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/catalog.bin"));
static FILES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/catalog.index"));
static STACKS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/stacks.index"));

fn text(range: PackedRange) -> &'static str {
    &TEXTS[range.range()]
}

fn bytes(range: PackedRange) -> &'static [u8] {
    &BYTES[range.range()]
}

impl Catalog {
    /// What jcc comes with. The texts are taken in, nothing is decoded.
    pub fn builtin(sources: &mut Sources) -> Self {
        let packed: Vec<PackedFile> = postcard::from_bytes(FILES).expect("the build wrote the index");
        let mut catalog = Self::new();
        let mut log = Log::new();
        for file in packed {
            let beside = file.files.into_iter().map(|(name, at)| (name, Cow::Borrowed(bytes(at))));
            let definitions = DefinitionFile {
                source: sources.add_built_in(file.path.clone(), text(file.text)),
                path: file.path,
                group: file.group,
                files: beside.collect(),
                beside: Vec::new(),
                layer: 0,
                hashes: text(file.hashes),
                tree: None,
            };
            let entries = file.entries.into_iter().map(|(entry, node)| (entry, Some(bytes(node))));
            catalog.take_in(definitions, entries, &mut log);
        }
        catalog
    }
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
    pub(super) fn described(&self) -> impl Iterator<Item = (&str, &str)> {
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
        Some((found.path.to_string(), Cow::Borrowed(text(found.text))))
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.all.iter().map(|one| one.name.to_string()).collect();
        names.sort();
        names
    }
}
