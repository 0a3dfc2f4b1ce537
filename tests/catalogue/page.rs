//! `docs/catalogue.md`: every package with its newest version on each kind of machine.

use std::collections::BTreeMap;

use jcc::internals::catalog::Package;
use jcc::internals::source::Sources;

use super::super::docs::assert_current;
use super::machines::MACHINES;
use super::{Surveyed, survey};

const HEAD: &str = "# The catalogue

All packages, with the newest version that resolves on each kind of machine if nothing else is requested. `?` means that
the version is unproven there, and `-` that the package is unavailable. `jcc show NAME --device DEVICE`
shows all versions with the reasons for unavailable ones, the options and the sources. Generated from `packages/` by the
tests.
";

#[test]
#[ignore = "takes a minute: `tests/run` has it"]
fn the_catalogue_page_is_current() {
    let mut sources = Sources::new();
    let catalog = jcc::internals::builtin::catalog(&mut sources);
    let mut groups: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, surveyed) in survey() {
        let package = catalog.package(name).expect("it is in the catalogue");
        groups.entry(&package.group).or_default().push(row(package, surveyed));
    }
    let columns: Vec<&str> = MACHINES.iter().filter_map(|machine| machine.column).collect();
    let mut text = HEAD.to_owned();
    for (group, rows) in groups {
        text +=
            &format!("\n## {group}\n\n| package | description | {} | MiB | licence |\n", columns.join(" | "));
        text += &format!("|{}\n{}", " --- |".repeat(columns.len() + 4), rows.concat());
    }
    assert_current("catalogue.md", &text);
}

fn row(package: &Package, surveyed: &Surveyed) -> String {
    let columns = MACHINES.iter().zip(&surveyed.outcomes).filter(|(machine, _)| machine.column.is_some());
    let versions: Vec<String> = columns
        .map(|(_, outcome)| match outcome.built.first() {
            None => "-".to_owned(),
            Some(built) => {
                let named = built.entry.and_then(|entry| package.versions[entry].name.as_ref());
                let version = named.map_or(built.version.as_str(), |name| name.as_str());
                let version = if version == "0" { "yes" } else { version };
                format!("{version}{}", if built.unproven { "?" } else { "" })
            }
        })
        .collect();
    let size = package.size.as_ref().map_or_else(String::new, |size| {
        let models = size.models.map_or_else(String::new, |models| format!(" + {models}"));
        size.image.map_or_else(String::new, |image| image.to_string()) + &models
    });
    let license = package.license.as_deref().unwrap_or_default();
    let versions = versions.join(" | ");
    format!("| {} | {} | {versions} | {size} | {license} |\n", package.name.value, package.summary)
}
