//! `platform`, `device`, `gpu`, `base`, `index`, `forbid`, `epoch`.

use super::common::{ALIAS, DEFAULT, KNOWN_AS, PROVIDES, REQUIRES, SOURCE, SUMMARY, UNPROVEN};
use crate::syntax::schema::{ArgSpec, NodeSpec, PropertySpec, ValueKind};
use crate::value::Engine;

/// `platform "tegra" { … }`.
pub static PLATFORM: NodeSpec = NodeSpec::new("platform", "A kind of machine.")
    .args(&[ArgSpec::text("NAME", "The name in manifests.")])
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

static ARCH: NodeSpec = NodeSpec::new("arch", "The CPU architecture.")
    .args(&[ArgSpec::text("NAME", "Debian's name: `amd64`, `arm64`.")])
    .once();
static GPU: NodeSpec = NodeSpec::new("gpu", "How containers get access to the GPU.")
    .args(&[ArgSpec::new(
        "HOW",
        ValueKind::Choice(&["runtime", "reservation"]),
        "`runtime` means `runtime: nvidia`, `reservation` a device reservation.",
    )])
    .once();
static NETWORK: NodeSpec =
    NodeSpec::new("network", "The network of builds and services, unless the manifest sets one.")
        .args(&[ArgSpec::new("HOW", ValueKind::Choice(&["host", "bridge"]), "`bridge` is the default.")])
        .optional();
static CAPABILITIES: NodeSpec =
    NodeSpec::new("capabilities", "`NVIDIA_DRIVER_CAPABILITIES`, unless the run profile needs others.")
        .rest(ArgSpec::text("NAME", "`compute`, `utility` …"))
        .optional();
static GROUPS: NodeSpec = NodeSpec::new(
    "groups",
    "The host's groups that own the GPU's device nodes: services that do not run as root join them.",
)
.rest(ArgSpec::text("NAME", "`video`, `render`."))
.optional();
static DRIVER_LIBRARIES: NodeSpec = NodeSpec::new(
    "driver-libraries",
    "Shared libraries that the host's driver adds to containers; they are missing during a build.",
)
.rest(ArgSpec::text("PATTERN", "A name, in which `*` matches anything: `libcuda.so*`."));
static HOST_NOTE: NodeSpec = NodeSpec::new(
    "note",
    "What else the host needs; it becomes a comment in the script that prepares hosts.",
)
.args(&[ArgSpec::text("TEXT", "One or two sentences.")])
.properties(&[PropertySpec::new(
    "engine",
    ValueKind::Choice(Engine::WORDS),
    "Shows the note only to users of that engine.",
)]);
static IMAGE_WORD: NodeSpec = NodeSpec::new(
    "image-word",
    "Words in the names and tags of images for this platform: such an image is an error on platforms that have none of its words.",
)
.rest(ArgSpec::text("WORD", "In lower case, without hyphens: `igpu`."));
static OFFERS: NodeSpec =
    NodeSpec::new("offers", "Run options that need such a machine and are available here.")
        .rest(ArgSpec::text("NAME", "`camera-csi`, `gpio`, `i2c`, `spi`, `can`, `jtop`."))
        .optional();
static AXES: NodeSpec =
    NodeSpec::new("axes", "The axes of this platform.").rest(ArgSpec::text("NAME", "An axis.")).once();

/// `device "jetson-agx-orin" { … }`.
pub static DEVICE: NodeSpec = NodeSpec::new("device", "A specific machine.")
    .args(&[ArgSpec::text("NAME", "The name in manifests.")])
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

static DEVICE_PLATFORM: NodeSpec = NodeSpec::new("platform", "The platform of the device.")
    .args(&[ArgSpec::text("NAME", "A platform.")])
    .once();
static SM: NodeSpec = NodeSpec::new("sm", "The compute capabilities of the GPU.")
    .rest(ArgSpec::text("VERSION", "`8.7`."))
    .once();
static MEMORY: NodeSpec =
    NodeSpec::new("memory", "The memory that CPU and GPU share; the smallest one in the family.")
        .args(&[ArgSpec::new("MIB", ValueKind::Integer, "MiB.")])
        .optional();
static STORAGE: NodeSpec = NodeSpec::new("storage", "The storage that usually holds the images.")
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

static GPU_PLATFORM: NodeSpec = NodeSpec::new("platform", "The platform of GPUs with this capability.")
    .args(&[ArgSpec::text("NAME", "A platform.")])
    .once();
static GPU_KNOWN_AS: NodeSpec = NodeSpec::new(
    "known-as",
    "Names of GPUs and architectures: the error for such a word suggests this capability.",
)
.rest(ArgSpec::text("WORD", "A word; case, spaces and hyphens are ignored."))
.properties(&[PropertySpec::text("platform", "The platform of those GPUs, if it differs.")]);

