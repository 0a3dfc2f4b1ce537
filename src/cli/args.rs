//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::edit::args as edit;
use super::new;

/// One declarative manifest in, a Dockerfile and a Compose file out.
#[derive(Debug, Parser)]
#[command(
    name = "jcc",
    version,
    about = "A compiler for containers: one manifest in, a Dockerfile and a Compose file out, for NVIDIA Jetson and x86_64 CUDA machines",
    after_help = "Exit codes: 0 done, 1 problems in the input, 2 misuse of the command line, 3 the output is stale, 4 the machine failed"
)]
pub(super) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(super) command: Command,
    /// How it is reported.
    #[command(flatten)]
    pub(super) common: Common,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub(super) struct Common {
    /// Colour in reports
    #[arg(long, global = true, value_enum, default_value_t = ColourChoice::Auto, value_name = "WHEN")]
    pub(super) color: ColourChoice,
    /// Only errors
    #[arg(short, long, global = true)]
    pub(super) quiet: bool,
    /// Notes every time, not only where a compile changes something
    #[arg(short, long, global = true)]
    pub(super) verbose: bool,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ColourChoice {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// How results are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}

/// How reports are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ReportFormat {
    /// For people
    Text,
    /// One object a line, on standard error
    Json,
    /// SARIF 2.1.0 on standard output, for code hosts
    Sarif,
}

/// How a graph is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum GraphFormat {
    /// An indented tree
    Text,
    /// Graphviz
    Dot,
    /// Mermaid, as code hosts show it
    Mermaid,
}

/// The manifest, and which of its targets.
#[derive(Debug, Clone, Args)]
pub(super) struct ManifestArgs {
    /// The manifest; `project.kdl` in this folder or the nearest one above when absent
    pub(super) file: Option<PathBuf>,
    /// The manifest, named as the commands that edit it want it
    #[arg(long = "file", short = 'f', value_name = "FILE", conflicts_with = "file")]
    pub(super) named: Option<PathBuf>,
    /// Only this target
    #[arg(long, value_name = "NAME")]
    pub(super) target: Option<String>,
}

