//! Files that jcc wrote and no longer generates.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Log, codes, wording};
use crate::fs::{FileKind, FileSystem, is_version_control};
use crate::render::{Artifacts, Generated, Signature, is_of_old_layout, is_support};
use crate::resolve::{Lock, LockedFiles};

use super::super::session::{LOCK, MANIFEST};
use super::OutputPlace;

/// The default names of the files of jcc 0.1, whose lock does not list them.
const OLD_NAMES: [&str; 5] =
    ["Dockerfile", "Dockerfile.dockerignore", "docker-compose.yaml", "docker-bake.hcl", "devcontainer.json"];

/// The suffixes of the Quadlet units of jcc 0.1.
const OLD_UNITS: [&str; 4] = [".build", ".container", ".network", ".volume"];

/// The files that jcc wrote and no longer generates.
#[derive(Debug, Default)]
pub(in crate::cli) struct Leftovers {
    pub(in crate::cli) removed: BTreeSet<String>,
    edited: BTreeSet<String>,
    /// Files of another manifest in the same folder; both share the lock, which must keep listing them.
    of_others: LockedFiles,
}

impl Leftovers {
    /// Finds the leftovers of a folder. `written` are the files that are generated now from `manifest`.
    pub(in crate::cli) fn of(place: &OutputPlace<'_>, written: &Artifacts, manifest: &str) -> Self {
        let Some(lock) = place.lock else { return Self::default() };
        let mut found = Self::default();
        let paths = candidates(place.fs, lock);
        let on_disk: Vec<(&String, String)> = paths
            .iter()
            .filter(|path| !written.contains_key(*path))
            .filter_map(|path| Some((path, text(place.fs, path)?)))
            .filter(|(path, text)| !is_written(place.fs, path, text, written))
            .collect();
        let exists = |other: &str| place.fs.kind(other) == Some(FileKind::File);
        let is_of_other = |text: &str| {
            Generated::of(text)
                .is_some_and(|head| !head.names(manifest) && head.manifest().is_some_and(exists))
        };
        let shared = on_disk.iter().any(|(_, text)| is_of_other(text));
        for (path, text) in on_disk {
            if is_of_other(&text) || shared && is_support(path) {
                found.of_others = std::mem::take(&mut found.of_others).and_others(&lock.files.only(path));
                continue;
            }
            let is_generated = Generated::of(&text).is_some() || is_support(path);
            match place.signature(path, &text) {
                Signature::Own if is_generated => _ = found.removed.insert(path.clone()),
                _ if lock.files.lists(path) && is_generated => _ = found.edited.insert(path.clone()),
                _ => {}
            }
        }
        found
    }

    /// Returns the lock of a compile, extended by the files of the other manifest that shares it.
    pub(in crate::cli) fn lock(&self, compiled: &crate::Compiled) -> Lock {
        let mut lock = compiled.resolved.lock.clone();
        lock.files = lock.files.and_others(&self.of_others);
        lock
    }

    /// Warns about each leftover that is kept because it was edited.
    pub(in crate::cli) fn warn(&self, place: &OutputPlace<'_>, log: &mut Log) {
        for path in &self.edited {
            let message = format!(
                "{} is no longer generated, but was kept because it was edited by hand",
                wording::code(place.shown(path))
            );
            log.report(
                Diagnostic::warning(codes::output::LEFTOVER, message)
                    .help("delete it, or keep it and maintain it by hand: jcc will not write it again"),
            );
        }
    }
}

