//! `jcc show`: a package, and what of it can be had on a machine.

use serde_json::{Value, json};

use crate::catalog::{Catalog, Package, PackageVersion, Require};
use crate::diagnostic::wording;
use crate::resolve::possible::Verdict;
use crate::value::Version;

use super::args::{Format, Place};
use super::{Exit, Session, here, table};

/// What became of each version on a machine.
type Verdicts = Option<Vec<(Version, Verdict)>>;

/// Shows a package.
pub(super) fn run(session: &mut Session<'_, '_>, name: &str, place: &Place, format: Format) -> Exit {
    let catalog = Catalog::builtin(&mut session.sources);
    let Some(package) = catalog.package(name) else {
        let help = wording::did_you_mean(name, catalog.names())
            .unwrap_or_else(|| format!("`jcc search {name}` looks through summaries too"));
        return session.unknown(&format!("there is no package `{name}`"), Some(help));
    };
    if here::lacks_machine(place) {
        return here::which_machine(session);
    }
    let verdicts = match here::ask(session, &catalog, place, |asking, machine| {
        asking.versions(package, machine).map(Some)
    }) {
        Ok(verdicts) => verdicts.flatten(),
        Err(exit) => return exit,
    };
    match format {
        Format::Text => {
            let text = text(package, &verdicts);
            session.print(&text)
        }
        Format::Json => session.print_json(&value(package, &verdicts)),
    }
}

fn text(package: &Package, verdicts: &Verdicts) -> String {
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

fn versions(package: &Package, verdicts: &Verdicts) -> String {
    if package.versions.is_empty() {
        return "  version: the distribution's\n".to_owned();
    }
    let rows: Vec<Vec<String>> = match verdicts {
        None => package.versions.iter().map(entry).collect(),
        Some(verdicts) => verdicts
            .iter()
            .map(|(version, verdict)| {
                let named = package.versions.iter().find(|one| *one.version == *version);
                let name = named.map_or_else(|| version.to_string(), label);
                [vec![format!("  {name}")], here::cells(verdict, None)].concat()
            })
            .collect(),
    };
    format!("versions:\n{}", table::columns(&rows))
}

fn entry(version: &PackageVersion) -> Vec<String> {
    let requires: Vec<String> = version.requires.iter().map(requirement).collect();
    let mut row = vec![format!("  {}", label(version)), requires.join(", ")];
    row.extend(version.unproven.as_ref().map(|_| "unproven".to_owned()));
    row
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

fn value(package: &Package, verdicts: &Verdicts) -> Value {
    let versions: Vec<Value> = package
        .versions
        .iter()
        .map(|version| {
            json!({
                "version": version.version.value.as_str(),
                "name": version.name.as_ref().map(|name| name.value.as_str()),
                "requires": version.requires.iter().map(requirement).collect::<Vec<_>>(),
                "unproven": version.unproven.as_ref().map(|why| &why.value),
                "sources": version.sources,
            })
        })
        .collect();
    let here = verdicts.as_ref().map(|all| {
        let one = |(version, verdict): &(Version, Verdict)| {
            here::with(json!({ "version": version.to_string() }), verdict)
        };
        all.iter().map(one).collect::<Vec<_>>()
    });
    json!({
        "name": package.name.value.as_str(),
        "aliases": package.aliases.iter().map(|alias| alias.value.as_str()).collect::<Vec<_>>(),
        "group": package.group,
        "summary": package.summary,
        "license": package.license,
        "homepage": package.homepage,
        "versions": versions,
        "here": here,
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
