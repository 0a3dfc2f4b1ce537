//! Changes that widen what the container may do, or that weaken how well downloads are pinned.

use std::collections::{BTreeMap, BTreeSet};

use crate::manifest::Grade;
use crate::plan::FetchKind;

use super::{DiffSide, ServiceChange};

/// One change that a reviewer should look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Risk {
    /// The service; `None` for the build.
    pub service: Option<String>,
    /// What changed, as one phrase.
    pub what: String,
}

impl Risk {
    fn build(what: String) -> Self {
        Self { service: None, what }
    }
}

/// Properties of which each added value widens the rights of the container.
const WIDENING: [(&str, &str); 14] = [
    ("cap_add", "capability"),
    ("configs", "configuration"),
    ("device_cgroup_rules", "device rule"),
    ("devices", "device"),
    ("group_add", "group"),
    ("gpus", "GPU access"),
    ("ports", "published port"),
    ("privileged", "privileged"),
    ("runtime", "runtime"),
    ("secrets", "secret"),
    ("security_opt", "security option"),
    ("build.secrets", "build secret"),
    ("sysctls", "kernel parameter"),
    ("userns_mode", "user namespace"),
];

/// Namespaces of which the host's widens the rights of the container.
const NAMESPACES: [&str; 5] = ["network_mode", "ipc", "pid", "uts", "build.network"];

/// Properties of which each removed value widens the rights of the container.
const NARROWING: [(&str, &str); 4] = [
    ("cap_drop", "dropped capability"),
    ("read_only", "read-only file system"),
    ("security_opt", "security option"),
    ("user", "user"),
];

/// Separates changes that widen the rights of a container from the others.
pub(super) fn split(changes: Vec<ServiceChange>) -> (Vec<Risk>, Vec<ServiceChange>) {
    let mut risks = Vec::new();
    let mut others = Vec::new();
    for mut change in changes {
        let found = widened(&mut change);
        risks.extend(found.into_iter().map(|what| Risk { service: change.service.clone(), what }));
        if !change.added.is_empty() || !change.removed.is_empty() {
            others.push(change);
        }
    }
    (risks, others)
}

/// Takes out of a change what widens the rights of the container.
fn widened(change: &mut ServiceChange) -> Vec<String> {
    let key = change.key.clone();
    let mut found = Vec::new();
    if let Some((_, what)) = NARROWING.iter().find(|(name, _)| key == *name && change.added.is_empty()) {
        found.extend(change.removed.drain(..).map(|value| format!("no {what} {value}")));
    }
    // `build.secrets` and `deploy.resources.reservations.devices` end with the property.
    let is = |name: &str| key == name || key.strip_suffix(name).is_some_and(|rest| rest.ends_with('.'));
    if let Some((_, what)) = WIDENING.iter().find(|(name, _)| is(name)) {
        let added = change
            .added
            .drain(..)
            .filter(|value| value != "false" && !value.starts_with("no-new-privileges"));
        let phrase =
            |value: String| if value == "true" { (*what).to_owned() } else { format!("{what} {value}") };
        found.extend(added.map(phrase));
    } else if NAMESPACES.contains(&key.as_str()) && change.added.iter().any(|value| value == "host") {
        change.added.clear();
        found.push(format!("{key}: host"));
    } else if key == "volumes" {
        let (host, others) = change.added.drain(..).partition::<Vec<_>, _>(|mount| is_of_host(mount));
        change.added = others;
        found.extend(host.into_iter().map(|mount| format!("host path {mount}")));
    } else if key == "user" && change.added.iter().any(|user| is_root(user)) {
        change.added.clear();
        found.push("runs as root".to_owned());
    }
    found
}

fn is_root(user: &str) -> bool {
    user == "root" || user == "0" || user.starts_with("0:") || user.starts_with("root:")
}

/// Whether a mount is a path of the host outside the project.
fn is_of_host(mount: &str) -> bool {
    mount.starts_with(['/', '~', '$']) || mount.starts_with("../")
}

/// Downloads that are pinned less well, new places to download from, new warnings, and newly allowed ones.
pub(super) fn of_downloads(old: Option<DiffSide<'_>>, new: DiffSide<'_>) -> Vec<Risk> {
    let mut all = Vec::new();
    let Some(old) = old else { return all };
    let (before, after) = (grades(old), grades(new));
    for ((kind, what), grade) in &after {
        match before.get(&(*kind, *what)) {
            Some(earlier) if earlier < grade => {
                all.push(Risk::build(format!("pin grade of {what}: {earlier:?} -> {grade:?}")));
            }
            None if matches!(kind, FetchKind::Archive | FetchKind::Key | FetchKind::Index) => {
                all.push(Risk::build(format!("new {} {what}", word(*kind))));
            }
            _ => {}
        }
    }
    let lowest = |grades: &BTreeMap<_, Grade>| grades.values().max().copied();
    if let (Some(from), Some(to)) = (lowest(&before), lowest(&after))
        && from < to
    {
        all.push(Risk::build(format!("lowest pin grade: {from:?} -> {to:?}")));
    }
    all.extend(new.warnings.difference(old.warnings).map(|one| Risk::build(format!("new warning {one}"))));
    let allows = |side: DiffSide<'_>| -> BTreeSet<(String, String)> {
        let allows = side.project.allows.iter();
        allows.map(|one| (one.code.value.clone(), one.reason.value.clone())).collect()
    };
    let earlier = allows(old);
    let added = allows(new).into_iter().filter(|one| !earlier.contains(one));
    all.extend(added.map(|(code, reason)| Risk::build(format!("allow {code}: {reason}"))));
    all
}

/// The pin grade of each download; the worst where several stages have the same one.
fn grades(side: DiffSide<'_>) -> BTreeMap<(FetchKind, &str), Grade> {
    let mut all: BTreeMap<(FetchKind, &str), Grade> = BTreeMap::new();
    for fetched in side.planned.plan.fetches.iter().filter(|fetched| fetched.kind != FetchKind::Unseen) {
        let grade = all.entry((fetched.kind, &fetched.what)).or_insert(fetched.grade);
        *grade = (*grade).max(fetched.grade);
    }
    all
}

fn word(kind: FetchKind) -> &'static str {
    match kind {
        FetchKind::Archive => "package archive",
        FetchKind::Key => "archive key",
        FetchKind::Index => "package index",
        _ => "download",
    }
}
