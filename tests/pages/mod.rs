//! The page of every diagnostic: its form, and whether its wrong example yields the diagnostic and its right
//! one does not.
//!
//! Pages of `manifest`, `syntax`, `check` and `resolve` show whole manifests. They run next to the files of
//! `tests/cases/reject/files`. The right example may yield diagnostics of other areas than the page's.

use jcc::internals::diagnostic::codes::{self, CodeEntry};

use crate::support::whole;

/// Codes that no manifest on a page can yield. They need a file that cannot be read, invalid UTF-8, a huge
/// file, a lock, a file of digests, a catalogue without base images, or an error that no other code covers.
const NOT_SHOWN: &[&str] = &[
    "jcc::manifest::unreadable-file",
    "jcc::syntax::wrong-encoding",
    "jcc::syntax::too-large",
    "jcc::syntax::invalid-kdl",
    "jcc::manifest::extends-depth",
    "jcc::resolve::no-base",
    "jcc::resolve::unknown-target",
    "jcc::resolve::work-limit",
    "jcc::resolve::unproven",
    "jcc::resolve::damaged-lock",
    "jcc::resolve::conflicted-lock",
    "jcc::resolve::newer-lock",
    "jcc::resolve::lock-gone",
    "jcc::resolve::not-inspected",
    "jcc::resolve::unused-digest",
    "jcc::resolve::fixed-digest",
    "jcc::resolve::lock-would-change",
    "jcc::resolve::lock-failed",
    "jcc::resolve::missing-tool",
];

/// The areas whose pages show whole manifests.
const SHOWN: &[&str] = &["jcc::manifest::", "jcc::syntax::", "jcc::check::", "jcc::resolve::"];

/// Returns the block of code after a heading.
fn example<'a>(page: &'a str, heading: &str) -> Option<&'a str> {
    let after = page.split_once(&format!("\n{heading}\n\n```kdl\n"))?.1;
    Some(after.split_once("```")?.0)
}

/// Returns the codes that a manifest yields.
fn codes_of(text: &str) -> Vec<&'static str> {
    let ran = whole::run("project.kdl", text);
    ran.log.sorted().into_iter().map(|one| one.code.as_str()).collect()
}

/// Returns what is wrong with a page.
fn faults(entry: &CodeEntry) -> Vec<String> {
    let code = entry.code.as_str();
    let mut faults = Vec::new();
    if !entry.page.starts_with("# ") {
        faults.push(format!("{code}: no title"));
    }
    let Some(area) = SHOWN.iter().find(|area| code.starts_with(**area)) else { return faults };
    if NOT_SHOWN.contains(&code) {
        return faults;
    }
    let (Some(wrong), Some(right)) = (example(entry.page, "## Wrong"), example(entry.page, "## Right"))
    else {
        return vec![format!("{code}: no example")];
    };
    let (wrong, mut right) = (codes_of(wrong), codes_of(right));
    right.retain(|other| other.starts_with(area));
    if !wrong.contains(&code) {
        faults.push(format!("{code}: the wrong example yields {wrong:?}"));
    }
    if !right.is_empty() {
        faults.push(format!("{code}: the right example yields {right:?}"));
    }
    faults
}

#[test]
fn every_code_has_a_page_with_true_examples() {
    let faults: Vec<String> = codes::all().flat_map(|entry| faults(&entry)).collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn codes_are_unique() {
    let mut all: Vec<&str> = codes::all().map(|entry| entry.code.as_str()).collect();
    all.sort_unstable();
    let twice: Vec<_> = all.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
    assert!(twice.is_empty(), "{twice:?}");
}
