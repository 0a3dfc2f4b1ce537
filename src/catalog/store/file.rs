//! A file of definitions, built in or a user's.

use std::sync::OnceLock;

use crate::catalog::decode::{self, Context, Files};
use crate::catalog::{BaseImage, Device, Forbidden, Index, Package, Platform};
use crate::diagnostic::Log;
use crate::source::SourceId;
use crate::syntax::{Document, Reader};
use crate::value::Sha256;

use super::index::{Entry, Kind};

/// One text and what lies beside it.
#[derive(Debug)]
pub(in crate::catalog) struct DefinitionFile {
    /// Its text.
    pub(in crate::catalog) source: SourceId,
    /// Its path, as users know it.
    pub(in crate::catalog) path: String,
    /// The folder above that of a package; empty for files of the folder `platform`.
    pub(in crate::catalog) group: String,
    /// The files beside it.
    pub(in crate::catalog) files: Files,
    /// The built-in catalogue is 0, each folder of the user's one more.
    pub(in crate::catalog) layer: usize,
    /// Its tree, as packed.
    pub(super) packed: Option<&'static [u8]>,
    /// The hashes of its definitions, as packed; none for a user's file.
    pub(super) hashes: &'static str,
    /// Its tree.
    pub(super) tree: OnceLock<Document>,
}

impl DefinitionFile {
    /// Its tree; empty where it could not be parsed, which was told.
    pub(in crate::catalog) fn document(&self) -> &Document {
        self.tree.get_or_init(|| {
            let packed = self.packed.expect("a file without a packed tree was parsed when it was read");
            crate::syntax::unpack(packed, self.source).expect("the build packed it")
        })
    }
}

/// One definition: its entry in the lists, and itself once it was asked for.
#[derive(Debug)]
pub(in crate::catalog) struct Slot {
    /// What is known without decoding.
    pub(in crate::catalog) entry: Entry,
    /// The file that it stands in.
    pub(in crate::catalog) file: usize,
    /// What it says; `None` where it is broken, which was told.
    pub(super) decoded: OnceLock<Option<Definition>>,
    /// What a lock remembers of it, as packed.
    pub(super) packed_hash: Option<&'static str>,
    /// The same, once it was asked for.
    pub(super) hash: OnceLock<Sha256>,
}

impl Slot {
    /// Not decoded yet.
    pub(super) fn new(entry: Entry, file: usize, packed_hash: Option<&'static str>) -> Self {
        Self { entry, file, decoded: OnceLock::new(), packed_hash, hash: OnceLock::new() }
    }
}

/// A decoded definition.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::catalog) enum Definition {
    /// `package`, `axis`.
    Package(Box<Package>),
    /// `platform`.
    Platform(Box<Platform>),
    /// `device`.
    Device(Box<Device>),
    /// `base`.
    Base(Box<BaseImage>),
    /// `index`.
    Index(Box<Index>),
    /// `epoch`.
    Epoch(u64),
    /// `forbid`.
    Forbidden(Box<Forbidden>),
}

/// Decodes the definition that an entry stands for.
pub(super) fn decode(file: &DefinitionFile, entry: &Entry, log: &mut Log) -> Option<Definition> {
    let node = Reader::new(file.document().nodes.get(entry.node)?);
    let mut context = Context { files: &file.files, log };
    let context = &mut context;
    match entry.kind {
        Kind::Package => decode::package(node, &file.group, context).map(Box::new).map(Definition::Package),
        Kind::Platform => decode::platform(node, context).map(Box::new).map(Definition::Platform),
        Kind::Device => decode::device(node, context).map(Box::new).map(Definition::Device),
        Kind::Base => decode::base(node, context).map(Box::new).map(Definition::Base),
        Kind::Index => decode::index(node, context).map(Box::new).map(Definition::Index),
        Kind::Epoch => decode::epoch(node, context).map(Definition::Epoch),
        Kind::Forbidden => decode::forbidden(node, context).map(Box::new).map(Definition::Forbidden),
    }
}
