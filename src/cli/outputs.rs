//! Checks whether the lock and the generated files on disk are up to date, and explains why they are not.

mod compare;

use crate::Compiled;
use crate::diagnostic::{Diagnostic, Log, codes};
use crate::resolve::{Lock, LockedEntry};
use crate::value::Name;

use super::session::LOCK;

pub(super) use compare::compare;

/// Implements `--locked`: reports an error if the compile would change the lock.
pub(super) fn check_locked(compiled: &Compiled, log: &mut Log) {
    let new = &compiled.resolved.lock;
    // The hashes of the generated files are not compared: `jcc check` does that.
    let is_current =
        |old: &Lock| !old.origin.conflicted && old.manifest == new.manifest && old.targets == new.targets;
    if compiled.resolved.old_lock.as_ref().is_some_and(is_current) {
        return;
    }
    let message = match &compiled.resolved.old_lock {
        None => format!("there is no `{LOCK}`"),
        Some(old) => format!("`{LOCK}` would change: {}", changes(old, new).join(", ")),
    };
    log.error(
        Diagnostic::error(codes::resolve::LOCK_WOULD_CHANGE, message)
            .help("compile without `--locked` and commit the lock"),
    );
}

/// Reports everything that `jcc lock` can lock and that is not locked, for `--locked`.
pub(super) fn check_all_locked(compiled: &Compiled, log: &mut Log) {
    for ((project, _), planned) in compiled.resolved.targets.iter().zip(&compiled.planned) {
        // What the manifest requires itself was reported with the plan.
        if project.output.require.is_none() {
            crate::plan::require_locked(project, &planned.plan, project.target.name.span, log);
        }
    }
}

/// Formats a locked entry as name and version. `0` stands for the version of the distribution and is left
/// out.
fn name_and_version(name: &Name, chosen: &LockedEntry) -> String {
    let version = chosen.version.as_str();
    if version == "0" { name.to_string() } else { format!("{name} {version}") }
}

/// Returns the differences between two locks as phrases, or the reason why they differ if no entry does.
fn changes(old: &Lock, new: &Lock) -> Vec<String> {
    if old.origin.conflicted {
        return vec!["it contains Git conflict markers".to_owned()];
    }
    let mut all = Vec::new();
    for changes in new.changes(Some(old)) {
        let Some(before) = changes.before else {
            all.push(format!("target {} was added", changes.target));
            continue;
        };
        all.extend(changes.entries.iter().map(|one| match (one.from, one.to) {
            (None, Some(to)) => format!("{} was added", name_and_version(one.name, to)),
            (Some(from), Some(to)) if one.changes_version() => {
                format!("{} changes to {}", name_and_version(one.name, from), to.version)
            }
            (Some(_), Some(_)) => format!("the definition of {} changed", one.name),
            (_, None) => format!("{} was removed", one.name),
        }));
        if before.noted != changes.after.noted {
            all.push(format!("the axes recorded for target {} changed", changes.target));
        }
        if before.base != changes.after.base {
            all.push(format!("the base image {} changes to {}", before.base, changes.after.base));
        }
    }
    if all.is_empty() {
        let other = old.origin.by.as_ref().filter(|by| *by != crate::VERSION);
        all.push(match other {
            _ if old.manifest != new.manifest => "the manifest changed".to_owned(),
            Some(by) => format!("it was written by jcc {by}, and this is jcc {}", crate::VERSION),
            None => "a file used by the manifest changed".to_owned(),
        });
    }
    all
}
