//! Changes the steps of locked environments to install closure files.

use std::collections::BTreeMap;

use super::super::python;
use super::super::{Instruction, Mount, PipCall, PipSource, Run, Script, Stage};
use super::find::CallFiles;
use super::{ClosureState, ClosureText, InstallCall, InstallRoot, PythonEnvironment, repositories_of};

/// Rewrites the calls of locked environments: wheels are installed from their files, everything else by hashes, and
/// nothing is resolved. Only the dependencies of wheels that are built from source trees are still resolved.
pub(in crate::plan) fn apply(
    environments: &[PythonEnvironment],
    closures: &BTreeMap<String, ClosureText>,
    stages: &mut [Stage],
) {
    let locked = environments.iter().filter(|one| one.state == ClosureState::Locked);
    let calls: Vec<&InstallCall> = locked.flat_map(|one| &one.calls).collect();
    for stage in stages {
        let name = stage.name.clone();
        let mut files = CallFiles::new(&name);
        for instruction in stage.blocks.iter_mut().flat_map(|block| &mut block.instructions) {
            let Instruction::Run(run) = instruction else { continue };
            rewrite(run, &mut files, &calls, closures);
        }
    }
}

fn rewrite(
    run: &mut Run,
    files: &mut CallFiles<'_>,
    calls: &[&InstallCall],
    closures: &BTreeMap<String, ClosureText>,
) {
    let mut script = Vec::new();
    for each in std::mem::take(&mut run.script) {
        let Script::Pip(call) = each else {
            script.push(each);
            continue;
        };
        let file = files.next();
        let known = calls.iter().find(|one| one.file == file).filter(|one| one.is_locked());
        let Some(known) = known else {
            script.push(Script::Pip(call));
            continue;
        };
        for call in locked(&call, known, closures) {
            for what in &call.what {
                if let PipSource::Locked(file) | PipSource::Repositories(file) = what {
                    run.mounts.push(Mount::Locked(file.clone()));
                }
            }
            script.push(Script::Pip(call));
        }
    }
    run.script = script;
    // The closure replaces requirements files without hashes.
    let names_file = |each: &Script| matches!(each, Script::Pip(call) if call.what.iter().any(|what| matches!(what, PipSource::Requirements(_))));
    if !run.script.iter().any(names_file) {
        run.mounts.retain(|mount| !python::is_requirements(mount));
    }
    run.mounts.sort();
    run.mounts.dedup();
}

/// Returns the calls that replace one call.
fn locked(call: &PipCall, known: &InstallCall, closures: &BTreeMap<String, ClosureText>) -> Vec<PipCall> {
    let exact = PipCall { no_deps: true, constrained: false, what: Vec::new(), ..call.clone() };
    let mut calls = Vec::new();
    let mut add = |what: Vec<PipSource>, call: PipCall| {
        if !what.is_empty() {
            calls.push(PipCall { what, ..call });
        }
    };
    let trees: Vec<&str> = known
        .roots
        .iter()
        .filter_map(|root| match root {
            InstallRoot::Tree { package, .. } => Some(package.as_str()),
            _ => None,
        })
        .collect();
    let is_tree = |what: &&PipSource| matches!(what, PipSource::Wheels(folder) if folder.file_name().is_some_and(|name| trees.contains(&name)));
    let files = call.what.iter().filter(|what| matches!(what, PipSource::File(_) | PipSource::Wheels(_)));
    let (trees, files): (Vec<&PipSource>, Vec<&PipSource>) = files.partition(is_tree);
    let plain = PipCall { index: None, extra_indexes: Vec::new(), ..exact.clone() };
    add(files.into_iter().cloned().collect(), plain);
    // pip rejects a file without requirements.
    let has = |file: &String| closures.get(file).is_some_and(|text| !text.lines.is_empty());
    let file = Some(known.file.clone()).filter(has);
    add(file.into_iter().map(PipSource::Locked).collect(), exact.clone());
    let repositories = Some(repositories_of(&known.file)).filter(has);
    add(repositories.into_iter().map(PipSource::Repositories).collect(), exact);
    add(trees.into_iter().cloned().collect(), call.clone());
    calls
}
