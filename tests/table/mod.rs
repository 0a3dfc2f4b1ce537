//! Resolves common requests on common machines. `docs/table.md` shows the results: `JCC_BLESS=1 cargo test
//! table` writes the page, `tests/table/print` writes and prints it.

mod machines;
mod page;

use jcc::internals::catalog::Catalog;
use jcc::internals::diagnostic::{Diagnostic, Log, Severity, codes};
use jcc::internals::manifest;
use jcc::internals::resolve::{Override, Reason, Resolution, resolve};
use jcc::internals::source::Sources;

use crate::support::folder::Folder;
use crate::support::{bless, repository};
use machines::{MACHINES, Machine, REQUESTS};

/// The result of a request on a machine.
#[derive(Debug, Clone, PartialEq)]
enum Cell {
    /// The versions of the requested packages in the order of the request, and the axes that override a
    /// default.
    Resolved { versions: Vec<String>, overrides: Vec<String>, unproven: bool },
    /// The reasons.
    Rejected(String),
}

fn cell(catalog: &Catalog, read: &Sources, machine: &Machine, request: &str) -> Cell {
    let text = format!(
        "project \"table\"\ntarget {{ {} }}\n{}\npackages {{ {request} }}\n",
        machine.target, machine.pins
    );
    let folder = Folder(jcc::internals::fs::Memory::with([("project.kdl", text.as_str())]));
    let (mut sources, mut log) = (read.clone(), Log::new());
    let manifest =
        manifest::load(&folder, "project.kdl", &folder, &mut sources, &mut log).expect("it is valid");
    let projects = manifest.projects(&mut log).expect("it is valid");
    match resolve(&projects[0], catalog, None, &sources, &mut log) {
        Ok(resolution) => resolved(&projects[0], &resolution, &log),
        Err(_) => Cell::Rejected(reasons(&log)),
    }
}

fn resolved(project: &manifest::Project, resolution: &Resolution, log: &Log) -> Cell {
    let version = |name: &str| {
        let chosen = resolution.chosen.values().find(|one| one.name.as_str() == name);
        chosen.map_or_else(|| "?".to_owned(), |one| one.version.to_string())
    };
    let versions = project.packages.iter().map(|one| version(one.name.as_str())).collect();
    let is_requested =
        |one: &&Override| project.packages.iter().any(|request| request.name.value == one.name);
    let is_stated = |reason: &Reason| matches!(reason, Reason::Pinned(_) | Reason::Target(_));
    let overrides =
        resolution.overrides.iter().filter(|one| !is_requested(one) && !one.by.iter().any(is_stated));
    let mut overrides: Vec<String> =
        overrides.filter_map(|one| Some(format!("{} {}", one.name, one.chosen.as_ref()?))).collect();
    let has_cuda = resolution.axes.keys().any(|name| name.as_str() == "cuda");
    overrides.extend((!has_cuda).then(|| "no cuda".to_owned()));
    let unproven = log.sorted().iter().any(|one| one.code == codes::resolve::UNPROVEN);
    Cell::Resolved { versions, overrides, unproven }
}

/// Returns the reasons of all errors, without locations.
fn reasons(log: &Log) -> String {
    let errors = log.sorted().into_iter().filter(|one| one.severity == Severity::Error);
    let mut reasons: Vec<String> = errors.flat_map(reason).collect();
    let mut seen = std::collections::BTreeSet::new();
    reasons.retain(|one| seen.insert(one.clone()));
    reasons.join("; ")
}

fn reason(error: &Diagnostic) -> Vec<String> {
    let steps = error.help.iter().find_map(|help| help.strip_prefix("because "));
    let Some(steps) = steps else { return vec![error.message.clone()] };
    let without_place = |step: &str| match step.rsplit_once(" (") {
        Some((step, _)) => step.to_owned(),
        None => step.to_owned(),
    };
    steps.split("\n  and ").map(without_place).collect()
}

#[test]
fn the_table_is_current() {
    let mut sources = Sources::new();
    let catalog = jcc::internals::builtin::catalog(&mut sources);
    let rows: Vec<(&str, Vec<Cell>)> = REQUESTS
        .iter()
        .map(|request| {
            let cells = MACHINES.iter().map(|machine| cell(&catalog, &sources, machine, request));
            (*request, cells.collect())
        })
        .collect();
    let text = page::text(&rows);
    let path = repository("docs/table.md");
    if bless() {
        std::fs::write(&path, &text).expect("docs/ exists");
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(there == text, "docs/table.md is stale: run JCC_BLESS=1 cargo test table and review the diff");
}
