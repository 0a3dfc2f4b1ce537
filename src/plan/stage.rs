//! Stages of a Dockerfile and their instructions. A renderer formats them, and quotes every value for its
//! position.

use std::collections::BTreeMap;
use std::fmt;

use crate::manifest::{Grade, HealthCheck};
use crate::source::Span;
use crate::value::{
    AptArch, AptComponent, AptSuite, EnvName, FileMode, Id, ImagePath, ImageRef, Name, Port, ProjectPath,
    Sha256, Url,
};

use super::Run;

/// The name of a stage: `base`, `build-vtk`, `python`, `final`, `test`, `dev`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StageName(String);

impl StageName {
    /// Returns a name that does not depend on a package: `base`, `final`.
    pub fn fixed(name: &'static str) -> Self {
        Self(name.to_owned())
    }

    /// Returns the name of a package's stage: `build-vtk`. Builders accept letters, digits, `-`, `_` and `.`.
    pub fn of(kind: &'static str, owner: &Name) -> Self {
        Self(format!("{kind}-{owner}"))
    }

    /// Returns the package that the stage prepares files for; `None` if the stage is in the image or prepares files
    /// for several.
    pub fn package(&self) -> Option<&str> {
        let (kind, owner) = self.0.split_once('-')?;
        ["build", "fetch", "files", "clone"].contains(&kind).then_some(owner)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A stage of the Dockerfile.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    pub name: StageName,
    pub from: From,
    /// The comment above it.
    pub why: Why,
    /// Blocks that change rarely come first, for the build cache.
    pub blocks: Vec<Block>,
}

/// What a stage starts from.
#[derive(Debug, Clone, PartialEq)]
pub enum From {
    Image(ImageRef),
    Stage(StageName),
    Scratch,
}

/// The comment above a stage or a block.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Why {
    /// The subject: `torchvision 0.21.0`.
    pub what: String,
    /// The reasons: `required by pytorch`, `project.kdl: packages vtk`.
    pub reasons: Vec<String>,
    /// The first place in the manifest that caused it.
    pub place: Option<Span>,
    /// The packages that need it, each with its reasons.
    pub list: Vec<(String, Vec<String>)>,
}

impl Why {
    /// Creates a comment without reasons.
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), ..Self::default() }
    }

    /// Returns a copy with another subject.
    #[must_use]
    pub fn what(&self, what: impl Into<String>) -> Self {
        Self { what: what.into(), ..self.clone() }
    }
}

/// Instructions under one comment.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    pub why: Why,
    pub instructions: Vec<Instruction>,
}

/// An instruction of the Dockerfile as data. Rendering adds only syntax.
#[derive(Debug, Clone, PartialEq)]
pub enum Instruction {
    /// `ARG NAME=default`.
    Arg {
        name: EnvName,
        default: Option<String>,
    },
    /// `ENV`, with one line per variable.
    Env(Vec<(EnvName, String)>),
    /// `ENV` that prepends folders to a path variable.
    PrependPath {
        /// `PATH`, `LD_LIBRARY_PATH`.
        variable: EnvName,
        paths: Vec<ImagePath>,
        /// Whether the variable is already defined. Otherwise it is set to the folders.
        inherits: bool,
    },
    Run(Run),
    /// `COPY <<EOF`: a file whose text is in the Dockerfile.
    CopyText(FileText),
    /// `/etc/apt/sources.list.d/NAME.sources`.
    AptSource(AptSourceFile),
    /// `COPY SRC DST` from the build context.
    Copy {
        from: ProjectPath,
        to: ImagePath,
        /// Whether `to` names a folder to copy into.
        into: bool,
        chmod: Option<FileMode>,
        /// The numeric user and group of the files.
        chown: Option<(Id, Id)>,
    },
    /// `COPY --link --from=STAGE`.
    CopyFrom(CopyFrom),
    /// `ADD` of one file, with `--checksum` if it is known.
    Fetch(Fetch),
    Workdir(ImagePath),
    /// `USER`, numeric.
    User(Id, Id),
    Expose(Vec<Port>),
    /// `VOLUME` in JSON form.
    Volume(Vec<ImagePath>),
    Label(BTreeMap<String, String>),
    /// `HEALTHCHECK`.
    HealthCheck(HealthCheck),
    /// `ENTRYPOINT` in exec form.
    Entrypoint(Vec<String>),
    /// `CMD` in exec form.
    Cmd(Vec<String>),
    /// The text of a definition's `dockerfile` step.
    Verbatim(String),
}

/// `/etc/apt/sources.list.d/NAME.sources`.
#[derive(Debug, Clone, PartialEq)]
pub struct AptSourceFile {
    pub name: Name,
    pub uri: Url,
    pub suites: Vec<AptSuite>,
    pub components: Vec<AptComponent>,
    /// The architectures; empty for those that apt is configured for.
    pub arch: Vec<AptArch>,
    /// The path of its key. An archive without one is marked as trusted, as the manifest requests.
    pub key: Option<ImagePath>,
    /// Whether the key is checked against a fingerprint.
    pub key_is_verified: bool,
}

/// A copy from another stage.
#[derive(Debug, Clone, PartialEq)]
pub struct CopyFrom {
    pub stage: StageName,
    pub from: ImagePath,
    pub to: ImagePath,
    /// Whether its layer is independent of earlier ones. Missing folders above the files are then new ones.
    pub link: bool,
    pub chmod: Option<FileMode>,
    /// The numeric user and group of the files.
    pub chown: Option<(Id, Id)>,
}

impl CopyFrom {
    /// Creates a copy whose layer is independent of earlier ones.
    pub fn linked(stage: StageName, from: ImagePath, to: ImagePath) -> Self {
        Self { stage, from, to, link: true, chmod: None, chown: None }
    }
}

/// A file that `ADD` downloads.
#[derive(Debug, Clone, PartialEq)]
pub struct Fetch {
    pub url: Url,
    pub sha256: Option<Sha256>,
    pub to: ImagePath,
    pub grade: Grade,
}

/// A file of a definition or of jcc. Its text is in the Dockerfile, or in a separate file if it is long.
#[derive(Debug, Clone, PartialEq)]
pub struct FileText {
    pub to: ImagePath,
    pub mode: FileMode,
    pub text: String,
    /// The definition and file that it comes from: `ros/colcon`.
    pub from: Option<String>,
}

impl FileText {
    /// Returns `from` if the text is too long for the Dockerfile.
    pub fn long(&self) -> Option<&str> {
        const SHORT: usize = 3;
        self.from.as_deref().filter(|_| self.text.lines().count() > SHORT)
    }
}
