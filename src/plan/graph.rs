//! The graph of stages: which stage depends on which, and a topological order.

use petgraph::graph::{DiGraph, NodeIndex};

use super::helpers::mounts;
use super::{From, Instruction, Mount, Stage, StageName};

/// Returns the stages that a stage starts from, copies from or mounts, sorted and without duplicates.
pub fn dependencies(stage: &Stage) -> Vec<StageName> {
    let mut names = Vec::new();
    if let From::Stage(name) = &stage.from {
        names.push(name.clone());
    }
    for instruction in stage.blocks.iter().flat_map(|block| &block.instructions) {
        if let Instruction::CopyFrom(copy) = instruction {
            names.push(copy.stage.clone());
        }
    }
    for mount in mounts(stage) {
        match mount {
            Mount::Stage { stage, .. } => names.push(stage.clone()),
            Mount::Apt
            | Mount::Pip
            | Mount::Net
            | Mount::Constraints(_)
            | Mount::Locked(_)
            | Mount::Bind { .. } => {}
        }
    }
    names.sort();
    names.dedup();
    names
}

/// Returns the edges of the graph as pairs of a stage and one that it depends on.
pub fn edges(stages: &[Stage]) -> Vec<(StageName, StageName)> {
    stages
        .iter()
        .flat_map(|stage| dependencies(stage).into_iter().map(|from| (stage.name.clone(), from)))
        .collect()
}

/// Sorts stages topologically. The given order is kept, except that a stage moves directly before the first
/// one that depends on it.
pub(super) fn ordered(stages: Vec<Stage>) -> Vec<Stage> {
    let mut graph = DiGraph::<usize, ()>::new();
    let nodes: Vec<NodeIndex> = (0..stages.len()).map(|at| graph.add_node(at)).collect();
    for (at, stage) in stages.iter().enumerate() {
        for name in dependencies(stage) {
            if let Some(from) = stages.iter().position(|other| other.name == name) {
                graph.add_edge(nodes[at], nodes[from], ());
            }
        }
    }
    debug_assert!(!petgraph::algo::is_cyclic_directed(&graph), "stages have no cyclic dependencies");
    let mut placed = Vec::new();
    let mut seen = vec![false; stages.len()];
    for node in nodes {
        let mut walk = petgraph::visit::DfsPostOrder::new(&graph, node);
        let mut below = Vec::new();
        while let Some(next) = walk.next(&graph) {
            if !seen[graph[next]] {
                seen[graph[next]] = true;
                below.push(graph[next]);
            }
        }
        placed.extend(below);
    }
    let mut stages: Vec<Option<Stage>> = stages.into_iter().map(Some).collect();
    placed.into_iter().filter_map(|at| stages[at].take()).collect()
}
