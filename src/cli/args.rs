//! The arguments of the command line, as clap parses them.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::edit::args as edit;
use super::lock::LockArgs;
use super::new;

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "jcc",
    version,
    about = "A compiler for containers: turns one manifest into a Dockerfile and a Compose file, for NVIDIA \
        Jetson and x86_64 CUDA machines",
    after_help = "Exit codes: 0 success, 1 errors in the input, 2 invalid command line, 3 files out of date, 4 I/O or \
        system error"
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
    #[command(flatten)]
    pub(super) common: Common,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub(super) struct Common {
    /// When to use colours in reports
    #[arg(long, global = true, value_enum, default_value_t = ColourChoice::Auto, value_name = "WHEN")]
    pub(super) color: ColourChoice,
    /// Show only errors
    #[arg(short, long, global = true)]
    pub(super) quiet: bool,
    /// Always show notes, even if a compile changes nothing
    #[arg(short, long, global = true)]
    pub(super) verbose: bool,
}

/// When reports are coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ColourChoice {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The format of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}

/// The format of diagnostics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ReportFormat {
    /// For people
    Text,
    /// One JSON object per line, on standard error
    Json,
    /// SARIF 2.1.0 on standard output, for code hosting platforms
    Sarif,
}

/// The format of a graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum GraphFormat {
    /// An indented tree
    Text,
    /// Graphviz
    Dot,
    /// Mermaid
    Mermaid,
}

/// The manifest, and optionally one of its targets.
#[derive(Debug, Clone, Args)]
pub(super) struct ManifestArgs {
    /// Manifest to use [default: `project.kdl` in this folder or the nearest parent folder]
    pub(super) file: Option<PathBuf>,
    /// Manifest to use, as an option
    #[arg(long = "file", short = 'f', value_name = "FILE", conflicts_with = "file")]
    pub(super) named: Option<PathBuf>,
    /// Use only this target
    #[arg(long, value_name = "NAME")]
    pub(super) target: Option<String>,
}

impl ManifestArgs {
    /// Returns the manifest, whether it was passed as an argument or as an option.
    pub(super) fn file(&self) -> Option<&std::path::Path> {
        self.file.as_deref().or(self.named.as_deref())
    }
}

