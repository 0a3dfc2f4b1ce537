//! The closures of Python environments: what each environment is resolved from, and the distributions that
//! `jcc lock` recorded for it. A locked environment is installed by hashes, so the build resolves nothing.

mod apply;
mod find;
mod text;

pub(super) use apply::apply;
pub(super) use find::environments;
pub use text::{ClosureLine, ClosureText};

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Log, codes::plan as codes, wording};
use crate::resolve::Closures;
use crate::source::masked;
use crate::value::{Name, Sha256, Url};

use super::package_context::Inputs;
use super::{PipIndex, StageName};

/// A Python environment: everything that is resolved together, even if several stages install it.
#[derive(Debug, Clone, PartialEq)]
pub struct PythonEnvironment {
    /// The stage that creates it.
    pub name: StageName,
    /// The Python version, such as `3.10`; `None` if unknown.
    pub python: Option<String>,
    /// The architecture in platform tags, such as `aarch64`.
    pub machine: String,
    /// The glibc version, such as `2.35`; `None` if unknown.
    pub glibc: Option<String>,
    /// The index to use instead of `PyPI`.
    pub index: Option<Url>,
    /// The pip and uv calls that install into it, in order.
    pub calls: Vec<InstallCall>,
    /// Its constraints, such as `torch==2.6.0`.
    pub constraints: Vec<String>,
    /// Distributions that the base image contains.
    pub provided: Vec<String>,
    /// Whether it is locked.
    pub state: ClosureState,
}

/// One pip or uv call, as input of a resolution.
#[derive(Debug, Clone, PartialEq)]
pub struct InstallCall {
    /// The name of its closure file, such as `python` or `python-2`.
    pub file: String,
    pub stage: StageName,
    /// The indexes of the calls that have run before it in the same environment.
    pub after: Vec<usize>,
    /// The index to use instead of the default one.
    pub index: Option<PipIndex>,
    pub extra_indexes: Vec<Url>,
    /// Whether it installs dependencies.
    pub deps: bool,
    /// Whether the constraints apply to it.
    pub constrained: bool,
    pub roots: Vec<InstallRoot>,
}

/// What a call installs, without dependencies.
#[derive(Debug, Clone, PartialEq)]
pub enum InstallRoot {
    /// A requirement (PEP 508).
    Spec(String),
    /// A URL without a name in a requirements file of the project.
    Url(String),
    /// An option in a requirements file of the project, such as `--extra-index-url https://…`.
    Option(String),
    /// A requirement in a requirements file with hashes, which stays as it is.
    Hashed(String),
    /// A wheel that the build downloads by URL.
    Wheel { name: String, url: Url, sha256: Option<Sha256> },
    /// A wheel that the build creates from this requirement.
    Built { package: Name, spec: String },
    /// Wheels that the build creates from a source tree. Their dependencies are unknown before the build.
    Tree { package: Name, dists: Vec<String> },
}

impl InstallCall {
    /// Whether it has a closure file. A call that only installs requirements with hashes has none.
    pub fn is_locked(&self) -> bool {
        !self.roots.iter().all(|root| matches!(root, InstallRoot::Hashed(_)))
    }
}

impl InstallRoot {
    /// Returns the text that [`PythonEnvironment::inputs`] hashes.
    fn words(&self) -> String {
        match self {
            Self::Spec(spec) => format!("spec {spec}"),
            Self::Url(url) => format!("url {url}"),
            Self::Option(option) => format!("option {option}"),
            Self::Hashed(spec) => format!("hashed {spec}"),
            Self::Wheel { name, url, sha256 } => {
                let sha256 = sha256.as_ref().map_or("", Sha256::as_str);
                format!("wheel {name} {} {sha256}", url.as_str())
            }
            Self::Built { package, spec } => format!("built {package} {spec}"),
            Self::Tree { package, dists } => format!("tree {package} {}", dists.join(" ")),
        }
    }
}

/// Whether an environment is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClosureState {
    /// There is no closure.
    Unlocked,
    Locked,
    /// Its inputs have changed since `jcc lock`.
    Stale,
    /// `jcc update` released some of its distributions.
    Released,
    /// A closure file is missing or was edited.
    Damaged,
}

