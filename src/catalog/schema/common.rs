//! Nodes that several blocks share.

use crate::syntax::schema::{ArgSpec, NodeSpec, PropertySpec, ValueKind};

pub(super) static SUMMARY: NodeSpec =
    NodeSpec::new("summary", "A one-line description.").args(&[ArgSpec::text("TEXT", "The line.")]).once();

pub(super) static OPTIONAL_SUMMARY: NodeSpec = NodeSpec::new("summary", "A one-line description.")
    .args(&[ArgSpec::text("TEXT", "The line.")])
    .optional();

pub(super) static ALIAS: NodeSpec = NodeSpec::new("alias", "Alternative names that manifests may use.")
    .rest(ArgSpec::text("NAME", "The alternative name."));

pub(super) static KNOWN_AS: NodeSpec = NodeSpec::new(
    "known-as",
    "Words that people use for it: jcc suggests this name when it finds one of them.",
)
.rest(ArgSpec::text("WORD", "A word, in any case, with or without spaces and hyphens."));

pub(super) static SOURCE: NodeSpec =
    NodeSpec::new("source", "Where a fact comes from; every list of versions needs one.")
        .args(&[ArgSpec::text("URL", "The page.")]);

pub(super) static NOTE: NodeSpec = NodeSpec::new(
    "note",
    "What users must know at run time or on the host; `show` prints it, and `compile` when it is \
        new.",
)
.args(&[ArgSpec::text("TEXT", "One or two sentences.")])
.properties(&[PropertySpec::new(
    "unless",
    ValueKind::Choice(UNLESS),
    "An option in the manifest's `run` that makes the note unnecessary; jcc then omits it.",
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

pub(super) static VERSION_NOTE: NodeSpec = NodeSpec::new("note", "What users of this version must know.")
    .args(&[ArgSpec::text("TEXT", "One or two sentences.")]);

pub(super) static UNPROVEN: NodeSpec = NodeSpec::new(
    "unproven",
    "Why it has not been shown to work: selecting it is a warning, which `allow` accepts.",
)
.args(&[ArgSpec::text("REASON", "What is missing.")])
.optional();

pub(super) static UNAVAILABLE: NodeSpec = NodeSpec::new(
    "unavailable",
    "Why it does not exist here: an error if there is no alternative. Use `when` to say where.",
)
.args(&[ArgSpec::text("REASON", "The reason, such as what the vendor publishes it for instead.")])
.properties(&[PropertySpec::text("source", "The page that documents it.")]);

pub(super) static REQUIRES: NodeSpec =
    NodeSpec::new("requires", "What else must hold, one axis or package per line.").open(&REQUIREMENT);

static REQUIREMENT: NodeSpec =
    NodeSpec::new("NAME", "An axis (`l4t`, `cuda`, `platform`, `arch`, `sm` …) or a package.")
        .args(&[ArgSpec::text("REQUIREMENT", "Which versions are suitable; any by default.").optional()])
        .properties(&[PropertySpec::new(
            "stage",
            ValueKind::Choice(&["build", "run", "test"]),
            "When it is needed: `build` keeps it out of the final image, `run` out of the stage \
                that builds the package. Both by default.",
        )]);

pub(super) static CONFLICTS: NodeSpec =
    NodeSpec::new("conflicts", "What cannot be in the same image, one per line.").open(&CONFLICT);

static CONFLICT: NodeSpec = NodeSpec::new("NAME", "An axis or a package.").args(&[ArgSpec::text(
    "REQUIREMENT",
    "Which versions; any by default.",
)
.optional()]);

pub(super) static DEFAULT: NodeSpec =
    NodeSpec::new("default", "Default values of axes.").open(&VERSION_OF).optional();

pub(super) static PROVIDES: NodeSpec =
    NodeSpec::new("provides", "What it contains, one axis or package per line.")
        .properties(&[PropertySpec::new(
            "by",
            ValueKind::Choice(&["image", "host"]),
            "Where it comes from. What the `host` adds when the container starts is not there \
                during the image build. `image` by default.",
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
            "An axis or a package with a requirement: `l4t=\">=36\"`. A condition on `sm` holds if \
                one of the target's GPUs satisfies it; if the target lists none, it does not hold.",
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
