//! Warns about files of copied folders that are excluded from the build context.

use std::collections::BTreeSet;

use crate::check::{Context, Rule};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes, wording};
use crate::manifest::{Copy, SecretFile};

pub(super) const RULE: Rule = Rule { code: codes::LEFT_OUT, severity: Severity::Warning, check };

/// The maximum number of files that a message names.
const NAMED: usize = 10;

fn check(context: &Context<'_>, log: &mut Log) {
    let Some(app) = &context.project.app else { return };
    let output = &context.project.output;
    let copied: BTreeSet<&str> = app.copies.iter().map(|one| one.from.as_str()).collect();
    for copy in app.copies.iter().filter(|copy| copy.folder) {
        let from = copy.from.value.as_str();
        if from != "." && output.leaves_out_folder(from) {
            let message =
                format!("{} is excluded from the build context, so it cannot be copied", wording::code(from));
            let node = wording::code(format!("output {{ ignore \"!{from}\" }}"));
            log.report(
                Diagnostic::warning(codes::LEFT_OUT, message)
                    .at(copy.from.span, "a pattern in `.dockerignore` or `ignore` excludes this folder")
                    .help(format!("write {node} to include it, or remove the pattern")),
            );
            continue;
        }
        let by_name = |file: &&SecretFile| !copied.contains(file.path.as_str());
        let files = copy.secrets.iter().filter(by_name).filter(|file| output.is_silent_about(&file.path));
        report(copy, &files.collect::<Vec<_>>(), log);
    }
}

fn report(copy: &Copy, files: &[&SecretFile], log: &mut Log) {
    let Some(first) = files.first() else { return };
    let mut names: Vec<String> = files.iter().take(NAMED).map(|file| wording::code(&file.path)).collect();
    if files.len() > NAMED {
        names.push(format!("{} more", files.len() - NAMED));
    }
    let (is, keys) =
        (if files.len() == 1 { "is" } else { "are" }, files.iter().filter(|file| file.key).count());
    let message = format!("{} {is} excluded from the image", wording::all_of(&names));
    let why = match keys {
        0 => "files with such names usually contain secrets",
        all if all == files.len() => "they contain a private key",
        _ => "they look like secrets by name, or contain a private key",
    };
    let path = &first.path;
    log.report(
        Diagnostic::warning(codes::LEFT_OUT, message)
            .at(copy.from.span, format!("in this folder; {why}"))
            .help(format!("to confirm: `output {{ ignore \"{path}\" }}`"))
            .help(format!("to include it: `output {{ ignore \"!{path}\" }}`")),
    );
}
