//! What a lock remembers of a definition.

use sha2::Digest as _;

use crate::source::Sources;
use crate::value::{Parse, Sha256};

use super::{Catalog, Kind};

impl Catalog {
    /// The hash of a package's definition: of its own node and of the files beside it.
    pub fn definition_hash(&self, name: &str, sources: &Sources) -> Option<Sha256> {
        let slot = self.slot(Kind::Package, name)?;
        let file = &self.files[slot.file];
        let mut hash = sha2::Sha256::new();
        let mut part = |bytes: &[u8]| {
            // Lengths keep apart what would read the same in a row.
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
        };
        part(sources.slice(self.node(slot.file, &slot.entry).span).as_bytes());
        for (name, bytes) in &file.files {
            part(name.as_bytes());
            part(bytes);
        }
        let mut hex = String::with_capacity(64);
        for byte in hash.finalize() {
            hex += &format!("{byte:02x}");
        }
        Some(Sha256::parse(&hex).expect("a hash has 64 hexadecimal digits"))
    }
}
