//! `pip`.

use crate::diagnostic::Log;
use crate::source::{Span, Spanned};
use crate::syntax::Reader;
use crate::syntax::schema::{ArgSpec, NodeSpec, PropertySpec, ValueKind};
use crate::value::{Name, PepRequirement, ProjectPath, Url};

use super::decode::{self, words};

pub(super) static PIP: NodeSpec =
    NodeSpec::new("pip", "Additional Python packages and the indexes that they come from.")
        .children(&[&INSTALL, &REQUIREMENTS, &INDEX, &EXTRA_INDEX, &INSTALLER, &VENV])
        .bare("install")
        .block();
static INSTALL: NodeSpec =
    NodeSpec::new("install", "Python packages, in addition to those that the resolver chose.")
        .rest(ArgSpec::text("SPEC", "A requirement in pip's format (PEP 508), such as `rich>=13`."))
        .also(&[("package", ""), ("packages", ""), ("requires", ""), ("dependencies", "")]);
/// The `requirements` node of `pip`, `venv` and `app`.
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

/// The `pip` node: additional Python packages and their indexes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pip {
    /// `install "SPEC" …`, one entry per requirement.
    pub install: Vec<Spanned<PepRequirement>>,
    /// `requirements "FILE"`, read at compile time.
    pub requirements: Vec<Requirements>,
    /// `index "URL"`: replaces `PyPI`.
    pub index: Option<Spanned<Url>>,
    /// Whether `index` requires a login.
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
    /// Its requirements, with their spans in the requirements files.
    pub specs: Vec<Spanned<PepRequirement>>,
    /// URLs without the name of a package: `git+https://…`, `https://…/x.whl`.
    pub urls: Vec<Spanned<String>>,
    /// Options that name sources of packages: `--index-url https://…`, `-f …`, `--trusted-host …`.
    pub options: Vec<Spanned<String>>,
    /// The requirements of its constraint files (`-c`), which do not install anything themselves.
    pub constraints: Vec<Spanned<PepRequirement>>,
    /// Files included by `-r` and `-c`, at any depth. The build needs them at the same relative paths.
    pub includes: Vec<Spanned<ProjectPath>>,
    /// Whether its options name an index or links.
    pub own_index: bool,
    /// Whether it uses `--hash`. pip then requires a hash for every package of the same call.
    pub hashed: bool,
    /// Whether it contains `--require-hashes`, which uv follows too.
    pub requires_hashes: bool,
    /// The spans of the requirements and URLs with a `--hash`.
    pub hashes: Vec<Span>,
}

impl Requirements {
    /// Notes the hash of the requirement or URL at this place, or that `--require-hashes` demands them.
    pub(super) fn add_hash(&mut self, place: Option<Span>) {
        self.hashed = true;
        self.requires_hashes |= place.is_none();
        self.hashes.extend(place);
    }

    /// Whether the requirement or URL at this place has a `--hash`.
    pub fn has_hash(&self, place: Span) -> bool {
        self.hashes.contains(&place)
    }

    /// Returns the places of the requirements and URLs without a hash, which for a URL can be its fragment.
    pub fn without_hash(&self) -> impl Iterator<Item = Span> {
        let has_fragment = |url: &str| url.contains("#sha256=") || url.contains("&sha256=");
        let specs = self.specs.iter().map(|spec| (spec.span, spec.value.url()));
        let urls = self.urls.iter().map(|url| (url.span, Some(url.value.as_str())));
        specs
            .chain(urls)
            .filter(move |(place, url)| !self.has_hash(*place) && !url.is_some_and(has_fragment))
            .map(|(place, _)| place)
    }
}

/// An additional Python index.
#[derive(Debug, Clone, PartialEq)]
pub struct ExtraIndex {
    /// The name in messages and in the cache.
    pub name: Spanned<Name>,
    pub url: Spanned<Url>,
    /// Whether it requires a login.
    pub login: bool,
}

/// The program that installs Python packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Installer {
    #[default]
    Pip,
    Uv,
}

/// A separate virtual environment, for packages that conflict with the main one.
#[derive(Debug, Clone, PartialEq)]
pub struct Venv {
    /// The name of its folder, `/opt/venvs/NAME`.
    pub name: Spanned<Name>,
    pub install: Vec<Spanned<PepRequirement>>,
    pub requirements: Vec<Requirements>,
    pub span: Span,
}

words! { Installer: "pip" => Pip, "uv" => Uv }

/// The children that are allowed only once in all `pip` nodes of a scope together.
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
        venvs: node.children_named("venv").filter_map(|venv| decode_venv(venv, log)).collect(),
    }
}

impl Pip {
    /// Whether any index requires a login.
    pub(super) fn needs_login(&self) -> bool {
        self.index_login || self.extra_indexes.iter().any(|index| index.login)
    }
}

/// Decodes `login` of an index.
fn login(node: Reader<'_>, log: &mut Log) -> bool {
    node.prop("login", log).is_some_and(|on: Spanned<bool>| on.value)
}

/// Decodes the `requirements` of a block. The files are read later, by `files::check`.
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
            requires_hashes: false,
            hashes: Vec::new(),
        })
        .collect()
}

fn decode_venv(node: Reader<'_>, log: &mut Log) -> Option<Venv> {
    let name = node.arg(0, log);
    let install = node.args_of_children("install", log);
    let requirements = requirements(node, log);
    Some(Venv { name: name?, install, requirements, span: node.span() })
}
