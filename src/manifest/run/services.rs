//! Additional services; image, name, restart policy and dependencies of a service.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Log, codes::manifest as codes, wording};
use crate::source::{Span, Spanned};
use crate::syntax::Reader;
use crate::syntax::schema::{ArgSpec, NodeSpec};
use crate::value::{ImageRef, Invalid, Name, Parse};

use crate::manifest::decode::{flag, one_text};

use super::RunOptions;

pub(super) static IMAGE: NodeSpec = one_text(
    "image",
    "The image of the service; the project's image if absent.",
    &[ArgSpec::text("REF", "The image.")],
);
pub(super) static RESTART: NodeSpec = one_text(
    "restart",
    "When to restart the container.",
    &[ArgSpec::text("WHEN", "`no`, `always`, `unless-stopped`, `on-failure` or `on-failure:TIMES`.")],
)
.also(&[("restart-policy", "")]);
pub(super) static NAME: NodeSpec = one_text(
    "name",
    "The name of the container; chosen by the engine if absent.",
    &[ArgSpec::text("NAME", "A name that no other container on the host has.")],
)
.also(&[("container-name", "")]);
pub(super) static DEPENDS_ON: NodeSpec = NodeSpec::new("depends-on", "Services to start first.")
    .rest(ArgSpec::text("SERVICE", "An additional service."));
pub(super) static INIT: NodeSpec =
    flag("init", "Runs a small init process that reaps zombie processes and forwards signals.");
pub(super) static TTY: NodeSpec = flag("tty", "Allocates a terminal and keeps the input open.")
    .also(&[("stdin-open", ""), ("interactive", "")]);
pub(super) static READ_ONLY: NodeSpec = flag("read-only", "Mounts the image's file system read-only.");

/// An additional service: `service "broker" { image "eclipse-mosquitto:2.0.20"; port "1883:1883" }`.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceOptions {
    pub name: Spanned<Name>,
    /// The image; that of the project if absent.
    pub image: Option<Spanned<ImageRef>>,
    pub run: RunOptions,
    pub span: Span,
}

const RESTARTS: &[&str] = &["no", "always", "unless-stopped", "on-failure"];

/// The name of a container or profile, which must have at least two characters.
/// Sources: <https://docs.docker.com/reference/compose-file/services/#container_name>,
/// <https://docs.docker.com/reference/compose-file/profiles/>
pub(super) struct EngineName(pub(super) Name);

impl Parse for EngineName {
    const WHAT: &'static str = Name::WHAT;

    fn parse(text: &str) -> Result<Self, Invalid> {
        let name = Name::parse(text)?;
        if text.len() < 2 {
            return Err(Invalid::new(format!("{} is too short", wording::code(text)))
                .help("use a name of at least two characters"));
        }
        Ok(Self(name))
    }
}

/// A restart policy.
struct Restart(String);

impl Parse for Restart {
    const WHAT: &'static str = "a restart policy";

    fn parse(text: &str) -> Result<Self, Invalid> {
        let times = text.strip_prefix("on-failure:").and_then(|times| times.parse::<u16>().ok());
        if RESTARTS.contains(&text) || times.is_some_and(|times| times > 0) {
            return Ok(Self(text.to_owned()));
        }
        if text.starts_with("on-failure:") {
            return Err(Invalid::new(format!("{} lacks the number of attempts", wording::code(text)))
                .help("add the number of attempts, at least 1: `on-failure:3`")
                .at("on-failure:".len()..text.len()));
        }
        let help = wording::did_you_mean(text, RESTARTS.iter().copied()).unwrap_or_else(|| {
            format!("write {}, or `on-failure:3`", wording::any_of(&wording::codes(RESTARTS)))
        });
        Err(Invalid::new(format!("{} is not a restart policy", wording::code(text))).help(help))
    }
}

pub(super) fn restart(block: Reader<'_>, log: &mut Log) -> Option<Spanned<String>> {
    block.text_of_child::<Restart>("restart", log).map(|one| one.map(|one| one.0))
}

pub(super) fn container(block: Reader<'_>, log: &mut Log) -> Option<Spanned<Name>> {
    block.text_of_child::<EngineName>("name", log).map(|one| one.map(|one| one.0))
}

pub(super) fn services(block: Reader<'_>, log: &mut Log) -> Vec<ServiceOptions> {
    let mut all: Vec<ServiceOptions> = Vec::new();
    let mut seen: BTreeMap<Name, Span> = BTreeMap::new();
    for node in block.children_named("service") {
        let name: Option<Spanned<Name>> = node.arg(0, log);
        let image: Option<Spanned<ImageRef>> = node.text_of_child("image", log);
        let run = super::decode(node, log);
        let Some(name) = name else { continue };
        if let Some(first) = seen.get(&name.value) {
            log.error(
                Diagnostic::error(
                    codes::SAME_NAME,
                    format!("duplicate service name {}", wording::code(name.value.as_str())),
                )
                .at(name.span, "second occurrence")
                .at(*first, "first occurrence")
                .help("rename one of them"),
            );
        } else {
            seen.insert(name.value.clone(), name.span);
            all.push(ServiceOptions { name, image, run, span: node.span() });
        }
    }
    all
}
