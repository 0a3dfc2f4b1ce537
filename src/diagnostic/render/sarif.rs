//! Renders diagnostics as SARIF 2.1.0, for code hosting platforms.

use std::fmt::Write;

use serde_json::{Value, json};

use super::super::{Code, Diagnostic, Label, Severity, codes};
use super::mask::Masks;
use crate::source::{Sources, Span};

/// Renders a SARIF document with a rule for every reported code. `omitted` is the number of diagnostics that
/// are left out.
pub fn report(reports: &[&Diagnostic], omitted: usize, sources: &Sources) -> String {
    let mut ids: Vec<Code> = reports.iter().map(|one| one.code).collect();
    ids.sort_unstable();
    ids.dedup();
    let masks = Masks::new(reports, sources);
    let rules: Vec<Value> = ids.iter().map(|code| rule(*code)).collect();
    let results: Vec<Value> = reports.iter().map(|one| result(one, &ids, (sources, &masks))).collect();
    let mut document = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "jcc", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    if omitted > 0 {
        document["runs"][0]["properties"] = json!({ "omitted": omitted });
    }
    let mut out = serde_json::to_string_pretty(&document).expect("text and numbers are JSON");
    out.push('\n');
    out
}

fn rule(code: Code) -> Value {
    let page = codes::find(code.as_str()).map_or("", |entry| entry.page);
    let title = page.lines().next().unwrap_or_default().trim_start_matches("# ");
    let short = if title.is_empty() { code.as_str() } else { title };
    let mut rule = json!({ "id": code.as_str(), "shortDescription": { "text": short } });
    if !page.is_empty() {
        rule["help"] = json!({ "text": page, "markdown": page });
    }
    rule
}

fn result(one: &Diagnostic, rules: &[Code], (sources, masks): (&Sources, &Masks)) -> Value {
    let level = match one.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let mut text = one.message.clone();
    for help in &one.help {
        text += &format!("\nhelp: {help}");
    }
    let text = masks.text(&text);
    let mut result = json!({
        "ruleId": one.code.as_str(),
        "ruleIndex": rules.binary_search(&one.code).expect("every code that was reported is a rule"),
        "level": level,
        "message": { "text": text },
    });
    if let [primary, others @ ..] = &one.labels[..] {
        result["locations"] = json!([location(primary, sources, masks)]);
        if !others.is_empty() {
            result["relatedLocations"] = others.iter().map(|label| location(label, sources, masks)).collect();
        }
    }
    if let Some(fix) = &one.fix {
        result["fixes"] = json!([{
            "description": { "text": masks.text(one.help.first().map_or(one.message.as_str(), String::as_str)) },
            "artifactChanges": [{
                "artifactLocation": artifact(fix.span, sources),
                "replacements": [{
                    "deletedRegion": region(fix.span, sources),
                    "insertedContent": { "text": masks.text(&fix.replacement) },
                }],
            }],
        }]);
    }
    result
}

fn location(label: &Label, sources: &Sources, masks: &Masks) -> Value {
    json!({
        "physicalLocation": {
            "artifactLocation": artifact(label.span, sources),
            "region": region(label.span, sources),
        },
        "message": { "text": masks.text(&label.text) },
    })
}

fn artifact(span: Span, sources: &Sources) -> Value {
    let mut uri = String::new();
    for byte in sources.shown(span.source).bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a `String` cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    json!({ "uri": uri })
}

fn region(span: Span, sources: &Sources) -> Value {
    let (start, end) = (sources.start(span), sources.end(span));
    json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    })
}
