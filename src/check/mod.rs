//! Checks of a manifest that need no versions. Each rule has a file; [`RULES`] lists all of them.

mod allow;
mod compose_names;
mod context;
mod outputs;
mod plain_secret;
mod rules;
#[cfg(test)]
mod tests;

pub use allow::allows;
pub use compose_names::{NAMES as COMPOSE_NAMES, compose_names};
pub use context::Context;
pub use outputs::outputs;
pub use plain_secret::plain_secrets;
pub use rules::RULES;

use crate::catalog::Catalog;
use crate::diagnostic::{Code, Log, Severity};
use crate::manifest::Project;

/// A rule: the diagnostic that it reports, and the function that finds it.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// The only code that it reports.
    pub code: Code,
    pub severity: Severity,
    pub check: fn(&Context<'_>, &mut Log),
}

/// Checks one target of a manifest with all rules. If a part of the manifest could not be read, only rules
/// for errors apply, because that part may contain what the other rules recommend.
pub fn rules(project: &Project, catalog: &Catalog, log: &mut Log) {
    let context = Context::new(project, catalog);
    let always = |rule: &&Rule| rule.severity == Severity::Error;
    for rule in RULES.iter().filter(|rule| !project.is_partial || always(rule)) {
        (rule.check)(&context, log);
    }
}
