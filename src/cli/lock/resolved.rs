//! Reads what uv writes, and divides the distributions among the steps.

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::{ClosureLine, ClosureText, InstallCall, InstallRoot, PythonEnvironment, repositories_of};
use crate::source::masked;
use crate::value::{Parse as _, Sha256, WheelName, normalised_name};

use super::uv::name_of;

/// A resolved distribution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ResolvedDist {
    /// The requirement, such as `numpy==2.2.6` or `a @ https://…`.
    pub(super) requirement: String,
    /// The distributions that require it.
    via: BTreeSet<String>,
}

impl ResolvedDist {
    /// Whether it is a Git repository, which has no hashes.
    pub(super) fn is_repository(&self) -> bool {
        self.requirement.contains(" @ git+") || self.requirement.contains("@git+")
    }
}

/// Distributions by their normalised names.
pub(super) type ResolvedDists = BTreeMap<String, ResolvedDist>;

/// Reads uv's requirements file: one distribution per line, followed by `# via` and what requires it.
pub(super) fn read(text: &str) -> Result<ResolvedDists, String> {
    let mut all = ResolvedDists::new();
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with(['#', '-'])) {
        let (requirement, via) = line.split_once("# via ").unwrap_or((line, ""));
        let requirement = requirement.trim().to_owned();
        let name = dist_name(&requirement).ok_or_else(|| format!("uv printed `{}`", masked(line)))?;
        // An entry with a space is a file.
        let via = via.split(',').map(str::trim).filter(|one| !one.is_empty() && !one.contains(' '));
        let via = via.filter_map(name_of).collect();
        all.insert(name, ResolvedDist { requirement, via });
    }
    Ok(all)
}

/// Returns the normalised name of a requirement from uv, or of a wheel if it is a path.
fn dist_name(requirement: &str) -> Option<String> {
    let end = requirement.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')));
    let name = &requirement[..end.unwrap_or(requirement.len())];
    if name.is_empty() {
        return WheelName::read(requirement).map(|wheel| normalised_name(wheel.name));
    }
    Some(normalised_name(name))
}

/// The files of a distribution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DistFiles {
    version: Option<String>,
    hashes: BTreeSet<Sha256>,
    /// Whether there is no wheel for the target.
    source: bool,
}

/// Reads uv's `pylock.toml`, which lists only files that the target can install.
pub(super) fn files(text: &str) -> Result<BTreeMap<String, DistFiles>, String> {
    let table: toml::Table =
        text.parse().map_err(|why: toml::de::Error| format!("uv wrote no TOML: {}", why.message()))?;
    let packages = table.get("packages").and_then(toml::Value::as_array);
    let mut all = BTreeMap::new();
    for package in packages.into_iter().flatten() {
        let word = |key: &str| package.get(key).and_then(toml::Value::as_str);
        let Some(name) = word("name").and_then(name_of) else {
            return Err("uv wrote a package without a name".to_owned());
        };
        let wheels = package.get("wheels").and_then(toml::Value::as_array).map_or(&[][..], Vec::as_slice);
        let wheels = wheels.iter().chain(package.get("archive"));
        let mut files: Vec<&toml::Value> = wheels.collect();
        let source = files.is_empty();
        if source {
            files.extend(package.get("sdist"));
        }
        let hashes: Option<BTreeSet<Sha256>> = files.into_iter().map(hash).collect();
        let hashes = hashes.filter(|hashes| !hashes.is_empty());
        let hashes = hashes.ok_or_else(|| format!("the index has no SHA-256 for the files of `{name}`"))?;
        all.insert(name, DistFiles { version: word("version").map(str::to_owned), hashes, source });
    }
    Ok(all)
}

fn hash(file: &toml::Value) -> Option<Sha256> {
    Sha256::parse(file.get("hashes")?.get("sha256")?.as_str()?).ok()
}

