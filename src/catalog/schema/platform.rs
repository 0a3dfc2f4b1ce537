//! `platform`, `device`, `gpu`, `base`, `index`, `forbid`, `epoch`.

use super::common::{ALIAS, DEFAULT, KNOWN_AS, PROVIDES, REQUIRES, SOURCE, SUMMARY, UNPROVEN};
use crate::manifest::Engine;
use crate::syntax::schema::{ArgSpec, NodeSpec, PropertySpec, ValueKind};

/// `platform "tegra" { … }`.
pub static PLATFORM: NodeSpec = NodeSpec::new("platform", "A kind of machine.")
    .args(&[ArgSpec::text("NAME", "The name for manifests.")])
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
    .args(&[ArgSpec::text("NAME", "Debian's name: `amd64`, `arm64`.")])
    .once();
static GPU: NodeSpec = NodeSpec::new("gpu", "How a container gets access to the GPU.")
    .args(&[ArgSpec::new(
        "HOW",
        ValueKind::Choice(&["runtime", "reservation"]),
        "`runtime` means `runtime: nvidia`, `reservation` a device reservation.",
    )])
    .once();
static NETWORK: NodeSpec = NodeSpec::new("network", "The default network of builds and services.")
    .args(&[ArgSpec::new("HOW", ValueKind::Choice(&["host", "bridge"]), "`bridge` is the default.")])
    .optional();
static CAPABILITIES: NodeSpec = NodeSpec::new(
    "capabilities",
    "The default of `NVIDIA_DRIVER_CAPABILITIES`; the run profile may add others.",
)
.rest(ArgSpec::text("NAME", "`compute`, `utility` …"))
.optional();
static GROUPS: NodeSpec = NodeSpec::new(
    "groups",
    "Groups that own the GPU's device nodes on the host: services that do not run as root join them.",
)
.rest(ArgSpec::text("NAME", "`video`, `render`."))
.optional();
static DRIVER_LIBRARIES: NodeSpec = NodeSpec::new(
    "driver-libraries",
    "Shared libraries that the host's driver adds to a container; they are missing during the image \
        build.",
)
.rest(ArgSpec::text("PATTERN", "A name, with `*` as wildcard: `libcuda.so*`."));
static HOST_NOTE: NodeSpec =
    NodeSpec::new("note", "What else the host needs, written as a comment in the host setup script.")
        .args(&[ArgSpec::text("TEXT", "One or two sentences.")])
        .properties(&[PropertySpec::new(
            "engine",
            ValueKind::Choice(Engine::WORDS),
            "Show it only to users of this engine.",
        )]);
static IMAGE_WORD: NodeSpec = NodeSpec::new(
    "image-word",
    "Words in image names and tags that indicate this platform: such an image is rejected on \
        platforms without any of its words.",
)
.rest(ArgSpec::text("WORD", "Lower case, without a hyphen: `igpu`."));
static OFFERS: NodeSpec =
    NodeSpec::new("offers", "Run options that need special hardware and are available here.")
        .rest(ArgSpec::text("NAME", "`camera-csi`, `gpio`, `i2c`, `spi`, `can`, `jtop`."))
        .optional();
static AXES: NodeSpec =
    NodeSpec::new("axes", "The axes that exist here.").rest(ArgSpec::text("NAME", "An axis.")).once();

/// `device "jetson-agx-orin" { … }`.
pub static DEVICE: NodeSpec = NodeSpec::new("device", "A machine.")
    .args(&[ArgSpec::text("NAME", "The name for manifests.")])
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
static MEMORY: NodeSpec = NodeSpec::new("memory", "RAM shared with the GPU; the smallest in the family.")
    .args(&[ArgSpec::new("MIB", ValueKind::Integer, "MiB.")])
    .optional();
static STORAGE: NodeSpec = NodeSpec::new("storage", "Where images are usually stored.")
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

static GPU_PLATFORM: NodeSpec = NodeSpec::new("platform", "Where GPUs with this capability are found.")
    .args(&[ArgSpec::text("NAME", "A platform.")])
    .once();
static GPU_KNOWN_AS: NodeSpec = NodeSpec::new(
    "known-as",
    "Names of GPUs and architectures: jcc suggests this capability when it finds one of them.",
)
.rest(ArgSpec::text("WORD", "A word, in any case, with or without spaces and hyphens."))
.properties(&[PropertySpec::text("platform", "Where those GPUs are found, if elsewhere.")]);

