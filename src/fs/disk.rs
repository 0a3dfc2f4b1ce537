//! Files on disk, below one folder.
#![expect(clippy::disallowed_methods, reason = "this is the one place that touches the disk")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::folder::Folder;
use super::journal::Notes;
use super::writing::{self, FileChange};
use super::{FileKind, FileSystem};

/// How often and how long another run is waited for.
const PATIENCE: usize = 100;
const TURN: Duration = Duration::from_millis(50);

/// A [`FileSystem`] on disk, confined to one folder.
#[derive(Debug)]
pub struct Disk {
    root: PathBuf,
    /// Where the root really is, once that was asked.
    real_root: OnceLock<PathBuf>,
    /// This user's folder for what runs note before they write.
    state: Option<PathBuf>,
    /// The root, once this run alone may write there.
    held: OnceLock<Folder>,
    /// Whether a write failed, and so did restoring what was there before.
    half: AtomicBool,
}

impl Disk {
    /// The files below `root`.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            real_root: OnceLock::new(),
            state: None,
            held: OnceLock::new(),
            half: AtomicBool::new(false),
        }
    }

    /// Notes what is being written in this folder of the user's, so that the next run can restore what a run that was
    /// stopped has left half written.
    #[must_use]
    pub fn with_state(mut self, state: Option<&Path>) -> Self {
        self.state = state.map(Path::to_path_buf);
        self
    }

    fn notes(&self) -> Option<Notes> {
        self.state.as_deref().and_then(|state| Notes::of(state, &self.full("")))
    }

    /// The files below `root`, which is made where it is missing.
    ///
    /// # Errors
    /// What the system says.
    pub fn made(root: impl Into<PathBuf>) -> io::Result<Self> {
        let disk = Self::new(root);
        fs::create_dir_all(&disk.root)?;
        Ok(disk)
    }

    /// The files below a folder that is made if need be, given from another folder. A relative path must not pass
    /// through a link below `root` that leads out of it.
    pub fn made_from(folder: &Path, path: &Path, root: &Path) -> io::Result<Self> {
        if let Some(link) = link_out(folder, path, root) {
            let why = format!(
                "`{}` is a link that leads out of this folder: use the path of its target instead",
                link.strip_prefix(root).unwrap_or(&link).display()
            );
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, why));
        }
        Self::made(folder.join(path))
    }

    /// The folder that it was made with.
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn full(&self, path: &str) -> PathBuf {
        let full = self.root.join(path);
        // `join("")` ends with a separator, and an empty root is the current folder.
        if full.as_os_str().is_empty() { PathBuf::from(".") } else { full }
    }

    /// The root without links. Where another folder takes its place later, nothing in that one is inside any more.
    fn real_root(&self) -> io::Result<&Path> {
        if let Some(known) = self.real_root.get() {
            return Ok(known);
        }
        let real = self.full("").canonicalize()?;
        Ok(self.real_root.get_or_init(|| real))
    }

    /// Where a file is to be written: never through a link that leaves the project.
    fn place(&self, path: &str) -> io::Result<(Vec<String>, String)> {
        let refused = |kind, why: &str| Err(io::Error::new(kind, format!("`{path}`: {why}")));
        if !self.is_inside(path) {
            return refused(io::ErrorKind::PermissionDenied, "is outside the project");
        }
        let full = self.full(path);
        match fs::metadata(&full) {
            Ok(about) if about.is_dir() => return refused(io::ErrorKind::IsADirectory, "is a folder"),
            Ok(about) if !about.is_file() => {
                return refused(io::ErrorKind::InvalidInput, "is not a regular file");
            }
            _ => {}
        }
        let root = self.real_root().map_err(named(path))?;
        // A link inside the project is kept: what it points to is written.
        let linked = full.is_symlink() && full.exists();
        let mut real = if linked { full.canonicalize().map_err(named(path))? } else { full };
        let mut names = Vec::new();
        let there = loop {
            let last = real.file_name().and_then(|name| name.to_str()).map(str::to_owned);
            let (Some(last), true) = (last, real.pop()) else {
                return refused(io::ErrorKind::InvalidInput, "cannot be written to");
            };
            names.push(last);
            let parent = if real.as_os_str().is_empty() { Path::new(".") } else { &real };
            if let Ok(there) = parent.canonicalize() {
                break there;
            }
        };
        let below = there.strip_prefix(root).map_err(io::Error::other)?;
        let mut folders = Vec::new();
        for name in below {
            let Some(name) = name.to_str() else {
                return refused(io::ErrorKind::InvalidInput, "a folder's name is not valid Unicode");
            };
            folders.push(name.to_owned());
        }
        let name = names.remove(0);
        folders.extend(names.into_iter().rev());
        if super::is_version_control(folders.iter().chain([&name]).map(String::as_str)) {
            return refused(
                io::ErrorKind::PermissionDenied,
                "is in a folder that belongs to version control",
            );
        }
        Ok((folders, name))
    }

    /// Where something that exists really is: the names of its folders below the root, and its own.
    fn real(&self, path: &str) -> io::Result<Vec<String>> {
        let root = self.real_root()?;
        let real = self.full(path).canonicalize()?;
        let below = real.strip_prefix(root).map_err(|_| {
            io::Error::new(io::ErrorKind::PermissionDenied, "it is a link that leads out of the project")
        })?;
        let names = below.iter().map(|name| name.to_str().map(str::to_owned));
        names.collect::<Option<_>>().ok_or_else(|| io::Error::other("a folder's name is not valid Unicode"))
    }

    /// Whether each part of a path is a name and none is a link, up to the first that does not exist.
    fn is_below_without_links(&self, path: &str) -> bool {
        let Some(names) = plain_names(path) else { return false };
        let mut at = self.full("");
        for name in names {
            at.push(name);
            match at.symlink_metadata() {
                Ok(about) if about.is_symlink() => return false,
                Ok(_) => {}
                Err(error) => return error.kind() == io::ErrorKind::NotFound,
            }
        }
        true
    }

    /// The content of a file that no link leads to, which needs no search for where it really is; `None` where there may be
    /// a link, and where it cannot be read.
    fn read_without_links(&self, path: &str) -> Option<Vec<u8>> {
        let mut folders = plain_names(path)?;
        let name = folders.pop()?;
        let folder = Folder::along(&self.full(""), &folders).ok()?;
        Some(folder.read(&name).ok()?.0)
    }

    /// From now on no other run writes here; waits a few seconds for one that does. Undoes what a run that was
    /// stopped has left half written, and says whether there was any.
    ///
    /// # Errors
    /// Another run is still writing, or what the system says.
    pub fn hold(&self) -> io::Result<bool> {
        if self.held.get().is_none() {
            let folder = Folder::open(&self.full("")).map_err(named(&self.root.to_string_lossy()))?;
            if !(0..PATIENCE).any(|turn| {
                if turn > 0 {
                    std::thread::sleep(TURN);
                }
                folder.lock()
            }) {
                let why = "another jcc process is writing to this folder";
                return Err(io::Error::new(io::ErrorKind::WouldBlock, why));
            }
            // The first writer holds a lock of this disk.
            let _ = self.held.set(folder);
        }
        let restored = self.notes().map_or(Ok(false), |notes| writing::restore(&self.full(""), &notes));
        self.half.store(restored.is_err(), Ordering::Relaxed);
        restored
    }

    /// Writes files and removes others, all of it or nothing. Folders that are empty then are removed too.
    ///
    /// # Errors
    /// A path that leads out of the project, or what the system says.
    pub fn change_all(
        &self,
        files: &BTreeMap<String, Vec<u8>>,
        removed: &BTreeSet<String>,
    ) -> io::Result<()> {
        self.hold()?;
        let mut wanted: Vec<FileChange<'_>> = Vec::new();
        let written = files.iter().map(|(path, content)| (path, Some(content.as_slice())));
        for (path, content) in written.chain(removed.iter().map(|path| (path, None))) {
            let (folders, name) = self.place(path)?;
            if wanted.iter().any(|one| one.folders == folders && one.name == name) {
                if content.is_none() {
                    // The same file by another way: it was just written.
                    continue;
                }
                let why = format!("`{path}`: is a link to another output file");
                return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
            }
            wanted.push(FileChange { folders, name, content });
        }
        writing::write(&self.full(""), self.notes().as_ref(), &wanted).map_err(|failure| {
            self.half.store(failure.half, Ordering::Relaxed);
            failure.error
        })
    }

    /// Whether files are half written: a run was stopped, or could not undo what it did.
    pub fn is_unfinished(&self) -> bool {
        self.half.load(Ordering::Relaxed) || self.notes().is_some_and(|notes| writing::is_unfinished(&notes))
    }
}

