//! What must not be in a plan: files that two packages write, values that no Dockerfile can carry.

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

/// Everything that can be checked before stages are laid out.
pub(super) fn check(parts: &PackagePlans<'_>, log: &mut Log) {
    same_paths(parts, log);
    for part in parts.all() {
        for (name, value, span) in &part.env {
            debug_assert!(!name.as_str().is_empty(), "the parser of names sees to it");
            encodable::value(value, DockerfilePosition::Pair, Some(*span), log);
        }
        for act in part.build.iter().chain(&part.install) {
            if let PackageStepKind::Env(pairs) = &act.kind {
                for (_, value) in pairs {
                    encodable::value(value, DockerfilePosition::Pair, Some(act.span), log);
                }
            }
        }
        for (from, _, span) in part.exports() {
            encodable::value(from.as_str(), DockerfilePosition::Source, Some(span), log);
        }
    }
    users(parts.inputs, log);
    super::check_secrets(parts.inputs.project, log);
    of_units(parts.inputs, log);
    super::pip_conflicts::check(parts, log);
    super::pip_urls::check(parts.inputs, log);
    super::index_build::check(parts.inputs, log);
    sources::check_snapshot(parts.inputs, log);
}

fn users(inputs: Inputs<'_>, log: &mut Log) {
    let project = inputs.project;
    let app = project.app.iter();
    for (_, value) in app.clone().flat_map(|app| &app.env) {
        encodable::value(&value.value, DockerfilePosition::Pair, Some(value.span), log);
    }
    for app in app.clone() {
        of_app(app, log);
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

/// Podman's units take words as systemd does, but for an empty one: it and all behind it are lost.
fn of_units(inputs: Inputs<'_>, log: &mut Log) {
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

fn of_app(app: &App, log: &mut Log) {
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

/// Where a package writes a file: who, and where it says so.
type Writers<'a> = BTreeMap<ImagePath, (&'a PackagePlan, Span)>;

/// Two packages that write one file.
fn same_paths(parts: &PackagePlans<'_>, log: &mut Log) {
    let mut writers: Writers<'_> = BTreeMap::new();
    for part in parts.all() {
        for (path, span) in written(part) {
            match writers.get(&path) {
                Some((other, first)) if other.name != part.name => {
                    let message = format!(
                        "{} and {} both write {}",
                        wording::code(&other.why.what),
                        wording::code(&part.why.what),
                        wording::code(path.as_str())
                    );
                    log.error(
                        Diagnostic::error(codes::SAME_PATH, message).at(span, "here").at(*first, "here"),
                    );
                }
                Some(_) => {}
                None => drop(writers.insert(path, (part, span))),
            }
        }
    }
}

/// Files that a package alone can own. A folder such as `/usr/local` is everyone's.
fn written(part: &PackagePlan) -> Vec<(ImagePath, Span)> {
    let own = part.install.iter().filter_map(|act| match &act.kind {
        PackageStepKind::File(file) => Some((file.to.clone(), act.span)),
        PackageStepKind::Symlink { at, .. } => Some((at.clone(), act.span)),
        _ => None,
    });
    let exports = part.exports().filter(|(from, _, _)| !super::stage_packages::is_shared(from));
    own.chain(exports.map(|(_, to, span)| (to.clone(), span))).collect()
}
