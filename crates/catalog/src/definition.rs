//! One `package` (or `axis`) definition.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::source::{SourceId, Span, Spanned};
use crate::value::{ByteSize, EnvName, ImagePath, Name, PackedText, Parse as _, Requirement, Version};

use super::{Step, Template};

/// A package, or an axis of the platform, or both (`cuda` is decided as an axis and installed as a package).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Package {
    pub name: Spanned<Name>,
    /// The definition's text; its name gives the folder of `script`, `copy` and test files.
    pub source: SourceId,
    pub summary: PackedText,
    pub group: PackedText,
    pub homepage: Option<PackedText>,
    pub license: Option<PackedText>,
    pub aliases: Vec<Spanned<Name>>,
    /// Set where this is an axis: always decided, with the platform's default first.
    pub axis: Option<Axis>,
    /// What is available, in the order of the file (preferred first among equal versions). A package without any has one
    /// version, `0`, its distribution's.
    pub versions: Vec<PackageVersion>,
    /// Requirements of every version.
    pub requires: Vec<Require>,
    /// What may not be in the same image.
    pub conflicts: Vec<Require>,
    /// Where it does not exist.
    pub unavailable: Vec<Guarded<Unavailable>>,
    /// Of packages that share this word an image holds one at most.
    pub choice: Option<Spanned<Name>>,
    /// `option`, in order.
    pub options: Vec<PackageOption>,
    /// `variant`, in order.
    pub variants: Vec<Variant>,
    /// `build`: its own stage; only what it exports leaves it.
    pub build: Option<Install>,
    /// `install`: done in the image that ships.
    pub install: Install,
    /// `env`, in the image, for later stages and at run time.
    pub env: Vec<Guarded<(Spanned<EnvName>, Template)>>,
    /// `path`: put before `PATH`.
    pub paths: Vec<Guarded<Spanned<ImagePath>>>,
    /// Python distributions that this package fixes the version of (`dist "torch"`): constraints, drift check,
    /// comparison with users' requirements.
    pub dists: Vec<Guarded<Dist>>,
    /// `needed-by "timm"`: Python packages for which pip would take it from an index.
    pub needed_by: Vec<PackedText>,
    /// `same-modules "onnxruntime"`: other distributions of its modules, one of which pip would install over the other.
    pub same_modules: Vec<PackedText>,
    /// `site-packages "system"`: its Python modules lie in the distribution's folders, which the virtual environment
    /// must see.
    pub system_site_packages: bool,
    /// `command`: what an image starts that holds it for its server.
    pub commands: Vec<Guarded<ServerCommand>>,
    /// `shm-size`: how much of `/dev/shm` its processes want.
    pub shm_size: Option<ByteSize>,
    pub tests: Vec<PackageTest>,
    pub size: Option<SizeFact>,
    /// `note`: shown by `compile` and `show`.
    pub notes: Vec<Guarded<Note>>,
    pub sources: Vec<PackedText>,
    pub span: Span,
}

impl Package {
    /// Whether it is a distribution: one of a kind, with nothing to install.
    pub fn is_distribution(&self) -> bool {
        self.choice.is_some() && self.install.steps.is_empty()
    }

    /// A requirement with the words that it calls versions by (`humble`) put into versions.
    ///
    /// # Errors
    /// The word that no version has.
    pub fn meaning<'r>(&self, requirement: &'r Requirement) -> Result<Cow<'r, Requirement>, String> {
        requirement.resolve_names(|word| {
            let bears = |one: &&PackageVersion| one.name.as_ref().is_some_and(|name| name.as_str() == word);
            self.versions.iter().find(bears).map(|one| one.version.value.clone())
        })
    }
}

/// The axis part of a definition: rank, preference and title.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Axis {
    /// Lower ones first (`l4t` before `cuda` before `cudnn`).
    pub order: u32,
    /// Which version is preferred where the platform has no default.
    pub choose: Choose,
    /// How people write it: `CUDA`, `JetPack`, `L4T`.
    pub title: PackedText,
    /// How tags of images begin the word for a release: `r`.
    pub tag: Option<PackedText>,
}

/// Which of the versions that fit is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Choose {
    /// The newest (nearest to the default, where there is one).
    Newest,
    /// Only the lowest that the user's requirement admits is promised (a host's driver).
    Lowest,
}

/// `version "V" [name="humble"] [default=#true] { … }`. The same version may stand several times, each narrowed by
/// what it requires: one artefact each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct PackageVersion {
    pub version: Spanned<Version>,
    /// The word that a requirement may use for it.
    pub name: Option<Spanned<Name>>,
    /// Preferred over newer ones.
    pub default: bool,
    /// What this one requires besides the package's own requirements.
    pub requires: Vec<Require>,
    /// What may not be beside this one.
    pub conflicts: Vec<Require>,
    /// Where this one does not exist.
    pub unavailable: Vec<Guarded<Unavailable>>,
    /// Of an axis: what other axes are by default when this is chosen (a release's CUDA).
    pub defaults: BTreeMap<Name, Spanned<Version>>,
    /// Everything else: `commit`, `sha256`, `url`, `codename` …, templates themselves.
    pub values: BTreeMap<PackedText, Template>,
    /// Why nobody has shown yet that it works: a warning that `allow` accepts.
    pub unproven: Option<Spanned<PackedText>>,
    pub notes: Vec<Spanned<PackedText>>,
    /// Where its facts come from.
    pub sources: Vec<PackedText>,
    pub span: Span,
}

