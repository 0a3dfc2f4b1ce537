//! The support folder: generated files that steps mount. A file is written only if a step mounts it.

use minijinja::context;

use crate::plan::{Instruction, Mount, Plan, Run, SHARED_SUPPORT, Script, ScriptFile, StageName};
use crate::resolve::closure_path;

use super::quote;
use super::templates::Templates;

/// Creates the user.
pub(super) const ADD_USER: &str = "add-user.sh";
/// Compares the installed Python packages with the resolved versions.
pub(super) const CHECK: &str = "check.py";
/// Moves Python packages into folders, one for each layer.
pub(super) const LAYERS: &str = "layers.py";
/// Uses the pip cache if it is running.
pub(super) const PIP_CACHE: &str = "pip-cache.sh";

/// Returns the name of apt's configuration, with or without the use of a cache.
pub(super) fn apt_conf(plan: &Plan) -> &'static str {
    if plan.apt_cache { "apt-cached.conf" } else { "apt.conf" }
}

/// The folder with the files of definitions, which has a folder for each package.
pub(super) const PACKAGES: &str = "packages";

/// Returns the path of a script of a definition in the support folder.
pub(super) fn script(file: &ScriptFile) -> String {
    format!("{PACKAGES}/{}/{}", file.package, file.name)
}

/// Returns the path of the constraints file of a stage.
pub(super) fn constraints(stage: &StageName) -> String {
    format!("constraints/{stage}.txt")
}

/// Returns the files of the support folder: paths in the project and texts.
pub(super) fn files(plan: &Plan) -> Vec<(String, String)> {
    let shared = |name: &str, text: &str| (format!("{SHARED_SUPPORT}/{name}"), text.to_owned());
    let runs: Vec<&Run> = runs(plan).collect();
    let mounts = |mount: &Mount| runs.iter().any(|run| run.mounts.contains(mount));
    let has = |is: fn(&Script) -> bool| runs.iter().any(|run| run.script.iter().any(is));
    let mut files = Vec::new();
    if mounts(&Mount::Apt) {
        let text = if plan.apt_cache { APT_CACHED_CONF } else { APT_CONF };
        files.push(shared(apt_conf(plan), text));
    }
    if plan.secrets.ca_bundle() && [Mount::Apt, Mount::Pip, Mount::Net].iter().any(mounts) {
        files.extend([shared("ca/env", CA_ENV), shared("ca/apt.conf", CA_APT_CONF)]);
    }
    if mounts(&Mount::Pip) && plan.pip.cache {
        files.push(shared(PIP_CACHE, PIP_CACHE_SH));
    }
    if has(|script| matches!(script, Script::User(_))) {
        files.push(shared(ADD_USER, ADD_USER_SH));
    }
    if has(|script| matches!(script, Script::Drift { .. })) {
        files.push(shared(CHECK, CHECK_PY));
    }
    if has(|script| matches!(script, Script::Layers(_))) {
        files.push(shared(LAYERS, LAYERS_PY));
    }
    for one in runs.iter().flat_map(|run| &run.script) {
        if let Script::File(file) = one {
            files.push(shared(&script(file), &file.text));
        }
    }
    let texts = instructions(plan)
        .filter_map(|one| if let Instruction::CopyText(file) = one { Some(file) } else { None });
    files.extend(texts.filter_map(|file| Some(shared(&format!("{PACKAGES}/{}", file.long()?), &file.text))));
    files.extend(plan.keys.iter().map(|(name, text)| shared(&format!("keys/{name}.asc"), text)));
    let own = |name: &str, text: String| (format!("{}/{name}", plan.support), text);
    for (name, text) in plan.locked.files() {
        files.push((closure_path(&plan.support, name), text.to_owned()));
    }
    for (stage, lines) in &plan.constraints {
        files.push(own(&constraints(stage), lines.join("\n") + "\n"));
    }
    files.extend(super::checks::of_build(plan));
    if !plan.driver_libraries.is_empty() {
        let driver: Vec<String> = plan.driver_libraries.iter().map(|one| quote::shell(one)).collect();
        files.push(own(
            "test/check-libraries",
            Templates::all().fill("support/check-libraries.j2", context! { driver }),
        ));
    }
    files
}

fn instructions(plan: &Plan) -> impl Iterator<Item = &Instruction> {
    plan.stages.iter().flat_map(|stage| &stage.blocks).flat_map(|block| &block.instructions)
}

fn runs(plan: &Plan) -> impl Iterator<Item = &Run> {
    instructions(plan).filter_map(|one| if let Instruction::Run(run) = one { Some(run) } else { None })
}

const APT_CONF: &str = include_str!("../../templates/support/apt.conf");
const APT_CACHED_CONF: &str = concat!(
    include_str!("../../templates/support/apt.conf"),
    include_str!("../../templates/support/apt-cache.conf")
);
const CA_ENV: &str = include_str!("../../templates/support/ca-env");
const CA_APT_CONF: &str = include_str!("../../templates/support/ca-apt.conf");
const PIP_CACHE_SH: &str = include_str!("../../templates/support/pip-cache.sh");
const ADD_USER_SH: &str = include_str!("../../templates/support/add-user.sh");
const LAYERS_PY: &str = include_str!("../../templates/support/layers.py");
const CHECK_PY: &str = include_str!("../../templates/support/check.py");
