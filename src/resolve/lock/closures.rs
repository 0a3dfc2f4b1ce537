//! The closure files and further images that `jcc lock` records.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Log;
use crate::fs::{FileKind, FileSystem};
use crate::syntax::schema::{ArgSpec, NodeSpec, PropertySpec};
use crate::syntax::{Reader, quote};
use crate::value::{ImageRef, ProjectPath, Sha256};

use super::LockedTarget;

pub(super) static CLOSURE: NodeSpec =
    NodeSpec::new("closure", "The Python distributions that a step installs, recorded by `jcc lock`.")
        .args(&[ArgSpec::text("NAME", "The name of its file in `.jcc/locked/`, without the extension.")])
        .properties(&[
            PropertySpec::text("inputs", "The hash of what it was resolved from.").required(),
            PropertySpec::text("sha256", "The hash of the file.").required(),
            PropertySpec::text("released", "Distributions that `jcc lock` resolves again."),
        ]);
pub(super) static IMAGE: NodeSpec =
    NodeSpec::new("image", "The image of a service or of the `# syntax=` line, with its digest.")
        .args(&[ArgSpec::text("IMAGE", "Its reference.")]);

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

/// A closure file on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosureFile {
    pub locked: LockedClosure,
    /// Its text; `None` if it is missing or does not have the recorded hash.
    pub text: Option<String>,
}

/// The closure files of a target, by name.
pub type Closures = BTreeMap<String, ClosureFile>;

/// Returns the path of a closure file in a target's support folder.
pub fn closure_path(support: &ProjectPath, name: &str) -> String {
    format!("{support}/locked/{name}.txt")
}

impl LockedTarget {
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
        for image in self.further_images.values() {
            out.push_str(&format!("    image {}\n", quote(&image.to_string())));
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

/// Reads the `image` nodes of a target.
pub(super) fn images(target: Reader<'_>, log: &mut Log) -> BTreeMap<String, ImageRef> {
    let images = target.children_named("image").filter_map(|node| node.arg::<ImageRef>(0, log));
    images.map(|image| (image.value.without_digest().to_string(), image.value)).collect()
}
