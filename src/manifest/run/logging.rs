//! `logging`: the log driver of a container and its options.

use crate::diagnostic::{Diagnostic, Log, codes::manifest as codes, wording};
use crate::source::Spanned;
use crate::syntax::Reader;
use crate::syntax::schema::{ArgSpec, NodeSpec, PropertySpec, ValueKind};
use crate::value::{ByteSize, Invalid, Name, Parse};

use super::checked::checked;
use crate::manifest::decode;

pub(super) static LOGGING: NodeSpec =
    NodeSpec::new("logging", "The logging driver; with Docker, `local` if absent and `restart` is set.")
        .args(&[ArgSpec::text(
            "DRIVER",
            "A log driver of the engine, such as `local`, `json-file` or `journald`; a plugin with its tag, \
                such as `loki:latest`.",
        )])
        .open_properties(PropertySpec::new(
            "OPTION",
            ValueKind::Either(&[ValueKind::Text, ValueKind::Number]),
            "An option of the driver, such as `max-size=\"10m\"`.",
        ))
        .also(&[("log", ""), ("log-driver", "")])
        .optional();

/// `logging "json-file" max-size="10m"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logging {
    pub driver: String,
    /// The options of the driver, in the order of the file.
    pub options: Vec<(Name, String)>,
}

/// The drivers of Docker and Podman.
/// Sources: <https://docs.docker.com/engine/logging/configure/>,
/// <https://docs.podman.io/en/latest/markdown/podman-run.1.html>
const DRIVERS: [&str; 12] = [
    "awslogs",
    "fluentd",
    "gcplogs",
    "gelf",
    "journald",
    "json-file",
    "k8s-file",
    "local",
    "none",
    "passthrough",
    "splunk",
    "syslog",
];
/// The options of the drivers that write files. Docker rejects all others.
const FILE_DRIVER_OPTIONS: [(&str, &[&str]); 2] = [
    ("json-file", &["compress", "env", "env-regex", "labels", "labels-regex", "max-file", "max-size", "tag"]),
    ("local", &["compress", "max-file", "max-size"]),
];
/// The options of every driver.
const COMMON_OPTIONS: [&str; 2] = ["max-buffer-size", "mode"];

pub(super) fn decode(node: Reader<'_>, log: &mut Log) -> Option<Spanned<Logging>> {
    let driver: Option<Spanned<Driver>> = node.arg(0, log);
    let mut options = Vec::new();
    for given in node.props() {
        let key = &given.key;
        let name: Option<Spanned<Name>> = decode::parsed(&key.value, key.span, "an option", log);
        let shown = wording::code(&key.value);
        if let Some(driver) = &driver
            && let Some(known) = options_without(&driver.value.0, &key.value)
        {
            let message = format!("the log driver {} has no option {shown}", wording::code(&driver.value.0));
            let help = wording::did_you_mean(&key.value, known.iter().copied())
                .unwrap_or_else(|| format!("use {}", wording::any_of(&wording::codes(&known))));
            log.error(
                Diagnostic::error(codes::INVALID_VALUE, message).at(key.span, "unknown option").help(help),
            );
            continue;
        }
        let value = match &*key.value {
            "max-size" | "max-buffer-size" => text::<Size>(node, &key.value, log),
            "max-file" => text::<Files>(node, &key.value, log),
            "compress" => text::<Switch>(node, &key.value, log),
            "mode" => text::<Delivery>(node, &key.value, log),
            _ => text::<Line>(node, &key.value, log),
        };
        options.extend(name.zip(value).map(|(name, value)| (name.value, value)));
    }
    Some(Spanned::new(Logging { driver: driver?.value.0, options }, node.span()))
}

/// Returns the options of a driver if `key` is not one of them. `None` also for drivers whose options are not
/// known.
fn options_without(driver: &str, key: &str) -> Option<Vec<&'static str>> {
    let (_, own) = FILE_DRIVER_OPTIONS.iter().find(|(name, _)| *name == driver)?;
    let all: Vec<&str> = own.iter().chain(&COMMON_OPTIONS).copied().collect();
    (!all.contains(&key)).then_some(all)
}

/// Validates an option as a `T` and returns its text.
fn text<T: Parse + Into<String>>(node: Reader<'_>, key: &str, log: &mut Log) -> Option<String> {
    decode::prop_or_number::<T>(node, key, log).map(|one| one.value.into())
}

checked! {
    Driver, "a log driver": driver;
    Size, "a size": size;
    Files, "a number of files": files;
    Switch, "a boolean": |text| one_of(text, &["true", "false"]);
    Delivery, "a delivery mode": |text| one_of(text, &["blocking", "non-blocking"]);
    Line, "an option": line;
}

fn driver(text: &str) -> Result<(), Invalid> {
    // Plugins have arbitrary names. A tag or an owner distinguishes one from a misspelt driver.
    let plugin = text.contains([':', '/']) && crate::value::ImageRef::parse(text).is_ok();
    if plugin || DRIVERS.contains(&text) {
        return Ok(());
    }
    let help = wording::did_you_mean(text, DRIVERS).unwrap_or_else(|| {
        format!(
            "use {}, or a plugin with its tag, such as `loki:latest`",
            wording::any_of(&wording::codes(DRIVERS))
        )
    });
    Err(Invalid::new(format!("{} is not a log driver", wording::code(text))).help(help))
}

fn size(text: &str) -> Result<(), Invalid> {
    let size = ByteSize::parse(text)?;
    if size.bytes() == 0 {
        return Err(Invalid::new("the size must be above 0").help("use a size such as `10m`"));
    }
    Ok(())
}

fn files(text: &str) -> Result<(), Invalid> {
    match text.parse::<u32>() {
        Ok(number) if number > 0 => Ok(()),
        _ => Err(Invalid::new(format!("{} is not a number of files", wording::code(text)))
            .help("use an integer of at least 1, such as `3`")),
    }
}

fn one_of(text: &str, words: &[&str]) -> Result<(), Invalid> {
    if words.contains(&text) {
        return Ok(());
    }
    let help = format!("use {}", wording::any_of(&wording::codes(words)));
    Err(Invalid::new(format!("{} is not valid here", wording::code(text))).help(help))
}

fn line(text: &str) -> Result<(), Invalid> {
    super::process::one_line(text)
}
