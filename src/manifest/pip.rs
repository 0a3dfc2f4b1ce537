//! `pip`.

use crate::diagnostic::Log;
use crate::source::{Span, Spanned};
use crate::syntax::Reader;
use crate::syntax::schema::{ArgSpec, NodeSpec, PropertySpec, ValueKind};
use crate::value::{Name, PepRequirement, ProjectPath, Url};

use super::decode::{self, words};

/// `pip`.
pub(super) static PIP: NodeSpec =
    NodeSpec::new("pip", "Additional Python packages and the indexes that they come from.")
        .children(&[&INSTALL, &REQUIREMENTS, &INDEX, &EXTRA_INDEX, &INSTALLER, &VENV])
        .bare("install")
        .block();
static INSTALL: NodeSpec =
    NodeSpec::new("install", "Python packages, in addition to those that the resolver chose.")
        .rest(ArgSpec::text("SPEC", "A requirement in pip's format (PEP 508), such as `rich>=13`."))
        .also(&[("package", ""), ("packages", ""), ("requires", ""), ("dependencies", "")]);
/// `requirements`, in `pip`, `venv` and `app`.
pub(super) static REQUIREMENTS: NodeSpec = NodeSpec::new(
    "requirements",
    "A requirements file; jcc reads it at compile time, and the build uses a copy.",
)
.args(&[ArgSpec::text("FILE", "The file, in the project.")]);
static INDEX: NodeSpec = NodeSpec::new("index", "The Python index to use instead of PyPI.")
    .args(&[ArgSpec::text("URL", "The base URL.")])
    .properties(LOGIN)
    .also(&[("index-url", ""), ("--index-url", ""), ("-i", ""), ("registry", "")])
    .optional();
static EXTRA_INDEX: NodeSpec = NodeSpec::new("extra-index", "An additional Python index.")
    .args(&[
        ArgSpec::text("NAME", "The name of the index in messages and in the cache."),
        ArgSpec::text("URL", "The base URL."),
    ])
    .properties(LOGIN);
const LOGIN: &[PropertySpec] = &[PropertySpec::new(
    "login",
    ValueKind::Bool,
    "Whether the index requires a login; builds then read the netrc file that `JCC_NETRC` names.",
)];
static INSTALLER: NodeSpec =
    NodeSpec::new("installer", "The program that installs Python packages; pip if absent.")
        .args(&[ArgSpec::new("INSTALLER", ValueKind::Choice(Installer::WORDS), "The installer.")])
        .optional();
static VENV: NodeSpec =
    NodeSpec::new("venv", "A separate environment, for packages that conflict with the main one.")
        .args(&[ArgSpec::text("NAME", "The name of its folder, `/opt/venvs/NAME`.")])
        .children(&[&INSTALL, &REQUIREMENTS])
        .block();

/// Extra Python packages and where they come from.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pip {
    /// `install "SPEC" …`, one entry a requirement.
    pub install: Vec<Spanned<PepRequirement>>,
    /// `requirements "FILE"`, read at compile time.
    pub requirements: Vec<Requirements>,
    /// `index "URL"`: instead of `PyPI`.
    pub index: Option<Spanned<Url>>,
    /// Whether that index asks for a login.
    pub index_login: bool,
    /// `extra-index "NAME" "URL"`.
    pub extra_indexes: Vec<ExtraIndex>,
    /// `installer "pip"|"uv"`.
    pub installer: Option<Spanned<Installer>>,
    /// `venv "NAME" { … }`.
    pub venvs: Vec<Venv>,
}

/// A requirements file, read at compile time.
#[derive(Debug, Clone, PartialEq)]
pub struct Requirements {
    /// The file, relative to the project's root.
    pub path: Spanned<ProjectPath>,
    /// What it asks for, each at its place in that file (lines that jcc cannot judge, such as `-e .`, are left out).
    pub specs: Vec<Spanned<PepRequirement>>,
    /// Places that lines name without the name of a package: `git+https://…`, `https://…/x.whl`.
    pub urls: Vec<Spanned<String>>,
    /// Lines that name where packages come from: `--index-url https://…`, `-f …`, `--trusted-host …`.
    pub options: Vec<Spanned<String>>,
    /// What its constraint files (`-c`) bind without asking for it.
    pub constraints: Vec<Spanned<PepRequirement>>,
    /// Files that it takes in by `-r` and `-c`, at any depth; the build needs them beside it.
    pub includes: Vec<Spanned<ProjectPath>>,
    /// Whether its options name an index or a place of links.
    pub own_index: bool,
    /// Whether its lines have `--hash`: pip then wants one for every package that the call installs.
    pub hashed: bool,
}

/// A further Python index: name, URL, and whether it needs a login.
#[derive(Debug, Clone, PartialEq)]
pub struct ExtraIndex {
    /// Its name, for messages and the cache.
    pub name: Spanned<Name>,
    pub url: Spanned<Url>,
    /// Whether it asks for a login.
    pub login: bool,
}

/// What installs Python packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Installer {
    #[default]
    Pip,
    Uv,
}

/// An environment apart from the main one, for what would clash with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Venv {
    /// Names its folder `/opt/venvs/NAME`.
    pub name: Spanned<Name>,
    pub install: Vec<Spanned<PepRequirement>>,
    pub requirements: Vec<Requirements>,
    pub span: Span,
}

words! { Installer: "pip" => Pip, "uv" => Uv }

/// The children that may stand once in all `pip` nodes of a block together.
pub(super) const SINGLE: &[&str] = &["index", "installer"];

pub(super) fn decode(node: Reader<'_>, log: &mut Log) -> Pip {
    Pip {
        install: node.args_of_children("install", log),
        requirements: requirements(node, log),
        index: node.text_of_child("index", log),
        index_login: node.child("index").is_some_and(|index| login(index, log)),
        extra_indexes: node
            .children_named("extra-index")
            .filter_map(|index| {
                let (name, url) = (index.arg(0, log), index.arg(1, log));
                Some(ExtraIndex { name: name?, url: url?, login: login(index, log) })
            })
            .collect(),
        installer: decode::choice(node.child("installer")),
        venvs: node.children_named("venv").filter_map(|venv| venv_of(venv, log)).collect(),
    }
}

impl Pip {
    /// Whether an index asks for a login.
    pub(super) fn needs_login(&self) -> bool {
        self.index_login || self.extra_indexes.iter().any(|index| index.login)
    }
}

/// Reads `login` of an index.
fn login(node: Reader<'_>, log: &mut Log) -> bool {
    node.prop("login", log).is_some_and(|on: Spanned<bool>| on.value)
}

/// Reads the `requirements` of a block; what the files say is read later.
pub(super) fn requirements(node: Reader<'_>, log: &mut Log) -> Vec<Requirements> {
    node.args_of_children("requirements", log)
        .into_iter()
        .map(|path| Requirements {
            path,
            specs: Vec::new(),
            urls: Vec::new(),
            options: Vec::new(),
            constraints: Vec::new(),
            includes: Vec::new(),
            own_index: false,
            hashed: false,
        })
        .collect()
}

fn venv_of(node: Reader<'_>, log: &mut Log) -> Option<Venv> {
    let name = node.arg(0, log);
    let install = node.args_of_children("install", log);
    let requirements = requirements(node, log);
    Some(Venv { name: name?, install, requirements, span: node.span() })
}
