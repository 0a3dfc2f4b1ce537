//! Stages and steps of a Dockerfile. A renderer turns each into text, quoting every value for where it stands.

use std::collections::BTreeMap;

use crate::manifest::{Grade, HealthCheck};
use crate::source::Span;
use crate::value::{AptPackage, Commit, EnvName, FileMode, Fingerprint, Id, ImagePath, ImageRef, Name, Port,
    ProjectPath, Sha256, Url, UserName};

/// The name of a stage: `base`, `build-vtk`, `python`, `final`, `test`, `dev`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StageName(pub String);

/// One stage.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// Its name.
    pub name: StageName,
    /// What it starts from.
    pub from: From,
    /// What it is, and who asked for it.
    pub why: Why,
    /// Its blocks, in order: what changes least first.
    pub blocks: Vec<Block>,
}

/// What a stage starts from.
#[derive(Debug, Clone, PartialEq)]
pub enum From {
    /// An image.
    Image(ImageRef),
    /// An earlier stage.
    Stage(StageName),
    /// Nothing.
    Scratch,
}

/// The comment over a stage or a block.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Why {
    /// What it is: `torchvision 0.21.0`.
    pub what: String,
    /// Who asked: `required by pytorch 2.6.0`, and the place in the manifest.
    pub because: Vec<String>,
    /// The first place in a user's file that caused it.
    pub place: Option<Span>,
    /// Further lines: what must be known (a lint exception's reason, an unpinned fetch).
    pub notes: Vec<String>,
}

/// Instructions under one comment.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// Why it is there.
    pub why: Why,
    /// What it does.
    pub instructions: Vec<Instruction>,
}

/// One instruction.
#[derive(Debug, Clone, PartialEq)]
pub enum Instruction {
    /// `SHELL`: bash with `-euo pipefail`.
    Shell,
    /// `ARG NAME=default`.
    Arg {
        /// The name.
        name: EnvName,
        /// Its default.
        default: Option<String>,
    },
    /// `ENV`, one line a variable.
    Env(Vec<(EnvName, String)>),
    /// Puts folders before a path variable that the base is known to define (or sets it where it is not).
    PrependPath {
        /// `PATH`, `LD_LIBRARY_PATH`.
        variable: EnvName,
        /// In order.
        paths: Vec<ImagePath>,
        /// Whether it is defined already.
        inherits: bool,
    },
    /// `RUN`.
    Run(Run),
    /// `COPY <<EOF`: files whose text stands in the Dockerfile.
    CopyText(FileText),
    /// `COPY SRC DST` from the build context.
    Copy {
        /// In the project.
        from: ProjectPath,
        /// In the image.
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
    /// `WORKDIR`.
    Workdir(ImagePath),
    /// `USER`, numeric.
    User(Id, Id),
    /// `EXPOSE`.
    Expose(Vec<Port>),
    /// `VOLUME`, exec form.
    Volume(Vec<ImagePath>),
    /// `LABEL`.
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

/// A `RUN` and what is mounted into it.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// What is mounted.
    pub mounts: Vec<Mount>,
    /// No network: what it needs was fetched before.
    pub offline: bool,
    /// What it does, in order.
    pub script: Vec<Script>,
    /// Variables of this step alone, exported before the script.
    pub env: Vec<(EnvName, String)>,
}

/// Something that is there while a step runs, and not afterwards.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mount {
    /// The caches of apt and what it may be told in secret, the proxy detector.
    Apt,
    /// The cache of pip (or uv), its secret configuration, the index detector.
    Pip,
    /// The constraints file.
    Constraints,
    /// The company's CA bundle, where given.
    CaBundle,
    /// The compiler cache.
    Ccache,
    /// A file of the build context.
    Bind {
        /// In the project.
        source: ProjectPath,
        /// Where it is seen.
        target: ImagePath,
    },
    /// A folder of another stage.
    Stage {
        /// The stage.
        stage: StageName,
        /// What of it.
        source: ImagePath,
        /// Where it is seen.
        target: ImagePath,
    },
}

