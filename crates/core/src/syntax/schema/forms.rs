//! Recognises syntax of other tools, and suggests the equivalent.

use crate::diagnostic::wording;
use crate::syntax::{Argument, Node, Value, value};

use super::{Children, NodeSpec};

/// The node that corresponds to a word of another tool.
pub(super) struct ForeignName {
    pub(super) spec: &'static NodeSpec,
    /// A template of the node, if more than the name differs.
    template: &'static str,
}

/// Normalises a word for comparison: tools differ in case and hyphens.
fn plain(word: &str) -> String {
    word.to_lowercase().replace('_', "-")
}

/// Finds the node of a block that corresponds to a word of another tool.
pub(super) fn find_foreign(word: &str, allowed: Children) -> Option<ForeignName> {
    let word = plain(word.trim_end_matches(':'));
    allowed.listed().iter().find_map(|spec| {
        let (_, template) = spec.also.iter().find(|(other, _)| *other == word)?;
        Some(ForeignName { spec, template })
    })
}

/// Returns the advice for a word of another tool that has no equivalent in the block.
pub(super) fn advice(word: &str, block: Option<&'static NodeSpec>) -> Option<&'static str> {
    let word = plain(word.trim_end_matches(':'));
    let (_, advice) = block?.foreign.iter().find(|(words, _)| words.contains(&word.as_str()))?;
    Some(advice)
}

/// Finds the node of a block that corresponds to a misspelled word of another tool.
pub(super) fn near_foreign(word: &str, allowed: Children) -> Option<&'static str> {
    let word = plain(word);
    let slips = |spec: &&&NodeSpec| !wording::slips(&word, spec.also.iter().map(|one| one.0)).is_empty();
    allowed.listed().iter().find(slips).map(|spec| spec.name)
}

/// Suggests nodes of other blocks that correspond to a word of another tool: ``in `run` ``.
pub(super) fn foreign_elsewhere(word: &str, roots: &'static [&'static NodeSpec]) -> Option<String> {
    let word = word.trim_end_matches(':');
    if let Some(advice) = roots.iter().find_map(|root| advice(word, Some(root))) {
        return Some(advice.to_owned());
    }
    let here = find_foreign(word, Children::Listed(roots)).map(|found| wording::code(found.spec.name));
    let found: Vec<String> = match here {
        Some(here) => vec![here],
        None => (roots.iter())
            .filter_map(|root| {
                let of_one = |spec: &&&NodeSpec| plain(word).strip_suffix('s') == Some(spec.name);
                let one = root.children.listed().iter().find(of_one).copied();
                Some((find_foreign(word, root.children).map(|found| found.spec).or(one)?, root))
            })
            .map(|(spec, root)| format!("{} in {}", wording::code(spec.name), wording::code(root.name)))
            .collect(),
    };
    (!found.is_empty()).then(|| format!("{} is written {}", wording::code(word), wording::any_of(&found)))
}

/// Rewrites a node, and the items of a YAML list after it, in the form of this language.
pub(super) fn rewritten_list(node: &Node, items: &[&Node], spec: &'static NodeSpec) -> Option<String> {
    let entries: Vec<_> =
        std::iter::once(node).chain(items.iter().copied()).flat_map(|one| &one.arguments).collect();
    if entries.is_empty() || node.children.is_some() {
        return None;
    }
    let named = |arguments: &[&Argument]| {
        let mut named = node.clone();
        named.name.value = spec.name.into();
        named.arguments = arguments.iter().map(|one| (*one).clone()).collect();
        named
    };
    if let Some(rewrite) = spec.rewrite {
        let each = || entries.iter().map(|one| rewrite(&named(&[one]))).collect::<Option<Vec<String>>>();
        if let Some(written) = rewrite(&named(&entries)).or_else(|| each().map(|each| each.join("; "))) {
            return Some(written);
        }
    }
    if items.is_empty() || spec.rest.is_none() {
        return None;
    }
    let words: Vec<String> = entries.iter().map(|one| shown(&one.value)).collect::<Option<_>>()?;
    Some(format!("{} {}", spec.name, words.join(" ")))
}

/// Suggests the form without a block for a node that has one but takes none.
pub(super) fn without_block(node: &Node, spec: &'static NodeSpec) -> Option<String> {
    let blockless = node.children.is_some() && matches!(spec.children, Children::None);
    blockless.then(|| {
        format!(
            "{} takes no block: write {} for each entry",
            wording::code(spec.name),
            wording::code(spec.shape())
        )
    })
}

