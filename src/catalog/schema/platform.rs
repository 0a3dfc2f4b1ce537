//! `platform`, `device`, `gpu`, `base`, `index`, `forbid`, `epoch`.

use super::common::{ALIAS, DEFAULT, KNOWN_AS, PROVIDES, REQUIRES, SOURCE, SUMMARY, UNPROVEN};
use crate::manifest::Engine;
use crate::syntax::schema::{ArgSpec, NodeSpec, PropertySpec, ValueKind};

/// `platform "tegra" { … }`.
pub static PLATFORM: NodeSpec = NodeSpec::new("platform", "A kind of machine.")
    .args(&[ArgSpec::text("NAME", "As manifests write it.")])
    .children(&[
        &SUMMARY,
        &KNOWN_AS,
        &ARCH,
        &GPU,
        &NETWORK,
        &CAPABILITIES,
        &OFFERS,
        &GROUPS,
        &DRIVER_LIBRARIES,
        &AXES,
        &DEFAULT,
        &IMAGE_WORD,
        &HOST_NOTE,
        &SOURCE,
    ])
    .block();

static ARCH: NodeSpec = NodeSpec::new("arch", "Its CPU.")
    .args(&[ArgSpec::text("NAME", "Debian's word: `amd64`, `arm64`.")])
    .once();
static GPU: NodeSpec = NodeSpec::new("gpu", "How a container gets at the GPU.")
    .args(&[ArgSpec::new(
        "HOW",
        ValueKind::Choice(&["runtime", "reservation"]),
        "`runtime` is `runtime: nvidia`, `reservation` a device reservation.",
    )])
    .once();
static NETWORK: NodeSpec =
    NodeSpec::new("network", "Builds and services use the host's network unless stated otherwise.")
        .args(&[ArgSpec::new(
            "HOW",
            ValueKind::Choice(&["host", "bridge"]),
            "`bridge` is the same as saying nothing.",
        )])
        .optional();
static CAPABILITIES: NodeSpec =
    NodeSpec::new("capabilities", "`NVIDIA_DRIVER_CAPABILITIES` unless the run profile needs others.")
        .rest(ArgSpec::text("NAME", "`compute`, `utility` …"))
        .optional();
static GROUPS: NodeSpec = NodeSpec::new(
    "groups",
    "Groups of the host that the GPU's device nodes belong to: services that do not run as root join them.",
)
.rest(ArgSpec::text("NAME", "`video`, `render`."))
.optional();
static DRIVER_LIBRARIES: NodeSpec = NodeSpec::new(
    "driver-libraries",
    "Shared libraries that the host's driver brings into a container: absent while an image is built.",
)
.rest(ArgSpec::text("PATTERN", "A name with `*` for anything: `libcuda.so*`."));
static HOST_NOTE: NodeSpec =
    NodeSpec::new("note", "What else the host needs; it is a comment of the script that prepares one.")
        .args(&[ArgSpec::text("TEXT", "One or two sentences.")])
        .properties(&[PropertySpec::new(
            "engine",
            ValueKind::Choice(Engine::WORDS),
            "Said to users of that engine alone.",
        )]);
static IMAGE_WORD: NodeSpec = NodeSpec::new(
    "image-word",
    "Words in names and tags of images that are made for this platform: such an image is refused on all that have none of its words.",
)
.rest(ArgSpec::text("WORD", "Lower case, without a hyphen: `igpu`."));
static OFFERS: NodeSpec =
    NodeSpec::new("offers", "Run options that need such a machine and can be had here.")
        .rest(ArgSpec::text("NAME", "`camera-csi`, `gpio`, `i2c`, `spi`, `can`, `jtop`."))
        .optional();
static AXES: NodeSpec =
    NodeSpec::new("axes", "The axes that exist here.").rest(ArgSpec::text("NAME", "An axis.")).once();

/// `device "jetson-agx-orin" { … }`.
pub static DEVICE: NodeSpec = NodeSpec::new("device", "A machine.")
    .args(&[ArgSpec::text("NAME", "As manifests write it.")])
    .children(&[
        &SUMMARY,
        &ALIAS,
        &KNOWN_AS,
        &DEVICE_PLATFORM,
        &SM,
        &MEMORY,
        &STORAGE,
        &REQUIRES,
        &DEVICE_VALUE,
        &SOURCE,
    ])
    .block();

static DEVICE_PLATFORM: NodeSpec = NodeSpec::new("platform", "What kind of machine it is.")
    .args(&[ArgSpec::text("NAME", "A platform.")])
    .once();
static SM: NodeSpec =
    NodeSpec::new("sm", "Compute capabilities of its GPU.").rest(ArgSpec::text("VERSION", "`8.7`.")).once();
static MEMORY: NodeSpec =
    NodeSpec::new("memory", "RAM that it shares with its GPU; the smallest of the family.")
        .args(&[ArgSpec::new("MIB", ValueKind::Integer, "MiB.")])
        .optional();
static STORAGE: NodeSpec = NodeSpec::new("storage", "What images usually have room on.")
    .args(&[ArgSpec::new("MIB", ValueKind::Integer, "MiB.")])
    .optional();
static DEVICE_VALUE: NodeSpec =
    NodeSpec::new("value", "A value for templates and run profiles: `device.KEY`.")
        .args(&[ArgSpec::text("KEY", "The name."), ArgSpec::text("VALUE", "The value.")]);