/// One thing that a `RUN` does.
#[derive(Debug, Clone, PartialEq)]
pub enum Script {
    /// One apt transaction.
    Apt(Apt),
    /// One pip (or uv) call.
    Pip(PipCall),
    /// A virtual environment made.
    Venv {
        /// Its folder.
        path: ImagePath,
        /// Whether it sees the system's modules.
        system_site_packages: bool,
    },
    /// A source tree at a commit.
    Git {
        /// Where it is.
        url: Url,
        /// For readers.
        tag: Option<String>,
        /// The commit.
        commit: Option<Commit>,
        /// Its folder.
        to: ImagePath,
        /// Submodules too.
        submodules: bool,
    },
    /// A file fetched before is unpacked.
    Unpack {
        /// The archive.
        archive: ImagePath,
        /// The folder.
        to: ImagePath,
        /// Leading path parts dropped.
        strip: u32,
    },
    /// A Debian package fetched before is installed.
    Deb {
        /// The file.
        file: ImagePath,
    },
    /// Configure, build with all jobs, install.
    Cmake {
        /// The source tree.
        source: ImagePath,
        /// The generator.
        generator: Option<String>,
        /// Where it is installed.
        prefix: ImagePath,
        /// `-DK=V`, in order.
        defines: Vec<(String, String)>,
    },
    /// `make`, `ninja` or `colcon build` in a folder.
    Tool {
        /// Which.
        tool: String,
        /// The folder.
        directory: ImagePath,
        /// Arguments.
        arguments: Vec<String>,
    },
    /// A wheel built from a tree or a requirement into `/wheels`.
    WheelBuild {
        /// The tree or the requirement.
        from: String,
    },
    /// Shell, as a definition or the manifest has it.
    Shell(String),
    /// A key's fingerprint compared and the key dearmoured.
    Key(KeyFetch),
    /// A link.
    Symlink {
        /// What it points to.
        target: String,
        /// The link.
        at: ImagePath,
    },
    /// `ldconfig`.
    Ldconfig,
    /// A folder.
    Mkdir {
        /// Its path.
        path: ImagePath,
        /// Octal.
        mode: Option<FileMode>,
    },
    /// The user and its groups.
    User(UserAccount),
    /// Installed versions compared with the resolved ones.
    Drift(Vec<Constraint>),
}

/// One apt transaction.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Apt {
    /// Sorted, each once.
    pub packages: Vec<AptPackage>,
    /// Recommended packages too.
    pub recommends: bool,
    /// `${EXTRA_APT_PACKAGES}` at the end.
    pub extra_arg: bool,
}

/// `/etc/apt/sources.list.d/NAME.sources` and its key.
#[derive(Debug, Clone, PartialEq)]
pub struct AptSourceFile {
    /// The name.
    pub name: Name,
    /// Where it is.
    pub uri: Url,
    /// Suites.
    pub suites: Vec<String>,
    /// Components.
    pub components: Vec<String>,
    /// Architectures.
    pub arch: Vec<String>,
    /// Whether a key is under `/etc/apt/keyrings/NAME.gpg`.
    pub signed: bool,
    /// Whether it is trusted without a key (told as a warning).
    pub trusted: bool,
}

/// A key and the fingerprint that it must have.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyFetch {
    /// The source's name.
    pub name: Name,
    /// Where the file lies in the stage.
    pub file: ImagePath,
    /// What it must be; absent: told as a warning, dearmoured only.
    pub fingerprint: Option<Fingerprint>,
}

/// One call of the installer.
#[derive(Debug, Clone, PartialEq)]
pub struct PipCall {
    /// The environment's folder.
    pub venv: ImagePath,
    /// What is installed.
    pub what: Vec<PipSource>,
    /// Instead of the default index.
    pub index: Option<Url>,
    /// Beside it.
    pub extra_indexes: Vec<Url>,
    /// Without dependencies.
    pub no_deps: bool,
    /// Whether uv does it.
    pub uv: bool,
}

/// Something that pip installs.
#[derive(Debug, Clone, PartialEq)]
pub enum PipSource {
    /// PEP 508.
    Spec(String),
    /// A requirements file, mounted there.
    Requirements(ImagePath),
    /// A wheel fetched before, or a folder of wheels mounted there.
    File(String),
}

/// `torch==2.6.0`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Constraint {
    /// The distribution.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// What leaves another stage.
#[derive(Debug, Clone, PartialEq)]
pub struct CopyFrom {
    /// The stage.
    pub stage: StageName,
    /// What of it.
    pub from: ImagePath,
    /// Where it goes.
    pub to: ImagePath,
}

/// What a build stage exports.
#[derive(Debug, Clone, PartialEq)]
pub struct Export {
    /// In the build stage.
    pub from: ImagePath,
    /// In the image.
    pub to: ImagePath,
}

/// One file fetched by `ADD`.
#[derive(Debug, Clone, PartialEq)]
pub struct Fetch {
    /// Where it is.
    pub url: Url,
    /// Its hash.
    pub sha256: Option<Sha256>,
    /// Where it goes.
    pub to: ImagePath,
    /// How well it is pinned.
    pub grade: Grade,
}

/// A file whose text stands in the Dockerfile.
#[derive(Debug, Clone, PartialEq)]
pub struct FileText {
    /// Where it goes.
    pub to: ImagePath,
    /// Octal.
    pub mode: FileMode,
    /// Its text.
    pub text: String,
}

/// A login.
#[derive(Debug, Clone, PartialEq)]
pub struct UserAccount {
    /// The name.
    pub name: UserName,
    /// Its id.
    pub uid: Id,
    /// Its group's id.
    pub gid: Id,
    /// Groups that it joins; made where the image lacks them.
    pub groups: Vec<UserName>,
}
