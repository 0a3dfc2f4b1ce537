//! The page that shows the table.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Cell;
use super::machines::MACHINES;

const HEAD: &str = r#"# What can be had where

The usual requests on the usual machines, as this `jcc` resolves them: made by `tests/table`, not written. A cell has
the versions of what is asked for, in that order; `cuda …` and the like where something of the release had to move for
it; `?` where something in it is unproven (`jcc resolve` says what). `no` has its reason below: "of the catalogue"
means that this `jcc` knows no version for that machine, which is no proof that there is none.

"#;

/// The whole page.
pub(super) fn text(rows: &[(&str, Vec<Cell>)]) -> String {
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    let mut order: Vec<&str> = Vec::new();
    for reason in rows.iter().flat_map(|(_, cells)| cells).filter_map(refusal) {
        reasons.entry(reason.to_owned()).or_insert_with(|| {
            order.push(reason);
            order.len()
        });
    }
    let titles: Vec<&str> = MACHINES.iter().map(|machine| machine.title).collect();
    let mut out = HEAD.to_owned();
    _ = writeln!(out, "{}\n", summary(rows));
    _ = writeln!(out, "| | {} |\n|---{}|", titles.join(" | "), "|---".repeat(titles.len()));
    for (request, cells) in rows {
        let cells: Vec<String> = cells.iter().map(|cell| shown(cell, &reasons)).collect();
        _ = writeln!(out, "| `{request}` | {} |", cells.join(" | "));
    }
    out.push_str("\n## Why not\n\n");
    for (at, reason) in order.iter().enumerate() {
        _ = writeln!(out, "{}. {reason}", at + 1);
    }
    out
}

fn refusal(cell: &Cell) -> Option<&str> {
    match cell {
        Cell::Refused(reason) => Some(reason),
        Cell::Resolved { .. } => None,
    }
}

fn shown(cell: &Cell, reasons: &BTreeMap<String, usize>) -> String {
    match cell {
        Cell::Resolved { versions, moved, unproven } => {
            let mark = if *unproven { "?" } else { "" };
            let moved = if moved.is_empty() { String::new() } else { format!(" ({})", moved.join(", ")) };
            format!("{}{mark}{moved}", versions.join(", "))
        }
        Cell::Refused(reason) => format!("no ({})", reasons[reason]),
    }
}

/// How many are resolved, and why the others are not.
fn summary(rows: &[(&str, Vec<Cell>)]) -> String {
    let cells: Vec<&Cell> = rows.iter().flat_map(|(_, cells)| cells).collect();
    let resolved = cells.iter().filter(|cell| refusal(cell).is_none()).count();
    let unproven = cells.iter().filter(|cell| matches!(cell, Cell::Resolved { unproven: true, .. })).count();
    let refused: Vec<&str> = cells.iter().filter_map(|cell| refusal(cell)).collect();
    let missing = refused.iter().filter(|reason| reason.contains("there is no package")).count();
    // What a request names itself (a distribution of ROS) is no gap of the catalogue.
    let named = |step: &str| step.starts_with(char::is_lowercase) && !step.starts_with("every ");
    let against = refused.iter().filter(|reason| reason.split("; ").any(named)).count() - missing;
    format!(
        "Of {} cells, {resolved} are resolved, {unproven} of them with something unproven. Of the {} that are refused, \
         {missing} ask for what the catalogue has no definition of yet, {} for what it has no version of for that \
         machine, and {against} contradict themselves there.",
        cells.len(),
        refused.len(),
        refused.len() - missing - against,
    )
}
