//! Checks that need the expanded package plans: files that two packages write, values that a Dockerfile
//! cannot contain.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Log, codes::plan as codes, wording};
use crate::manifest::{App, Engine, Requirements};
use crate::source::Span;
use crate::value::ImagePath;

use super::encodable::{self, DockerfilePosition};
use super::package_context::Inputs;
use super::package_plan::PackagePlans;
use super::package_step::{PackagePlan, PackageStepKind};
use super::sources;

/// Runs the checks that do not need the stages.
pub(super) fn check(plans: &PackagePlans<'_>, log: &mut Log) {
    check_paths(plans, log);
    for plan in plans.all() {
        for (name, value, span) in &plan.env {
            debug_assert!(!name.as_str().is_empty(), "names are parsed");
            encodable::value(value, DockerfilePosition::Pair, Some(*span), log);
        }
        for step in plan.build.iter().chain(&plan.install) {
            if let PackageStepKind::Env(pairs) = &step.kind {
                for (_, value) in pairs {
                    encodable::value(value, DockerfilePosition::Pair, Some(step.span), log);
                }
            }
        }
        for (from, _, span) in plan.exports() {
            encodable::value(from.as_str(), DockerfilePosition::Source, Some(span), log);
        }
    }
    check_project(plans.inputs, log);
    super::check_secrets(plans.inputs.project, log);
    check_units(plans.inputs, log);
    super::missing_archive::check(plans, log);
    super::pip_conflicts::check(plans, log);
    super::pip_urls::check(plans.inputs, log);
    super::index_build::check(plans.inputs, log);
    sources::check_snapshot(plans.inputs, log);
}

fn check_project(inputs: Inputs<'_>, log: &mut Log) {
    let project = inputs.project;
    let app = project.app.iter();
    for (_, value) in app.clone().flat_map(|app| &app.env) {
        encodable::value(&value.value, DockerfilePosition::Pair, Some(value.span), log);
    }
    for app in app.clone() {
        check_app(app, log);
    }
    for (_, value) in &project.header.labels {
        encodable::value(&value.value, DockerfilePosition::Pair, Some(value.span), log);
    }
    if let Some(text) = &project.header.description {
        encodable::value(&text.value, DockerfilePosition::Pair, Some(text.span), log);
    }
    let venvs = project.pip.venvs.iter().flat_map(|venv| &venv.requirements);
    let files: Vec<&Requirements> =
        project.pip.requirements.iter().chain(app.flat_map(|app| &app.requirements)).chain(venvs).collect();
    for path in files.iter().flat_map(|file| std::iter::once(&file.path).chain(&file.includes)) {
        encodable::value(path.value.as_str(), DockerfilePosition::Mount, Some(path.span), log);
    }
}

/// Reports empty arguments in commands for Podman, which drops an empty argument in a unit and all that
/// follow.
fn check_units(inputs: Inputs<'_>, log: &mut Log) {
    let run = &inputs.project.run;
    if inputs.project.engine() != Engine::Podman {
        return;
    }
    let runs = std::iter::once(run).chain(run.services.iter().map(|service| &service.run));
    for words in runs.filter_map(|run| run.command.as_ref()) {
        if words.value.iter().any(String::is_empty) {
            let diagnostic =
                Diagnostic::error(codes::NOT_CARRIED, "a Podman unit cannot contain an empty word");
            log.error(
                diagnostic
                    .at(words.span, "Podman would drop it and everything after it")
                    .help("remove the empty word, or set the command in the image with `app { command … }`"),
            );
        }
    }
}

fn check_app(app: &App, log: &mut Log) {
    for copy in &app.copies {
        encodable::value(copy.from.value.as_str(), DockerfilePosition::Source, Some(copy.from.span), log);
    }
    for line in &app.runs {
        encodable::value(&line.value, DockerfilePosition::Script, Some(line.span), log);
    }
    for path in &app.volumes {
        encodable::value(path.value.as_str(), DockerfilePosition::Volume, Some(path.span), log);
    }
    let check = app.healthcheck.iter().map(|check| &check.test);
    for words in app.entrypoint.iter().chain(&app.command).chain(check) {
        encodable::words(words, log);
    }
}

/// For each written file, the package that writes it and the place of the step.
type Writers<'a> = BTreeMap<ImagePath, (&'a PackagePlan, Span)>;

/// Reports files that two packages write.
fn check_paths(plans: &PackagePlans<'_>, log: &mut Log) {
    let mut writers: Writers<'_> = BTreeMap::new();
    for plan in plans.all() {
        for (path, span) in owned_paths(plan) {
            match writers.get(&path) {
                Some((other, first)) if other.name != plan.name => {
                    let message = format!(
                        "{} and {} both write {}",
                        wording::code(&other.why.what),
                        wording::code(&plan.why.what),
                        wording::code(path.as_str())
                    );
                    log.error(
                        Diagnostic::error(codes::SAME_PATH, message).at(span, "here").at(*first, "here"),
                    );
                }
                Some(_) => {}
                None => drop(writers.insert(path, (plan, span))),
            }
        }
    }
}

/// Returns the files and exported folders that only one package may write. Shared folders such as
/// `/usr/local` are left out.
fn owned_paths(plan: &PackagePlan) -> Vec<(ImagePath, Span)> {
    let own = plan.install.iter().filter_map(|step| match &step.kind {
        PackageStepKind::File(file) => Some((file.to.clone(), step.span)),
        PackageStepKind::Symlink { at, .. } => Some((at.clone(), step.span)),
        _ => None,
    });
    let exports = plan.exports().filter(|(from, _, _)| !super::stage_packages::is_shared(from));
    own.chain(exports.map(|(_, to, span)| (to.clone(), span))).collect()
}
