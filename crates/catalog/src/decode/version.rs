//! `version`.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Log, codes::catalog as codes, wording};
use crate::source::{Span, Spanned};
use crate::syntax::Reader;
use crate::value::{Name, PackedText, Version};

use super::DecodeContext;
use super::require::{flatten, requirements, unavailable};
use crate::{PackageVersion, Template};

/// Children of a `version` that are no values.
const RESERVED: &[&str] =
    &["requires", "conflicts", "when", "default", "note", "source", "unproven", "unavailable"];

/// `version`, in order.
pub(super) fn versions(package: Reader<'_>, context: &mut DecodeContext<'_>) -> Vec<PackageVersion> {
    let found: Vec<_> = package.children_named("version").filter_map(|node| version(node, context)).collect();
    named_once(&found, context.log);
    found
}

fn version(node: Reader<'_>, context: &mut DecodeContext<'_>) -> Option<PackageVersion> {
    let log = &mut *context.log;
    let version: Option<Spanned<Version>> = node.arg(0, log);
    let children = flatten(node, log);
    Some(PackageVersion {
        name: node.prop("name", log),
        default: node.prop("default", log).is_some_and(|flag| flag.value),
        requires: requirements(&children, "requires", log),
        conflicts: requirements(&children, "conflicts", log),
        unavailable: unavailable(&children, log),
        defaults: versions_of(node.child("default"), log),
        unproven: node.text_of_child("unproven", log),
        notes: node.args_of_children("note", log),
        sources: context.children(node, "source"),
        values: values(node, context),
        span: node.span(),
        version: version?,
    })
}

/// `NAME "VERSION"` pairs of a block (`default`, `provides`).
pub(super) fn versions_of(block: Option<Reader<'_>>, log: &mut Log) -> BTreeMap<Name, Spanned<Version>> {
    let Some(block) = block else { return BTreeMap::new() };
    block.pairs::<Name, Version>(log).into_iter().map(|(name, version)| (name.value, version)).collect()
}

fn values(node: Reader<'_>, context: &mut DecodeContext<'_>) -> BTreeMap<PackedText, Template> {
    let mut found = BTreeMap::new();
    for child in node.children().filter(|child| !RESERVED.contains(&child.name())) {
        value_name(child.name(), child.name_span(), context.log);
        if let Some(template) = context.template(child, 0) {
            found.insert(child.name().to_owned().into(), template);
        }
    }
    found
}

/// Templates reach a value by its name, which must therefore be a word of theirs.
pub(super) fn value_name(name: &str, span: Span, log: &mut Log) {
    let is_word = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if is_word {
        return;
    }
    let message = format!("{} is not a valid name for a value", wording::code(name));
    let diagnostic = Diagnostic::error(codes::VALUE_NAME, message)
        .at(span, "templates cannot refer to it")
        .help("use lower-case letters, digits and `_`, starting with a letter");
    log.error(diagnostic);
}

/// A name means one version, which may stand several times.
fn named_once(versions: &[PackageVersion], log: &mut Log) {
    let mut first: BTreeMap<&str, (&Version, Span)> = BTreeMap::new();
    for one in versions {
        let Some(name) = &one.name else { continue };
        let known = *first.entry(name.value.as_str()).or_insert((&one.version.value, name.span));
        if *known.0 != one.version.value {
            let message = format!("two versions are named {}", wording::code(name.value.as_str()));
            let diagnostic = Diagnostic::error(codes::DUPLICATE_NAME, message)
                .at(name.span, format!("here for {}", wording::code(one.version.as_str())))
                .at(known.1, format!("here for {}", wording::code(known.0.as_str())))
                .help("rename one of them, or remove it");
            log.error(diagnostic);
        }
    }
}
