//! What a definition and a manifest can say of an image stands in a case of `cases/`, which a real engine builds and runs.

use std::collections::BTreeSet;

use jcc::internals::diagnostic::Log;
use jcc::internals::source::Sources;
use jcc::internals::syntax::schema::{Children, NodeSpec};
use jcc::internals::syntax::{self, Node};

use crate::support::repository;

/// What of a definition is no matter of an engine: it decides what is chosen.
const OF_DEFINITIONS: [&str; 4] = ["build", "env", "install", "path"];
const OF_MANIFESTS: [&str; 4] = ["app", "apt", "build", "pip"];

/// What no case can have, and why.
const LEFT: [(&str, &str); 8] = [
    ("apt ppa", "Launchpad has no stand-in"),
    ("apt ppa fingerprint=", "the same"),
    ("apt snapshot", "the archive as of a day is not on a local server"),
    ("apt source trusted", "every stand-in is signed"),
    ("apt source arch", "the stand-ins have one architecture"),
    ("apt source login", "it gives the secret `netrc`, which a case asks for by its name"),
    ("pip index login=", "the same"),
    ("pip extra-index login=", "the same"),
];

/// The nodes that may stand in a block.
fn listed(spec: &NodeSpec) -> &'static [&'static NodeSpec] {
    match spec.children {
        Children::None => &[],
        Children::Listed(listed) | Children::Open { listed, .. } => listed,
    }
}

/// The words of a node, as `git`, `git submodules=`, `apt-source key fingerprint=`.
fn words(spec: &NodeSpec, path: &str, all: &mut BTreeSet<String>) {
    all.insert(path.to_owned());
    all.extend(spec.properties.iter().map(|property| format!("{path} {}=", property.key)));
    // What a guard guards stands where the guard stands.
    for child in listed(spec).iter().filter(|_| spec.name != "when") {
        words(child, &format!("{path} {}", child.name), all);
    }
}

/// The same of what somebody wrote.
fn used(node: &Node, path: &str, all: &mut BTreeSet<String>) {
    all.insert(path.to_owned());
    all.extend(node.properties.iter().map(|property| format!("{path} {}=", property.key.value)));
    let below = path.strip_suffix(" when").unwrap_or(path);
    for child in node.children.iter().flatten() {
        used(child, &format!("{below} {}", child.name.value), all);
    }
}

/// What all files of this name in the cases say.
fn said(file: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let cases = walkdir::WalkDir::new(repository("tests/engine/cases"));
    for entry in cases.into_iter().map(|entry| entry.expect("it can be listed")) {
        if entry.file_name() != file {
            continue;
        }
        let (mut sources, mut log) = (Sources::new(), Log::new());
        let text = std::fs::read_to_string(entry.path()).expect("it can be read");
        let source = sources.add(file, text.clone());
        let document = syntax::parse(source, &text, &mut log).expect("a case is KDL");
        for node in &document.nodes {
            used(node, &node.name.value, &mut all);
        }
    }
    assert!(all.len() > 20, "there are cases");
    all
}

fn missing(wanted: &BTreeSet<String>, said: &BTreeSet<String>) -> Vec<String> {
    let left: BTreeSet<String> = LEFT.iter().map(|(word, _)| (*word).to_owned()).collect();
    let stale: Vec<&String> = left.intersection(said).collect();
    assert!(stale.is_empty(), "a case has them: {stale:?}");
    wanted.difference(said).filter(|word| !left.contains(*word)).cloned().collect()
}

#[test]
fn every_step_of_a_definition_is_built_by_an_engine() {
    let package = jcc::internals::catalog::schema::DEFINITION.iter().find(|spec| spec.name == "package");
    let mut wanted = BTreeSet::new();
    for spec in listed(package.expect("it has a table")) {
        if OF_DEFINITIONS.contains(&spec.name) {
            words(spec, spec.name, &mut wanted);
        }
    }
    // A step that may stand in both is shown in one of them.
    let kinds = |all: BTreeSet<String>| -> BTreeSet<String> {
        let each = all.iter().map(|word| word.strip_prefix("package ").unwrap_or(word));
        let steps = |word| ["build ", "install "].iter().find_map(|block| str::strip_prefix(word, block));
        each.map(|word| steps(word).unwrap_or(word).to_owned()).collect()
    };
    let missing = missing(&kinds(wanted), &kinds(said("package.kdl")));
    assert!(missing.is_empty(), "in no case's definition: {missing:#?}");
}

#[test]
fn every_word_of_a_manifest_that_makes_the_image_is_built_by_an_engine() {
    let mut wanted = BTreeSet::new();
    for spec in jcc::internals::manifest::LANGUAGE.iter().filter(|spec| OF_MANIFESTS.contains(&spec.name)) {
        words(spec, spec.name, &mut wanted);
    }
    let missing = missing(&wanted, &said("project.kdl"));
    assert!(missing.is_empty(), "in no case's manifest: {missing:#?}");
}
