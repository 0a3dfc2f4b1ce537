//! Every node of a definition or a manifest that affects the image is used in a case of `cases/`, which a
//! real engine builds and runs.

use std::collections::BTreeSet;

use jcc::internals::diagnostic::Log;
use jcc::internals::source::Sources;
use jcc::internals::syntax::schema::{Children, NodeSpec};
use jcc::internals::syntax::{self, Node};

use crate::support::repository;

/// The nodes of a definition that affect the image. The others decide which versions are chosen.
const DEFINITION_NODES: [&str; 4] = ["build", "env", "install", "path"];
const MANIFEST_NODES: [&str; 4] = ["app", "apt", "build", "pip"];

/// Nodes that no case can use, with the reason.
const EXCEPTIONS: [(&str, &str); 8] = [
    ("apt ppa", "there is no local server for Launchpad"),
    ("apt ppa fingerprint=", "there is no local server for Launchpad"),
    ("apt snapshot", "the local server has no snapshots"),
    ("apt source trusted", "the local archives are signed"),
    ("apt source arch", "the local archives have one architecture"),
    ("apt source login", "it mounts the secret `netrc`, which a case requests by name"),
    ("pip index login=", "it mounts the secret `netrc`, which a case requests by name"),
    ("pip extra-index login=", "it mounts the secret `netrc`, which a case requests by name"),
];

/// Returns the nodes that are allowed in a block.
fn listed(spec: &NodeSpec) -> &'static [&'static NodeSpec] {
    match spec.children {
        Children::None => &[],
        Children::Listed(listed) | Children::Open { listed, .. } => listed,
    }
}

/// Collects the paths of an allowed node, its properties and the nodes in it: `git`, `git submodules=`,
/// `apt-source key fingerprint=`.
fn allowed(spec: &NodeSpec, path: &str, all: &mut BTreeSet<String>) {
    all.insert(path.to_owned());
    all.extend(spec.properties.iter().map(|property| format!("{path} {}=", property.key)));
    // A `when` allows the nodes of the block that it is in.
    for child in listed(spec).iter().filter(|_| spec.name != "when") {
        allowed(child, &format!("{path} {}", child.name), all);
    }
}

/// Collects the paths of a node of a file.
fn used(node: &Node, path: &str, all: &mut BTreeSet<String>) {
    all.insert(path.to_owned());
    all.extend(node.properties.iter().map(|property| format!("{path} {}=", property.key.value)));
    let below = path.strip_suffix(" when").unwrap_or(path);
    for child in node.children.iter().flatten() {
        used(child, &format!("{below} {}", child.name.value), all);
    }
}

/// Collects the paths that the files of this name use in all cases.
fn used_in_cases(file: &str) -> BTreeSet<String> {
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
    assert!(all.len() > 20, "{} paths", all.len());
    all
}

fn missing(allowed: &BTreeSet<String>, used: &BTreeSet<String>) -> Vec<String> {
    let exceptions: BTreeSet<String> = EXCEPTIONS.iter().map(|(path, _)| (*path).to_owned()).collect();
    let stale: Vec<&String> = exceptions.intersection(used).collect();
    assert!(stale.is_empty(), "a case uses these exceptions: {stale:?}");
    allowed.difference(used).filter(|path| !exceptions.contains(*path)).cloned().collect()
}

#[test]
fn every_step_of_a_definition_has_an_engine_case() {
    let package = jcc::internals::catalog::schema::DEFINITION.iter().find(|spec| spec.name == "package");
    let mut paths = BTreeSet::new();
    for spec in listed(package.expect("it has a table")) {
        if DEFINITION_NODES.contains(&spec.name) {
            allowed(spec, spec.name, &mut paths);
        }
    }
    // It is enough if a step that both `build` and `install` allow is used in one of them.
    let kinds = |all: BTreeSet<String>| -> BTreeSet<String> {
        let each = all.iter().map(|word| word.strip_prefix("package ").unwrap_or(word));
        let steps = |word| ["build ", "install "].iter().find_map(|block| str::strip_prefix(word, block));
        each.map(|word| steps(word).unwrap_or(word).to_owned()).collect()
    };
    let missing = missing(&kinds(paths), &kinds(used_in_cases("package.kdl")));
    assert!(missing.is_empty(), "no definition of a case uses {missing:#?}");
}

#[test]
fn every_image_node_of_a_manifest_has_an_engine_case() {
    let mut paths = BTreeSet::new();
    for spec in jcc::internals::manifest::LANGUAGE.iter().filter(|spec| MANIFEST_NODES.contains(&spec.name)) {
        allowed(spec, spec.name, &mut paths);
    }
    let missing = missing(&paths, &used_in_cases("project.kdl"));
    assert!(missing.is_empty(), "no manifest of a case uses {missing:#?}");
}
