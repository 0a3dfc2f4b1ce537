//! Resolves Python environments with uv.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::Path;

use crate::fs::Scratch;
use crate::plan::{ClosureText, PythonEnvironment};
use crate::resolve::{Closures, LockedClosure};
use crate::value::Sha256;

use super::super::programs::ProgramFailure;
use super::resolved;
use super::uv::{Uv, alone, name_of, platform};

/// How to get uv.
pub(super) const GET_UV: &str =
    "`pip install uv` or `pipx install uv` installs it; see https://docs.astral.sh/uv/";

/// Why an environment was not locked.
#[derive(Debug)]
pub(super) enum Unlocked {
    /// uv is not installed.
    NoUv,
    /// Another reason, in words.
    Because(String),
}

impl From<ProgramFailure> for Unlocked {
    fn from(why: ProgramFailure) -> Self {
        match why {
            ProgramFailure::Missing => Self::NoUv,
            other => Self::Because(other.words()),
        }
    }
}

impl From<String> for Unlocked {
    fn from(why: String) -> Self {
        Self::Because(why)
    }
}

/// Resolves an environment, and returns its closure files by name. uv keeps the `preferred` versions that still fit.
pub(super) fn lock(
    environment: &PythonEnvironment,
    preferred: &[String],
    (temporary, variables): (&Path, &[OsString]),
) -> Result<BTreeMap<String, ClosureText>, Unlocked> {
    let python = environment.python.as_deref();
    let python = python.ok_or_else(|| "the version of its Python is not known".to_owned())?;
    let platform = platform(environment)
        .ok_or_else(|| "the catalogue does not know the C library of the image's distribution".to_owned())?;
    let scratch = Scratch::new(temporary).map_err(ProgramFailure::System)?;
    let uv = Uv { scratch: &scratch, environment, python, platform, variables };
    let dists = resolved::read(&uv.resolve(preferred)?)?;
    // Local files and Git repositories are not on an index.
    let files: BTreeSet<String> =
        environment.calls.iter().flat_map(|call| &call.roots).filter_map(resolved::brought).collect();
    let indexed = dists.iter().filter(|(name, dist)| !files.contains(*name) && !dist.is_repository());
    let mut pinned: BTreeSet<String> = indexed.map(|(_, dist)| dist.requirement.clone()).collect();
    pinned.extend(alone(environment));
    let files = if pinned.is_empty() { BTreeMap::new() } else { resolved::files(&uv.files(&pinned)?)? };
    Ok(resolved::divide(environment, &dists, &files)?)
}

/// Returns the versions in the closure files that `jcc update` did not release.
pub(super) fn preferred(environment: &PythonEnvironment, closures: &Closures) -> Vec<String> {
    let own = closures.iter().filter(|(name, _)| environment.has_file(name));
    let mut all = BTreeSet::new();
    for (_, file) in own {
        let lines =
            file.text.as_deref().and_then(ClosureText::read).map(|text| text.lines).unwrap_or_default();
        let is_held =
            |name: &str| !file.locked.released.contains(name) && !file.locked.released.contains("*");
        let requirements = lines.into_iter().map(|line| line.requirement);
        all.extend(
            requirements.filter(|one| one.contains("==") && name_of(one).is_some_and(|name| is_held(&name))),
        );
    }
    all.into_iter().collect()
}

/// Returns the lock entry of a closure file.
pub(super) fn recorded(environment: &PythonEnvironment, text: &ClosureText) -> LockedClosure {
    LockedClosure {
        inputs: environment.inputs(),
        sha256: Sha256::of_text(text.as_str()),
        released: BTreeSet::new(),
    }
}
