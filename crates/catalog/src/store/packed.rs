//! The catalogue in packed form: typed definitions, read and checked at build time, so that a run decodes none of their
//! text. A place in a definition is packed with the number of its file among the packed ones, which is its source's
//! number in a run too ([`BuiltInTexts`]).

use std::borrow::Cow;

use crate::diagnostic::Log;
use crate::packed::{PackedFile, PackedRange};
use crate::source::{BuiltInTexts, Sources};

use super::file::Definition;
use super::{Catalog, DefinitionFile};

/// A packed catalogue, in parts of which a run reads as little as it needs.
#[derive(Debug, Clone, Copy)]
pub struct PackedCatalog<B, T> {
    /// What is where, by name: read at every start.
    pub index: B,
    /// The definitions, and the files beside them.
    pub bytes: B,
    /// The texts of the definitions, and their hashes.
    pub texts: T,
}

/// One that is being packed.
#[derive(Default)]
struct Packer {
    bytes: Vec<u8>,
    texts: String,
}

impl Packer {
    fn bytes(&mut self, bytes: &[u8]) -> PackedRange {
        self.bytes.extend_from_slice(bytes);
        PackedRange::before(self.bytes.len(), bytes.len())
    }

    fn text(&mut self, text: &str) -> PackedRange {
        self.texts.push_str(text);
        PackedRange::before(self.texts.len(), text.len())
    }
}

impl Catalog {
    /// Packs all definitions, which were read from one folder without errors, into [`Sources::to_pack`].
    pub fn pack(&self, sources: &Sources) -> PackedCatalog<Vec<u8>, String> {
        let mut packer = Packer::default();
        let files: Vec<PackedFile> =
            (0..self.files.len()).map(|file| self.pack_file(file, sources, &mut packer)).collect();
        let index = postcard::to_stdvec(&files).expect("memory takes all");
        PackedCatalog { index, bytes: packer.bytes, texts: packer.texts }
    }

    fn pack_file(&self, number: usize, sources: &Sources, packer: &mut Packer) -> PackedFile {
        let file = &self.files[number];
        let slots = || self.slots.iter().filter(|slot| slot.file == number);
        let hashes: String = slots().map(|slot| self.hash(slot, sources).to_string()).collect();
        PackedFile {
            path: file.path.clone(),
            group: file.group.clone(),
            text: packer.text(sources.get(file.source).text),
            files: file.files.iter().map(|(name, bytes)| (name.clone(), packer.bytes(bytes))).collect(),
            entries: slots()
                .map(|slot| {
                    let definition = self.decoded(slot).expect("what is packed has no errors");
                    let bytes = postcard::to_stdvec(definition).expect("memory takes all");
                    (slot.entry.clone(), packer.bytes(&bytes))
                })
                .collect(),
            hashes: packer.text(&hashes),
        }
    }

    /// What was packed. No definition is read yet, and no text.
    pub fn packed(packed: PackedCatalog<&'static [u8], &'static str>, sources: &mut Sources) -> Self {
        let PackedCatalog { index, bytes, texts } = packed;
        let files: Vec<PackedFile> = postcard::from_bytes(index).expect("the build wrote the index");
        let mut catalog = Self::new();
        let mut log = Log::new();
        let mut built_in = BuiltInTexts::new(texts);
        for file in files {
            let beside = file.files.into_iter().map(|(name, at)| (name, Cow::Borrowed(&bytes[at.range()])));
            let source = built_in.add(file.path.clone(), file.text.range());
            let definitions = DefinitionFile {
                source,
                path: file.path,
                group: file.group,
                files: beside.collect(),
                beside: Vec::new(),
                layer: 0,
                hashes: &texts[file.hashes.range()],
                tree: None,
            };
            let entries = file.entries.into_iter().map(|(entry, at)| (entry, Some(&bytes[at.range()])));
            catalog.take_in(definitions, entries, &mut log);
        }
        sources.set_built_in(built_in);
        catalog
    }
}

/// A definition from its packed form.
pub(super) fn unpack(packed: &'static [u8]) -> Definition {
    postcard::from_bytes(packed).expect("the build packed it")
}

#[cfg(test)]
mod tests {
    use crate::testing::{built_in, read};

    #[test]
    fn what_is_packed_is_what_lies_in_the_folder() {
        let (read, sources) = read();
        let (packed, packed_sources) = built_in();
        assert_eq!(packed.slots.len(), read.slots.len());
        for (a, b) in packed.slots.iter().zip(&read.slots) {
            assert_eq!(a.entry, b.entry);
            let definition = packed.decoded(a);
            assert_eq!(definition, read.decoded(b), "{}", a.entry.name);
            assert_eq!(packed.hash(a, &packed_sources), read.hash(b, &sources), "{}", a.entry.name);
            assert!(packed.files[a.file].is_packed() && !read.files[b.file].is_packed());
        }
        for (a, b) in packed.files.iter().zip(&read.files) {
            assert_eq!((&a.path, &a.group, a.source, &a.files), (&b.path, &b.group, b.source, &b.files));
            assert_eq!(packed_sources.get(a.source).name, sources.get(b.source).name);
            assert_eq!(packed_sources.get(a.source).text, sources.get(b.source).text);
        }
        let orders: Vec<_> = packed.axes().iter().map(|axis| axis.axis.as_ref().unwrap().order).collect();
        assert!(orders.is_sorted() && orders.len() > 5, "{orders:?}");
        assert!(packed.names().count() > 10 && packed.devices().count() > 3 && packed.bases().count() > 3);
        assert!(packed.epoch() > 0 && packed.platforms().count() > 1 && packed.indexes().count() > 0);
    }
}
