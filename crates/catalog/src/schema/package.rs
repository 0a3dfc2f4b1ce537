//! `package` and `axis`.

use super::common::{
    ALIAS, CONFLICTS, DEFAULT, ENV, KNOWN_AS, NOTE, OPTIONAL_SUMMARY, REQUIRES, SOURCE, SUMMARY, UNAVAILABLE,
    UNPROVEN, VERSION_NOTE, when,
};
use super::steps::{BUILD, INSTALL};
use crate::syntax::schema::{ArgSpec, NodeSpec, PropertySpec, ValueKind};

/// `package "NAME" { … }`.
pub static PACKAGE: NodeSpec = NodeSpec::new("package", "A package that can be installed.")
    .args(&[ArgSpec::text("NAME", "The name in manifests, and of the folder.")])
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
        &SAME_MODULES,
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
.args(&[ArgSpec::text("NAME", "The name in manifests.")])
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
    PropertySpec::new("order", ValueKind::Integer, "The order of decision: lower ones are decided first.")
        .required(),
    PropertySpec::text("title", "The name in messages: `CUDA`.").required(),
    PropertySpec::new(
        "choose",
        ValueKind::Choice(&["newest", "lowest"]),
        "The preferred version if the release has no default; `newest` if absent.",
    ),
    PropertySpec::text(
        "tag",
        "The prefix of a release in image tags: `r` for `r36.4`. Images of one major release run on all its releases.",
    ),
];

static AXIS_CHILD: NodeSpec = NodeSpec::new(
    "axis",
    "Makes the package an axis too: it always has a version, and is installed if something needs it.",
)
.properties(AXIS_PROPERTIES)
.optional();

static GROUP: NodeSpec = NodeSpec::new("group", "The group, which is the name of the parent folder.")
    .args(&[ArgSpec::text("NAME", "`ml`, `vision`, `ros` …")])
    .optional();

static HOMEPAGE: NodeSpec = NodeSpec::new("homepage", "The home page of the project.")
    .args(&[ArgSpec::text("URL", "The URL of the page.")])
    .optional();

static LICENSE: NodeSpec = NodeSpec::new("license", "The license of the software.")
    .args(&[ArgSpec::text("SPDX", "An SPDX expression.")])
    .optional();

static VERSION: NodeSpec = NodeSpec::new(
    "version",
    "An available version, newest first. A version may appear several times, each time with different `requires` and values; the first match is used.",
)
.args(&[ArgSpec::text("VERSION", "The version.")])
.properties(&[
    PropertySpec::text("name", "A name that requirements may use for it: `humble`."),
    PropertySpec::new("default", ValueKind::Bool, "Prefers this version over newer ones."),
])
.listed_or_open(
    &[&REQUIRES, &CONFLICTS, &UNAVAILABLE, &WHEN_VERSION, &DEFAULT, &UNPROVEN, &VERSION_NOTE, &SOURCE],
    &VERSION_VALUE,
);

static VERSION_VALUE: NodeSpec =
    NodeSpec::new("KEY", "A value for templates: `commit`, `sha256`, `url`, `codename` …")
        .args(&[ArgSpec::text("VALUE", "The value, also a template.")])
        .optional();

static WHEN_VERSION: NodeSpec = when("Requirements of this version that apply under a condition.")
    .children(&[&REQUIRES, &CONFLICTS, &UNAVAILABLE]);

static OPTION: NodeSpec =
    NodeSpec::new("option", "An option that users can set. Without `value` nodes, it accepts any text.")
        .args(&[ArgSpec::text("KEY", "The name.")])
        .properties(&[
            PropertySpec::text("default", "The value if the user sets none.").required(),
            PropertySpec::text("summary", "A one-line description."),
        ])
        .children(&[&OPTION_VALUE]);

static OPTION_VALUE: NodeSpec = NodeSpec::new("value", "An accepted value.")
    .args(&[ArgSpec::text("VALUE", "The value.")])
    .children(&[&REQUIRES]);

static VARIANT: NodeSpec = NodeSpec::new("variant", "A named set of options and requirements.")
    .args(&[ArgSpec::text("NAME", "The name.")])
    .properties(&[
        PropertySpec::new("default", ValueKind::Bool, "Uses this variant if the user names none."),
        PropertySpec::new(
            "toolkit",
            ValueKind::Bool,
            "The variant contains what is needed to compile against the package (compiler, headers). Stages that build use the first variant with this mark, no matter which one the final image has.",
        ),
        PropertySpec::text("summary", "A one-line description."),
    ])
    .children(&[&VARIANT_OPTION, &REQUIRES]);

static VARIANT_OPTION: NodeSpec = NodeSpec::new("option", "An option that the variant sets.")
    .args(&[ArgSpec::text("KEY", "The option."), ArgSpec::text("VALUE", "The value.")]);

static CHOICE: NodeSpec =
    NodeSpec::new("choice", "An image contains at most one of the packages that share this word.")
        .args(&[ArgSpec::text("WORD", "The shared word.")])
        .optional();

