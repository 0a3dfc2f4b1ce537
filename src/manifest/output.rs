//! `output` and `cache`.

use crate::diagnostic::{Log, wording};
use crate::source::{Span, Spanned};
use crate::syntax::schema::{ArgSpec, NodeSpec, ValueKind};
use crate::syntax::{Reader, invalid};
use crate::value::{Engine, IgnorePattern, ImageRef, Invalid, ProjectPath, leaves_out};

use super::Flag;
use super::decode::{self, flag, words};
use super::editor::{self, DEVCONTAINER, DevcontainerOptions};

pub(super) static OUTPUT: NodeSpec = NodeSpec::new("output", "Which files to write, and where.")
    .children(&[
        &DOCKERFILE,
        &COMPOSE,
        &BAKE,
        &DEVCONTAINER,
        &ENGINE,
        &FRONTEND,
        &REQUIRE_GRADE,
        &REQUIRE,
        &DEV,
        &IGNORE,
    ])
    .optional()
    .block();
static DOCKERFILE: NodeSpec = file("dockerfile", "The path of the Dockerfile; `Dockerfile` if absent.");
static COMPOSE: NodeSpec = file("compose", "The path of the Compose file; `docker-compose.yaml` if absent.");
static BAKE: NodeSpec = file("bake", "The path of the bake file; with several targets it is always written.");
static ENGINE: NodeSpec = NodeSpec::new("engine", "The container engine; Docker if absent.")
    .args(&[ArgSpec::new(
        "ENGINE",
        ValueKind::Choice(Engine::WORDS),
        "Docker with Compose, or Podman with Quadlet.",
    )])
    .optional();
static FRONTEND: NodeSpec =
    NodeSpec::new("frontend", "The image of the `# syntax=` line; no such line if absent.")
        .args(&[ArgSpec::text("REF", "The image.")])
        .optional();
static REQUIRE_GRADE: NodeSpec =
    NodeSpec::new("require-grade", "The lowest accepted pin grade; a lower one is an error.")
        .args(&[ArgSpec::new(
            "GRADE",
            ValueKind::Choice(Grade::WORDS),
            "A: content hash; B: exact version; C: dated snapshot; D: floating.",
        )])
        .optional();
static REQUIRE: NodeSpec =
    NodeSpec::new("require", "A rule for everything that the build fetches; jcc reports what violates it.")
        .args(&[ArgSpec::new(
            "RULE",
            ValueKind::Choice(Required::WORDS),
            "`locked`: everything that `jcc lock` can lock is locked, such as Python packages and the digests of images.",
        )])
        .optional();
static DEV: NodeSpec = flag("dev", "Adds the stage `dev`: the final image with the build tools.");

static IGNORE: NodeSpec = NodeSpec::new(
    "ignore",
    "Patterns to keep out of the build context, as in a `.dockerignore`; they come after those of your `.dockerignore` and those of jcc.",
)
.rest(ArgSpec::text("PATTERN", "A pattern such as `data/**`; with a leading `!`, it includes files again."));

const fn file(name: &'static str, doc: &'static str) -> NodeSpec {
    const PATH: &[ArgSpec] = &[ArgSpec::text("PATH", "A path in the project.")];
    NodeSpec::new(name, doc).args(PATH).optional()
}

pub(super) static CACHE: NodeSpec =
    NodeSpec::new("cache", "The build caches in the Compose file; none if absent, both if it names none.")
        .args(&[ArgSpec::new("ON", ValueKind::Bool, "`#false` for no caches.").optional()])
        .children(&[&CACHE_APT, &CACHE_PIP])
        .optional();
static CACHE_APT: NodeSpec = NodeSpec::new("apt", "A cache for system packages.").optional();
static CACHE_PIP: NodeSpec = NodeSpec::new("pip", "A cache for Python packages.").optional();

