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
    NodeSpec::new("build", "How it is built, in a stage of its own: only what `export` names leaves it.")
        .properties(&[PropertySpec::new(
            "memory",
            ValueKind::Integer,
            "MiB that one parallel job takes; with the target's memory it bounds the jobs.",
        )])
        .children(BUILD_STEPS)
        .block()
        .optional();

pub(super) static INSTALL: NodeSpec = NodeSpec::new("install", "What is done in the image that ships.")
    .children(INSTALL_STEPS)
    .block()
    .optional();

static WHEN_BUILD: NodeSpec = when("Guards steps.").children(BUILD_STEPS);

static WHEN_INSTALL: NodeSpec = when("Guards steps.").children(INSTALL_STEPS);

static SHA256: PropertySpec =
    PropertySpec::text("sha256", "Its hash; what can't have one says why in a `note`.");
static FOLDER: ArgSpec = ArgSpec::text("FOLDER", "A path of the stage.");
static ARGUMENT: ArgSpec = ArgSpec::text("ARGUMENT", "Handed on as it is.").optional();

static APT: NodeSpec =
    NodeSpec::new("apt", "System packages; those of one layer are installed in one transaction.")
        .rest(ArgSpec::text("PACKAGE", "A package of the distribution, or `NAME=VERSION`."));

static APT_SOURCE: NodeSpec = NodeSpec::new("apt-source", "A third-party archive of system packages.")
    .args(&[ArgSpec::text("NAME", "Names its files under `/etc/apt`.")])
    .children(&[&APT_URI, &APT_SUITE, &APT_COMPONENT, &APT_KEY, &APT_OFFERS])
    .block();
static APT_URI: NodeSpec =
    NodeSpec::new("uri", "Where it is.").args(&[ArgSpec::text("URL", "A template.")]).once();
static APT_OFFERS: NodeSpec = NodeSpec::new(
    "offers",
    "Packages that come from this archive: a stage that installs one of them gets the archive too, whichever definition names the package.",
)
.rest(ArgSpec::text("PATTERN", "A package's name; a `*` at its end stands for anything."));
static APT_SUITE: NodeSpec = NodeSpec::new("suite", "Its suites.")
    .rest(ArgSpec::text("NAME", "A template; a flat archive's ends in `/`."))
    .at_least_once();
static APT_COMPONENT: NodeSpec = NodeSpec::new("component", "Its components; none for a flat archive.")
    .rest(ArgSpec::text("NAME", "A template."));
static APT_KEY: NodeSpec = NodeSpec::new("key", "The key that signs it.")
    .args(&[ArgSpec::text("KEY", "A file of the folder, or an https URL.")])
    .properties(&[PropertySpec::text(
        "fingerprint",
        "Its fingerprint. A key that is a file is checked by jcc, one at an address by the build.",
    )
    .required()])
    .once();

static PIP: NodeSpec =
    NodeSpec::new("pip", "Python packages in the main environment, held to the resolver's choices.")
        .rest(ArgSpec::text("SPEC", "A PEP 508 requirement, a template."))
        .properties(&[
            PropertySpec::text(
                "index",
                "An `index` of the catalogue by name, or a URL; only the named ones come from it.",
            ),
            PropertySpec::new(
                "deps",
                ValueKind::Bool,
                "Whether their dependencies come along; they do where it is absent.",
            ),
        ]);

static WHEEL: NodeSpec = NodeSpec::new("wheel", "One wheel.")
    .args(&[ArgSpec::text("URL", "Where it is.")])
    .properties(&[SHA256, PropertySpec::text("name", "Its file's name, where its URL does not end in it.")]);

static WHEEL_BUILD: NodeSpec =
    NodeSpec::new("wheel-build", "A wheel made from source in the build stage and installed from there.")
        .args(&[ArgSpec::text("FROM", "A source tree, or a PEP 508 requirement.")])
        .children(&[&ENV]);

static DEB: NodeSpec = NodeSpec::new("deb", "One Debian package.")
    .args(&[ArgSpec::text("URL", "Where it is.")])
    .properties(&[SHA256]);

