//! The stages beside the image that ships: its tests that need no GPU, and the one for developing in.

use std::collections::BTreeSet;

use crate::catalog::TestBody;
use crate::manifest::App;
use crate::value::Id;

use super::package_plan::PackagePlans;
use super::package_step::PackagePlan;
use super::python::Python;
use super::stage_packages::{self, Layer};
use super::{Block, Check, From, Instruction, Run, Script, Stage, StageName, Why, archives};

/// The stage `test`, where anything is checked while building.
pub(super) fn stage(parts: &PackagePlans<'_>, python: &Python, checks: &[Check]) -> Option<Stage> {
    if checks.is_empty() {
        return None;
    }
    let needed = needed(parts, python, "Test dependencies", (&parts.tested(), &[]));
    let why = Why::new("Tests that need no GPU: `docker build --target test .`");
    let mut stage = on_top("test", why, parts, needed);
    let run = Run { offline: true, script: vec![Script::Checks], ..Run::default() };
    // As the user of the image: that is who must be able to read it.
    stage.blocks.push(Block { why: Why::default(), instructions: vec![Instruction::Run(run)] });
    Some(stage)
}

/// What that stage checks: the packages' tests in the order of installing, then the project's own.
pub(super) fn checks(parts: &PackagePlans<'_>) -> Vec<Check> {
    tests(parts, true)
}

/// Tests that need the started container: the packages' in the order of installing, then the project's own.
pub(super) fn running(parts: &PackagePlans<'_>) -> Vec<Check> {
    let mut all = tests(parts, false);
    // The host puts its libraries into the container: nothing is missing by mistake.
    all.retain(|check| !check.script.iter().any(|one| matches!(one, Script::Libraries { .. })));
    all
}

fn tests(parts: &PackagePlans<'_>, build: bool) -> Vec<Check> {
    let mut all = Vec::new();
    for part in parts.platform().into_iter().chain(parts.shipped()).chain(parts.tested()) {
        let Some(view) = parts.inputs.view(&part.name) else { continue };
        let own = view.package.tests.iter().filter(|test| test.build == build && view.holds(&test.guard));
        all.extend(own.map(|test| Check {
            package: Some(part.name.clone()),
            name: format!("{}: {}", part.name, test.name.value),
            script: test.body.iter().filter_map(|body| parts.test_script(&part.name, body)).collect(),
        }));
    }
    for test in parts.inputs.project.tests.iter().filter(|test| test.build == build) {
        let shell = test.run.iter().map(|line| Script::Shell(line.value.clone()));
        let code = test.python.iter().map(|code| Script::Python(code.value.clone()));
        let script = shell.chain(code).collect();
        all.push(Check { package: None, name: test.name.value.to_string(), script });
    }
    all.retain(|check| !check.script.is_empty());
    all
}

/// Patterns of libraries that the host's driver brings, where a check looks for libraries.
pub(super) fn driver_libraries(parts: &PackagePlans<'_>, checks: &[Check]) -> Vec<String> {
    let mut scripts = checks.iter().flat_map(|check| &check.script);
    if !scripts.any(|script| matches!(script, Script::Libraries { .. })) {
        return Vec::new();
    }
    let inputs = parts.inputs;
    let platform = inputs.catalog.platform(inputs.resolution.target.platform.as_str());
    platform.map(|platform| platform.driver_libraries.clone()).unwrap_or_default()
}

/// Packages that the image which ships has not, on top of it; with those that are built here.
fn needed(
    all: &PackagePlans<'_>,
    python: &Python,
    title: &str,
    (parts, built): (&[&PackagePlan], &[&PackagePlan]),
) -> Vec<Block> {
    let defined: BTreeSet<String> = BTreeSet::new();
    let mut held = archives::held(all, "base");
    let shipped = all.shipped();
    held.extend(shipped.iter().flat_map(|part| archives::of(&part.install)).cloned());
    let layer = Layer { parts, title, built, direct: &[], more: &[], defined: &defined, held: &held };
    let mut blocks = layer.blocks(&python.place());
    let tools: Vec<Block> = built.iter().filter_map(|part| python.tools(part)).collect();
    let new = !python.ships && (!tools.is_empty() || parts.iter().any(|part| part.is_python()));
    blocks.extend(python.beside(parts, new.then(|| all.platform())));
    blocks.extend(tools);
    let late = parts.iter().map(|part| part.early_and_late().1);
    blocks.extend(stage_packages::linker(late, parts.iter().any(|part| part.links_late())));
    blocks
}

/// The stage `dev`, where the manifest asks for it: the image with what its packages were built by.
pub(super) fn dev(parts: &PackagePlans<'_>, python: &Python) -> Option<Stage> {
    let asked = parts.inputs.project.output.requests_dev()?;
    let built: Vec<&PackagePlan> = parts.all().collect();
    let blocks = needed(parts, python, "Build dependencies of the packages", (&parts.building(), &built));
    let why = parts.inputs.why("The image with build tools, for development", asked);
    Some(on_top("dev", why, parts, blocks))
}

/// A stage on the image that ships, as root where that runs as someone else, and back again.
fn on_top(name: &'static str, why: Why, parts: &PackagePlans<'_>, blocks: Vec<Block>) -> Stage {
    let user = parts.inputs.project.app.as_ref().and_then(App::login).filter(|_| !blocks.is_empty());
    let mut all = Vec::new();
    if user.is_some() {
        all.push(Block { why: Why::default(), instructions: vec![Instruction::User(Id::ROOT, Id::ROOT)] });
    }
    all.extend(blocks);
    if let Some(user) = user {
        all.push(Block { why: Why::default(), instructions: vec![Instruction::User(user.uid, user.gid)] });
    }
    Stage { name: StageName::fixed(name), from: From::Stage(StageName::fixed("final")), why, blocks: all }
}

/// A test's file by what it is: Python, or a shell script.
pub(super) fn script_of(body: &TestBody, text: String) -> Script {
    match body {
        TestBody::File(file) if is_python(&file.value) => Script::Python(text),
        TestBody::Python(_) => Script::Python(text),
        TestBody::Run(_) | TestBody::File(_) | TestBody::Libraries(_) => Script::Shell(text),
    }
}

fn is_python(file: &str) -> bool {
    file.rsplit_once('.').is_some_and(|(_, end)| end.eq_ignore_ascii_case("py"))
}