/// `base "l4t-cuda" { image "…"; tag "…" { … } }`.
pub static BASE: NodeSpec = NodeSpec::new("base", "A published image to start from.")
    .args(&[ArgSpec::text("NAME", "The name in manifests.")])
    .children(&[&SUMMARY, &IMAGE, &AUTO, &BASE_ARCHIVE, &SETS, &TAG, &SHOWN, &SOURCE])
    .block();

static IMAGE: NodeSpec = NodeSpec::new("image", "The repository.")
    .args(&[ArgSpec::text("REPOSITORY", "The name, without a tag.")])
    .once();
static AUTO: NodeSpec = NodeSpec::new("auto", "Whether jcc may choose it if the manifest has no `base`.")
    .args(&[ArgSpec::new("YES", ValueKind::Bool, "`#true` if the node has no argument.").optional()])
    .optional();
static SETS: NodeSpec =
    NodeSpec::new("sets", "A variable that all tags define; it is not defined again with that value.")
        .args(&[ArgSpec::text("NAME", "The name."), ArgSpec::text("VALUE", "The value.")]);
static BASE_ARCHIVE: NodeSpec = NodeSpec::new(
    "apt-source",
    "Archives of system packages that the image already has; they are not added again.",
)
.rest(ArgSpec::text("NAME", "The name in the `apt-source` of a package."));
static TAG: NodeSpec = NodeSpec::new("tag", "A tag, in order of preference.")
    .args(&[ArgSpec::text("TAG", "The tag.")])
    .properties(&[
        PropertySpec::new(
            "role",
            ValueKind::Choice(&["runtime", "devel"]),
            "The content: runtime libraries, or also compilers and headers. `runtime` if absent.",
        ),
        PropertySpec::text("digest", "The digest."),
        PropertySpec::new(
            "preferred",
            ValueKind::Bool,
            "Prefers this tag over other matching tags, whatever their size.",
        ),
    ])
    .children(&[&REQUIRES, &PROVIDES, &SHOWN, &TAG_ENV, &SIZE, &LAYERS, &UNPROVEN]);
static SHOWN: NodeSpec = NodeSpec::new(
    "shown",
    "A page that shows what the tag provides; on the base itself, what each tag provides.",
)
.rest(ArgSpec::text("NAME", "An axis or a package of `provides`."))
.properties(&[PropertySpec::text("by", "The URL of the page.").required()]);
static TAG_ENV: NodeSpec =
    NodeSpec::new("env", "Variables that the image defines, so that paths can be prepended to their values.")
        .rest(ArgSpec::text("NAME", "`PATH`."));
static SIZE: NodeSpec = NodeSpec::new("size", "The size of the image.")
    .args(&[ArgSpec::new("MIB", ValueKind::Integer, "MiB.")])
    .optional();
static LAYERS: NodeSpec = NodeSpec::new("layers", "The number of layers.")
    .args(&[ArgSpec::new("NUMBER", ValueKind::Integer, "The number.")])
    .optional();

/// `index "jetson-ai-lab" { url "…"; mirror "…" }`.
pub static INDEX: NodeSpec = NodeSpec::new("index", "An index of Python packages.")
    .args(&[ArgSpec::text("NAME", "The name in `pip … index=`.")])
    .children(&[&INDEX_URL, &MIRROR, &SOURCE])
    .block();

static INDEX_URL: NodeSpec =
    NodeSpec::new("url", "The location.").args(&[ArgSpec::text("URL", "A template.")]).once();
static MIRROR: NodeSpec =
    NodeSpec::new("mirror", "A mirror with the same packages.").args(&[ArgSpec::text("URL", "A template.")]);

/// `forbid "nvidia-l4t-kernel*" reason="…" { platform "tegra" }`.
pub static FORBID: NodeSpec = NodeSpec::new(
    "forbid",
    "System packages that cannot be installed in an image: they belong to the host, or need an archive that the image does not have.",
)
.args(&[ArgSpec::text("PATTERN", "The name of the package; a final `*` matches anything.")])
.properties(&[
    PropertySpec::text("reason", "The reason, and what to do instead.").required(),
    PropertySpec::text(
        "archive-of",
        "A package of the catalogue whose archives have these packages: if the image has one of them, they are allowed.",
    ),
    PropertySpec::text("instead", "With `archive-of`: what to do; if absent, to request that package."),
])
.children(&[&FORBID_PLATFORM, &SOURCE]);

static FORBID_PLATFORM: NodeSpec =
    NodeSpec::new("platform", "The platforms where this applies; all if absent.")
        .rest(ArgSpec::text("NAME", "A platform."));

/// `epoch 1767225600`.
pub static EPOCH: NodeSpec =
    NodeSpec::new("epoch", "The timestamp of the images, set by the first compile, in seconds since 1970.")
        .args(&[ArgSpec::new("SECONDS", ValueKind::Integer, "`SOURCE_DATE_EPOCH`.")])
        .optional();