impl ForeignName {
    /// Formats the whole node, if more than its name differs.
    pub(super) fn written(&self, node: &Node) -> Option<String> {
        if self.template.is_empty() || node.children.is_some() || node.arguments.is_empty() {
            return None;
        }
        let given: Option<Vec<String>> = node.arguments.iter().map(|one| shown(&one.value)).collect();
        Some(self.template.replace("{}", &given?.join(" ")))
    }
}

fn shown(given: &Value) -> Option<String> {
    match given {
        Value::String(text) => Some(value::quote(text)),
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => Some(value::quote(number)),
        Value::Bool(_) | Value::Null => None,
    }
}

/// Returns all arguments if they are strings.
fn texts(node: &Node) -> Option<Vec<&str>> {
    let text = |given: &Value| matches!(given, Value::String(_));
    let fits = node.arguments.iter().all(|given| text(&given.value));
    let texts = node.arguments.iter().filter_map(|given| match &given.value {
        Value::String(text) => Some(&**text),
        _ => None,
    });
    fits.then(|| texts.collect())
}

/// Rewrites a node whose arguments belong in its block: `packages "a" "b"` becomes `packages { a; b }`.
pub(super) fn in_block(node: &Node, spec: &NodeSpec) -> Option<String> {
    let texts = texts(node).filter(|texts| !texts.is_empty() && node.children.is_none())?;
    if let Some(child) = spec.bare {
        let skipped = usize::from(texts.len() > 1 && texts[0] == child);
        let words: Vec<String> = texts[skipped..].iter().map(|text| value::quote(text)).collect();
        return Some(format!("{} {{ {child} {} }}", spec.name, words.join(" ")));
    }
    let other = spec.children.other().filter(|other| !other.arguments.iter().any(|one| one.required))?;
    let names: Vec<String> = texts.iter().map(|text| value::name(text)).collect();
    other.children.other().is_none().then(|| format!("{} {{ {} }}", spec.name, names.join("; ")))
}

/// Whether the arguments of a node belong in its block, which is reported separately.
pub(super) fn has_inline_block(node: &Node, spec: &NodeSpec) -> bool {
    let rewritten = spec.rewrite.is_some_and(|rewrite| rewrite(node).is_some());
    spec.arguments.is_empty() && (rewritten || in_block(node, spec).is_some())
}

/// Rewrites a child that lacks the name of its kind: `vtk { qt "5" }` becomes `vtk { option "qt" "5" }`.
pub(super) fn as_pair(node: &Node, allowed: Children) -> Option<String> {
    let pair = |spec: &&&NodeSpec| {
        spec.arguments.len() == 2 && spec.rest.is_none() && spec.arguments.iter().all(|one| one.required)
    };
    let spec = allowed.listed().iter().find(pair)?;
    let [given] = &node.arguments[..] else { return None };
    let plain = node.children.is_none() && node.properties.is_empty() && allowed.listed().len() == 1;
    let text = match &given.value {
        Value::Integer(number) => value::quote(&number.to_string()),
        other => shown(other)?,
    };
    plain.then(|| format!("{} {} {text}", spec.name, value::quote(&node.name.value)))
}

/// Rewrites a property that should be the first argument: `pytorch version="2.5"` becomes `pytorch "2.5"`.
pub(super) fn as_argument(node: &Node, at: usize, spec: &NodeSpec) -> Option<String> {
    let alone = node.arguments.is_empty() && spec.arguments.len() + usize::from(spec.rest.is_some()) == 1;
    let text = shown(&node.properties[at].value)?;
    let child = spec.children.listed().iter().any(|child| child.name == node.properties[at].key.value);
    (alone && !child).then(|| format!("{} {text}", value::name(&node.name.value)))
}

/// Rewrites an extra argument that should be the missing property: `copy "a" "b"` becomes `copy "a" to="b"`.
pub(super) fn as_property(node: &Node, spec: &NodeSpec) -> Option<String> {
    let given = |key: &str| node.properties.iter().any(|one| one.key.value == key);
    let mut missing = spec.properties.iter().filter(|one| one.required && !given(one.key));
    let (key, None) = (missing.next()?.key, missing.next()) else { return None };
    if spec.rest.is_some() || node.arguments.len() != spec.arguments.len() + 1 {
        return None;
    }
    let words: Option<Vec<String>> = node.arguments.iter().map(|one| shown(&one.value)).collect();
    let (last, first) = words.as_ref()?.split_last()?;
    Some(format!("{} {} {key}={last}", node.name.value, first.join(" ")))
}
