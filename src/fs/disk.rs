//! A file system on disk, confined to one folder.
#![expect(clippy::disallowed_methods, reason = "the only place that accesses the disk")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::folder::Folder;
use super::journal::JournalStore;
use super::writing::{self, FileChange};
use super::{FileKind, FileSystem};

/// How often to try to lock the folder while another run has the lock.
const LOCK_ATTEMPTS: usize = 100;
/// The time between two attempts.
const LOCK_INTERVAL: Duration = Duration::from_millis(50);

/// A [`FileSystem`] on disk, confined to one folder.
#[derive(Debug)]
pub struct Disk {
    root: PathBuf,
    /// The root without links, cached.
    real_root: OnceLock<PathBuf>,
    /// The user's folder for undo journals.
    state: Option<PathBuf>,
    /// The root, while this run has its lock.
    locked: OnceLock<Folder>,
    /// Whether a write failed and could not be rolled back.
    half_written: AtomicBool,
}

impl Disk {
    /// Returns the file system below `root`.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            real_root: OnceLock::new(),
            state: None,
            locked: OnceLock::new(),
            half_written: AtomicBool::new(false),
        }
    }

    /// Keeps an undo journal in this folder of the user, so that the next run can roll back the writes of an
    /// interrupted run.
    #[must_use]
    pub fn with_state(mut self, state: Option<&Path>) -> Self {
        self.state = state.map(Path::to_path_buf);
        self
    }

    fn journals(&self) -> Option<JournalStore> {
        self.state.as_deref().and_then(|state| JournalStore::of(state, &self.full("")))
    }

    /// Returns the file system below `root`. Creates the folder if it does not exist.
    ///
    /// # Errors
    /// System errors.
    pub fn create(root: impl Into<PathBuf>) -> io::Result<Self> {
        let disk = Self::new(root);
        fs::create_dir_all(&disk.root)?;
        Ok(disk)
    }

    /// Returns the file system below `path`, which may be relative to `folder`. Creates the folder if it does
    /// not exist. A relative path must not lead out of `root` through a link below it.
    pub fn create_from(folder: &Path, path: &Path, root: &Path) -> io::Result<Self> {
        if let Some(link) = link_out(folder, path, root) {
            let why = format!(
                "`{}` is a link that leads out of this folder: use the path of its target instead",
                link.strip_prefix(root).unwrap_or(&link).display()
            );
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, why));
        }
        Self::create(folder.join(path))
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    fn full(&self, path: &str) -> PathBuf {
        let full = self.root.join(path);
        // `join("")` ends with a separator, and an empty root is the current folder.
        if full.as_os_str().is_empty() { PathBuf::from(".") } else { full }
    }

    /// Returns the root without links. It is determined once: if another folder is moved there later, its
    /// files are not inside the project.
    fn real_root(&self) -> io::Result<&Path> {
        if let Some(known) = self.real_root.get() {
            return Ok(known);
        }
        let real = self.full("").canonicalize()?;
        Ok(self.real_root.get_or_init(|| real))
    }

    /// Returns where a file is to be written: its folders below the root, without links, and its name. A link
    /// inside the project is followed; one that leads out of it is an error.
    fn destination(&self, path: &str) -> io::Result<(Vec<String>, String)> {
        let error = |kind, why: &str| Err(io::Error::new(kind, format!("`{path}`: {why}")));
        if !self.is_inside(path) {
            return error(io::ErrorKind::PermissionDenied, "is outside the project");
        }
        let full = self.full(path);
        match fs::metadata(&full) {
            Ok(metadata) if metadata.is_dir() => return error(io::ErrorKind::IsADirectory, "is a folder"),
            Ok(metadata) if !metadata.is_file() => {
                return error(io::ErrorKind::InvalidInput, "is not a regular file");
            }
            _ => {}
        }
        let root = self.real_root().map_err(named(path))?;
        let linked = full.is_symlink() && full.exists();
        let mut real = if linked { full.canonicalize().map_err(named(path))? } else { full };
        // The components that do not exist yet, innermost first; `existing` is the nearest folder that
        // exists.
        let mut names = Vec::new();
        let existing = loop {
            let last = real.file_name().and_then(|name| name.to_str()).map(str::to_owned);
            let (Some(last), true) = (last, real.pop()) else {
                return error(io::ErrorKind::InvalidInput, "cannot be written to");
            };
            names.push(last);
            let parent = if real.as_os_str().is_empty() { Path::new(".") } else { &real };
            if let Ok(existing) = parent.canonicalize() {
                break existing;
            }
        };
        let below = existing.strip_prefix(root).map_err(io::Error::other)?;
        let mut folders = Vec::new();
        for name in below {
            let Some(name) = name.to_str() else {
                return error(io::ErrorKind::InvalidInput, "a folder's name is not valid Unicode");
            };
            folders.push(name.to_owned());
        }
        let name = names.remove(0);
        folders.extend(names.into_iter().rev());
        if super::is_version_control(folders.iter().chain([&name]).map(String::as_str)) {
            return error(io::ErrorKind::PermissionDenied, "is in a folder that belongs to version control");
        }
        Ok((folders, name))
    }

    /// Returns the components of an existing path below the root, without links.
    fn real_components(&self, path: &str) -> io::Result<Vec<String>> {
        let root = self.real_root()?;
        let real = self.full(path).canonicalize()?;
        let below = real.strip_prefix(root).map_err(|_| {
            io::Error::new(io::ErrorKind::PermissionDenied, "it is a link that leads out of the project")
        })?;
        let names = below.iter().map(|name| name.to_str().map(str::to_owned));
        names.collect::<Option<_>>().ok_or_else(|| io::Error::other("a folder's name is not valid Unicode"))
    }

    /// Whether a path has only plain components and no link, up to the first component that does not exist.
    fn is_below_without_links(&self, path: &str) -> bool {
        let Some(names) = plain_components(path) else { return false };
        let mut at = self.full("");
        for name in names {
            at.push(name);
            match at.symlink_metadata() {
                Ok(metadata) if metadata.is_symlink() => return false,
                Ok(_) => {}
                Err(error) => return error.kind() == io::ErrorKind::NotFound,
            }
        }
        true
    }

    /// Reads a file without resolving its path, which is fast. Returns `None` if the path has a link or the
    /// file cannot be read; then `read` resolves the path and returns the error.
    fn read_without_links(&self, path: &str) -> Option<Vec<u8>> {
        let mut folders = plain_components(path)?;
        let name = folders.pop()?;
        let folder = Folder::along(&self.full(""), &folders).ok()?;
        Some(folder.read(&name).ok()?.0)
    }

    /// Locks the folder against writes of other runs until this value is dropped; waits a few seconds for
    /// another run. Rolls back the writes of an interrupted run, and returns whether there were any.
    ///
    /// # Errors
    /// Another run is still writing, and system errors.
    pub fn lock(&self) -> io::Result<bool> {
        if self.locked.get().is_none() {
            let folder = Folder::open(&self.full("")).map_err(named(&self.root.to_string_lossy()))?;
            if !(0..LOCK_ATTEMPTS).any(|attempt| {
                if attempt > 0 {
                    std::thread::sleep(LOCK_INTERVAL);
                }
                folder.lock()
            }) {
                let why = "another jcc process is writing to this folder";
                return Err(io::Error::new(io::ErrorKind::WouldBlock, why));
            }
            let _ = self.locked.set(folder);
        }
        let restored =
            self.journals().map_or(Ok(false), |journals| writing::restore(&self.full(""), &journals));
        self.half_written.store(restored.is_err(), Ordering::Relaxed);
        restored
    }

    /// Writes some files and removes others: all of them, or none after an error. Removes folders that become
    /// empty.
    ///
    /// # Errors
    /// A path leads out of the project, and system errors.
    pub fn change_all(
        &self,
        files: &BTreeMap<String, Vec<u8>>,
        removed: &BTreeSet<String>,
    ) -> io::Result<()> {
        self.lock()?;
        let mut changes: Vec<FileChange<'_>> = Vec::new();
        let written = files.iter().map(|(path, content)| (path, Some(content.as_slice())));
        for (path, content) in written.chain(removed.iter().map(|path| (path, None))) {
            let (folders, name) = self.destination(path)?;
            if changes.iter().any(|one| one.folders == folders && one.name == name) {
                if content.is_none() {
                    // A link to a file that is written: it must not be removed.
                    continue;
                }
                let why = format!("`{path}`: is a link to another output file");
                return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
            }
            changes.push(FileChange { folders, name, content });
        }
        writing::write(&self.full(""), self.journals().as_ref(), &changes).map_err(|failure| {
            self.half_written.store(failure.half_written, Ordering::Relaxed);
            failure.error
        })
    }

    /// Whether only some files of a change were written: a run was interrupted, or failed and could not roll
    /// back.
    pub fn is_unfinished(&self) -> bool {
        self.half_written.load(Ordering::Relaxed)
            || self.journals().is_some_and(|journals| writing::is_unfinished(&journals))
    }
}

