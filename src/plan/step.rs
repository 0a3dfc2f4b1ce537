//! What a `RUN` does, step by step.

use crate::value::{
    AptPackage, Commit, EnvName, FileMode, Fingerprint, GitRef, Id, ImagePath, Name, ProjectPath, Url,
    UserName,
};

use super::{FileText, StageName};

/// A `RUN` and what is mounted into it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Run {
    /// What is mounted, sorted, each once.
    pub mounts: Vec<Mount>,
    /// No network: what it needs was fetched before.
    pub offline: bool,
    /// Whether it builds, with as many jobs as `MAX_JOBS` and the builder's cores allow.
    pub jobs: bool,
    /// Variables of this step alone, exported before the script.
    pub env: Vec<(EnvName, String)>,
    /// What it does, in order.
    pub script: Vec<Script>,
}

impl Run {
    /// Whether it builds with as many jobs as there is room for.
    pub fn uses_jobs(&self) -> bool {
        let own = |script: &Script| matches!(script, Script::Cmake(_) | Script::Tool { .. });
        self.jobs && (self.script.iter().any(own) || self.has_other_builds())
    }

    /// Whether programs that jcc does not call itself may build.
    pub fn has_other_builds(&self) -> bool {
        self.script.iter().any(|script| match script {
            Script::WheelBuild { .. } => true,
            Script::Shell(text) | Script::File(ScriptFile { text, .. }) => may_build(text),
            _ => false,
        })
    }
}

/// Whether a command may build something; a path among its arguments, such as `/opt/vtk/lib/cmake`, is no program.
fn may_build(text: &str) -> bool {
    const WORDS: [&str; 5] = ["JOBS", "make", "ninja", "build", "nproc"];
    let commands = text.split(['\n', ';', '&', '|', '(', ')']);
    commands.map(str::split_whitespace).any(|words| {
        words.enumerate().any(|(at, word)| {
            let is_script = word.rsplit_once('.').is_some_and(|(_, end)| end == "sh");
            let is_data = at > 0 && word.starts_with('/') && !is_script;
            !is_data && WORDS.iter().any(|known| word.contains(known))
        })
    })
}

/// Something that is there while a step runs, and not afterwards.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mount {
    /// apt's configuration and caches, and the build secrets that it reads.
    Apt,
    /// The cache of pip (or uv), and the build secrets that it reads.
    Pip,
    /// The build secrets that other programs read: a CA bundle, logins.
    Net,
    /// The versions that installers are held to in this stage.
    Constraints(StageName),
    /// A file of the build context.
    Bind { source: ProjectPath, target: ImagePath },
    /// A folder of another stage.
    Stage { stage: StageName, source: ImagePath, target: ImagePath },
}

/// One thing that a `RUN` does.
#[derive(Debug, Clone, PartialEq)]
pub enum Script {
    Apt(AptCall),
    Pip(PipCall),
    /// A virtual environment made.
    Venv {
        python: String,
        path: ImagePath,
        /// Whether it sees the system's modules.
        system_site_packages: bool,
        /// What is put in to install by it instead of pip, as pip is asked for it.
        uv: Option<String>,
    },
    /// A source tree at a commit.
    Git(Git),
    /// A file fetched before is unpacked.
    Unpack {
        archive: ImagePath,
        to: ImagePath,
        /// Leading path parts dropped.
        strip: u32,
    },
    /// Debian packages fetched before are installed.
    Deb {
        files: Vec<ImagePath>,
    },
    /// Configure, build with all jobs, install.
    Cmake(Cmake),
    /// `make`, `ninja` or `colcon build` in a folder.
    Tool {
        tool: Tool,
        directory: ImagePath,
        arguments: Vec<String>,
    },
    /// A wheel built from a tree or a requirement into a folder.
    WheelBuild {
        /// The environment whose pip does it.
        venv: ImagePath,
        /// The tree or the requirement.
        from: String,
        to: ImagePath,
        /// Whether the build sees what is installed, rather than an isolated environment.
        shared: bool,
        /// What such a build needs beside it, as pip is asked for it.
        tools: Vec<String>,
    },
    /// Shell, as a definition or the manifest has it.
    Shell(String),
    /// A shell script of a definition.
    File(ScriptFile),
    Python(String),
    /// Shared libraries that must be there, and files whose libraries must be.
    Libraries {
        /// Names that the loader must find.
        names: Vec<String>,
        /// Python modules and paths whose shared objects are looked at.
        of: Vec<String>,
        /// Patterns of libraries that may be absent.
        absent: Vec<String>,
    },
    /// A key's fingerprint compared and the key dearmoured.
    Key(KeyFetch),
    Symlink {
        target: String,
        at: ImagePath,
    },
    /// The distribution's archives replaced by what they were on a day.
    Snapshot {
        /// What stands in the lists, and what instead; without a scheme.
        replace: Vec<(String, String)>,
    },
    Ldconfig,
    Mkdir {
        path: ImagePath,
        /// Octal.
        mode: Option<FileMode>,
    },
    /// What lies in a folder before a build, so that only what the build adds leaves it.
    ListBefore {
        folders: Vec<ImagePath>,
    },
    /// What a build added to these folders is put apart, below `/export`.
    Collect {
        folders: Vec<ImagePath>,
    },
    User(UserAccount),
    /// A folder that a volume lies over, where the image has none.
    MountPoint {
        path: ImagePath,
        owner: FolderOwner,
    },
    /// A file in which the linker reads where to look.
    LinkerFile(FileText),
    /// Installed versions compared with the resolved ones.
    Drift {
        venv: ImagePath,
    },
    /// Packages moved out of the environment, each with what it requires, below `/layers`.
    Layers(Vec<WheelLayer>),
    /// The checks of the image: [`Plan::checks`](super::Plan::checks).
    Checks,
}

