//! `THIRD-PARTY.md` lists the crates that a binary of jcc holds, with their licences, as `cargo metadata` has them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::process::Command;

use serde_json::Value;

use crate::support::{bless, repository};

const HEAD: &str = "# Third-party licences\n\nThe crates that a binary of jcc for Linux holds, each under a licence of its \
                    own; their sources are on [crates.io](https://crates.io). Source code of those under the MPL-2.0 is \
                    available at the listed repositories, unchanged. A release that ships a binary ships this list and the \
                    licence texts of the crates. Made by `JCC_BLESS=1 cargo test licenses` from `cargo metadata`.\n\n\
                    | crate | version | licence | repository |\n| --- | --- | --- | --- |\n";

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked", "--offline"])
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(repository(""))
        .output()
        .expect("cargo runs the tests");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo writes JSON")
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// The ids of what the package depends on at run time, itself included.
fn linked(metadata: &Value) -> BTreeSet<&str> {
    let nodes = metadata["resolve"]["nodes"].as_array().expect("cargo resolves");
    let nodes: BTreeMap<&str, &Value> = nodes.iter().map(|node| (text(node, "id"), node)).collect();
    let mut found = BTreeSet::new();
    let mut next = vec![text(&metadata["resolve"], "root")];
    while let Some(id) = next.pop() {
        if !found.insert(id) {
            continue;
        }
        let dependencies = nodes[id]["deps"].as_array().expect("a list");
        let at_run_time = |one: &&Value| {
            one["dep_kinds"].as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind["kind"].is_null()))
        };
        next.extend(dependencies.iter().filter(at_run_time).map(|one| text(one, "pkg")));
    }
    found
}

#[test]
fn the_list_of_third_party_licences_is_current() {
    let metadata = metadata();
    let linked = linked(&metadata);
    let packages = metadata["packages"].as_array().expect("a list");
    let mut rows: Vec<String> = Vec::new();
    for package in packages.iter().filter(|one| linked.contains(text(one, "id")) && !one["source"].is_null())
    {
        let [name, version, licence, repository] =
            ["name", "version", "license", "repository"].map(|key| text(package, key));
        assert!(!licence.is_empty(), "{name} {version} names no licence");
        rows.push(format!("| {name} | {version} | {licence} | {repository} |"));
    }
    rows.sort();
    let mut list = HEAD.to_owned();
    for row in rows {
        writeln!(list, "{row}").expect("a text takes it");
    }
    let path = repository("THIRD-PARTY.md");
    if bless() {
        std::fs::write(&path, &list).expect("the project's folder is writable");
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(there == list, "THIRD-PARTY.md is stale: JCC_BLESS=1 cargo test licenses");
}
