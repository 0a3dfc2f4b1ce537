//! For every package: another version of it, and of the packages that must change with it, changes only the
//! steps that depend on them.

use std::sync::Mutex;

use jcc::internals::catalog::DefinitionKind;
use jcc::internals::fs::Memory;
use jcc::internals::source::Sources;
use jcc::internals::value::Name;

use super::in_parallel;
use super::machines::MACHINES;
use crate::support::steps::{Answer, answer, changed, dependents, faults};

/// Machines on which most packages are available.
const TESTED: [&str; 2] = ["x86-24.04", "orin-jp6.2"];

/// Pairs of packages to compile with the tested one.
const UNRELATED: [[&str; 2]; 4] = [["vtk", "tqdm"], ["rust", "tqdm"], ["nodejs", "tmux"], ["uv", "openssh"]];

/// The system packages of the project.
const APT: &str = r#"apt { install "htop" "jq" }"#;

/// Compiles a project of a package, with a requirement of its version or "", and two others.
fn with_others(package: &str, version: &str, others: [&str; 2], machine: &str) -> Option<Answer> {
    let packages = format!("packages {{ {}; {package} {version} }}", others.join("; "));
    let text = format!("project \"bump\"\ntarget \"here\" {{ {machine} }}\n{APT}\n{packages}\n");
    answer(&Memory::with([("project.kdl", text.as_str())]))
}

/// Reports the steps that the next older version of a package changes although they do not depend on it.
/// Returns `None` if no other version resolves on the same platform.
fn bump(package: &str, machine: &str) -> Option<Vec<String>> {
    let is_unrelated = |answer: &Answer, name: &Name, others: [&str; 2]| {
        dependents(&answer.resolution, name).iter().all(|one| !others.contains(&one.as_str()))
    };
    UNRELATED.into_iter().filter(|others| !others.contains(&package)).find_map(|others| {
        let before = with_others(package, "", others, machine)?;
        let (name, chosen) = before.resolution.chosen.iter().find(|(name, _)| name.as_str() == package)?;
        if chosen.provided || !is_unrelated(&before, name, others) {
            return None;
        }
        let version = chosen.version.to_string();
        // Versions are sorted, newest first.
        let older = before.others.get(name)?.iter().skip_while(|other| **other != version);
        let older = older.filter(|other| **other != version).take(6);
        older.into_iter().find_map(|other| {
            let after = with_others(package, &format!("\"={other}\""), others, machine)?;
            let changed = changed(&before, &after)?;
            let head = format!("{package} {version} to {other}, with {others:?}");
            Some(faults(&changed, &before, &after).iter().map(|fault| format!("{head}: {fault}")).collect())
        })
    })
}

#[test]
#[ignore = "takes a minute: `tests/run` has it"]
fn another_version_changes_only_the_steps_that_depend_on_it() {
    let catalog = jcc::internals::builtin::catalog(&mut Sources::new());
    let packages = catalog.entries(DefinitionKind::Package).filter(|entry| entry.installable);
    let machines = || MACHINES.iter().filter(|machine| TESTED.contains(&machine.name));
    let jobs: Vec<_> =
        packages.flat_map(|entry| machines().map(move |machine| (entry.name.clone(), machine))).collect();
    let found = Mutex::new((Vec::new(), Vec::new()));
    in_parallel(&jobs, |(name, machine)| {
        let Some(faults) = bump(name, machine.target) else { return };
        let mut found = found.lock().expect("no thread panics while holding it");
        found.0.push(format!("{name} on {}", machine.name));
        found.1.extend(faults.into_iter().map(|fault| format!("{}: {fault}", machine.name)));
    });
    let (bumps, mut faults) = found.into_inner().expect("no thread panics while holding it");
    faults.sort();
    assert!(faults.is_empty(), "\n{}", faults.join("\n\n"));
    assert!(bumps.len() > 80, "{}: {bumps:?}", bumps.len());
}
