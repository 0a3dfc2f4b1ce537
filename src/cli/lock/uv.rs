//! Runs `uv pip compile`.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::time::Duration;

use crate::fs::Scratch;
use crate::plan::{InstallCall, InstallRoot, PipIndex, PythonEnvironment};
use crate::value::{Parse as _, PepRequirement, Url, Version, normalised_name};

use super::super::programs::{ProgramCall, ProgramFailure, arguments, run};

/// A resolution takes seconds, or minutes if uv must download large wheels.
const LIMIT: Duration = Duration::from_mins(15);
/// The minor glibc versions that uv has a platform for, newest first.
const GLIBC: [u64; 12] = [40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 28, 17];
/// The name of the temporary project; no package on an index may have it.
const PROJECT: &str = "jcc-python-environment";
/// The files that uv writes.
const OUTPUT: &str = "resolved.txt";
const LOCKED: &str = "pylock.toml";

/// Returns uv's name of the target platform; `None` if the glibc version is unknown.
pub(super) fn platform(environment: &PythonEnvironment) -> Option<String> {
    let glibc = Version::parse(environment.glibc.as_deref()?).ok()?;
    let minor = GLIBC.into_iter().find(|minor| glibc.major() == 2 && *minor <= glibc.minor())?;
    Some(format!("{}-manylinux_2_{minor}", environment.machine))
}

/// uv in a temporary folder, for one environment.
pub(super) struct Uv<'a> {
    pub(super) scratch: &'a Scratch,
    pub(super) environment: &'a PythonEnvironment,
    pub(super) python: &'a str,
    pub(super) platform: String,
    /// The names of the environment variables of this process.
    pub(super) variables: &'a [OsString],
}

impl Uv<'_> {
    /// Resolves all calls that install dependencies, and returns uv's requirements file.
    pub(super) fn resolve(&self, preferred: &[String]) -> Result<String, ProgramFailure> {
        let calls = || self.environment.calls.iter();
        let named: BTreeSet<String> = calls().filter(|call| call.deps).flat_map(named).collect();
        let project = project(&named, self.environment);
        self.write("pyproject.toml", &project)?;
        let lines: BTreeSet<&String> = calls().flat_map(|call| &call.roots).filter_map(line).collect();
        self.write("requirements.in", &joined(lines))?;
        self.write(
            "overrides.txt",
            &joined(absent(self.environment).iter().map(|name| format!("{name}; python_version < '0'"))),
        )?;
        self.write(OUTPUT, &joined(preferred))?;
        let mut all = self.options();
        all.extend(arguments(["--override", "overrides.txt", "--annotation-style", "line"]));
        all.extend(arguments(["--output-file", OUTPUT, "pyproject.toml", "requirements.in"]));
        self.run(all)?;
        self.read(OUTPUT)
    }

    /// Returns `pylock.toml` with the files of these exact requirements.
    pub(super) fn files(&self, pinned: &BTreeSet<String>) -> Result<String, ProgramFailure> {
        self.write("pyproject.toml", &project(pinned, self.environment))?;
        let mut all = self.options();
        all.extend(arguments(["--no-deps", "--format", "pylock.toml", "--output-file", LOCKED]));
        all.push("pyproject.toml".into());
        let options = self.environment.calls.iter().flat_map(|call| &call.roots);
        let options =
            options.filter_map(|root| if let InstallRoot::Option(line) = root { Some(line) } else { None });
        self.write("requirements.in", &joined(options))?;
        all.push("requirements.in".into());
        // Most of it is in uv's cache after the first run.
        let offline = all.iter().cloned().chain(arguments(["--offline"])).collect();
        self.run(offline).or_else(|_| self.run(all))?;
        self.read(LOCKED)
    }

    fn options(&self) -> Vec<OsString> {
        let mut all =
            arguments(["pip", "compile", "--no-config", "--no-header", "--quiet", "--color", "never"]);
        all.extend(arguments(["--python-version", self.python, "--python-platform", &self.platform]));
        all.extend(arguments(["--constraint", "constraints.txt"]));
        // pip chooses the best version on all indexes.
        if self.environment.calls.iter().any(|call| !call.extra_indexes.is_empty()) {
            all.extend(arguments(["--index-strategy", "unsafe-best-match"]));
        }
        all
    }

    fn run(&self, arguments: Vec<OsString>) -> Result<String, ProgramFailure> {
        self.write("constraints.txt", &joined(&self.environment.constraints))?;
        let mut env = vec![("UV_PYTHON_DOWNLOADS", "never".to_owned())];
        env.extend(self.environment.index.as_ref().map(|url| ("UV_DEFAULT_INDEX", url.as_str().to_owned())));
        let extra: BTreeSet<&str> =
            self.environment.calls.iter().flat_map(|call| &call.extra_indexes).map(Url::as_str).collect();
        if !extra.is_empty() {
            env.push(("UV_INDEX", extra.into_iter().collect::<Vec<_>>().join(" ")));
        }
        let is_own =
            |name: &str| is_hidden(name) || self.environment.index.is_some() && name == "UV_INDEX_URL";
        let hidden =
            self.variables.iter().filter(|name| name.to_str().is_some_and(is_own)).cloned().collect();
        run(&ProgramCall { program: "uv", arguments, folder: self.scratch.path(), env, hidden, limit: LIMIT })
    }

    fn write(&self, name: &str, text: &str) -> Result<(), ProgramFailure> {
        self.scratch.write(name, text).map_err(ProgramFailure::System)
    }

    fn read(&self, name: &str) -> Result<String, ProgramFailure> {
        self.scratch.read(name).map_err(ProgramFailure::System)
    }
}

