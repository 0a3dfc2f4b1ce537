//! Checks a document against the schema of its language.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Log, codes::manifest as codes, wording};
use crate::source::Span;
use crate::syntax::{Document, Node, Property, Value, kinds, value};

use super::{Children, NodeSpec, Times, forms};

/// Reports everything in which a document differs from the schema. `place` is the name of the document in
/// messages: `a manifest`, `a package definition`.
pub fn check(document: &Document, language: &'static [&'static NodeSpec], place: &str, log: &mut Log) {
    let start = Span { end: document.span.start, ..document.span };
    let here = BlockContext { roots: language, place, owner: start, spec: None };
    here.block(&document.nodes, Children::Listed(language), log);
}

/// The context of a block while it is checked.
#[derive(Clone, Copy)]
struct BlockContext<'a> {
    roots: &'static [&'static NodeSpec],
    place: &'a str,
    /// The node that owns the block.
    spec: Option<&'static NodeSpec>,
    /// The name of the node that owns the block, which is the place of diagnostics about missing nodes.
    owner: Span,
}

impl BlockContext<'_> {
    fn block(self, nodes: &[Node], allowed: Children, log: &mut Log) {
        let mut first: BTreeMap<&str, &Node> = BTreeMap::new();
        let is_item = |node: &Node| &*node.name.value == "-";
        for (at, node) in nodes.iter().enumerate() {
            let Some(spec) = allowed.find(&node.name.value) else {
                let items: Vec<&Node> = nodes[at + 1..].iter().take_while(|node| is_item(node)).collect();
                // A YAML list is reported at its key.
                if !is_item(node) || at == 0 {
                    self.unknown(node, &items, allowed, log);
                }
                continue;
            };
            let name = &*node.name.value;
            if matches!(spec.times, Times::Once | Times::Optional) {
                let first = *first.entry(name).or_insert(node);
                if !std::ptr::eq(first, node) {
                    self.duplicate(first, node, log);
                }
            }
            self.node(node, spec, log);
        }
        for spec in allowed.listed() {
            let needed = matches!(spec.times, Times::Once | Times::AtLeastOnce);
            if needed && !nodes.iter().any(|node| node.name.value == spec.name) {
                log.error(
                    Diagnostic::error(
                        codes::MISSING_NODE,
                        format!("{} has no {}", self.place, wording::code(spec.name)),
                    )
                    .at(self.owner, format!("missing `{}`", spec.name))
                    .help(format!(
                        "add {}: {}",
                        wording::code(spec.shape()),
                        phrase(spec.doc)
                    )),
                );
            }
        }
    }

    fn node(self, node: &Node, spec: &'static NodeSpec, log: &mut Log) {
        arguments(node, spec, log);
        properties(node, spec, log);
        let name = wording::code(&node.name.value);
        match (&node.children, spec.children) {
            (Some(children), Children::None) => {
                let span = children
                    .first()
                    .map_or(node.span, |first| first.span.to(children.last().unwrap_or(first).span));
                let diagnostic =
                    Diagnostic::error(codes::UNEXPECTED_CHILDREN, format!("{name} does not take a block"))
                        .at(span, "unexpected block")
                        .help(format!("usage: {}", wording::code(spec.shape())));
                log.error(diagnostic);
            }
            (Some(children), allowed) => {
                let inner = BlockContext { place: &name, owner: node.name.span, spec: Some(spec), ..self };
                inner.block(children, allowed, log);
            }
            (None, _) if spec.block_required && !forms::has_inline_block(node, spec) => {
                log.error(
                    Diagnostic::error(codes::MISSING_CHILDREN, format!("{name} needs a block"))
                        .at(node.name.span, "empty")
                        .maybe_help(possible(spec.children)),
                );
            }
            (None, _) => {}
        }
    }

    fn unknown(self, node: &Node, items: &[&Node], allowed: Children, log: &mut Log) {
        let name = &*node.name.value;
        let message = format!("unknown node {} in {}", wording::code(name), self.place);
        let diagnostic = Diagnostic::error(codes::UNKNOWN_NODE, message);
        if log.is_long() {
            log.error(diagnostic.at(node.name.span, "unknown node"));
            return;
        }
        if let Some(foreign) = forms::find_foreign(name, allowed) {
            log.error(renamed(diagnostic, (node, items), &foreign));
            return;
        }
        if let Some(advice) = forms::advice(name, self.spec) {
            log.error(diagnostic.at(node.name.span, "syntax of another tool").help(advice));
            return;
        }
        let elsewhere = blocks_with(name, self.roots);
        let known = allowed.listed().iter().map(|spec| spec.name);
        // A name that is known in other blocks is not a typing error.
        let mut near = if elsewhere.is_empty() { wording::nearest(name, known) } else { Vec::new() };
        if near.is_empty() && elsewhere.is_empty() {
            near.extend(forms::near_foreign(name, allowed));
        }
        let mut diagnostic = diagnostic.at(node.name.span, "unknown node");
        let (mut written, mut block) = (None, None);
        if let [one] = near[..] {
            diagnostic = diagnostic.fix(node.name.span, one);
            let spec = allowed.find(one);
            written = spec.and_then(|spec| forms::rewritten_list(node, items, spec));
            block = spec.and_then(|spec| forms::without_block(node, spec));
        }
        if !near.is_empty() {
            let mean = wording::any_of(&wording::codes(&near));
            diagnostic = diagnostic.help(format!("did you mean {mean}?")).maybe_help(block);
            if let Some(written) = written {
                let plain = || format!("write {}", wording::code(&written));
                diagnostic = diagnostic.help(if items.is_empty() { plain() } else { as_list(&written) });
            }
        } else if !elsewhere.is_empty() {
            diagnostic = diagnostic
                .help(format!("{} belongs {}", wording::code(name), wording::any_of(&elsewhere)))
                .maybe_help(suggest_block(node, allowed).filter(|_| has_version(node)));
        } else if let Some(written) = forms::as_pair(node, allowed) {
            diagnostic =
                diagnostic.help(format!("write {}", wording::code(&written))).fix(node.span, written);
        } else if let Some(other) = forms::foreign_elsewhere(name, self.roots) {
            diagnostic = diagnostic.help(other);
        } else {
            diagnostic = diagnostic.maybe_help(suggest_block(node, allowed)).maybe_help(possible(allowed));
        }
        log.error(diagnostic);
    }

    fn duplicate(self, first: &Node, second: &Node, log: &mut Log) {
        let name = wording::code(&second.name.value);
        log.error(
            Diagnostic::error(codes::DUPLICATE_NODE, format!("duplicate {name} in {}", self.place))
                .at(second.name.span, "second occurrence")
                .at(first.name.span, "first occurrence")
                .help("remove one of them"),
        );
    }
}