/// The subcommands of `jcc`.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Generate the Dockerfile, the Compose file and the lock
    #[command(after_help = "Example: jcc compile project.kdl")]
    Compile {
        #[command(flatten)]
        input: ManifestArgs,
        /// Write to this folder instead of the manifest's
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        /// Print a file instead of writing: the Dockerfile, or the file with this path
        #[arg(long, value_name = "PATH", num_args = 0..=1, default_missing_value = "Dockerfile")]
        stdout: Option<String>,
        /// Only print what would change, and exit with 3 if a file is out of date
        #[arg(long)]
        check: bool,
        /// Fail if the lock would change, or if something is not locked that `jcc lock` can lock
        #[arg(long)]
        locked: bool,
        /// Overwrite files that were not written by jcc or were edited by hand
        #[arg(long)]
        force: bool,
        /// Treat warnings as errors
        #[arg(long)]
        deny_warnings: bool,
        /// Format of reports
        #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
        format: ReportFormat,
    },
    /// Compile in memory and compare the result with the files
    #[command(after_help = "Example: jcc check project.kdl")]
    Check {
        #[command(flatten)]
        input: ManifestArgs,
        /// Treat warnings as errors
        #[arg(long)]
        deny_warnings: bool,
        /// Format of reports
        #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
        format: ReportFormat,
    },
    /// Show the resolved versions and the reasons for them
    #[command(after_help = "Example: jcc resolve project.kdl --format json")]
    Resolve {
        #[command(flatten)]
        input: ManifestArgs,
        /// Output format
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Show every path from the manifest to a package, a system package or a stage
    #[command(after_help = "Example: jcc why cuda project.kdl")]
    Why {
        /// A package, a system package or a stage
        name: String,
        #[command(flatten)]
        input: ManifestArgs,
        /// Output format
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Show the graph of stages or packages
    #[command(after_help = "Example: jcc graph project.kdl --format mermaid")]
    Graph {
        #[command(flatten)]
        input: ManifestArgs,
        /// Show packages instead of stages
        #[arg(long)]
        packages: bool,
        /// Output format
        #[arg(long, value_enum, default_value_t = GraphFormat::Text)]
        format: GraphFormat,
    },
    /// Show what a change does to versions, the build, the image and the services
    #[command(after_help = "Example: jcc diff HEAD --format markdown")]
    Diff(super::diff::DiffArgs),
    /// List every fetch with its pin grade
    #[command(after_help = "Example: jcc audit project.kdl")]
    Audit {
        #[command(flatten)]
        input: ManifestArgs,
        /// Output format
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Print the bill of materials of the image
    #[command(after_help = "Example: jcc sbom project.kdl --format spdx")]
    Sbom {
        /// The manifest and its target.
        #[command(flatten)]
        input: ManifestArgs,
        /// Standard of the document
        #[arg(long, value_enum, default_value_t = super::sbom::BomFormat::Cyclonedx)]
        format: super::sbom::BomFormat,
    },
    /// Create a manifest
    #[command(after_help = "Example: jcc init robot --device jetson-agx-orin")]
    Init(new::Init),
    /// Add packages to the manifest, or change their versions
    #[command(after_help = "Example: jcc add pytorch vtk@9.3")]
    Add(edit::Add),
    /// Remove packages from the manifest
    #[command(after_help = "Example: jcc remove cuda")]
    Remove(edit::Remove),
    /// Pin the versions of a package or an axis in the manifest
    #[command(after_help = "Example: jcc pin python 3.10")]
    Pin(edit::PinArgs),
    /// Update the lock to the best available versions, for all or only the named packages
    #[command(after_help = "Example: jcc update --dry-run")]
    Update(edit::Update),
    /// Lock what the build fetches: Python packages with hashes, digests of images, commits
    #[command(after_help = "Example: jcc lock --offline")]
    Lock(LockArgs),
    /// Format manifests and package definitions
    #[command(after_help = "Example: jcc fmt --check project.kdl")]
    Fmt {
        /// Files to format, or `-` for standard input [default: `project.kdl`]
        files: Vec<PathBuf>,
        /// File to format, as an option
        #[arg(long = "file", short = 'f', value_name = "FILE")]
        named: Vec<PathBuf>,
        /// Write nothing, and exit with 3 if a file is not formatted
        #[arg(long)]
        check: bool,
    },
    /// Search the catalogue: packages, ready-made manifests, devices, bases
    #[command(after_help = "Example: jcc search point cloud")]
    Search {
        /// Words in names and summaries; all of them must match
        #[arg(required = true)]
        words: Vec<String>,
        /// Output format
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Show a package: versions, options, variants, requirements, dependents
    #[command(after_help = "Example: jcc show pytorch --device jetson-agx-orin")]
    Show {
        /// The package
        name: String,
        #[command(flatten)]
        machine: MachineArgs,
        /// Output format
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// List the contents of the catalogue
    #[command(after_help = "Example: jcc list packages --device jetson-agx-orin --release 6.2")]
    List {
        /// What to list
        #[arg(value_enum)]
        what: Listed,
        #[command(flatten)]
        machine: MachineArgs,
        /// Output format
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Work on package definitions
    Package {
        #[command(subcommand)]
        command: PackageCommand,
    },
    /// Print the `docker run` or `podman run` command that is equivalent to the service
    #[command(after_help = "Example: jcc run-command project.kdl")]
    #[command(name = "run-command")]
    Run {
        #[command(flatten)]
        input: ManifestArgs,
    },
    /// Explain a diagnostic, with an example and its correction
    #[command(after_help = "Example: jcc explain jcc::resolve::conflict")]
    Explain {
        /// Code of the diagnostic, in full or its last part [default: list all codes]
        code: Option<String>,
        /// Output format
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Print shell completions
    #[command(after_help = "Example: jcc completions bash")]
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    #[command(after_help = "Example: jcc man")]
    Man,
}

/// The machine for which `list` and `show` report availability.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub(super) struct MachineArgs {
    /// Show availability on this device, with reasons
    #[arg(long, value_name = "DEVICE")]
    pub(super) device: Option<String>,
    /// Show availability on this platform
    #[arg(long, value_name = "PLATFORM", conflicts_with = "device")]
    pub(super) platform: Option<String>,
    /// Release on that machine, by any of its names, such as `6.2` or `36.4.3`
    #[arg(long, value_name = "RELEASE")]
    pub(super) release: Option<String>,
}

/// A kind of entry that `jcc list` lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Listed {
    /// Packages, by group
    Packages,
    /// Devices
    Devices,
    /// Releases of the platforms, with their contents
    Releases,
    /// Base images
    Bases,
    /// Ready-made manifests to extend
    Stacks,
}

/// The subcommands of `jcc package`.
#[derive(Debug, Subcommand)]
pub(super) enum PackageCommand {
    /// Create a package definition
    #[command(after_help = "Example: jcc package new my-tools")]
    New(new::NewPackage),
    /// Check a folder of definitions
    #[command(after_help = "Example: jcc package check packages")]
    Check {
        /// Folder to check
        #[arg(default_value = "packages")]
        folder: PathBuf,
        /// Treat warnings as errors
        #[arg(long)]
        deny_warnings: bool,
        /// Format of reports
        #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
        format: ReportFormat,
    },
}
