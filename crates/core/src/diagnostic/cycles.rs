//! Finds cycles in graphs of names.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::Span;

/// For each name, its successors with the places that refer to them.
pub type Edges<'a> = BTreeMap<&'a str, Vec<(&'a str, Span)>>;

/// A cycle. Each name has the place where its predecessor refers to it; the predecessor of the first is the
/// last.
pub type Cycle<'a> = Vec<(&'a str, Span)>;

/// Finds at least one cycle in each strongly connected component.
pub fn find_cycles<'a>(edges: &Edges<'a>) -> Vec<Cycle<'a>> {
    let mut search = CycleSearch { edges, done: BTreeSet::new(), found: Vec::new() };
    for start in edges.keys() {
        search.follow(start, None, &mut Vec::new());
    }
    search.found
}

struct CycleSearch<'e, 'a> {
    edges: &'e Edges<'a>,
    done: BTreeSet<&'a str>,
    found: Vec<Cycle<'a>>,
}

impl<'a> CycleSearch<'_, 'a> {
    /// Searches depth-first from a name. `path` contains the names from the start to its predecessor.
    fn follow(&mut self, name: &'a str, reached: Option<Span>, path: &mut Vec<(&'a str, Option<Span>)>) {
        if let Some(at) = path.iter().position(|(other, _)| *other == name) {
            let first = reached.map(|span| (name, span));
            let others = path[at + 1..].iter().filter_map(|(name, span)| Some((*name, (*span)?)));
            self.found.push(first.into_iter().chain(others).collect());
            return;
        }
        if !self.done.insert(name) {
            return;
        }
        path.push((name, reached));
        for (next, span) in self.edges.get(name).into_iter().flatten() {
            self.follow(next, Some(*span), path);
        }
        path.pop();
    }
}
