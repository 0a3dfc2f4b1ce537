//! The project's own definitions, for the tests of this crate.

use std::path::Path;
use std::sync::LazyLock;

pub(crate) use crate::fs::Memory;

use crate::diagnostic::{Log, plain};
use crate::source::Sources;
use crate::{Catalog, PackedCatalog};

/// The files of the folder `packages` of this project.
#[allow(clippy::disallowed_methods)]
pub(crate) fn here() -> Memory {
    fn read(folder: &Path, name: &str, files: &Memory) {
        for entry in std::fs::read_dir(folder).expect("the project's own folders can be read") {
            let path = entry.expect("the project's own folders can be read").path();
            let name = format!("{name}/{}", path.file_name().expect("it has a name").to_string_lossy());
            if path.is_dir() {
                read(&path, &name, files);
            } else {
                files.put(&name, std::fs::read(&path).expect("the project's own files can be read"));
            }
        }
    }
    let files = Memory::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packages"), "packages", &files);
    files
}

/// The project's own definitions as they lie in the folder, with their texts.
pub(crate) fn read() -> (Catalog, Sources) {
    let (mut catalog, mut sources, mut log) = (Catalog::new(), Sources::to_pack(), Log::new());
    catalog.add_named_folder(&here(), "packages", &mut sources, &mut log);
    assert!(log.is_empty(), "\n{}", plain(&log, &sources));
    (catalog, sources)
}

/// The same as jcc comes with it.
pub(crate) fn built_in() -> (Catalog, Sources) {
    static PACKED: LazyLock<PackedCatalog<&'static [u8], &'static str>> = LazyLock::new(|| {
        let (catalog, sources) = read();
        let PackedCatalog { index, bytes, texts } = catalog.pack(&sources);
        PackedCatalog { index: index.leak(), bytes: bytes.leak(), texts: texts.leak() }
    });
    let mut sources = Sources::new();
    (Catalog::packed(*PACKED, &mut sources), sources)
}
