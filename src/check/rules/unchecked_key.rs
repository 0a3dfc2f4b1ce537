//! Warns about signing keys without a fingerprint.

use crate::check::{Context, Rule};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes, wording};
use crate::manifest::AptSource;
use crate::source::Span;

pub(super) const RULE: Rule = Rule { code: codes::UNCHECKED_KEY, severity: Severity::Warning, check };

fn check(context: &Context<'_>, log: &mut Log) {
    let apt = &context.project.apt;
    for source in apt.sources.iter().filter(|source| source.fingerprint.is_none()) {
        if let Some(key) = &source.key {
            report(source, key.span, log);
        }
    }
}

fn report(source: &AptSource, span: Span, log: &mut Log) {
    let name = wording::code(source.name.as_str());
    let help = match &source.in_file {
        Some(found) => format!("add `fingerprint=\"{found}\"` if the archive's website lists this key"),
        None => "add `fingerprint=\"…\"`: `gpg --show-keys FILE` prints it; compare it with the archive's \
            website"
            .to_owned(),
    };
    log.report(
        Diagnostic::warning(codes::UNCHECKED_KEY, format!("the key of {name} is not verified"))
            .at(span, "missing `fingerprint`")
            .help(help),
    );
}
