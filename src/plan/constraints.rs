//! The constraints files for pip, one per stage. A stage's file lists only the packages that the stage can install, so
//! that a new version of any other package does not invalidate its cached steps.

use std::collections::{BTreeMap, BTreeSet};

use crate::value::{Name, Parse, PepOp, PepRequirement};

use super::package_plan::PackagePlans;
use super::weight::Layers;
use super::{Instruction, Mount, PipSource, Run, Script, Stage, StageName, build, python};

/// Mounts the constraints file of its stage in each step that installs Python packages. Returns the lines of each
/// stage's file. `resolved` has the line of each package, such as `numpy==2.2.6`.
pub(super) fn add(
    plans: &PackagePlans<'_>,
    layers: &Layers<'_>,
    resolved: &[(Name, String)],
    stages: &mut [Stage],
) -> BTreeMap<StageName, Vec<String>> {
    let provided = python::provided(plans.inputs);
    let mut all = BTreeMap::new();
    for stage in stages {
        let mut lines = of_stages(plans, layers, resolved, &[stage]);
        lines.extend(provided.iter().cloned());
        let name = stage.name.clone();
        let runs = runs(stage);
        let exact = exact(&runs);
        let checks = runs.iter().any(|run| run.script.iter().any(|one| matches!(one, Script::Drift { .. })));
        if lines.is_empty() || !checks && lines.is_subset(&exact) {
            continue;
        }
        let mut used = false;
        for run in runs_mut(stage).filter(|run| is_constrained(run)) {
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

/// Returns the constraints of these stages, without the distributions of the base image.
pub(super) fn of_stages(
    plans: &PackagePlans<'_>,
    layers: &Layers<'_>,
    resolved: &[(Name, String)],
    stages: &[&Stage],
) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for stage in stages {
        let scope = scope(plans, layers, stage);
        let is_here = |name: &Name| scope.as_ref().is_none_or(|names| names.contains(name));
        lines.extend(resolved.iter().filter(|(name, _)| is_here(name)).map(|(_, line)| line.clone()));
        if scope.is_none() {
            lines.extend(python::pinned(plans.inputs));
        }
    }
    lines
}

/// Returns the packages that can occur in a stage; `None` if all can.
fn scope(plans: &PackagePlans<'_>, layers: &Layers<'_>, stage: &Stage) -> Option<BTreeSet<Name>> {
    let name = stage.name.as_str();
    if name == "python" {
        return Some(layers.heavy.iter().map(|plan| plan.name.clone()).collect());
    }
    let plan = plans.all().find(|plan| name == StageName::of("build", &plan.name).as_str())?;
    let platform = plans.platform().into_iter();
    Some(platform.chain(build::closure(plan, plans)).map(|plan| plan.name.clone()).collect())
}

fn runs(stage: &Stage) -> Vec<&Run> {
    let instructions = stage.blocks.iter().flat_map(|block| &block.instructions);
    instructions.filter_map(|one| if let Instruction::Run(run) = one { Some(run) } else { None }).collect()
}

fn runs_mut(stage: &mut Stage) -> impl Iterator<Item = &mut Run> {
    let instructions = stage.blocks.iter_mut().flat_map(|block| &mut block.instructions);
    instructions.filter_map(|one| if let Instruction::Run(run) = one { Some(run) } else { None })
}

/// Whether a step needs the constraints: it installs Python packages, builds a wheel or checks for version drift.
fn is_constrained(run: &Run) -> bool {
    let shell = run.mounts.contains(&Mount::Pip);
    run.script.iter().any(|script| match script {
        Script::Pip(call) => call.constrained,
        Script::Shell(_) => shell,
        Script::WheelBuild { .. } | Script::Drift { .. } => true,
        _ => false,
    })
}

/// Returns the `NAME==VERSION` lines that a stage's only pip step already states, so that it needs no constraint for
/// them. Empty if the stage has several constrained steps or installs from files.
fn exact(runs: &[&Run]) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let constrained: Vec<&Run> = runs.iter().copied().filter(|run| is_constrained(run)).collect();
    // With several steps, an earlier one may install a dependency that only a later one pins.
    let [run] = constrained[..] else { return all };
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
    fn exact_unconditional_pins_need_no_constraint() {
        assert_eq!(exact_of("numpy==2.2.6"), ["numpy==2.2.6"]);
        assert_eq!(exact_of("lerobot[feetech]==0.4.4"), ["lerobot==0.4.4"]);
        for spec in ["numpy>=2.2.6", "numpy==2.2.6,<3", "numpy", "numpy==2.2.6; python_version < '3.9'"] {
            assert_eq!(exact_of(spec), [""; 0], "{spec}");
        }
    }
}
