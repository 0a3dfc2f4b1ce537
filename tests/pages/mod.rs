//! The page of every code: its form, and that its examples do as they say.
//!
//! A page of `manifest` or `syntax` shows whole manifests; they are loaded beside the files of the refused cases.

use jcc::diagnostic::Log;
use jcc::diagnostic::codes::{self, Entry};
use jcc::manifest;
use jcc::source::Sources;

use crate::support::{self, folder::Folder};

/// Codes whose fault no text of a page can show: the system must refuse to read, the bytes must be no UTF-8, the file
/// must be huge, or a fault must be found that has no code of its own.
const NOT_SHOWN: &[&str] = &[
    "jcc::manifest::unreadable-file",
    "jcc::syntax::wrong-encoding",
    "jcc::syntax::too-large",
    "jcc::syntax::invalid-kdl",
];

/// The block of code after a heading.
fn example<'a>(page: &'a str, heading: &str) -> Option<&'a str> {
    let after = page.split_once(&format!("\n{heading}\n\n```kdl\n"))?.1;
    Some(after.split_once("```")?.0)
}

/// The codes that a manifest yields.
fn codes_of(text: &str) -> Vec<&'static str> {
    let folder = Folder::read(&support::repository("tests/cases/reject/files"));
    folder.0.put("project.kdl", text);
    let (mut sources, mut log) = (Sources::new(), Log::new());
    if let Ok(manifest) = manifest::load(&folder, "project.kdl", &folder, &mut sources, &mut log) {
        let _ = manifest.projects(&mut log);
    }
    log.sorted().into_iter().map(|one| one.code.as_str()).collect()
}

/// What is wrong with a page, if anything.
fn faults(entry: &Entry) -> Vec<String> {
    let code = entry.code.as_str();
    let mut faults = Vec::new();
    if !entry.page.starts_with("# ") {
        faults.push(format!("{code}: no title"));
    }
    if !["jcc::manifest::", "jcc::syntax::"].iter().any(|area| code.starts_with(area)) {
        return faults;
    }
    let (Some(wrong), Some(right)) = (example(entry.page, "## Wrong"), example(entry.page, "## Right"))
    else {
        return vec![format!("{code}: no example")];
    };
    if NOT_SHOWN.contains(&code) {
        return faults;
    }
    let (wrong, right) = (codes_of(wrong), codes_of(right));
    if !wrong.contains(&code) {
        faults.push(format!("{code}: the wrong example yields {wrong:?}"));
    }
    if !right.is_empty() {
        faults.push(format!("{code}: the right example yields {right:?}"));
    }
    faults
}

#[test]
fn every_code_has_a_page_that_does_as_it_says() {
    let faults: Vec<String> = codes::all().flat_map(|entry| faults(&entry)).collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn every_code_is_one_of_a_kind() {
    let mut all: Vec<&str> = codes::all().map(|entry| entry.code.as_str()).collect();
    all.sort_unstable();
    let twice: Vec<_> = all.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
    assert!(twice.is_empty(), "{twice:?}");
}
