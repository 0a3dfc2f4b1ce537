//! Steps of `build` and `install`.

use serde::{Deserialize, Serialize};

use crate::source::{Span, Spanned};
use crate::value::{EnvName, Fingerprint, KeyLocation, Name, PackedText};

use super::{Guard, Template};

/// One step and when it is done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Step {
    /// When (nested `when`s are joined).
    pub guard: Guard,
    pub kind: StepKind,
    pub span: Span,
}

/// What a step does. Every text is a template; it is parsed into its value type once it is expanded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub enum StepKind {
    /// `apt "a" "b"`: system packages.
    Apt(Vec<Template>),
    /// `apt-source "NAME" { uri; suite; component; arch; key … fingerprint=… }`.
    AptSource {
        /// Names the files under `/etc/apt`.
        name: Spanned<Name>,
        uri: Template,
        suites: Vec<Template>,
        components: Vec<Template>,
        /// The key: a file of the folder, or an https URL.
        key: Spanned<KeyLocation>,
        fingerprint: Spanned<Fingerprint>,
        /// Patterns of packages that come from it.
        offers: Vec<PackedText>,
    },
    /// `pip "SPEC" … [index="…"] [deps=#false]`: in the main environment, held to the resolver's choices. From another
    /// index only the named ones come, their dependencies from the default one.
    Pip {
        /// PEP 508 requirements.
        specs: Vec<Template>,
        /// The name of an `index` of the catalogue, or a URL.
        index: Option<Template>,
        /// Whether dependencies are installed too.
        deps: bool,
    },
    /// `wheel "URL" sha256="…" name="…"`.
    Wheel {
        url: Template,
        sha256: Option<Template>,
        /// Its file's name, which pip reads: that of the URL where it is absent.
        name: Option<Template>,
    },
    /// `wheel-build "/src/x" { env … }`: a wheel from a source tree (or a PEP 508 requirement), installed from there.
    WheelBuild {
        /// The tree or the requirement.
        from: Template,
        env: Vec<(Spanned<EnvName>, Template)>,
    },
    /// `deb "URL" sha256="…"`.
    Deb {
        url: Template,
        sha256: Option<Template>,
    },
    /// `archive "URL" sha256="…" to="/opt/x" strip=1`.
    Archive {
        url: Template,
        sha256: Option<Template>,
        /// The folder that it is unpacked into.
        to: Template,
        /// Leading path parts dropped.
        strip: u32,
    },
    /// `git "URL" tag="v1" commit="…" to="/src/x" [submodules=#true]`.
    Git {
        url: Template,
        /// For readers; the commit decides.
        tag: Option<Template>,
        /// The commit; absent compiles with a warning (grade D).
        commit: Option<Template>,
        to: Template,
        /// Whether submodules come along.
        submodules: bool,
    },
    /// `cmake "/src/x" generator="Ninja" { define "K" "V" }`: configured, built with all jobs, installed below the prefix
    /// (`/usr/local` when absent).
    Cmake {
        source: Template,
        generator: Option<Template>,
        prefix: Option<Template>,
        /// `-DK=V`.
        defines: Vec<CmakeDefine>,
    },
    /// `make "/src/x" "install" …`: arguments after the folder.
    Make {
        directory: Template,
        arguments: Vec<Template>,
    },
    /// `ninja "/src/x" "install" …`.
    Ninja {
        directory: Template,
        arguments: Vec<Template>,
    },
    /// `colcon "/ws" …`: arguments of `colcon build`.
    Colcon {
        workspace: Template,
        arguments: Vec<Template>,
    },
    /// `run "…"`: a shell script, with `set -eo pipefail`. Values reach it by `env` (`env { X "{{ version }}" }`), so that
    /// none is ever pasted into shell.
    Run {
        script: Template,
        env: Vec<(Spanned<EnvName>, Template)>,
    },
    /// `script "FILE"`: the same, from a file of the folder.
    Script {
        file: Spanned<PackedText>,
        /// Its text, read when the definition was.
        text: PackedText,
        env: Vec<(Spanned<EnvName>, Template)>,
    },
    /// `copy "FILE" to="…" [mode="0755"]`: a file of the folder, carried in the Dockerfile itself.
    Copy {
        file: Spanned<PackedText>,
        /// Its text, read when the definition was.
        text: PackedText,
        to: Template,
        /// Octal.
        mode: Option<Template>,
    },
    /// `symlink "/opt/x/bin/x" at="/usr/local/bin/x"`.
    Symlink {
        target: Template,
        at: Template,
    },
    Ldconfig,
    /// `mkdir "/x" [mode="0755"]`.
    Mkdir {
        path: Template,
        /// Octal.
        mode: Option<Template>,
    },
    /// `dockerfile "FILE"`: instructions as they are, without a `FROM`.
    Dockerfile {
        file: Spanned<PackedText>,
        text: PackedText,
    },
    /// `env { K "V" }` inside `build`: for the rest of the build stage.
    Env(Vec<(Spanned<EnvName>, Template)>),
    /// `export "/usr/local"`, `export "/build/x" to="/opt/x"`: what leaves the build stage.
    Export {
        /// A path of the build stage.
        path: Template,
        /// Where it lies in the image that ships; the same when absent.
        to: Option<Template>,
    },
}

impl StepKind {
    /// Whether a step of a build runs programs that can use what the package requires, rather than only putting files in
    /// place.
    pub fn runs_programs(&self) -> bool {
        !matches!(
            self,
            Self::Apt(_)
                | Self::AptSource { .. }
                | Self::Archive { .. }
                | Self::Git { .. }
                | Self::Copy { .. }
                | Self::Symlink { .. }
                | Self::Mkdir { .. }
                | Self::Env(_)
                | Self::Export { .. }
        )
    }
}

/// `define "KEY" "VALUE" [when-option="KEY"]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct CmakeDefine {
    pub key: Spanned<PackedText>,
    pub value: Template,
    /// Only where this option is neither `none`, `off` nor `no`.
    pub when_option: Option<Spanned<Name>>,
}
