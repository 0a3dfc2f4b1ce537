//! `build`, `install` and their steps.

use super::common::{ENV, when};
use crate::syntax::schema::{ArgSpec, NodeSpec, PropertySpec, ValueKind};

/// What a build does, in `when` too.
static BUILD_STEPS: &[&NodeSpec] = &[
    &APT,
    &APT_SOURCE,
    &PIP,
    &WHEEL,
    &WHEEL_BUILD,
    &DEB,
    &ARCHIVE,
    &GIT,
    &CMAKE,
    &MAKE,
    &NINJA,
    &COLCON,
    &RUN,
    &SCRIPT,
    &COPY,
    &SYMLINK,
    &LDCONFIG,
    &MKDIR,
    &DOCKERFILE,
    &BUILD_ENV,
    &EXPORT,
    &WHEN_BUILD,
];

/// What an image gets, in `when` too.
static INSTALL_STEPS: &[&NodeSpec] = &[
    &APT,
    &APT_SOURCE,
    &PIP,
    &WHEEL,
    &WHEEL_BUILD,
    &DEB,
    &ARCHIVE,
    &GIT,
    &CMAKE,
    &MAKE,
    &NINJA,
    &COLCON,
    &RUN,
    &SCRIPT,
    &COPY,
    &SYMLINK,
    &LDCONFIG,
    &MKDIR,
    &DOCKERFILE,
    &WHEN_INSTALL,
];

pub(super) static BUILD: NodeSpec =
    NodeSpec::new("build", "The build of the package, in its own stage: only what `export` names leaves the stage.")
        .properties(&[PropertySpec::new(
            "memory",
            ValueKind::Integer,
            "The memory in MiB that one parallel job needs; together with the target's memory, it limits the number of jobs.",
        )])
        .children(BUILD_STEPS)
        .block()
        .optional();

pub(super) static INSTALL: NodeSpec =
    NodeSpec::new("install", "What to do in the final image.").children(INSTALL_STEPS).block().optional();

static WHEN_BUILD: NodeSpec = when("Steps that apply under a condition.").children(BUILD_STEPS);

static WHEN_INSTALL: NodeSpec = when("Steps that apply under a condition.").children(INSTALL_STEPS);

static SHA256: PropertySpec =
    PropertySpec::text("sha256", "The hash; if none is available, a `note` explains why.");
static FOLDER: ArgSpec = ArgSpec::text("FOLDER", "A path in the stage.");
static ARGUMENT: ArgSpec = ArgSpec::text("ARGUMENT", "An argument, passed on unchanged.").optional();

static APT: NodeSpec =
    NodeSpec::new("apt", "Installs system packages; those of one layer are installed in one transaction.")
        .rest(ArgSpec::text("PACKAGE", "A package of the distribution, or `NAME=VERSION`."));

static APT_SOURCE: NodeSpec = NodeSpec::new("apt-source", "A third-party archive of system packages.")
    .args(&[ArgSpec::text("NAME", "The name of its files in `/etc/apt`.")])
    .children(&[&APT_URI, &APT_SUITE, &APT_COMPONENT, &APT_KEY, &APT_OFFERS])
    .block();
static APT_URI: NodeSpec =
    NodeSpec::new("uri", "The location.").args(&[ArgSpec::text("URL", "A template.")]).once();
static APT_OFFERS: NodeSpec = NodeSpec::new(
    "offers",
    "Packages that come from this archive: a stage that installs one of them gets the archive too, no matter which definition requests it.",
)
.rest(ArgSpec::text("PATTERN", "The name of a package; a final `*` matches anything."));
static APT_SUITE: NodeSpec = NodeSpec::new("suite", "The suites of the archive.")
    .rest(ArgSpec::text("NAME", "A template; for a flat archive, it ends in `/`."))
    .at_least_once();
static APT_COMPONENT: NodeSpec =
    NodeSpec::new("component", "The components of the suites; none for a flat archive.")
        .rest(ArgSpec::text("NAME", "A template."));
static APT_KEY: NodeSpec = NodeSpec::new("key", "The key that signs the archive.")
    .args(&[ArgSpec::text("KEY", "A file in the folder of the package, or an https URL.")])
    .properties(&[PropertySpec::text(
        "fingerprint",
        "The fingerprint of the key. jcc checks a key in a file; the build checks a key at a URL.",
    )
    .required()])
    .once();

static PIP: NodeSpec = NodeSpec::new(
    "pip",
    "Installs Python packages in the main environment, constrained to the resolved versions.",
)
.rest(ArgSpec::text("SPEC", "A PEP 508 requirement, a template."))
.properties(&[
    PropertySpec::text(
        "index",
        "An `index` of the catalogue, or a URL; only the listed packages come from it.",
    ),
    PropertySpec::new("deps", ValueKind::Bool, "Whether to install their dependencies; `#true` if absent."),
]);

