//! `apt`.

use crate::source::{Span, Spanned};
use crate::value::{AptComponent, AptPackage, AptSuite, Fingerprint, Name, Ppa, ProjectPath, Timestamp, Url};

use super::Flag;

/// Extra system packages and where they come from.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Apt {
    /// `install "NAME" "NAME=VERSION" …`, one entry a package.
    pub install: Vec<AptInstall>,
    /// `source "NAME" { … }`.
    pub sources: Vec<AptSource>,
    /// `ppa "OWNER/NAME" fingerprint="…"`.
    pub ppas: Vec<(Spanned<Ppa>, Option<Spanned<Fingerprint>>)>,
    /// `recommends #true`; off otherwise.
    pub recommends: Flag,
    /// `snapshot "20260901T000000Z"`.
    pub snapshot: Option<Spanned<Timestamp>>,
    /// `extra-arg #true`: `ARG EXTRA_APT_PACKAGES=""`.
    pub extra_arg: Flag,
}

/// One package of `install`.
#[derive(Debug, Clone, PartialEq)]
pub struct AptInstall {
    /// The package, with its version where one was given.
    pub package: Spanned<AptPackage>,
}

/// A third-party archive.
#[derive(Debug, Clone, PartialEq)]
pub struct AptSource {
    /// Names the files under `/etc/apt`.
    pub name: Spanned<Name>,
    /// Where it is.
    pub uri: Spanned<Url>,
    /// Suites; at least one.
    pub suites: Vec<Spanned<AptSuite>>,
    /// Components; none for a flat archive (a suite that ends in `/`).
    pub components: Vec<Spanned<AptComponent>>,
    /// Architectures; the target's when absent.
    pub arch: Option<Spanned<String>>,
    /// The key that signs it; absent is a warning.
    pub key: Option<Spanned<KeyLocation>>,
    /// The key's fingerprint.
    pub fingerprint: Option<Spanned<Fingerprint>>,
    /// The whole node.
    pub span: Span,
}

/// Where a key comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyLocation {
    /// A file of the project.
    File(ProjectPath),
    /// An https URL, fetched in the build.
    Url(Url),
}
