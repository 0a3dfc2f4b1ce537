//! What a lock remembers of a definition.

use crate::source::Sources;
use crate::value::Sha256;

use super::file::Slot;
use super::packed::packed_hash;
use super::{Catalog, DefinitionKind};
use crate::packed::definition_hash;

impl Catalog {
    /// The hash of a package's definition: of its node and of the files beside it.
    pub fn definition_hash(&self, name: &str, sources: &Sources) -> Option<Sha256> {
        Some(self.hash(self.slot(DefinitionKind::Package, name)?, sources).clone())
    }

    pub(super) fn hash<'s>(&self, slot: &'s Slot, sources: &Sources) -> &'s Sha256 {
        slot.hash.get_or_init(|| {
            if let Some(packed) = slot.packed {
                return packed_hash(packed);
            }
            let file = &self.files[slot.file];
            let node = sources.slice(self.node(slot.file, &slot.entry).span);
            definition_hash(node, file.files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_ref())))
        })
    }
}
