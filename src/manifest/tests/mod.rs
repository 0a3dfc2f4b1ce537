//! Whole manifests.

mod compose_words;
mod extends;
mod fs;
mod mutated;
mod overlays;
mod tables;
mod targets;

use fs::Folder;

use super::{Manifest, Project, load};
use crate::diagnostic::Log;
use crate::source::Sources;

/// A key whose fingerprint `full.kdl` has.
const VENDOR_KEY: &str = include_str!("../../../tests/cases/reject/files/keys/vendor.asc");
const FULL: &str = include_str!("full.kdl");

/// The files that the full manifest names.
fn full() -> Folder {
    Folder::of(&[
        ("project.kdl", FULL),
        ("requirements.txt", "numpy==1.26.4  # held\n-c constraints.txt\n"),
        ("constraints.txt", "scipy<2\n"),
        ("keys/vendor.asc", VENDOR_KEY),
        ("stack:l4t-ml", "packages { numpy }"),
        ("config/robot.yaml", "a: 1"),
        ("definitions/a/package.kdl", ""),
    ])
}

/// What was reported, one line each: place, code, message.
fn reported(log: &Log, sources: &Sources) -> Vec<String> {
    log.sorted()
        .into_iter()
        .map(|one| {
            let place = one.primary().map_or("-".to_owned(), |span| sources.cite(span));
            format!("{place} {}: {}", one.code.as_str().trim_start_matches("jcc::"), one.message)
        })
        .collect()
}

/// Loads `project.kdl`; what was reported otherwise.
fn read(folder: &Folder) -> Result<Manifest, Vec<String>> {
    let (mut sources, mut log) = (Sources::new(), Log::new());
    load(&folder.0, "project.kdl", folder, &mut sources, &mut log).map_err(|_| reported(&log, &sources))
}

fn projects(folder: &Folder) -> Result<Vec<Project>, Vec<String>> {
    Ok(read(folder)?.projects(&mut Log::new()).expect("what loads can be seen from its targets"))
}
