//! Tests that load whole manifests.

mod compose_keys;
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

/// The key whose fingerprint is in `full.kdl`.
const VENDOR_KEY: &str = include_str!("../../../tests/cases/reject/files/keys/vendor.asc");
const FULL: &str = include_str!("full.kdl");

/// Returns a project with the full manifest and the files that it refers to.
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

/// Returns a line for each diagnostic: file and line, code, message.
fn reported(log: &Log, sources: &Sources) -> Vec<String> {
    log.sorted()
        .into_iter()
        .map(|one| {
            let place = one.primary().map_or("-".to_owned(), |span| sources.cite(span));
            format!("{place} {}: {}", one.code.as_str().trim_start_matches("jcc::"), one.message)
        })
        .collect()
}

/// Loads `project.kdl`, or returns the diagnostics.
fn read(folder: &Folder) -> Result<Manifest, Vec<String>> {
    let (mut sources, mut log) = (Sources::new(), Log::new());
    load(&folder.0, "project.kdl", folder, &mut sources, &mut log).map_err(|_| reported(&log, &sources))
}

fn projects(folder: &Folder) -> Result<Vec<Project>, Vec<String>> {
    Ok(read(folder)?.projects(&mut Log::new()).expect("a manifest without errors has valid projects"))
}
