//! Notes Python packages without an exact version.

use crate::check::{Context, Rule};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes, wording};
use crate::manifest::Requirements;
use crate::value::PepOp;

use super::contradicting_python::PipSpec;

pub(super) const RULE: Rule = Rule { code: codes::UNPINNED_PYTHON, severity: Severity::Note, check };

const MESSAGE: &str = "the next build may install different versions";
const HELP: &str = "pin the version that you tested: `NAME==1.2.3`";

fn check(context: &Context<'_>, log: &mut Log) {
    let pip = &context.project.pip;
    report(&pip.install, log);
    let of_app = context.project.app.iter().flat_map(|app| &app.requirements);
    pip.requirements.iter().chain(of_app).for_each(|file| report_file(file, log));
    for venv in &pip.venvs {
        report(&venv.install, log);
        venv.requirements.iter().for_each(|file| report_file(file, log));
    }
}

fn is_unpinned(spec: &PipSpec) -> bool {
    let fixed =
        |(op, version): &(PepOp, String)| matches!(op, PepOp::Equal | PepOp::Same) && !version.contains('*');
    spec.url().is_none() && !spec.specifiers().iter().any(fixed)
}

fn report(all: &[PipSpec], log: &mut Log) {
    let unpinned: Vec<&PipSpec> = all.iter().filter(|spec| is_unpinned(spec)).collect();
    if unpinned.is_empty() {
        return;
    }
    let diagnostic = Diagnostic::note(codes::UNPINNED_PYTHON, MESSAGE).help(HELP);
    log.report(
        unpinned.into_iter().fold(diagnostic, |diagnostic, spec| diagnostic.at(spec.span, "not pinned")),
    );
}

/// Reports a requirements file with a single diagnostic, because it may be long.
fn report_file(file: &Requirements, log: &mut Log) {
    let unpinned: Vec<&PipSpec> =
        file.specs.iter().filter(|spec| is_unpinned(spec) && !file.has_hash(spec.span)).collect();
    let Some(first) = unpinned.first() else { return };
    let count = wording::count(unpinned.len(), "line");
    let name = wording::code(file.path.value.as_str());
    log.report(
        Diagnostic::note(codes::UNPINNED_PYTHON, MESSAGE)
            .at(file.path.span, format!("{count} of {name} are not pinned"))
            .at(first.span, "for example, this one")
            .help(format!("{HELP}, or generate the file with `pip freeze` or `uv pip compile`")),
    );
}
