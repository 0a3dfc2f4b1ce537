//! Packs the catalogue and the stacks into the binary: their texts, the parsed trees, and an index of names,
//! so that nothing has to be decoded at startup.

// A build script reads files and variables directly, and communicates with cargo through standard output.
#![allow(clippy::disallowed_methods, clippy::print_stdout, clippy::print_stderr)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs, process};

use jcc_core::diagnostic::Log;
use jcc_core::packed::index::{Entry, Mentioned, entries, texts_of_children};
use jcc_core::packed::{PackedFile, PackedRange, PackedStack, PackedText, definition_hash};
use jcc_core::source::Sources;
use jcc_core::syntax::{self, Document};

fn main() {
    println!("cargo:rerun-if-changed=build");
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets OUT_DIR"));
    let mut pack = Pack::default();
    let packages = files_below("packages");
    let stacks = files_below("manifests");
    let mut files: Vec<(PackedFile, Document)> =
        packages.keys().filter_map(|path| pack.definition(path, &packages)).collect();
    let entries = files.iter_mut().flat_map(|(file, document)| {
        file.entries.iter_mut().map(|(entry, _)| {
            let node = &document.nodes[entry.node];
            (entry, node)
        })
    });
    Mentioned::default().write(&mut entries.collect::<Vec<_>>());
    let files: Vec<PackedFile> = files.into_iter().map(|(file, _)| file).collect();
    let stacks: Vec<PackedStack> =
        stacks.iter().filter_map(|(path, bytes)| pack.stack(path, bytes)).collect();
    if pack.failed {
        process::exit(1);
    }
    let write = |name: &str, bytes: &[u8]| fs::write(out.join(name), bytes).expect("OUT_DIR is writable");
    write("catalog.txt", pack.texts.as_bytes());
    write("catalog.bin", &pack.bytes);
    write("catalog.index", &postcard::to_stdvec(&files).expect("an index can be serialized"));
    write("stacks.index", &postcard::to_stdvec(&stacks).expect("an index can be serialized"));
}

/// The packed data.
#[derive(Default)]
struct Pack {
    texts: String,
    bytes: Vec<u8>,
    /// Whether an error was printed.
    failed: bool,
}

impl Pack {
    /// Packs a file of definitions together with the other files of its package. Returns `None` for other
    /// files.
    fn definition(&mut self, path: &str, all: &BTreeMap<String, Vec<u8>>) -> Option<(PackedFile, Document)> {
        let parts: Vec<&str> = path.split('/').collect();
        let (group, files) = match parts[..] {
            ["packages", "platform", .., name] if name.rsplit('.').next() == Some("kdl") => ("", Vec::new()),
            ["packages", group, _, "package.kdl"] => {
                let folder = path.strip_suffix("package.kdl").expect("the pattern matched it");
                let others = all.iter().filter_map(|(other, bytes)| {
                    other.strip_prefix(folder).filter(|name| *name != "package.kdl").zip(Some(bytes))
                });
                (group, others.map(|(name, bytes)| (name.to_owned().into(), self.add(bytes))).collect())
            }
            _ => return None,
        };
        let (text, document) = self.text(path, &all[path])?;
        let entries = entries(&document, group);
        let hashes = self.hashes(&document, text, &entries, &files);
        let with_node = |entry: Entry| {
            let node = syntax::pack(&document.nodes[entry.node]);
            (entry, self.add(&node))
        };
        let entries = entries.into_iter().map(with_node).collect();
        let (path, group) = (path.to_owned().into(), group.to_owned().into());
        Some((PackedFile { path, group, text, files, entries, hashes }, document))
    }

    /// Packs a stack: `manifests/NAME/project.kdl` or `manifests/NAME.kdl`. Returns `None` for other files.
    fn stack(&mut self, path: &str, bytes: &[u8]) -> Option<PackedStack> {
        let name = match path.split('/').collect::<Vec<_>>()[..] {
            ["manifests", name, "project.kdl"] => name,
            ["manifests", file] => file.strip_suffix(".kdl")?,
            _ => return None,
        };
        let (text, document) = self.text(path, bytes)?;
        let description = description(&document);
        Some(PackedStack { name: name.to_owned().into(), path: path.to_owned().into(), description, text })
    }

    /// Packs the hashes of the definitions of a file, one after the other.
    fn hashes(
        &mut self,
        document: &Document,
        text: PackedRange,
        entries: &[Entry],
        files: &[(PackedText, PackedRange)],
    ) -> PackedRange {
        let mut all = String::new();
        for entry in entries {
            let node = &self.texts[text.range()][document.nodes[entry.node].span.range()];
            let files = files.iter().map(|(name, at)| (name.as_str(), &self.bytes[at.range()]));
            all.push_str(definition_hash(node, files).as_str());
        }
        let start = self.texts.len();
        self.texts.push_str(&all);
        range(start, all.len())
    }

    fn add(&mut self, bytes: &[u8]) -> PackedRange {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        range(start, bytes.len())
    }

    /// Packs a KDL text. Prints errors and makes the build fail if it is invalid.
    fn text(&mut self, path: &str, bytes: &[u8]) -> Option<(PackedRange, Document)> {
        let Ok(text) = std::str::from_utf8(bytes) else {
            eprintln!("{path}: not valid UTF-8");
            self.failed = true;
            return None;
        };
        let (mut sources, mut log) = (Sources::new(), Log::new());
        let source = sources.add(path, text.to_owned());
        let document = syntax::parse(source, text, &mut log);
        for problem in log.sorted() {
            let place = problem.primary().map(|span| sources.cite(span)).unwrap_or_default();
            eprintln!("{place}: {}", problem.message);
            self.failed = true;
        }
        let start = self.texts.len();
        self.texts.push_str(text);
        Some((range(start, text.len()), document?))
    }
}

/// Returns the description of a manifest; empty if it has none.
fn description(manifest: &Document) -> PackedText {
    let project = manifest.nodes.iter().find(|node| node.name.value == "project");
    project.and_then(|node| texts_of_children(node, "description").into_iter().next()).unwrap_or_default()
}

/// Returns the range of packed bytes with this start and length.
fn range(start: usize, length: usize) -> PackedRange {
    let number = |number: usize| u32::try_from(number).expect("the packed data is smaller than 4 GiB");
    PackedRange { start: number(start), length: number(length) }
}

/// Reads all files below a folder of the project, except hidden ones. Returns their bytes by path, separated
/// by `/`.
fn files_below(root: &str) -> BTreeMap<String, Vec<u8>> {
    println!("cargo:rerun-if-changed={root}");
    let mut found = BTreeMap::new();
    if !Path::new(root).is_dir() {
        return found;
    }
    let is_visible = |entry: &walkdir::DirEntry| !entry.file_name().to_string_lossy().starts_with('.');
    for entry in walkdir::WalkDir::new(root).into_iter().filter_entry(is_visible) {
        let entry = entry.expect("the folder can be read");
        if entry.file_type().is_file() {
            let path: Vec<_> = entry.path().iter().map(|part| part.to_string_lossy()).collect();
            found.insert(path.join("/"), fs::read(entry.path()).expect("the file can be read"));
        }
    }
    found
}