impl FileSystem for Disk {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let read = || {
            if let Some(content) = self.read_without_links(path) {
                return Ok(content);
            }
            let mut folders = self.real(path)?;
            let name = folders.pop().unwrap_or_else(|| ".".to_owned());
            // Along the names that were just found: whatever becomes a link meanwhile is not followed.
            Ok(Folder::along(&self.full(""), &folders)?.read(&name)?.0)
        };
        read().map_err(named(path))
    }

    fn head(&self, path: &str, most: usize) -> io::Result<Vec<u8>> {
        let root = self.full("").canonicalize().map_err(named(path))?;
        let file = root.join(self.real(path).map_err(named(path))?.join("/"));
        if !fs::metadata(&file).map_err(named(path))?.is_file() {
            return Err(named(path)(io::ErrorKind::InvalidInput.into()));
        }
        let mut bytes = Vec::new();
        let opened = fs::File::open(&file).map_err(named(path))?;
        opened.take(most as u64).read_to_end(&mut bytes).map_err(named(path))?;
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
        self.real(path).map_err(named(path))?;
        for (number, entry) in fs::read_dir(self.full(path)).map_err(named(path))?.enumerate() {
            if number >= super::MOST_NAMES {
                return Err(named(path)(super::too_many_names()));
            }
            // A name that is no Unicode cannot be written in a manifest either.
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
            self.place(path)?;
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
                // What does not exist cannot be a link, but it can climb.
                return real.starts_with(root) && rest.iter().all(|part| part != "..");
            }
            if full.is_symlink() {
                // It points to nothing that is there: nobody can say where it leads.
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

/// The first link of a relative path that lies below a folder and leads out of it.
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
                let above = inside(&at);
                at.push(part);
                if above && at.is_symlink() && !inside(&at) {
                    return Some(at);
                }
            }
        }
    }
    None
}

