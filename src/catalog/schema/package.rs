//! `package` and `axis`.

use super::common::{
    ALIAS, CONFLICTS, DEFAULT, ENV, KNOWN_AS, NOTE, OPTIONAL_SUMMARY, REQUIRES, SOURCE, SUMMARY, UNAVAILABLE,
    UNPROVEN, VERSION_NOTE, when,
};
use super::steps::{BUILD, INSTALL};
use crate::syntax::schema::{ArgSpec, NodeSpec, PropertySpec, ValueKind};

/// `package "NAME" { … }`.
pub static PACKAGE: NodeSpec = NodeSpec::new("package", "A package that can be installed.")
    .args(&[ArgSpec::text("NAME", "The name for manifests, and of the folder.")])
    .children(&[
        &SUMMARY,
        &GROUP,
        &HOMEPAGE,
        &LICENSE,
        &ALIAS,
        &KNOWN_AS,
        &AXIS_CHILD,
        &VERSION,
        &OPTION,
        &VARIANT,
        &CHOICE,
        &REQUIRES,
        &CONFLICTS,
        &UNAVAILABLE,
        &WHEN,
        &BUILD,
        &INSTALL,
        &ENV,
        &PATH,
        &DIST,
        &NEEDED_BY,
        &SITE_PACKAGES,
        &COMMAND,
        &SHM_SIZE,
        &TEST,
        &SIZE,
        &NOTE,
        &SOURCE,
    ])
    .block();

/// `axis "NAME" order=10 choose="newest" title="L4T" { … }`.
pub static AXIS: NodeSpec = NodeSpec::new(
    "axis",
    "A property of the platform that always has a version: a release, a distribution, a driver.",
)
.args(&[ArgSpec::text("NAME", "The name for manifests.")])
.properties(AXIS_PROPERTIES)
.children(&[
    &OPTIONAL_SUMMARY,
    &ALIAS,
    &KNOWN_AS,
    &CHOICE,
    &VERSION,
    &REQUIRES,
    &CONFLICTS,
    &UNAVAILABLE,
    &WHEN,
    &NOTE,
    &SOURCE,
])
.block();

static AXIS_PROPERTIES: &[PropertySpec] = &[
    PropertySpec::new("order", ValueKind::Integer, "The order in which axes are decided: lower ones first.")
        .required(),
    PropertySpec::text("title", "The display name: `CUDA`.").required(),
    PropertySpec::new(
        "choose",
        ValueKind::Choice(&["newest", "lowest"]),
        "Which version is preferred if no release sets one; `newest` by default.",
    ),
    PropertySpec::text(
        "tag",
        "The prefix of a release in image tags: `r` for `r36.4`. Images for a major release run on \
            all of its releases.",
    ),
];

static AXIS_CHILD: NodeSpec = NodeSpec::new(
    "axis",
    "The package is also an axis: always decided, and installed only if something needs it.",
)
.properties(AXIS_PROPERTIES)
.optional();

static GROUP: NodeSpec = NodeSpec::new("group", "The parent folder.")
    .args(&[ArgSpec::text("NAME", "`ml`, `vision`, `ros` …")])
    .optional();

static HOMEPAGE: NodeSpec =
    NodeSpec::new("homepage", "Its website.").args(&[ArgSpec::text("URL", "The page.")]).optional();

static LICENSE: NodeSpec =
    NodeSpec::new("license", "Its licence.").args(&[ArgSpec::text("SPDX", "An SPDX expression.")]).optional();

static VERSION: NodeSpec = NodeSpec::new(
    "version",
    "An available version, newest first. A version may have several entries with different \
        `requires` and values: the first that fits is preferred.",
)
.args(&[ArgSpec::text("VERSION", "The version.")])
.properties(&[
    PropertySpec::text("name", "A name that requirements may use for it: `humble`."),
    PropertySpec::new("default", ValueKind::Bool, "Preferred over newer ones."),
])
.listed_or_open(
    &[&REQUIRES, &CONFLICTS, &UNAVAILABLE, &WHEN_VERSION, &DEFAULT, &UNPROVEN, &VERSION_NOTE, &SOURCE],
    &VERSION_VALUE,
);

static VERSION_VALUE: NodeSpec =
    NodeSpec::new("KEY", "A value for templates: `commit`, `sha256`, `url`, `codename` …")
        .args(&[ArgSpec::text("VALUE", "The value, which may be a template.")])
        .optional();

static WHEN_VERSION: NodeSpec =
    when("Makes requirements of one version conditional.").children(&[&REQUIRES, &CONFLICTS, &UNAVAILABLE]);

static OPTION: NodeSpec =
    NodeSpec::new("option", "A choice for users. Without any `value` it accepts any text.")
        .args(&[ArgSpec::text("KEY", "Its name.")])
        .properties(&[
            PropertySpec::text("default", "The value if none is set.").required(),
            PropertySpec::text("summary", "What it is for."),
        ])
        .children(&[&OPTION_VALUE]);

static OPTION_VALUE: NodeSpec = NodeSpec::new("value", "An allowed value.")
    .args(&[ArgSpec::text("VALUE", "The value.")])
    .children(&[&REQUIRES]);

