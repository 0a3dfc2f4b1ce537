//! Unified diffs, with secrets masked.

use similar::{Algorithm, TextDiff};

use crate::source::masked;

/// Returns the unified diff of two texts; empty if they are equal.
pub(super) fn unified(name: &str, old: &str, new: &str) -> String {
    let diff = TextDiff::configure().algorithm(Algorithm::Myers).diff_lines(old, new);
    masked(
        &diff.unified_diff().context_radius(3).header(&format!("a/{name}"), &format!("b/{name}")).to_string(),
    )
}

/// Returns the hunks of a diff, each with the zero-based line of the new text where its first change is.
pub(super) fn hunks(old: &str, new: &str) -> Vec<(usize, String)> {
    let diff = TextDiff::configure().algorithm(Algorithm::Myers).diff_lines(old, new);
    diff.unified_diff()
        .context_radius(3)
        .iter_hunks()
        .map(|hunk| {
            let first = hunk.ops().iter().find(|one| one.tag() != similar::DiffTag::Equal);
            (first.map_or(0, |one| one.new_range().start), masked(&hunk.to_string()))
        })
        .collect()
}
