//! `RUN` instructions: their mounts and the commands in them.

use crate::value::{
    AptPackage, Commit, EnvName, FileMode, Fingerprint, GitRef, Id, ImagePath, Name, ProjectPath, Url,
    UserName,
};

use super::{FileText, StageName};

/// A `RUN` instruction.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Run {
    /// Its mounts, sorted and without duplicates.
    pub mounts: Vec<Mount>,
    /// Whether it runs without network access.
    pub offline: bool,
    /// Whether it may build in parallel, with as many jobs as `MAX_JOBS` and the builder's cores allow.
    pub jobs: bool,
    /// Variables that are exported before the script, for this step only.
    pub env: Vec<(EnvName, String)>,
    /// Its commands, in order.
    pub script: Vec<Script>,
}

impl Run {
    /// Whether it builds something in parallel.
    pub fn uses_jobs(&self) -> bool {
        let own = |script: &Script| matches!(script, Script::Cmake(_) | Script::Tool { .. });
        self.jobs && (self.script.iter().any(own) || self.has_other_builds())
    }

    /// Removes the access to the network if no command can use it.
    pub(super) fn isolate(&mut self) {
        if !self.script.is_empty() && self.script.iter().all(Script::is_local) {
            self.offline = true;
            self.mounts.retain(|mount| *mount != Mount::Net);
        }
    }

    /// Whether commands that jcc does not generate may build something.
    pub fn has_other_builds(&self) -> bool {
        self.script.iter().any(|script| match script {
            Script::WheelBuild { .. } => true,
            Script::Shell(text) | Script::File(ScriptFile { text, .. }) => may_build(text),
            _ => false,
        })
    }
}

/// Programs that change files and cannot access the network.
const LOCAL: [&str; 27] = [
    "[", "[[", "cat", "cd", "chmod", "chown", "cp", "cut", "echo", "false", "grep", "install", "ldconfig",
    "ln", "ls", "mkdir", "mv", "printf", "rm", "rmdir", "sed", "set", "sort", "strip", "tar", "touch",
    "true",
];

/// Whether a shell text certainly runs only programs of [`LOCAL`]. Text in quotes may look like another
/// program; the answer is no then.
fn is_local_shell(text: &str) -> bool {
    let commands = text.split(['\n', ';', '&', '|', '(', ')', '`']);
    let mut programs = commands.filter_map(|command| command.split_whitespace().next()).peekable();
    programs.peek().is_some() && programs.all(|program| LOCAL.contains(&program))
}

impl Script {
    /// Whether the command certainly does not access the network.
    fn is_local(&self) -> bool {
        match self {
            Self::Unpack { .. }
            | Self::Libraries { .. }
            | Self::Key(_)
            | Self::Symlink { .. }
            | Self::Ldconfig
            | Self::Mkdir { .. }
            | Self::ListBefore { .. }
            | Self::Collect { .. }
            | Self::User(_)
            | Self::MountPoint { .. }
            | Self::LinkerFile(_)
            | Self::Drift { .. }
            | Self::Layers(_)
            | Self::Checks => true,
            Self::Shell(text) | Self::File(ScriptFile { text, .. }) => is_local_shell(text),
            Self::Apt(_)
            | Self::Pip(_)
            | Self::Venv { .. }
            | Self::Git(_)
            | Self::Deb { .. }
            | Self::Cmake(_)
            | Self::Tool { .. }
            | Self::WheelBuild { .. }
            | Self::Python(_)
            | Self::Snapshot { .. } => false,
        }
    }
}

/// Whether a shell text may build something. Paths among the arguments, such as `/opt/vtk/lib/cmake`, are
/// ignored.
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

/// A mount of a `RUN`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mount {
    /// The configuration, caches and build secrets of apt.
    Apt,
    /// The cache of pip or uv, and the build secrets for them.
    Pip,
    /// The build secrets for other programs: a CA bundle, credentials.
    Net,
    /// The constraints file of this stage.
    Constraints(StageName),
    /// A closure file, by name.
    Locked(String),
    /// A file of the build context.
    Bind { source: ProjectPath, target: ImagePath },
    /// A folder of another stage.
    Stage { stage: StageName, source: ImagePath, target: ImagePath },
}

