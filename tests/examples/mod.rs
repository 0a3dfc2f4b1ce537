//! The manifests of the examples load without a diagnostic.

use std::fs;

use jcc::internals::builtin::BuiltinStacks;
use jcc::internals::diagnostic::Log;
use jcc::internals::manifest;
use jcc::internals::source::Sources;

use crate::support::{self, folder::Folder, report};

#[test]
fn examples_load_without_diagnostics() {
    let mut reports = String::new();
    for entry in fs::read_dir(support::repository("examples")).expect("examples/ exists") {
        let path = entry.expect("it can be listed").path();
        if !path.join("project.kdl").is_file() {
            continue;
        }
        let folder = Folder::read(&path);
        let (mut sources, mut log) = (Sources::new(), Log::new());
        let loaded = manifest::load(&folder, "project.kdl", &BuiltinStacks::new(), &mut sources, &mut log);
        if let Ok(manifest) = loaded {
            let _ = manifest.projects(&mut log);
        }
        if !log.is_empty() {
            reports += &format!("{}:\n{}\n", path.display(), report(&log.sorted(), &sources));
        }
    }
    assert!(reports.is_empty(), "\n{reports}");
}