/// Whether uv must not see a variable, because it would change the result. Variables for the network are kept.
fn is_hidden(name: &str) -> bool {
    const KEPT: [&str; 12] = [
        "UV_CACHE_DIR",
        "UV_CONCURRENT_DOWNLOADS",
        "UV_DEFAULT_INDEX",
        "UV_HTTP_TIMEOUT",
        "UV_INDEX_URL",
        "UV_INSECURE_HOST",
        "UV_KEYRING_PROVIDER",
        "UV_NATIVE_TLS",
        "UV_NO_CACHE",
        "UV_PYTHON",
        "UV_PYTHON_INSTALL_DIR",
        "UV_SYSTEM_CERTS",
    ];
    let login = name.starts_with("UV_INDEX_") && (name.ends_with("_USERNAME") || name.ends_with("_PASSWORD"));
    name.starts_with("UV_") && !KEPT.contains(&name) && !login
}

fn joined(lines: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    lines.into_iter().fold(String::new(), |all, line| all + line.as_ref() + "\n")
}

/// Returns the requirements of a call.
fn named(call: &InstallCall) -> Vec<String> {
    let named = call.roots.iter().filter_map(|root| match root {
        InstallRoot::Spec(spec) | InstallRoot::Hashed(spec) | InstallRoot::Built { spec, .. } => {
            Some(spec.clone())
        }
        InstallRoot::Wheel { name, url, sha256 } => {
            let hash = sha256.as_ref().map_or_else(String::new, |sha256| format!("#sha256={sha256}"));
            Some(format!("{name} @ {}{hash}", url.as_str()))
        }
        InstallRoot::Url(_) | InstallRoot::Option(_) | InstallRoot::Tree { .. } => None,
    });
    named.collect()
}

/// Returns a line of a requirements file that has no name.
fn line(root: &InstallRoot) -> Option<&String> {
    match root {
        InstallRoot::Url(line) | InstallRoot::Option(line) => Some(line),
        _ => None,
    }
}

/// Returns the distributions that uv must not resolve: those of the base image, those built from source trees, and
/// those installed without dependencies.
fn absent(environment: &PythonEnvironment) -> BTreeSet<String> {
    let mut all: BTreeSet<String> = environment.provided.iter().cloned().collect();
    for call in &environment.calls {
        for root in &call.roots {
            if let InstallRoot::Tree { dists, .. } = root {
                all.extend(dists.iter().map(|dist| normalised_name(dist)));
            }
        }
    }
    all.extend(alone(environment).iter().filter_map(|spec| name_of(spec)));
    all
}

/// Returns the requirements that are installed without dependencies.
pub(super) fn alone(environment: &PythonEnvironment) -> BTreeSet<String> {
    let (with, without): (Vec<&InstallCall>, Vec<&InstallCall>) =
        environment.calls.iter().partition(|call| call.deps);
    let specs = |calls: Vec<&InstallCall>| -> BTreeSet<String> {
        let roots = calls.into_iter().flat_map(|call| &call.roots);
        roots
            .filter_map(|root| if let InstallRoot::Spec(spec) = root { Some(spec.clone()) } else { None })
            .collect()
    };
    let with = specs(with);
    specs(without).into_iter().filter(|spec| !with.contains(spec)).collect()
}

/// Returns the normalised name of a requirement.
pub(super) fn name_of(spec: &str) -> Option<String> {
    PepRequirement::parse(spec).ok().map(|one| one.normalised_name())
}

/// Returns a project file with these requirements, each from the index that the build uses for it.
fn project(named: &BTreeSet<String>, environment: &PythonEnvironment) -> String {
    let list: Vec<String> = named.iter().map(|spec| format!("    {},\n", text(spec))).collect();
    let mut out = format!(
        "[project]\nname = {}\nversion = \"0\"\ndependencies = [\n{}]\n",
        text(PROJECT),
        list.concat()
    );
    let here: BTreeSet<String> = named.iter().filter_map(|spec| name_of(spec)).collect();
    let mut sources: BTreeMap<String, &PipIndex> = BTreeMap::new();
    for call in &environment.calls {
        let Some(index) = &call.index else { continue };
        for root in &call.roots {
            if let InstallRoot::Spec(spec) = root
                && let Some(name) = name_of(spec).filter(|name| here.contains(name))
            {
                sources.entry(name).or_insert(index);
            }
        }
    }
    let indexes: BTreeSet<&PipIndex> = sources.values().copied().collect();
    out.push_str("\n[tool.uv.sources]\n");
    for (name, index) in &sources {
        out.push_str(&format!("{} = {{ index = {} }}\n", text(name), text(&index.name)));
    }
    for index in indexes {
        let (name, url) = (text(&index.name), text(index.url.as_str()));
        out.push_str(&format!("\n[[tool.uv.index]]\nname = {name}\nurl = {url}\nexplicit = true\n"));
    }
    out
}

/// Returns a TOML string.
fn text(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
