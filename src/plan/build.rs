//! The stage of a package that is built from source.

use std::collections::BTreeSet;

use crate::catalog;
use crate::value::{AptPackage, ImagePath, Name};

use super::act::{ActKind, Part};
use super::layer::{Layer, is_shared};
use super::parts::Parts;
use super::python::Python;
use super::steps::{self, Files, Place, small};
use super::{Block, From, Instruction, Script, Stage, StageName, Tool, Why, archives};

/// What must be there for a build of all that a package requires.
const NEEDED: [catalog::Stage; 2] = [catalog::Stage::Build, catalog::Stage::Run];

/// The stage `build-NAME`.
pub(super) fn stage(part: &Part, parts: &Parts<'_>, python: &Python) -> Stage {
    let from = if parts.toolkit().serves(part, parts) { "devel" } else { "base" };
    let needed = closure(part, parts);
    let with_python: Vec<&Part> = needed.iter().copied().filter(|each| each.is_python()).collect();
    let place =
        Place { building: true, shared: !with_python.is_empty(), files: Files::Here, ..python.place() };
    let defined: BTreeSet<String> = parts.inputs.resolution.base.env.iter().cloned().collect();
    let own_python = part.makes_wheels() || part.build.iter().any(|act| act.kind.is_python());
    let direct = parts.requires(&part.name, &NEEDED);
    let cloning: Vec<AptPackage> =
        super::pip_urls::programs_of_parts(needed.iter().copied()).into_iter().collect();
    let layer = Layer {
        parts: &needed,
        title: "What the build needs",
        built: &[part],
        direct: &direct,
        more: &cloning,
        defined: &defined,
        held: &archives::held(parts, from),
    };
    // What others have built or fetched is copied in, not done again.
    let mut blocks = layer.blocks(&Place { files: Files::Apart, ..place.clone() });
    // Scripts of a workspace start by the Python that builds it: the image's.
    let make = own_python || !with_python.is_empty() || (python.ships && builds_workspace(part));
    blocks.extend(python.beside(&with_python, make.then(|| parts.platform())));
    let mut instructions = Vec::new();
    if let Some(jobs) = jobs(part, parts) {
        let name = steps::variable("MAX_JOBS");
        instructions.push(Instruction::Arg { name, default: Some(jobs.to_string()) });
    }
    let folders = shared_exports(part);
    if !folders.is_empty() {
        instructions.push(Instruction::Run(small(Script::ListBefore { folders: folders.clone() })));
    }
    instructions.extend(steps::instructions(part, &part.build, &place));
    if !folders.is_empty() {
        instructions.push(Instruction::Run(small(Script::Collect { folders })));
    }
    blocks.push(Block { why: Why::new(part.why.what.clone()), instructions });
    Stage {
        name: StageName::of("build", &part.name),
        from: From::Stage(StageName::fixed(from)),
        why: part.why.what(format!("Build of {}", part.why.what)),
        blocks,
    }
}

/// Whether colcon builds it.
fn builds_workspace(part: &Part) -> bool {
    part.build.iter().any(|act| matches!(act.kind, ActKind::Tool { tool: Tool::Colcon, .. }))
}

/// Folders that others use too, of which only what the build adds is exported.
fn shared_exports(part: &Part) -> Vec<ImagePath> {
    let shared: BTreeSet<ImagePath> =
        part.exports().map(|(from, _, _)| from.clone()).filter(is_shared).collect();
    shared.into_iter().collect()
}

/// So many jobs that all of them fit into the target's memory.
fn jobs(part: &Part, parts: &Parts<'_>) -> Option<u64> {
    let memory = parts.inputs.resolution.target.memory?;
    let each = u64::from(part.job_memory.unwrap_or(1024).max(1));
    Some((memory / each).max(1))
}

/// What must be there for a build: what it requires to be built or to run, and what those require to run, the platform
/// apart, which the stage starts from.
fn closure<'a>(part: &Part, parts: &'a Parts<'_>) -> Vec<&'a Part> {
    let mut names: BTreeSet<Name> = BTreeSet::new();
    let mut open = parts.requires(&part.name, &NEEDED);
    while let Some(name) = open.pop() {
        if name != part.name && names.insert(name.clone()) {
            open.extend(parts.requires(&name, &[catalog::Stage::Run]));
        }
    }
    parts.all().filter(|each| names.contains(&each.name) && !each.platform).collect()
}
