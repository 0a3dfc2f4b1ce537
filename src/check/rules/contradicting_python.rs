//! Reports requirements for a Python package that exclude each other.

use std::collections::BTreeMap;

use crate::check::{Context, Rule};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes, wording};
use crate::manifest::Requirements;
use crate::source::Spanned;
use crate::value::{Parse, PepOp, PepRequirement, Version};

pub(super) const RULE: Rule = Rule { code: codes::CONTRADICTING_PYTHON, severity: Severity::Error, check };

pub(super) type PipSpec = Spanned<PepRequirement>;

fn check(context: &Context<'_>, log: &mut Log) {
    let pip = &context.project.pip;
    let of_app = context.project.app.iter().flat_map(|app| &app.requirements);
    report(&specs(&pip.install, pip.requirements.iter().chain(of_app)), log);
    for venv in &pip.venvs {
        report(&specs(&venv.install, venv.requirements.iter()), log);
    }
}

/// Returns all requirements and constraints of one environment.
fn specs<'a>(install: &'a [PipSpec], files: impl Iterator<Item = &'a Requirements>) -> Vec<&'a PipSpec> {
    install.iter().chain(files.flat_map(|file| file.specs.iter().chain(&file.constraints))).collect()
}

/// Compares the requirements of each package with the first exact one. Others that exclude each other exclude
/// that one too, so that linear time suffices.
fn report(all: &[&PipSpec], log: &mut Log) {
    let mut by_name: BTreeMap<String, Vec<&PipSpec>> = BTreeMap::new();
    for spec in all.iter().filter(|spec| spec.marker().is_none()) {
        by_name.entry(spec.normalised_name()).or_default().push(spec);
    }
    for (name, specs) in &by_name {
        let Some(at) = specs.iter().position(|spec| exact(spec).is_some()) else { continue };
        let contradicting = specs.iter().enumerate().filter(|(_, other)| contradict(specs[at], other));
        for (other, spec) in contradicting {
            let (first, second) = if other < at { (*spec, specs[at]) } else { (specs[at], *spec) };
            let message = format!("no version of {} satisfies both requirements", wording::code(name));
            log.error(
                Diagnostic::error(codes::CONTRADICTING_PYTHON, message)
                    .at(second.span, label(second))
                    .at(first.span, label(first))
                    .help(
                        "change one of them, or move one to a separate environment: `venv \"NAME\" \
                            { … }`",
                    ),
            );
        }
    }
}

/// Whether one requirement is exact and the other one excludes its version.
fn contradict(one: &PepRequirement, other: &PepRequirement) -> bool {
    let excludes = |by: &PepRequirement, version: &Version| by.allows(version) == Some(false);
    match (exact(one), exact(other)) {
        (Some(first), Some(second)) => excludes(one, &second) && excludes(other, &first),
        (Some(version), None) => excludes(other, &version),
        (None, Some(version)) => excludes(one, &version),
        (None, None) => false,
    }
}

/// Returns the version of an exact requirement.
fn exact(spec: &PepRequirement) -> Option<Version> {
    let mut found = spec.specifiers().iter().filter(|(op, text)| *op == PepOp::Equal && !text.contains('*'));
    found.next().and_then(|(_, text)| Version::parse(text).ok())
}

fn label(spec: &PepRequirement) -> String {
    let all: Vec<String> = spec.specifiers().iter().map(|(op, version)| format!("{op}{version}")).collect();
    format!("requires {}", wording::code(all.join(",")))
}