/// Python packages that have a separate layer in the image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WheelLayer {
    pub package: Name,
    /// As pip knows them: `torch`.
    pub dists: Vec<String>,
}

/// A shell script of a definition, which steps mount.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ScriptFile {
    pub package: Name,
    /// `build.sh`.
    pub name: String,
    pub text: String,
}

/// A build tool with a folder and arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    Make,
    Ninja,
    /// `colcon build`.
    Colcon,
}

/// One `apt-get install` with everything that it installs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AptCall {
    pub packages: Vec<AptPackage>,
    pub recommends: bool,
    /// `${EXTRA_APT_PACKAGES}` at the end.
    pub extra_arg: bool,
}

/// A source tree at a commit.
#[derive(Debug, Clone, PartialEq)]
pub struct Git {
    pub url: Url,
    /// For readers, and what is fetched where there is no commit.
    pub tag: Option<GitRef>,
    pub commit: Option<Commit>,
    pub to: ImagePath,
    pub submodules: bool,
}

/// Configure, build with all jobs, install.
#[derive(Debug, Clone, PartialEq)]
pub struct Cmake {
    pub source: ImagePath,
    pub build: ImagePath,
    pub generator: Option<String>,
    pub prefix: ImagePath,
    /// `-DK=V`, in order.
    pub defines: Vec<(String, String)>,
}

/// A key and the fingerprint that it must have.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyFetch {
    pub name: Name,
    /// Where the file lies in the stage.
    pub file: ImagePath,
    /// What it must be; absent: reported as a warning, dearmoured only.
    pub fingerprint: Option<Fingerprint>,
}

/// One call of the installer.
#[derive(Debug, Clone, PartialEq)]
pub struct PipCall {
    pub venv: ImagePath,
    pub what: Vec<PipSource>,
    /// Instead of the default index.
    pub index: Option<PipIndex>,
    pub extra_indexes: Vec<Url>,
    pub no_deps: bool,
    pub uv: bool,
    /// Whether the constraints of its stage hold it, where there are any.
    pub constrained: bool,
}

/// An index of Python packages, known to the build under a name, so that a cache can stand in for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PipIndex {
    /// `pytorch-cu128`.
    pub name: String,
    pub url: Url,
}

impl PipIndex {
    /// An index of the catalogue. One index has one folder per CUDA version, each an index.
    pub fn named(name: &str, url: Url) -> Self {
        let last = url.file_name().filter(|last| *last != name);
        let name = last.map_or_else(|| plain(name), |last| format!("{}-{}", plain(name), plain(last)));
        Self { name, url }
    }

    /// An index without a name is named after its position: a cache may serve many projects.
    pub fn of(url: Url) -> Self {
        Self { name: plain(url.address().trim_end_matches('/')), url }
    }
}

/// A name that needs quotes nowhere.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect()
}

/// What all pip steps have in common.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PipTools {
    /// Instead of `PyPI`.
    pub default_index: Option<PipIndex>,
    /// Every other index that is used.
    pub indexes: Vec<PipIndex>,
    /// Whether a cache on the builder's machine is looked for.
    pub cache: bool,
}

/// Something that pip installs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum PipSource {
    /// PEP 508.
    Spec(String),
    /// A requirements file, mounted there.
    Requirements(ImagePath),
    File(ImagePath),
    /// Every wheel of a folder mounted there.
    Wheels(ImagePath),
}

/// The owner of a folder, each by name or number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderOwner {
    pub user: String,
    /// Absent: the user's own group.
    pub group: Option<String>,
}

/// The user that a container runs as: name, ids, groups and folders.
#[derive(Debug, Clone, PartialEq)]
pub struct UserAccount {
    pub name: UserName,
    pub uid: Id,
    pub gid: Id,
    /// Groups that it joins; made where the image lacks them.
    pub groups: Vec<UserName>,
    /// A folder that is theirs: where the application lives.
    pub workdir: Option<ImagePath>,
    /// Folders that volumes lie over: theirs, where the image has none.
    pub volumes: Vec<ImagePath>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Parse;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("it is a URL")
    }

    #[test]
    fn programs_that_may_build_are_recognised() {
        for text in
            ["make", "cd /src && cmake --build .", "bash /src/build.sh", "/src/build.sh all", "a -j$MAX_JOBS"]
        {
            assert!(may_build(text), "{text}");
        }
        for text in ["rm -rf /opt/vtk/lib/cmake", "cp -a /build/lib /opt/x", "ldconfig", ""] {
            assert!(!may_build(text), "{text}");
        }
    }

    #[test]
    fn an_index_bears_a_name_that_needs_no_quotes_and_is_its_own() {
        let named = |name, at| PipIndex::named(name, url(at)).name;
        assert_eq!(named("pytorch", "https://download.pytorch.org/whl/cu128"), "pytorch-cu128");
        assert_eq!(named("nvidia", "https://pypi.nvidia.com"), "nvidia");
        assert_eq!(named("a", "https://a.example.com/$(id)"), "a---id-");
        let of = |at| PipIndex::of(url(at)).name;
        assert_eq!(of("https://pypi.example.com/simple/"), "pypi.example.com-simple");
        assert_eq!(of("https://who:what@pypi.example.com:8443/a/simple"), "pypi.example.com-8443-a-simple");
        assert_ne!(of("https://a.example.com/simple"), of("https://b.example.com/simple"));
    }
}
