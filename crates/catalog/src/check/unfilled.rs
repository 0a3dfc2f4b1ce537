//! Templates where nothing fills them in: they would stand in the output as they are.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Log, codes::catalog as codes, wording};
use crate::source::Span;
use crate::syntax::{Node, Value};

use super::{Subject, walk};
use crate::{Package, StepKind};

pub(super) fn check(subject: Subject<'_>, log: &mut Log) {
    let Some(node) = subject.file.document().nodes.get(subject.entry.node) else { return };
    let filled = filled(subject.package);
    words(node, &mut |text, span| {
        if text.contains("{{") && !filled.contains(&(span.start, span.end)) {
            let message = format!("the template {} is not expanded here", wording::code(text));
            let diagnostic = Diagnostic::error(codes::TEMPLATE_PLACE, message);
            log.error(
                diagnostic
                    .at(span, "templates are not supported here")
                    .help("write the text, with one `when` or `version` for each case"),
            );
        }
    });
}

/// Where templates are filled in, and shell, whose braces are its own.
fn filled(package: &Package) -> BTreeSet<(u32, u32)> {
    let mut spans: Vec<Span> = walk::templates(package).into_iter().map(|template| template.span).collect();
    spans.extend(package.paths.iter().map(|path| path.value.span));
    spans.extend(walk::steps(package).filter_map(|step| match &step.kind {
        StepKind::Run { script, .. } => Some(script.span),
        _ => None,
    }));
    spans.into_iter().map(|span| (span.start, span.end)).collect()
}

/// Every text of a node and of those below it.
fn words<'a>(node: &'a Node, seen: &mut impl FnMut(&'a str, Span)) {
    for given in &node.arguments {
        if let Value::String(text) = &given.value {
            seen(text, given.span);
        }
    }
    for given in &node.properties {
        if let Value::String(text) = &given.value {
            seen(text, given.span);
        }
    }
    for child in node.children.iter().flatten() {
        words(child, seen);
    }
}