static ARCHIVE: NodeSpec = NodeSpec::new("archive", "A download that is unpacked.")
    .args(&[ArgSpec::text("URL", "Where it is.")])
    .properties(&[
        SHA256,
        PropertySpec::text("to", "The folder that it is unpacked into.").required(),
        PropertySpec::new(
            "strip",
            ValueKind::Integer,
            "Leading path parts that are dropped; none where it is absent.",
        ),
    ]);

static GIT: NodeSpec = NodeSpec::new("git", "A source tree at a commit.")
    .args(&[ArgSpec::text("URL", "The repository.")])
    .properties(&[
        PropertySpec::text("tag", "For readers; the commit decides."),
        PropertySpec::text("commit", "The commit; what can't have one says why in a `note`."),
        PropertySpec::text("to", "The folder of the tree.").required(),
        PropertySpec::new("submodules", ValueKind::Bool, "Whether its submodules come along."),
    ]);

static CMAKE: NodeSpec = NodeSpec::new("cmake", "Configured, built with all jobs, installed.")
    .args(&[ArgSpec::text("SOURCE", "The source tree.")])
    .properties(&[
        PropertySpec::text("generator", "CMake's generator, such as `Ninja`."),
        PropertySpec::text("prefix", "Where it is installed; `/usr/local` where it is absent."),
    ])
    .children(&[&DEFINE]);
static DEFINE: NodeSpec = NodeSpec::new("define", "One variable of CMake: `-DKEY=VALUE`.")
    .args(&[ArgSpec::text("KEY", "The variable."), ArgSpec::text("VALUE", "Its value, a template.")])
    .properties(&[PropertySpec::text(
        "when-option",
        "Only where this option is neither `none`, `off` nor `no`.",
    )]);

static MAKE: NodeSpec = NodeSpec::new("make", "`make` with all jobs.").args(&[FOLDER]).rest(ARGUMENT);
static NINJA: NodeSpec = NodeSpec::new("ninja", "`ninja` with all jobs.").args(&[FOLDER]).rest(ARGUMENT);
static COLCON: NodeSpec =
    NodeSpec::new("colcon", "`colcon build` of a ROS workspace.").args(&[FOLDER]).rest(ARGUMENT);

static RUN: NodeSpec = NodeSpec::new(
    "run",
    "Shell, for what no step says, under `set -eo pipefail`. It is no template: values reach it by `env`.",
)
.args(&[ArgSpec::text("SHELL", "The lines.")])
.children(&[&ENV]);

static SCRIPT: NodeSpec = NodeSpec::new("script", "The same as `run`, from a file of the folder.")
    .args(&[ArgSpec::text("FILE", "Its name.")])
    .children(&[&ENV]);

static COPY: NodeSpec = NodeSpec::new("copy", "A file of the folder, carried in the Dockerfile itself.")
    .args(&[ArgSpec::text("FILE", "Its name.")])
    .properties(&[
        PropertySpec::text("to", "Where it goes.").required(),
        PropertySpec::text("mode", "Its mode in octal: `0755`."),
    ]);

static SYMLINK: NodeSpec = NodeSpec::new("symlink", "A symbolic link.")
    .args(&[ArgSpec::text("TARGET", "What it points to.")])
    .properties(&[PropertySpec::text("at", "The link.").required()]);

static LDCONFIG: NodeSpec = NodeSpec::new("ldconfig", "Lets the loader find new libraries.");

static MKDIR: NodeSpec = NodeSpec::new("mkdir", "A folder.")
    .args(&[ArgSpec::text("PATH", "Where.")])
    .properties(&[PropertySpec::text("mode", "Its mode in octal: `1777`.")]);

static DOCKERFILE: NodeSpec = NodeSpec::new(
    "dockerfile",
    "Instructions as they are, from a file of the folder, without a `FROM`: the last resort.",
)
.args(&[ArgSpec::text("FILE", "Its name.")]);

static BUILD_ENV: NodeSpec = ENV;

static EXPORT: NodeSpec = NodeSpec::new("export", "What leaves the build stage.")
    .args(&[ArgSpec::text("PATH", "A path of the build stage.")])
    .properties(&[PropertySpec::text(
        "to",
        "Where it lies in the image that ships; the same where it is absent.",
    )]);
