//! `jcc show`: prints a package, its dependents, and which of its versions are available on a machine.

mod needed;
mod phrases;
#[cfg(test)]
mod tests;

use serde_json::{Value, json};

use crate::catalog::{Guarded, Package, PackageOption, PackageVersion, Unavailable, Variant};
use crate::diagnostic::wording;
use crate::resolve::availability::Verdict;
use crate::value::Version;

use super::args::{Format, MachineArgs};
use super::{Exit, Session, availability, table};
use needed::DependentsTable;

/// The availability of each version on a machine; `None` if no machine was named.
type Verdicts = Option<Vec<(Version, Verdict)>>;

pub(super) fn run(session: &mut Session<'_, '_>, name: &str, args: &MachineArgs, format: Format) -> Exit {
    let catalog = crate::builtin::catalog(&mut session.sources);
    let Some(package) = catalog.package(name) else {
        let help = wording::did_you_mean(name, catalog.names())
            .unwrap_or_else(|| "`jcc search WORDS` also searches summaries".to_owned());
        return session.input_error(&format!("unknown package {}", wording::code(name)), Some(help));
    };
    if availability::lacks_machine(args) {
        return availability::report_missing_machine(session);
    }
    let verdicts = match availability::query(session, &catalog, args, |query, machine| {
        query.versions(package, machine).map(Some)
    }) {
        Ok(verdicts) => verdicts.flatten(),
        Err(exit) => return exit,
    };
    let stacks = needed::stacks(session, &catalog, package);
    let needed = DependentsTable::new(&catalog, package, stacks);
    match format {
        Format::Text => {
            let text = text(package, &verdicts) + &needed.text();
            session.print(&text)
        }
        Format::Json => session.print_json(&value(package, &verdicts, &needed)),
    }
}

fn text(package: &Package, verdicts: &Verdicts) -> String {
    let mut out = format!("{} - {}\n", package.name.value, package.summary);
    for (name, fact) in facts(package) {
        out.push_str(&format!("  {name}: {fact}\n"));
    }
    out.push_str(&versions(package, verdicts));
    out.extend(package.options.iter().map(option));
    out.extend(package.variants.iter().map(variant));
    for require in phrases::requirements(&package.requires) {
        out.push_str(&format!("requires {require}\n"));
    }
    for conflict in phrases::requirements(&package.conflicts) {
        out.push_str(&format!("conflicts with {conflict}\n"));
    }
    for (scope, one) in unavailable(package) {
        out.push_str(&format!("not available{scope}: {}\n", one.reason.value));
    }
    for note in &package.notes {
        out.push_str(&format!(
            "note{}: {}\n",
            phrases::when(&note.guard),
            wording::one_line(&note.value.value)
        ));
    }
    for (note, of) in notes_of_versions(package) {
        out.push_str(&format!("note of {}: {}\n", of.join(", "), wording::one_line(note)));
    }
    out
}

/// Returns where the package is unavailable, such as ` in 2.1 when cuda >=13`, with the reasons.
fn unavailable(package: &Package) -> Vec<(String, &Unavailable)> {
    let all = |of: &str, one| -> (String, &Unavailable) {
        let one: &Guarded<Unavailable> = one;
        (format!("{of}{}", phrases::when(&one.guard)), &one.value)
    };
    let whole = package.unavailable.iter().map(|one| all("", one));
    let versions = package.versions.iter().flat_map(|version| {
        let of = format!(" in {}", version.version.value);
        version.unavailable.iter().map(move |one| all(&of, one))
    });
    let mut found: Vec<(String, &Unavailable)> = Vec::new();
    for one in whole.chain(versions) {
        if !found.contains(&one) {
            found.push(one);
        }
    }
    found
}

/// Returns the notes of versions, each note once with the versions that have it.
fn notes_of_versions(package: &Package) -> Vec<(&str, Vec<String>)> {
    let mut all: Vec<(&str, Vec<String>)> = Vec::new();
    for version in &package.versions {
        let name = version.name.as_ref().map(|name| name.value.to_string());
        let label = name.unwrap_or_else(|| version.version.value.to_string());
        for note in &version.notes {
            match all.iter_mut().find(|(text, _)| note.value == *text) {
                Some((_, of)) if of.contains(&label) => {}
                Some((_, of)) => of.push(label.clone()),
                None => all.push((&note.value, vec![label.clone()])),
            }
        }
    }
    all
}

/// Returns the single-valued properties, as name and text.
fn facts(package: &Package) -> Vec<(&'static str, String)> {
    let mut facts = vec![("group", package.group.to_string())];
    facts.extend(package.license.iter().map(|license| ("license", license.to_string())));
    facts.extend(package.homepage.iter().map(|page| ("homepage", page.to_string())));
    if !package.aliases.is_empty() {
        facts.push(("also", names(package.aliases.iter().map(|alias| alias.value.as_str()))));
    }
    if let Some(size) = &package.size {
        let image = size.image.map(|mib| format!("{mib} MiB in the image"));
        let models = size.models.map(|mib| format!("{mib} MiB of models"));
        facts.push(("size", image.into_iter().chain(models).collect::<Vec<_>>().join(", ")));
    }
    facts.extend(
        package
            .choice
            .iter()
            .map(|choice| ("choice", format!("an image contains only one {}", choice.value))),
    );
    facts
}

