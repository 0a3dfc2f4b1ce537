//! The book: every manifest and definition in it compiles, its links resolve, and its outputs and its picture
//! are real.
//!
//! A KDL block with `project` is a manifest, one with `package` a definition. Any other block is part of a
//! manifest and is completed. The only files next to it are those of `tests/book/files` that the paragraph
//! above it names as "next to the manifest". `tests/docs` checks the generated pages.

mod picture;
mod runs;

use std::fs;
use std::path::PathBuf;

use jcc::Input;
use jcc::internals::diagnostic::{Log, Severity};
use jcc::internals::source::Sources;

use crate::support::{self, folder::Folder, report};

/// Generated pages, which other tests check.
const GENERATED: &[&str] = &["definitions.md", "errors.md", "manifest.md", "table.md"];
/// The nodes that complete a part of a manifest.
const PROJECT: &str = "project \"demo\"\n";
const TARGET: &str = "target { device \"jetson-agx-orin\"; jetpack \"6.2\" }\n";

/// A KDL block and its location.
struct Block {
    place: String,
    text: String,
    /// The files that the paragraph above it names.
    files: Vec<String>,
}

impl Block {
    fn has(&self, node: &str) -> bool {
        self.text.lines().any(|line| line.split(' ').next() == Some(node))
    }

    /// Completes the block to a whole manifest.
    fn manifest(&self) -> String {
        match (self.has("project"), self.has("target")) {
            (true, _) => self.text.clone(),
            (false, true) => format!("{PROJECT}{}", self.text),
            (false, false) => format!("{PROJECT}{TARGET}{}", self.text),
        }
    }
}

fn pages() -> Vec<PathBuf> {
    let listed = fs::read_dir(support::repository("docs")).expect("docs/ exists");
    let mut pages: Vec<PathBuf> = listed.map(|entry| entry.expect("it can be listed").path()).collect();
    pages.retain(|page| page.extension().is_some_and(|extension| extension == "md"));
    pages.retain(|page| !GENERATED.iter().any(|name| page.ends_with(name)));
    pages
        .extend(["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(support::repository));
    pages.sort();
    pages
}

fn blocks() -> Vec<Block> {
    let mut blocks = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).expect("a page is text");
        let name = page.file_name().expect("it has a name").to_string_lossy().into_owned();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once("\n```kdl\n") {
            let line = text.len() - rest.len() + before.len();
            let place = format!("{name}:{}", text[..line].lines().count() + 2);
            let (block, rest_of_page) = after.split_once("\n```").expect("a block ends");
            let text = format!("{block}\n");
            blocks.push(Block { place, text, files: files(before) });
            rest = rest_of_page;
        }
    }
    blocks
}

/// Returns the files that the last paragraph of a text names as next to the manifest.
fn files(before: &str) -> Vec<String> {
    let paragraph = before.trim_end().rsplit("\n\n").next().unwrap_or_default();
    if !paragraph.contains("next to the manifest") {
        return Vec::new();
    }
    let words = paragraph.split('`').skip(1).step_by(2);
    words.filter(|word| word.contains('.')).map(str::to_owned).collect()
}

/// Creates a folder with only the files that a block names.
fn folder(block: &Block) -> Folder {
    let folder = Folder(jcc::internals::fs::Memory::new());
    for file in &block.files {
        let path = support::repository("tests/book/files").join(file);
        folder.0.put(file, fs::read(&path).unwrap_or_else(|_| panic!("{}: no {file}", block.place)));
    }
    folder
}

/// Compiles a manifest of the book. Returns the report of its errors.
fn manifest(block: &Block) -> Option<String> {
    let folder = folder(block);
    folder.0.put("project.kdl", block.manifest());
    let (mut sources, mut log) = (Sources::new(), Log::new());
    let input = Input { fs: &folder, manifest: "project.kdl", target: None, lock: "jcc.lock" };
    let compiled = jcc::compile(input, &mut sources, &mut log);
    compiled.is_err().then(|| report(&log.sorted(), &sources))
}

/// Compiles a project that uses a definition of the book. Returns the report if there is anything worse than
/// a note.
fn definition(block: &Block) -> Option<String> {
    let name = block.text.split('"').nth(1).expect("a package has a name");
    let folder = folder(block);
    folder.0.put(&format!("team/extras/{name}/package.kdl"), block.text.clone());
    folder.0.put("project.kdl", format!("{PROJECT}{TARGET}catalog \"team\"\npackages {{ {name} }}\n"));
    let (mut sources, mut log) = (Sources::new(), Log::new());
    let input = Input { fs: &folder, manifest: "project.kdl", target: None, lock: "jcc.lock" };
    let compiled = jcc::compile(input, &mut sources, &mut log);
    let worse_than_a_note = log.sorted().iter().any(|one| one.severity != Severity::Note);
    (compiled.is_err() || worse_than_a_note).then(|| report(&log.sorted(), &sources))
}

#[test]
fn every_example_in_the_book_compiles() {
    let mut reports = String::new();
    for block in blocks() {
        let wrong = if block.has("package") { definition(&block) } else { manifest(&block) };
        if let Some(wrong) = wrong {
            reports += &format!("{}:\n{wrong}\n", block.place);
        }
    }
    assert!(reports.is_empty(), "\n{reports}");
}

#[test]
fn every_link_in_the_book_resolves() {
    let mut broken = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).expect("a page is text");
        for (_, after) in text.match_indices("](").map(|(at, _)| text.split_at(at + 2)) {
            let link = after.split(')').next().unwrap_or_default();
            let file = link.split('#').next().unwrap_or_default();
            if file.is_empty() || file.starts_with("http") {
                continue;
            }
            if !page.parent().expect("it has a parent folder").join(file).exists() {
                broken.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}
