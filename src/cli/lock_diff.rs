//! Formats the changes between two locks as text and as JSON.

use serde_json::{Value, json};

use crate::Resolved;
use crate::resolve::{Lock, LockChange, TargetChanges, availability};
use crate::source::Sources;
use crate::value::Version;

use super::table;

/// Returns a line for each axis or package that was added or removed or changed its version, grouped by
/// target if there are several.
pub(super) fn text(new: &Lock, old: Option<&Lock>) -> String {
    let mut out = String::new();
    let several = new.targets.len() > 1;
    let indent = if several { "  " } else { "" };
    for changes in new.changes(old) {
        let rows: Vec<Vec<String>> =
            changes.entries.iter().filter(|one| one.changes_version()).map(row).collect();
        let base = base(&changes);
        if rows.is_empty() && base.is_none() {
            continue;
        }
        if several {
            out.push_str(&format!("{}:\n", changes.target));
        }
        if let Some((from, to)) = base {
            let from = from.map_or_else(String::new, |from| format!("{from} -> "));
            out.push_str(&format!("{indent}{}  base  {from}{to}\n", sign(changes.before, Some(()))));
        }
        for line in table::columns(&rows).lines() {
            out.push_str(&format!("{indent}{line}\n"));
        }
    }
    out
}

/// The largest number of downgrades that are explained: each explanation solves once more.
const MAX_EXPLAINED: usize = 5;

/// Explains the versions that are lower than in the old lock, one per line. Versions that would still fit are
/// left out.
pub(super) fn downgrades(resolved: &Resolved, old: Option<&Lock>, sources: &Sources) -> String {
    let mut out = String::new();
    let mut left = MAX_EXPLAINED;
    for (project, _) in &resolved.targets {
        let several = resolved.targets.len() > 1;
        let name = &project.target.name.value;
        let target = if several { format!("{name}: ") } else { String::new() };
        let changes = resolved.lock.changes(old).into_iter().filter(|one| one.target == name);
        for one in changes.flat_map(|one| one.entries) {
            let (Some(from), Some(to)) = (one.from, one.to) else { continue };
            if to.version >= from.version || left == 0 {
                continue;
            }
            left -= 1;
            let old_version = (one.name, &from.version);
            if let Some(why) = availability::why_not(project, old_version, &resolved.catalog, sources) {
                out.push_str(&format!("{target}{} {} no longer fits: {why}\n", one.name, from.version));
            }
        }
    }
    out
}

/// The number of lines that [`short`] returns before it counts the rest.
const SHORT: usize = 12;

/// Returns the first lines of [`text`], for the end of a compile; empty if there was no lock.
pub(super) fn short(new: &Lock, old: Option<&Lock>) -> String {
    let Some(old) = old else { return String::new() };
    let text = text(new, Some(old));
    let lines: Vec<&str> = text.lines().collect();
    let more = lines.len().saturating_sub(SHORT);
    let shown = if more > 1 { &lines[..SHORT] } else { &lines[..] };
    let mut out = shown.iter().fold(String::new(), |out, line| out + line + "\n");
    if more > 1 {
        out.push_str(&format!("  … and {more} more; `git diff {}` shows them\n", super::session::LOCK));
    }
    out
}

/// Returns `+` for added, `-` for removed, `~` for changed.
fn sign<A, B>(from: Option<A>, to: Option<B>) -> String {
    match (from, to) {
        (None, _) => "+",
        (_, None) => "-",
        _ => "~",
    }
    .to_owned()
}

fn row(one: &LockChange<'_>) -> Vec<String> {
    let versions = match (one.from, one.to) {
        (Some(from), Some(to)) => format!("{} -> {}", shown(&from.version), shown(&to.version)),
        (None, Some(entry)) | (Some(entry), None) => shown(&entry.version),
        (None, None) => String::new(),
    };
    let reasons = one.to.map_or_else(String::new, |to| to.reasons.join("; "));
    vec![sign(one.from, one.to), one.name.to_string(), versions, reasons]
}

fn shown(version: &Version) -> String {
    super::resolve::version(version.as_str())
}

/// Returns the base image before and after, if it changed.
fn base(changes: &TargetChanges<'_>) -> Option<(Option<String>, String)> {
    let before = changes.before.map(|before| before.base.to_string());
    let after = changes.after.base.to_string();
    (before.as_ref() != Some(&after)).then_some((before, after))
}

/// Returns the changes as JSON: an array with an object for each target that changed.
pub(super) fn value(new: &Lock, old: Option<&Lock>) -> Value {
    let mut all = Vec::new();
    for changes in new.changes(old) {
        let entries: Vec<Value> = changes
            .entries
            .iter()
            .filter(|one| one.changes_version())
            .map(|one| {
                json!({
                    "name": one.name.as_str(),
                    "from": one.from.map(|entry| entry.version.as_str()),
                    "to": one.to.map(|entry| entry.version.as_str()),
                    "because": one.to.map(|entry| entry.reasons.clone()).unwrap_or_default(),
                })
            })
            .collect();
        let base = base(&changes).map(|(from, to)| json!({ "from": from, "to": to }));
        if !entries.is_empty() || base.is_some() {
            all.push(json!({ "target": changes.target.as_str(), "base": base, "moved": entries }));
        }
    }
    Value::Array(all)
}
