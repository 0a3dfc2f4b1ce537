//! Files on disk, below one folder.
#![expect(clippy::disallowed_methods, reason = "this is the one place that touches the disk")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::{FileKind, World};

/// The files below a folder.
#[derive(Debug, Clone)]
pub struct Disk {
    root: PathBuf,
}

impl Disk {
    /// The files below `root`.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
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

    /// The folder that it was made with.
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn full(&self, path: &str) -> PathBuf {
        let full = self.root.join(path);
        // `join("")` ends with a separator, and an empty root is the current folder.
        if full.as_os_str().is_empty() { PathBuf::from(".") } else { full }
    }

    /// Where a file is to be written: never through a link that leaves the project.
    fn target(&self, path: &str) -> io::Result<PathBuf> {
        if !self.is_inside(path) {
            let why = format!("`{path}`: lies outside of the project");
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, why));
        }
        let full = self.full(path);
        if full.is_dir() {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, format!("`{path}`: is a folder")));
        }
        // A link inside the project is kept: what it points to is written.
        if full.is_symlink() && full.exists() { full.canonicalize().map_err(named(path)) } else { Ok(full) }
    }

    fn stage(&self, path: &str, content: &[u8]) -> io::Result<(NamedTempFile, PathBuf)> {
        let target = self.target(path)?;
        let folder =
            target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut file = NamedTempFile::with_prefix_in(".jcc-", folder).map_err(named(path))?;
        file.write_all(content).map_err(named(path))?;
        permit(file.as_file(), &target).map_err(named(path))?;
        file.as_file().sync_all().map_err(named(path))?;
        Ok((file, target))
    }

    /// Makes the folders of a file; gives those that were not there, outermost first.
    fn folders(&self, path: &str) -> io::Result<Vec<PathBuf>> {
        let mut made = Vec::new();
        let parts: Vec<&str> = path.split('/').collect();
        for depth in 1..parts.len() {
            let folder = self.full(&parts[..depth].join("/"));
            match fs::create_dir(&folder) {
                Ok(()) => made.push(folder),
                Err(_) if folder.is_dir() => {}
                Err(error) => {
                    undo(&made);
                    return Err(named(path)(error));
                }
            }
        }
        Ok(made)
    }
}

impl World for Disk {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        fs::read(self.full(path)).map_err(named(path))
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
        for entry in fs::read_dir(self.full(path)).map_err(named(path))? {
            // A name that is no Unicode cannot be written in a manifest either.
            names.extend(entry.map_err(named(path))?.file_name().into_string());
        }
        names.sort_unstable();
        Ok(names)
    }

    fn write_all(&self, files: &BTreeMap<String, Vec<u8>>) -> io::Result<()> {
        let mut made = Vec::new();
        let mut staged = Vec::new();
        for (path, content) in files {
            let one = self.target(path).and_then(|_| self.folders(path)).and_then(|folders| {
                made.extend(folders);
                self.stage(path, content)
            });
            match one {
                Ok((file, target)) => staged.push((path, file, target)),
                Err(error) => {
                    // The files beside their places go first, or their folders would not be empty.
                    drop(staged);
                    undo(&made);
                    return Err(error);
                }
            }
        }
        for (path, file, target) in staged {
            file.persist(&target).map_err(|failed| named(path)(failed.error))?;
        }
        Ok(())
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        if !self.full(path).is_symlink() {
            self.target(path)?;
        }
        fs::remove_file(self.full(path)).map_err(named(path))
    }

    fn is_inside(&self, path: &str) -> bool {
        let Ok(root) = self.full("").canonicalize() else { return false };
        let mut full = self.full(path);
        let mut rest: Vec<std::ffi::OsString> = Vec::new();
        loop {
            if let Ok(real) = full.canonicalize() {
                // What does not exist cannot be a link, but it can climb.
                return real.starts_with(&root) && rest.iter().all(|part| part != "..");
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

/// The mode that the file had, or the one that a new file of the user would have.
#[cfg(unix)]
fn permit(file: &fs::File, target: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(target).map_or(0o644, |old| old.permissions().mode());
    file.set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn permit(_: &fs::File, _: &Path) -> io::Result<()> {
    Ok(())
}

/// Takes folders that were made for nothing away again.
fn undo(made: &[PathBuf]) {
    for folder in made.iter().rev() {
        // One that somebody else has put a file in by now stays, as it should.
        let _ = fs::remove_dir(folder);
    }
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
        let told = disk.read("a.txt").expect_err("it is gone").to_string();
        assert!(told.starts_with("`a.txt`: "), "{told}");
    }

    #[test]
    fn a_failure_leaves_everything_as_it_was() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let disk = Disk::new(folder.path());
        disk.write_all(&files(&[("a", "old"), ("taken/b", "x")])).expect("it is writable");
        let told = disk.write_all(&files(&[("a", "new"), ("new/c", "c"), ("taken", "is a folder")]));
        assert_eq!(told.expect_err("a folder is in the way").to_string(), "`taken`: is a folder");
        assert_eq!(disk.read("a").expect("it is there"), b"old");
        assert_eq!(disk.list("").expect("a folder"), ["a", "taken"]);
        let told = disk.write_all(&files(&[("0", "0"), ("a/b", "a is no folder")]));
        assert!(told.is_err());
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