impl PackageVersion {
    /// Whether every download that it names has a checksum or a commit beside it: `compat_url` and `compat_sha256`.
    pub fn is_verified(&self) -> bool {
        let has = |stem: &str, key: &str| self.values.contains_key(format!("{stem}{key}").as_str());
        let mut stems = self.values.keys().filter_map(|key| key.strip_suffix("url"));
        stems.all(|stem| has(stem, "sha256") || has(stem, "commit"))
    }
}

/// `NAME "REQ" [stage="build"]` inside `requires` or `conflicts`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Require {
    /// An axis (`platform`, `arch` and `sm` too) or a package.
    pub name: Spanned<Name>,
    pub requirement: Spanned<Requirement>,
    pub stage: RequireStage,
    /// Whether it is for running alone, as `stage="run"` says: a stage that builds goes without it.
    pub only_run: bool,
    pub guard: Guard,
}

/// `unavailable "REASON" source="URL"`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Unavailable {
    /// Why it does not exist.
    pub reason: Spanned<PackedText>,
    pub source: Option<PackedText>,
}

/// Where a requirement is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub enum RequireStage {
    /// Where it is built; stays out of the image that ships.
    Build,
    #[default]
    Run,
    Test,
    /// Nowhere: it decides a version, and what requires it brings the thing itself.
    Choose,
}

/// All of its conditions hold. Empty: always.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Guard {
    pub all: Vec<Condition>,
}

/// One requirement inside `when`; all of them must hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub enum Condition {
    /// `l4t=">=36"`, `platform="tegra"`: an axis or a package is there, in such a version.
    Is { name: Spanned<Name>, requirement: Spanned<Requirement> },
    /// `option="qt=5"`; `option="qt"`: any value but `none`, `off`, `no`.
    Option { key: Spanned<Name>, value: Option<PackedText> },
    /// `variant="desktop"`.
    Variant(Spanned<Name>),
    /// `without="onnxruntime"`: the package is not there.
    Without(Spanned<Name>),
}

/// `note "…" unless="display"`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Note {
    pub value: PackedText,
    /// What the manifest may have that makes it needless.
    pub unless: Option<PackedText>,
}

/// A value that holds under a guard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static, T: Deserialize<'de>"))]
pub struct Guarded<T> {
    pub guard: Guard,
    pub value: T,
}

/// `command "ollama" "serve"`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct ServerCommand {
    pub words: Vec<PackedText>,
    /// Whether it only works as root.
    pub root: bool,
}

/// `option "qt" default="5" { value "5" { requires { … } } }`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct PackageOption {
    pub key: Spanned<Name>,
    /// The value when nobody says.
    pub default: Spanned<PackedText>,
    /// What can be chosen, with what each requires. Empty: any text.
    pub values: Vec<(Spanned<PackedText>, Vec<Require>)>,
    pub summary: Option<PackedText>,
}

/// `variant "desktop" [default=#true] { option "gui" "yes"; requires { … } }`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Variant {
    pub name: Spanned<Name>,
    pub default: bool,
    /// Holds what compiling against the package needs: a build stage takes the first of these.
    pub toolkit: bool,
    pub summary: Option<PackedText>,
    pub options: Vec<(Spanned<Name>, Spanned<PackedText>)>,
    pub requires: Vec<Require>,
}

/// `build { … }` or `install { … }`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Install {
    /// What one parallel job of the build takes, in MiB (`build memory=2048`): with the target's memory it bounds the jobs.
    pub memory: Option<u32>,
    /// The steps, in order.
    pub steps: Vec<Step>,
}

/// `dist "torch" version="{{ wheel }}"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Dist {
    /// The distribution's name on an index, a template.
    pub name: Template,
    /// Its version; `{{ version }}` when absent.
    pub version: Option<Template>,
}

impl Dist {
    /// Which version of it comes with a version of the package; `None` where only a template's values tell.
    pub fn version_of(&self, version: &Version, values: &BTreeMap<PackedText, Template>) -> Option<Version> {
        let Some(template) = &self.version else { return Some(version.clone()) };
        let text = template.text.trim();
        if text.starts_with("{{ version }}") {
            return Some(version.clone());
        }
        let key = text.strip_prefix("{{ ").and_then(|rest| rest.strip_suffix(" }}"));
        let text = key.map_or(Some(text), |key| values.get(key).map(|value| value.text.as_str()))?;
        Version::parse(text).ok().map(|version| version.without_local())
    }
}

/// `test "imports" { gpu; python "import torch" }`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct PackageTest {
    pub name: Spanned<Name>,
    /// Without a GPU, while building; otherwise in the running container.
    pub build: bool,
    pub guard: Guard,
    /// What is run, in order.
    pub body: Vec<TestBody>,
    pub span: Span,
}

/// One thing that a test runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub enum TestBody {
    Run(Template),
    Python(Template),
    /// A file of the folder: `.py` by Python, otherwise by its shebang.
    File(Spanned<PackedText>),
    /// Libraries that must be there, and files whose libraries must be.
    Libraries(LibraryTest),
}

/// `libraries "libcudnn.so.9" { of "torch"; absent "libnvinfer.so*" }`: needs no GPU.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct LibraryTest {
    /// Names that the loader must find.
    pub names: Vec<Template>,
    /// Python modules, or paths: every shared object there must find what it is linked against.
    pub of: Vec<Template>,
    /// Patterns of libraries that may be absent: parts that are optional.
    pub absent: Vec<Template>,
}

/// `size image=1200 models=4000 source="…"`, in MiB.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct SizeFact {
    /// What it adds to the image.
    pub image: Option<u64>,
    /// What it fetches at run time.
    pub models: Option<u64>,
    pub source: PackedText,
}
