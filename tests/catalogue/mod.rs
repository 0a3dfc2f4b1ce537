//! Every package compiles on each kind of machine or is rejected with a reason, and each of its versions is
//! available somewhere.
//!
//! The Dockerfiles are written below the target folder for `tests/lint/catalogue`, without duplicates.

mod bump;
mod libraries;
mod machines;
mod page;
mod requests;
mod stacks;
pub(crate) mod stages;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};

use jcc::internals::catalog::{DefinitionKind, PackageVersion};
use jcc::internals::diagnostic::{Log, Severity};
use jcc::internals::fs::Memory;
use jcc::internals::source::Sources;
use jcc::{Compiled, Input};

use machines::MACHINES;

/// The results of a package on all machines.
struct Surveyed {
    outcomes: Vec<Outcome>,
    /// Indexes of the `version` entries that must be chosen somewhere.
    entries: Vec<usize>,
}

/// The result of a package on a machine.
#[derive(Default)]
struct Outcome {
    /// The default version first, then the others.
    built: Vec<Built>,
    /// Codes of the errors if no version compiles.
    rejected: BTreeSet<String>,
}

/// One version of a package, compiled.
struct Built {
    version: String,
    /// Index of the `version` entry in the definition.
    entry: Option<usize>,
    unproven: bool,
    dockerfile: String,
    /// The text of all other generated files.
    others: String,
    /// For each package that is built from source, the toolkits that its build compiles against.
    toolkits: BTreeMap<String, BTreeSet<String>>,
}

/// Compiles a manifest without other files. Returns the codes of its diagnostics too, or those of its errors.
pub(crate) fn compile(text: &str) -> Result<(Compiled, BTreeSet<String>), BTreeSet<String>> {
    let fs = Memory::with([("project.kdl", text)]);
    let (mut sources, mut log) = (Sources::new(), Log::new());
    let input = Input { fs: &fs, manifest: "project.kdl", target: None, lock: "jcc.lock" };
    let compiled = jcc::compile(input, &mut sources, &mut log);
    let report = log.sorted().into_iter().filter(|one| compiled.is_ok() || one.severity == Severity::Error);
    let codes = report.map(|one| one.code.to_string()).collect();
    match compiled {
        Ok(compiled) => Ok((compiled, codes)),
        Err(_) => Err(codes),
    }
}

/// Compiles a project of one package. `more` are additional nodes of the manifest.
fn one(name: &str, request: &str, more: &str, machine: &str) -> Result<Built, BTreeSet<String>> {
    let target = format!("target \"here\" {{ {machine} }}\n");
    let text = format!("project \"one\"\n{target}{more}\npackages {{ {request} }}\n");
    let (compiled, codes) = compile(&text)?;
    let resolution = &compiled.resolved.targets[0].1;
    let toolkits = stages::toolkits(resolution);
    let chosen = &resolution.chosen;
    let (_, chosen) =
        chosen.iter().find(|(one, _)| one.as_str() == name).expect("a requested package is chosen");
    let dockerfile = compiled.artifacts.iter().find(|(path, _)| path.ends_with("Dockerfile"));
    Ok(Built {
        version: chosen.version.to_string(),
        entry: chosen.entry,
        unproven: codes.contains("jcc::resolve::unproven"),
        dockerfile: dockerfile.map(|(_, text)| text.clone()).expect("a Dockerfile is written"),
        others: compiled
            .artifacts
            .iter()
            .filter(|(path, _)| !path.ends_with("Dockerfile"))
            .fold(String::new(), |all, (_, text)| all + text),
        toolkits,
    })
}

/// Compiles a package on a machine: its default version, then each other version, then each entry that was
/// not chosen yet with the axes that it requires pinned.
fn outcome(name: &str, versions: &[Entry], machine: &str) -> Outcome {
    let newest = match one(name, name, "", machine) {
        Ok(newest) => newest,
        Err(rejected) => return Outcome { rejected, ..Outcome::default() },
    };
    let mut built = vec![newest];
    for (place, entry) in versions.iter().enumerate() {
        if built.iter().any(|built| built.entry == Some(place)) {
            continue;
        }
        let request = format!("{name} \"={}\"", entry.version);
        if built.iter().all(|built| built.version != entry.version) {
            built.extend(one(name, &request, "", machine).ok());
        }
        if !entry.pins.is_empty() && built.iter().all(|built| built.entry != Some(place)) {
            built.extend(one(name, &request, &format!("pin {{ {} }}", entry.pins), machine).ok());
        }
    }
    Outcome { built, ..Outcome::default() }
}

/// A `version` entry of a definition.
struct Entry {
    version: String,
    /// Its requirements of axes that a manifest can pin, as nodes of `pin`.
    pins: String,
}