impl FileSystem for Disk {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let read = || {
            if let Some(content) = self.read_without_links(path) {
                return Ok(content);
            }
            let mut folders = self.real_components(path)?;
            let name = folders.pop().unwrap_or_else(|| ".".to_owned());
            // Open the folders that were just found one by one, so that a component that has become a link is
            // not followed.
            Ok(Folder::along(&self.full(""), &folders)?.read(&name)?.0)
        };
        read().map_err(named(path))
    }

    fn head(&self, path: &str, limit: usize) -> io::Result<Vec<u8>> {
        let root = self.full("").canonicalize().map_err(named(path))?;
        let file = root.join(self.real_components(path).map_err(named(path))?.join("/"));
        if !fs::metadata(&file).map_err(named(path))?.is_file() {
            return Err(named(path)(io::ErrorKind::InvalidInput.into()));
        }
        let mut bytes = Vec::new();
        let opened = fs::File::open(&file).map_err(named(path))?;
        opened.take(limit as u64).read_to_end(&mut bytes).map_err(named(path))?;
        Ok(bytes)
    }

    fn kind(&self, path: &str) -> Option<FileKind> {
        let kind = fs::metadata(self.full(path)).ok()?.file_type();
        Some(match (kind.is_file(), kind.is_dir()) {
            (true, _) => FileKind::File,
            (_, true) => FileKind::Folder,
            _ => FileKind::Other,
        })
    }

    fn list(&self, path: &str) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        self.real_components(path).map_err(named(path))?;
        for (number, entry) in fs::read_dir(self.full(path)).map_err(named(path))?.enumerate() {
            if number >= super::MAX_ENTRIES {
                return Err(named(path)(super::too_many_entries()));
            }
            // A manifest cannot refer to a name that is not Unicode.
            names.extend(entry.map_err(named(path))?.file_name().into_string());
        }
        names.sort_unstable();
        Ok(names)
    }

    fn write_all(&self, files: &BTreeMap<String, Vec<u8>>) -> io::Result<()> {
        self.change_all(files, &BTreeSet::new())
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        if !self.full(path).is_symlink() {
            self.destination(path)?;
        }
        fs::remove_file(self.full(path)).map_err(named(path))
    }

    fn is_link(&self, path: &str) -> bool {
        self.full(path).is_symlink()
    }

    fn is_inside(&self, path: &str) -> bool {
        let Ok(root) = self.real_root() else { return false };
        if self.is_below_without_links(path) {
            return true;
        }
        let mut full = self.full(path);
        let mut rest: Vec<std::ffi::OsString> = Vec::new();
        loop {
            if let Ok(real) = full.canonicalize() {
                // Components that do not exist cannot be links, but they can be `..`.
                return real.starts_with(root) && rest.iter().all(|part| part != "..");
            }
            if full.is_symlink() {
                // A broken link: where it leads is not known.
                return false;
            }
            match full.components().next_back() {
                Some(last) => rest.push(last.as_os_str().to_owned()),
                None => return false,
            }
            if !full.pop() {
                return false;
            }
            if full.as_os_str().is_empty() {
                full = PathBuf::from(".");
            }
        }
    }
}

