//! The invariants of ARCHITECTURE.md that can be read off the source.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The passes, in order: a folder uses folders before it alone.
const RANKS: [&str; 12] = [
    "source",
    "diagnostic",
    "world",
    "value",
    "syntax",
    "manifest",
    "catalog",
    "check",
    "resolve",
    "plan",
    "render",
    "cli",
];

/// Crates and the folders that may name them.
const ROOMS: [(&str, &[&str]); 9] = [
    ("kdl", &["syntax"]),
    ("miette", &["diagnostic"]),
    ("pubgrub", &["resolve"]),
    ("petgraph", &["plan"]),
    ("minijinja", &["catalog", "render"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("serde_saphyr", &["render"]),
    ("rustix", &["world"]),
];

/// The longest that a file and a function may be, in lines.
const FILE: usize = 400;

struct SourceFile {
    /// `resolve/model/build.rs`.
    path: String,
    text: String,
}

impl SourceFile {
    fn folder(&self) -> &str {
        self.path.split_once('/').map_or("", |(folder, _)| folder)
    }

    fn is_test(&self) -> bool {
        self.path.contains("/tests") || self.path.ends_with("_tests.rs") || self.path.ends_with("testing.rs")
    }

    /// The lines of code, without comments and without the tests at the end.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..)
            .zip(self.text.lines())
            .take_while(|(_, line)| *line != "#[cfg(test)]" || !self.text.contains("\nmod tests {"))
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
    }
}

fn sources() -> Vec<SourceFile> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    collect(&root, &root, &mut all);
    all.sort_by(|one, other| one.path.cmp(&other.path));
    all
}

fn collect(root: &Path, folder: &Path, all: &mut Vec<SourceFile>) {
    for entry in std::fs::read_dir(folder).expect("src is there") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(root, &path, all);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).expect("a source file is text");
            let name = path.strip_prefix(root).expect("it lies below").to_string_lossy().replace('\\', "/");
            all.push(SourceFile { path: name, text });
        }
    }
}

fn none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// The words that follow `crate::` in a line.
fn used(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices("crate::").flat_map(move |(at, found)| {
        let rest = &line[at + found.len()..];
        let list = rest.strip_prefix('{').and_then(|rest| rest.split('}').next());
        let words: Vec<&str> = match list {
            Some(list) => list.split(',').collect(),
            None => vec![rest],
        };
        words
            .into_iter()
            .map(|word| word.trim().split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or(""))
    })
}

#[test]
fn a_folder_uses_folders_of_lower_rank_alone() {
    let rank = |folder: &str| RANKS.iter().position(|one| *one == folder);
    let mut faults = Vec::new();
    for file in sources().iter().filter(|file| !file.is_test()) {
        let Some(own) = rank(file.folder()) else { continue };
        for (number, line) in file.code() {
            for word in used(line) {
                if rank(word).is_some_and(|other| other > own) {
                    faults.push(format!("src/{}:{number} uses `{word}`, which comes later", file.path));
                }
            }
        }
    }
    none(&faults);
}

#[test]
fn every_folder_has_a_rank() {
    let folders: BTreeSet<String> = sources()
        .iter()
        .filter(|file| !file.folder().is_empty())
        .map(|file| file.folder().to_owned())
        .collect();
    let ranked: BTreeSet<String> = RANKS.iter().map(|one| (*one).to_owned()).collect();
    assert!(folders.is_subset(&ranked), "{folders:?} has one without a rank");
}

#[test]
fn a_crate_has_one_room() {
    let mut faults = Vec::new();
    for file in &sources() {
        for (name, rooms) in ROOMS {
            if rooms.contains(&file.folder()) {
                continue;
            }
            for (number, line) in file.code() {
                if line.contains(&format!("{name}::")) {
                    faults
                        .push(format!("src/{}:{number} names `{name}`, whose room is {rooms:?}", file.path));
                }
            }
        }
    }
    none(&faults);
}

