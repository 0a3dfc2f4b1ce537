//! The stages on top of the final image: `test`, for tests that need no GPU, and `dev`, for development.

use std::collections::BTreeSet;

use crate::catalog::TestBody;
use crate::manifest::App;
use crate::value::{Id, PackedText};

use super::package_plan::PackagePlans;
use super::package_step::PackagePlan;
use super::python::Python;
use super::stage_packages::{self, Layer};
use super::{Block, Check, From, Instruction, Run, Script, Stage, StageName, Why, archives};

/// Returns the stage `test` if there are checks that run during the build.
pub(super) fn stage(plans: &PackagePlans<'_>, python: &Python, checks: &[Check]) -> Option<Stage> {
    if checks.is_empty() {
        return None;
    }
    let needed = needed(plans, python, "Test dependencies", (&plans.tested(), &[]));
    let why = Why::new("Tests that need no GPU: `docker build --target test .`");
    let mut stage = on_top("test", why, plans, needed);
    let run = Run { offline: true, script: vec![Script::Checks], ..Run::default() };
    // Checks run as the user of the image, who must be able to read its files.
    stage.blocks.push(Block { why: Why::default(), instructions: vec![Instruction::Run(run)] });
    Some(stage)
}

/// Returns the checks of the stage `test`: those of packages in the order of installation, then the project's
/// own.
pub(super) fn checks(plans: &PackagePlans<'_>) -> Vec<Check> {
    tests(plans, true)
}

/// Returns the tests that need a running container: those of packages in the order of installation, then the
/// project's own.
pub(super) fn running(plans: &PackagePlans<'_>) -> Vec<Check> {
    let mut all = tests(plans, false);
    // In a running container the host mounts its libraries, so library checks are only useful in the build.
    all.retain(|check| !check.script.iter().any(|one| matches!(one, Script::Libraries { .. })));
    all
}

fn tests(plans: &PackagePlans<'_>, build: bool) -> Vec<Check> {
    let mut all = Vec::new();
    for plan in plans.platform().into_iter().chain(plans.shipped()).chain(plans.tested()) {
        let Some(view) = plans.inputs.view(&plan.name) else { continue };
        let own = view.package.tests.iter().filter(|test| test.build == build && view.holds(&test.guard));
        all.extend(own.map(|test| Check {
            package: Some(plan.name.clone()),
            name: format!("{}: {}", plan.name, test.name.value),
            script: test.body.iter().filter_map(|body| plans.test_script(&plan.name, body)).collect(),
        }));
    }
    for test in plans.inputs.project.tests.iter().filter(|test| test.build == build) {
        let shell = test.run.iter().map(|line| Script::Shell(line.value.clone()));
        let code = test.python.iter().map(|code| Script::Python(code.value.clone()));
        let script = shell.chain(code).collect();
        all.push(Check { package: None, name: test.name.value.to_string(), script });
    }
    all.retain(|check| !check.script.is_empty());
    all
}

/// Returns patterns of libraries that come from the host's driver, if a check looks for libraries.
pub(super) fn driver_libraries(plans: &PackagePlans<'_>, checks: &[Check]) -> Vec<PackedText> {
    let mut scripts = checks.iter().flat_map(|check| &check.script);
    if !scripts.any(|script| matches!(script, Script::Libraries { .. })) {
        return Vec::new();
    }
    let inputs = plans.inputs;
    let platform = inputs.catalog.platform(inputs.resolution.target.platform.as_str());
    platform.map(|platform| platform.driver_libraries.clone()).unwrap_or_default()
}

/// Installs packages on top of the final image, and the build dependencies of `built`.
fn needed(
    all: &PackagePlans<'_>,
    python: &Python,
    title: &str,
    (plans, built): (&[&PackagePlan], &[&PackagePlan]),
) -> Vec<Block> {
    let defined: BTreeSet<String> = BTreeSet::new();
    let mut archives = archives::present(all, "base");
    let shipped = all.shipped();
    archives.extend(shipped.iter().flat_map(|plan| archives::of(&plan.install)).cloned());
    let layer = Layer { plans, title, built, direct: &[], more: &[], defined: &defined, archives: &archives };
    let mut blocks = layer.blocks(&python.place());
    let tools: Vec<Block> = built.iter().filter_map(|plan| python.tools(plan)).collect();
    let new = !python.ships && (!tools.is_empty() || plans.iter().any(|plan| plan.is_python()));
    blocks.extend(python.helper_blocks(plans, new.then(|| all.platform())));
    blocks.extend(tools);
    let late = plans.iter().map(|plan| plan.early_and_late().1);
    blocks.extend(stage_packages::linker(late, plans.iter().any(|plan| plan.links_late())));
    blocks
}

/// Returns the stage `dev` if the manifest requests it: the final image with the build dependencies of its
/// packages, including the toolkit.
pub(super) fn dev(plans: &PackagePlans<'_>, python: &Python) -> Option<Stage> {
    let asked = plans.inputs.project.output.requests_dev()?;
    let built: Vec<&PackagePlan> = plans.all().collect();
    let building: Vec<&PackagePlan> = plans.toolkit().dev().iter().chain(plans.building()).collect();
    let blocks = needed(plans, python, "Build dependencies of the packages", (&building, &built));
    let why = plans.inputs.why("The image with build tools, for development", asked);
    Some(on_top("dev", why, plans, blocks))
}

/// Returns a stage on top of the final image. Its blocks run as root; afterwards the user is that of the
/// image again.
fn on_top(name: &'static str, why: Why, plans: &PackagePlans<'_>, blocks: Vec<Block>) -> Stage {
    let user = plans.inputs.project.app.as_ref().and_then(App::login).filter(|_| !blocks.is_empty());
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

/// Returns the script of a test: Python for files with the extension `.py`, shell otherwise.
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
