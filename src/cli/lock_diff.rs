//! What moved between two locks, as people and programs read it.

use serde_json::{Value, json};

use crate::resolve::{Lock, LockChange, TargetChanges};
use crate::value::Version;

use super::table;

/// A line each of what is new, gone or another; empty where nothing moved.
pub(super) fn text(new: &Lock, old: Option<&Lock>) -> String {
    let mut out = String::new();
    for moves in new.moves(old) {
        let rows: Vec<Vec<String>> = moves.things.iter().filter(|one| one.is_of_version()).map(row).collect();
        let base = base(&moves);
        if rows.is_empty() && base.is_none() {
            continue;
        }
        out.push_str(&format!("{}:\n", moves.target));
        if let Some((from, to)) = base {
            let from = from.map_or_else(String::new, |from| format!("{from} -> "));
            out.push_str(&format!("  {}  base  {from}{to}\n", sign(moves.before, Some(()))));
        }
        for line in table::columns(&rows).lines() {
            out.push_str(&format!("  {line}\n"));
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

/// `+` for what is new, `-` for what is gone, `~` for what moved.
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

/// The same for programs: an object a target in which something moved.
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
