//! Renders a comparison as a comment on a pull request.

use crate::diff::{ChangeCause, TargetDiff, VersionChange};

use super::super::unified::unified;
use super::{Comparison, summary, text};

/// The largest size of a comment, in bytes. GitHub's limit is 65,536 characters.
const MAX_SIZE: usize = 65_536;

/// The number of rows above which a table is folded.
const MAX_ROWS: usize = 10;

pub(super) fn report(comparison: &Comparison<'_>) -> String {
    let marker = format!("<!-- jcc diff {} -->\n", comparison.manifest.replace("--", ""));
    let mut out = format!("{marker}### `jcc diff` of {}\n\n", code(comparison.manifest));
    if comparison.groups.is_empty() {
        let files = comparison.files.len();
        out.push_str(&match files {
            0 => "Nothing differs.\n".to_owned(),
            _ => "No version, build step or service changes; only comments of generated files differ.\n"
                .to_owned(),
        });
    }
    for group in &comparison.groups {
        let name = if comparison.groups.len() + group.targets.len() > 2 {
            format!("{}: ", escaped(&text::targets(group)))
        } else {
            String::new()
        };
        out.push_str(&format!("**{name}{}**\n\n", escaped(&summary::line(&group.diff))));
        body(&group.diff, &mut out);
    }
    out.push_str(&format!("From {} to {}.\n", code(&comparison.from), code(&comparison.to)));
    let details = files(comparison);
    if out.len() + details.len() <= MAX_SIZE {
        out.push_str(&details);
        return out;
    }
    let note = "\nThe full report is too long for a comment; run `jcc diff` to see it.\n";
    if out.len() + note.len() > MAX_SIZE {
        let mut end = MAX_SIZE - note.len() - "\n</details>\n".len();
        while !out.is_char_boundary(end) {
            end -= 1;
        }
        let end = out[..end].rfind('\n').unwrap_or(0);
        let is_open = out[..end].matches("<details>").count() > out[..end].matches("</details>").count();
        out.truncate(end);
        out.push_str(if is_open { "\n</details>\n" } else { "\n" });
    }
    out + note
}

fn body(diff: &TargetDiff, out: &mut String) {
    if let Some(base) = &diff.base {
        let from = base.from.as_ref().map_or_else(String::new, |from| format!("{} → ", code(from)));
        out.push_str(&format!("Base image: {from}{}\n\n", code(&base.to)));
    }
    let risks: Vec<String> = diff
        .risks
        .iter()
        .map(|risk| {
            format!(
                "- :warning: {}: {}",
                code(risk.service.as_deref().unwrap_or("build")),
                escaped(&risk.what)
            )
        })
        .collect();
    if !risks.is_empty() {
        out.push_str(&(risks.join("\n") + "\n\n"));
    }
    let rows: Vec<Vec<String>> = diff.versions.iter().map(version).collect();
    table("version", &["Package", "Before", "After", "Why"], &rows, out);
    let rows: Vec<Vec<String>> =
        text::stages(diff).iter().map(|row| row.iter().map(|cell| escaped(cell)).collect()).collect();
    table("stage", &["Stage", "Next build", "First cause"], &rows, out);
    if !diff.cost.compiled.is_empty() {
        out.push_str(&format!("Built from source again: {}.\n\n", escaped(&diff.cost.compiled.join(", "))));
    }
    let rows: Vec<Vec<String>> = text::services(diff)
        .into_iter()
        .map(|row| vec![code(&row[0]), code(&row[1]), code(&row[2])])
        .collect();
    table("change of services", &["Service", "Property", "Change"], &rows, out);
}

fn version(change: &VersionChange) -> Vec<String> {
    let (from, to) = summary::versions(change);
    let name = if change.cause == ChangeCause::Requested {
        format!("**{}**", change.name)
    } else {
        change.name.to_string()
    };
    let reason = match change.cause {
        ChangeCause::Update => format!("update: {}", change.reason),
        _ => change.reason.clone(),
    };
    vec![name, escaped(&from), escaped(&to), escaped(&reason)]
}

/// Adds a table, folded if it is long. `what` is the singular of its rows.
fn table(what: &str, heads: &[&str], rows: &[Vec<String>], out: &mut String) {
    if rows.is_empty() {
        return;
    }
    let is_long = rows.len() > MAX_ROWS;
    if is_long {
        let count = crate::diagnostic::wording::count(rows.len(), what);
        out.push_str(&format!("<details><summary>{count}</summary>\n\n"));
    }
    out.push_str(&format!("| {} |\n|{}\n", heads.join(" | "), " --- |".repeat(heads.len())));
    for row in rows {
        out.push_str(&format!("| {} |\n", row.join(" | ")));
    }
    out.push_str(if is_long { "\n</details>\n\n" } else { "\n" });
}

/// Returns the diffs of the generated files, folded.
fn files(comparison: &Comparison<'_>) -> String {
    if comparison.files.is_empty() {
        return String::new();
    }
    let diffs: String = comparison.files.iter().map(|(path, old, new)| unified(path, old, new)).collect();
    let longest = diffs.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let count = crate::diagnostic::wording::count(comparison.files.len(), "generated file");
    format!("\n<details><summary>{count}</summary>\n\n{fence}diff\n{diffs}{fence}\n\n</details>\n")
}

/// Escapes Markdown and HTML in a text. Pairs of backticks remain code.
fn escaped(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let mut out = String::new();
    for (at, part) in parts.iter().enumerate() {
        let is_code = at % 2 == 1 && at + 1 < parts.len();
        if is_code {
            out.push_str(&code(part));
        } else {
            out.extend((at % 2 == 1).then_some("\\`"));
            part.chars().for_each(|c| escape(c, &mut out));
        }
    }
    out
}

fn escape(c: char, out: &mut String) {
    match c {
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '&' => out.push_str("&amp;"),
        '@' => out.push_str("&#64;"),
        '\n' | '\r' => out.push(' '),
        '\\' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' => out.extend(['\\', c]),
        _ => out.push(c),
    }
}

/// Formats a text as code. `|` is escaped, as tables require.
fn code(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ").replace('|', "\\|");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if longest > 0 { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}