/// Completes the diagnostic for a node with a name of another tool.
fn renamed(
    diagnostic: Diagnostic,
    (node, items): (&Node, &[&Node]),
    foreign: &forms::ForeignName,
) -> Diagnostic {
    let what =
        if node.name.value.is_ascii() { "syntax of another tool" } else { "node names are English words" };
    let diagnostic = diagnostic
        .at(node.name.span, what)
        .help(format!("did you mean {}?", wording::code(foreign.spec.name)))
        .maybe_help(forms::without_block(node, foreign.spec));
    match foreign.written(node).or_else(|| forms::rewritten_list(node, items, foreign.spec)) {
        Some(written) if !items.is_empty() => diagnostic.help(as_list(&written)),
        Some(written) => {
            diagnostic.help(format!("write {}", wording::code(&written))).fix(node.span, written)
        }
        None => diagnostic.fix(node.name.span, foreign.spec.name),
    }
}

/// Formats the help for a YAML list.
fn as_list(written: &str) -> String {
    format!("lists are written without `-`: {}", wording::code(written))
}

/// Whether the argument of a node is certainly a version, which suggests that the node is a package.
fn has_version(node: &Node) -> bool {
    let given = node.arguments.first().map(|given| &given.value);
    let first =
        |text: &str| text.starts_with(|letter: char| letter.is_ascii_digit() || "<>=~^".contains(letter));
    matches!(given, Some(Value::Float(_))) || matches!(given, Some(Value::String(text)) if first(text))
}

/// Whether a text has a file extension, so that it is not a version.
fn is_file(text: &str) -> bool {
    text.rsplit_once('.').is_some_and(|(_, end)| end.starts_with(|letter: char| letter.is_ascii_alphabetic()))
}

