//! Templates whose tags are only names, such as `{{ version }}` and `{{ cuda.major }}`. Most are: to compile them for the engine
//! would take longer than to fill them in.

use std::fmt::Write as _;

use minijinja::Value;

use super::TemplateView;
use super::limits::{LONGEST, LONGEST_TEXT};

/// Names that are words of the engine's language.
const KEYWORDS: [&str; 15] = [
    "true", "false", "none", "True", "False", "None", "and", "or", "not", "in", "is", "if", "else", "loop",
    "self",
];

/// Returns the text with its values; `None` if a tag is more than a name or has no value, for which the engine is asked.
pub(super) fn filled(template: &str, view: &TemplateView) -> Option<String> {
    if template.len() > LONGEST {
        return None;
    }
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, tag)) = rest.split_once("{{") {
        let (path, after) = tag.split_once("}}")?;
        if has_other_tags(before) {
            return None;
        }
        out.push_str(before);
        // Writing to a string cannot fail, but the value's own `Display` may.
        write!(out, "{}", value(path.trim_matches(' '), view)?).ok()?;
        rest = after;
    }
    if has_other_tags(rest) {
        return None;
    }
    out.push_str(rest);
    (out.len() <= LONGEST_TEXT).then_some(out)
}

fn has_other_tags(text: &str) -> bool {
    text.contains("{%") || text.contains("{#")
}

/// Returns the value of a path such as `cuda.major`.
fn value(path: &str, view: &TemplateView) -> Option<Value> {
    let mut parts = path.split('.');
    let first = parts.next().filter(|name| is_name(name) && !KEYWORDS.contains(name))?;
    let value = parts.try_fold(view.value(first)?, |value, name| {
        is_name(name).then(|| value.get_attr(name).ok()).flatten()
    })?;
    (!value.is_undefined()).then_some(value)
}

fn is_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    text.bytes().all(plain) && text.bytes().next().is_some_and(|first| !first.is_ascii_digit())
}
