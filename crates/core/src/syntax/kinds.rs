//! Diagnostics of values of the wrong kind. The schema check and the reader report them alike, so that
//! [`Log`] removes the duplicates.

use crate::diagnostic::{Diagnostic, Log, codes::manifest as codes, wording};
use crate::source::Span;
use crate::value::Invalid;

use super::Value;
use super::schema::ValueKind;
use super::value::quote;

/// Whether a value is of this kind, regardless of the words of a choice.
fn fits(value: &Value, kind: ValueKind) -> bool {
    match kind {
        ValueKind::Text | ValueKind::Choice(_) => matches!(value, Value::String(_)),
        ValueKind::Integer => matches!(value, Value::Integer(_)),
        ValueKind::Bool => matches!(value, Value::Bool(_)),
        ValueKind::Number => matches!(value, Value::Integer(_) | Value::Float(_)),
        ValueKind::Either(kinds) => kinds.iter().any(|one| fits(value, *one)),
        ValueKind::Any => true,
    }
}

/// Returns the words that a text must be one of; `None` if it can be any.
fn words(kind: ValueKind) -> Option<Vec<&'static str>> {
    match kind {
        ValueKind::Choice(words) => Some(words.to_vec()),
        ValueKind::Either(kinds) => {
            let all: Vec<_> = kinds.iter().filter(|one| fits(&Value::String("".into()), **one)).collect();
            all.into_iter().map(|one| words(*one)).collect::<Option<Vec<_>>>().map(|lists| lists.concat())
        }
        ValueKind::Text | ValueKind::Integer | ValueKind::Bool | ValueKind::Number | ValueKind::Any => None,
    }
}

fn name(kind: ValueKind) -> String {
    match kind {
        ValueKind::Text => "a string".to_owned(),
        ValueKind::Integer => "an integer".to_owned(),
        ValueKind::Bool => "`#true` or `#false`".to_owned(),
        ValueKind::Number => "a number".to_owned(),
        ValueKind::Choice(words) => {
            wording::any_of(&words.iter().map(|word| format!("`\"{word}\"`")).collect::<Vec<_>>())
        }
        ValueKind::Either(kinds) => wording::any_of(&kinds.iter().map(|one| name(*one)).collect::<Vec<_>>()),
        ValueKind::Any => "a value".to_owned(),
    }
}

/// Describes a value for messages.
fn given(value: &Value) -> String {
    match value {
        Value::String(_) => "a string".to_owned(),
        Value::Integer(number) => format!("the number `{number}`"),
        Value::Float(number) => format!("the number `{number}`"),
        Value::Bool(flag) => format!("`#{flag}`"),
        Value::Null => "`#null`".to_owned(),
    }
}

/// Reports a value that is not of the kind that `owner` (in backticks) takes.
pub(super) fn expect(value: &Value, span: Span, kind: ValueKind, owner: &str, log: &mut Log) {
    if !fits(value, kind) {
        log.error(wrong(value, span, (kind, None), owner));
    } else if let (Value::String(text), Some(words)) = (value, words(kind))
        && !words.contains(&&**text)
    {
        let possible: Vec<String> = words.iter().map(|word| format!("`\"{word}\"`")).collect();
        let mut diagnostic = Diagnostic::error(
            codes::UNKNOWN_CHOICE,
            format!("{owner} takes {}, not {}", wording::either(&possible), wording::code(text)),
        )
        .at(span, "invalid value")
        .maybe_help(wording::did_you_mean(text, words.iter().copied()));
        if let [one] = wording::nearest(text, words.iter().copied())[..] {
            diagnostic = diagnostic.fix(span, quote(one));
        }
        log.error(diagnostic);
    }
}

/// Returns the text of a value that is not a string.
pub(super) fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.clone()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::String(_) | Value::Null => None,
    }
}

/// Returns the diagnostic for a value of the wrong kind, with an obvious suggestion. `refused` is the error
/// if its text would be invalid as a string too.
pub(super) fn wrong(
    value: &Value,
    span: Span,
    (kind, refused): (ValueKind, Option<Invalid>),
    owner: &str,
) -> Diagnostic {
    let diagnostic =
        Diagnostic::error(codes::WRONG_TYPE, format!("{owner} takes {}, not {}", name(kind), given(value)))
            .at(span, format!("this is {}", given(value)));
    if let Some(refused) = refused {
        return match refused.meant {
            Some(_) if matches!(value, Value::Bool(_)) => diagnostic,
            Some(meant) => {
                diagnostic.help(format!("write {}", wording::code(quote(&meant)))).fix(span, quote(&meant))
            }
            None => diagnostic.maybe_help(refused.help),
        };
    }
    if matches!(value, Value::Null) {
        return diagnostic.help("set a value, or remove the node");
    }
    let text_fits = fits(&Value::String("".into()), kind);
    let fixed = match value {
        Value::Integer(number) if text_fits => Some(format!("\"{number}\"")),
        Value::Float(number) if text_fits => Some(format!("\"{number}\"")),
        Value::Bool(flag) if text_fits => Some(format!("\"{flag}\"")),
        Value::String(text) if fits(&Value::Integer(0), kind) && text.parse::<i128>().is_ok() => {
            Some(text.to_string())
        }
        Value::String(text) if fits(&Value::Bool(true), kind) => match &**text {
            "true" | "yes" | "on" | "1" => Some("#true".to_owned()),
            "false" | "no" | "off" | "0" => Some("#false".to_owned()),
            _ => None,
        },
        _ => None,
    };
    match fixed {
        Some(fixed) if text_fits => {
            diagnostic.help(format!("put it in quotes: {}", wording::code(&fixed))).fix(span, fixed)
        }
        Some(fixed) => diagnostic.help(format!("write {}", wording::code(&fixed))).fix(span, fixed),
        None => diagnostic,
    }
}
