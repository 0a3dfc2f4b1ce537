//! An open folder and operations on the files in it by name. Even if its path is replaced meanwhile, for
//! example by a link, nothing is written anywhere else.

use std::io::{self, Read as _, Write as _};
use std::path::Path;

#[cfg(unix)]
pub(super) use by_handle::Folder;
#[cfg(not(unix))]
pub(super) use by_path::Folder;

impl Folder {
    /// Opens a folder below `root`. A component that is a link is an error.
    pub(super) fn along(root: &Path, names: &[String]) -> io::Result<Self> {
        names.iter().try_fold(Self::open(root)?, |folder, name| folder.below(name))
    }

    /// Reads a regular file of at most [`super::LARGEST`] bytes. Returns its content and its mode. A link is
    /// an error.
    pub(super) fn read(&self, name: &str) -> io::Result<(Vec<u8>, u32)> {
        let file = self.open_file(name)?;
        let metadata = file.metadata()?;
        Ok((read_limited(file, &metadata)?, mode(&metadata)))
    }

    /// Writes a new file and synchronises it to disk. Removes an existing entry with this name first.
    pub(super) fn write(&self, name: &str, content: &[u8], mode: u32) -> io::Result<()> {
        self.write_unsynced(name, content, mode)?.sync_all()
    }

    /// Writes a new file without synchronising it to disk. Removes an existing entry with this name first.
    pub(super) fn write_unsynced(&self, name: &str, content: &[u8], mode: u32) -> io::Result<std::fs::File> {
        self.remove_if_exists(name)?;
        step()?;
        let mut file = self.create_file(name)?;
        step()?;
        file.write_all(content)?;
        set_mode(&file, mode)?;
        Ok(file)
    }

    /// Synchronises a file to disk, if it exists.
    pub(super) fn sync_file(&self, name: &str) -> io::Result<()> {
        if self.has(name) { self.open_file(name)?.sync_all() } else { Ok(()) }
    }

    /// Removes the entry with this name, if there is one.
    pub(super) fn remove_if_exists(&self, name: &str) -> io::Result<()> {
        step()?;
        if !self.has(name) {
            // In a folder that is not writable, removing a name that does not exist would fail too.
            return Ok(());
        }
        match self.unlink(name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Renames a file, replacing an existing one.
    pub(super) fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        step()?;
        self.rename_entry(from, to)
    }

    pub(super) fn create_folder(&self, name: &str) -> io::Result<()> {
        step()?;
        self.make_folder(name)
    }

    /// Removes an empty folder.
    pub(super) fn remove_folder(&self, name: &str) -> io::Result<()> {
        step()?;
        self.unlink_folder(name)
    }
}

/// Reads an open file, if it is a regular file within the size limit.
fn read_limited(file: std::fs::File, metadata: &std::fs::Metadata) -> io::Result<Vec<u8>> {
    if metadata.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
    }
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    // A file that grows while it is read is read only up to the limit.
    let limit = super::LARGEST as u64;
    let mut content = Vec::new();
    if metadata.len() <= limit {
        // One byte more, so that the end of the file is found without growing the buffer.
        content.reserve_exact(usize::try_from(metadata.len() + 1).unwrap_or(0));
        file.take(limit + 1).read_to_end(&mut content)?;
    }
    if metadata.len() > limit || content.len() as u64 > limit {
        return Err(super::too_large());
    }
    Ok(content)
}

#[cfg(unix)]
fn mode(metadata: &std::fs::Metadata) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions())
}

#[cfg(not(unix))]
fn mode(_: &std::fs::Metadata) -> u32 {
    0
}

