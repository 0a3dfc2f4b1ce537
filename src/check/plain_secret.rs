//! Finds secrets in plain text. Diagnostics never show their values.

use std::collections::BTreeMap;

use crate::catalog::Catalog;
use crate::diagnostic::{Diagnostic, Log, codes::check as codes, wording};
use crate::manifest::Project;
use crate::source::{FoundSecret, SecretKind, SourceId, Sources, Span, secrets};

/// URL schemes of downloads, for which builds can use a netrc file instead.
const FETCHED: [&str; 4] = ["https", "http", "git+https", "git+http"];

/// Reports secrets in the manifest's files and in the project's own definitions. Each file is searched once
/// for all targets. A secret is an error, or a warning if the manifest allows it. A login in the URL of a
/// download cannot be allowed.
pub fn plain_secrets(projects: &[Project], catalog: &Catalog, sources: &Sources, log: &mut Log) {
    let mut files: BTreeMap<SourceId, bool> = BTreeMap::new();
    for project in projects {
        let allowed = allows(project);
        for id in project.read.sources().iter().copied() {
            *files.entry(id).or_insert(true) &= allowed;
        }
    }
    let allowed = projects.iter().all(allows);
    files.extend(catalog.own_sources().map(|id| (id, allowed)));
    definition_files(catalog, sources, allowed, log);
    for (id, allowed) in files {
        let text = sources.get(id).text;
        let definition = catalog.is_own(id);
        let found = secrets(text).into_iter().filter(|one| !is_comment(text, one.range.start));
        for secret in found.filter(|one| !(definition && is_explained(text, one))) {
            let span = Span::new(id, secret.range.clone());
            let login =
                matches!(&secret.kind, SecretKind::Login(scheme) if FETCHED.contains(&scheme.as_str()));
            let message = message(&secret);
            let found = if allowed && !login {
                Diagnostic::warning(codes::PLAIN_SECRET, message)
            } else {
                Diagnostic::error(codes::PLAIN_SECRET, message)
            };
            log.report(
                with_help(found, &secret, login)
                    .at(span, "visible to everyone who can read the generated files")
                    .mask(span),
            );
        }
    }
}

/// Reports secrets in files of the project's own definitions, whose contents become part of the outputs.
fn definition_files(catalog: &Catalog, sources: &Sources, allowed: bool, log: &mut Log) {
    for (id, name, bytes) in catalog.own_files() {
        let Ok(text) = std::str::from_utf8(bytes) else { continue };
        let definition = sources.get(id).text;
        let at = definition.find(&format!("\"{name}\"")).map_or(0..0, |at| at..at + name.len() + 2);
        let (mut line, mut counted) = (1, 0);
        for secret in secrets(text).iter().filter(|one| !is_comment(text, one.range.start)) {
            line += text[counted..secret.range.start].matches('\n').count();
            counted = secret.range.start;
            let message = format!("line {line} of {}: {}", wording::code(name), message(secret));
            let found = if allowed {
                Diagnostic::warning(codes::PLAIN_SECRET, message)
            } else {
                Diagnostic::error(codes::PLAIN_SECRET, message)
            };
            let span = Span::new(id, at.clone());
            log.report(
                with_help(found, secret, false)
                    .at(span, "the contents of this file become part of the generated files"),
            );
        }
    }
}

fn allows(project: &Project) -> bool {
    let code = codes::PLAIN_SECRET.as_str();
    project
        .allows
        .iter()
        .any(|allow| code == allow.code.as_str() || code.ends_with(&format!("::{}", allow.code.as_str())))
}

fn message(secret: &FoundSecret) -> String {
    match &secret.kind {
        SecretKind::Login(_) => "this URL contains a user name and a password".to_owned(),
        SecretKind::Token => "this looks like a token or a private key".to_owned(),
        SecretKind::Argument(option) => format!("{} contains a secret", wording::code(option)),
        SecretKind::Named(name) => format!("the value of {} looks like a secret", wording::code(name)),
    }
}

fn with_help(diagnostic: Diagnostic, secret: &FoundSecret, login: bool) -> Diagnostic {
    let diagnostic = match &secret.kind {
        _ if login => diagnostic.help(
            "remove the login from the URL and write `build { secrets { netrc } }`: builds read it \
                from the netrc file set in `JCC_NETRC`",
        ),
        SecretKind::Named(name) => {
            let name = name.to_ascii_uppercase().replace(['-', '.'], "_");
            let file = name.to_lowercase().replace('_', "-");
            diagnostic.help(format!(
                "write `secret \"{file}\" env=\"{name}\"` in `run`: the container reads it from \
                `/run/secrets/{file}`"
            ))
        }
        SecretKind::Login(_) | SecretKind::Token | SecretKind::Argument(_) => diagnostic.help(
            "write `secret \"NAME\" env=\"VARIABLE\"` in `run`: the container reads it from \
                `/run/secrets/NAME`",
        ),
    };
    let diagnostic = if login { diagnostic } else { diagnostic.help("or use an `env-file` on the host") };
    diagnostic.help("revoke the secret if this file was ever shared")
}

/// Whether a secret is an argument in an example of a definition's note: `load(token=…)`.
fn is_explained(text: &str, secret: &FoundSecret) -> bool {
    let line = text[..secret.range.start].rsplit('\n').next().unwrap_or_default();
    matches!(secret.kind, SecretKind::Named(_)) && line.trim_start().starts_with("note ")
}

/// Whether a position is in a comment: after `//` in KDL, or in a line that starts with `#` in a requirements
/// file.
fn is_comment(text: &str, at: usize) -> bool {
    let line = &text[text[..at].rfind('\n').map_or(0, |end| end + 1)..at];
    let trimmed = line.trim_start();
    let inside = |mark: &str| {
        line.match_indices(mark).any(|(start, _)| {
            let before = &line[..start];
            before.matches('"').count().is_multiple_of(2)
                && (before.is_empty() || before.ends_with([' ', '\t', ';', '}']))
        })
    };
    trimmed.starts_with('#') && !trimmed.starts_with("#\"") || inside("//")
}
