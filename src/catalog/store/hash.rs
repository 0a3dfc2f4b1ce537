//! What a lock remembers of a definition.

use crate::source::Sources;
use crate::value::Sha256;

use super::{Catalog, Kind};

impl Catalog {
    /// The hash of a package's definition: of its own node and of the files beside it.
    pub fn definition_hash(&self, name: &str, sources: &Sources) -> Option<Sha256> {
        let slot = self.slot(Kind::Package, name)?;
        let file = &self.files[slot.file];
        let node = sources.slice(self.node(slot.file, &slot.entry).span).as_bytes();
        let files = file.files.iter().flat_map(|(name, bytes)| [name.as_bytes(), bytes.as_ref()]);
        Some(Sha256::of(std::iter::once(node).chain(files)))
    }
}
