//! What of the usual requests is available where: every request of `requests` on every machine of `machines`, resolved.
//! `docs/table.md` shows it; `JCC_BLESS=1 cargo test table` writes it anew, `tests/table/print` prints it.

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

/// What came of one request on one machine.
#[derive(Debug, Clone, PartialEq)]
enum Cell {
    /// The versions of what was asked for, in the order of asking, and what overrides for them.
    Resolved { versions: Vec<String>, overrides: Vec<String>, unproven: bool },
    /// Why not.
    Refused(String),
}

fn cell(catalog: &Catalog, read: &Sources, machine: &Machine, request: &str) -> Cell {
    let text = format!(
        "project \"table\"\ntarget {{ {} }}\n{}\npackages {{ {request} }}\n",
        machine.target, machine.pins
    );
    let folder = Folder(jcc::internals::fs::Memory::with([("project.kdl", text.as_str())]));
    let (mut sources, mut log) = (read.clone(), Log::new());
    let manifest =
        manifest::load(&folder, "project.kdl", &folder, &mut sources, &mut log).expect("it is right");
    let projects = manifest.projects(&mut log).expect("it is right");
    match resolve(&projects[0], catalog, None, &sources, &mut log) {
        Ok(resolution) => resolved(&projects[0], &resolution, &log),
        Err(_) => Cell::Refused(reasons(&log)),
    }
}

fn resolved(project: &manifest::Project, resolution: &Resolution, log: &Log) -> Cell {
    let version = |name: &str| {
        let chosen = resolution.chosen.values().find(|one| one.name.as_str() == name);
        chosen.map_or_else(|| "?".to_owned(), |one| one.version.to_string())
    };
    let versions = project.packages.iter().map(|one| version(one.name.as_str())).collect();
    let asked = |one: &&Override| project.packages.iter().any(|request| request.name.value == one.name);
    let said = |reason: &Reason| matches!(reason, Reason::Pinned(_) | Reason::Target(_));
    let overrides = resolution.overrides.iter().filter(|one| !asked(one) && !one.by.iter().any(said));
    let mut overrides: Vec<String> =
        overrides.filter_map(|one| Some(format!("{} {}", one.name, one.chosen.as_ref()?))).collect();
    let has_cuda = resolution.axes.keys().any(|name| name.as_str() == "cuda");
    overrides.extend((!has_cuda).then(|| "no cuda".to_owned()));
    let unproven = log.sorted().iter().any(|one| one.code == codes::resolve::UNPROVEN);
    Cell::Resolved { versions, overrides, unproven }
}

/// The reasons of all errors, without places.
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
    let catalog = Catalog::builtin(&mut sources);
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
        std::fs::write(&path, &text).expect("docs/ is there");
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(there == text, "docs/table.md is stale: JCC_BLESS=1 cargo test table, then read what changed");
}