static VARIANT: NodeSpec = NodeSpec::new("variant", "A named set of options and requirements.")
    .args(&[ArgSpec::text("NAME", "Its name.")])
    .properties(&[
        PropertySpec::new("default", ValueKind::Bool, "Used if none is requested."),
        PropertySpec::new(
            "toolkit",
            ValueKind::Bool,
            "It includes what is needed to compile against the package (compiler, headers): a build \
                stage uses the first variant marked so, whatever variant the final image has.",
        ),
        PropertySpec::text("summary", "What it is for."),
    ])
    .children(&[&VARIANT_OPTION, &REQUIRES]);

static VARIANT_OPTION: NodeSpec = NodeSpec::new("option", "An option that it sets.")
    .args(&[ArgSpec::text("KEY", "The option."), ArgSpec::text("VALUE", "Its value.")]);

static CHOICE: NodeSpec =
    NodeSpec::new("choice", "An image contains at most one of the packages with the same word.")
        .args(&[ArgSpec::text("WORD", "The word.")])
        .optional();

static PATH: NodeSpec = NodeSpec::new("path", "A folder to add at the start of `PATH`.")
    .args(&[ArgSpec::text("FOLDER", "A path in the image.")]);

static DIST: NodeSpec = NodeSpec::new(
    "dist",
    "A Python distribution whose version this package fixes, so that no later installation replaces \
        it.",
)
.args(&[ArgSpec::text("NAME", "Its name on an index; may be a template.")])
.properties(&[PropertySpec::text(
    "version",
    "Its version, which may be a template; the version of the package by default.",
)]);

static NEEDED_BY: NodeSpec = NodeSpec::new(
    "needed-by",
    "Python packages that require it: pip would install it from the index for them if it were not \
        requested.",
)
.rest(ArgSpec::text("NAME", "A name on the index."));

static SITE_PACKAGES: NodeSpec = NodeSpec::new(
    "site-packages",
    "Where its Python modules are: in the distribution's own folders, which the virtual environment \
        must include.",
)
.args(&[ArgSpec::new("WHERE", ValueKind::Choice(&["system"]), "`system`.")])
.optional();

static COMMAND: NodeSpec = NodeSpec::new(
    "command",
    "What an image with this package starts if the manifest sets nothing. It must not need further \
        files or models.",
)
.rest(ArgSpec::text("WORD", "A word of the command, passed unchanged."));

static SHM_SIZE: NodeSpec = NodeSpec::new(
    "shm-size",
    "Its processes share memory in `/dev/shm`, and an engine's default of 64 MiB is too small.",
)
.args(&[ArgSpec::text("SIZE", "A size known to be sufficient, such as `8g`.")])
.optional();

static TEST: NodeSpec = NodeSpec::new("test", "Checks that it works.")
    .args(&[ArgSpec::text("NAME", "Its name.")])
    .children(&[&TEST_BUILD, &TEST_GPU, &TEST_RUN, &TEST_PYTHON, &TEST_FILE, &TEST_LIBRARIES])
    .block();

static TEST_BUILD: NodeSpec =
    NodeSpec::new("build", "Run it during the image build, without a GPU.").optional();

static TEST_GPU: NodeSpec =
    NodeSpec::new("gpu", "Run it in the running container; this is the default.").optional();

static TEST_RUN: NodeSpec =
    NodeSpec::new("run", "A shell command that must succeed.").args(&[ArgSpec::text("SHELL", "The lines.")]);

static TEST_PYTHON: NodeSpec =
    NodeSpec::new("python", "Python code that must succeed.").args(&[ArgSpec::text("CODE", "The code.")]);

static TEST_FILE: NodeSpec =
    NodeSpec::new("file", "A file in the folder: `.py` files run with Python, others by their shebang.")
        .args(&[ArgSpec::text("FILE", "Its name.")]);

static TEST_LIBRARIES: NodeSpec = NodeSpec::new(
    "libraries",
    "Shared libraries that the loader must find; this needs no GPU, and libraries of the driver may \
        be missing.",
)
.rest(ArgSpec::text("NAME", "A library, `libcudnn.so.9`; may be a template.").optional())
.children(&[&LIBRARIES_OF, &LIBRARIES_ABSENT]);

static LIBRARIES_OF: NodeSpec =
    NodeSpec::new("of", "All shared objects there must find the libraries that they are linked against.")
        .rest(ArgSpec::text(
            "WHERE",
            "A Python module such as `torch`, or an absolute path; may be a template.",
        ))
        .at_least_once();

static LIBRARIES_ABSENT: NodeSpec = NodeSpec::new(
    "absent",
    "Libraries that may be missing, because what is linked against them is optional.",
)
.rest(ArgSpec::text("PATTERN", "A name, with `*` as wildcard: `libnvinfer.so*`."));

static SIZE: NodeSpec = NodeSpec::new("size", "Its size in MiB, as published or measured.")
    .properties(&[
        PropertySpec::new("image", ValueKind::Integer, "The size that it adds to the image."),
        PropertySpec::new("models", ValueKind::Integer, "The size of what it fetches at run time."),
        PropertySpec::text("source", "The source of these sizes.").required(),
    ])
    .optional();

static WHEN: NodeSpec = when("Makes its children conditional: they apply if all conditions hold.")
    .children(&[&REQUIRES, &CONFLICTS, &UNAVAILABLE, &ENV, &PATH, &DIST, &COMMAND, &TEST, &NOTE, &WHEN]);
