//! A file of definitions, built in or a user's.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use crate::catalog::decode::{self, DecodeContext, FilesBeside};
use crate::catalog::{BaseImage, Device, Forbidden, GpuKind, Index, Package, Platform};
use crate::diagnostic::Log;
use crate::source::SourceId;
use crate::syntax::{Document, Node, Reader, Value};
use crate::value::Sha256;
use jcc_core::packed::PackedText;

use jcc_core::packed::index::{DefinitionKind, Entry};

/// One text and what lies beside it.
#[derive(Debug)]
pub(in crate::catalog) struct DefinitionFile {
    pub(in crate::catalog) source: SourceId,
    /// Its path, as users know it.
    pub(in crate::catalog) path: PackedText,
    /// The folder above that of a package; empty for files of the folder `platform`.
    pub(in crate::catalog) group: PackedText,
    /// The files beside it that it names.
    pub(in crate::catalog) files: FilesBeside,
    /// The names of all files beside it, where it is a user's.
    pub(in crate::catalog) beside: Vec<String>,
    /// The built-in catalogue is 0, each folder of the user's one more.
    pub(in crate::catalog) layer: usize,
    /// The hashes of its definitions, as packed; none for a user's file.
    pub(super) hashes: &'static str,
    /// Its tree, empty where it could not be parsed, which was reported; `None` where its nodes are packed.
    pub(super) tree: Option<Document>,
}

impl DefinitionFile {
    pub(in crate::catalog) fn document(&self) -> &Document {
        self.tree.as_ref().expect("what jcc comes with is asked for by node")
    }

    /// Whether jcc comes with it.
    pub(in crate::catalog) fn is_packed(&self) -> bool {
        self.tree.is_none()
    }
}

/// One definition: its entry in the lists, and itself once it was asked for.
#[derive(Debug)]
pub(in crate::catalog) struct Slot {
    /// What is known without decoding.
    pub(in crate::catalog) entry: Entry,
    /// The file that it stands in.
    pub(in crate::catalog) file: usize,
    pub(super) packed: Option<&'static [u8]>,
    /// What it says; `None` where it is broken, which was reported.
    pub(super) decoded: OnceLock<Option<Definition>>,
    /// What a lock remembers of it, as packed.
    pub(super) packed_hash: Option<&'static str>,
    /// The same, once it was asked for.
    pub(super) hash: OnceLock<Sha256>,
}

impl Slot {
    /// Not decoded yet.
    pub(super) fn new(entry: Entry, file: usize) -> Self {
        let (decoded, hash) = (OnceLock::new(), OnceLock::new());
        Self { entry, file, packed: None, decoded, packed_hash: None, hash }
    }
}

/// A definition after decoding, by kind.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::catalog) enum Definition {
    /// `package`, `axis`.
    Package(Box<Package>),
    Platform(Box<Platform>),
    Device(Box<Device>),
    Gpu(Box<GpuKind>),
    Base(Box<BaseImage>),
    Index(Box<Index>),
    Epoch(u64),
    /// `forbid`.
    Forbidden(Box<Forbidden>),
}

pub(super) fn decode(file: &DefinitionFile, slot: &Slot, log: &mut Log) -> Option<Definition> {
    let Some(packed) = slot.packed else {
        return decode_node(Reader::new(file.document().nodes.get(slot.entry.node)?), file, &slot.entry, log);
    };
    let node = crate::syntax::unpack(packed, file.source).expect("the build packed it");
    decode_node(Reader::new(&node), file, &slot.entry, log)
}

fn decode_node(node: Reader<'_>, file: &DefinitionFile, entry: &Entry, log: &mut Log) -> Option<Definition> {
    let mut context = DecodeContext { files: &file.files, beside: &file.beside, log };
    let context = &mut context;
    match entry.kind {
        DefinitionKind::Package => {
            decode::package(node, &file.group, context).map(Box::new).map(Definition::Package)
        }
        DefinitionKind::Platform => decode::platform(node, context).map(Box::new).map(Definition::Platform),
        DefinitionKind::Device => decode::device(node, context).map(Box::new).map(Definition::Device),
        DefinitionKind::Gpu => decode::gpu(node, context).map(Box::new).map(Definition::Gpu),
        DefinitionKind::Base => decode::base(node, context).map(Box::new).map(Definition::Base),
        DefinitionKind::Index => decode::index(node, context).map(Box::new).map(Definition::Index),
        DefinitionKind::Epoch => decode::epoch(node, context).map(Definition::Epoch),
        DefinitionKind::Forbidden => {
            decode::forbidden(node, context).map(Box::new).map(Definition::Forbidden)
        }
    }
}

/// Every word that any node says: one of them may name a file, even where the node is wrong otherwise.
pub(in crate::catalog) fn words<'a>(node: &'a Node, all: &mut BTreeSet<&'a str>) {
    for given in &node.arguments {
        if let Value::String(word) = &given.value {
            all.insert(word);
        }
    }
    for child in node.children.iter().flatten() {
        words(child, all);
    }
}
