//! Writes the lock.

use std::collections::BTreeMap;

use crate::source::Sources;
use crate::syntax::quote;
use crate::value::{Name, Version};

use super::super::resolution::{Reason, Resolution};
use super::{Lock, LockPlace, LockedEntry, LockedTarget};

impl Lock {
    /// The version of the format that this compiler writes, and the newest that it reads.
    pub const FORM: u32 = 2;

    /// The maximum size of a lock in bytes, for reading and writing.
    pub const LARGEST: usize = 8 << 20;

    /// Returns the text of the file: one line per axis or package, sorted by name, so that a change of one
    /// choice changes one line.
    pub fn write(&self, compiler: &str) -> String {
        let mut out = String::from(
            "// Resolved versions and the reasons for them, written by jcc. jcc keeps these \
                versions; remove a line to resolve it again.\n",
        );
        out.push_str(&format!("lock {} jcc={}\n", Self::FORM, quote(compiler)));
        out.push_str(&format!("manifest sha256={}\n", quote(&self.manifest.to_string())));
        for name in self.targets.keys() {
            out.push('\n');
            out.push_str(&self.target_text(name));
        }
        self.files.write(&mut out);
        out
    }

    fn target_text(&self, name: &Name) -> String {
        let mut out = format!("target {} {{\n", quote(name.as_str()));
        if let Some(target) = self.targets.get(name) {
            target.write(&mut out);
        }
        out + "}\n"
    }
}

impl LockedTarget {
    fn write(&self, out: &mut String) {
        out.push_str(&format!("    epoch {}\n", self.epoch));
        out.push_str(&format!("    base {}\n", quote(&self.base.to_string())));
        if let Some(devel) = &self.devel {
            out.push_str(&format!("    devel {}\n", quote(&devel.to_string())));
        }
        let chosen = self.entries.iter().map(|one| ("chosen", one));
        for (node, (name, entry)) in chosen.chain(self.noted.iter().map(|one| ("noted", one))) {
            let (name, version) = (quote(name.as_str()), quote(&entry.version.to_string()));
            out.push_str(&format!("    {node} {name} {version}"));
            out.push_str(&format!(" because={}", quote(&entry.reasons.join("; "))));
            if let Some(definition) = &entry.definition {
                out.push_str(&format!(" definition={}", quote(&definition.to_string())));
            }
            out.push('\n');
        }
        self.write_closures(out);
    }

    /// Converts a resolution to its entry in the lock. `definition` returns the hash of a definition by name.
    pub fn of(
        resolution: &Resolution,
        definition: impl Fn(&Name) -> Option<crate::value::Sha256>,
        sources: &Sources,
    ) -> Self {
        let entries = resolution.chosen.iter().map(|(name, chosen)| {
            let entry = LockedEntry {
                version: chosen.version.clone(),
                reasons: reason_texts(&chosen.reasons, sources),
                definition: definition(name),
                place: LockPlace::default(),
            };
            (name.clone(), entry)
        });
        let rest = resolution.axes.iter().filter(|(name, _)| !resolution.chosen.contains_key(*name));
        let noted = rest.map(|(name, version)| {
            let reasons = looked_at(resolution.looked_at.get(name).map_or(&[], Vec::as_slice));
            (
                name.clone(),
                LockedEntry {
                    version: version.clone(),
                    reasons,
                    definition: None,
                    place: LockPlace::default(),
                },
            )
        });
        Self {
            base: resolution.base.image.clone(),
            devel: resolution.devel.as_ref().map(|devel| devel.image.clone()),
            epoch: resolution.epoch,
            entries: entries.collect(),
            noted: noted.collect(),
            closures: BTreeMap::new(),
            commits: BTreeMap::new(),
            further_images: BTreeMap::new(),
        }
    }
}

/// The reason of a version that the base image contains.
const OF_BASE: &str = "provided by the base image";

/// The same reason in locks of earlier versions.
const OLD_OF_BASE: &str = "held by the base";

/// Formats reasons. They name files without line numbers, so that adding a line to a manifest does not change
/// the lock.
fn reason_texts(reasons: &[Reason], sources: &Sources) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for one in reasons {
        let file = |span: crate::source::Span| sources.get(span.source).name;
        let text = match one {
            Reason::Requested(span) => format!("requested in {}", file(*span)),
            Reason::Pinned(span) => format!("pinned in {}", file(*span)),
            Reason::Target(_) => "the target".to_owned(),
            Reason::Base(_) => OF_BASE.to_owned(),
            Reason::RequiredBy { name, .. } => format!("required by {name}"),
            Reason::PlatformDefault { by, version } => default_of(by, version.as_ref()),
            Reason::Locked => continue,
        };
        if !all.contains(&text) {
            all.push(text);
        }
    }
    if all.is_empty() {
        all.push("follows from the platform".to_owned());
    }
    all
}

impl LockedEntry {
    /// Whether the version came from the base image. The catalogue need not list such a version.
    pub(in crate::resolve) fn is_of_base(&self) -> bool {
        self.reasons.iter().any(|one| one == OF_BASE || one == OLD_OF_BASE)
    }
}

/// Formats the packages whose conditions and templates read an axis that nothing requires.
fn looked_at(by: &[Name]) -> Vec<String> {
    if by.is_empty() {
        return vec!["not needed".to_owned()];
    }
    by.iter().map(|name| format!("looked at by {name}")).collect()
}

fn default_of(by: &Name, version: Option<&Version>) -> String {
    version.map_or_else(|| format!("default of {by}"), |version| format!("default of {by} {version}"))
}