/// The names that a path consists of; `None` where it is absolute or climbs.
fn plain_names(path: &str) -> Option<Vec<String>> {
    let names = Path::new(path).components().map(|part| match part {
        Component::Normal(name) => name.to_str().map(str::to_owned),
        _ => None,
    });
    names.collect()
}

/// The same failure with the path in front.
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
        disk.remove("a.txt").expect("it is there");
        let report = disk.read("a.txt").expect_err("it is gone").to_string();
        assert!(report.starts_with("`a.txt`: "), "{report}");
    }

    #[test]
    fn a_failure_leaves_everything_as_it_was() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let disk = Disk::new(folder.path());
        disk.write_all(&files(&[("a", "old"), ("taken/b", "x")])).expect("it is writable");
        let report = disk.write_all(&files(&[("a", "new"), ("new/c", "c"), ("taken", "is a folder")]));
        assert_eq!(report.expect_err("a folder is in the way").to_string(), "`taken`: is a folder");
        assert_eq!(disk.read("a").expect("it is there"), b"old");
        assert_eq!(disk.list("").expect("a folder"), ["a", "taken"]);
        let report = disk.write_all(&files(&[("0", "0"), ("a/b", "a is no folder")]));
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
        assert_eq!(disk.read("real").expect("it is there"), b"2");
        assert!(disk.is_inside("not/yet/there"));
    }
}