/// The `output` node: which files to write, and where. Absent paths have defaults.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Output {
    /// `dockerfile "PATH"`.
    pub dockerfile: Option<Spanned<ProjectPath>>,
    /// `compose "PATH"`.
    pub compose: Option<Spanned<ProjectPath>>,
    /// `bake "PATH"`.
    pub bake: Option<Spanned<ProjectPath>>,
    /// `devcontainer "PATH"`.
    pub devcontainer: Option<Spanned<ProjectPath>>,
    /// The children of `devcontainer`.
    pub editor: DevcontainerOptions,
    /// `engine "docker"|"podman"`.
    pub engine: Option<Spanned<Engine>>,
    /// `frontend "REF"`: the `# syntax=` image.
    pub frontend: Option<Spanned<ImageRef>>,
    /// `require-grade "B"`.
    pub require_grade: Option<Spanned<Grade>>,
    /// `require "locked"`.
    pub require: Option<Spanned<Required>>,
    /// `dev #true`: adds the `dev` stage, the final image with the build tools.
    pub dev: Flag,
    /// `ignore "PATTERN"`, in order.
    pub ignore: Vec<Spanned<IgnorePattern>>,
    /// The patterns of the project's own `.dockerignore`.
    pub ignore_file: Vec<IgnorePattern>,
}

impl Output {
    /// Whether the project does not decide itself about a file that looks like a secret: no `ignore` pattern
    /// matches it, and its `.dockerignore` does not exclude it.
    pub fn is_silent_about(&self, path: &str) -> bool {
        leaves_out(self.ignore.iter().map(|one| &one.value), path).is_none()
            && leaves_out(&self.ignore_file, path) != Some(true)
    }

    /// Whether the patterns of the project exclude a folder completely.
    pub fn leaves_out_folder(&self, path: &str) -> bool {
        let all = || self.ignore_file.iter().chain(self.ignore.iter().map(|one| &one.value));
        let below = format!("!{path}/");
        leaves_out(all(), path) == Some(true) && !all().any(|one| one.to_string().starts_with(&below))
    }

    /// Returns the place that enables the `dev` stage and service: `dev`, or a `devcontainer`, which needs
    /// them.
    pub fn requests_dev(&self) -> Option<Span> {
        let implied = self.devcontainer.as_ref().map(|path| path.span);
        self.dev.0.map_or(implied, |_| self.dev.on())
    }
}

/// A pin grade: how well a download is pinned. `A` is the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// A content hash.
    A,
    /// An exact version in an archive that keeps all versions.
    B,
    /// A dated snapshot.
    C,
    /// Not pinned.
    D,
}

/// A rule that all downloads of a build must satisfy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Required {
    /// Everything that `jcc lock` can lock is locked.
    Locked,
}

/// The build caches in the Compose file; none by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cache {
    pub apt: bool,
    pub pip: bool,
}

words! { Required: "locked" => Locked }
words! { Grade: "A" => A, "B" => B, "C" => C, "D" => D }

pub(super) fn decode(node: Reader<'_>, log: &mut Log) -> Output {
    Output {
        dockerfile: path(node, ("dockerfile", "Dockerfile"), log),
        compose: path(node, ("compose", "docker-compose.yaml"), log),
        bake: path(node, ("bake", "docker-bake.hcl"), log),
        devcontainer: path(node, ("devcontainer", "devcontainer.json"), log),
        editor: editor::decode(node, log),
        engine: decode::choice(node.child("engine")),
        frontend: node.text_of_child("frontend", log),
        require_grade: decode::choice(node.child("require-grade")),
        require: decode::choice(node.child("require")),
        dev: decode::flag_of(node, "dev", log),
        ignore: node.args_of_children("ignore", log),
        ignore_file: Vec::new(),
    }
}

/// Decodes the path of an output. Reports the path of a folder, and suggests the file with the default name
/// in it.
fn path(node: Reader<'_>, (name, default): (&str, &str), log: &mut Log) -> Option<Spanned<ProjectPath>> {
    let written: Option<Spanned<String>> = node.text_of_child(name, &mut Log::new());
    if let Some(folder) =
        written.filter(|text| text.ends_with('/') || text.ends_with("/.") || text.value == ".")
    {
        let file = format!("{}/{default}", folder.trim_end_matches(['/', '.']));
        let file = file.trim_start_matches('/').to_owned();
        let why =
            Invalid::new(format!("{} is a folder, not a file", wording::code(&folder.value))).meant(file);
        log.error(invalid(&why, &folder.value, folder.span, &wording::code(name)));
        return None;
    }
    node.text_of_child(name, log)
}

/// Decodes `cache`. Without a block it enables both caches, or with `#false` neither.
pub(super) fn decode_cache(node: Reader<'_>, log: &mut Log) -> Cache {
    if node.has_block() {
        Cache { apt: node.child("apt").is_some(), pip: node.child("pip").is_some() }
    } else {
        let on = node.arg(0, log).is_none_or(|on| on.value);
        Cache { apt: on, pip: on }
    }
}
