//! Reports duplicate container names.

use std::collections::BTreeMap;

use crate::check::{Context, Rule};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes, wording};
use crate::source::Span;
use crate::value::Name;

pub(super) const RULE: Rule = Rule { code: codes::SAME_CONTAINER, severity: Severity::Error, check };

fn check(context: &Context<'_>, log: &mut Log) {
    let mut seen: BTreeMap<&Name, Span> = BTreeMap::new();
    for name in context.runs().filter_map(|run| run.name.as_ref()) {
        let Some(first) = seen.insert(&name.value, name.span) else { continue };
        let message = format!("duplicate container name {}", wording::code(name.as_str()));
        log.error(
            Diagnostic::error(codes::SAME_CONTAINER, message)
                .at(name.span, "second occurrence")
                .at(first, "first occurrence")
                .help("rename one of them, or remove `name`: the engine then generates one"),
        );
    }
}
