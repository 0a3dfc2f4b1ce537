//! Warns about trusted apt archives without a key.

use crate::check::{Context, Rule};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes, wording};

pub(super) const RULE: Rule = Rule { code: codes::UNSIGNED_ARCHIVE, severity: Severity::Warning, check };

fn check(context: &Context<'_>, log: &mut Log) {
    for source in
        context.project.apt.sources.iter().filter(|source| source.key.is_none() && source.trusted.is_on())
    {
        let name = wording::code(source.name.as_str());
        log.report(
            Diagnostic::warning(codes::UNSIGNED_ARCHIVE, format!("packages from {name} are not verified"))
                .at(source.name.span, "`trusted` without a `key`")
                .help(
                    "add `key \"https://…\" fingerprint=\"…\"` or `key \"keys/NAME.asc\" \
                    fingerprint=\"…\"`; the archive's website shows them",
                ),
        );
    }
}
