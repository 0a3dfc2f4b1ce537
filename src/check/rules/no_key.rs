//! Reports apt archives without a key and PPAs without a fingerprint.

use crate::check::{Context, Rule};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes, wording};

pub(super) const RULE: Rule = Rule { code: codes::NO_KEY, severity: Severity::Error, check };

fn check(context: &Context<'_>, log: &mut Log) {
    let apt = &context.project.apt;
    for source in apt.sources.iter().filter(|source| source.key.is_none() && !source.trusted.is_on()) {
        let name = wording::code(source.name.as_str());
        log.error(
            Diagnostic::error(codes::NO_KEY, format!("the apt source {name} has no key"))
                .at(source.name.span, "apt rejects archives without a key")
                .help(
                    "add `key \"https://…\" fingerprint=\"…\"` or `key \"keys/NAME.asc\" \
                    fingerprint=\"…\"`; the archive's website shows them",
                )
                .help(
                    "if the archive is unsigned, such as one on your own machine, add `trusted #true` \
                    to the source",
                ),
        );
    }
    for (ppa, _) in apt.ppas.iter().filter(|(_, fingerprint)| fingerprint.is_none()) {
        let (owner, name) = (ppa.owner(), ppa.name());
        let message = format!("the PPA {} has no fingerprint", wording::code(ppa.to_string()));
        log.error(
            Diagnostic::error(codes::NO_KEY, message)
                .at(ppa.span, "without it, its key cannot be fetched or checked")
                .help(format!(
                    "add `fingerprint=\"…\"`: https://launchpad.net/~{owner}/+archive/ubuntu/{name} \
                    shows it under \"Technical details about this PPA\""
                )),
        );
    }
}
