//! Plans of packages and their steps after expansion, before they are distributed to stages.

use crate::manifest::{Grade, KeyLocation};
use crate::source::Span;
use crate::value::{AptPackage, EnvName, Fingerprint, ImagePath, Name, Sha256, Url};

use super::{AptSourceFile, Cmake, FileText, Git, PipIndex, Script, ScriptFile, Tool, Why, steps};

/// What is built and installed for one chosen package.
#[derive(Debug, Clone)]
pub(super) struct PackagePlan {
    pub(super) name: Name,
    pub(super) why: Why,
    /// Whether it is part of the platform.
    pub(super) platform: bool,
    /// The steps of its build stage; empty if it has none.
    pub(super) build: Vec<PackageStep>,
    /// The memory that one job of the build needs, in MiB.
    pub(super) job_memory: Option<u32>,
    /// The steps in stages that use the package.
    pub(super) install: Vec<PackageStep>,
    pub(super) env: Vec<(EnvName, String, Span)>,
    pub(super) paths: Vec<ImagePath>,
}

impl PackagePlan {
    /// Whether it has a separate stage.
    pub(super) fn is_built(&self) -> bool {
        !self.build.is_empty()
    }

    /// Whether its build creates wheels.
    pub(super) fn makes_wheels(&self) -> bool {
        self.build.iter().any(|step| matches!(step.kind, PackageStepKind::WheelBuild { .. }))
    }

    /// Whether it installs anything into a Python environment.
    pub(super) fn is_python(&self) -> bool {
        self.makes_wheels() || self.install.iter().any(|step| step.kind.is_python())
    }

    /// Returns the steps before the first one that needs the Python environment, and the rest.
    pub(super) fn early_and_late(&self) -> (&[PackageStep], &[PackageStep]) {
        let first = if self.makes_wheels() { Some(0) } else { None };
        let first = first.or_else(|| self.install.iter().position(|step| step.kind.is_python()));
        self.install.split_at(first.unwrap_or(self.install.len()))
    }

    /// Whether `ldconfig` must run after its build or its early steps.
    pub(super) fn links_early(&self) -> bool {
        self.is_built() || self.early_and_late().0.iter().any(|step| step.kind.links())
    }

    /// Whether `ldconfig` must run after its late steps.
    pub(super) fn links_late(&self) -> bool {
        self.early_and_late().1.iter().any(|step| step.kind.links())
    }

    /// Returns the paths that its build stage exports, their destinations, and the places of the steps.
    pub(super) fn exports(&self) -> impl Iterator<Item = (&ImagePath, &ImagePath, Span)> {
        self.build.iter().filter_map(|step| match &step.kind {
            PackageStepKind::Export { from, to } => Some((from, to, step.span)),
            _ => None,
        })
    }
}

/// A step of a package plan, with its place in the definition.
#[derive(Debug, Clone)]
pub(super) struct PackageStep {
    pub(super) kind: PackageStepKind,
    pub(super) span: Span,
}

/// The kinds of steps of a package plan.
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
    /// Whether it installs into a Python environment.
    pub(super) fn is_python(&self) -> bool {
        matches!(self, Self::Pip { .. } | Self::Wheel(_))
    }

    /// Whether `ldconfig` must run after it.
    fn links(&self) -> bool {
        match self {
            Self::Ldconfig => true,
            Self::File(file) => configures_linker(&file.to),
            _ => false,
        }
    }

    /// Returns the apt archive that it adds.
    pub(super) fn source(&self) -> Option<&ThirdPartyArchive> {
        if let Self::Source(source) = self { Some(source) } else { None }
    }

    /// Whether it downloads files that a separate stage unpacks or clones.
    pub(super) fn fetches_files(&self) -> bool {
        matches!(self, Self::Archive { .. } | Self::Git(_))
    }

    /// Returns the file that it downloads.
    pub(super) fn download(&self) -> Option<&Download> {
        match self {
            Self::Wheel(download) | Self::Deb(download) | Self::Archive { download, .. } => Some(download),
            _ => None,
        }
    }
}

/// Whether a file is part of the dynamic linker's configuration.
pub(super) fn configures_linker(file: &ImagePath) -> bool {
    file.as_str() == "/etc/ld.so.conf" || file.as_str().starts_with("/etc/ld.so.conf.d")
}

/// A file to download.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Download {
    pub(super) url: Url,
    pub(super) sha256: Option<Sha256>,
    /// Its path in the stage that downloads it.
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
    /// Creates an archive and sets the path of its key. Keys that the build downloads are converted to
    /// binary; others keep their format, which apt derives from the extension.
    pub(super) fn new(
        file: AptSourceFile,
        key: Option<ArchiveKey>,
        fingerprint: Option<Fingerprint>,
    ) -> Self {
        let end = key.as_ref().map(|key| match key {
            ArchiveKey::At(KeyLocation::Url(_)) => "gpg",
            // The extension matches the format, which was checked when the file was read.
            ArchiveKey::At(KeyLocation::File(file)) => match file.as_str().rsplit_once('.') {
                Some((_, "gpg")) => "gpg",
                _ => "asc",
            },
            ArchiveKey::Text(_) => "asc",
        });
        let to = end.map(|end| steps::path(&format!("/etc/apt/keyrings/{}.{end}", file.name)));
        let key_is_verified = key.is_some() && fingerprint.is_some();
        Self { file: AptSourceFile { key: to, key_is_verified, ..file }, key, fingerprint }
    }
}

/// The origin of an archive's signing key.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ArchiveKey {
    /// A file of the project, or a URL.
    At(KeyLocation),
    /// The text of a file of a package's folder.
    Text(String),
}
