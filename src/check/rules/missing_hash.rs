//! Reports requirements files of which only some lines have a hash.

use crate::check::{Context, Rule};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes, wording};
use crate::manifest::{Installer, Requirements};

pub(super) const RULE: Rule = Rule { code: codes::MISSING_HASH, severity: Severity::Error, check };

fn check(context: &Context<'_>, log: &mut Log) {
    let pip = &context.project.pip;
    let uv = pip.installer.as_ref().is_some_and(|one| one.value == Installer::Uv);
    let venvs = pip.venvs.iter().flat_map(|venv| &venv.requirements);
    let app = context.project.app.iter().flat_map(|app| &app.requirements);
    for file in pip.requirements.iter().chain(venvs).chain(app) {
        if file.hashed && (!uv || file.requires_hashes) {
            report(file, log);
        }
    }
}

fn report(file: &Requirements, log: &mut Log) {
    let missing: Vec<_> = file.without_hash().collect();
    let Some(first) = missing.first() else { return };
    let name = wording::code(file.path.value.as_str());
    let message = format!("{} of {name} have no hash", wording::count(missing.len(), "line"));
    let message = if missing.len() == 1 { format!("a line of {name} has no hash") } else { message };
    log.error(
        Diagnostic::error(codes::MISSING_HASH, message)
            .at(*first, "the build fails: other lines have a hash, so this one needs one too")
            .at(file.path.span, "used here")
            .help("add a hash to every line: `uv pip compile --generate-hashes`, or remove all hashes"),
    );
}
