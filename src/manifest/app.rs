//! `app`.

use crate::diagnostic::{Diagnostic, Log, codes::manifest as codes};
use crate::source::{Span, Spanned};
use crate::syntax::schema::{ArgSpec, NodeSpec, PropertySpec, ValueKind};
use crate::syntax::{Reader, Value, invalid};
use crate::value::{FileMode, Id, ImagePath, Parse, Port, ProjectPath, UserName};

use super::decode::{self, COMMAND, ENV, HEALTHCHECK};
use super::pip::{self, REQUIREMENTS};
use super::{Env, HealthCheck, Requirements, SecretFile, health};

pub(super) static APP: NodeSpec = NodeSpec::new("app", "Your application, on top of the packages.")
    .children(&[
        &WORKDIR,
        &COPY,
        &REQUIREMENTS,
        &ENV,
        &RUN,
        &USER,
        &EXPOSE,
        &ENTRYPOINT,
        &COMMAND,
        &HEALTHCHECK,
        &VOLUME,
    ])
    .optional()
    .block();
static WORKDIR: NodeSpec = NodeSpec::new(
    "workdir",
    "The working directory: the folder of the image in which the application starts.",
)
.args(&[ArgSpec::text("PATH", "An absolute path.")])
.also(&[("working-dir", ""), ("work-dir", ""), ("cwd", "")])
.optional();
static COPY: NodeSpec = NodeSpec::new("copy", "Copies files from the project into the image, in order.")
    .args(&[ArgSpec::text("SRC", "A file or folder in the project; of a folder, its content is copied.")])
    .properties(&[
        PropertySpec::text("to", "The destination, relative to `workdir`; a folder if it ends in `/`. Files in `workdir` or a folder above it, in the user's home or in a volume belong to the user, all others to root.")
            .required(),
        PropertySpec::new(
            "chmod",
            ValueKind::Either(&[ValueKind::Text, ValueKind::Integer]),
            "The mode of the copied files, in octal.",
        ),
    ])
    .also(&[("add", ""), ("files", "")]);
static RUN: NodeSpec = NodeSpec::new("run", "A shell command that runs during the build, after the copies.")
    .args(&[ArgSpec::text("LINE", "The command; it runs under `set -eo pipefail`.")])
    .also(&[("script", ""), ("shell", "")]);
static USER: NodeSpec = NodeSpec::new(
    "user",
    "The user that the container runs as; root if absent, which is reported as a note.",
)
.args(&[ArgSpec::text("NAME", "The login name; the user is created if the image has none with this name.")])
.properties(&[
    PropertySpec::new("uid", ValueKind::Integer, "The user ID; 1000 if absent."),
    PropertySpec::new("gid", ValueKind::Integer, "The group ID; the same as `uid` if absent."),
    PropertySpec::text("groups", "Groups in the image that the user joins, separated by spaces."),
])
.optional();
static EXPOSE: NodeSpec = NodeSpec::new("expose", "Ports that the container listens on.")
    .rest(ArgSpec::new(
        "PORT",
        ValueKind::Either(&[ValueKind::Integer, ValueKind::Text]),
        "A port, such as `8080`.",
    ))
    .also(&[("port", ""), ("ports", "")]);
static ENTRYPOINT: NodeSpec =
    NodeSpec::new("entrypoint", "The program that receives every command as arguments.")
        .rest(ArgSpec::text("WORD", "A word of the command, passed to the program unchanged."))
        .optional();
static VOLUME: NodeSpec = NodeSpec::new("volume", "A folder in the image over which a volume is mounted.")
    .rest(ArgSpec::text("PATH", "An absolute path."));

/// The `app` node: the user's own code, on top of the packages.
#[derive(Debug, Clone, PartialEq)]
pub struct App {
    /// The working directory in the image.
    pub workdir: Option<Spanned<ImagePath>>,
    /// `copy "SRC" to="DST"`, in order.
    pub copies: Vec<Copy>,
    /// `requirements "FILE"`, as in `pip`; its layer comes before the copies.
    pub requirements: Vec<Requirements>,
    pub env: Env,
    /// `run "SHELL LINE"`, in order, after the copies.
    pub runs: Vec<Spanned<String>>,
    pub user: Option<User>,
    pub expose: Vec<Spanned<Port>>,
    /// `entrypoint`, exec form.
    pub entrypoint: Option<Spanned<Vec<String>>>,
    /// `command`, exec form.
    pub command: Option<Spanned<Vec<String>>>,
    pub healthcheck: Option<HealthCheck>,
    /// `volume "PATH"`.
    pub volumes: Vec<Spanned<ImagePath>>,
    pub span: Span,
}

impl App {
    /// Returns the user that must exist in the image; `None` if the container runs as root, which every image
    /// has.
    pub fn login(&self) -> Option<&User> {
        self.user.as_ref().filter(|user| user.uid != Id::ROOT)
    }
}

/// `copy "SRC" to="DST" [chmod=…]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Copy {
    /// The source in the project. Of a folder, the content is copied, as in a Dockerfile.
    pub from: Spanned<ProjectPath>,
    /// The destination in the image. A relative one is joined to the working directory.
    pub to: Spanned<ImagePath>,
    /// Whether the source is a folder.
    pub folder: bool,
    /// Whether `to` is a folder to copy into: it was written with a trailing `/` or `.`, or is empty.
    pub into: bool,
    /// Files in the folder that look like secrets, to keep out of the build context.
    pub secrets: Vec<SecretFile>,
    pub chmod: Option<Spanned<FileMode>>,
    /// Whether `to` was written as a relative path. It is joined to `workdir` last, since a target may change
    /// `workdir`.
    pub(super) relative: bool,
}