static PATH: NodeSpec = NodeSpec::new("path", "A folder to prepend to `PATH`.")
    .args(&[ArgSpec::text("FOLDER", "A path in the image.")]);

static DIST: NodeSpec = NodeSpec::new(
    "dist",
    "A Python distribution whose version this package determines, so that no later install replaces it.",
)
.args(&[ArgSpec::text("NAME", "The name on an index, a template.")])
.properties(&[PropertySpec::text(
    "version",
    "The version, a template; the version of the package if absent.",
)]);

static NEEDED_BY: NodeSpec = NodeSpec::new(
    "needed-by",
    "Python packages that depend on it: for them, pip would install it from the index unless it is requested.",
)
.rest(ArgSpec::text("NAME", "A name on the index."));

static SAME_MODULES: NodeSpec = NodeSpec::new(
    "same-modules",
    "Other Python distributions of the same modules, such as builds for the CPU: pip would install one over the other.",
)
.rest(ArgSpec::text("NAME", "A name on the index."));

static SITE_PACKAGES: NodeSpec = NodeSpec::new(
    "site-packages",
    "The location of its Python modules: the system folders of the distribution, which the virtual environment must be able to see.",
)
.args(&[ArgSpec::new("WHERE", ValueKind::Choice(&["system"]), "`system`.")])
.optional();

static COMMAND: NodeSpec = NodeSpec::new(
    "command",
    "The command of the server, run if this is the only server in the image and the manifest has no `command`. It must need no further file or model.",
)
.rest(ArgSpec::text("WORD", "A word of the command, passed to the program unchanged."))
.properties(&[PropertySpec::new(
    "user",
    ValueKind::Choice(&["root"]),
    "`root` if it works only as root. An image with another user then has no default command.",
)]);

static SHM_SIZE: NodeSpec = NodeSpec::new(
    "shm-size",
    "Its processes share memory in `/dev/shm`, and the engine's default of 64 MiB is too small.",
)
.args(&[ArgSpec::text("SIZE", "A size that is known to be enough, such as `8g`.")])
.optional();

static TEST: NodeSpec = NodeSpec::new("test", "A test of the package.")
    .args(&[ArgSpec::text("NAME", "The name.")])
    .children(&[&TEST_BUILD, &TEST_GPU, &TEST_RUN, &TEST_PYTHON, &TEST_FILE, &TEST_LIBRARIES])
    .block();

static TEST_BUILD: NodeSpec =
    NodeSpec::new("build", "Runs the test during the build, without a GPU.").optional();

static TEST_GPU: NodeSpec =
    NodeSpec::new("gpu", "Runs the test in the started container; this is the default.").optional();

static TEST_RUN: NodeSpec = NodeSpec::new("run", "A shell command that must succeed.")
    .args(&[ArgSpec::text("SHELL", "The command.")]);

static TEST_PYTHON: NodeSpec = NodeSpec::new("python", "Python code that must not raise an exception.")
    .args(&[ArgSpec::text("CODE", "The code.")]);

static TEST_FILE: NodeSpec =
    NodeSpec::new("file", "A file in the folder of the package: Python runs `.py`, others need a shebang.")
        .args(&[ArgSpec::text("FILE", "The name.")]);

static TEST_LIBRARIES: NodeSpec = NodeSpec::new(
    "libraries",
    "Shared libraries that the loader must find; needs no GPU, and the driver's libraries may be missing.",
)
.rest(ArgSpec::text("NAME", "A library such as `libcudnn.so.9`, a template.").optional())
.children(&[&LIBRARIES_OF, &LIBRARIES_ABSENT]);

static LIBRARIES_OF: NodeSpec =
    NodeSpec::new("of", "All shared objects there must find the libraries that they are linked against.")
        .rest(ArgSpec::text(
            "WHERE",
            "A Python module such as `torch`, or an absolute path; may be a template.",
        ))
        .at_least_once();

static LIBRARIES_ABSENT: NodeSpec =
    NodeSpec::new("absent", "Libraries that may be missing because what is linked against them is optional.")
        .rest(ArgSpec::text("PATTERN", "A name, in which `*` matches anything: `libnvinfer.so*`."));

static SIZE: NodeSpec = NodeSpec::new("size", "The size in MiB, as published or measured.")
    .properties(&[
        PropertySpec::new("image", ValueKind::Integer, "What it adds to the image."),
        PropertySpec::new("models", ValueKind::Integer, "What it downloads at run time."),
        PropertySpec::text("source", "Where the numbers come from.").required(),
    ])
    .optional();

static WHEN: NodeSpec = when("Child nodes that apply only if all conditions match.").children(&[
    &REQUIRES,
    &CONFLICTS,
    &UNAVAILABLE,
    &ENV,
    &PATH,
    &DIST,
    &COMMAND,
    &TEST,
    &NOTE,
    &WHEN,
]);
