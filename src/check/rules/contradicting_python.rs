//! Python packages in versions that exclude each other.

use crate::check::{Context, Rule};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes, wording};
use crate::manifest::Requirements;
use crate::source::Spanned;
use crate::value::{Parse, PepOp, PepRequirement, Version};

pub(super) const RULE: Rule = Rule { code: codes::CONTRADICTING_PYTHON, severity: Severity::Error, check };

type Spec = Spanned<PepRequirement>;

fn check(context: &Context<'_>, log: &mut Log) {
    let pip = &context.project.pip;
    let of_app = context.project.app.iter().flat_map(|app| &app.requirements);
    tell(&specs(&pip.install, pip.requirements.iter().chain(of_app)), log);
    for venv in &pip.venvs {
        tell(&specs(&venv.install, venv.requirements.iter()), log);
    }
}

/// Everything that one environment is asked for.
fn specs<'a>(install: &'a [Spec], files: impl Iterator<Item = &'a Requirements>) -> Vec<&'a Spec> {
    install.iter().chain(files.flat_map(|file| file.specs.iter().chain(&file.constraints))).collect()
}

fn tell(all: &[&Spec], log: &mut Log) {
    for (at, second) in all.iter().enumerate() {
        let Some(first) = all[..at].iter().find(|first| contradict(first, second)) else { continue };
        let message = format!("no version of {} will do for both", wording::code(second.normalised_name()));
        log.error(
            Diagnostic::error(codes::CONTRADICTING_PYTHON, message)
                .at(second.span, wanted(second))
                .at(first.span, wanted(first))
                .help("change one of them, or put one into an environment of its own: `venv \"NAME\" { … }`"),
        );
    }
}

/// Whether one of them names a version that the other one excludes.
fn contradict(one: &PepRequirement, other: &PepRequirement) -> bool {
    let plain = one.marker().is_none() && other.marker().is_none();
    let excludes = |by: &PepRequirement, version: &Version| by.allows(version) == Some(false);
    plain
        && one.normalised_name() == other.normalised_name()
        && match (exact(one), exact(other)) {
            (Some(first), Some(second)) => excludes(one, &second) && excludes(other, &first),
            (Some(version), None) => excludes(other, &version),
            (None, Some(version)) => excludes(one, &version),
            (None, None) => false,
        }
}

/// The one version that will do.
fn exact(spec: &PepRequirement) -> Option<Version> {
    let mut found = spec.specifiers().iter().filter(|(op, text)| *op == PepOp::Equal && !text.contains('*'));
    found.next().and_then(|(_, text)| Version::parse(text).ok())
}

fn wanted(spec: &PepRequirement) -> String {
    let all: Vec<String> = spec.specifiers().iter().map(|(op, version)| format!("{op}{version}")).collect();
    format!("wants {}", wording::code(all.join(",")))
}
