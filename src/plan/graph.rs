//! The stages as a graph: which takes from which, and an order in which none comes before what it takes.

use petgraph::graph::{DiGraph, NodeIndex};

use super::helpers::mounts;
use super::{From, Instruction, Mount, Stage, StageName};

/// The stages that one takes from, each once, in order.
pub fn takes(stage: &Stage) -> Vec<StageName> {
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
            Mount::Apt | Mount::Pip | Mount::Net | Mount::Constraints(_) | Mount::Bind { .. } => {}
        }
    }
    names.sort();
    names.dedup();
    names
}

/// The edges of the stages: who takes, from whom.
pub fn edges(stages: &[Stage]) -> Vec<(StageName, StageName)> {
    stages.iter().flat_map(|stage| takes(stage).into_iter().map(|from| (stage.name.clone(), from))).collect()
}

/// As given, but for stages that others before them take from, which move up to right before these.
pub(super) fn ordered(stages: Vec<Stage>) -> Vec<Stage> {
    let mut graph = DiGraph::<usize, ()>::new();
    let nodes: Vec<NodeIndex> = (0..stages.len()).map(|at| graph.add_node(at)).collect();
    for (at, stage) in stages.iter().enumerate() {
        for name in takes(stage) {
            if let Some(from) = stages.iter().position(|other| other.name == name) {
                graph.add_edge(nodes[at], nodes[from], ());
            }
        }
    }
    debug_assert!(!petgraph::algo::is_cyclic_directed(&graph), "no stage takes from one that takes from it");
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
