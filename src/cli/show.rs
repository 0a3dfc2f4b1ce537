//! `jcc show`: a package, and what of it can be had on a machine.

use serde_json::{Value, json};

use crate::catalog::{Catalog, Package, PackageVersion, Require};
use crate::diagnostic::{Log, wording};
use crate::resolve::possible;

use super::args::Format;
use super::{Exit, Session, table};

/// Which machine is asked about.
pub(super) struct Where {
    /// A device.
    pub(super) device: Option<String>,
    /// A platform.
    pub(super) platform: Option<String>,
}

/// Shows a package.
pub(super) fn run(session: &mut Session<'_, '_>, name: &str, place: &Where, format: Format) -> Exit {
    let catalog = Catalog::builtin(&mut session.sources);
    let Some(package) = catalog.package(name) else {
        let help = wording::did_you_mean(name, catalog.names())
            .unwrap_or_else(|| format!("`jcc search {name}` looks through summaries too"));
        return session.unknown(&format!("there is no package `{name}`"), Some(help));
    };
    let verdicts = match verdicts(session, &catalog, package, place) {
        Ok(verdicts) => verdicts,
        Err(exit) => return exit,
    };
    match format {
        Format::Text => {
            let text = text(package, verdicts.as_deref());
            session.print(&text)
        }
        Format::Json => session.print_json(&value(package, verdicts.as_deref())),
    }
}

/// For each entry, whether it can be had there: nothing, or why not.
fn verdicts(
    session: &mut Session<'_, '_>,
    catalog: &Catalog,
    package: &Package,
    place: &Where,
) -> Result<Option<Vec<Option<String>>>, Exit> {
    if place.device.is_none() && place.platform.is_none() {
        return Ok(None);
    }
    let mut log = Log::new();
    let target = possible::Machine { device: place.device.as_deref(), platform: place.platform.as_deref() };
    if let Ok(verdicts) = possible::entries(package, target, catalog, &mut session.sources, &mut log) {
        return Ok(Some(verdicts));
    }
    let first = log.sorted().first().map(|one| (one.message.clone(), one.help.first().cloned()));
    let (message, help) = first.unwrap_or_default();
    Err(session.unknown(&message, help))
}

fn text(package: &Package, verdicts: Option<&[Option<String>]>) -> String {
    let mut out = format!("{} - {}\n", package.name.value, package.summary);
    let mut facts = vec![("group", package.group.clone())];
    facts.extend(package.license.iter().map(|license| ("license", license.clone())));
    facts.extend(package.homepage.iter().map(|page| ("homepage", page.clone())));
    if !package.aliases.is_empty() {
        facts.push(("also", names(package.aliases.iter().map(|alias| alias.value.as_str()))));
    }
    if let Some(size) = &package.size {
        let image = size.image.map(|mib| format!("{mib} MiB in the image"));
        let models = size.models.map(|mib| format!("{mib} MiB of models"));
        facts.push(("size", image.into_iter().chain(models).collect::<Vec<_>>().join(", ")));
    }
    for (name, fact) in facts {
        out.push_str(&format!("  {name}: {fact}\n"));
    }
    out.push_str(&versions(package, verdicts));
    for option in &package.options {
        let values = names(option.values.iter().map(|(value, _)| value.as_str()));
        let values = if values.is_empty() { "any text".to_owned() } else { values };
        let summary = option.summary.as_deref().map_or_else(String::new, |text| format!(" - {text}"));
        out.push_str(&format!(
            "option {} (default {}): {values}{summary}\n",
            option.key.value, option.default.value
        ));
    }
    for variant in &package.variants {
        let default = if variant.default { " (default)" } else { "" };
        let summary = variant.summary.as_deref().map_or_else(String::new, |text| format!(" - {text}"));
        out.push_str(&format!("variant {}{default}{summary}\n", variant.name.value));
    }
    for require in &package.requires {
        out.push_str(&format!("requires {}\n", requirement(require)));
    }
    for note in &package.notes {
        out.push_str(&format!("note: {}\n", note.value.value));
    }
    out
}

fn versions(package: &Package, verdicts: Option<&[Option<String>]>) -> String {
    if package.versions.is_empty() {
        return "  version: the distribution's\n".to_owned();
    }
    let rows: Vec<Vec<String>> = package
        .versions
        .iter()
        .enumerate()
        .map(|(index, version)| {
            let mut row = vec![format!("  {}", label(version))];
            if let Some(verdicts) = verdicts {
                row.push(
                    verdicts[index].as_ref().map_or_else(|| "yes".to_owned(), |why| format!("no: {why}")),
                );
            } else {
                row.push(version.requires.iter().map(requirement).collect::<Vec<_>>().join(", "));
            }
            row.extend(version.unproven.as_ref().map(|_| "unproven".to_owned()));
            row
        })
        .collect();
    format!("versions:\n{}", table::columns(&rows))
}

fn label(version: &PackageVersion) -> String {
    let name = version.name.as_ref().map_or_else(String::new, |name| format!(" ({})", name.value));
    format!("{}{name}", version.version.value)
}

fn requirement(require: &Require) -> String {
    let text = require.requirement.value.to_string();
    if text == "*" { require.name.value.to_string() } else { format!("{} {text}", require.name.value) }
}

fn names<'a>(all: impl Iterator<Item = &'a str>) -> String {
    all.collect::<Vec<_>>().join(", ")
}

fn value(package: &Package, verdicts: Option<&[Option<String>]>) -> Value {
    let versions: Vec<Value> = package
        .versions
        .iter()
        .enumerate()
        .map(|(index, version)| {
            let verdict = verdicts.map(|verdicts| &verdicts[index]);
            json!({
                "version": version.version.value.as_str(),
                "name": version.name.as_ref().map(|name| name.value.as_str()),
                "requires": version.requires.iter().map(requirement).collect::<Vec<_>>(),
                "unproven": version.unproven.as_ref().map(|why| &why.value),
                "available": verdict.map(Option::is_none),
                "reason": verdict.and_then(Option::as_ref),
                "sources": version.sources,
            })
        })
        .collect();
    json!({
        "name": package.name.value.as_str(),
        "aliases": package.aliases.iter().map(|alias| alias.value.as_str()).collect::<Vec<_>>(),
        "group": package.group,
        "summary": package.summary,
        "license": package.license,
        "homepage": package.homepage,
        "versions": versions,
        "options": package.options.iter().map(|option| json!({
            "key": option.key.value.as_str(),
            "default": option.default.value,
            "values": option.values.iter().map(|(value, _)| &value.value).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "variants": package.variants.iter().map(|variant| variant.name.value.as_str()).collect::<Vec<_>>(),
        "requires": package.requires.iter().map(requirement).collect::<Vec<_>>(),
        "notes": package.notes.iter().map(|note| &note.value.value).collect::<Vec<_>>(),
        "sources": package.sources,
    })
}
