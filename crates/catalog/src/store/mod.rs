//! The catalogue: definitions in layers, found by name, decoded when first asked for.

mod file;
mod folder;
mod hash;
mod lookup;
mod packed;
mod search;

pub use crate::packed::index::{DefinitionKind, Entry};
pub use packed::PackedCatalog;
pub use search::{Search, Searchable, Sort, search};

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Log, codes::catalog as codes, wording};
use crate::fs::FileSystem;
use crate::source::{SourceId, Sources, Span, Spanned};
use crate::syntax::{Node, Reader};
use crate::value::ProjectPath;

pub(super) use file::{Definition, DefinitionFile, words};

use crate::packed::index::{self, Mentioned};
use crate::value::PackedText;
use file::Slot;
use folder::{Used, Walk};

/// All definitions, built-in ones first, folders of users over them.
#[derive(Debug, Default)]
pub struct Catalog {
    files: Vec<DefinitionFile>,
    slots: Vec<Slot>,
    names: BTreeMap<DefinitionKind, BTreeMap<PackedText, usize>>,
    aliases: BTreeMap<DefinitionKind, BTreeMap<PackedText, PackedText>>,
    shadows: Vec<Shadow>,
}

/// A definition of the user's that lies over another one of its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shadow {
    pub kind: DefinitionKind,
    pub name: PackedText,
    pub by: Span,
    /// The file of the one that is not seen any more.
    pub path: PackedText,
}

impl Catalog {
    pub fn new() -> Self {
        Self::default()
    }

    /// Lays the definitions of a user's folder (`catalog "DIR"`) over what is there. What is wrong in them is reported.
    pub fn add_folder(
        &mut self,
        fs: &dyn FileSystem,
        folder: &Spanned<ProjectPath>,
        sources: &mut Sources,
        log: &mut Log,
    ) {
        self.add(
            Walk {
                fs,
                sources,
                log,
                named: Some(folder.span),
                layer: 0,
                found: Vec::new(),
                used: Used::default(),
            },
            folder.as_str(),
        );
    }

    /// The same for a folder that was named on the command line.
    pub fn add_named_folder(
        &mut self,
        fs: &dyn FileSystem,
        folder: &str,
        sources: &mut Sources,
        log: &mut Log,
    ) {
        let (found, used) = (Vec::new(), Used::default());
        self.add(Walk { fs, sources, log, named: None, layer: 0, found, used }, folder);
    }

    /// Whether a text is a definition of the user's own, laid over what is there.
    pub fn is_own(&self, source: SourceId) -> bool {
        self.files.iter().any(|file| file.source == source && file.layer > 0)
    }

    /// The texts of the user's own definitions.
    pub fn own_sources(&self) -> impl Iterator<Item = SourceId> + '_ {
        self.files.iter().filter(|file| file.layer > 0).map(|file| file.source)
    }

    /// The files that the user's own definitions name, each with the definition.
    pub fn own_files(&self) -> impl Iterator<Item = (SourceId, &str, &[u8])> {
        let own = self.files.iter().filter(|file| file.layer > 0);
        own.flat_map(|file| {
            file.files.iter().map(|(name, bytes)| (file.source, name.as_str(), bytes.as_ref()))
        })
    }

    fn add(&mut self, mut walk: Walk<'_>, folder: &str) {
        walk.layer = self.files.iter().map(|file| file.layer + 1).max().unwrap_or(0);
        walk.folder(folder);
        let first = self.slots.len();
        for file in walk.found {
            let entries = index::entries(file.document(), &file.group);
            self.take_in(file, entries, walk.log);
        }
        self.mention(first);
        for slot in &self.slots[first..] {
            let decoded = file::decode(&self.files[slot.file], slot, walk.log);
            _ = slot.decoded.set(decoded);
        }
    }

    /// Adds a file of a user's and the entries of its definitions.
    fn take_in(&mut self, file: DefinitionFile, entries: Vec<Entry>, log: &mut Log) {
        self.files.push(file);
        let at = self.files.len() - 1;
        for entry in entries {
            self.name(&entry, at, self.slots.len(), log);
            self.slots.push(Slot::new(entry, at));
        }
    }

    /// Gives a definition its names.
    fn name(&mut self, entry: &Entry, file: usize, slot: usize, log: &mut Log) {
        let layer = self.files[file].layer;
        let names = self.names.entry(entry.kind).or_default();
        if let Some(other) = names.insert(entry.name.clone(), slot) {
            let old = &self.slots[other];
            let old_file = &self.files[old.file];
            if old_file.layer == layer {
                log.error(twice(entry, self.node(file, entry), self.node(old.file, &old.entry)));
            } else if entry.kind != DefinitionKind::Epoch {
                let by = name_span(self.node(file, entry));
                let path = old_file.path.clone();
                self.shadows.push(Shadow { kind: entry.kind, name: entry.name.clone(), by, path });
            }
        }
        for alias in &entry.aliases {
            self.aliases.entry(entry.kind).or_default().insert(alias.clone(), entry.name.clone());
        }
    }

    /// Writes into the entries of a folder which axes they mention.
    fn mention(&mut self, first: usize) {
        let (before, new) = self.slots.split_at_mut(first);
        let mut mentioned = Mentioned::default();
        for slot in before {
            mentioned.add(&slot.entry);
        }
        let files = &self.files;
        let definitions = new.iter_mut().map(|slot| {
            let node = &files[slot.file].document().nodes[slot.entry.node];
            (&mut slot.entry, node)
        });
        mentioned.write(&mut definitions.collect::<Vec<_>>());
    }

    fn node(&self, file: usize, entry: &Entry) -> &Node {
        &self.files[file].document().nodes[entry.node]
    }
}

fn twice(entry: &Entry, second: &Node, first: &Node) -> Diagnostic {
    let what = match entry.kind {
        DefinitionKind::Epoch => "the epoch".to_owned(),
        _ => wording::code(&entry.name),
    };
    Diagnostic::error(codes::DUPLICATE_DEFINITION, format!("duplicate definition of {what}"))
        .at(name_span(second), "second definition")
        .at(name_span(first), "first definition")
        .help("remove one of them, or rename it")
}

/// Where a definition's name stands.
fn name_span(node: &Node) -> Span {
    Reader::new(node).raw_arg(0).map_or(node.name.span, |argument| argument.span)
}