#[cfg(unix)]
fn set_mode(file: &std::fs::File, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(std::fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn set_mode(_: &std::fs::File, _: u32) -> io::Result<()> {
    Ok(())
}

/// Called before each operation that changes something. In tests it injects faults there.
#[cfg(not(test))]
#[expect(clippy::unnecessary_wraps, reason = "it can fail in tests")]
fn step() -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
pub(super) use fault::{InjectedFault, has_struck, set, step};

#[cfg(test)]
mod fault {
    use std::cell::Cell;
    use std::io;

    /// A fault to inject.
    #[derive(Clone, Copy)]
    pub(crate) enum InjectedFault {
        None,
        /// After this number of operations, one operation fails.
        Once(usize),
        /// After this number of operations, all operations fail, as if the process had been killed.
        Ever(usize),
    }

    thread_local! { static FAULT: Cell<InjectedFault> = const { Cell::new(InjectedFault::None) }; }

    pub(crate) fn set(fault: InjectedFault) {
        FAULT.set(fault);
    }

    /// Whether the fault has been injected.
    pub(crate) fn has_struck() -> bool {
        matches!(FAULT.get(), InjectedFault::None | InjectedFault::Ever(0))
    }

    pub(crate) fn step() -> io::Result<()> {
        let (succeeds, next) = match FAULT.get() {
            InjectedFault::None => (true, InjectedFault::None),
            InjectedFault::Once(0) => (false, InjectedFault::None),
            InjectedFault::Ever(0) => (false, InjectedFault::Ever(0)),
            InjectedFault::Once(left) => (true, InjectedFault::Once(left - 1)),
            InjectedFault::Ever(left) => (true, InjectedFault::Ever(left - 1)),
        };
        FAULT.set(next);
        if succeeds { Ok(()) } else { Err(io::Error::other("the disk failed")) }
    }
}

#[cfg(unix)]
mod by_handle {
    use std::collections::BTreeSet;
    use std::fs::File;
    use std::io;
    use std::os::fd::OwnedFd;
    use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
    use std::path::Path;

    use rustix::fs::{AtFlags, FlockOperation, Mode, OFlags};

    /// An open folder. Links in it are not followed.
    #[derive(Debug)]
    pub(crate) struct Folder(OwnedFd);

    const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

    impl Folder {
        pub(crate) fn open(path: &Path) -> io::Result<Self> {
            Ok(Self(rustix::fs::open(path, FOLDER, Mode::empty())?))
        }

        pub(crate) fn below(&self, name: &str) -> io::Result<Self> {
            Ok(Self(rustix::fs::openat(&self.0, name, FOLDER | OFlags::NOFOLLOW, Mode::empty())?))
        }

        /// Creates a folder that only this user can access, if it does not exist.
        pub(crate) fn create_private(path: &Path) -> io::Result<()> {
            std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
        }

        /// Whether only this user can write to it.
        pub(crate) fn is_private(&self) -> bool {
            rustix::fs::fstat(&self.0).is_ok_and(|metadata| {
                metadata.st_uid == rustix::process::geteuid().as_raw() && metadata.st_mode & 0o022 == 0
            })
        }

        /// Reads a file that only this user can read and write. Any other file is an error.
        pub(crate) fn read_private(&self, name: &str) -> io::Result<Vec<u8>> {
            let file = self.open_file(name)?;
            let metadata = file.metadata()?;
            if metadata.uid() != rustix::process::geteuid().as_raw() || metadata.mode() & 0o077 != 0 {
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, "other users can access it"));
            }
            super::read_limited(file, &metadata)
        }

        /// Whether there is an entry with this name.
        pub(crate) fn has(&self, name: &str) -> bool {
            rustix::fs::statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW).is_ok()
        }

        /// Opens a file. Does not follow a link, and does not wait if it is a pipe.
        pub(super) fn open_file(&self, name: &str) -> io::Result<File> {
            let flags = OFlags::RDONLY.union(OFlags::NOFOLLOW).union(OFlags::NONBLOCK);
            let flags = flags.union(OFlags::NOCTTY).union(OFlags::CLOEXEC);
            // A socket cannot be opened at all.
            match rustix::fs::openat(&self.0, name, flags, Mode::empty()) {
                Err(rustix::io::Errno::NXIO) => Err(io::Error::other("it is not a regular file")),
                other => Ok(File::from(other?)),
            }
        }

        pub(super) fn create_file(&self, name: &str) -> io::Result<File> {
            let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            Ok(File::from(rustix::fs::openat(&self.0, name, flags, Mode::RUSR | Mode::WUSR)?))
        }

        pub(super) fn make_folder(&self, name: &str) -> io::Result<()> {
            Ok(rustix::fs::mkdirat(&self.0, name, Mode::RWXU | Mode::RWXG | Mode::RWXO)?)
        }

        pub(super) fn rename_entry(&self, from: &str, to: &str) -> io::Result<()> {
            Ok(rustix::fs::renameat(&self.0, from, &self.0, to)?)
        }

        pub(super) fn unlink(&self, name: &str) -> io::Result<()> {
            Ok(rustix::fs::unlinkat(&self.0, name, AtFlags::empty())?)
        }

        pub(super) fn unlink_folder(&self, name: &str) -> io::Result<()> {
            Ok(rustix::fs::unlinkat(&self.0, name, AtFlags::REMOVEDIR)?)
        }

        /// Synchronises the entries of this folder to disk. Not every file system supports it.
        pub(crate) fn sync(&self) {
            let _ = rustix::fs::fsync(&self.0);
        }

        /// Synchronises the whole file system of this folder to disk, unless its device is in `done`. Returns
        /// false if this is not possible.
        #[cfg(target_os = "linux")]
        pub(crate) fn sync_file_system(&self, done: &mut BTreeSet<u64>) -> bool {
            let Ok(metadata) = rustix::fs::fstat(&self.0) else { return false };
            !done.insert(metadata.st_dev) || rustix::fs::syncfs(&self.0).is_ok()
        }

        #[cfg(not(target_os = "linux"))]
        pub(crate) fn sync_file_system(&self, _: &mut BTreeSet<u64>) -> bool {
            false
        }

        /// Locks the folder for this process. Returns false if another process has the lock, and true also if
        /// the file system does not support locks.
        pub(crate) fn lock(&self) -> bool {
            rustix::fs::flock(&self.0, FlockOperation::NonBlockingLockExclusive)
                != Err(rustix::io::Errno::WOULDBLOCK)
        }
    }
}