/// Suggests blocks for an unknown node that could be a name of the catalogue.
fn suggest_block(node: &Node, allowed: Children) -> Option<String> {
    let named = node.name.value.starts_with(char::is_alphanumeric) && !node.name.value.contains(':');
    if !named || !node.properties.is_empty() || node.children.is_some() || node.arguments.len() > 1 {
        return None;
    }
    let version = match node.arguments.first().map(|given| &given.value) {
        None => String::new(),
        Some(Value::String(text)) if !text.contains(['/', ':']) && !is_file(text) => {
            format!(" {}", value::quote(text))
        }
        Some(Value::Float(number)) => format!(" {}", value::quote(number)),
        Some(Value::Integer(number)) => format!(" {}", value::quote(&number.to_string())),
        Some(Value::String(_) | Value::Bool(_) | Value::Null) => return None,
    };
    let homes: Vec<String> = (allowed.listed().iter())
        .filter(|spec| {
            let needs = |other: &NodeSpec| other.arguments.iter().any(|one| one.required);
            !version.is_empty() || !spec.children.other().is_some_and(needs)
        })
        .filter_map(|spec| Some((spec.name, spec.strays?)))
        .map(|(home, does)| {
            let written = format!("{home} {{ {}{version} }}", value::name(&node.name.value));
            format!("{} {does}", wording::code(&written))
        })
        .collect();
    (!homes.is_empty()).then(|| homes.join(", "))
}

fn arguments(node: &Node, spec: &NodeSpec, log: &mut Log) {
    let name = wording::code(&node.name.value);
    let other = spec.rewrite.and_then(|rewrite| rewrite(node));
    let shape = || match &other {
        Some(written) => format!("write {}", wording::code(written)),
        None => format!("usage: {}", wording::code(spec.shape())),
    };
    if misplaced_arguments(node, spec, other.as_ref(), log) {
        return;
    }
    for (at, given) in node.arguments.iter().enumerate() {
        if let Some(expected) = spec.arguments.get(at).or(spec.rest.as_ref()) {
            kinds::expect(&given.value, given.span, expected.kind, &name, log);
            continue;
        }
        let takes = match spec.arguments.len() {
            0 => "no arguments".to_owned(),
            number => format!("only {}", wording::count(number, "argument")),
        };
        let diagnostic = Diagnostic::error(codes::UNEXPECTED_ARGUMENT, format!("{name} takes {takes}"));
        log.error(diagnostic.at(given.span, "unexpected argument").help(shape()));
    }
    let required = spec.arguments.iter().chain(&spec.rest).enumerate();
    for (_, missing) in required.filter(|(at, one)| one.required && *at >= node.arguments.len()) {
        let what = wording::code(missing.name);
        let diagnostic =
            Diagnostic::error(codes::MISSING_ARGUMENT, format!("{name} is missing its argument {what}"))
                .at(node.name.span, format!("missing {what}: {}", phrase(missing.doc)))
                .help(shape());
        log.error(diagnostic);
    }
}

/// Reports arguments that belong in the block or in a property, with the corrected node. Returns whether it
/// did.
fn misplaced_arguments(node: &Node, spec: &NodeSpec, other: Option<&String>, log: &mut Log) -> bool {
    let first = if spec.rest.is_some() { None } else { node.arguments.get(spec.arguments.len()) };
    let Some(first) = first else { return false };
    let block = if spec.arguments.is_empty() { forms::in_block(node, spec) } else { None };
    let Some(written) = other.cloned().or(block).or_else(|| forms::as_property(node, spec)) else {
        return false;
    };
    let last = node.arguments.last().unwrap_or(first);
    let takes = match spec.arguments.len() {
        0 => "no arguments".to_owned(),
        number => format!("only {}", wording::count(number, "argument")),
    };
    let message = format!("{} takes {takes}", wording::code(&node.name.value));
    log.error(
        Diagnostic::error(codes::UNEXPECTED_ARGUMENT, message)
            .at(first.span.to(last.span), "unexpected here")
            .help(format!("write {}", wording::code(&written)))
            .fix(node.span, written),
    );
    true
}

