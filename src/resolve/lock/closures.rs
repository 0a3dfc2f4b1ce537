//! The closure files and further images that `jcc lock` records.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Log;
use crate::fs::{FileKind, FileSystem};
use crate::syntax::schema::{ArgSpec, NodeSpec, PropertySpec};
use crate::syntax::{Reader, quote};
use crate::value::{Commit, ImageRef, ProjectPath, Sha256};

use super::{Lock, LockedTarget};

pub(super) static CLOSURE: NodeSpec =
    NodeSpec::new("closure", "The Python distributions that a step installs, recorded by `jcc lock`.")
        .args(&[ArgSpec::text("NAME", "The name of its file in `.jcc/locked/`, without the extension.")])
        .properties(&[
            PropertySpec::text("inputs", "The hash of what it was resolved from.").required(),
            PropertySpec::text("sha256", "The hash of the file.").required(),
            PropertySpec::text("released", "Distributions that `jcc lock` resolves again."),
        ]);
pub(super) static COMMIT: NodeSpec =
    NodeSpec::new("commit", "The commit of a branch or tag of a repository.").args(&[
        ArgSpec::text("URL", "The repository."),
        ArgSpec::text("REF", "The branch or tag; `HEAD` for the default branch."),
        ArgSpec::text("COMMIT", "Its commit."),
    ]);
pub(super) static IMAGE: NodeSpec =
    NodeSpec::new("image", "The image of a service or of the `# syntax=` line, with its digest.")
        .args(&[ArgSpec::text("IMAGE", "Its reference.")]);

/// In `released`, stands for all distributions.
const ALL: &str = "*";

/// A closure file as the lock records it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedClosure {
    /// The hash of what it was resolved from.
    pub inputs: Sha256,
    /// The hash of the file.
    pub sha256: Sha256,
    /// Distributions that `jcc update` released: `jcc lock` resolves them again.
    pub released: BTreeSet<String>,
}

impl LockedClosure {
    /// Whether `jcc update` released a distribution.
    pub fn is_released(&self, name: &str) -> bool {
        self.released.contains(name) || self.released.contains(ALL)
    }
}

/// A closure file on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosureFile {
    pub locked: LockedClosure,
    /// Its text; `None` if it is missing or does not have the recorded hash.
    pub text: Option<String>,
}

/// The closure files of a target, by name.
pub type Closures = BTreeMap<String, ClosureFile>;

/// Commits by the URL of the repository and the branch or tag.
pub type Commits = BTreeMap<(String, String), Commit>;

/// What the lock records for the downloads of a target.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LockedDownloads {
    pub closures: Closures,
    pub commits: Commits,
}

/// Returns the path of a closure file in a target's support folder.
pub fn closure_path(support: &ProjectPath, name: &str) -> String {
    format!("{support}/locked/{name}.txt")
}

impl LockedTarget {
    /// Returns what it records for downloads, with the closure files of the target.
    pub fn downloads(&self, fs: &dyn FileSystem, support: &ProjectPath) -> LockedDownloads {
        LockedDownloads { closures: self.read_closures(fs, support), commits: self.commits.clone() }
    }

    /// Reads the closure files of the target.
    pub fn read_closures(&self, fs: &dyn FileSystem, support: &ProjectPath) -> Closures {
        let read = |name: &str| {
            let path = closure_path(support, name);
            let bytes = (fs.kind(&path) == Some(FileKind::File)).then(|| fs.read(&path).ok()).flatten()?;
            // Git can write CRLF on Windows.
            Some(String::from_utf8(bytes).ok()?.replace("\r\n", "\n"))
        };
        let file = |(name, locked): (&String, &LockedClosure)| {
            let text = read(name).filter(|text| Sha256::of_text(text) == locked.sha256);
            (name.clone(), ClosureFile { locked: locked.clone(), text })
        };
        self.closures.iter().map(file).collect()
    }

    /// Releases all distributions of all closures: `jcc lock` resolves them again.
    pub fn release_all(&mut self) {
        for closure in self.closures.values_mut() {
            closure.released = BTreeSet::from([ALL.to_owned()]);
        }
    }

    pub(super) fn write_closures(&self, out: &mut String) {
        for (name, one) in &self.closures {
            let (name, inputs) = (quote(name), quote(one.inputs.as_str()));
            let sha256 = quote(one.sha256.as_str());
            out.push_str(&format!("    closure {name} inputs={inputs} sha256={sha256}"));
            if !one.released.is_empty() {
                let released: Vec<&str> = one.released.iter().map(String::as_str).collect();
                out.push_str(&format!(" released={}", quote(&released.join(" "))));
            }
            out.push('\n');
        }
        for ((url, reference), commit) in &self.commits {
            let (url, reference) = (quote(url), quote(reference));
            out.push_str(&format!("    commit {url} {reference} {}\n", quote(commit.as_str())));
        }
        for image in self.further_images.values() {
            out.push_str(&format!("    image {}\n", quote(&image.to_string())));
        }
    }
}

impl Lock {
    /// Adds the closures of the old lock to targets that have none, and releases them.
    pub fn add_released_closures(&mut self, old: &Self) {
        for (name, target) in &mut self.targets {
            if let Some(old) = old.targets.get(name).filter(|_| target.closures.is_empty()) {
                target.closures.clone_from(&old.closures);
                target.release_all();
            }
        }
    }
}

/// Reads the `closure` nodes of a target.
pub(super) fn closures(target: Reader<'_>, log: &mut Log) -> BTreeMap<String, LockedClosure> {
    let mut closures = BTreeMap::new();
    for node in target.children_named("closure") {
        // A project path cannot leave the folder.
        let name = node.arg::<ProjectPath>(0, log);
        let (inputs, sha256) = (node.prop("inputs", log), node.prop("sha256", log));
        let released: Option<String> = node.prop("released", log).map(|one| one.value);
        let released = released.unwrap_or_default().split_whitespace().map(str::to_owned).collect();
        if let (Some(name), Some(inputs), Some(sha256)) = (name, inputs, sha256) {
            let one = LockedClosure { inputs: inputs.value, sha256: sha256.value, released };
            closures.insert(name.value.to_string(), one);
        }
    }
    closures
}

/// Reads the `commit` nodes of a target.
pub(super) fn commits(target: Reader<'_>, log: &mut Log) -> Commits {
    let commits = target.children_named("commit").filter_map(|node| {
        let (url, reference) = (node.arg::<String>(0, log)?, node.arg::<String>(1, log)?);
        Some(((url.value, reference.value), node.arg::<Commit>(2, log)?.value))
    });
    commits.collect()
}

/// Reads the `image` nodes of a target.
pub(super) fn images(target: Reader<'_>, log: &mut Log) -> BTreeMap<String, ImageRef> {
    let images = target.children_named("image").filter_map(|node| node.arg::<ImageRef>(0, log));
    images.map(|image| (image.value.without_digest().to_string(), image.value)).collect()
}