impl ManifestArgs {
    /// The manifest that was named, either way.
    pub(super) fn file(&self) -> Option<&std::path::Path> {
        self.file.as_deref().or(self.named.as_deref())
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Validate, resolve and write the Dockerfile, the Compose file and the lock
    #[command(after_help = "Example: jcc compile project.kdl")]
    Compile {
        /// What to compile.
        #[command(flatten)]
        input: ManifestArgs,
        /// Write below this folder instead of beside the manifest
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        /// Print instead of writing: the Dockerfile, or the file of this name
        #[arg(long, value_name = "PATH", num_args = 0..=1, default_missing_value = "Dockerfile")]
        stdout: Option<String>,
        /// Write nothing; print what would change and exit with 3 when a file is stale
        #[arg(long)]
        check: bool,
        /// Fail where the lock would change
        #[arg(long)]
        locked: bool,
        /// Overwrite files that jcc did not write, or that were edited by hand
        #[arg(long)]
        force: bool,
        /// Warnings are errors
        #[arg(long)]
        deny_warnings: bool,
        /// How reports are shown
        #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
        format: ReportFormat,
    },
    /// Compile in memory and compare with the files that are there
    #[command(after_help = "Example: jcc check project.kdl")]
    Check {
        /// What to check.
        #[command(flatten)]
        input: ManifestArgs,
        /// Warnings are errors
        #[arg(long)]
        deny_warnings: bool,
        /// How reports are shown
        #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
        format: ReportFormat,
    },
    /// Show what would be chosen, and why
    #[command(after_help = "Example: jcc resolve project.kdl --format json")]
    Resolve {
        /// What to resolve.
        #[command(flatten)]
        input: ManifestArgs,
        /// How the result is shown
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Show every path from the manifest to a package, a system package or a stage
    #[command(after_help = "Example: jcc why cuda project.kdl")]
    Why {
        /// A package, a system package or a stage
        name: String,
        /// Where to look.
        #[command(flatten)]
        input: ManifestArgs,
        /// How the result is shown
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Draw the stages, or the packages
    #[command(after_help = "Example: jcc graph project.kdl --format mermaid")]
    Graph {
        /// What to draw.
        #[command(flatten)]
        input: ManifestArgs,
        /// The packages instead of the stages
        #[arg(long)]
        packages: bool,
        /// How it is drawn
        #[arg(long, value_enum, default_value_t = GraphFormat::Text)]
        format: GraphFormat,
    },
    /// List every fetch with how well it is pinned
    #[command(after_help = "Example: jcc audit project.kdl")]
    Audit {
        /// What to audit.
        #[command(flatten)]
        input: ManifestArgs,
        /// How the result is shown
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Write a manifest to begin with
    #[command(after_help = "Example: jcc init robot --device jetson-agx-orin")]
    Init(new::Init),
    /// Ask for packages, or for other versions of them, in the manifest
    #[command(after_help = "Example: jcc add pytorch vtk@9.3")]
    Add(edit::Add),
    /// Ask for packages no more, in the manifest
    #[command(after_help = "Example: jcc remove cuda")]
    Remove(edit::Remove),
    /// Bind a package or an axis to versions, in the manifest
    #[command(after_help = "Example: jcc pin python 3.10")]
    Pin(edit::PinArgs),
    /// Move the lock to what fits best now: for all, or only for what is named
    #[command(after_help = "Example: jcc update --dry-run")]
    Update(edit::Update),
    /// Format manifests and package definitions
    #[command(after_help = "Example: jcc fmt --check project.kdl")]
    Fmt {
        /// The files; `project.kdl` when absent, `-` for standard input
        files: Vec<PathBuf>,
        /// A file, named as the commands that edit it want it
        #[arg(long = "file", short = 'f', value_name = "FILE")]
        named: Vec<PathBuf>,
        /// Write nothing; exit with 3 where a file is not formatted
        #[arg(long)]
        check: bool,
    },
    /// Search the catalogue: packages, ready-made manifests, devices, bases
    #[command(after_help = "Example: jcc search point cloud")]
    Search {
        /// Words of names and summaries; all of them must fit
        #[arg(required = true)]
        words: Vec<String>,
        /// How the result is shown
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Show a package: versions, options, variants, what it requires, who needs it
    #[command(after_help = "Example: jcc show pytorch --device jetson-agx-orin")]
    Show {
        /// The package
        name: String,
        /// Where each version is asked for.
        #[command(flatten)]
        place: MachineArgs,
        /// How the result is shown
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// List what the catalogue has
    #[command(after_help = "Example: jcc list packages --device jetson-agx-orin --release 6.2")]
    List {
        /// What to list
        #[arg(value_enum)]
        what: Listed,
        /// Where each of them is asked for.
        #[command(flatten)]
        place: MachineArgs,
        /// How the result is shown
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Work on package definitions
    Package {
        /// What to do.
        #[command(subcommand)]
        command: PackageCommand,
    },
    /// Print the one command line that equals the service
    #[command(after_help = "Example: jcc run-command project.kdl")]
    #[command(name = "run-command")]
    Run {
        /// What to run.
        #[command(flatten)]
        input: ManifestArgs,
    },
    /// Explain a diagnostic, with an example and its suggestion
    #[command(after_help = "Example: jcc explain jcc::resolve::conflict")]
    Explain {
        /// The code, whole or its last part; all of them are listed when absent
        code: Option<String>,
        /// How the result is shown
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Print completions for a shell
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

/// The machine that something is asked for.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub(super) struct MachineArgs {
    /// Say what is available on this device, and why not
    #[arg(long, value_name = "DEVICE")]
    pub(super) device: Option<String>,
    /// The same for a platform
    #[arg(long, value_name = "PLATFORM", conflicts_with = "device")]
    pub(super) platform: Option<String>,
    /// With this release on it: by any of its names, such as `6.2` or `36.4.3`
    #[arg(long, value_name = "RELEASE")]
    pub(super) release: Option<String>,
}

/// What `list` lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Listed {
    /// Packages, by group
    Packages,
    /// Machines
    Devices,
    /// Releases of the platforms, with what each brings
    Releases,
    /// Images to start from
    Bases,
    /// Ready-made manifests to extend
    Stacks,
}

/// Commands of `package`.
#[derive(Debug, Subcommand)]
pub(super) enum PackageCommand {
    /// Write a definition to begin with
    #[command(after_help = "Example: jcc package new my-tools")]
    New(new::NewPackage),
    /// Check a folder of definitions
    #[command(after_help = "Example: jcc package check packages")]
    Check {
        /// The folder
        #[arg(default_value = "packages")]
        folder: PathBuf,
        /// Warnings are errors
        #[arg(long)]
        deny_warnings: bool,
        /// How reports are shown
        #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
        format: ReportFormat,
    },
}
