//! Reports values with invisible or control characters. KDL allows them as escapes, but terminals and readers
//! of the outputs would interpret them.

use crate::diagnostic::{Diagnostic, Log, codes::syntax as codes};
use crate::source::{Span, first_hidden};

use super::{Node, Value};

/// Reports all names and strings that contain such characters.
pub(super) fn check(nodes: &[Node], log: &mut Log) {
    for node in nodes {
        text(&node.name.value, node.name.span, log);
        for argument in &node.arguments {
            value(&argument.value, argument.span, log);
        }
        for property in &node.properties {
            text(&property.key.value, property.key.span, log);
            value(&property.value, property.span, log);
        }
        check(node.children.as_deref().unwrap_or_default(), log);
    }
}

fn value(value: &Value, span: Span, log: &mut Log) {
    if let Value::String(text_value) = value {
        text(text_value, span, log);
    }
}

fn text(text: &str, span: Span, log: &mut Log) {
    let Some(letter) = first_hidden(text) else { return };
    let name = format!("U+{:04X}", u32::from(letter));
    let diagnostic =
        Diagnostic::error(codes::FORBIDDEN_CHARACTER, format!("a value cannot contain the character {name}"))
            .at(span, "it would be invisible in the generated files");
    log.error(match letter {
        '\u{1b}' => {
            diagnostic.help("remove it; if a program expects an escape sequence, write `\\\\e` or `\\\\033`")
        }
        '\r' => diagnostic.help("remove it: end lines with `\\n` alone"),
        _ => diagnostic.help("remove it"),
    });
}
