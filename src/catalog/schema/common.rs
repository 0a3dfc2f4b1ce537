//! Nodes that several blocks share.

use crate::syntax::schema::{ArgSpec, NodeSpec, PropertySpec, ValueKind};

pub(super) static SUMMARY: NodeSpec =
    NodeSpec::new("summary", "What it is, in one line.").args(&[ArgSpec::text("TEXT", "The line.")]).once();

pub(super) static OPTIONAL_SUMMARY: NodeSpec = NodeSpec::new("summary", "What it is, in one line.")
    .args(&[ArgSpec::text("TEXT", "The line.")])
    .optional();

pub(super) static ALIAS: NodeSpec = NodeSpec::new("alias", "Other names that manifests may use.")
    .rest(ArgSpec::text("NAME", "Another name."));

pub(super) static KNOWN_AS: NodeSpec =
    NodeSpec::new("known-as", "What else people call it: a report suggests this name for such a word.")
        .rest(ArgSpec::text("WORD", "A word, in any case, with or without spaces and hyphens."));

pub(super) static SOURCE: NodeSpec =
    NodeSpec::new("source", "Where a fact comes from; every list of versions has one.")
        .args(&[ArgSpec::text("URL", "The page.")]);

pub(super) static NOTE: NodeSpec = NodeSpec::new(
    "note",
    "What a user must know at run time or on the host; `show` prints it, and `compile` where it is new.",
)
.args(&[ArgSpec::text("TEXT", "One or two sentences.")])
.properties(&[PropertySpec::new(
    "unless",
    ValueKind::Choice(UNLESS),
    "What the manifest's `run` may have that makes the note needless, so that it is left out.",
)]);

/// What a note may be left out for. `host-network`, `host-ipc`: the host's, whether written or by the platform.
const UNLESS: &[&str] = &[
    "audio",
    "camera",
    "command",
    "display",
    "docker-socket",
    "host-ipc",
    "host-network",
    "models",
    "secret",
    "shm-size",
];

pub(super) static VERSION_NOTE: NodeSpec = NodeSpec::new("note", "What a user of this version must know.")
    .args(&[ArgSpec::text("TEXT", "One or two sentences.")]);

pub(super) static UNPROVEN: NodeSpec = NodeSpec::new(
    "unproven",
    "Why nobody has shown yet that it works: a warning where it is chosen, which `allow` accepts.",
)
.args(&[ArgSpec::text("REASON", "What is missing.")])
.optional();

pub(super) static UNAVAILABLE: NodeSpec = NodeSpec::new(
    "unavailable",
    "It does not exist here, and why: an error where nothing else will do. Say where with `when`.",
)
.args(&[ArgSpec::text("REASON", "Why, such as who publishes it for what instead.")])
.properties(&[PropertySpec::text("source", "The page that shows it.")]);

pub(super) static REQUIRES: NodeSpec =
    NodeSpec::new("requires", "What must hold beside it, one axis or package a line.").open(&REQUIREMENT);

static REQUIREMENT: NodeSpec =
    NodeSpec::new("NAME", "An axis (`l4t`, `cuda`, `platform`, `arch`, `sm` …) or a package.")
        .args(&[ArgSpec::text("REQUIREMENT", "Which versions will do; any where it is absent.").optional()])
        .properties(&[PropertySpec::new(
            "stage",
            ValueKind::Choice(&["build", "run", "test", "choose"]),
            "Where it is needed: `build` stays out of the image that ships, `run` out of the stage that builds the package. To build and to run where it is absent. `choose` decides the version and installs nothing: wheels that bring their own CUDA.",
        )]);

pub(super) static CONFLICTS: NodeSpec =
    NodeSpec::new("conflicts", "What may not be in the same image, one a line.").open(&CONFLICT);

static CONFLICT: NodeSpec = NodeSpec::new("NAME", "An axis or a package.").args(&[ArgSpec::text(
    "REQUIREMENT",
    "Which versions; any where it is absent.",
)
.optional()]);

pub(super) static DEFAULT: NodeSpec =
    NodeSpec::new("default", "What axes are where nothing else says so.").open(&VERSION_OF).optional();

pub(super) static PROVIDES: NodeSpec =
    NodeSpec::new("provides", "What is installed in it, one axis or package a line.")
        .properties(&[PropertySpec::new(
            "by",
            ValueKind::Choice(&["image", "host"]),
            "Who puts it there. What the `host` puts in when the container starts is absent while an image is built. `image` where it is absent.",
        )])
        .open(&VERSION_OF);

static VERSION_OF: NodeSpec = NodeSpec::new("NAME", "An axis or a package.")
    .args(&[ArgSpec::text("VERSION", "Its version.")])
    .optional();

pub(super) static ENV: NodeSpec = NodeSpec::new("env", "Environment variables.").open(&VARIABLE).block();

static VARIABLE: NodeSpec = NodeSpec::new("KEY", "One variable.")
    .args(&[ArgSpec::text("VALUE", "Its value, a template.")])
    .optional();

/// A `when`, whose children depend on where it stands.
pub(super) const fn when(doc: &'static str) -> NodeSpec {
    NodeSpec::new("when", doc)
        .properties(OF_THE_PACKAGE)
        .open_properties(PropertySpec::text(
            "NAME",
            "An axis or a package and what is required of it: `l4t=\">=36\"`. `sm` holds where one of the target's GPUs meets it; where the target names none, no condition on `sm` holds.",
        ))
        .block()
}

static OF_THE_PACKAGE: &[PropertySpec] = &[
    PropertySpec::text(
        "option",
        "An option of this package: `option=\"qt=5\"`, or `option=\"qt\"` for any value but `none`, `off` and `no`.",
    ),
    PropertySpec::text("variant", "The variant of this package."),
];
