//! `jcc resolve`.

use serde_json::json;

use crate::resolve::{ChosenKind, Override, Reason, Resolution};
use crate::source::Sources;
use crate::value::Version;

use super::args::{Format, ManifestArgs};
use super::{Exit, Session, table};

/// Prints the chosen versions of each target, with the reasons.
pub(super) fn run(session: &mut Session<'_, '_>, input: &ManifestArgs, format: Format) -> Exit {
    let resolved = match session.resolve(input) {
        Ok(resolved) => resolved,
        Err(exit) => return exit,
    };
    let sources = std::mem::take(&mut session.sources);
    let all: Vec<&Resolution> = resolved.targets.iter().map(|(_, resolution)| resolution).collect();
    match format {
        Format::Text => {
            let several = all.len() > 1;
            let texts: Vec<String> = all.iter().map(|one| text(one, several, &sources)).collect();
            session.print(&texts.join("\n"))
        }
        Format::Json => {
            let values: Vec<_> = all.iter().map(|one| value(one, &sources)).collect();
            session.print_json(&match values.as_slice() {
                [one] => one.clone(),
                several => json!(several),
            })
        }
    }
}

fn text(resolution: &Resolution, several: bool, sources: &Sources) -> String {
    let target = &resolution.target;
    let name = if several { format!("{}: ", target.name) } else { String::new() };
    let mut out = format!("{name}{} ({}, {})\n", target.summary, target.platform, target.arch);
    let mut rows =
        vec![vec!["base".to_owned(), resolution.base.image.to_string(), base(resolution, sources)]];
    rows.extend(
        resolution
            .devel
            .iter()
            .map(|devel| vec!["devel".to_owned(), devel.image.to_string(), "for builds".to_owned()]),
    );
    for name in &resolution.order {
        let one = &resolution.chosen[name];
        rows.push(vec![
            name.to_string(),
            version(&one.version.to_string()),
            reasons(&one.reasons, sources).join("; "),
        ]);
    }
    out.push_str(&indented(&table::columns(&rows)));
    for one in &resolution.overrides {
        out.push_str(&format!("  override: {}\n", overridden(one, sources)));
        if !one.why.is_empty() {
            out.push_str(&format!("    because {}\n", one.why.join("\n      and ")));
        }
    }
    out
}

/// Formats an override with the reasons for it.
pub(super) fn overridden(one: &Override, sources: &Sources) -> String {
    let by = reasons(&one.by, sources);
    if by.is_empty() { one.to_string() } else { format!("{one}: {}", by.join("; ")) }
}

/// Formats a version. `0` stands for a package without its own version, which has that of the
/// distribution.
pub(super) fn version(version: &str) -> String {
    if version == "0" { "same as the distribution".to_owned() } else { version.to_owned() }
}

fn base(resolution: &Resolution, sources: &Sources) -> String {
    if let Some(span) = resolution.base.asked {
        return format!("requested ({})", sources.place(span));
    }
    let contains = resolution.chosen.values().any(|one| one.provided && one.needed.run);
    let why =
        if contains { "contains most of the required packages" } else { "smallest image for this target" };
    why.to_owned()
}

fn indented(text: &str) -> String {
    text.lines().fold(String::new(), |out, line| out + "  " + line + "\n")
}

/// Formats reasons as text, with places in the manifest, each text once.
pub(super) fn reasons(reasons: &[Reason], sources: &Sources) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for one in reasons {
        let text = one.describe(sources);
        if !all.contains(&text) {
            all.push(text);
        }
    }
    all
}

fn value(resolution: &Resolution, sources: &Sources) -> serde_json::Value {
    let chosen: Vec<_> = resolution
        .order
        .iter()
        .map(|name| {
            let one = &resolution.chosen[name];
            json!({
                "name": name.as_str(),
                "version": one.version.as_str(),
                "kind": match one.kind { ChosenKind::Axis => "axis", ChosenKind::Package => "package" },
                "provided": one.provided,
                "because": reasons(&one.reasons, sources),
            })
        })
        .collect();
    let overrides: Vec<_> = resolution
        .overrides
        .iter()
        .map(|one| {
            json!({
                "name": one.name.as_str(),
                "default": one.default.as_str(),
                "chosen": one.chosen.as_ref().map(Version::as_str),
                "because": reasons(&one.by, sources),
                "steps": one.why,
            })
        })
        .collect();
    json!({
        "target": resolution.target.name.as_str(),
        "base": resolution.base.image.to_string(),
        "devel": resolution.devel.as_ref().map(|devel| devel.image.to_string()),
        "chosen": chosen,
        "moved": overrides,
    })
}
