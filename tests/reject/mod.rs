//! Manifests that must be rejected: `tests/cases/reject/CODE-slug.kdl`.
//!
//! A comment on the line of each expected diagnostic names it: `//~ ERROR manifest::unknown-node`. Several
//! are separated by commas; requirements files use `#~`. A case fails on any other diagnostic.
//! `CODE-slug.report` has the report as users see it. The files of `tests/cases/reject/files` are next to the
//! manifest of every case.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use jcc::internals::diagnostic::{Diagnostic, Severity};

use crate::support::whole::{Ran, run};
use crate::support::{self, report};

/// Diagnostics such as `project.kdl:3 ERROR manifest::unknown-node`, with how often each occurs.
type Notes = BTreeMap<String, usize>;

fn note(notes: &mut Notes, file: &str, line: usize, what: &str) {
    *notes.entry(format!("{file}:{line} {what}")).or_default() += 1;
}

/// Collects the expected diagnostics from the comments in all source texts that were read.
fn expected(name: &str, text: &str, ran: &Ran) -> Notes {
    let mut notes = Notes::new();
    let read = ran.sources.iter().map(|source| (source.name, source.text));
    let files: BTreeMap<&str, &str> = read.chain([(name, text)]).collect();
    for (file, text) in files {
        for (at, line) in text.lines().enumerate() {
            let Some((_, wanted)) = line.split_once("//~ ").or_else(|| line.split_once("#~ ")) else {
                continue;
            };
            for what in wanted.split(',') {
                note(&mut notes, file, at + 1, what.trim());
            }
        }
    }
    notes
}

/// Collects the diagnostics that were reported.
fn reported(name: &str, ran: &Ran) -> Notes {
    let mut notes = Notes::new();
    for one in ran.log.sorted() {
        let (file, line) = one
            .primary()
            .map_or((name, 1), |span| (ran.sources.get(span.source).name, ran.sources.start(span).line));
        let severity = match one.severity {
            Severity::Error => "ERROR",
            Severity::Warning => "WARNING",
            Severity::Note => "NOTE",
        };
        note(
            &mut notes,
            file,
            line,
            &format!("{severity} {}", one.code.as_str().trim_start_matches("jcc::")),
        );
    }
    notes
}

fn cases() -> Vec<(String, String)> {
    let folder = support::repository("tests/cases/reject");
    let mut cases = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder of cases exists") {
        let path = entry.expect("it can be listed").path();
        if path.extension().is_some_and(|extension| extension == "kdl") {
            let name = path.file_name().expect("it has a name").to_str().expect("it is UTF-8").to_owned();
            cases.push((name, fs::read_to_string(&path).expect("it can be read")));
        }
    }
    cases.sort();
    cases
}

#[test]
fn every_case_yields_its_annotated_diagnostics() {
    let mut wrong = String::new();
    for (name, text) in cases() {
        let ran = run(&name, &text);
        let (expected, reported) = (expected(&name, &text, &ran), reported(&name, &ran));
        for (what, times) in &expected {
            if reported.get(what) != Some(times) {
                wrong += &format!("not reported: {what}\n");
            }
        }
        for (what, times) in &reported {
            if expected.get(what) != Some(times) {
                wrong += &format!("unexpected: {what} ({times})\n");
            }
        }
        let named = |what: &String| what.rsplit("::").next().is_some_and(|code| name.starts_with(code));
        if !reported.keys().any(named) {
            wrong += &format!("{name}: the code in the file name is not reported\n");
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn every_report_matches_the_recorded_one() {
    let mut stale = Vec::new();
    for (name, text) in cases() {
        let ran = run(&name, &text);
        let reports: Vec<&Diagnostic> = ran.log.sorted();
        let report = report(&reports, &ran.sources);
        let path = support::repository("tests/cases/reject").join(name.replace(".kdl", ".report"));
        if !matches(&path, &report) {
            stale.push(name);
        }
    }
    assert!(stale.is_empty(), "reports that changed (JCC_BLESS=1 writes them): {stale:?}");
}

/// Returns the code and the message of each diagnostic.
fn codes_and_messages(ran: &Ran) -> Vec<(String, String)> {
    let all = ran.log.sorted();
    all.into_iter().map(|one| (one.code.as_str().to_owned(), one.message.clone())).collect()
}

#[test]
fn every_fix_removes_its_diagnostic() {
    let mut dead = String::new();
    let mut tried = 0;
    for (name, text) in cases() {
        let ran = run(&name, &text);
        let before = codes_and_messages(&ran);
        for one in ran.log.sorted() {
            let Some(fix) = &one.fix else { continue };
            if ran.sources.get(fix.span.source).name != name {
                continue;
            }
            tried += 1;
            let range = fix.span.range();
            let fixed = format!("{}{}{}", &text[..range.start], fix.replacement, &text[range.end..]);
            let same = |all: &[(String, String)]| {
                all.iter()
                    .filter(|(code, message)| *code == one.code.as_str() && *message == one.message)
                    .count()
            };
            if same(&codes_and_messages(&run(&name, &fixed))) >= same(&before) {
                dead += &format!("{name}: {} is still reported with {:?}\n", one.message, fix.replacement);
            }
        }
    }
    assert!(tried > 50, "{tried}");
    assert!(dead.is_empty(), "\n{dead}");
}

#[test]
fn suggestions_differ_from_the_original_text() {
    let mut same = String::new();
    for (name, text) in cases() {
        let ran = run(&name, &text);
        for one in ran.log.sorted() {
            let Some(span) = one.primary() else { continue };
            let written = &ran.sources.get(span.source).text[span.range()];
            let bare = written.trim_matches('"');
            let suggests_it = |help: &&String| {
                let (_, names) = help.split_once("did you mean ").unwrap_or_default();
                names.split('`').skip(1).step_by(2).any(|name| name == bare || name == written)
            };
            let fixed = one.fix.as_ref().is_some_and(|fix| {
                ran.sources.get(fix.span.source).text[fix.span.range()] == *fix.replacement
            });
            if fixed || one.help.iter().any(|help| suggests_it(&help)) {
                same += &format!("{name}: {}: {:?}\n", one.message, one.help);
            }
        }
    }
    assert!(same.is_empty(), "\n{same}");
}

/// Returns whether the file has this text. Writes it first when blessing.
fn matches(path: &Path, text: &str) -> bool {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return true;
    }
    support::bless() && fs::write(path, text).is_ok()
}
