//! Tests of resolution with the real catalogue.

mod bounds;
mod cases;
mod installed;
mod random;
mod reported;

use std::fmt::Write as _;
use std::sync::OnceLock;

use crate::catalog::Catalog;
use crate::diagnostic::{Log, plain};
use crate::fs::{Disk, Memory};
use crate::manifest::{self, Stacks};
use crate::source::Sources;

use super::{Resolution, resolve};

/// A set of stacks without any.
struct NoStacks;

impl Stacks for NoStacks {
    fn stack(&self, _: &str) -> Option<(String, std::borrow::Cow<'static, str>)> {
        None
    }

    fn names(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Returns the catalogue of this project, which is read once.
fn catalog() -> &'static (Catalog, Sources) {
    static READ: OnceLock<(Catalog, Sources)> = OnceLock::new();
    READ.get_or_init(|| {
        let (mut sources, mut log, mut catalog) = (Sources::new(), Log::new(), Catalog::new());
        catalog.add_named_folder(&Disk::new(env!("CARGO_MANIFEST_DIR")), "packages", &mut sources, &mut log);
        assert!(!log.has_errors(), "{}", plain(&log, &sources));
        (catalog, sources)
    })
}

/// Resolves the only target of a manifest, or returns the reports. The `project` node is added.
pub(super) fn solved(manifest: &str) -> Result<Resolution, String> {
    let (catalog, read) = catalog();
    let (mut sources, mut log) = (read.clone(), Log::new());
    let text = format!("project \"demo\"\n{manifest}");
    let fs = Memory::with([("project.kdl", text.as_str())]);
    let resolution = manifest::load(&fs, "project.kdl", &NoStacks, &mut sources, &mut log)
        .and_then(|manifest| manifest.projects(&mut log))
        .and_then(|projects| resolve(&projects[0], catalog, None, &sources, &mut log));
    resolution.map_err(|_| plain(&log, &sources))
}

/// Returns the chosen versions of these packages, or the reports.
pub(super) fn versions(manifest: &str, names: &[&str]) -> String {
    match solved(manifest) {
        Err(report) => report,
        Ok(resolution) => names
            .iter()
            .map(|name| {
                let chosen = resolution.chosen.values().find(|one| one.name.as_str() == *name);
                format!("{name} {}", chosen.map_or_else(|| "-".to_owned(), |one| one.version.to_string()))
            })
            .collect::<Vec<_>>()
            .join(", "),
    }
}

/// Returns all reports of a manifest, including warnings.
pub(super) fn warnings(manifest: &str) -> String {
    let (catalog, read) = catalog();
    let (mut sources, mut log) = (read.clone(), Log::new());
    let text = format!("project \"demo\"\n{manifest}");
    let fs = Memory::with([("project.kdl", text.as_str())]);
    let read = manifest::load(&fs, "project.kdl", &NoStacks, &mut sources, &mut log);
    if let Ok(projects) = read.and_then(|manifest| manifest.projects(&mut log)) {
        _ = super::all(projects, catalog, None, &sources, &mut log);
    }
    plain(&log, &sources)
}

/// Returns what was chosen, one line per axis or package, or the reports.
pub(super) fn table(manifest: &str) -> String {
    match solved(manifest) {
        Err(reports) => reports,
        Ok(resolution) => {
            let mut out = format!("base {}\n", resolution.base.image);
            if let Some(devel) = &resolution.devel {
                writeln!(out, "devel {}", devel.image).unwrap();
            }
            for name in &resolution.order {
                let one = &resolution.chosen[name];
                let from = if one.provided { " (base)" } else { "" };
                writeln!(out, "{name} {}{from}", one.version).unwrap();
            }
            for one in &resolution.overrides {
                writeln!(out, "override {one}").unwrap();
            }
            out
        }
    }
}
