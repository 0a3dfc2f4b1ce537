//! Things that lead to each other in a circle.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::Span;

/// By name, what each thing leads to, and where.
pub type Edges<'a> = BTreeMap<&'a str, Vec<(&'a str, Span)>>;

/// A circle: each thing with the place where the one before leads to it; the first comes after the last.
pub type Cycle<'a> = Vec<(&'a str, Span)>;

/// The circles, one at least of those that hang together.
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
    /// Walks on from a thing; `path` is how it was reached, from where the walk began.
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