/// `gpu "8.9" { … }`.
pub static GPU_KIND: NodeSpec = NodeSpec::new("gpu", "A compute capability.")
    .args(&[ArgSpec::text("CAPABILITY", "`8.9`.")])
    .children(&[&SUMMARY, &GPU_PLATFORM, &GPU_KNOWN_AS, &SOURCE])
    .block();

static GPU_PLATFORM: NodeSpec = NodeSpec::new("platform", "Where GPUs of this capability are.")
    .args(&[ArgSpec::text("NAME", "A platform.")])
    .once();
static GPU_KNOWN_AS: NodeSpec = NodeSpec::new(
    "known-as",
    "Names of GPUs and architectures: a report suggests this capability for such a word.",
)
.rest(ArgSpec::text("WORD", "A word, in any case, with or without spaces and hyphens."))
.properties(&[PropertySpec::text("platform", "Where those GPUs are, if elsewhere.")]);

/// `base "l4t-cuda" { image "…"; tag "…" { … } }`.
pub static BASE: NodeSpec = NodeSpec::new("base", "A published image to start from.")
    .args(&[ArgSpec::text("NAME", "As manifests write it.")])
    .children(&[&SUMMARY, &IMAGE, &AUTO, &BASE_ARCHIVE, &SETS, &TAG, &SHOWN, &SOURCE])
    .block();

static IMAGE: NodeSpec =
    NodeSpec::new("image", "The repository.").args(&[ArgSpec::text("REPOSITORY", "Without a tag.")]).once();
static AUTO: NodeSpec = NodeSpec::new("auto", "Whether it may be chosen where the manifest names no base.")
    .args(&[ArgSpec::new("YES", ValueKind::Bool, "`#true` where the node stands alone.").optional()])
    .optional();
static SETS: NodeSpec =
    NodeSpec::new("sets", "A variable that all its tags define: it is not defined again with that value.")
        .args(&[ArgSpec::text("NAME", "Its name."), ArgSpec::text("VALUE", "Its value.")]);
static BASE_ARCHIVE: NodeSpec = NodeSpec::new(
    "apt-source",
    "Archives of system packages that the image has already: they are not added to it again.",
)
.rest(ArgSpec::text("NAME", "The name that `apt-source` of a package gives it."));
static TAG: NodeSpec = NodeSpec::new("tag", "One tag, preferred first.")
    .args(&[ArgSpec::text("TAG", "The tag.")])
    .properties(&[
        PropertySpec::new(
            "role",
            ValueKind::Choice(&["runtime", "devel"]),
            "What it holds: runtime libraries, or compilers and headers too. `runtime` where it is absent.",
        ),
        PropertySpec::text("digest", "Its digest."),
        PropertySpec::new(
            "preferred",
            ValueKind::Bool,
            "Taken before other tags that fit, whatever their size.",
        ),
    ])
    .children(&[&REQUIRES, &PROVIDES, &SHOWN, &TAG_ENV, &SIZE, &LAYERS, &UNPROVEN]);
static SHOWN: NodeSpec = NodeSpec::new(
    "shown",
    "A page that shows what the tag provides; on the base itself, what each of its tags provides.",
)
.rest(ArgSpec::text("NAME", "An axis or a package of `provides`."))
.properties(&[PropertySpec::text("by", "The page's URL.").required()]);
static TAG_ENV: NodeSpec =
    NodeSpec::new("env", "Variables that it defines, so that a path may be put before its own.")
        .rest(ArgSpec::text("NAME", "`PATH`."));
static SIZE: NodeSpec = NodeSpec::new("size", "How much it takes.")
    .args(&[ArgSpec::new("MIB", ValueKind::Integer, "MiB.")])
    .optional();
static LAYERS: NodeSpec = NodeSpec::new("layers", "How many layers it has.")
    .args(&[ArgSpec::new("NUMBER", ValueKind::Integer, "The number.")])
    .optional();

/// `index "jetson-ai-lab" { url "…"; mirror "…" }`.
pub static INDEX: NodeSpec = NodeSpec::new("index", "An index of Python packages.")
    .args(&[ArgSpec::text("NAME", "As `pip … index=` writes it.")])
    .children(&[&INDEX_URL, &MIRROR, &SOURCE])
    .block();

static INDEX_URL: NodeSpec =
    NodeSpec::new("url", "Where it is.").args(&[ArgSpec::text("URL", "A template.")]).once();
static MIRROR: NodeSpec =
    NodeSpec::new("mirror", "The same packages elsewhere.").args(&[ArgSpec::text("URL", "A template.")]);

/// `forbid "nvidia-l4t-kernel*" reason="…" { platform "tegra" }`.
pub static FORBID: NodeSpec =
    NodeSpec::new("forbid", "System packages that must never be in an image: they belong to the host.")
        .args(&[ArgSpec::text("PATTERN", "The package's name; a `*` at its end stands for anything.")])
        .properties(&[PropertySpec::text("reason", "Why, and what to do instead.").required()])
        .children(&[&FORBID_PLATFORM, &SOURCE]);

static FORBID_PLATFORM: NodeSpec = NodeSpec::new("platform", "Where it holds; everywhere when absent.")
    .rest(ArgSpec::text("NAME", "A platform."));

/// `epoch 1767225600`.
pub static EPOCH: NodeSpec =
    NodeSpec::new("epoch", "The time that a first compile gives its images, in seconds since 1970.")
        .args(&[ArgSpec::new("SECONDS", ValueKind::Integer, "`SOURCE_DATE_EPOCH`.")])
        .optional();
