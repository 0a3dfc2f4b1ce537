//! Checks the rules of the generated files that ARCHITECTURE.md lists, for every example.

mod bump;
mod compose;
mod dockerfile;
mod local;
mod merges;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use jcc::Input;
use jcc::internals::diagnostic::Log;
use jcc::internals::source::Sources;

use crate::support::{self, folder::Folder, report};

/// An example in memory, with its lock.
struct Example {
    name: String,
    folder: Folder,
}

/// Loads every example.
fn examples() -> Vec<Example> {
    let all = std::fs::read_dir(support::repository("examples")).expect("examples/ exists");
    let mut all: Vec<Example> = all
        .map(|entry| entry.expect("it can be listed"))
        .filter(|entry| entry.path().join("project.kdl").is_file())
        .map(|entry| Example {
            name: entry.file_name().to_string_lossy().into_owned(),
            folder: Folder::read(&entry.path()),
        })
        .collect();
    all.sort_by(|one, other| one.name.cmp(&other.name));
    assert!(all.len() >= 7, "{} examples", all.len());
    all
}

impl Example {
    /// Compiles the example. Returns the generated files and the lock by path, or the report.
    fn compile(&self) -> Result<BTreeMap<String, String>, String> {
        let (mut sources, mut log) = (Sources::new(), Log::new());
        let input = Input { fs: &self.folder, manifest: "project.kdl", target: None, lock: "jcc.lock" };
        match jcc::compile(input, &mut sources, &mut log) {
            Ok(compiled) => {
                let lock = compiled.resolved.lock.write(jcc::VERSION);
                Ok(compiled.artifacts.into_iter().chain([("jcc.lock".to_owned(), lock)]).collect())
            }
            Err(_) => Err(format!("{}:\n{}", self.name, report(&log.sorted(), &sources))),
        }
    }

    /// Compiles an example that must be accepted.
    fn compiled(&self) -> BTreeMap<String, String> {
        self.compile().unwrap_or_else(|report| panic!("{report}"))
    }

    /// Fails with the diagnostics of a compile, warnings included.
    fn reported(&self) -> Result<(), String> {
        let (mut sources, mut log) = (Sources::new(), Log::new());
        let input = Input { fs: &self.folder, manifest: "project.kdl", target: None, lock: "jcc.lock" };
        let _ = jcc::compile(input, &mut sources, &mut log);
        let reports: Vec<String> = log
            .sorted()
            .iter()
            .map(|one| format!("{:?} {}: {}", one.severity, one.code, one.message))
            .collect();
        if reports.is_empty() { Ok(()) } else { Err(reports.join("\n")) }
    }

    /// Returns the text of a file.
    fn read(&self, path: &str) -> String {
        String::from_utf8(self.folder.0.files()[path].clone()).expect("it is text")
    }

    /// Replaces a file.
    fn write(&self, path: &str, text: &str) {
        self.folder.0.put(path, text.to_owned());
    }
}

/// Returns path and text of every Dockerfile of every example, except those of the cache services.
fn dockerfiles() -> Vec<(String, String)> {
    let all = outputs("Dockerfile").into_iter();
    all.filter(|(name, _)| !name.contains("/.jcc/")).collect()
}

/// Returns path and text of every generated file of this name in every example.
fn outputs(name: &str) -> Vec<(String, String)> {
    static ALL: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let of = |example: Example| {
            let files = example.compiled().into_iter();
            files.map(move |(path, text)| (format!("{}/{path}", example.name), text))
        };
        examples().into_iter().flat_map(of).collect()
    });
    let named = all.iter().filter(|(path, _)| path.rsplit('/').next() == Some(name));
    named.map(|(path, text)| (path.clone(), text.clone())).collect()
}
