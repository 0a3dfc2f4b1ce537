//! The changes between two locks, as people and programs read them.

use serde_json::{Value, json};

use crate::Resolved;
use crate::resolve::{Lock, LockChange, TargetChanges, availability};
use crate::source::Sources;
use crate::value::Version;

use super::table;

/// A line for each choice that was added, removed or changed; under the names of the targets where there are several.
pub(super) fn text(new: &Lock, old: Option<&Lock>) -> String {
    let mut out = String::new();
    let several = new.targets.len() > 1;
    let indent = if several { "  " } else { "" };
    for moves in new.moves(old) {
        let rows: Vec<Vec<String>> = moves.things.iter().filter(|one| one.is_of_version()).map(row).collect();
        let base = base(&moves);
        if rows.is_empty() && base.is_none() {
            continue;
        }
        if several {
            out.push_str(&format!("{}:\n", moves.target));
        }
        if let Some((from, to)) = base {
            let from = from.map_or_else(String::new, |from| format!("{from} -> "));
            out.push_str(&format!("{indent}{}  base  {from}{to}\n", sign(moves.before, Some(()))));
        }
        for line in table::columns(&rows).lines() {
            out.push_str(&format!("{indent}{line}\n"));
        }
    }
    out
}

/// So many downgrades are explained.
const EXPLAINED: usize = 5;

/// Why a version is lower than in the old lock, a line for each; nothing where the old one would fit.
pub(super) fn downgrades(resolved: &Resolved, old: Option<&Lock>, sources: &Sources) -> String {
    let mut out = String::new();
    let mut left = EXPLAINED;
    for (project, _) in &resolved.targets {
        let several = resolved.targets.len() > 1;
        let name = &project.target.name.value;
        let target = if several { format!("{name}: ") } else { String::new() };
        let changes = resolved.lock.moves(old).into_iter().filter(|one| one.target == name);
        for one in changes.flat_map(|one| one.things) {
            let (Some(from), Some(to)) = (one.from, one.to) else { continue };
            if to.version >= from.version || left == 0 {
                continue;
            }
            left -= 1;
            let asked = (one.name, &from.version);
            if let Some(why) = availability::why_not(project, asked, &resolved.catalog, sources) {
                out.push_str(&format!("{target}{} {} no longer fits: {why}\n", one.name, from.version));
            }
        }
    }
    out
}

/// So many lines are shown after a compile.
const SHORT: usize = 12;

/// The same in few lines; empty where there was no lock.
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

/// `+` for what was added, `-` for what was removed, `~` for what changed.
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
        (None, Some(thing)) | (Some(thing), None) => shown(&thing.version),
        (None, None) => String::new(),
    };
    let reasons = one.to.map_or_else(String::new, |to| to.reasons.join("; "));
    vec![sign(one.from, one.to), one.name.to_string(), versions, reasons]
}

/// What has no version comes in the distribution's version.
fn shown(version: &Version) -> String {
    super::resolve::version(version.as_str())
}

/// The base before and after, where it is another one.
fn base(moves: &TargetChanges<'_>) -> Option<(Option<String>, String)> {
    let before = moves.before.map(|before| before.base.to_string());
    let after = moves.after.base.to_string();
    (before.as_ref() != Some(&after)).then_some((before, after))
}

/// The same for programs: an object for each target that changed.
pub(super) fn value(new: &Lock, old: Option<&Lock>) -> Value {
    let mut all = Vec::new();
    for moves in new.moves(old) {
        let things: Vec<Value> = moves
            .things
            .iter()
            .filter(|one| one.is_of_version())
            .map(|one| {
                json!({
                    "name": one.name.as_str(),
                    "from": one.from.map(|thing| thing.version.as_str()),
                    "to": one.to.map(|thing| thing.version.as_str()),
                    "because": one.to.map(|thing| thing.reasons.clone()).unwrap_or_default(),
                })
            })
            .collect();
        let base = base(&moves).map(|(from, to)| json!({ "from": from, "to": to }));
        if !things.is_empty() || base.is_some() {
            all.push(json!({ "target": moves.target.as_str(), "base": base, "moved": things }));
        }
    }
    Value::Array(all)
}
