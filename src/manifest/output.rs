//! `output` and `cache`.

use crate::source::Spanned;
use crate::value::{ImageRef, ProjectPath};

use super::Flag;

/// Which files to write and where. Absent ones take their defaults.
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
    /// `engine "docker"|"podman"`.
    pub engine: Option<Spanned<Engine>>,
    /// `frontend "REF"`: the `# syntax=` image.
    pub frontend: Option<Spanned<ImageRef>>,
    /// `require-grade "B"`.
    pub require_grade: Option<Spanned<Grade>>,
    /// `dev #true`: the `dev` stage, the final image with the build tools.
    pub dev: Flag,
}

/// What runs the containers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Engine {
    /// Docker with Compose.
    #[default]
    Docker,
    /// Podman, with CDI devices and Quadlet units.
    Podman,
}

/// How well a fetch is pinned; `A` is the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// A content hash.
    A,
    /// An exact version of an archive that keeps its versions.
    B,
    /// A dated snapshot.
    C,
    /// Floating.
    D,
}

/// Which build caches the Compose file starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cache {
    /// apt-cacher-ng.
    pub apt: bool,
    /// A caching Python index.
    pub pip: bool,
}

impl Default for Cache {
    fn default() -> Self {
        Self { apt: true, pip: true }
    }
}
