//! `package` and `axis`.

use super::common::{
    ALIAS, CONFLICTS, DEFAULT, ENV, KNOWN_AS, NOTE, OPTIONAL_SUMMARY, REQUIRES, SOURCE, SUMMARY, UNAVAILABLE,
    UNPROVEN, VERSION_NOTE, when,
};
use super::steps::{BUILD, INSTALL};
use crate::syntax::schema::{ArgSpec, NodeSpec, PropertySpec, ValueKind};

/// `package "NAME" { … }`.
pub static PACKAGE: NodeSpec = NodeSpec::new("package", "Something that can be installed.")
    .args(&[ArgSpec::text("NAME", "As manifests write it; the folder bears it too.")])
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
    "Something of the platform that always has a version: a release, a distribution, a driver.",
)
.args(&[ArgSpec::text("NAME", "As manifests write it.")])
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
    PropertySpec::new("order", ValueKind::Integer, "When it is decided: lower ones first.").required(),
    PropertySpec::text("title", "How people write it: `CUDA`.").required(),
    PropertySpec::new(
        "choose",
        ValueKind::Choice(&["newest", "lowest"]),
        "Which version is preferred where no release says so; `newest` where it is absent.",
    ),
    PropertySpec::text(
        "tag",
        "How tags of images begin the word for a release: `r` for `r36.4`. Images of one major release run on all of it.",
    ),
];

static AXIS_CHILD: NodeSpec = NodeSpec::new(
    "axis",
    "The package is an axis too: always decided, and installed where something needs it.",
)
.properties(AXIS_PROPERTIES)
.optional();

static GROUP: NodeSpec = NodeSpec::new("group", "The folder above.")
    .args(&[ArgSpec::text("NAME", "`ml`, `vision`, `ros` …")])
    .optional();

static HOMEPAGE: NodeSpec =
    NodeSpec::new("homepage", "Its home.").args(&[ArgSpec::text("URL", "The page.")]).optional();

static LICENSE: NodeSpec = NodeSpec::new("license", "Under which terms it comes.")
    .args(&[ArgSpec::text("SPDX", "An SPDX expression.")])
    .optional();

static VERSION: NodeSpec = NodeSpec::new(
    "version",
    "A version that can be had, newest first. The same version may stand several times, each with its own `requires` and values: the first that fits is preferred.",
)
.args(&[ArgSpec::text("VERSION", "The version.")])
.properties(&[
    PropertySpec::text("name", "The word that a requirement may use for it: `humble`."),
    PropertySpec::new("default", ValueKind::Bool, "Preferred over newer ones."),
])
.listed_or_open(
    &[&REQUIRES, &CONFLICTS, &UNAVAILABLE, &WHEN_VERSION, &DEFAULT, &UNPROVEN, &VERSION_NOTE, &SOURCE],
    &VERSION_VALUE,
);

static VERSION_VALUE: NodeSpec =
    NodeSpec::new("KEY", "A value for templates: `commit`, `sha256`, `url`, `codename` …")
        .args(&[ArgSpec::text("VALUE", "The value, a template itself.")])
        .optional();

static WHEN_VERSION: NodeSpec =
    when("Guards requirements of one version.").children(&[&REQUIRES, &CONFLICTS, &UNAVAILABLE]);

static OPTION: NodeSpec =
    NodeSpec::new("option", "A choice that users may make. Without any `value` it takes any text.")
        .args(&[ArgSpec::text("KEY", "Its name.")])
        .properties(&[
            PropertySpec::text("default", "The value when nobody says.").required(),
            PropertySpec::text("summary", "What it is for."),
        ])
        .children(&[&OPTION_VALUE]);

static OPTION_VALUE: NodeSpec = NodeSpec::new("value", "A value that it may have.")
    .args(&[ArgSpec::text("VALUE", "The value.")])
    .children(&[&REQUIRES]);

static VARIANT: NodeSpec = NodeSpec::new("variant", "A named set of options and requirements.")
    .args(&[ArgSpec::text("NAME", "Its name.")])
    .properties(&[
        PropertySpec::new("default", ValueKind::Bool, "Taken when nobody says."),
        PropertySpec::new(
            "toolkit",
            ValueKind::Bool,
            "It holds what compiling against the package needs (compiler, headers): a stage that builds takes the first variant with this mark, whatever the image that ships has.",
        ),
        PropertySpec::text("summary", "What it is for."),
    ])
    .children(&[&VARIANT_OPTION, &REQUIRES]);