static WHEEL: NodeSpec = NodeSpec::new("wheel", "Installs a wheel.")
    .args(&[ArgSpec::text("URL", "The location.")])
    .properties(&[SHA256, PropertySpec::text("name", "The file name, if the URL does not end in it.")]);

static WHEEL_BUILD: NodeSpec =
    NodeSpec::new("wheel-build", "Builds a wheel from source in the build stage, and installs it.")
        .args(&[ArgSpec::text("FROM", "A source tree, or a PEP 508 requirement.")])
        .children(&[&ENV]);

static DEB: NodeSpec = NodeSpec::new("deb", "Installs a Debian package.")
    .args(&[ArgSpec::text("URL", "The location.")])
    .properties(&[SHA256]);

static ARCHIVE: NodeSpec = NodeSpec::new("archive", "Downloads and unpacks an archive.")
    .args(&[ArgSpec::text("URL", "The location.")])
    .properties(&[
        SHA256,
        PropertySpec::text("to", "The folder to unpack into.").required(),
        PropertySpec::new(
            "strip",
            ValueKind::Integer,
            "The number of leading path components to remove; 0 if absent.",
        ),
    ]);

static GIT: NodeSpec = NodeSpec::new("git", "Checks out a source tree at a commit.")
    .args(&[ArgSpec::text("URL", "The repository.")])
    .properties(&[
        PropertySpec::text("tag", "The tag, for information only; the build checks out the commit."),
        PropertySpec::text("commit", "The commit; if none is available, a `note` explains why."),
        PropertySpec::text("to", "The folder for the source tree.").required(),
        PropertySpec::new("submodules", ValueKind::Bool, "Whether to check out submodules."),
    ]);

static CMAKE: NodeSpec = NodeSpec::new("cmake", "Configures, builds with all jobs, and installs.")
    .args(&[ArgSpec::text("SOURCE", "The source tree.")])
    .properties(&[
        PropertySpec::text("generator", "The generator of CMake, such as `Ninja`."),
        PropertySpec::text("prefix", "Where to install; `/usr/local` if absent."),
    ])
    .children(&[&DEFINE]);
static DEFINE: NodeSpec = NodeSpec::new("define", "A CMake variable: `-DKEY=VALUE`.")
    .args(&[ArgSpec::text("KEY", "The variable."), ArgSpec::text("VALUE", "The value, a template.")])
    .properties(&[PropertySpec::text("when-option", "Only if this option is not `none`, `off` or `no`.")]);

static MAKE: NodeSpec = NodeSpec::new("make", "Runs `make` with all jobs.").args(&[FOLDER]).rest(ARGUMENT);
static NINJA: NodeSpec = NodeSpec::new("ninja", "Runs `ninja` with all jobs.").args(&[FOLDER]).rest(ARGUMENT);
static COLCON: NodeSpec =
    NodeSpec::new("colcon", "Runs `colcon build` in a ROS workspace.").args(&[FOLDER]).rest(ARGUMENT);

static RUN: NodeSpec = NodeSpec::new(
    "run",
    "Runs shell commands that no other step covers, under `set -eo pipefail`. The text is not a template; pass values through `env`.",
)
.args(&[ArgSpec::text("SHELL", "The command.")])
.children(&[&ENV]);

static SCRIPT: NodeSpec =
    NodeSpec::new("script", "Like `run`, with the commands in a file in the folder of the package.")
        .args(&[ArgSpec::text("FILE", "The name.")])
        .children(&[&ENV]);

static COPY: NodeSpec = NodeSpec::new(
    "copy",
    "Copies a file from the folder of the package, which is embedded in the Dockerfile.",
)
.args(&[ArgSpec::text("FILE", "The name.")])
.properties(&[
    PropertySpec::text("to", "The destination.").required(),
    PropertySpec::text("mode", "The mode in octal: `0755`."),
]);

static SYMLINK: NodeSpec = NodeSpec::new("symlink", "Creates a symbolic link.")
    .args(&[ArgSpec::text("TARGET", "The target of the link.")])
    .properties(&[PropertySpec::text("at", "The path of the link.").required()]);

static LDCONFIG: NodeSpec =
    NodeSpec::new("ldconfig", "Runs `ldconfig`, so that the loader finds new libraries.");

static MKDIR: NodeSpec = NodeSpec::new("mkdir", "Creates a folder.")
    .args(&[ArgSpec::text("PATH", "Where.")])
    .properties(&[PropertySpec::text("mode", "The mode in octal: `1777`.")]);

static DOCKERFILE: NodeSpec = NodeSpec::new(
    "dockerfile",
    "Inserts Dockerfile instructions from a file in the folder of the package, without `FROM`. Use it as a last resort.",
)
.args(&[ArgSpec::text("FILE", "The name.")]);

static BUILD_ENV: NodeSpec = ENV;

static EXPORT: NodeSpec = NodeSpec::new("export", "A path that leaves the build stage.")
    .args(&[ArgSpec::text("PATH", "The path in the build stage.")])
    .properties(&[PropertySpec::text("to", "The path in the final image; the same if absent.")]);