impl Entry {
    fn new(version: &PackageVersion, axes: &BTreeSet<String>) -> Self {
        let pins = version.requires.iter().filter(|one| axes.contains(one.name.as_str()));
        let pins = pins.fold(String::new(), |all, one| {
            all + &format!("{} \"{}\"; ", one.name.value, one.requirement.value)
        });
        Self { version: version.version.value.to_string(), pins }
    }
}

/// Returns every installable package with its versions, and the indexes of those that must be chosen
/// somewhere.
fn packages() -> Vec<(String, Vec<Entry>, Vec<usize>)> {
    let mut sources = Sources::new();
    let catalog = jcc::internals::builtin::catalog(&mut sources);
    // Axes that are installed. The release is part of the target and is not pinned.
    let axes: BTreeSet<String> = catalog
        .axes()
        .iter()
        .filter(|axis| !axis.install.steps.is_empty())
        .map(|axis| axis.name.value.to_string())
        .collect();
    let mut all: Vec<_> = catalog
        .entries(DefinitionKind::Package)
        .filter(|entry| entry.installable)
        .map(|entry| {
            let package = catalog.package(&entry.name).expect("it is listed");
            let versions = package.versions.iter().map(|one| Entry::new(one, &axes)).collect();
            // Versions of an axis belong to releases, and some versions of packages to a release that is not
            // in the list of machines. `package check` reports whether those can be chosen.
            let entries = if package.axis.is_some() { 0..0 } else { 0..package.versions.len() };
            let of_a_release = |place: &usize| {
                let requires = &package.versions[*place].requires;
                requires.iter().any(|one| ["l4t", "jetpack"].contains(&one.name.as_str()))
            };
            (entry.name.to_string(), versions, entries.filter(|place| !of_a_release(place)).collect())
        })
        .collect();
    all.sort_by(|one, other| one.0.cmp(&other.0));
    all
}

/// Calls `work` for each item on as many threads as there are cores.
fn in_parallel<T: Sync>(items: &[T], work: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    work(item);
                }
            });
        }
    });
}

/// Returns the results of every package, with the machines in the order of `MACHINES`. Computed once for all
/// tests.
fn survey() -> &'static BTreeMap<String, Surveyed> {
    static SURVEY: OnceLock<BTreeMap<String, Surveyed>> = OnceLock::new();
    SURVEY.get_or_init(|| {
        let rows = Mutex::default();
        in_parallel(&packages(), |(name, versions, entries)| {
            let outcomes = MACHINES.iter().map(|machine| outcome(name, versions, machine.target)).collect();
            let row = Surveyed { outcomes, entries: entries.clone() };
            let mut rows: std::sync::MutexGuard<'_, BTreeMap<_, _>> =
                rows.lock().expect("no thread panics while holding it");
            rows.insert(name.clone(), row);
        });
        rows.into_inner().expect("no thread panics while holding it")
    })
}

#[test]
#[ignore = "takes a minute: `tests/run` has it"]
fn every_package_compiles_wherever_it_is_available() {
    let mut faults = Vec::new();
    let mut texts = BTreeMap::new();
    for (name, surveyed) in survey() {
        let mut reached = BTreeSet::new();
        for (machine, outcome) in MACHINES.iter().zip(&surveyed.outcomes) {
            let rejected = outcome.rejected.iter().filter(|code| !code.starts_with("jcc::resolve::"));
            faults.extend(rejected.map(|code| format!("{name} on {}: rejected with {code}", machine.name)));
            for built in &outcome.built {
                reached.extend(built.entry);
                texts.entry(shape(&built.dockerfile)).or_insert((name, machine.name, &built.dockerfile));
            }
        }
        if surveyed.outcomes.iter().all(|outcome| outcome.built.is_empty()) {
            faults.push(format!("{name} is available on none of the machines"));
        }
        for entry in surveyed.entries.iter().filter(|entry| !reached.contains(entry)) {
            faults.push(format!("{name}: `version` entry {} is chosen on none of the machines", entry + 1));
        }
    }
    write_for_linters(texts.into_values());
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// Reduces a Dockerfile to what linters can judge: Dockerfiles that differ only in comments and numbers are
/// equal.
fn shape(dockerfile: &str) -> String {
    let lines = dockerfile.lines().filter(|line| !line.trim_start().starts_with("# "));
    let words = lines.flat_map(|line| line.split_inclusive([' ', '/', '"', '=']).chain(["\n"]));
    words.map(|word| if word.contains(|letter: char| letter.is_ascii_digit()) { "0" } else { word }).collect()
}

/// Writes the Dockerfiles to the folder that `tests/lint/catalogue` reads.
fn write_for_linters<'a>(texts: impl Iterator<Item = (&'a String, &'a str, &'a String)>) {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("catalogue");
    let _ = std::fs::remove_dir_all(&folder);
    for (number, (name, machine, text)) in texts.enumerate() {
        let folder = folder.join(name).join(format!("{machine}-{number}"));
        std::fs::create_dir_all(&folder).expect("the target folder can be written");
        std::fs::write(folder.join("Dockerfile"), text).expect("the target folder can be written");
    }
}
