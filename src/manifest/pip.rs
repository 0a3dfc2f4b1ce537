//! `pip`.

use crate::source::{Span, Spanned};
use crate::value::{Name, PepRequirement, ProjectPath, Url};

/// Extra Python packages and where they come from.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pip {
    /// `install "SPEC" …`, one entry a requirement.
    pub install: Vec<Spanned<PepRequirement>>,
    /// `requirements "FILE"`, read at compile time.
    pub requirements: Vec<Requirements>,
    /// `index "URL"`: instead of PyPI.
    pub index: Option<Spanned<Url>>,
    /// `extra-index "NAME" "URL"`.
    pub extra_indexes: Vec<Index>,
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
    /// Files that it takes in by `-r` and `-c`, at any depth; the build needs them beside it.
    pub includes: Vec<Spanned<ProjectPath>>,
    /// Whether its lines bear `--hash`: pip then wants one for every package that the call installs.
    pub hashed: bool,
}

/// A further index.
#[derive(Debug, Clone, PartialEq)]
pub struct Index {
    /// Its name, for messages and the cache.
    pub name: Spanned<Name>,
    /// Where it is.
    pub url: Spanned<Url>,
}

/// What installs Python packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Installer {
    /// pip.
    #[default]
    Pip,
    /// uv.
    Uv,
}

/// An environment apart from the main one, for what would clash with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Venv {
    /// Names its folder `/opt/venvs/NAME`.
    pub name: Spanned<Name>,
    /// What goes in.
    pub install: Vec<Spanned<PepRequirement>>,
    /// Files of requirements.
    pub requirements: Vec<Requirements>,
    /// The whole node.
    pub span: Span,
}
