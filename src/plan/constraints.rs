//! The versions that installers are held to, stage by stage: a stage knows only what it may meet, so that another version
//! of anything else leaves its steps as they are.

use std::collections::{BTreeMap, BTreeSet};

use crate::value::{Name, Parse, PepOp, PepRequirement};

use super::package_plan::PackagePlans;
use super::weight::Layers;
use super::{Instruction, Mount, PipSource, Run, Script, Stage, StageName, build, python};

/// Gives each step that installs Python packages the constraints of its stage, and returns these.
pub(super) fn add(
    parts: &PackagePlans<'_>,
    layers: &Layers<'_>,
    held: &[(Name, String)],
    stages: &mut [Stage],
) -> BTreeMap<StageName, Vec<String>> {
    let provided = python::provided(parts.inputs);
    let pinned = python::pinned(parts.inputs);
    let mut all = BTreeMap::new();
    for stage in stages {
        let scope = scope(parts, layers, stage);
        let is_here = |name: &Name| scope.as_ref().is_none_or(|names| names.contains(name));
        let mut lines: BTreeSet<String> =
            held.iter().filter(|(name, _)| is_here(name)).map(|(_, line)| line.clone()).collect();
        lines.extend(provided.iter().cloned());
        if scope.is_none() {
            lines.extend(pinned.iter().cloned());
        }
        let name = stage.name.clone();
        let runs = runs(stage);
        let exact = exact(&runs);
        let checks = runs.iter().any(|run| run.script.iter().any(|one| matches!(one, Script::Drift { .. })));
        if lines.is_empty() || !checks && lines.is_subset(&exact) {
            continue;
        }
        let mut used = false;
        for run in runs_mut(stage).filter(|run| is_held(run)) {
            run.mounts.push(Mount::Constraints(name.clone()));
            run.mounts.sort();
            used = true;
        }
        if used {
            all.insert(name, lines.into_iter().collect());
        }
    }
    all
}

/// The packages that a stage can meet; nothing where that is all of them.
fn scope(parts: &PackagePlans<'_>, layers: &Layers<'_>, stage: &Stage) -> Option<BTreeSet<Name>> {
    let name = stage.name.as_str();
    if name == "python" {
        return Some(layers.heavy.iter().map(|part| part.name.clone()).collect());
    }
    let part = parts.all().find(|part| name == StageName::of("build", &part.name).as_str())?;
    let platform = parts.platform().into_iter();
    Some(platform.chain(build::closure(part, parts)).map(|part| part.name.clone()).collect())
}

fn runs(stage: &Stage) -> Vec<&Run> {
    let instructions = stage.blocks.iter().flat_map(|block| &block.instructions);
    instructions.filter_map(|one| if let Instruction::Run(run) = one { Some(run) } else { None }).collect()
}

fn runs_mut(stage: &mut Stage) -> impl Iterator<Item = &mut Run> {
    let instructions = stage.blocks.iter_mut().flat_map(|block| &mut block.instructions);
    instructions.filter_map(|one| if let Instruction::Run(run) = one { Some(run) } else { None })
}

/// Whether a step installs or compares what the constraints hold.
fn is_held(run: &Run) -> bool {
    let shell = run.mounts.contains(&Mount::Pip);
    run.script.iter().any(|script| match script {
        Script::Pip(call) => call.constrained,
        Script::Shell(_) => shell,
        Script::WheelBuild { .. } | Script::Drift { .. } => true,
        _ => false,
    })
}

/// What the calls of a stage name in one version alone: pip needs no constraint for it. A stage that installs from files or
/// builds wheels names nothing.
fn exact(runs: &[&Run]) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let held: Vec<&Run> = runs.iter().copied().filter(|run| is_held(run)).collect();
    // One after the other, the first may bring what the second names.
    let [run] = held[..] else { return all };
    for script in &run.script {
        let Script::Pip(call) = script else { continue };
        for what in &call.what {
            let PipSource::Spec(spec) = what else { return BTreeSet::new() };
            let Ok(spec) = PepRequirement::parse(spec) else { continue };
            if let [(PepOp::Equal, version)] = spec.specifiers()
                && spec.marker().is_none()
            {
                all.insert(format!("{}=={version}", spec.name()));
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::PipCall;
    use crate::value::ImagePath;

    fn exact_of(spec: &str) -> Vec<String> {
        let call = PipCall {
            venv: ImagePath::parse("/opt/venv").unwrap(),
            what: vec![PipSource::Spec(spec.to_owned())],
            index: None,
            extra_indexes: Vec::new(),
            no_deps: false,
            uv: false,
            constrained: true,
        };
        let run = Run { script: vec![Script::Pip(call)], ..Run::default() };
        exact(&[&run]).into_iter().collect()
    }

    #[test]
    fn only_one_version_that_holds_everywhere_needs_no_constraint() {
        assert_eq!(exact_of("numpy==2.2.6"), ["numpy==2.2.6"]);
        assert_eq!(exact_of("lerobot[feetech]==0.4.4"), ["lerobot==0.4.4"]);
        for spec in ["numpy>=2.2.6", "numpy==2.2.6,<3", "numpy", "numpy==2.2.6; python_version < '3.9'"] {
            assert_eq!(exact_of(spec), [""; 0], "{spec}");
        }
    }
}
