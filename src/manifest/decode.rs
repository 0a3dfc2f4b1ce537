//! Helpers of the decoders, and nodes that several blocks have.

use crate::diagnostic::Log;
use crate::source::{Span, Spanned};
use crate::syntax::schema::{ArgSpec, NodeSpec, PropertySpec, ValueKind};
use crate::syntax::{Node, Reader, Value, invalid, quote};
use crate::value::{EnvName, Id, ImagePath, Invalid, Name, Parse, UserName};

use super::{Env, Flag};

pub(super) use crate::value::Choice;
pub(super) use jcc_core::words;

/// A mount point in the container: any path but `/`, where engines mount nothing.
pub(super) struct MountPath(pub(super) ImagePath);

impl Parse for MountPath {
    const WHAT: &'static str = ImagePath::WHAT;

    fn parse(text: &str) -> Result<Self, Invalid> {
        let path = ImagePath::parse(text)?;
        if path.parent().is_none() {
            return Err(Invalid::new("nothing can be mounted at `/`").help("use a folder, such as `/data`"));
        }
        Ok(Self(path))
    }
}

/// Returns the schema of a boolean node: `jtop`, `jtop #true`, `jtop #false`.
pub(super) const fn flag(name: &'static str, doc: &'static str) -> NodeSpec {
    const ON: &[ArgSpec] = &[ArgSpec::new("ON", ValueKind::Bool, "`#false` disables it.").optional()];
    NodeSpec::new(name, doc).args(ON).optional()
}

/// Returns the schema of an optional node with one argument.
pub(super) const fn one_text(
    name: &'static str,
    doc: &'static str,
    argument: &'static [ArgSpec],
) -> NodeSpec {
    NodeSpec::new(name, doc).args(argument).optional()
}

/// The `env` node of `app`, `run` and `service`.
pub(super) static ENV: NodeSpec = NodeSpec::new("env", "Environment variables.")
    .open(&VARIABLE)
    .also(&[("environment", "")])
    .rewrite(rewrite_env)
    .block()
    .optional();

/// Rewrites `env "A=b"` and `env "A" "b"` to a block.
fn rewrite_env(node: &Node) -> Option<String> {
    if let [key, value] = &node.arguments[..]
        && let (Value::String(key), Value::String(value)) = (&key.value, &value.value)
        && EnvName::parse(key).is_ok()
        && node.children.is_none()
    {
        return Some(format!("{} {{ {key} {} }}", node.name.value, quote(value)));
    }
    let pairs = node.arguments.iter().map(|given| {
        let Value::String(text) = &given.value else { return None };
        let (key, value) = text.split_once('=')?;
        EnvName::parse(key).is_ok().then(|| format!("{key} {}", quote(value)))
    });
    let pairs: Vec<String> = pairs.collect::<Option<_>>()?;
    let can_rewrite = !pairs.is_empty() && node.children.is_none();
    can_rewrite.then(|| format!("{} {{ {} }}", node.name.value, pairs.join("; ")))
}

static VARIABLE: NodeSpec = NodeSpec::new("KEY", "An environment variable.")
    .args(&[ArgSpec::new(
        "VALUE",
        ValueKind::Either(&[ValueKind::Text, ValueKind::Number]),
        "The value, passed on unchanged.",
    )])
    .optional();

/// The `command` node of `app`, `run` and `service`.
pub(super) static COMMAND: NodeSpec = NodeSpec::new("command", "The command that the container runs.")
    .rest(ArgSpec::text("WORD", "A word of the command, passed to the program unchanged."))
    .also(&[("cmd", "")])
    .optional();

/// The `healthcheck` node of `app`, `run` and `service`.
pub(super) static HEALTHCHECK: NodeSpec =
    NodeSpec::new("healthcheck", "A command that checks whether the container works.")
        .rest(ArgSpec::text("WORD", "A word of the command; a single word with spaces is run by a shell."))
        .properties(&[
            PropertySpec::text("interval", "The time between two checks, such as `30s`."),
            PropertySpec::text("timeout", "The time after which a check counts as failed."),
            PropertySpec::text("start-period", "The time after the start in which failures do not count."),
            PropertySpec::new(
                "retries",
                ValueKind::Integer,
                "The number of consecutive failures that make the container unhealthy.",
            ),
        ])
        .optional();

/// Decodes the first argument as a choice. The schema check has reported unknown words.
pub(super) fn choice<T: Choice>(node: Option<Reader<'_>>) -> Option<Spanned<T>> {
    let given = node?.raw_arg(0)?;
    let Value::String(word) = given.value else { return None };
    T::of(word).map(|value| Spanned::new(value, given.span))
}

/// Decodes a property as a choice. The schema check has reported unknown words.
pub(super) fn choice_prop<T: Choice>(node: Reader<'_>, key: &str) -> Option<Spanned<T>> {
    let given = node.props().iter().find(|given| given.key.value == key)?;
    let Value::String(word) = &given.value else { return None };
    T::of(word).map(|value| Spanned::new(value, given.span))
}