/// The implementation for systems without handles of folders. It uses their paths.
#[cfg(not(unix))]
#[expect(clippy::disallowed_methods, reason = "the only place that accesses the disk")]
mod by_path {
    use std::collections::BTreeSet;
    use std::fs::{self, File};
    use std::io;
    use std::path::{Path, PathBuf};

    #[derive(Debug)]
    pub(crate) struct Folder(PathBuf);

    impl Folder {
        pub(crate) fn open(path: &Path) -> io::Result<Self> {
            fs::read_dir(path)?;
            Ok(Self(path.to_path_buf()))
        }

        pub(crate) fn below(&self, name: &str) -> io::Result<Self> {
            Self::open(&self.0.join(name))
        }

        pub(crate) fn create_private(path: &Path) -> io::Result<()> {
            fs::create_dir_all(path)
        }

        pub(crate) fn is_private(&self) -> bool {
            true
        }

        pub(crate) fn read_private(&self, name: &str) -> io::Result<Vec<u8>> {
            Ok(self.read(name)?.0)
        }

        pub(crate) fn has(&self, name: &str) -> bool {
            self.0.join(name).symlink_metadata().is_ok()
        }

        pub(super) fn open_file(&self, name: &str) -> io::Result<File> {
            File::open(self.0.join(name))
        }

        pub(super) fn create_file(&self, name: &str) -> io::Result<File> {
            File::create_new(self.0.join(name))
        }

        pub(super) fn make_folder(&self, name: &str) -> io::Result<()> {
            fs::create_dir(self.0.join(name))
        }

        pub(super) fn rename_entry(&self, from: &str, to: &str) -> io::Result<()> {
            fs::rename(self.0.join(from), self.0.join(to))
        }

        pub(super) fn unlink(&self, name: &str) -> io::Result<()> {
            fs::remove_file(self.0.join(name))
        }

        pub(super) fn unlink_folder(&self, name: &str) -> io::Result<()> {
            fs::remove_dir(self.0.join(name))
        }

        pub(crate) fn sync(&self) {}

        pub(crate) fn sync_file_system(&self, _: &mut BTreeSet<u64>) -> bool {
            false
        }

        pub(crate) fn lock(&self) -> bool {
            true
        }
    }
}