/// A command of a `RUN`.
#[derive(Debug, Clone, PartialEq)]
pub enum Script {
    Apt(AptCall),
    Pip(PipCall),
    /// Creates a virtual environment.
    Venv {
        python: String,
        path: ImagePath,
        /// Whether it sees the system's modules.
        system_site_packages: bool,
        /// The requirement of uv, if it installs instead of pip.
        uv: Option<String>,
    },
    /// Clones a repository.
    Git(Git),
    /// Unpacks a downloaded archive.
    Unpack {
        archive: ImagePath,
        to: ImagePath,
        /// The number of leading path components to remove.
        strip: u32,
    },
    /// Installs downloaded Debian packages.
    Deb {
        files: Vec<ImagePath>,
    },
    /// Configures, builds and installs a `CMake` project.
    Cmake(Cmake),
    /// Runs `make`, `ninja` or `colcon build` in a folder.
    Tool {
        tool: Tool,
        directory: ImagePath,
        arguments: Vec<String>,
    },
    /// Builds a wheel from a source tree or a requirement.
    WheelBuild {
        /// The environment whose pip builds it.
        venv: ImagePath,
        /// The source tree or the requirement.
        from: String,
        to: ImagePath,
        /// Whether the build uses the environment's packages, rather than an isolated environment.
        shared: bool,
        /// The requirements of build tools, for builds without isolation.
        tools: Vec<String>,
    },
    /// A shell text of a definition or the manifest.
    Shell(String),
    /// A shell script of a definition.
    File(ScriptFile),
    Python(String),
    /// Checks that shared libraries can be loaded.
    Libraries {
        /// The names of libraries that the loader must find.
        names: Vec<String>,
        /// Python modules and paths whose shared objects must find all libraries.
        of: Vec<String>,
        /// Patterns of libraries that may be missing.
        absent: Vec<String>,
    },
    /// Verifies the fingerprint of a key, and converts the key to binary.
    Key(KeyFetch),
    Symlink {
        target: String,
        at: ImagePath,
    },
    /// Switches the distribution's archives to a snapshot.
    Snapshot {
        /// Pairs of an address in the source lists and its replacement, without schemes.
        replace: Vec<(String, String)>,
    },
    Ldconfig,
    Mkdir {
        path: ImagePath,
        /// Octal.
        mode: Option<FileMode>,
    },
    /// Lists the files of folders before a build, for `Collect`.
    ListBefore {
        folders: Vec<ImagePath>,
    },
    /// Copies the files that a build added to these folders to `/export`.
    Collect {
        folders: Vec<ImagePath>,
    },
    User(UserAccount),
    /// Creates the mount point of a volume if the image does not have it.
    MountPoint {
        path: ImagePath,
        owner: FolderOwner,
    },
    /// Writes a configuration file of the dynamic linker.
    LinkerFile(FileText),
    /// Checks that the resolved versions are still installed.
    Drift {
        venv: ImagePath,
    },
    /// Moves packages out of the environment, each with its dependencies, to `/layers`.
    Layers(Vec<WheelLayer>),
    /// Runs the checks of the image: [`Plan::checks`](super::Plan::checks).
    Checks,
}

/// A package whose Python distributions have a separate layer in the image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WheelLayer {
    pub package: Name,
    /// The names of the distributions: `torch`.
    pub dists: Vec<String>,
}

/// A shell script of a definition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ScriptFile {
    pub package: Name,
    /// `build.sh`.
    pub name: String,
    pub text: String,
}

/// A build tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    Make,
    Ninja,
    /// `colcon build`.
    Colcon,
}

/// A call of `apt-get install`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AptCall {
    pub packages: Vec<AptPackage>,
    pub recommends: bool,
    /// Whether `${EXTRA_APT_PACKAGES}` is installed too.
    pub extra_arg: bool,
}

/// A repository to clone.
#[derive(Debug, Clone, PartialEq)]
pub struct Git {
    pub url: Url,
    /// The tag. If there is a commit too, the tag is informational.
    pub tag: Option<GitRef>,
    pub commit: Option<Commit>,
    pub to: ImagePath,
    pub submodules: bool,
}

