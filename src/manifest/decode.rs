//! What several decoders share.

use crate::diagnostic::Log;
use crate::source::{Span, Spanned};
use crate::syntax::schema::{ArgSpec, NodeSpec, PropertySpec, ValueKind};
use crate::syntax::{Node, Reader, Value, invalid, quote};
use crate::value::{EnvName, Id, ImagePath, Invalid, Name, Parse, UserName};

use super::{Env, Flag};

/// An enum that is written as one of a few words.
pub(super) trait Choice: Sized {
    fn of(word: &str) -> Option<Self>;
}

/// Declares how an enum is written: its `WORDS` for the tables, `as_str`, and [`Choice`].
macro_rules! words {
    ($type:ident: $($word:literal => $variant:ident),+ $(,)?) => {
        impl $type {
            /// How the variants are written.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl $crate::manifest::decode::Choice for $type {
            fn of(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}
pub(super) use words;

/// A path in the container that something is mounted at; engines mount nothing over the whole file system.
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

/// A switch: `jtop`, `jtop #true`, `jtop #false`.
pub(super) const fn flag(name: &'static str, doc: &'static str) -> NodeSpec {
    const ON: &[ArgSpec] = &[ArgSpec::new("ON", ValueKind::Bool, "`#false` disables it.").optional()];
    NodeSpec::new(name, doc).args(ON).optional()
}

/// A node that stands once and takes one text.
pub(super) const fn one_text(
    name: &'static str,
    doc: &'static str,
    argument: &'static [ArgSpec],
) -> NodeSpec {
    NodeSpec::new(name, doc).args(argument).optional()
}

/// `env`, in `app`, `run` and `service`.
pub(super) static ENV: NodeSpec = NodeSpec::new("env", "Environment variables.")
    .open(&VARIABLE)
    .also(&[("environment", "")])
    .rewrite(variables)
    .block()
    .optional();

/// `env "A=b"` or `env "A" "b"` as a block.
fn variables(node: &Node) -> Option<String> {
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
    let alone = !pairs.is_empty() && node.children.is_none();
    alone.then(|| format!("{} {{ {} }}", node.name.value, pairs.join("; ")))
}

static VARIABLE: NodeSpec = NodeSpec::new("KEY", "An environment variable.")
    .args(&[ArgSpec::new(
        "VALUE",
        ValueKind::Either(&[ValueKind::Text, ValueKind::Number]),
        "The value, passed on unchanged.",
    )])
    .optional();

/// `command`, in `app`, `run` and `service`.
pub(super) static COMMAND: NodeSpec = NodeSpec::new("command", "The command that the container runs.")
    .rest(ArgSpec::text("WORD", "A word of the command, passed to the program unchanged."))
    .also(&[("cmd", "")])
    .optional();

/// `healthcheck`, in `app`, `run` and `service`.
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

/// The word of a choice; one that is none was reported by the tables.
pub(super) fn choice<T: Choice>(node: Option<Reader<'_>>) -> Option<Spanned<T>> {
    let given = node?.raw_arg(0)?;
    let Value::String(word) = given.value else { return None };
    T::of(word).map(|value| Spanned::new(value, given.span))
}

/// The word of a property that is a choice.
pub(super) fn choice_prop<T: Choice>(node: Reader<'_>, key: &str) -> Option<Spanned<T>> {
    let given = node.props().iter().find(|given| given.key.value == key)?;
    let Value::String(word) = &given.value else { return None };
    T::of(word).map(|value| Spanned::new(value, given.span))
}

pub(super) fn flag_of(node: Reader<'_>, name: &str, log: &mut Log) -> Flag {
    Flag(node.flag_of_child(name, log))
}

/// All variables of the `env` blocks.
pub(super) fn env(node: Reader<'_>, log: &mut Log) -> Env {
    let mut all = Env::new();
    for variable in node.children_named("env").flat_map(Reader::children) {
        let (key, value) = (variable.name_as(log), text_or_number(variable, 0, log));
        all.extend(key.zip(value));
    }
    all
}

/// An argument that may be written without quotes where it is a number: `expose 8080`.
pub(super) fn text_or_number<T: Parse>(node: Reader<'_>, at: usize, log: &mut Log) -> Option<Spanned<T>> {
    let given = node.raw_arg(at)?;
    parsed(&as_text(given.value)?, given.span, &format!("`{}`", node.name()), log)
}

/// A property that may be written without quotes where it is a number: `chmod=755`.
pub(super) fn prop_or_number<T: Parse>(node: Reader<'_>, key: &str, log: &mut Log) -> Option<Spanned<T>> {
    let given = node.props().iter().find(|given| given.key.value == key)?;
    parsed(&as_text(&given.value)?, given.span, &format!("`{key}`"), log)
}

/// The text of a value that is a text or a number; what else it may be was reported by the tables.
fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.to_string()),
        Value::Float(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Bool(_) | Value::Null => None,
    }
}

/// A text as a value, reported at `span` where it is none.
pub(super) fn parsed<T: Parse>(text: &str, span: Span, owner: &str, log: &mut Log) -> Option<Spanned<T>> {
    match T::parse(text) {
        Ok(value) => Some(Spanned::new(value, span)),
        Err(why) => {
            log.error(invalid(&why, text, span, owner));
            None
        }
    }
}

/// The name of something in the catalogue, which knows what is meant by one that it has not.
pub(super) fn asked(text: &str, span: Span, owner: &str, log: &mut Log) -> Option<Spanned<Name>> {
    match Name::as_written(text) {
        Ok(name) => Some(Spanned::new(name, span)),
        Err(why) => {
            log.error(invalid(&why, text, span, owner));
            None
        }
    }
}

/// The same, of a node's own name.
pub(super) fn asked_by_name(node: Reader<'_>, log: &mut Log) -> Option<Spanned<Name>> {
    asked(node.name(), node.name_span(), Name::WHAT, log)
}

/// The same, of the first argument of a child.
pub(super) fn asked_by_child(node: Reader<'_>, name: &str, log: &mut Log) -> Option<Spanned<Name>> {
    let given = node.child(name)?.raw_arg(0)?;
    asked(&as_text(given.value)?, given.span, &format!("`{name}`"), log)
}

/// The number of a user or a group.
pub(super) fn id(node: Reader<'_>, key: &str, log: &mut Log) -> Option<Spanned<Id>> {
    prop_or_number(node, key, log)
}

/// The arguments of every child of this name, numbers or texts.
pub(super) fn texts_or_numbers<T: Parse>(node: Reader<'_>, name: &str, log: &mut Log) -> Vec<Spanned<T>> {
    let mut all = Vec::new();
    for child in node.children_named(name) {
        all.extend((0..child.arg_count()).filter_map(|at| text_or_number(child, at, log)));
    }
    all
}

/// The words of a command, as one value at the place of all of them.
pub(super) fn exec(node: Option<Reader<'_>>, log: &mut Log) -> Option<Spanned<Vec<String>>> {
    let words: Vec<Spanned<String>> = node?.args(log);
    let span = words.first()?.span.to(words.last()?.span);
    Some(Spanned::new(words.into_iter().map(|word| word.value).collect(), span))
}

/// The words of a property that holds several, each at its own place.
pub(super) fn user_names(node: Reader<'_>, key: &str, log: &mut Log) -> Vec<Spanned<UserName>> {
    let Some(all) = node.prop::<String>(key, log) else { return Vec::new() };
    listed(&all, &format!("`{key}`"), log)
}

/// The words of a text, with blanks or commas between.
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
