//! Commands print what the book shows. `JCC_BLESS=1` updates the pages.
//!
//! A comment above a block names the command: `<!-- jcc why cudnn -->`. It can name a manifest too, as in
//! `<!-- tests/book/manifests/cuda.kdl: jcc resolve -->`; the default is the last KDL block above it. ` |
//! cut` at the end of the command truncates long lines.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support;

use super::pages;

/// The number of columns that `cut` keeps.
const COLUMNS: usize = 110;

/// A command of a page and its output there.
struct ShownCommand<'p> {
    /// As the comment names it.
    command: &'p str,
    /// The text of the manifest.
    manifest: String,
    /// The output that the page shows.
    text: &'p str,
}

fn commands(page: &str) -> Vec<ShownCommand<'_>> {
    let mut all = Vec::new();
    for (at, _) in page.match_indices("\n<!-- ") {
        let (comment, after) = page[at + 6..].split_once(" -->\n").expect("a comment ends");
        let Some((file, command)) = comment.split_once("jcc ") else { continue };
        let block = after.split_once("```").and_then(|(_, block)| block.split_once('\n'));
        let text = block.and_then(|(_, block)| block.split_once("```")).expect("a block follows").0;
        let manifest = match file.strip_suffix(": ") {
            Some(file) => fs::read_to_string(support::repository(file)).expect("the manifest exists"),
            None => last_manifest(&page[..at]).to_owned(),
        };
        all.push(ShownCommand { command, manifest, text });
    }
    all
}

fn last_manifest(before: &str) -> &str {
    let block = before.rsplit_once("\n```kdl\n").map(|(_, block)| block);
    block.and_then(|block| block.split_once("```")).expect("the page shows a manifest above it").0
}

/// Runs a command and returns what it prints to stdout and stderr.
fn printed(one: &ShownCommand<'_>, folder: &Path) -> String {
    fs::write(folder.join("project.kdl"), &one.manifest).expect("it can be written");
    let (command, cut) = match one.command.strip_suffix(" | cut") {
        Some(command) => (command, COLUMNS),
        None => (one.command, usize::MAX),
    };
    let ran = Command::new(env!("CARGO_BIN_EXE_jcc"))
        .args(command.split(' '))
        .current_dir(folder)
        .env_remove("COLUMNS")
        .output()
        .expect("it can be run");
    let text = [ran.stdout, ran.stderr].concat();
    let text = String::from_utf8(text).expect("it is UTF-8");
    let lines = text.trim_end().lines().map(|line| {
        let line: String = line.chars().take(cut).collect();
        format!("{}\n", line.trim_end())
    });
    lines.collect()
}

#[test]
fn commands_print_what_the_book_shows() {
    let folder = tempfile::tempdir().expect("the folder is writable");
    let files = support::repository("tests/book/files");
    for entry in walkdir::WalkDir::new(&files).into_iter().map(|entry| entry.expect("it can be listed")) {
        let to = folder.path().join(entry.path().strip_prefix(&files).expect("it is below the root"));
        if entry.file_type().is_dir() {
            fs::create_dir_all(to).expect("the folder is writable");
        } else {
            fs::copy(entry.path(), to).expect("the folder is writable");
        }
    }
    let mut stale = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).expect("a page is text");
        let mut new = text.clone();
        for one in commands(&text) {
            let printed = printed(&one, folder.path());
            if printed != one.text {
                stale.push(format!("{}: jcc {} prints\n{printed}", page.display(), one.command));
                new = new.replacen(one.text, &printed, 1);
            }
        }
        if support::bless() && new != text {
            fs::write(&page, new).expect("it can be written");
        }
    }
    let stale = if support::bless() { Vec::new() } else { stale };
    assert!(stale.is_empty(), "JCC_BLESS=1 cargo test book updates the pages\n{}", stale.join("\n"));
}
