//! Generates the reference of a language from its schema, in Markdown.

use super::{NodeSpec, Times, ValueKind};

/// Generates a section per top-level node, with its block as a list. A schema that contains itself (`when` in
/// `when`) is not repeated.
pub fn reference(language: &'static [&'static NodeSpec]) -> String {
    let mut out = String::new();
    for spec in language {
        out.push_str(&format!("## `{}`\n\n", spec.name));
        out.push_str(&format!("```kdl\n{}\n```\n\n{} {}\n\n", spec.shape(), spec.doc, times(spec.times)));
        let mut lines = String::new();
        parts(spec, 0, &mut lines);
        block(spec, &mut vec![*spec], &mut lines);
        if !lines.is_empty() {
            out.push_str(&lines);
            out.push('\n');
        }
    }
    out
}

fn times(times: Times) -> &'static str {
    match times {
        Times::Once => "Exactly once.",
        Times::Optional => "At most once.",
        Times::Many => "Any number of times.",
        Times::AtLeastOnce => "At least once.",
    }
}

fn block(spec: &'static NodeSpec, open: &mut Vec<&'static NodeSpec>, out: &mut String) {
    let indent = "  ".repeat(open.len() - 1);
    for child in spec.children.listed().iter().copied().chain(spec.children.other()) {
        let again = open.iter().any(|one| std::ptr::eq(*one, child));
        let rest = if again { " (its block as above)" } else { "" };
        out.push_str(&format!("{indent}- `{}` — {}{rest}\n", child.shape(), child.doc));
        parts(child, open.len(), out);
        if !again {
            open.push(child);
            block(child, open, out);
            open.pop();
        }
    }
}

/// Lists arguments and properties, one per line.
fn parts(spec: &NodeSpec, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    for one in spec.arguments.iter().chain(&spec.rest) {
        out.push_str(&format!("{indent}- *{}*{}: {}\n", one.name, kind(&one.kind), one.doc));
    }
    for one in spec.properties.iter().chain(&spec.open_properties) {
        out.push_str(&format!("{indent}- `{}=`{}: {}\n", one.key, kind(&one.kind), one.doc));
    }
}

fn kind(kind: &ValueKind) -> String {
    match kind {
        ValueKind::Text | ValueKind::Any => String::new(),
        ValueKind::Integer => " (a whole number)".to_owned(),
        ValueKind::Number => " (a number)".to_owned(),
        ValueKind::Bool => " (`#true` or `#false`)".to_owned(),
        ValueKind::Choice(words) => {
            format!(" ({})", words.iter().map(|word| format!("`\"{word}\"`")).collect::<Vec<_>>().join(", "))
        }
        ValueKind::Either(_) => format!(" ({})", kind.placeholder("…")),
    }
}
