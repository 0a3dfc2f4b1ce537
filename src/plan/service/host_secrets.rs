//! Secrets in files of the host: which users read each, and which owner and group let all of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Log, codes::plan as codes, wording};
use crate::manifest::{Engine, Project, RunOptions, SecretSource};
use crate::source::{Span, Spanned};

use super::host_files::runs;
use super::profile;

/// The owner of a secret's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretOwner {
    pub uid: u32,
    pub gid: u32,
    /// Whether the group can read it.
    pub shared: bool,
}

/// A user, other than root, who reads a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
struct SecretReader {
    uid: u32,
    gid: u32,
    /// The numbers of supplementary groups.
    groups: BTreeSet<u32>,
    place: Span,
}

impl SecretReader {
    fn is_in(&self, group: u32) -> bool {
        self.gid == group || self.groups.contains(&group)
    }
}

/// Returns the owners of secret files, by the path in the manifest. Files that only root reads have none.
pub(super) fn owners(project: &Project) -> BTreeMap<&str, SecretOwner> {
    let owned = readers(project).into_iter().filter_map(|(path, readers)| {
        let first = readers.first()?;
        let unshared = SecretOwner { uid: first.uid, gid: first.gid, shared: false };
        Some((path, owner(&readers).unwrap_or(unshared)))
    });
    owned.collect()
}

/// Reports secrets that not all of their services can read.
pub(in crate::plan) fn check(project: &Project, log: &mut Log) {
    for (path, readers) in readers(project) {
        if readers.is_empty() || owner(&readers).is_some() {
            continue;
        }
        let others: Vec<&SecretReader> =
            readers.iter().filter(|reader| reader.uid != readers[0].uid).collect();
        let uids: BTreeSet<String> = others.iter().map(|reader| reader.uid.to_string()).collect();
        let message = format!(
            "users {} cannot all read {}: they have no group in common",
            wording::all_of(&uids.iter().collect::<Vec<_>>()),
            wording::code(path)
        );
        let mut diagnostic = Diagnostic::warning(codes::SHARED_SECRET, message);
        let mut seen = BTreeSet::new();
        for reader in others.iter().filter(|reader| seen.insert(reader.uid)) {
            diagnostic = diagnostic.at(reader.place, format!("read by user {}", reader.uid));
        }
        let group = others[0].gid;
        let lacks = others.iter().filter(|reader| !reader.is_in(group)).map(|reader| reader.uid.to_string());
        let lacks: BTreeSet<String> = lacks.collect();
        let help = format!(
            "add `group-add {group}` to the services of {} {}, or give each service a file",
            if lacks.len() == 1 { "user" } else { "users" },
            wording::all_of(&lacks.iter().collect::<Vec<_>>())
        );
        log.report(diagnostic.help(help));
    }
}

/// Returns the owner and group with which all readers can read a file; `None` if there are none.
fn owner(readers: &[SecretReader]) -> Option<SecretOwner> {
    let first = readers.first()?;
    let others: Vec<&SecretReader> = readers.iter().filter(|reader| reader.uid != first.uid).collect();
    if others.is_empty() {
        return Some(SecretOwner { uid: first.uid, gid: first.gid, shared: false });
    }
    let groups: BTreeSet<u32> =
        others.iter().flat_map(|reader| reader.groups.iter().copied().chain([reader.gid])).collect();
    let common = groups.into_iter().filter(|group| others.iter().all(|reader| reader.is_in(*group)));
    // The first reader's own group is preferred.
    let gid = common.min_by_key(|group| (*group != first.gid, *group))?;
    Some(SecretOwner { uid: first.uid, gid, shared: true })
}

/// Returns the known users who read the file of each secret, in the order of the services.
fn readers(project: &Project) -> BTreeMap<&str, Vec<SecretReader>> {
    let mut all: BTreeMap<&str, Vec<SecretReader>> = BTreeMap::new();
    // Rootless containers of Podman run as the user who starts them.
    let runs = runs(project).filter(|_| project.engine() == Engine::Docker);
    for (run, own) in runs {
        let user = profile::user_numbers(run, project.app.as_ref(), own).filter(|(uid, _)| *uid != 0);
        for (path, place) in files(run) {
            let reader = user.map(|(uid, gid)| SecretReader { uid, gid, groups: groups(run), place });
            all.entry(path).or_default().extend(reader);
        }
    }
    all
}

fn files(run: &RunOptions) -> impl Iterator<Item = (&str, Span)> {
    run.secrets.iter().filter_map(|secret| match &secret.source {
        SecretSource::File(path) => Some((path.value.as_str(), secret.name.span)),
        SecretSource::Env(_) => None,
    })
}

fn groups(run: &RunOptions) -> BTreeSet<u32> {
    run.group_add.iter().filter_map(|group: &Spanned<String>| group.value.parse().ok()).collect()
}