/// `user "robot" uid=1000 gid=1000 groups="video render"`.
#[derive(Debug, Clone, PartialEq)]
pub struct User {
    pub name: Spanned<UserName>,
    /// 1000 if absent.
    pub uid: Id,
    /// The same as `uid` if absent.
    pub gid: Id,
    /// Groups in the image that the user joins.
    pub groups: Vec<Spanned<UserName>>,
}

pub(super) fn decode(node: Reader<'_>, log: &mut Log) -> App {
    let mounts: Vec<Spanned<decode::MountPath>> = node.args_of_children("volume", log);
    App {
        workdir: node.text_of_child("workdir", log),
        copies: node.children_named("copy").filter_map(|copy| decode_copy(copy, log)).collect(),
        requirements: pip::requirements(node, log),
        env: decode::env(node, log),
        runs: node.args_of_children("run", log),
        user: node.child("user").and_then(|user| decode_user(user, log)),
        expose: decode::texts_or_numbers(node, "expose", log),
        entrypoint: decode::exec(node.child("entrypoint"), log),
        command: decode::exec(node.child("command"), log),
        healthcheck: health::decode(node, log),
        volumes: mounts.into_iter().map(|path| path.map(|path| path.0)).collect(),
        span: node.span(),
    }
}

fn decode_copy(node: Reader<'_>, log: &mut Log) -> Option<Copy> {
    let from = node.arg(0, log);
    let chmod = decode::prop_or_number(node, "chmod", log);
    let written: Spanned<String> = node.prop("to", log)?;
    let relative = !written.starts_with('/');
    let to = if relative {
        let path = written.trim_start_matches("./");
        let path = if path == "." { "" } else { path };
        decode::parsed(&format!("/{path}"), written.span, "`to`", log)
    } else {
        node.prop("to", log)
    };
    let into = written.value.is_empty() || written.ends_with(['/', '.']);
    Some(Copy { from: from?, to: to?, folder: false, into, secrets: Vec::new(), chmod, relative })
}

fn decode_user(node: Reader<'_>, log: &mut Log) -> Option<User> {
    let name: Option<Spanned<UserName>> = if let Some(diagnostic) = numeric_user(node) {
        log.error(diagnostic);
        None
    } else {
        node.arg(0, log)
    };
    let groups = decode::user_names(node, "groups", log);
    let (uid, gid) = (decode::id(node, "uid", log), decode::id(node, "gid", log));
    let name = name?;
    let is_root = name.value.as_str() == "root";
    if let Some(uid) = uid.as_ref().filter(|uid| is_root != (uid.value.get() == 0)) {
        let (message, help) = if is_root {
            (format!("`root` always has UID 0, not {}", uid.value), "remove `uid`, or use another user name")
        } else {
            (format!("UID 0 is always `root`, not `{}`", name.value), "use another `uid`, such as 1000")
        };
        log.error(
            Diagnostic::error(codes::ROOT_USER, message)
                .at(uid.span, "this UID")
                .at(name.span, "with this user")
                .help(help),
        );
    }
    let uid = uid.map_or(if is_root { Id::ROOT } else { Id::FIRST_USER }, |uid| uid.value);
    Some(User { name, uid, gid: gid.map_or(uid, |gid| gid.value), groups })
}

/// Returns an error with a correction for a user in the format of engines: `1000`, `1000:1000`,
/// `robot:robot`.
fn numeric_user(node: Reader<'_>) -> Option<Diagnostic> {
    let given = node.raw_arg(0)?;
    let text = match given.value {
        Value::String(text) => text.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Float(_) | Value::Bool(_) | Value::Null => return None,
    };
    let (user, group) = text.split_once(':').map_or((&*text, None), |(user, group)| (user, Some(group)));
    let number = |text: &str| text.parse::<u32>().is_ok();
    let written = match (number(user), group) {
        (true, None) => format!("user \"app\" uid={user}"),
        (true, Some(group)) if number(group) => format!("user \"app\" uid={user} gid={group}"),
        (false, Some(group)) if UserName::parse(user).is_ok() && number(group) => {
            format!("user \"{user}\" gid={group}")
        }
        (false, Some(_)) if UserName::parse(user).is_ok() => format!("user \"{user}\""),
        _ => return None,
    };
    let diagnostic =
        Diagnostic::error(codes::INVALID_VALUE, "`user` needs a name; use `uid` and `gid` for numbers");
    Some(
        diagnostic
            .at(given.span, "not a user name")
            .help(format!("write `{written}`"))
            .fix(node.span(), written),
    )
}

impl App {
    /// Joins relative destinations of copies to the working directory. Called after all merges, which may
    /// change it.
    pub(super) fn join_copies_to_workdir(&mut self, log: &mut Log) {
        let Some(folder) = &self.workdir else { return };
        for copy in self.copies.iter_mut().filter(|copy| copy.relative) {
            let rest = copy.to.value.as_str().trim_start_matches('/');
            match folder.value.join(if rest.is_empty() { "." } else { rest }) {
                Ok(to) => copy.to.value = to,
                Err(why) => {
                    log.error(invalid(&why, rest, copy.to.span, "`to`"));
                }
            }
        }
    }
}
