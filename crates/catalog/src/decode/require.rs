//! `requires`, `conflicts`, `when`.

use crate::diagnostic::{Diagnostic, Log, codes::catalog as codes};
use crate::source::Spanned;
use crate::syntax::{Property, Reader, Value, invalid, prop_of};
use crate::value::{Name, PackedText, Parse, Requirement};

use crate::{Condition, Guard, Guarded, Require, RequireStage, Unavailable};

/// The children of a block with the conditions under which they hold: `when`s are opened, however deep.
pub(super) fn flatten<'a>(node: Reader<'a>, log: &mut Log) -> Vec<(Guard, Reader<'a>)> {
    let mut found = Vec::new();
    open(node, &Guard::default(), &mut found, log);
    found
}

fn open<'a>(node: Reader<'a>, guard: &Guard, found: &mut Vec<(Guard, Reader<'a>)>, log: &mut Log) {
    for child in node.children() {
        if child.name() == "when" {
            let mut inner = guard.clone();
            inner.all.extend(conditions(child, log));
            open(child, &inner, found, log);
        } else {
            found.push((guard.clone(), child));
        }
    }
}

fn conditions(when: Reader<'_>, log: &mut Log) -> Vec<Condition> {
    if when.props().is_empty() {
        let diagnostic = Diagnostic::error(codes::EMPTY_CONDITION, "`when` has no condition")
            .at(when.name_span(), "missing condition")
            .help("add an axis or a package with a requirement: `when l4t=\">=36\" { … }`");
        log.error(diagnostic);
    }
    when.props().iter().filter_map(|given| condition(given, log)).collect()
}

fn condition(given: &Property, log: &mut Log) -> Option<Condition> {
    match &*given.key.value {
        "option" => option(given, log),
        "variant" => prop_of::<PackedText, Name>(given, log).map(|(_, name)| Condition::Variant(name)),
        "without" => prop_of::<PackedText, Name>(given, log).map(|(_, name)| Condition::Without(name)),
        _ => prop_of::<Name, Requirement>(given, log)
            .map(|(name, requirement)| Condition::Is { name, requirement }),
    }
}

/// `qt=5`, or `qt` alone.
fn option(given: &Property, log: &mut Log) -> Option<Condition> {
    let Value::String(text) = &given.value else { return None };
    let (key, value) = match text.split_once('=') {
        Some((key, value)) => (key.trim(), Some(value.trim().to_owned().into())),
        None => (text.trim(), None),
    };
    match Name::parse(key) {
        Ok(name) => Some(Condition::Option { key: Spanned::new(name, given.span), value }),
        Err(why) => {
            log.error(invalid(&why, key, given.span, "`option`"));
            None
        }
    }
}

/// The requirements of every block of this name (`requires`, `conflicts`) among children that were flattened.
pub(super) fn requirements(children: &[(Guard, Reader<'_>)], name: &str, log: &mut Log) -> Vec<Require> {
    let mut found = Vec::new();
    for (guard, block) in children.iter().filter(|(_, child)| child.name() == name) {
        found.extend(block.children().filter_map(|one| requirement(one, guard, log)));
    }
    found
}

/// Every `unavailable` among children that were flattened.
pub(super) fn unavailable(children: &[(Guard, Reader<'_>)], log: &mut Log) -> Vec<Guarded<Unavailable>> {
    let nodes = children.iter().filter(|(_, child)| child.name() == "unavailable");
    nodes
        .filter_map(|(guard, node)| {
            let source: Option<Spanned<PackedText>> = node.prop("source", log);
            let value = Unavailable { reason: node.arg(0, log)?, source: source.map(|one| one.value) };
            Some(Guarded { guard: guard.clone(), value })
        })
        .collect()
}

/// The requirements in the `requires` of a node that takes no `when`.
pub(super) fn plain(node: Reader<'_>, log: &mut Log) -> Vec<Require> {
    let children: Vec<_> = node.children().map(|child| (Guard::default(), child)).collect();
    requirements(&children, "requires", log)
}

fn requirement(node: Reader<'_>, guard: &Guard, log: &mut Log) -> Option<Require> {
    let name: Option<Spanned<Name>> = node.name_as(log);
    let requirement = match node.raw_arg(0) {
        Some(_) => node.arg(0, log),
        None => Some(Spanned::new(Requirement::any(), node.name_span())),
    };
    let (stage, only_run) = stage(node, log);
    Some(Require { name: name?, requirement: requirement?, stage, only_run, guard: guard.clone() })
}

fn stage(node: Reader<'_>, log: &mut Log) -> (RequireStage, bool) {
    let word: Option<Spanned<PackedText>> = node.prop("stage", log);
    match word.as_ref().map(|word| word.value.as_str()) {
        Some("build") => (RequireStage::Build, false),
        Some("test") => (RequireStage::Test, false),
        Some("choose") => (RequireStage::Choose, false),
        word => (RequireStage::Run, word.is_some()),
    }
}
