//! The packed catalogue: typed definitions, decoded and checked at build time, so that a run only deserializes those that
//! it needs. Their spans contain the number of a built-in text ([`BuiltInTexts`]), which is known at build time.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::packed::{PackedFile, PackedRange};
use crate::source::{BuiltInTexts, Sources};
use crate::value::{PackedText, Parse as _, Sha256};

use super::file::{Definition, Slot};
use super::{Catalog, DefinitionFile, DefinitionKind};

/// The length of a hash in front of each packed definition, in characters.
const HASH: usize = 64;

/// A packed catalogue. A run accesses only as much of `bytes` and `texts` as it needs.
#[derive(Debug, Clone, Copy)]
pub struct PackedCatalog<B, T> {
    /// The names of all definitions, and where each is.
    pub index: B,
    /// The definitions with their hashes, and the other files of their folders.
    pub bytes: B,
    /// The texts of the definitions, for diagnostics.
    pub texts: T,
}

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
    /// Packs all definitions. They must be free of errors, and their texts must be those of [`Sources::to_pack`].
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
        PackedFile {
            path: file.path.clone(),
            group: file.group.clone(),
            text: packer.text(sources.get(file.source).text),
            files: file.files.iter().map(|(name, bytes)| (name.clone(), packer.bytes(bytes))).collect(),
            entries: slots()
                .map(|slot| {
                    let definition = self.decoded(slot).expect("what is packed has no errors");
                    let hash = self.hash(slot, sources).as_str().as_bytes().to_vec();
                    let bytes = postcard::to_extend(definition, hash).expect("memory takes all");
                    (slot.entry.clone(), packer.bytes(&bytes))
                })
                .collect(),
        }
    }

    /// Creates a catalogue of packed definitions, without deserializing any. The build has checked that their names are
    /// unique.
    pub fn packed(packed: PackedCatalog<&'static [u8], &'static str>, sources: &mut Sources) -> Self {
        let PackedCatalog { index, bytes, texts } = packed;
        let files: Vec<PackedFile> = postcard::from_bytes(index).expect("the build wrote the index");
        let mut catalog = Self::new();
        let mut built_in = BuiltInTexts::new(texts);
        let mut names: BTreeMap<DefinitionKind, Vec<(PackedText, usize)>> = BTreeMap::new();
        for (at, file) in files.into_iter().enumerate() {
            for (entry, range) in file.entries {
                names.entry(entry.kind).or_default().push((entry.name.clone(), catalog.slots.len()));
                for alias in &entry.aliases {
                    let aliases = catalog.aliases.entry(entry.kind).or_default();
                    aliases.insert(alias.clone(), entry.name.clone());
                }
                catalog.slots.push(Slot { packed: Some(&bytes[range.range()]), ..Slot::new(entry, at) });
            }
            let files = file.files.into_iter().map(|(name, at)| (name, Cow::Borrowed(&bytes[at.range()])));
            catalog.files.push(DefinitionFile {
                source: built_in.add(file.path.clone(), file.text.range()),
                path: file.path,
                group: file.group,
                files: files.collect(),
                beside: Vec::new(),
                layer: 0,
                tree: None,
            });
        }
        // A map of all names at once takes a fraction of the time of inserting each.
        catalog.names = names.into_iter().map(|(kind, names)| (kind, names.into_iter().collect())).collect();
        sources.set_built_in(built_in);
        catalog
    }
}

/// Deserializes a packed definition.
pub(super) fn unpack(packed: &'static [u8]) -> Definition {
    postcard::from_bytes(&packed[HASH..]).expect("the build packed a definition")
}

/// Returns the hash of a packed definition.
pub(super) fn packed_hash(packed: &[u8]) -> Sha256 {
    let hash = std::str::from_utf8(&packed[..HASH]).ok().and_then(|hash| Sha256::parse(hash).ok());
    hash.expect("the build packed a hash")
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
