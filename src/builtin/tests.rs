use super::*;
use crate::diagnostic::Log;
use crate::fs::Disk;

/// The build packs by the code that is tested here; that its input was the folder as it is now, this shows.
#[test]
fn the_packed_catalogue_is_that_of_the_folder() {
    let (mut catalog, mut sources, mut log) = (Catalog::new(), Sources::to_pack(), Log::new());
    catalog.add_named_folder(&Disk::new(env!("CARGO_MANIFEST_DIR")), "packages", &mut sources, &mut log);
    let packed = catalog.pack(&sources);
    assert!(packed.index == PACKED.index, "the index differs");
    assert!(packed.bytes == PACKED.bytes, "a definition differs");
    assert!(packed.texts == PACKED.texts, "a text differs");
}
