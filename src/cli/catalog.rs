//! `jcc list` and `jcc search`.

use serde_json::{Value, json};

use crate::builtin::{self, BuiltinStacks};
use crate::catalog::{self, Catalog, DefinitionKind, Entry, Search, Searchable, Sort};
use crate::diagnostic::{Reported, wording};
use crate::manifest::{self, Stacks as _};
use crate::resolve::availability::{Machine, Verdict};

use super::args::{Format, Listed, MachineArgs};
use super::{Exit, Session, availability, table};

/// Lists entries of the catalogue. If `args` names a machine, also shows what is available there.
pub(super) fn list(session: &mut Session<'_, '_>, what: Listed, args: &MachineArgs, format: Format) -> Exit {
    if what != Listed::Devices && availability::lacks_machine(args) {
        return availability::report_missing_machine(session);
    }
    let catalog = builtin::catalog(&mut session.sources);
    let (rows, values) = match what {
        Listed::Packages => {
            packages(catalog.entries(DefinitionKind::Package).filter(|entry| entry.installable))
        }
        Listed::Devices => devices(&catalog),
        Listed::Releases => releases(&catalog),
        Listed::Bases => bases(&catalog),
        Listed::Stacks => stacks(session),
    };
    let verdicts = availability::query(session, &catalog, args, |query, machine| match what {
        Listed::Packages => values
            .iter()
            .filter_map(|value| catalog.package(value["name"].as_str()?))
            .map(|package| query.package(package, machine))
            .collect(),
        Listed::Devices => catalog
            .devices()
            .map(|device| {
                query.runs(Machine { device: Some(device.name.as_str()), platform: None, ..machine })
            })
            .collect(),
        Listed::Releases => values
            .iter()
            .filter_map(|value| value["version"].as_str())
            .map(|version| query.runs(Machine { release: Some(&format!("={version}")), ..machine }))
            .collect(),
        Listed::Bases => {
            let all: Result<Vec<_>, Reported> =
                catalog.bases().map(|base| query.base(base, machine)).collect();
            all.map(|all| all.into_iter().flatten().collect())
        }
        Listed::Stacks => Ok(Vec::new()),
    });
    match verdicts {
        Err(exit) => exit,
        Ok(None) => show(session, format, &rows, values),
        Ok(Some(verdicts)) => {
            // Only the columns with names remain: the verdict replaces the others.
            let names = match what {
                Listed::Releases => 0..2,
                Listed::Bases => 1..2,
                Listed::Packages | Listed::Devices | Listed::Stacks => 0..1,
            };
            let rows = rows.into_iter().map(|row| row[names.clone()].to_vec()).collect();
            let (rows, values) = with_verdicts(rows, values, &verdicts);
            show(session, format, &rows, values)
        }
    }
}

/// Appends the availability to each row and each JSON value.
fn with_verdicts(rows: Vec<Vec<String>>, values: Vec<Value>, verdicts: &[Verdict]) -> Listing {
    let row = |(row, verdict): (Vec<String>, &Verdict)| {
        let version = verdict.as_ref().ok().and_then(|here| here.version.clone());
        [row, availability::cells(verdict, version)].concat()
    };
    let rows = rows.into_iter().zip(verdicts).map(row).collect();
    let values = values.into_iter().zip(verdicts);
    let values = values.map(|(value, verdict)| availability::with(value, verdict)).collect();
    (rows, values)
}

/// Searches the names, aliases and summaries of the catalogue and the built-in stacks.
pub(super) fn search(session: &mut Session<'_, '_>, words: &str, format: Format) -> Exit {
    let (catalog, stacks) = (builtin::catalog(&mut session.sources), BuiltinStacks::new());
    let Search { found, taken_for } = catalog::search(&catalog, stacks.described(), words);
    if found.is_empty() {
        let help = if words.split_whitespace().count() > 1 {
            "use fewer words, or list everything with `jcc list packages`"
        } else {
            "`jcc list packages` lists everything"
        };
        let message = format!("no results for {}", wording::code(words));
        return session.input_error(&message, Some(help.to_owned()));
    }
    for (word, near) in taken_for {
        let (word, near) = (wording::code(word), wording::code(near));
        _ = session.status(&format!("note: no results for {word}; showing results for {near}\n"));
    }
    let (rows, values): Listing = found.into_iter().map(search_result).unzip();
    show(session, format, &rows, values)
}

/// Returns the row and the JSON value of a search result. Stacks are shown as `stack:NAME`, as in `extends`.
fn search_result(one: Searchable<'_>) -> (Vec<String>, Value) {
    let Searchable { sort, name, aliases, group, summary } = one;
    let name = if matches!(sort, Sort::Stack) { format!("stack:{name}") } else { name.to_owned() };
    let kind = sort.word();
    let value = json!({ "name": name, "kind": kind, "aliases": aliases, "group": group, "summary": summary });
    (vec![name, kind.to_owned(), group.to_owned(), summary.to_owned()], value)
}

fn show(session: &mut Session<'_, '_>, format: Format, rows: &[Vec<String>], values: Vec<Value>) -> Exit {
    match format {
        Format::Text => session.print(&table::columns(rows)),
        Format::Json => session.print_json(&Value::Array(values)),
    }
}

/// The rows of a text table, and the same entries as JSON.
type Listing = (Vec<Vec<String>>, Vec<Value>);