/// Returns the line of an option: `option qt (default 5): 5 (requires ubuntu <24.04), 6, none`.
fn option(option: &PackageOption) -> String {
    let values: Vec<String> = option
        .values
        .iter()
        .map(|(value, requires)| match phrases::requirements(requires).as_slice() {
            [] => value.value.to_string(),
            needs => format!("{} (requires {})", value.value, needs.join(", ")),
        })
        .collect();
    let values = if values.is_empty() { "any text".to_owned() } else { values.join(", ") };
    let (key, default) = (&option.key.value, &option.default.value);
    format!("option {key} (default {default}): {values}{}\n", summary(option.summary.as_deref()))
}

/// Returns the line of a variant: `variant desktop (default): option gui=yes; requires qt5 - With windows`.
fn variant(variant: &Variant) -> String {
    let default = if variant.default { " (default)" } else { "" };
    let mut sets: Vec<String> =
        variant.options.iter().map(|(key, value)| format!("option {}={}", key.value, value.value)).collect();
    let needs = phrases::requirements(&variant.requires);
    if !needs.is_empty() {
        sets.push(format!("requires {}", needs.join(", ")));
    }
    let sets = if sets.is_empty() { String::new() } else { format!(": {}", sets.join("; ")) };
    format!("variant {}{default}{sets}{}\n", variant.name.value, summary(variant.summary.as_deref()))
}

fn summary(text: Option<&str>) -> String {
    text.map_or_else(String::new, |text| format!(" - {text}"))
}

fn versions(package: &Package, verdicts: &Verdicts) -> String {
    if package.versions.is_empty() {
        return "  version: same as the distribution\n".to_owned();
    }
    let rows: Vec<Vec<String>> = match verdicts {
        None => package.versions.iter().map(entry).collect(),
        Some(verdicts) => verdicts
            .iter()
            .map(|(version, verdict)| {
                let named = package.versions.iter().find(|one| *one.version == *version);
                let name = named.map_or_else(|| version.to_string(), label);
                [vec![format!("  {name}")], availability::cells(verdict, None)].concat()
            })
            .collect(),
    };
    format!("versions:\n{}", table::columns(&rows))
}

fn entry(version: &PackageVersion) -> Vec<String> {
    let requires = phrases::requirements(&version.requires);
    let mut row = vec![format!("  {}", label(version)), requires.join(", ")];
    row.extend(version.unproven.as_ref().map(|_| "unproven".to_owned()));
    row
}

fn label(version: &PackageVersion) -> String {
    let name = version.name.as_ref().map_or_else(String::new, |name| format!(" ({})", name.value));
    let default = if version.default { " (default)" } else { "" };
    format!("{}{name}{default}", version.version.value)
}

fn names<'a>(all: impl Iterator<Item = &'a str>) -> String {
    all.collect::<Vec<_>>().join(", ")
}

fn value(package: &Package, verdicts: &Verdicts, needed: &DependentsTable) -> Value {
    let here = verdicts.as_ref().map(|all| {
        let one = |(version, verdict): &(Version, Verdict)| {
            availability::with(json!({ "version": version.to_string() }), verdict)
        };
        all.iter().map(one).collect::<Vec<_>>()
    });
    let (needed_by, stacks) = needed.values();
    json!({
        "name": package.name.value.as_str(),
        "aliases": package.aliases.iter().map(|alias| alias.value.as_str()).collect::<Vec<_>>(),
        "group": package.group,
        "summary": package.summary,
        "license": package.license,
        "homepage": package.homepage,
        "size": package.size.as_ref().map(|size| json!({
            "image_mib": size.image,
            "models_mib": size.models,
            "source": size.source,
        })),
        "choice": package.choice.as_ref().map(|choice| choice.value.as_str()),
        "versions": package.versions.iter().map(version_value).collect::<Vec<_>>(),
        "here": here,
        "options": package.options.iter().map(option_value).collect::<Vec<_>>(),
        "variants": package.variants.iter().map(variant_value).collect::<Vec<_>>(),
        "requires": phrases::requirements(&package.requires),
        "conflicts": phrases::requirements(&package.conflicts),
        "unavailable": unavailable(package).into_iter().map(|(scope, one)| json!({
            "where": scope.trim_start(),
            "reason": one.reason.value,
            "source": one.source,
        })).collect::<Vec<_>>(),
        "notes": package.notes.iter().map(|note| json!({
            "when": phrases::conditions(&note.guard),
            "text": note.value.value,
        })).collect::<Vec<_>>(),
        "sources": package.sources,
        "needed_by": needed_by,
        "stacks": stacks,
    })
}

fn version_value(version: &PackageVersion) -> Value {
    json!({
        "version": version.version.value.as_str(),
        "name": version.name.as_ref().map(|name| name.value.as_str()),
        "default": version.default,
        "requires": phrases::requirements(&version.requires),
        "unproven": version.unproven.as_ref().map(|why| &why.value),
        "notes": version.notes.iter().map(|note| &note.value).collect::<Vec<_>>(),
        "sources": version.sources,
    })
}

fn option_value(option: &PackageOption) -> Value {
    json!({
        "key": option.key.value.as_str(),
        "default": option.default.value,
        "summary": option.summary,
        "values": option.values.iter().map(|(value, _)| &value.value).collect::<Vec<_>>(),
        "requires": option.values.iter().filter(|(_, requires)| !requires.is_empty()).map(|(value, requires)| {
            (value.value.to_string(), json!(phrases::requirements(requires)))
        }).collect::<serde_json::Map<_, _>>(),
    })
}

fn variant_value(variant: &Variant) -> Value {
    json!({
        "name": variant.name.value.as_str(),
        "default": variant.default,
        "summary": variant.summary,
        "options": variant.options.iter().map(|(key, value)| {
            (key.value.to_string(), json!(value.value))
        }).collect::<serde_json::Map<_, _>>(),
        "requires": phrases::requirements(&variant.requires),
    })
}