impl Git {
    /// Returns the branch or tag; `HEAD` if it names none.
    pub fn reference(&self) -> String {
        self.tag.as_ref().map_or_else(|| "HEAD".to_owned(), ToString::to_string)
    }
}

/// A `CMake` build.
#[derive(Debug, Clone, PartialEq)]
pub struct Cmake {
    pub source: ImagePath,
    pub build: ImagePath,
    pub generator: Option<String>,
    pub prefix: ImagePath,
    /// The `-DNAME=VALUE` options, in order.
    pub defines: Vec<(String, String)>,
}

/// A signing key to verify.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyFetch {
    pub name: Name,
    /// The path of the downloaded key in the stage.
    pub file: ImagePath,
    /// The fingerprint that it must have. Without one, the key is only converted.
    pub fingerprint: Option<Fingerprint>,
}

/// A call of pip or uv.
#[derive(Debug, Clone, PartialEq)]
pub struct PipCall {
    pub venv: ImagePath,
    pub what: Vec<PipSource>,
    /// The index that is used instead of the default one.
    pub index: Option<PipIndex>,
    pub extra_indexes: Vec<Url>,
    pub no_deps: bool,
    pub uv: bool,
    /// Whether it uses the constraints of its stage, if there are any.
    pub constrained: bool,
}

/// An index of Python packages. Its name allows the build to use a cache instead.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PipIndex {
    /// `pytorch-cu128`.
    pub name: String,
    pub url: Url,
}

impl PipIndex {
    /// Returns an index of the catalogue. The last segment of the URL is added to the name, because an index
    /// can have a folder per CUDA version, each of which is an index.
    pub fn named(name: &str, url: Url) -> Self {
        let last = url.file_name().filter(|last| *last != name);
        let name = last.map_or_else(|| plain(name), |last| format!("{}-{}", plain(name), plain(last)));
        Self { name, url }
    }

    /// Returns an index that is named after its address, so that names are unique in a cache that several
    /// projects share.
    pub fn of(url: Url) -> Self {
        Self { name: plain(url.address().trim_end_matches('/')), url }
    }
}

/// Replaces characters that need quotes in any output.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect()
}

/// The settings that all pip steps share.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PipTools {
    /// The index that is used instead of `PyPI`.
    pub default_index: Option<PipIndex>,
    /// All other indexes that steps use.
    pub indexes: Vec<PipIndex>,
    /// Whether a cache on the build host is used if one is running.
    pub cache: bool,
}

/// What a pip call installs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum PipSource {
    /// A PEP 508 requirement.
    Spec(String),
    /// A mounted requirements file.
    Requirements(ImagePath),
    File(ImagePath),
    /// All wheels of a mounted folder.
    Wheels(ImagePath),
    /// A closure file with hashes, by name.
    Locked(String),
    /// A closure file with Git repositories at commits, by name.
    Repositories(String),
}

/// The owner of a folder. User and group are names or numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderOwner {
    pub user: String,
    /// The group; `None` for the primary group of the user.
    pub group: Option<String>,
}

/// The user account of the image.
#[derive(Debug, Clone, PartialEq)]
pub struct UserAccount {
    pub name: UserName,
    pub uid: Id,
    pub gid: Id,
    /// Supplementary groups. Those that the image lacks are created.
    pub groups: Vec<UserName>,
    /// The folder of the application, which the user owns.
    pub workdir: Option<ImagePath>,
    /// Mount points of volumes, which are created for the user if the image lacks them.
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
    fn texts_that_certainly_fetch_nothing_are_recognised() {
        for text in
            ["rm -f /etc/x", "mkdir -p /a && printf '%s' x > /a/b\nldconfig", "tar -xf /a.tar; ln -s a b"]
        {
            assert!(is_local_shell(text), "{text}");
        }
        for text in ["curl x", "rm a && curl x", "echo $(curl x)", "bash /x.sh", "", "X=1 rm a", "tar x | sh"]
        {
            assert!(!is_local_shell(text), "{text}");
        }
    }

    #[test]
    fn names_of_indexes_are_unique_and_need_no_quotes() {
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