/// `base "l4t-cuda" { image "…"; tag "…" { … } }`.
pub static BASE: NodeSpec = NodeSpec::new("base", "A published base image.")
    .args(&[ArgSpec::text("NAME", "The name for manifests.")])
    .children(&[&SUMMARY, &IMAGE, &AUTO, &BASE_ARCHIVE, &SETS, &TAG, &SHOWN, &SOURCE])
    .block();

static IMAGE: NodeSpec =
    NodeSpec::new("image", "The repository.").args(&[ArgSpec::text("REPOSITORY", "Without a tag.")]).once();
static AUTO: NodeSpec = NodeSpec::new("auto", "Whether it may be selected if the manifest names no base.")
    .args(&[ArgSpec::new("YES", ValueKind::Bool, "`#true` by default.").optional()])
    .optional();
static SETS: NodeSpec = NodeSpec::new(
    "sets",
    "A variable that all of its tags define; jcc does not define it again with the same value.",
)
.args(&[ArgSpec::text("NAME", "Its name."), ArgSpec::text("VALUE", "Its value.")]);
static BASE_ARCHIVE: NodeSpec = NodeSpec::new(
    "apt-source",
    "Archives of system packages that the image already contains; jcc does not add them again.",
)
.rest(ArgSpec::text("NAME", "The name in a package's `apt-source`."));
static TAG: NodeSpec = NodeSpec::new("tag", "A tag; preferred ones first.")
    .args(&[ArgSpec::text("TAG", "The tag.")])
    .properties(&[
        PropertySpec::new(
            "role",
            ValueKind::Choice(&["runtime", "devel"]),
            "What it contains: runtime libraries, or compilers and headers too. `runtime` by \
                default.",
        ),
        PropertySpec::text("digest", "Its digest."),
        PropertySpec::new(
            "preferred",
            ValueKind::Bool,
            "Preferred over other matching tags, whatever their size.",
        ),
    ])
    .children(&[&REQUIRES, &PROVIDES, &SHOWN, &TAG_ENV, &SIZE, &LAYERS, &UNPROVEN]);
static SHOWN: NodeSpec = NodeSpec::new(
    "shown",
    "A page that shows what the tag provides; on the base itself, what all of its tags provide.",
)
.rest(ArgSpec::text("NAME", "An axis or a package of `provides`."))
.properties(&[PropertySpec::text("by", "The page's URL.").required()]);
static TAG_ENV: NodeSpec = NodeSpec::new(
    "env",
    "Variables that it defines, so that a path can be added at the start of their value.",
)
.rest(ArgSpec::text("NAME", "`PATH`."));
static SIZE: NodeSpec =
    NodeSpec::new("size", "Its size.").args(&[ArgSpec::new("MIB", ValueKind::Integer, "MiB.")]).optional();
static LAYERS: NodeSpec = NodeSpec::new("layers", "The number of its layers.")
    .args(&[ArgSpec::new("NUMBER", ValueKind::Integer, "The number.")])
    .optional();

/// `index "jetson-ai-lab" { url "…"; mirror "…" }`.
pub static INDEX: NodeSpec = NodeSpec::new("index", "An index of Python packages.")
    .args(&[ArgSpec::text("NAME", "The name for `pip … index=`.")])
    .children(&[&INDEX_URL, &MIRROR, &SOURCE])
    .block();

static INDEX_URL: NodeSpec =
    NodeSpec::new("url", "Its URL.").args(&[ArgSpec::text("URL", "A template.")]).once();
static MIRROR: NodeSpec = NodeSpec::new("mirror", "The same packages elsewhere.").args(&[ArgSpec::text(
    "URL",
    "System packages that must never be in an image, because they belong on the host.",
)]);

/// `forbid "nvidia-l4t-kernel*" reason="…" { platform "tegra" }`.
pub static FORBID: NodeSpec =
    NodeSpec::new("forbid", "System packages that must never be in an image: they belong to the host.")
        .args(&[ArgSpec::text("PATTERN", "The name of the package, with `*` as wildcard at the end.")])
        .properties(&[PropertySpec::text("reason", "The reason, and what to do instead.").required()])
        .children(&[&FORBID_PLATFORM, &SOURCE]);

static FORBID_PLATFORM: NodeSpec = NodeSpec::new("platform", "Where this applies; everywhere by default.")
    .rest(ArgSpec::text("NAME", "A platform."));

/// `epoch 1767225600`.
pub static EPOCH: NodeSpec =
    NodeSpec::new("epoch", "The timestamp of images in a first compile, in seconds since 1970.")
        .args(&[ArgSpec::new("SECONDS", ValueKind::Integer, "`SOURCE_DATE_EPOCH`.")])
        .optional();
