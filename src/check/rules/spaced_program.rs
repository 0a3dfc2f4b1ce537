//! Warns about a command line that is a single argument, which no shell splits.

use crate::check::{Context, Rule};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes, wording};
use crate::source::Spanned;
use crate::syntax::quote;

pub(super) const RULE: Rule = Rule { code: codes::SPACED_PROGRAM, severity: Severity::Warning, check };

fn check(context: &Context<'_>, log: &mut Log) {
    let app = context.project.app.as_ref();
    let entrypoint = app.and_then(|app| app.entrypoint.as_ref());
    let commands = app.and_then(|app| app.command.as_ref()).into_iter();
    // With an entrypoint, a command contains its arguments, which may contain spaces.
    let main = context.runs().take(1).filter_map(|run| run.command.as_ref());
    let commands = commands.chain(main).filter(|_| entrypoint.is_none());
    let services = context.runs().skip(1).filter_map(|run| run.command.as_ref());
    for line in entrypoint.into_iter().chain(commands).chain(services) {
        log_spaced(line, log);
    }
}

fn log_spaced(line: &Spanned<Vec<String>>, log: &mut Log) {
    let [program] = &line.value[..] else { return };
    // A path can contain spaces. Text with shell syntax is left alone, because it cannot be split into words
    // here.
    if program.starts_with('/') || !program.contains(' ') || program.contains(['"', '\'', '\\', '$']) {
        return;
    }
    let words: Vec<String> = program.split_whitespace().map(quote).collect();
    let message = format!("{} is one argument, and no shell splits it", wording::code(program));
    let diagnostic = Diagnostic::warning(codes::SPACED_PROGRAM, message)
        .at(line.span, "a program with a space in its name")
        .help(format!("write each word as an argument: {}", wording::code(words.join(" "))));
    log.report(diagnostic);
}
