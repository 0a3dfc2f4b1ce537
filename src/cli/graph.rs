//! `jcc graph`.

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::{self, Plan};
use crate::resolve::Resolution;

use super::args::{GraphFormat, ManifestArgs};
use super::{Exit, Session};

/// The edges of a graph: each node with the nodes that it needs.
pub(super) type GraphEdges = BTreeMap<String, BTreeSet<String>>;

/// Prints the graph of the stages, or with `packages` that of the packages.
pub(super) fn run(
    session: &mut Session<'_, '_>,
    input: &ManifestArgs,
    packages: bool,
    format: GraphFormat,
) -> Exit {
    let compiled = match session.compile(input) {
        Ok(compiled) => compiled,
        Err(exit) => return exit,
    };
    let mut out = String::new();
    for (planned, (_, resolution)) in compiled.planned.iter().zip(&compiled.resolved.targets) {
        let edges = if packages { of_packages(resolution) } else { of_stages(&planned.plan) };
        out.push_str(&draw(resolution.target.name.as_str(), &edges, format));
    }
    session.print(&out)
}

fn of_packages(resolution: &Resolution) -> GraphEdges {
    let chosen = resolution.chosen.iter();
    chosen
        .map(|(name, one)| {
            (name.to_string(), one.requires.iter().map(|(other, _)| other.to_string()).collect())
        })
        .collect()
}

fn of_stages(plan: &Plan) -> GraphEdges {
    let stages = plan.stages.iter();
    let mut edges: GraphEdges =
        stages.map(|stage| (stage.name.as_str().to_owned(), BTreeSet::new())).collect();
    for (stage, from) in plan::edges(&plan.stages) {
        edges.entry(stage.as_str().to_owned()).or_default().insert(from.as_str().to_owned());
    }
    edges
}

pub(super) fn draw(title: &str, edges: &GraphEdges, format: GraphFormat) -> String {
    match format {
        GraphFormat::Text => text(title, edges),
        GraphFormat::Dot => dot(title, edges),
        GraphFormat::Mermaid => mermaid(edges),
    }
}

/// Draws a tree for each node that no other node needs. The children of a node are shown only once.
fn text(title: &str, edges: &GraphEdges) -> String {
    let needed: BTreeSet<&String> = edges.values().flatten().collect();
    let mut out = format!("{title}\n");
    let mut shown = BTreeSet::new();
    for root in edges.keys().filter(|name| !needed.contains(name)) {
        draw_branch(root, edges, 1, &mut shown, &mut out);
    }
    out
}

fn draw_branch<'e>(
    name: &'e String,
    edges: &'e GraphEdges,
    depth: usize,
    shown: &mut BTreeSet<&'e String>,
    out: &mut String,
) {
    let children = edges.get(name).filter(|children| !children.is_empty());
    let repeated = children.is_some() && !shown.insert(name);
    let mark = if repeated { " (above)" } else { "" };
    out.push_str(&format!("{}{name}{mark}\n", "  ".repeat(depth)));
    if repeated {
        return;
    }
    for next in children.into_iter().flatten() {
        draw_branch(next, edges, depth + 1, shown, out);
    }
}

fn dot(title: &str, edges: &GraphEdges) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let mut out = format!("digraph {} {{\n", quoted(title));
    for (name, children) in edges {
        out.push_str(&format!("  {};\n", quoted(name)));
        for other in children {
            out.push_str(&format!("  {} -> {};\n", quoted(name), quoted(other)));
        }
    }
    out.push_str("}\n");
    out
}

fn mermaid(edges: &GraphEdges) -> String {
    let id = |name: &str| -> String {
        name.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' }).collect()
    };
    let mut out = String::from("graph TD\n");
    for (name, children) in edges {
        out.push_str(&format!("  {}[\"{}\"]\n", id(name), name.replace('"', "#quot;")));
        for other in children {
            out.push_str(&format!("  {} --> {}\n", id(name), id(other)));
        }
    }
    out
}