fn packages<'a>(entries: impl Iterator<Item = &'a Entry>) -> Listing {
    let mut all: Vec<&Entry> = entries.collect();
    all.sort_by_key(|entry| (&entry.group, &entry.name));
    all.into_iter()
        .map(|entry| {
            (
                vec![entry.name.to_string(), entry.group.to_string(), entry.summary.to_string()],
                json!({
                    "name": entry.name,
                    "aliases": entry.aliases,
                    "group": entry.group,
                    "summary": entry.summary,
                }),
            )
        })
        .unzip()
}

fn devices(catalog: &Catalog) -> Listing {
    catalog
        .devices()
        .map(|device| {
            let sm: Vec<String> = device.sm.iter().map(|sm| sm.value.to_string()).collect();
            let runs: Vec<String> = device
                .requires
                .iter()
                .map(|one| format!("{} {}", one.name.value, one.requirement.value))
                .collect();
            let memory = device.memory.map_or_else(String::new, |memory| format!("{} GiB", memory / 1024));
            let name = device.name.value.to_string();
            (
                vec![
                    name.clone(),
                    device.platform.value.to_string(),
                    format!("sm {}", sm.join(", ")),
                    memory,
                    runs.join(", "),
                    device.summary.to_string(),
                ],
                json!({
                    "name": name,
                    "platform": device.platform.value.as_str(),
                    "sm": sm,
                    "memory_mib": device.memory,
                    "requires": runs,
                    "summary": device.summary,
                }),
            )
        })
        .unzip()
}

/// Returns the releases: versions of axes that set defaults for several other axes and install nothing
/// themselves.
fn releases(catalog: &Catalog) -> Listing {
    let mut shown = (Vec::new(), Vec::new());
    for axis in catalog.axes() {
        let releases = axis.versions.iter().filter(|version| version.defaults.len() > 1);
        for version in releases.filter(|_| axis.install.steps.is_empty()) {
            let title = axis.axis.as_ref().map_or(axis.name.as_str(), |axis| axis.title.as_str());
            let defaults: Vec<String> =
                version.defaults.iter().map(|(name, version)| format!("{name} {}", version.value)).collect();
            let names = other_names(catalog, axis.name.as_str(), &version.version.value);
            shown.0.push(vec![
                format!("{title} {}", version.version.value),
                names.join(", "),
                defaults.join(", "),
            ]);
            let by_name: serde_json::Map<String, Value> = version
                .defaults
                .iter()
                .map(|(name, version)| (name.to_string(), json!(version.value.as_str())))
                .collect();
            shown.1.push(json!({
                "axis": axis.name.as_str(),
                "version": version.version.value.as_str(),
                "names": names,
                "defaults": by_name,
            }));
        }
    }
    shown
}

/// Returns the names of a release in other axes: their versions that require exactly this version.
fn other_names(catalog: &Catalog, axis: &str, version: &crate::value::Version) -> Vec<String> {
    let mut names = Vec::new();
    for other in catalog.axes() {
        for one in other.versions.iter().filter(|one| one.defaults.is_empty()) {
            let is_name = one.requires.iter().any(|require| {
                require.name.as_str() == axis
                    && !require.requirement.is_any()
                    && require.requirement.matches(version)
            });
            let title = other.axis.as_ref().map_or(other.name.as_str(), |axis| axis.title.as_str());
            if is_name && other.install.steps.is_empty() {
                names.push(format!("{title} {}", one.version.value));
            }
        }
    }
    names
}

fn bases(catalog: &Catalog) -> Listing {
    let mut shown = (Vec::new(), Vec::new());
    for base in catalog.bases() {
        for tag in &base.tags {
            let provides: Vec<String> =
                tag.provides.iter().map(|(name, version)| format!("{name} {}", version.value)).collect();
            let runs: Vec<String> = tag
                .requires
                .iter()
                .map(|one| format!("{} {}", one.name.value, one.requirement.value))
                .collect();
            let image = format!("{}:{}", base.image, tag.tag.value);
            let unproven = tag.unproven.as_ref().map(|why| why.value.clone());
            shown.0.push(vec![
                base.name.value.to_string(),
                image.clone(),
                provides.join(", "),
                runs.join(", "),
                unproven.as_ref().map_or_else(String::new, |_| "unproven".to_owned()),
            ]);
            shown.1.push(json!({
                "name": base.name.value,
                "image": image,
                "provides": provides,
                "requires": runs,
                "size_mib": tag.size,
                "unproven": unproven,
            }));
        }
    }
    shown
}

fn stacks(session: &mut Session<'_, '_>) -> Listing {
    let library = BuiltinStacks::new();
    let stacks = library.names().into_iter().filter_map(|name| {
        let stack = stack(&library, &name, session)?;
        let description = stack.header.description.map(|text| text.value).unwrap_or_default();
        let packages: Vec<&str> = stack.packages.iter().map(|one| one.name.as_str()).collect();
        let extends = format!("stack:{name}");
        let value =
            json!({ "name": name, "extends": extends, "description": description, "packages": packages });
        Some((vec![extends, description], value))
    });
    stacks.unzip()
}

/// Loads a built-in stack through a manifest that only extends it.
pub(super) fn stack(
    library: &BuiltinStacks,
    name: &str,
    session: &mut Session<'_, '_>,
) -> Option<manifest::Project> {
    let extends = crate::syntax::quote(&format!("stack:{name}"));
    let text = format!("extends {extends}\ntarget {{ ubuntu \"*\" }}\n");
    let fs = crate::fs::Memory::with([("project.kdl", text.as_str())]);
    let read = manifest::load(&fs, "project.kdl", library, &mut session.sources, &mut session.log);
    read.ok()?.projects(&mut session.log).ok()?.into_iter().next()
}
