//! Every package on every kind of machine: it compiles there, or is refused with a reason; and every entry of its
//! versions is available somewhere.
//!
//! The Dockerfiles that come of it are left under the target folder, each text once, for `tests/lint/catalogue`.

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

use jcc::internals::catalog::{Catalog, DefinitionKind, PackageVersion};
use jcc::internals::diagnostic::{Log, Severity};
use jcc::internals::fs::Memory;
use jcc::internals::source::Sources;
use jcc::{Compiled, Input};

use machines::MACHINES;

/// What became of a package on every machine.
struct Surveyed {
    outcomes: Vec<Outcome>,
    /// The entries of its versions, by their place, that must be chosen somewhere.
    entries: Vec<usize>,
}

/// What became of a package on a machine.
#[derive(Default)]
struct Outcome {
    /// The newest first, then its other versions.
    built: Vec<Built>,
    /// Codes of errors where nothing was built.
    refused: BTreeSet<String>,
}

/// One version of a package, compiled.
struct Built {
    version: String,
    /// The place of the version in its definition.
    entry: Option<usize>,
    unproven: bool,
    dockerfile: String,
    /// Every other generated file.
    others: String,
    /// Of each package that is built from source what its build compiles against.
    toolkits: BTreeMap<String, BTreeSet<String>>,
}

/// Compiles a manifest that stands alone; the codes of its warnings with it, or those of its errors.
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

/// Compiles a project of one package, with further nodes of a manifest.
fn one(name: &str, request: &str, more: &str, machine: &str) -> Result<Built, BTreeSet<String>> {
    let target = format!("target \"here\" {{ {machine} }}\n");
    let text = format!("project \"one\"\n{target}{more}\npackages {{ {request} }}\n");
    let (compiled, codes) = compile(&text)?;
    let resolution = &compiled.resolved.targets[0].1;
    let toolkits = stages::toolkits(resolution);
    let chosen = &resolution.chosen;
    let (_, chosen) =
        chosen.iter().find(|(one, _)| one.as_str() == name).expect("what is asked for is chosen");
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

/// A package on a machine: the newest, then each other version by itself, then with what it requires of the toolkit pinned
/// each entry that the others hide.
fn outcome(name: &str, versions: &[Entry], machine: &str) -> Outcome {
    let newest = match one(name, name, "", machine) {
        Ok(newest) => newest,
        Err(refused) => return Outcome { refused, ..Outcome::default() },
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

/// One entry of a definition's versions.
struct Entry {
    version: String,
    /// What it requires of axes that a manifest may pin, as a manifest writes it.
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

/// Every installable package with its versions, and which entries of them must be chosen somewhere.
fn packages() -> Vec<(String, Vec<Entry>, Vec<usize>)> {
    let mut sources = Sources::new();
    let catalog = Catalog::builtin(&mut sources);
    // Of the axes those that are installed: a release is the target's own.
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
            // Of an axis each release has its own, and some packages have one for a release that is not in the list of
            // machines: whether those can be reached is found by `package check`.
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

/// What became of every package, machine by machine in the order of the list; made once for all tests.
fn survey() -> &'static BTreeMap<String, Surveyed> {
    static SURVEY: OnceLock<BTreeMap<String, Surveyed>> = OnceLock::new();
    SURVEY.get_or_init(|| {
        let rows = Mutex::default();
        in_parallel(&packages(), |(name, versions, entries)| {
            let outcomes = MACHINES.iter().map(|machine| outcome(name, versions, machine.target)).collect();
            let row = Surveyed { outcomes, entries: entries.clone() };
            let mut rows: std::sync::MutexGuard<'_, BTreeMap<_, _>> =
                rows.lock().expect("no one panics with it");
            rows.insert(name.clone(), row);
        });
        rows.into_inner().expect("no one panics with it")
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
            let refused = outcome.refused.iter().filter(|code| !code.starts_with("jcc::resolve::"));
            faults.extend(refused.map(|code| format!("{name} on {}: refused with {code}", machine.name)));
            for built in &outcome.built {
                reached.extend(built.entry);
                texts.entry(shape(&built.dockerfile)).or_insert((name, machine.name, &built.dockerfile));
            }
        }
        if surveyed.outcomes.iter().all(|outcome| outcome.built.is_empty()) {
            faults.push(format!("{name}: is available on none of the machines"));
        }
        for entry in surveyed.entries.iter().filter(|entry| !reached.contains(entry)) {
            faults.push(format!(
                "{name}: entry {} of its versions is chosen on none of the machines",
                entry + 1
            ));
        }
    }
    leave(texts.into_values());
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// A Dockerfile without its comments and numbers: linters find nothing new in one that differs in these alone.
fn shape(dockerfile: &str) -> String {
    let lines = dockerfile.lines().filter(|line| !line.trim_start().starts_with("# "));
    let words = lines.flat_map(|line| line.split_inclusive([' ', '/', '"', '=']).chain(["\n"]));
    words.map(|word| if word.contains(|letter: char| letter.is_ascii_digit()) { "0" } else { word }).collect()
}

/// Writes the Dockerfiles where the linters find them.
fn leave<'a>(texts: impl Iterator<Item = (&'a String, &'a str, &'a String)>) {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("catalogue");
    let _ = std::fs::remove_dir_all(&folder);
    for (number, (name, machine, text)) in texts.enumerate() {
        let folder = folder.join(name).join(format!("{machine}-{number}"));
        std::fs::create_dir_all(&folder).expect("the target folder can be written");
        std::fs::write(folder.join("Dockerfile"), text).expect("the target folder can be written");
    }
}
