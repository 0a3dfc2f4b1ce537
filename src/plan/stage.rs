//! Stages of a Dockerfile and their instructions. A renderer turns each into text, quoting every value for where it
//! stands.

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
    /// One of the plan's own: `base`, `final`.
    pub fn fixed(name: &'static str) -> Self {
        Self(name.to_owned())
    }

    /// `build-vtk`: what it is for and whose it is. Builders take letters, digits, `-`, `_` and `.`.
    pub fn of(kind: &'static str, owner: &Name) -> Self {
        Self(format!("{kind}-{owner}"))
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

/// One stage of the Dockerfile: base, reason and blocks of instructions.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    pub name: StageName,
    pub from: From,
    /// What it is, and who asked for it.
    pub why: Why,
    /// Its blocks, in order: what changes least first.
    pub blocks: Vec<Block>,
}

/// The image or the earlier stage that a stage starts from.
#[derive(Debug, Clone, PartialEq)]
pub enum From {
    Image(ImageRef),
    Stage(StageName),
    Scratch,
}

/// The comment over a stage or a block.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Why {
    /// What it is: `torchvision 0.21.0`.
    pub what: String,
    /// Who asked: `required by pytorch`, `project.kdl: packages vtk`.
    pub reasons: Vec<String>,
    /// The first place that caused it, for who asks what a hunk comes from.
    pub place: Option<Span>,
    /// What it serves, each with who asked.
    pub list: Vec<(String, Vec<String>)>,
}

impl Why {
    /// What it is, for no one's sake in particular.
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), ..Self::default() }
    }

    /// Another word for what it is, the same reasons.
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

/// One instruction of the Dockerfile, typed; rendering adds only syntax.
#[derive(Debug, Clone, PartialEq)]
pub enum Instruction {
    /// `ARG NAME=default`.
    Arg {
        name: EnvName,
        default: Option<String>,
    },
    /// `ENV`, one line a variable.
    Env(Vec<(EnvName, String)>),
    /// Puts folders before a path variable that is known to be defined (or sets it where it is not).
    PrependPath {
        /// `PATH`, `LD_LIBRARY_PATH`.
        variable: EnvName,
        paths: Vec<ImagePath>,
        /// Whether it is defined already.
        inherits: bool,
    },
    Run(Run),
    /// `COPY <<EOF`: a file whose text stands in the Dockerfile.
    CopyText(FileText),
    /// `/etc/apt/sources.list.d/NAME.sources`.
    AptSource(AptSourceFile),
    /// `COPY SRC DST` from the build context.
    Copy {
        from: ProjectPath,
        to: ImagePath,
        /// Whether `to` names a folder to copy into.
        into: bool,
        /// Octal.
        chmod: Option<FileMode>,
        /// Owner, numeric.
        chown: Option<(Id, Id)>,
    },
    /// `COPY --link --from=STAGE`.
    CopyFrom(CopyFrom),
    /// `ADD --checksum` of one file.
    Fetch(Fetch),
    Workdir(ImagePath),
    /// `USER`, numeric.
    User(Id, Id),
    Expose(Vec<Port>),
    /// `VOLUME`, exec form.
    Volume(Vec<ImagePath>),
    Label(BTreeMap<String, String>),
    /// `HEALTHCHECK`.
    HealthCheck(HealthCheck),
    /// `ENTRYPOINT`, exec form.
    Entrypoint(Vec<String>),
    /// `CMD`, exec form.
    Cmd(Vec<String>),
    /// Instructions of a definition's `dockerfile` step, as they are.
    Verbatim(String),
}

/// `/etc/apt/sources.list.d/NAME.sources`.
#[derive(Debug, Clone, PartialEq)]
pub struct AptSourceFile {
    pub name: Name,
    pub uri: Url,
    pub suites: Vec<AptSuite>,
    pub components: Vec<AptComponent>,
    /// Architectures; those that apt has where it is empty.
    pub arch: Vec<AptArch>,
    /// Where its key is; without one it is trusted, which the manifest asks for.
    pub key: Option<ImagePath>,
    /// Whether a fingerprint holds the key.
    pub held: bool,
}

/// What leaves another stage.
#[derive(Debug, Clone, PartialEq)]
pub struct CopyFrom {
    pub stage: StageName,
    pub from: ImagePath,
    pub to: ImagePath,
}

/// One file fetched by `ADD`.
#[derive(Debug, Clone, PartialEq)]
pub struct Fetch {
    pub url: Url,
    pub sha256: Option<Sha256>,
    pub to: ImagePath,
    pub grade: Grade,
}

/// A file of a definition or of jcc: its text stands in the Dockerfile, or beside it where it is long.
#[derive(Debug, Clone, PartialEq)]
pub struct FileText {
    pub to: ImagePath,
    /// Octal.
    pub mode: FileMode,
    pub text: String,
    /// The definition's file that it is: `ros/colcon`.
    pub from: Option<String>,
}

impl FileText {
    /// The definition's file, where it is too long to stand in the Dockerfile.
    pub fn long(&self) -> Option<&str> {
        const SHORT: usize = 3;
        self.from.as_deref().filter(|_| self.text.lines().count() > SHORT)
    }
}