/// Returns the first link of a relative path that is inside of `root` and leads out of it.
fn link_out(folder: &Path, path: &Path, root: &Path) -> Option<PathBuf> {
    let real = |path: &Path| if path.as_os_str().is_empty() { Path::new(".") } else { path }.canonicalize();
    let root = real(root).ok().filter(|_| path.is_relative())?;
    let inside = |path: &Path| real(path).is_ok_and(|real| real.starts_with(&root));
    let mut at = folder.to_path_buf();
    for part in path.components() {
        match (part, real(&at)) {
            (Component::ParentDir, Ok(real)) => at = real.parent().map(Path::to_path_buf).unwrap_or(real),
            (Component::ParentDir, Err(_)) => _ = at.pop(),
            (part, _) => {
                let was_inside = inside(&at);
                at.push(part);
                if was_inside && at.is_symlink() && !inside(&at) {
                    return Some(at);
                }
            }
        }
    }
    None
}

/// Returns the components of a path; `None` if it is absolute or contains `..`.
fn plain_components(path: &str) -> Option<Vec<String>> {
    let names = Path::new(path).components().map(|part| match part {
        Component::Normal(name) => name.to_str().map(str::to_owned),
        _ => None,
    });
    names.collect()
}

/// Adds the path to the message of an error.
fn named(path: &str) -> impl Fn(io::Error) -> io::Error + '_ {
    move |error| io::Error::new(error.kind(), format!("`{path}`: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(all: &[(&str, &str)]) -> BTreeMap<String, Vec<u8>> {
        all.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
    }

    #[test]
    fn files_are_written_read_listed_and_removed() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let disk = Disk::new(folder.path());
        disk.write_all(&files(&[("a.txt", "1"), ("x/y/b.txt", "2")])).expect("it is writable");
        disk.write_all(&files(&[("a.txt", "3")])).expect("it is writable");
        assert_eq!(disk.read("a.txt").expect("it was written"), b"3");
        assert_eq!(disk.list("").expect("a folder"), ["a.txt", "x"]);
        assert_eq!(disk.list("x/y").expect("a folder"), ["b.txt"]);
        assert_eq!(
            (disk.kind("x"), disk.kind("a.txt"), disk.kind("z")),
            (Some(FileKind::Folder), Some(FileKind::File), None)
        );
        disk.remove("a.txt").expect("it exists");
        let report = disk.read("a.txt").expect_err("it was removed").to_string();
        assert!(report.starts_with("`a.txt`: "), "{report}");
    }

    #[test]
    fn a_failed_write_changes_nothing() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let disk = Disk::new(folder.path());
        disk.write_all(&files(&[("a", "old"), ("taken/b", "x")])).expect("it is writable");
        let report = disk.write_all(&files(&[("a", "new"), ("new/c", "c"), ("taken", "is a folder")]));
        assert_eq!(report.expect_err("a folder is in the way").to_string(), "`taken`: is a folder");
        assert_eq!(disk.read("a").expect("it exists"), b"old");
        assert_eq!(disk.list("").expect("a folder"), ["a", "taken"]);
        let report = disk.write_all(&files(&[("0", "0"), ("a/b", "a is not a folder")]));
        assert!(report.is_err());
        assert_eq!(disk.list("").expect("a folder"), ["a", "taken"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_out_of_the_project_are_not_followed() {
        let outside = tempfile::tempdir().expect("a folder for the test");
        let folder = tempfile::tempdir().expect("a folder for the test");
        let link =
            |to: &Path, name: &str| std::os::unix::fs::symlink(to, folder.path().join(name)).expect("a link");
        link(outside.path(), "out");
        link(Path::new("real"), "in");
        link(&outside.path().join("later"), "dangling");
        let disk = Disk::new(folder.path());
        for path in ["out/a", "dangling", "../a", "x/../../a"] {
            assert!(!disk.is_inside(path), "{path}");
            assert!(disk.write_all(&files(&[(path, "x")])).is_err(), "{path}");
        }
        assert_eq!(fs::read_dir(outside.path()).expect("a folder").count(), 0);
        disk.write_all(&files(&[("real", "1")])).expect("it is writable");
        disk.write_all(&files(&[("in", "2")])).expect("a link inside is followed");
        assert_eq!(disk.read("real").expect("it exists"), b"2");
        assert!(disk.is_inside("not/yet/there"));
    }
}
