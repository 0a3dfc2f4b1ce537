//! A file of definitions, built in or a user's.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::decode::{self, DecodeContext, FilesBeside};
use crate::diagnostic::Log;
use crate::source::SourceId;
use crate::syntax::{Document, Node, Reader, Value};
use crate::value::{PackedText, Sha256};
use crate::{BaseImage, Device, Forbidden, GpuKind, Index, Package, Platform};

use super::packed::unpack;
use crate::packed::index::{DefinitionKind, Entry};

/// One text and what lies beside it.
#[derive(Debug)]
pub(crate) struct DefinitionFile {
    pub(crate) source: SourceId,
    /// Its path, as users know it.
    pub(crate) path: PackedText,
    /// The folder above that of a package; empty for files of the folder `platform`.
    pub(crate) group: PackedText,
    /// The files beside it that it names.
    pub(crate) files: FilesBeside,
    /// The names of all files beside it, where it is a user's.
    pub(crate) beside: Vec<String>,
    /// The built-in catalogue is 0, each folder of the user's one more.
    pub(crate) layer: usize,
    /// Its tree, empty where it could not be parsed, which was reported; `None` where its nodes are packed.
    pub(super) tree: Option<Document>,
}

impl DefinitionFile {
    pub(crate) fn document(&self) -> &Document {
        self.tree.as_ref().expect("what jcc comes with is asked for by node")
    }

    /// Whether jcc comes with it.
    pub(crate) fn is_packed(&self) -> bool {
        self.tree.is_none()
    }
}

/// One definition: its entry in the lists, and itself once it was asked for.
#[derive(Debug)]
pub(crate) struct Slot {
    /// What is known without decoding.
    pub(crate) entry: Entry,
    /// The file that it stands in.
    pub(crate) file: usize,
    /// The hash and the packed form of a built-in definition.
    pub(super) packed: Option<&'static [u8]>,
    /// What it says; `None` where it is broken, which was reported.
    pub(super) decoded: OnceLock<Option<Definition>>,
    /// What a lock remembers of it, once it was asked for.
    pub(super) hash: OnceLock<Sha256>,
}

impl Slot {
    /// Not decoded yet.
    pub(super) fn new(entry: Entry, file: usize) -> Self {
        let (decoded, hash) = (OnceLock::new(), OnceLock::new());
        Self { entry, file, packed: None, decoded, hash }
    }
}

/// A definition after decoding, by kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub(crate) enum Definition {
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
    Some(unpack(packed))
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
pub(crate) fn words<'a>(node: &'a Node, all: &mut BTreeSet<&'a str>) {
    for given in &node.arguments {
        if let Value::String(word) = &given.value {
            all.insert(word);
        }
    }
    for child in node.children.iter().flatten() {
        words(child, all);
    }
}
