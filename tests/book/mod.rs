//! The book: every manifest and definition that it shows compiles, and its picture of a diagnostic is a real one.
//!
//! A block of KDL with a `project` is a manifest; one with a `package` is a definition; any other is a part of a
//! manifest, and gets a head. Beside it lie the files alone that the
//! paragraph before it names as "next to the manifest", as in `tests/book/files`. `tests/docs` makes the other pages.

mod picture;
mod runs;

use std::fs;
use std::path::PathBuf;

use jcc::Input;
use jcc::internals::diagnostic::{Log, Severity};
use jcc::internals::source::Sources;

use crate::support::{self, folder::Folder, report};

/// Pages that are made from tables and from the pages of the codes, which other tests hold.
const MADE: &[&str] = &["definitions.md", "errors.md", "manifest.md", "table.md"];
/// What a part of a manifest stands below.
const PROJECT: &str = "project \"demo\"\n";
const TARGET: &str = "target { device \"jetson-agx-orin\"; jetpack \"6.2\" }\n";

/// A block of KDL and where it stands.
struct Block {
    place: String,
    text: String,
    /// The files that the paragraph before it names.
    files: Vec<String>,
}

impl Block {
    fn has(&self, node: &str) -> bool {
        self.text.lines().any(|line| line.split(' ').next() == Some(node))
    }

    /// A whole manifest out of it.
    fn manifest(&self) -> String {
        match (self.has("project"), self.has("target")) {
            (true, _) => self.text.clone(),
            (false, true) => format!("{PROJECT}{}", self.text),
            (false, false) => format!("{PROJECT}{TARGET}{}", self.text),
        }
    }
}

fn pages() -> Vec<PathBuf> {
    let listed = fs::read_dir(support::repository("docs")).expect("docs/ is there");
    let mut pages: Vec<PathBuf> = listed.map(|entry| entry.expect("it can be listed").path()).collect();
    pages.retain(|page| page.extension().is_some_and(|extension| extension == "md"));
    pages.retain(|page| !MADE.iter().any(|made| page.ends_with(made)));
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

/// The files that the last paragraph of a text says lie next to the manifest.
fn files(before: &str) -> Vec<String> {
    let paragraph = before.trim_end().rsplit("\n\n").next().unwrap_or_default();
    if !paragraph.contains("next to the manifest") {
        return Vec::new();
    }
    let words = paragraph.split('`').skip(1).step_by(2);
    words.filter(|word| word.contains('.')).map(str::to_owned).collect()
}

/// A folder with nothing in it but what a block needs.
fn folder(block: &Block) -> Folder {
    let folder = Folder(jcc::internals::fs::Memory::new());
    for file in &block.files {
        let path = support::repository("tests/book/files").join(file);
        folder.0.put(file, fs::read(&path).unwrap_or_else(|_| panic!("{}: no {file}", block.place)));
    }
    folder
}

/// What is wrong with a manifest of the book.
fn manifest(block: &Block) -> Option<String> {
    let folder = folder(block);
    folder.0.put("project.kdl", block.manifest());
    let (mut sources, mut log) = (Sources::new(), Log::new());
    let input = Input { fs: &folder, manifest: "project.kdl", target: None, lock: "jcc.lock" };
    let compiled = jcc::compile(input, &mut sources, &mut log);
    compiled.is_err().then(|| report(&log.sorted(), &sources))
}

/// What is wrong with a definition of the book.
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
fn every_example_of_the_book_compiles() {
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
fn every_link_of_the_book_leads_somewhere() {
    let mut broken = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).expect("a page is text");
        for (_, after) in text.match_indices("](").map(|(at, _)| text.split_at(at + 2)) {
            let link = after.split(')').next().unwrap_or_default();
            let file = link.split('#').next().unwrap_or_default();
            if file.is_empty() || file.starts_with("http") {
                continue;
            }
            if !page.parent().expect("it lies in a folder").join(file).exists() {
                broken.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}
