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
    NodeSpec::new("build", "How it is built, in a separate stage: only what `export` lists leaves it.")
        .properties(&[PropertySpec::new(
            "memory",
            ValueKind::Integer,
            "Memory per parallel job in MiB; with the target's memory, it limits the number of jobs.",
        )])
        .children(BUILD_STEPS)
        .block()
        .optional();

pub(super) static INSTALL: NodeSpec =
    NodeSpec::new("install", "Steps in the final image.").children(INSTALL_STEPS).block().optional();

static WHEN_BUILD: NodeSpec = when("Makes steps conditional.").children(BUILD_STEPS);

static WHEN_INSTALL: NodeSpec = when("Makes steps conditional.").children(INSTALL_STEPS);

static SHA256: PropertySpec =
    PropertySpec::text("sha256", "Its hash; if it has none, a `note` must explain why.");
static FOLDER: ArgSpec = ArgSpec::text("FOLDER", "A path in the stage.");
static ARGUMENT: ArgSpec = ArgSpec::text("ARGUMENT", "Passed on unchanged.").optional();

static APT: NodeSpec =
    NodeSpec::new("apt", "System packages; those of one layer are installed in one transaction.")
        .rest(ArgSpec::text("PACKAGE", "A package of the distribution, or `NAME=VERSION`."));

static APT_SOURCE: NodeSpec = NodeSpec::new("apt-source", "A third-party archive of system packages.")
    .args(&[ArgSpec::text("NAME", "The name of its files in `/etc/apt`.")])
    .children(&[&APT_URI, &APT_SUITE, &APT_COMPONENT, &APT_KEY, &APT_OFFERS])
    .block();
static APT_URI: NodeSpec =
    NodeSpec::new("uri", "Its URL.").args(&[ArgSpec::text("URL", "A template.")]).once();
static APT_OFFERS: NodeSpec = NodeSpec::new(
    "offers",
    "Packages from this archive: a stage that installs one of them also gets the archive, whichever \
        definition lists the package.",
)
.rest(ArgSpec::text("PATTERN", "The name of a package, with `*` as wildcard at the end."));
static APT_SUITE: NodeSpec = NodeSpec::new("suite", "Its suites.")
    .rest(ArgSpec::text("NAME", "May be a template; for a flat archive it ends in `/`."))
    .at_least_once();
static APT_COMPONENT: NodeSpec = NodeSpec::new("component", "Its components; none for a flat archive.")
    .rest(ArgSpec::text("NAME", "May be a template."));
static APT_KEY: NodeSpec = NodeSpec::new("key", "The key that signs the archive.")
    .args(&[ArgSpec::text("KEY", "A file in the folder, or an https URL.")])
    .properties(&[PropertySpec::text(
        "fingerprint",
        "Its fingerprint. jcc checks a key from a file, the build one from a URL.",
    )
    .required()])
    .once();

static PIP: NodeSpec =
    NodeSpec::new("pip", "Python packages in the main environment, constrained to the resolver's choices.")
        .rest(ArgSpec::text("SPEC", "A PEP 508 requirement; may be a template."))
        .properties(&[
            PropertySpec::text(
                "index",
                "An `index` of the catalogue by name, or a URL; only the listed packages come from \
                    it.",
            ),
            PropertySpec::new("deps", ValueKind::Bool, "Whether to install dependencies; yes by default."),
        ]);

static WHEEL: NodeSpec = NodeSpec::new("wheel", "One wheel.")
    .args(&[ArgSpec::text("URL", "Its URL.")])
    .properties(&[SHA256, PropertySpec::text("name", "The file name, if the URL does not end with it.")]);

static WHEEL_BUILD: NodeSpec =
    NodeSpec::new("wheel-build", "A wheel built from source in the build stage and installed from there.")
        .args(&[ArgSpec::text("FROM", "A source tree, or a PEP 508 requirement.")])
        .children(&[&ENV]);

static DEB: NodeSpec = NodeSpec::new("deb", "One Debian package.")
    .args(&[ArgSpec::text("URL", "Its URL.")])
    .properties(&[SHA256]);

