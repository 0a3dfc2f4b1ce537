//! Volumes, tmpfs mounts, ports and the folder of models.

use crate::diagnostic::{Log, wording};
use crate::source::{Span, Spanned};
use crate::syntax::schema::{ArgSpec, NodeSpec, PropertySpec, ValueKind};
use crate::syntax::{Node, Reader, Value, quote};
use crate::value::{HostPath, ImagePath, Invalid, Parse};

use crate::manifest::decode::{self, MountPath, one_text, words};

pub(super) static VOLUME: NodeSpec =
    NodeSpec::new("volume", "Mounts a file or folder of the host, or a volume of the engine.")
        .args(&[
            ArgSpec::text(
                "SRC",
                "A path on the host (starting with `.`, `/`, `~` or `$`), or the name of a volume.",
            ),
            ArgSpec::text("DST", "The path in the container."),
        ])
        .properties(&[PropertySpec::new(
            "mode",
            ValueKind::Choice(Mode::WORDS),
            "The access mode; `rw` if absent.",
        )])
        .also(&[("mount", ""), ("mounts", ""), ("bind", "")])
        .rewrite(split_volume);

/// Rewrites `volume "./a:/a:ro"` to separate arguments and properties.
fn split_volume(node: &Node) -> Option<String> {
    let [given] = &node.arguments[..] else { return None };
    let Value::String(text) = &given.value else { return None };
    let mut parts = text.split(':');
    let (from, to, mode) = (parts.next()?, parts.next()?, parts.next());
    VolumeSource::parse(from).ok()?;
    ImagePath::parse(to).ok()?;
    let mode = match mode {
        Some(words) if words.split(',').any(|word| word == "ro") => " mode=\"ro\"",
        _ => "",
    };
    Some(format!("volume {} {}{mode}", quote(from), quote(to)))
}
pub(super) static TMPFS: NodeSpec = NodeSpec::new("tmpfs", "Folders in memory.")
    .rest(ArgSpec::text("PATH", "An absolute path in the container."));
pub(super) static PORT: NodeSpec = NodeSpec::new(
    "port",
    "Ports to publish on the host: `8000` is `8000:8000`. They have no effect on the host's network.",
)
.rest(ArgSpec::new(
    "MAPPING",
    ValueKind::Either(&[ValueKind::Text, ValueKind::Integer]),
    "`HOST:CONTAINER`, as in Compose.",
))
.also(&[("publish", ""), ("ports", ""), ("expose", "")]);
pub(super) static MODELS: NodeSpec = one_text(
    "models",
    "A folder on the host for model weights; the cache variables of the usual hubs point to it.",
    &[ArgSpec::text("PATH", "The folder.")],
);

/// `volume "./data" "/data" mode="ro"`.
#[derive(Debug, Clone, PartialEq)]
pub struct Volume {
    /// A host path, or the name of a volume of the engine.
    pub from: Spanned<String>,
    pub to: Spanned<ImagePath>,
    /// `rw` if absent.
    pub mode: Mode,
    /// Whether `from` is a host path (it starts with `.`, `/`, `~` or `$`) rather than a named volume.
    pub bind: bool,
    pub span: Span,
}

/// The access mode of a volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    #[default]
    ReadWrite,
    ReadOnly,
}

words! { Mode: "rw" => ReadWrite, "ro" => ReadOnly }

pub(super) fn volumes(block: Reader<'_>, log: &mut Log) -> Vec<Volume> {
    block.children_named("volume").filter_map(|node| volume(node, log)).collect()
}

fn volume(node: Reader<'_>, log: &mut Log) -> Option<Volume> {
    // The schema check has reported the missing argument, or that both are in one text.
    if node.arg_count() < 2 {
        return None;
    }
    let from: Option<Spanned<VolumeSource>> = node.arg(0, log);
    let to: Option<Spanned<MountPoint>> = node.arg(1, log);
    let to = to.map(|path| path.map(|path| path.0));
    let mode = decode::choice_prop(node, "mode").map(|mode| mode.value).unwrap_or_default();
    let from = from?;
    let bind = from.value.is_path();
    Some(Volume { from: from.map(|from| from.0), to: to?, mode, bind, span: node.span() })
}

pub(super) fn tmpfs(block: Reader<'_>, log: &mut Log) -> Vec<Spanned<ImagePath>> {
    let all: Vec<Spanned<TmpfsPath>> = block.args_of_children("tmpfs", log);
    all.into_iter().map(|path| path.map(|path| path.0)).collect()
}

/// A mount point without `:`, after which engines expect options.
struct TmpfsPath(ImagePath);

impl Parse for TmpfsPath {
    const WHAT: &'static str = ImagePath::WHAT;

    fn parse(text: &str) -> Result<Self, Invalid> {
        match text.find(':') {
            Some(at) => Err(Invalid::new("a `tmpfs` path cannot contain `:`, which separates options")
                .help("write only the path")
                .at(at..at + 1)),
            None => MountPath::parse(text).map(|path| Self(path.0)),
        }
    }
}

/// The mount point of a volume. Compose's short form, which ends with the access mode, is reported.
struct MountPoint(ImagePath);

impl Parse for MountPoint {
    const WHAT: &'static str = ImagePath::WHAT;

    fn parse(text: &str) -> Result<Self, Invalid> {
        let Some((path, options)) = text.rsplit_once(':') else {
            return MountPath::parse(text).map(|path| Self(path.0));
        };
        let mode = options.split(',').find(|word| Mode::WORDS.contains(word));
        let Some(mode) = mode else { return MountPath::parse(text).map(|path| Self(path.0)) };
        let right = format!("{} mode={}", quote(path), quote(mode));
        Err(Invalid::new("the access mode is not part of the path")
            .help(format!("write {}", wording::code(right)))
            .at(path.len()..text.len()))
    }
}

/// A host path or the name of a volume.
struct VolumeSource(String);

impl VolumeSource {
    fn is_path(&self) -> bool {
        self.0.starts_with(['.', '/', '~', '$'])
    }
}

impl Parse for VolumeSource {
    const WHAT: &'static str = "a volume";

    fn parse(text: &str) -> Result<Self, Invalid> {
        let source = Self(text.to_owned());
        if source.is_path() {
            return HostPath::parse(text).map(|_| source);
        }
        let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        if !text.is_empty()
            && text.chars().all(letter)
            && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        {
            return Ok(source);
        }
        let help = if text.contains('/') {
            format!(
                "a host path starts with `.`, `/`, `~` or `$`: write {}",
                wording::code(format!("./{text}"))
            )
        } else {
            "a volume name consists of letters, digits, `_`, `.` and `-`; a host path starts with \
                `.`, `/`, `~` or `$`"
                .to_owned()
        };
        let message = if text.is_empty() {
            "empty volume source".to_owned()
        } else {
            format!("{} is not a valid volume", wording::code(text))
        };
        Err(Invalid::new(message).help(help))
    }
}