#[test]
fn miette_is_named_in_one_file() {
    let files: Vec<String> = sources()
        .into_iter()
        .filter(|file| file.code().any(|(_, line)| line.contains("miette")))
        .map(|file| file.path)
        .collect();
    assert_eq!(files, ["diagnostic/render/human.rs"]);
}

#[test]
fn files_are_short() {
    let faults: Vec<String> = sources()
        .iter()
        .filter(|file| file.text.lines().count() > FILE)
        .map(|file| format!("src/{} has {} lines", file.path, file.text.lines().count()))
        .collect();
    none(&faults);
}

/// The names that the catalogue gives to packages, platforms, devices, bases and indexes.
fn catalogue_names() -> BTreeSet<String> {
    let mut sources = jcc::source::Sources::new();
    let catalog = jcc::catalog::Catalog::builtin(&mut sources);
    let kinds = [
        jcc::catalog::DefinitionKind::Package,
        jcc::catalog::DefinitionKind::Platform,
        jcc::catalog::DefinitionKind::Device,
        jcc::catalog::DefinitionKind::Base,
        jcc::catalog::DefinitionKind::Index,
    ];
    kinds
        .into_iter()
        .flat_map(|kind| catalog.entries(kind).map(|entry| entry.name.clone()).collect::<Vec<_>>())
        .collect()
}

#[test]
fn no_name_of_the_catalogue_is_in_code() {
    // Words of the language itself: axes that a target or a manifest names, installers, and tools that steps are named
    // after.
    let language: BTreeSet<&str> = [
        "python", "ubuntu", "debian", "cuda", "l4t", "jetpack", "driver", "docker", "uv", "cmake", "pip",
        "cudnn", "tensorrt", "vpi", // What engines call their GPU runtime and device driver.
        "nvidia",
    ]
    .into();
    let names: Vec<String> =
        catalogue_names().into_iter().filter(|name| !language.contains(name.as_str())).collect();
    let mut faults = Vec::new();
    for file in sources().iter().filter(|file| !file.is_test()) {
        for (number, line) in file.code() {
            for name in &names {
                if line.contains(&format!("\"{name}\"")) {
                    faults.push(format!("src/{}:{number} names `{name}`, which is data", file.path));
                }
            }
        }
    }
    none(&faults);
}

#[test]
fn the_library_does_not_look_around() {
    let mut faults: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for file in sources().iter().filter(|file| !file.is_test() && file.path != "main.rs") {
        for (number, line) in file.code() {
            let looks =
                ["std::env::", "SystemTime", "Instant::now", "println!", "eprintln!", "process::exit"];
            let reads = ["std::fs::", "fs::read", "fs::write"];
            let beside = file.folder() != "world" && reads.iter().any(|word| line.contains(word));
            if looks.iter().any(|word| line.contains(word)) || beside {
                faults.entry(file.path.clone()).or_default().push(number);
            }
        }
    }
    assert!(faults.is_empty(), "{faults:?}");
}

/// ARCHITECTURE.md names the test that holds each rule: by its function, or by its file.
#[test]
fn what_holds_a_rule_is_there() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("ARCHITECTURE.md")).expect("it is there");
    let mut all = Vec::new();
    collect(&root.join("src"), &root.join("src"), &mut all);
    collect(&root.join("tests"), &root.join("tests"), &mut all);
    let (_, rules) = page.split_once("## Invariants").expect("it lists them");
    let mut faults = Vec::new();
    for word in rules.split('`').skip(1).step_by(2) {
        let function = word.contains('_') && word.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        let file = word.starts_with("tests/") || word.starts_with("src/");
        let is_there = if function {
            all.iter().any(|file| file.text.contains(&format!("fn {word}(")))
        } else {
            let path = word.split(' ').next().unwrap_or_default();
            !file || root.join(path).exists()
        };
        if !is_there {
            faults.push(format!("ARCHITECTURE.md names `{word}`, which is not there"));
        }
    }
    none(&faults);
}
