//! The page of every code: its form, and that its examples do as they say.
//!
//! A page of `manifest`, `syntax`, `check` or `resolve` shows whole manifests; they are read beside the files of the
//! refused cases, and what belongs to another area than the page does not count.

use jcc::internals::diagnostic::codes::{self, CodeEntry};

use crate::support::whole;

/// Codes whose fault no text of a page can show: the system must refuse to read, the bytes must be no UTF-8, the file
/// must be huge, a lock or a
/// file of digests must be there, the
/// catalogue must lack a base, or a fault must be found without its own code.
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
];

/// The areas whose pages show whole manifests.
const SHOWN: &[&str] = &["jcc::manifest::", "jcc::syntax::", "jcc::check::", "jcc::resolve::"];

/// The block of code after a heading.
fn example<'a>(page: &'a str, heading: &str) -> Option<&'a str> {
    let after = page.split_once(&format!("\n{heading}\n\n```kdl\n"))?.1;
    Some(after.split_once("```")?.0)
}

/// The codes that a manifest yields.
fn codes_of(text: &str) -> Vec<&'static str> {
    let ran = whole::run("project.kdl", text);
    ran.log.sorted().into_iter().map(|one| one.code.as_str()).collect()
}

/// What is wrong with a page, if anything.
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
