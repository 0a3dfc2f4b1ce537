//! `allow`: warnings and notes that the manifest accepts.

use std::collections::BTreeSet;

use crate::diagnostic::codes::{self, check};
use crate::diagnostic::{Code, Diagnostic, Log, Severity, wording};
use crate::manifest::{Allow, Project};

/// Removes the diagnostics that the manifest allows from the log, after all passes and for all targets.
/// Reports `allow` nodes with unknown codes or codes of errors, and unused ones.
pub fn allows(projects: &[&Project], log: &mut Log) {
    let mut all: Vec<&Allow> = projects.iter().flat_map(|project| &project.allows).collect();
    all.sort_by_key(|allow| (allow.span.source, allow.span.start));
    all.dedup_by_key(|allow| allow.span);
    let known: Vec<(&Allow, Option<Code>)> = all
        .into_iter()
        .map(|allow| (allow, codes::find(allow.code.as_str()).map(|entry| entry.code)))
        .collect();
    let mut seen: BTreeSet<(Code, Severity)> = BTreeSet::new();
    let allowed: BTreeSet<Code> = known.iter().filter_map(|(_, code)| *code).collect();
    // After errors, or if not all targets are compiled, warnings may be missing, so `allow` can seem unused.
    let complete = !log.has_errors() && projects.first().is_some_and(|one| one.targets == projects.len());
    log.retain(|one| {
        seen.insert((one.code, one.severity));
        one.severity == Severity::Error || !allowed.contains(&one.code)
    });
    for (allow, code) in known {
        let Some(code) = code else {
            log.error(unknown(allow));
            continue;
        };
        let never = super::RULES.iter().any(|rule| rule.code == code && rule.severity == Severity::Error);
        if never || seen.contains(&(code, Severity::Error)) {
            log.error(broken(allow));
        } else if complete && !seen.iter().any(|(other, _)| *other == code) {
            log.report(unused(allow));
        }
    }
}

fn unknown(allow: &Allow) -> Diagnostic {
    let written = allow.code.as_str();
    let whole: Vec<&str> = codes::all().map(|entry| entry.code.as_str()).collect();
    // A full code is compared with full codes, a short one with their last segments.
    let names = whole
        .iter()
        .map(|code| if written.contains("::") { *code } else { code.rsplit("::").next().unwrap_or(code) });
    Diagnostic::error(check::UNKNOWN_ALLOW, format!("unknown warning code {}", wording::code(written)))
        .at(allow.code.span, "unknown code")
        .maybe_help(wording::did_you_mean(written, names))
        .help("reports show the code of each warning; `jcc explain` lists all codes")
}

fn broken(allow: &Allow) -> Diagnostic {
    let code = wording::code(allow.code.as_str());
    Diagnostic::error(check::ALLOWED_ERROR, format!("{code} is an error and cannot be allowed"))
        .at(allow.code.span, "only warnings and notes can be allowed")
        .help("fix the error and remove this line")
}

fn unused(allow: &Allow) -> Diagnostic {
    let code = wording::code(allow.code.as_str());
    Diagnostic::warning(check::UNUSED_ALLOW, format!("unused `allow` of {code}"))
        .at(allow.code.span, "this warning does not occur")
        .help("remove it")
}
