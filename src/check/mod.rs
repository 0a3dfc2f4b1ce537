//! What is wrong with a manifest before any version is chosen: one rule a file, all of them in [`RULES`].

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

/// One kind of mistake and how it is found.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// What it tells, and nothing else.
    pub code: Code,
    pub severity: Severity,
    pub check: fn(&Context<'_>, &mut Log),
}

/// Checks one target of a manifest by every rule; where a part of it could not be read, by those of mistakes alone, since
/// what is advised may stand there.
pub fn rules(project: &Project, catalog: &Catalog, log: &mut Log) {
    let context = Context::new(project, catalog);
    let always = |rule: &&Rule| rule.severity == Severity::Error;
    for rule in RULES.iter().filter(|rule| !project.is_partial || always(rule)) {
        (rule.check)(&context, log);
    }
}