/// Returns the paths that jcc may have written: those in the lock, and the default names of jcc 0.1 if the
/// lock lists no files.
fn candidates(fs: &dyn FileSystem, lock: &Lock) -> BTreeSet<String> {
    let mut all: BTreeSet<String> = lock.files.paths().map(str::to_owned).collect();
    if !lock.origin.lists_files {
        for folder in old_folders(fs, lock) {
            let is_known = |name: &&String| {
                OLD_NAMES.contains(&name.as_str()) || OLD_UNITS.iter().any(|end| name.ends_with(end))
            };
            let names = fs.list(&folder).unwrap_or_default();
            let paths = names
                .iter()
                .filter(is_known)
                .map(|name| if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") });
            all.extend(paths.filter(|path| text(fs, path).is_some_and(|text| is_of_old_layout(&text))));
        }
    }
    all.retain(|path| !is_version_control(path.split('/')));
    all
}

/// Returns the folders that jcc 0.1 wrote to, without those that are projects themselves.
fn old_folders(fs: &dyn FileSystem, lock: &Lock) -> Vec<String> {
    let targets = lock.targets.keys().map(ToString::to_string);
    let targets = targets
        .filter(|folder| [MANIFEST, LOCK].iter().all(|name| fs.kind(&format!("{folder}/{name}")).is_none()));
    let folders: Vec<String> = std::iter::once(String::new()).chain(targets).collect();
    let devcontainers = folders.iter().map(|folder| format!("{folder}/.devcontainer"));
    let devcontainers: Vec<String> =
        devcontainers.map(|path| path.trim_start_matches('/').to_owned()).collect();
    folders
        .into_iter()
        .chain(devcontainers)
        .filter(|folder| fs.kind(folder) == Some(FileKind::Folder))
        .collect()
}

/// Reads a file of the project. Returns `None` for links, folders and other files that are not regular.
fn text(fs: &dyn FileSystem, path: &str) -> Option<String> {
    let is_file = fs.is_inside(path) && !fs.is_link(path) && fs.kind(path) == Some(FileKind::File);
    let bytes = is_file.then(|| fs.read(path).ok()).flatten()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// Whether a path is the same file as one of the files being written: on a case-insensitive file system,
/// where the names differ only in case.
fn is_written(fs: &dyn FileSystem, path: &str, text: &str, written: &Artifacts) -> bool {
    let folded = path.to_lowercase();
    let mut same = written.keys().filter(|other| other.to_lowercase() == folded);
    same.any(|other| self::text(fs, other).as_deref() == Some(text))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io;

    use super::*;
    use crate::fs::Memory;
    use crate::resolve::Origin;
    use crate::value::Sha256;

    const TEXT: &str = "# jcc 0.2.0 · project.kdl · do not edit, run `jcc compile`\nFROM scratch\n";

    /// A case-insensitive file system.
    struct CaseInsensitive(Memory);

    impl FileSystem for CaseInsensitive {
        fn read(&self, path: &str) -> io::Result<Vec<u8>> {
            self.0.read(&path.to_lowercase())
        }

        fn kind(&self, path: &str) -> Option<FileKind> {
            self.0.kind(&path.to_lowercase())
        }

        fn list(&self, path: &str) -> io::Result<Vec<String>> {
            self.0.list(&path.to_lowercase())
        }

        fn write_all(&self, files: &BTreeMap<String, Vec<u8>>) -> io::Result<()> {
            self.0.write_all(files)
        }

        fn remove(&self, path: &str) -> io::Result<()> {
            self.0.remove(&path.to_lowercase())
        }

        fn is_inside(&self, path: &str) -> bool {
            self.0.is_inside(path)
        }
    }

    /// Returns the files that are removed if the output `Dockerfile` is renamed to `dockerfile`.
    fn removed(fs: &dyn FileSystem) -> Vec<String> {
        let files = BTreeMap::from([("Dockerfile".to_owned(), TEXT.to_owned())]);
        let lock = Lock {
            manifest: Sha256::of_text(""),
            targets: BTreeMap::new(),
            files: LockedFiles::of(&files),
            origin: Origin { lists_files: true, ..Origin::default() },
        };
        let place = OutputPlace { fs, folder: String::new(), lock: Some(&lock), manifest: "project.kdl" };
        let written = BTreeMap::from([("dockerfile".to_owned(), "new\n".to_owned())]);
        Leftovers::of(&place, &written, "project.kdl").removed.into_iter().collect()
    }

    #[test]
    fn a_file_renamed_in_case_only_is_not_removed_on_a_case_insensitive_file_system() {
        assert_eq!(removed(&CaseInsensitive(Memory::with([("dockerfile", TEXT)]))), Vec::<String>::new());
        assert_eq!(removed(&Memory::with([("Dockerfile", TEXT)])), ["Dockerfile"]);
    }
}
