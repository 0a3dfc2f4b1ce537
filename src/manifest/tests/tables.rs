//! Tests of the schema: its descriptions are complete, and the full manifest contains every node.

use super::FULL;
use crate::diagnostic::Log;
use crate::manifest::LANGUAGE;
use crate::source::Sources;
use crate::syntax::schema::{Children, NodeSpec};
use crate::syntax::{Node, parse};

/// Calls `visit` with the path and the schema of every node.
fn walk(specs: &[&'static NodeSpec], path: &str, visit: &mut impl FnMut(&str, &'static NodeSpec)) {
    for spec in specs {
        let path = format!("{path}/{}", spec.name);
        visit(&path, spec);
        walk(spec.children.listed(), &path, visit);
        walk(&spec.children.other().into_iter().collect::<Vec<_>>(), &path, visit);
    }
}

#[test]
fn every_description_is_a_sentence() {
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

/// Collects the schema paths of all nodes and properties of a document.
fn collect_paths(nodes: &[Node], allowed: Children, path: &str, seen: &mut Vec<String>) {
    for node in nodes {
        let spec = allowed.find(&node.name.value).expect("the full manifest is valid");
        let path = format!("{path}/{}", spec.name);
        seen.push(path.clone());
        seen.extend(node.properties.iter().map(|one| format!("{path}={}", one.key.value)));
        collect_paths(node.children.as_deref().unwrap_or_default(), spec.children, &path, seen);
    }
}

#[test]
fn the_full_manifest_has_every_node_and_property() {
    let (mut sources, mut log) = (Sources::new(), Log::new());
    let source = sources.add("full.kdl", FULL);
    let document = parse(source, FULL, &mut log).expect("valid KDL");
    let mut seen = Vec::new();
    collect_paths(&document.nodes, Children::Listed(LANGUAGE), "", &mut seen);
    let mut missing = Vec::new();
    walk(LANGUAGE, "", &mut |path, spec| {
        // Nodes that targets and services have too are only needed at the top level and in `run`.
        let nested = LANGUAGE.iter().any(|top| path.starts_with(&format!("/target/{}", top.name)));
        if nested || path.contains("/service/") {
            return;
        }
        let properties = spec.properties.iter().map(|one| format!("{path}={}", one.key));
        missing
            .extend(std::iter::once(path.to_owned()).chain(properties).filter(|path| !seen.contains(path)));
    });
    assert!(missing.is_empty(), "{missing:?}");
}