fn properties(node: &Node, spec: &NodeSpec, log: &mut Log) {
    let name = wording::code(&node.name.value);
    let mut seen: BTreeMap<&str, &Property> = BTreeMap::new();
    for (at, given) in node.properties.iter().enumerate() {
        let key = &*given.key.value;
        let first = *seen.entry(key).or_insert(given);
        if !std::ptr::eq(first, given) {
            let diagnostic =
                Diagnostic::error(codes::DUPLICATE_PROPERTY, format!("duplicate property `{key}` of {name}"))
                    .at(given.key.span.to(given.span), "second occurrence")
                    .at(first.key.span.to(first.span), "first occurrence")
                    .help("remove one of them");
            log.error(diagnostic);
        }
        let listed = spec.properties.iter().find(|one| one.key == key);
        match listed.or(spec.open_properties.as_ref()) {
            Some(known) => kinds::expect(&given.value, given.span, known.kind, &format!("`{key}`"), log),
            None => unknown_property(node, at, spec, log),
        }
    }
    // If an extra argument is the missing property, that was reported already.
    let misplaced = forms::as_property(node, spec).is_some();
    for missing in spec.properties.iter().filter(|one| one.required && !misplaced) {
        if !node.properties.iter().any(|given| given.key.value == missing.key) {
            let diagnostic = Diagnostic::error(
                codes::MISSING_PROPERTY,
                format!("{name} is missing its property `{}=…`", missing.key),
            )
            .at(node.name.span, format!("missing `{}`: {}", missing.key, phrase(missing.doc)))
            .help(format!("usage: {}", wording::code(spec.shape())));
            log.error(diagnostic);
        }
    }
}

fn unknown_property(node: &Node, at: usize, spec: &NodeSpec, log: &mut Log) {
    let given = &node.properties[at];
    let key = &*given.key.value;
    let name = wording::code(&node.name.value);
    let known: Vec<&str> = spec.properties.iter().map(|one| one.key).collect();
    let message = format!("{name} has no property {}", wording::code(key));
    let mut diagnostic =
        Diagnostic::error(codes::UNKNOWN_PROPERTY, message).at(given.key.span, "unknown property");
    if let [one] = wording::nearest(key, known.iter().copied())[..] {
        diagnostic = diagnostic.fix(given.key.span, one);
    }
    let near = wording::did_you_mean(key, known.iter().copied());
    if near.is_none()
        && let Some(written) = forms::as_argument(node, at, spec)
    {
        let place = given.key.span.to(given.span);
        let own = written.strip_prefix(&value::name(&node.name.value)).unwrap_or(&written).trim().to_owned();
        diagnostic = diagnostic.help(format!("write {}", wording::code(&written))).fix(place, own);
        log.error(diagnostic);
        return;
    }
    diagnostic = diagnostic.maybe_help(near);
    if spec.children.listed().iter().any(|child| child.name == key) {
        diagnostic =
            diagnostic.help(format!("{} is a child of {name}: move it into the block", wording::code(key)));
    }
    let help = if known.is_empty() {
        format!("{name} has no properties; usage: {}", wording::code(spec.shape()))
    } else {
        format!("allowed here: {}", wording::all_of(&wording::codes(known)))
    };
    log.error(diagnostic.help(help));
}

/// Converts a sentence of the reference to a phrase for labels: without initial capital and full stop.
fn phrase(doc: &str) -> String {
    let doc = doc.trim_end_matches('.');
    let mut letters = doc.chars();
    match letters.next() {
        Some(first) if !letters.clone().next().is_some_and(char::is_uppercase) => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => doc.to_owned(),
    }
}

fn possible(children: Children) -> Option<String> {
    let mut names = wording::codes(children.listed().iter().map(|spec| spec.name));
    if let Some(other) = children.other() {
        names.push(format!("any {}", wording::code(other.shape())));
    }
    (!names.is_empty()).then(|| format!("allowed here: {}", wording::all_of(&names)))
}

/// Returns the blocks in which a node with this name is known: ``in `app` ``, `at the top level`.
fn blocks_with(name: &str, roots: &'static [&'static NodeSpec]) -> Vec<String> {
    let mut found = Vec::new();
    if roots.iter().any(|spec| spec.name == name) {
        found.push("at the top level".to_owned());
    }
    let mut seen: Vec<&'static NodeSpec> = roots.to_vec();
    let mut next = 0;
    while let Some(spec) = seen.get(next).copied() {
        next += 1;
        if spec.children.listed().iter().any(|child| child.name == name) {
            let home = format!("in {}", wording::code(spec.name));
            if !found.contains(&home) {
                found.push(home);
            }
        }
        for child in spec.children.listed().iter().copied().chain(spec.children.other()) {
            if !seen.iter().any(|known| std::ptr::eq(*known, child)) {
                seen.push(child);
            }
        }
    }
    found
}
