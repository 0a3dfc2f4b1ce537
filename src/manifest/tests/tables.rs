//! The tables of the language: they are its reference, and the full manifest shows all of it.

use super::FULL;
use crate::diagnostic::Log;
use crate::manifest::LANGUAGE;
use crate::source::Sources;
use crate::syntax::schema::{Children, NodeSpec};
use crate::syntax::{Node, parse};

/// Calls `see` with every table, each with its way from the top, a node within itself once.
fn walk(specs: &[&'static NodeSpec], path: &str, see: &mut impl FnMut(&str, &'static NodeSpec)) {
    for spec in specs {
        let path = format!("{path}/{}", spec.name);
        see(&path, spec);
        walk(spec.children.listed(), &path, see);
        walk(&spec.children.other().into_iter().collect::<Vec<_>>(), &path, see);
    }
}

#[test]
fn everything_is_described_in_a_sentence() {
    let mut wrong = Vec::new();
    walk(LANGUAGE, "", &mut |path, spec| {
        let arguments = spec.arguments.iter().chain(&spec.rest).map(|one| one.doc);
        let properties = spec.properties.iter().map(|one| one.doc);
        for doc in std::iter::once(spec.doc).chain(arguments).chain(properties) {
            if !doc.ends_with('.') || doc.len() < 10 || doc.contains('\n') {
                wrong.push(format!("{path}: {doc}"));
            }
        }
    });
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Every node and property that stands somewhere in the full manifest, by the tables' ways.
fn shown(nodes: &[Node], allowed: Children, path: &str, seen: &mut Vec<String>) {
    for node in nodes {
        let spec = allowed.find(&node.name.value).expect("the full manifest is right");
        let path = format!("{path}/{}", spec.name);
        seen.push(path.clone());
        seen.extend(node.properties.iter().map(|one| format!("{path}={}", one.key.value)));
        shown(node.children.as_deref().unwrap_or_default(), spec.children, &path, seen);
    }
}

#[test]
fn the_full_manifest_shows_every_node_and_property() {
    let (mut sources, mut log) = (Sources::new(), Log::new());
    let source = sources.add("full.kdl", FULL);
    let document = parse(source, FULL, &mut log).expect("it is KDL");
    let mut seen = Vec::new();
    shown(&document.nodes, Children::Listed(LANGUAGE), "", &mut seen);
    let mut missing = Vec::new();
    walk(LANGUAGE, "", &mut |path, spec| {
        // What a target or a service has too is shown once, at the top.
        let nested = LANGUAGE.iter().any(|top| path.starts_with(&format!("/target/{}", top.name)));
        if nested || path.contains("/service/") {
            return;
        }
        let properties = spec.properties.iter().map(|one| format!("{path}={}", one.key));
        missing.extend(std::iter::once(path.to_owned()).chain(properties).filter(|way| !seen.contains(way)));
    });
    assert!(missing.is_empty(), "{missing:?}");
}
