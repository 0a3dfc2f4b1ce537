//! Warns about downloads that are neither signed nor encrypted.

use crate::check::{Context, Rule};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes};
use crate::source::Spanned;
use crate::value::Url;

pub(super) const RULE: Rule = Rule { code: codes::PLAIN_HTTP, severity: Severity::Warning, check };

fn check(context: &Context<'_>, log: &mut Log) {
    let (apt, pip) = (&context.project.apt, &context.project.pip);
    // Signed packages cannot be changed in transit.
    let archives = apt.sources.iter().filter(|source| source.key.is_none()).map(|source| &source.uri);
    let indexes = pip.index.iter().chain(pip.extra_indexes.iter().map(|index| &index.url));
    for url in archives.chain(indexes).filter(|url| is_plain_http(url)) {
        log.report(
            Diagnostic::warning(codes::PLAIN_HTTP, "this download can be changed in transit")
                .at(url.span, "neither signed nor encrypted")
                .help("use `https://` if the server supports it"),
        );
    }
}

fn is_plain_http(url: &Spanned<Url>) -> bool {
    url.scheme() == "http" && !["localhost", "127.0.0.1", "[::1]"].contains(&url.host())
}