static ARCHIVE: NodeSpec = NodeSpec::new("archive", "A download to unpack.")
    .args(&[ArgSpec::text("URL", "Its URL.")])
    .properties(&[
        SHA256,
        PropertySpec::text("to", "The folder to unpack into.").required(),
        PropertySpec::new(
            "strip",
            ValueKind::Integer,
            "The number of leading path components to strip; none by default.",
        ),
    ]);

static GIT: NodeSpec = NodeSpec::new("git", "A source tree at a commit.")
    .args(&[ArgSpec::text("URL", "The repository.")])
    .properties(&[
        PropertySpec::text("tag", "For readers; `commit` decides."),
        PropertySpec::text("commit", "The commit; if there is none, a `note` must explain why."),
        PropertySpec::text("to", "The folder for the tree.").required(),
        PropertySpec::new("submodules", ValueKind::Bool, "Whether to fetch submodules."),
    ]);

static CMAKE: NodeSpec = NodeSpec::new("cmake", "Configures, builds with all jobs and installs.")
    .args(&[ArgSpec::text("SOURCE", "The source tree.")])
    .properties(&[
        PropertySpec::text("generator", "CMake's generator, such as `Ninja`."),
        PropertySpec::text("prefix", "The installation prefix; `/usr/local` by default."),
    ])
    .children(&[&DEFINE]);
static DEFINE: NodeSpec = NodeSpec::new("define", "A CMake variable: `-DKEY=VALUE`.")
    .args(&[ArgSpec::text("KEY", "The variable."), ArgSpec::text("VALUE", "Its value; may be a template.")])
    .properties(&[PropertySpec::text(
        "when-option",
        "Only if this option is none of `none`, `off` and `no`.",
    )]);

static MAKE: NodeSpec = NodeSpec::new("make", "`make` with all jobs.").args(&[FOLDER]).rest(ARGUMENT);
static NINJA: NodeSpec = NodeSpec::new("ninja", "`ninja` with all jobs.").args(&[FOLDER]).rest(ARGUMENT);
static COLCON: NodeSpec =
    NodeSpec::new("colcon", "`colcon build` of a ROS workspace.").args(&[FOLDER]).rest(ARGUMENT);

static RUN: NodeSpec = NodeSpec::new(
    "run",
    "Shell commands for what no other step does, under `set -eo pipefail`. Not a template: pass \
        values with `env`.",
)
.args(&[ArgSpec::text("SHELL", "The lines.")])
.children(&[&ENV]);

static SCRIPT: NodeSpec = NodeSpec::new("script", "Like `run`, from a file in the folder.")
    .args(&[ArgSpec::text("FILE", "Its name.")])
    .children(&[&ENV]);

static COPY: NodeSpec = NodeSpec::new("copy", "A file in the folder, embedded in the Dockerfile.")
    .args(&[ArgSpec::text("FILE", "Its name.")])
    .properties(&[
        PropertySpec::text("to", "The destination.").required(),
        PropertySpec::text("mode", "Its mode in octal: `0755`."),
    ]);

static SYMLINK: NodeSpec = NodeSpec::new("symlink", "A symbolic link.")
    .args(&[ArgSpec::text("TARGET", "What it points to.")])
    .properties(&[PropertySpec::text("at", "The path of the link.").required()]);

static LDCONFIG: NodeSpec =
    NodeSpec::new("ldconfig", "Updates the loader's cache, so that it finds new libraries.");

static MKDIR: NodeSpec = NodeSpec::new("mkdir", "A folder.")
    .args(&[ArgSpec::text("PATH", "Where.")])
    .properties(&[PropertySpec::text("mode", "Its mode in octal: `1777`.")]);

static DOCKERFILE: NodeSpec = NodeSpec::new(
    "dockerfile",
    "Instructions inserted unchanged, from a file in the folder, without a `FROM`: a last resort.",
)
.args(&[ArgSpec::text("FILE", "Its name.")]);

static BUILD_ENV: NodeSpec = ENV;

static EXPORT: NodeSpec = NodeSpec::new("export", "What the build stage exports.")
    .args(&[ArgSpec::text("PATH", "A path in the build stage.")])
    .properties(&[PropertySpec::text("to", "The path in the final image; the same path by default.")]);
