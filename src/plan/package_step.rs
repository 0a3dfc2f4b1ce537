//! A package's steps with their guards decided and their templates filled in: what is left to lay out in stages.

use crate::manifest::{Grade, KeyLocation};
use crate::source::Span;
use crate::value::{AptPackage, EnvName, Fingerprint, ImagePath, Name, Sha256, Url};

use super::{AptSourceFile, Cmake, FileText, Git, PipIndex, Script, ScriptFile, Tool, Why, steps};

/// A chosen package, ready to be laid out.
#[derive(Debug, Clone)]
pub(super) struct PackagePlan {
    pub(super) name: Name,
    pub(super) why: Why,
    /// Whether everything else stands on it.
    pub(super) platform: bool,
    /// Its own build stage; empty where it has none.
    pub(super) build: Vec<PackageStep>,
    /// MiB that one job of the build takes.
    pub(super) job_memory: Option<u32>,
    /// What is done where it is used.
    pub(super) install: Vec<PackageStep>,
    pub(super) env: Vec<(EnvName, String, Span)>,
    pub(super) paths: Vec<ImagePath>,
}

impl PackagePlan {
    /// Whether it has a separate stage.
    pub(super) fn is_built(&self) -> bool {
        !self.build.is_empty()
    }

    /// Whether its build makes wheels.
    pub(super) fn makes_wheels(&self) -> bool {
        self.build.iter().any(|act| matches!(act.kind, PackageStepKind::WheelBuild { .. }))
    }

    /// Whether a Python environment gets something from it.
    pub(super) fn is_python(&self) -> bool {
        self.makes_wheels() || self.install.iter().any(|act| act.kind.is_python())
    }

    /// The steps in front of those that need the environment, and those behind.
    pub(super) fn early_and_late(&self) -> (&[PackageStep], &[PackageStep]) {
        let first = if self.makes_wheels() { Some(0) } else { None };
        let first = first.or_else(|| self.install.iter().position(|act| act.kind.is_python()));
        self.install.split_at(first.unwrap_or(self.install.len()))
    }

    /// Whether the linker must learn of what its steps in front of the environment bring.
    pub(super) fn links_early(&self) -> bool {
        self.is_built() || self.early_and_late().0.iter().any(|act| act.kind.links())
    }

    /// The same of the steps behind.
    pub(super) fn links_late(&self) -> bool {
        self.early_and_late().1.iter().any(|act| act.kind.links())
    }

    /// What leaves its build stage.
    pub(super) fn exports(&self) -> impl Iterator<Item = (&ImagePath, &ImagePath, Span)> {
        self.build.iter().filter_map(|act| match &act.kind {
            PackageStepKind::Export { from, to } => Some((from, to, act.span)),
            _ => None,
        })
    }
}

/// A step of a package plan with the reason for it.
#[derive(Debug, Clone)]
pub(super) struct PackageStep {
    pub(super) kind: PackageStepKind,
    pub(super) span: Span,
}

/// Kinds of steps of a package plan, after expansion.
#[derive(Debug, Clone)]
pub(super) enum PackageStepKind {
    Apt(Vec<AptPackage>),
    Source(ThirdPartyArchive),
    Pip { specs: Vec<String>, index: Option<PipIndex>, deps: bool },
    Wheel(Download),
    WheelBuild { from: String, env: Vec<(EnvName, String)> },
    Deb(Download),
    Archive { download: Download, to: ImagePath, strip: u32 },
    Git(Git),
    Cmake(Cmake),
    Tool { tool: Tool, directory: ImagePath, arguments: Vec<String> },
    Shell { text: String, env: Vec<(EnvName, String)> },
    Script { file: ScriptFile, env: Vec<(EnvName, String)> },
    File(FileText),
    Symlink { target: String, at: ImagePath },
    Ldconfig,
    Mkdir(Script),
    Verbatim(String),
    Env(Vec<(EnvName, String)>),
    Export { from: ImagePath, to: ImagePath },
}

impl PackageStepKind {
    /// Whether it happens in a Python environment.
    pub(super) fn is_python(&self) -> bool {
        matches!(self, Self::Pip { .. } | Self::Wheel(_))
    }

    /// Whether it changes where the linker looks, or asks it to look again.
    fn links(&self) -> bool {
        match self {
            Self::Ldconfig => true,
            Self::File(file) => tells_linker(&file.to),
            _ => false,
        }
    }

    /// The archive of system packages that it names.
    pub(super) fn source(&self) -> Option<&ThirdPartyArchive> {
        if let Self::Source(source) = self { Some(source) } else { None }
    }

    /// Whether it brings files that are fetched or unpacked in a stage apart.
    pub(super) fn brings_files(&self) -> bool {
        matches!(self, Self::Archive { .. } | Self::Git(_))
    }

    /// What is fetched by its URL.
    pub(super) fn download(&self) -> Option<&Download> {
        match self {
            Self::Wheel(download) | Self::Deb(download) | Self::Archive { download, .. } => Some(download),
            _ => None,
        }
    }
}

/// Whether the linker reads where to look in a file.
pub(super) fn tells_linker(file: &ImagePath) -> bool {
    file.as_str() == "/etc/ld.so.conf" || file.as_str().starts_with("/etc/ld.so.conf.d")
}

/// A file to download with its checksum and destination.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Download {
    pub(super) url: Url,
    pub(super) sha256: Option<Sha256>,
    /// Where it lies in the stage that fetches.
    pub(super) file: ImagePath,
}

impl Download {
    pub(super) fn grade(&self) -> Grade {
        if self.sha256.is_some() { Grade::A } else { Grade::D }
    }
}

/// A third-party apt archive: URI, suites, components and signing key.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ThirdPartyArchive {
    pub(super) file: AptSourceFile,
    pub(super) key: Option<ArchiveKey>,
    pub(super) fingerprint: Option<Fingerprint>,
}

impl ThirdPartyArchive {
    /// Puts the key where apt looks for it. apt reads keys as they are published; one that is fetched in the build is
    /// converted there.
    pub(super) fn new(
        file: AptSourceFile,
        key: Option<ArchiveKey>,
        fingerprint: Option<Fingerprint>,
    ) -> Self {
        let end = key.as_ref().map(|key| match key {
            ArchiveKey::At(KeyLocation::Url(_)) => "gpg",
            // The end of the file's name says which form it has; that was checked when it was read.
            ArchiveKey::At(KeyLocation::File(file)) => match file.as_str().rsplit_once('.') {
                Some((_, "gpg")) => "gpg",
                _ => "asc",
            },
            ArchiveKey::Text(_) => "asc",
        });
        let to = end.map(|end| steps::path(&format!("/etc/apt/keyrings/{}.{end}", file.name)));
        let held = key.is_some() && fingerprint.is_some();
        Self { file: AptSourceFile { key: to, held, ..file }, key, fingerprint }
    }
}

/// Origin of an archive's signing key: URL with fingerprint, or file.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ArchiveKey {
    /// A file of the project, or a URL.
    At(KeyLocation),
    /// A file of a package's folder: its text.
    Text(String),
}
