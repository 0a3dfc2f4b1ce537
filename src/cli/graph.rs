//! `jcc graph`.

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::{self, Plan};
use crate::resolve::Resolution;

use super::args::{GraphFormat, ManifestArgs};
use super::{Exit, Session};

/// A graph to draw: what each node needs.
pub(super) type GraphEdges = BTreeMap<String, BTreeSet<String>>;

/// Draws the stages, or the packages.
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

/// A tree from what nothing else needs; what was shown before is not shown with its branches again.
fn text(title: &str, edges: &GraphEdges) -> String {
    let needed: BTreeSet<&String> = edges.values().flatten().collect();
    let mut out = format!("{title}\n");
    let mut shown = BTreeSet::new();
    for root in edges.keys().filter(|name| !needed.contains(name)) {
        branch(root, edges, 1, &mut shown, &mut out);
    }
    out
}

fn branch<'e>(
    name: &'e String,
    edges: &'e GraphEdges,
    depth: usize,
    shown: &mut BTreeSet<&'e String>,
    out: &mut String,
) {
    let below = edges.get(name).filter(|below| !below.is_empty());
    let again = below.is_some() && !shown.insert(name);
    let mark = if again { " (above)" } else { "" };
    out.push_str(&format!("{}{name}{mark}\n", "  ".repeat(depth)));
    if again {
        return;
    }
    for next in below.into_iter().flatten() {
        branch(next, edges, depth + 1, shown, out);
    }
}

fn dot(title: &str, edges: &GraphEdges) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let mut out = format!("digraph {} {{\n", quoted(title));
    for (name, below) in edges {
        out.push_str(&format!("  {};\n", quoted(name)));
        for other in below {
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
    for (name, below) in edges {
        out.push_str(&format!("  {}[\"{}\"]\n", id(name), name.replace('"', "#quot;")));
        for other in below {
            out.push_str(&format!("  {} --> {}\n", id(name), id(other)));
        }
    }
    out
}