static VARIANT_OPTION: NodeSpec = NodeSpec::new("option", "An option that it sets.")
    .args(&[ArgSpec::text("KEY", "The option."), ArgSpec::text("VALUE", "Its value.")]);

static CHOICE: NodeSpec =
    NodeSpec::new("choice", "Of the packages that share this word an image holds one at most.")
        .args(&[ArgSpec::text("WORD", "The word.")])
        .optional();

static PATH: NodeSpec = NodeSpec::new("path", "A folder that is put before `PATH`.")
    .args(&[ArgSpec::text("FOLDER", "A path of the image.")]);

static DIST: NodeSpec = NodeSpec::new(
    "dist",
    "A Python distribution whose version this package fixes, so that no later install replaces it.",
)
.args(&[ArgSpec::text("NAME", "Its name on an index, a template.")])
.properties(&[PropertySpec::text(
    "version",
    "Its version, a template; that of the package where it is absent.",
)]);

static NEEDED_BY: NodeSpec = NodeSpec::new(
    "needed-by",
    "Python packages that require it: pip would take it from the index for them, where it is not asked for.",
)
.rest(ArgSpec::text("NAME", "A name on the index."));

static SITE_PACKAGES: NodeSpec = NodeSpec::new(
    "site-packages",
    "Where its Python modules lie: in the distribution's own folders, which the virtual environment must see.",
)
.args(&[ArgSpec::new("WHERE", ValueKind::Choice(&["system"]), "`system`.")])
.optional();

static COMMAND: NodeSpec = NodeSpec::new(
    "command",
    "What an image starts that holds this package for its server, where the manifest names nothing. What it starts needs no further file or model.",
)
.rest(ArgSpec::text("WORD", "A word of it, as the program sees it."));

static SHM_SIZE: NodeSpec = NodeSpec::new(
    "shm-size",
    "Its processes share memory in `/dev/shm`, for which an engine's 64 MiB are too little.",
)
.args(&[ArgSpec::text("SIZE", "A size that is known to do, such as `8g`.")])
.optional();

static TEST: NodeSpec = NodeSpec::new("test", "Shows that it works.")
    .args(&[ArgSpec::text("NAME", "Its name.")])
    .children(&[&TEST_BUILD, &TEST_GPU, &TEST_RUN, &TEST_PYTHON, &TEST_FILE, &TEST_LIBRARIES])
    .block();

static TEST_BUILD: NodeSpec = NodeSpec::new("build", "It runs while building, without a GPU.").optional();

static TEST_GPU: NodeSpec =
    NodeSpec::new("gpu", "It runs in the running container; the same as saying nothing.").optional();

static TEST_RUN: NodeSpec =
    NodeSpec::new("run", "Shell that must succeed.").args(&[ArgSpec::text("SHELL", "The lines.")]);

static TEST_PYTHON: NodeSpec =
    NodeSpec::new("python", "Python code that must not fail.").args(&[ArgSpec::text("CODE", "The code.")]);

static TEST_FILE: NodeSpec =
    NodeSpec::new("file", "A file of the folder: `.py` by Python, others by their shebang.")
        .args(&[ArgSpec::text("FILE", "Its name.")]);

static TEST_LIBRARIES: NodeSpec = NodeSpec::new(
    "libraries",
    "Shared libraries that the loader must find; it needs no GPU, and what the driver brings may be absent.",
)
.rest(ArgSpec::text("NAME", "A library: `libcudnn.so.9`, a template.").optional())
.children(&[&LIBRARIES_OF, &LIBRARIES_ABSENT]);

static LIBRARIES_OF: NodeSpec =
    NodeSpec::new("of", "Every shared object there must find the libraries that it is linked against.")
        .rest(ArgSpec::text("WHERE", "A Python module such as `torch`, or an absolute path; a template."))
        .at_least_once();

static LIBRARIES_ABSENT: NodeSpec =
    NodeSpec::new("absent", "Libraries that may be absent, since what is linked against them is optional.")
        .rest(ArgSpec::text("PATTERN", "A name with `*` for anything: `libnvinfer.so*`."));

static SIZE: NodeSpec = NodeSpec::new("size", "How much it takes, in MiB, as published or measured.")
    .properties(&[
        PropertySpec::new("image", ValueKind::Integer, "What it adds to the image."),
        PropertySpec::new("models", ValueKind::Integer, "What it fetches at run time."),
        PropertySpec::text("source", "Who says so.").required(),
    ])
    .optional();

static WHEN: NodeSpec = when("Guards its children: they hold where all of its conditions do.").children(&[
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