pub(super) fn flag_of(node: Reader<'_>, name: &str, log: &mut Log) -> Flag {
    Flag(node.flag_of_child(name, log))
}

/// Decodes the variables of all `env` blocks.
pub(super) fn env(node: Reader<'_>, log: &mut Log) -> Env {
    let mut all = Env::new();
    for variable in node.children_named("env").flat_map(Reader::children) {
        let (key, value) = (variable.name_as(log), text_or_number(variable, 0, log));
        all.extend(key.zip(value));
    }
    all
}

/// Decodes an argument that may be a number without quotes: `expose 8080`.
pub(super) fn text_or_number<T: Parse>(node: Reader<'_>, at: usize, log: &mut Log) -> Option<Spanned<T>> {
    let given = node.raw_arg(at)?;
    parsed(&as_text(given.value)?, given.span, &format!("`{}`", node.name()), log)
}

/// Decodes a property that may be a number without quotes: `chmod=755`.
pub(super) fn prop_or_number<T: Parse>(node: Reader<'_>, key: &str, log: &mut Log) -> Option<Spanned<T>> {
    let given = node.props().iter().find(|given| given.key.value == key)?;
    parsed(&as_text(&given.value)?, given.span, &format!("`{key}`"), log)
}

/// Returns a text or a number as text. The schema check has reported other values.
fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.to_string()),
        Value::Float(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Bool(_) | Value::Null => None,
    }
}

/// Parses a text, and reports an invalid one at `span`.
pub(super) fn parsed<T: Parse>(text: &str, span: Span, owner: &str, log: &mut Log) -> Option<Spanned<T>> {
    match T::parse(text) {
        Ok(value) => Some(Spanned::new(value, span)),
        Err(why) => {
            log.error(invalid(&why, text, span, owner));
            None
        }
    }
}

/// Parses the name of a package, device or the like. Accepts more than valid names: the resolver reports
/// unknown ones, with suggestions.
pub(super) fn catalogue_name(text: &str, span: Span, owner: &str, log: &mut Log) -> Option<Spanned<Name>> {
    match Name::as_written(text) {
        Ok(name) => Some(Spanned::new(name, span)),
        Err(why) => {
            log.error(invalid(&why, text, span, owner));
            None
        }
    }
}

/// Parses the name of a node as one of the catalogue.
pub(super) fn catalogue_name_of_node(node: Reader<'_>, log: &mut Log) -> Option<Spanned<Name>> {
    catalogue_name(node.name(), node.name_span(), Name::WHAT, log)
}

/// Parses the first argument of a child as a name of the catalogue.
pub(super) fn catalogue_name_of_child(node: Reader<'_>, name: &str, log: &mut Log) -> Option<Spanned<Name>> {
    let given = node.child(name)?.raw_arg(0)?;
    catalogue_name(&as_text(given.value)?, given.span, &format!("`{name}`"), log)
}

/// Decodes a property that is the ID of a user or group.
pub(super) fn id(node: Reader<'_>, key: &str, log: &mut Log) -> Option<Spanned<Id>> {
    prop_or_number(node, key, log)
}

/// Decodes the arguments of all children with this name, which may be numbers without quotes.
pub(super) fn texts_or_numbers<T: Parse>(node: Reader<'_>, name: &str, log: &mut Log) -> Vec<Spanned<T>> {
    let mut all = Vec::new();
    for child in node.children_named(name) {
        all.extend((0..child.arg_count()).filter_map(|at| text_or_number(child, at, log)));
    }
    all
}

/// Decodes the words of a command, as one value whose span encloses all of them.
pub(super) fn exec(node: Option<Reader<'_>>, log: &mut Log) -> Option<Spanned<Vec<String>>> {
    let words: Vec<Spanned<String>> = node?.args(log);
    let span = words.first()?.span.to(words.last()?.span);
    Some(Spanned::new(words.into_iter().map(|word| word.value).collect(), span))
}

/// Decodes a property that lists user or group names.
pub(super) fn user_names(node: Reader<'_>, key: &str, log: &mut Log) -> Vec<Spanned<UserName>> {
    let Some(all) = node.prop::<String>(key, log) else { return Vec::new() };
    listed(&all, &format!("`{key}`"), log)
}

/// Parses a list of values that are separated by spaces or commas.
pub(super) fn listed<T: Parse>(all: &Spanned<String>, owner: &str, log: &mut Log) -> Vec<Spanned<T>> {
    let mut values = Vec::new();
    let mut start = 0;
    for word in all.value.split([' ', ',']) {
        match T::parse(word) {
            _ if word.is_empty() => {}
            Ok(value) => values.push(Spanned::new(value, all.span)),
            Err(why) => {
                log.error(invalid(&why.within(start, word.len()), &all.value, all.span, owner));
            }
        }
        start += word.len() + 1;
    }
    values
}