impl PythonEnvironment {
    /// Returns the hash of everything that its resolution depends on.
    pub fn inputs(&self) -> Sha256 {
        let mut text = format!("1\npython {:?}\nplatform {} {:?}\n", self.python, self.machine, self.glibc);
        let index = |url: &Url| masked(url.as_str());
        text.push_str(&format!("index {:?}\n", self.index.as_ref().map(index)));
        for call in &self.calls {
            let own = call.index.as_ref().map(|one| index(&one.url));
            let extra: Vec<String> = call.extra_indexes.iter().map(index).collect();
            text.push_str(&format!("call {} {own:?} {extra:?} {} {:?}\n", call.file, call.deps, call.after));
            for root in &call.roots {
                text.push_str(&format!("  {}\n", masked(&root.words())));
            }
        }
        for (word, lines) in [("held", &self.constraints), ("provided", &self.provided)] {
            for line in lines {
                text.push_str(&format!("{word} {line}\n"));
            }
        }
        Sha256::of_text(&text)
    }

    /// Returns the packages whose wheels are built from source trees, so their dependencies cannot be locked.
    pub fn trees(&self) -> impl Iterator<Item = &Name> {
        self.calls.iter().flat_map(|call| &call.roots).filter_map(|root| match root {
            InstallRoot::Tree { package, .. } => Some(package),
            _ => None,
        })
    }

    /// Whether a closure file belongs to this environment.
    pub fn has_file(&self, name: &str) -> bool {
        self.calls.iter().any(|call| name == call.file || name == repositories_of(&call.file))
    }

    fn files<'a>(&'a self, closures: &'a Closures) -> impl Iterator<Item = &'a String> {
        closures.keys().filter(|name| self.has_file(name))
    }

    fn judged(&self, closures: &Closures) -> ClosureState {
        let inputs = self.inputs();
        let mut files = self.files(closures).map(|name| &closures[name]).peekable();
        if files.peek().is_none() {
            return ClosureState::Unlocked;
        }
        let mut state = ClosureState::Locked;
        for file in files {
            state = match state {
                _ if file.locked.inputs != inputs => return ClosureState::Stale,
                _ if !file.locked.released.is_empty() => ClosureState::Released,
                ClosureState::Locked if file.text.is_none() => ClosureState::Damaged,
                state => state,
            };
        }
        state
    }
}

/// Returns the name of the closure file with the Git repositories of a call.
pub fn repositories_of(file: &str) -> String {
    format!("{file}.repositories")
}

/// The closure files of a target.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LockedPython {
    /// The files that steps install, by name.
    pub used: BTreeMap<String, ClosureText>,
    /// Files that are out of date. They stay, so that `jcc lock` keeps the versions that still fit.
    pub kept: BTreeMap<String, String>,
}

impl LockedPython {
    /// Returns all files with their texts.
    pub fn files(&self) -> impl Iterator<Item = (&String, &str)> {
        let used = self.used.iter().map(|(name, text)| (name, text.as_str()));
        used.chain(self.kept.iter().map(|(name, text)| (name, text.as_str())))
    }
}

/// Sets the state of each environment, and warns about closures that are not used.
pub(super) fn judge(inputs: Inputs<'_>, all: &mut [PythonEnvironment], log: &mut Log) -> LockedPython {
    let mut locked = LockedPython::default();
    for one in all {
        one.state = one.judged(&inputs.locked.closures);
        for name in one.files(&inputs.locked.closures) {
            let Some(text) = &inputs.locked.closures[name].text else { continue };
            match ClosureText::read(text) {
                Some(text) if one.state == ClosureState::Locked => {
                    locked.used.insert(name.clone(), text);
                }
                _ => {
                    locked.kept.insert(name.clone(), text.clone());
                }
            }
        }
        report(inputs, one, log);
    }
    locked
}

fn report(inputs: Inputs<'_>, environment: &PythonEnvironment, log: &mut Log) {
    let why = match environment.state {
        ClosureState::Unlocked | ClosureState::Locked => return,
        ClosureState::Stale => "what it is resolved from has changed since `jcc lock`",
        ClosureState::Released => "`jcc update` released some of its packages",
        ClosureState::Damaged => "a file of it in `.jcc/` is missing or was edited",
    };
    let name = wording::code(environment.name.as_str());
    let message = format!("the locked Python packages of the stage {name} are not used");
    log.report(
        Diagnostic::warning(codes::STALE_CLOSURE, message)
            .at(inputs.project.target.name.span, format!("{why}: the build resolves them"))
            .help("run `jcc lock`, then `jcc compile`"),
    );
}
