//! Reports system packages that must not be installed in an image.

use crate::check::{Context, Rule};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes, wording};

pub(super) const RULE: Rule = Rule { code: codes::FORBIDDEN_PACKAGE, severity: Severity::Error, check };

fn check(context: &Context<'_>, log: &mut Log) {
    let Some(platform) = context.platform else { return };
    for install in &context.project.apt.install {
        let name = install.package.name();
        let all = context.catalog.forbidden().filter(|one| one.holds_on(platform.name.as_str()));
        // Whether an archive is missing depends on the resolution.
        let mut all = all.filter(|one| one.archive_of.is_none());
        if let Some(forbidden) = all.find(|one| one.matches(name)) {
            log.error(
                Diagnostic::error(
                    codes::FORBIDDEN_PACKAGE,
                    format!("{} cannot be installed in an image", wording::code(name)),
                )
                .at(install.package.span, forbidden.reason.as_str())
                .help("remove it, and install it on the host if it is missing there"),
            );
        }
    }
}
