//! Reports services with names that are reserved for jcc.

use crate::check::{Context, Rule};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes, wording};

pub(super) const RULE: Rule = Rule { code: codes::TAKEN_SERVICE, severity: Severity::Error, check };

fn check(context: &Context<'_>, log: &mut Log) {
    let project = context.project;
    let main = &project.header.name;
    let cache = project.cache;
    for service in &project.run.services {
        let name = service.name.as_str();
        let whose = match name {
            _ if name == main.as_str() => "the main service, which has the name of the project",
            "apt-cache" if cache.apt => "the cache for system packages in the Compose file",
            "pip-cache" if cache.pip => "the cache for Python packages in the Compose file",
            "test" => "the service that runs the tests",
            _ => continue,
        };
        let shown = wording::code(name);
        let mut diagnostic =
            Diagnostic::error(codes::TAKEN_SERVICE, format!("the service name {shown} is reserved"))
                .at(service.name.span, format!("the name of {whose}"));
        if name == main.as_str() {
            diagnostic = diagnostic.at(main.span, "the project's name");
        }
        log.error(diagnostic.help("rename it"));
    }
}
