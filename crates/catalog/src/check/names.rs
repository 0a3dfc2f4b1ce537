//! What a definition is called, where it lies, and what it must say of itself.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Log, codes::catalog as codes, wording};
use crate::source::Span;
use crate::syntax::Reader;
use crate::value::{Commit, Parse, Sha256};

use super::{Subject, words};
use crate::store::Definition;
use crate::{Catalog, DefinitionKind, PackageVersion};

/// The folder has the name of the package, the parent folder that of its group.
pub(super) fn folder(subject: Subject<'_>, log: &mut Log) {
    let mut folders = subject.file.path.rsplit('/').skip(1);
    let name = &subject.package.name;
    if let Some(folder) = folders.next()
        && subject.entry.installable
        && subject.file.path.ends_with("/package.kdl")
        && folder != name.as_str()
    {
        let message =
            format!("{} is in a folder named {}", wording::code(name.as_str()), wording::code(folder));
        log.error(
            Diagnostic::error(codes::FOLDER_NAME, message)
                .at(name.span, "differs from the name of the folder")
                .help(format!(
                    "rename the folder, or write {}",
                    wording::code(format!("package \"{folder}\""))
                )),
        );
    }
    let node = &subject.file.document().nodes[subject.entry.node];
    let given = Reader::new(node).child("group").and_then(|group| group.raw_arg(0));
    if let Some(given) = given
        && !subject.file.group.is_empty()
        && subject.file.group != *subject.package.group
    {
        let message = format!(
            "{} is in the group folder {}",
            wording::code(name.as_str()),
            wording::code(&subject.file.group)
        );
        log.error(
            Diagnostic::error(codes::FOLDER_NAME, message)
                .at(given.span, "differs from the parent folder")
                .help("move the folder, or remove `group`"),
        );
    }
}

/// Where facts come from, and under which terms.
pub(super) fn facts(subject: Subject<'_>, log: &mut Log) {
    let package = subject.package;
    let shown = wording::code(package.name.as_str());
    if package.sources.is_empty() && package.versions.iter().all(|version| version.sources.is_empty()) {
        log.report(
            Diagnostic::warning(codes::NO_SOURCE, format!("{shown} has no source"))
                .at(package.name.span, "missing `source`")
                .help("add `source \"https://…\"` with the page that lists its versions"),
        );
    } else if package.sources.is_empty() {
        for version in package.versions.iter().filter(|one| one.sources.is_empty()) {
            let Some(fact) = version.values.values().find(|one| is_fact(&one.text)) else { continue };
            let version = &version.version;
            let message = format!("{shown} {} has no source", version.value);
            let diagnostic = Diagnostic::warning(codes::NO_SOURCE, message);
            let diagnostic = diagnostic
                .at(fact.span, "where does this come from?")
                .at(version.span, "neither this version nor the package has a `source`");
            log.report(diagnostic.help("add `source \"https://…\"` with the page that documents it"));
        }
    }
    if package.license.is_none() && subject.entry.installable {
        log.report(
            Diagnostic::warning(codes::NO_LICENSE, format!("{shown} has no licence"))
                .at(package.name.span, "missing `license`")
                .help("add `license \"…\"`, an SPDX expression such as `MIT` or `Apache-2.0`"),
        );
    }
}

/// Whether somebody must have looked it up: an address, a commit or a hash.
fn is_fact(text: &str) -> bool {
    text.contains("://") || Commit::parse(text).is_ok() || Sha256::parse(text).is_ok()
}

/// Versions stand newest first, in a list for each kind of machine.
pub(super) fn order(subject: Subject<'_>, log: &mut Log) {
    for pair in subject.package.versions.windows(2) {
        let (above, below) = (&pair[0].version, &pair[1].version);
        if below.value > above.value && machine(&pair[0]) == machine(&pair[1]) {
            let (newer, older) = (wording::code(below.as_str()), wording::code(above.as_str()));
            log.error(
                Diagnostic::error(codes::VERSION_ORDER, format!("{newer} is listed below {older}"))
                    .at(below.span, "newer than the one above")
                    .at(above.span, "the one above")
                    .help("list the newest version first"),
            );
        }
    }
}

/// The kind of machine that a version is for, as it says.
fn machine(version: &PackageVersion) -> Option<&str> {
    let require = version.requires.iter().find(|require| require.name.as_str() == words::PLATFORM)?;
    Some(require.requirement.as_str())
}

/// An alias is nobody else's name or alias.
pub(super) fn aliases(catalog: &Catalog, log: &mut Log) {
    let mut taken: BTreeMap<(DefinitionKind, usize, String), Span> = BTreeMap::new();
    let mut all = Vec::new();
    for (file, slot) in catalog.added() {
        let (name, aliases) = match catalog.decoded(slot) {
            Some(Definition::Package(package)) => (package.name.span, &package.aliases),
            Some(Definition::Device(device)) => (device.name.span, &device.aliases),
            _ => continue,
        };
        let kind = slot.entry.kind;
        taken.insert((kind, file.layer, slot.entry.name.to_string()), name);
        all.extend(aliases.iter().map(|alias| ((kind, file.layer, alias.to_string()), alias.span)));
    }
    for (key, span) in all {
        if let Some(first) = taken.get(&key) {
            let message = format!("the alias {} is already in use", wording::code(&key.2));
            log.error(
                Diagnostic::error(codes::DUPLICATE_NAME, message)
                    .at(span, "duplicate alias")
                    .at(*first, "first used here")
                    .help("remove it from one of them"),
            );
        } else {
            taken.insert(key, span);
        }
    }
}
