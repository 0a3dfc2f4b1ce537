//! Packs the catalogue and the stacks into the binary. It decodes and checks the definitions with the code that also
//! reads those of users, so that a run only unpacks them. An error in a definition fails the build.

// A build script reads files and variables directly, and communicates with cargo through standard output.
#![allow(clippy::disallowed_methods, clippy::print_stdout, clippy::print_stderr)]

use std::path::{Path, PathBuf};
use std::{env, fs, process};

use jcc_catalog::packed::{PackedRange, PackedStack, index::texts_of_children};
use jcc_catalog::{Catalog, PackedCatalog};
use jcc_core::diagnostic::{Log, plain};
use jcc_core::fs::Memory;
use jcc_core::source::Sources;
use jcc_core::syntax::{self, Document};
use jcc_core::value::PackedText;

fn main() {
    println!("cargo:rerun-if-changed=build");
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo names a folder for what is built"));
    let write =
        |name: &str, bytes: &[u8]| fs::write(out.join(name), bytes).expect("the folder can be written");
    let PackedCatalog { index, bytes, texts } = catalog();
    write("catalog.index", &index);
    write("catalog.bin", &bytes);
    write("catalog.txt", texts.as_bytes());
    let (stacks, texts) = stacks();
    write("stacks.index", &postcard::to_stdvec(&stacks).expect("memory takes all"));
    write("stacks.txt", texts.as_bytes());
}

/// The definitions in `packages`.
fn catalog() -> PackedCatalog<Vec<u8>, String> {
    let folder = Memory::new();
    for (path, bytes) in files_below("packages") {
        folder.put(&path, bytes);
    }
    let (mut sources, mut log) = (Sources::to_pack(), Log::new());
    let mut catalog = Catalog::new();
    catalog.add_named_folder(&folder, "packages", &mut sources, &mut log);
    catalog.check(&mut log);
    fail_on_errors(&log, &sources);
    catalog.pack(&sources)
}

/// The ready-made manifests, `manifests/NAME/project.kdl` or `manifests/NAME.kdl`, and their texts.
fn stacks() -> (Vec<PackedStack>, String) {
    let (mut sources, mut log) = (Sources::to_pack(), Log::new());
    let (mut stacks, mut texts) = (Vec::new(), String::new());
    for (path, bytes) in files_below("manifests") {
        let name = match path.split('/').collect::<Vec<_>>()[..] {
            ["manifests", name, "project.kdl"] => name,
            ["manifests", file] => file.strip_suffix(".kdl").unwrap_or_default(),
            _ => "",
        };
        if name.is_empty() {
            continue;
        }
        let Some(source) = syntax::decode(path.clone(), bytes, &mut sources, &mut log) else { continue };
        let text = sources.get(source).text;
        let Some(document) = syntax::parse(source, text, &mut log) else { continue };
        texts.push_str(text);
        stacks.push(PackedStack {
            name: name.to_owned().into(),
            description: description(&document),
            text: PackedRange::before(texts.len(), text.len()),
            path: path.into(),
        });
    }
    fail_on_errors(&log, &sources);
    (stacks, texts)
}

/// Ends the build where something is wrong.
fn fail_on_errors(log: &Log, sources: &Sources) {
    if log.has_errors() {
        eprintln!("{}", plain(log, sources));
        process::exit(1);
    }
}

/// What a manifest says of itself; empty where it says nothing.
fn description(manifest: &Document) -> PackedText {
    let project = manifest.nodes.iter().find(|node| node.name.value == "project");
    project.and_then(|node| texts_of_children(node, "description").into_iter().next()).unwrap_or_default()
}

/// Every file below a folder of the project with its bytes, by its path with `/`, sorted; hidden ones left out.
fn files_below(root: &str) -> Vec<(String, Vec<u8>)> {
    println!("cargo:rerun-if-changed={root}");
    if !Path::new(root).is_dir() {
        return Vec::new();
    }
    let shown = |entry: &walkdir::DirEntry| !entry.file_name().to_string_lossy().starts_with('.');
    let mut found = Vec::new();
    for entry in walkdir::WalkDir::new(root).into_iter().filter_entry(shown) {
        let entry = entry.expect("the project's own folders can be read");
        if entry.file_type().is_file() {
            let path: Vec<_> = entry.path().iter().map(|part| part.to_string_lossy()).collect();
            let bytes = fs::read(entry.path()).expect("the project's own files can be read");
            found.push((path.join("/"), bytes));
        }
    }
    found.sort();
    found
}
