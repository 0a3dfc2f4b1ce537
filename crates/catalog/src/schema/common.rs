//! Nodes that several blocks share.

use crate::syntax::schema::{ArgSpec, NodeSpec, PropertySpec, ValueKind};

pub(super) static SUMMARY: NodeSpec = NodeSpec::new("summary", "A one-line description.")
    .args(&[ArgSpec::text("TEXT", "The description.")])
    .once();

pub(super) static OPTIONAL_SUMMARY: NodeSpec = NodeSpec::new("summary", "A one-line description.")
    .args(&[ArgSpec::text("TEXT", "The description.")])
    .optional();

pub(super) static ALIAS: NodeSpec = NodeSpec::new("alias", "Other names that manifests may use for it.")
    .rest(ArgSpec::text("NAME", "Another name."));

pub(super) static KNOWN_AS: NodeSpec =
    NodeSpec::new("known-as", "Words that people use for it; the error for such a word suggests this name.")
        .rest(ArgSpec::text("WORD", "A word; case, spaces and hyphens are ignored."));

pub(super) static SOURCE: NodeSpec =
    NodeSpec::new("source", "Where a fact comes from; every list of versions needs one.")
        .args(&[ArgSpec::text("URL", "The URL of the page.")]);

pub(super) static NOTE: NodeSpec = NodeSpec::new(
    "note",
    "What users must know at run time or on the host; `show` prints it, and `compile` if it is new.",
)
.args(&[ArgSpec::text("TEXT", "One or two sentences.")])
.properties(&[PropertySpec::new(
    "unless",
    ValueKind::Choice(UNLESS),
    "The node in the manifest's `run` that makes the note unnecessary.",
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
    "Why it is not proven to work: selecting it is a warning, which `allow` accepts.",
)
.args(&[ArgSpec::text("REASON", "What is not confirmed.")])
.optional();

pub(super) static UNAVAILABLE: NodeSpec = NodeSpec::new(
    "unavailable",
    "It does not exist here: an error if there is no alternative. Use `when` to limit where this applies.",
)
.args(&[ArgSpec::text("REASON", "The reason, such as what the publisher offers instead.")])
.properties(&[PropertySpec::text("source", "The page that proves it.")]);

pub(super) static REQUIRES: NodeSpec =
    NodeSpec::new("requires", "Requirements, one axis or package per line.").open(&REQUIREMENT);

static REQUIREMENT: NodeSpec =
    NodeSpec::new("NAME", "An axis (`l4t`, `cuda`, `platform`, `arch`, `sm` …) or a package.")
        .args(&[ArgSpec::text("REQUIREMENT", "The accepted versions; any if absent.").optional()])
        .properties(&[PropertySpec::new(
            "stage",
            ValueKind::Choice(&["build", "run", "test", "choose"]),
            "Where it is needed. `build` keeps it out of the final image, `run` out of the stage that builds the package; both need it if absent. `choose` determines the version and installs nothing, for wheels that include CUDA.",
        )]);

pub(super) static CONFLICTS: NodeSpec =
    NodeSpec::new("conflicts", "What must not be in the same image, one axis or package per line.")
        .open(&CONFLICT);

static CONFLICT: NodeSpec = NodeSpec::new("NAME", "An axis or a package.")
    .args(&[ArgSpec::text("REQUIREMENT", "The versions; any if absent.").optional()])
    .properties(&[PropertySpec::new(
        "stage",
        ValueKind::Choice(&["build"]),
        "For versions of an axis: with `build`, it matters only if a package is built against the axis, as for GPUs that the compiler of a CUDA version does not support.",
    )]);

pub(super) static DEFAULT: NodeSpec =
    NodeSpec::new("default", "The versions of axes, unless something else decides them.")
        .open(&VERSION_OF)
        .optional();

pub(super) static PROVIDES: NodeSpec =
    NodeSpec::new("provides", "What the image contains, one axis or package per line.")
        .properties(&[PropertySpec::new(
            "by",
            ValueKind::Choice(&["image", "host"]),
            "Who provides it; `image` if absent. What the `host` adds when the container starts is not there during a build.",
        )])
        .open(&VERSION_OF);

static VERSION_OF: NodeSpec = NodeSpec::new("NAME", "An axis or a package.")
    .args(&[ArgSpec::text("VERSION", "The version.")])
    .optional();

pub(super) static ENV: NodeSpec = NodeSpec::new("env", "Environment variables.").open(&VARIABLE).block();

static VARIABLE: NodeSpec = NodeSpec::new("KEY", "An environment variable.")
    .args(&[ArgSpec::text("VALUE", "The value, a template.")])
    .optional();

/// A `when`, whose children depend on where it stands.
pub(super) const fn when(doc: &'static str) -> NodeSpec {
    NodeSpec::new("when", doc)
        .properties(OF_THE_PACKAGE)
        .open_properties(PropertySpec::text(
            "NAME",
            "An axis or a package and a requirement on it: `l4t=\">=36\"`. `sm` matches if one of the target's GPUs meets it; if the target has no GPU, no condition on `sm` matches.",
        ))
        .block()
}

static OF_THE_PACKAGE: &[PropertySpec] = &[
    PropertySpec::text(
        "option",
        "An option of this package: `option=\"qt=5\"`, or `option=\"qt\"` for any value except `none`, `off` and `no`.",
    ),
    PropertySpec::text("variant", "The variant of this package."),
    PropertySpec::text("without", "A package that the image does not contain: `without=\"onnxruntime\"`."),
];