/// Divides the distributions among the calls. Each call installs its requirements and their dependencies, except what
/// earlier calls have installed.
pub(super) fn divide(
    environment: &PythonEnvironment,
    dists: &ResolvedDists,
    files: &BTreeMap<String, DistFiles>,
) -> Result<BTreeMap<String, ClosureText>, String> {
    let mut done: Vec<BTreeSet<String>> = Vec::new();
    let mut all = BTreeMap::new();
    let own: Vec<Vec<String>> = environment.calls.iter().map(|call| own(call, dists)).collect();
    let mut reached: Vec<BTreeSet<String>> = Vec::new();
    for (call, own) in environment.calls.iter().zip(&own) {
        reached.push(if call.deps { below(own, dists) } else { own.iter().cloned().collect() });
    }
    unreached(environment, dists, &mut reached);
    for (call, mut here) in environment.calls.iter().zip(reached) {
        for before in &call.after {
            here.retain(|name| !done[*before].contains(name));
        }
        done.push(here.clone());
        let brought: BTreeSet<String> = call.roots.iter().filter_map(brought).collect();
        here.retain(|name| !brought.contains(name));
        if !call.is_locked() {
            continue;
        }
        let (repositories, indexed): (Vec<&String>, Vec<&String>) =
            here.iter().partition(|name| dists.get(*name).is_some_and(ResolvedDist::is_repository));
        let line = |name: &String| line(name, dists, files);
        let options = call.roots.iter().filter_map(option).collect();
        let lines = indexed.into_iter().map(line).collect::<Result<Vec<_>, _>>()?;
        all.insert(call.file.clone(), ClosureText::new(options, lines));
        if !repositories.is_empty() {
            let lines = repositories.into_iter().map(line).collect::<Result<Vec<_>, _>>()?;
            all.insert(repositories_of(&call.file), ClosureText::new(Vec::new(), lines));
        }
    }
    Ok(all)
}

/// Returns the distributions that a call names.
fn own(call: &InstallCall, dists: &ResolvedDists) -> Vec<String> {
    let names = call.roots.iter().filter_map(|root| match root {
        InstallRoot::Spec(spec) | InstallRoot::Hashed(spec) | InstallRoot::Built { spec, .. } => {
            name_of(spec)
        }
        InstallRoot::Wheel { name, .. } => Some(name.clone()),
        InstallRoot::Url(_) | InstallRoot::Option(_) | InstallRoot::Tree { .. } => None,
    });
    // uv leaves out requirements whose marker is false; those without dependencies were not resolved.
    names.filter(|name| !call.deps || dists.contains_key(name)).collect()
}

/// Returns a distribution that needs no line: from a wheel file, or from a requirements file with hashes.
pub(super) fn brought(root: &InstallRoot) -> Option<String> {
    match root {
        InstallRoot::Hashed(spec) | InstallRoot::Built { spec, .. } => name_of(spec),
        InstallRoot::Wheel { name, .. } => Some(name.clone()),
        _ => None,
    }
}

fn option(root: &InstallRoot) -> Option<String> {
    if let InstallRoot::Option(line) = root { Some(line.clone()) } else { None }
}

/// Returns these distributions and all their dependencies.
fn below(names: &[String], dists: &ResolvedDists) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = names.to_vec();
    while let Some(name) = open.pop() {
        if found.insert(name.clone()) {
            open.extend(
                dists.iter().filter(|(_, dist)| dist.via.contains(&name)).map(|(name, _)| name.clone()),
            );
        }
    }
    found
}

/// Adds the distributions that no call reaches to the first call with a URL without a name.
fn unreached(environment: &PythonEnvironment, dists: &ResolvedDists, reached: &mut [BTreeSet<String>]) {
    let left: Vec<String> =
        dists.keys().filter(|name| reached.iter().all(|here| !here.contains(*name))).cloned().collect();
    let unnamed = |call: &InstallCall| call.roots.iter().any(|root| matches!(root, InstallRoot::Url(_)));
    let calls = &environment.calls;
    let at = calls.iter().position(unnamed).or_else(|| calls.iter().rposition(|call| call.deps));
    if let Some(here) = at.and_then(|at| reached.get_mut(at)) {
        here.extend(below(&left, dists));
    }
}

fn line(
    name: &str,
    dists: &ResolvedDists,
    files: &BTreeMap<String, DistFiles>,
) -> Result<ClosureLine, String> {
    let missing = || format!("uv did not list the files of `{name}`");
    let dist = dists.get(name);
    let via = dist.map(|dist| dist.via.clone()).unwrap_or_default();
    if let Some(dist) = dist.filter(|dist| dist.is_repository()) {
        return checked(ClosureLine {
            requirement: dist.requirement.clone(),
            hashes: BTreeSet::new(),
            source: false,
            via,
        });
    }
    let files = files.get(name).ok_or_else(missing)?;
    let exact = || Some(format!("{name}=={}", files.version.as_ref()?));
    let requirement = dist.map(|dist| dist.requirement.clone()).or_else(exact).ok_or_else(missing)?;
    checked(ClosureLine { requirement, hashes: files.hashes.clone(), source: files.source, via })
}

/// Rejects secrets, because closure files are committed.
fn checked(line: ClosureLine) -> Result<ClosureLine, String> {
    if masked(&line.requirement) == line.requirement {
        return Ok(line);
    }
    Err(format!("`{}` contains a secret", masked(&line.requirement)))
}

#[cfg(test)]
#[path = "resolved_tests.rs"]
mod tests;
