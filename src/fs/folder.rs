//! One folder that is held open, and the files in it by their names: whatever becomes of the way to it meanwhile, nothing
//! is written elsewhere.

use std::io::{self, Read as _, Write as _};
use std::path::Path;

#[cfg(unix)]
pub(super) use held::Folder;
#[cfg(not(unix))]
pub(super) use named::Folder;

impl Folder {
    /// The folder below, along real names: a link on the way is refused.
    pub(super) fn along(root: &Path, names: &[String]) -> io::Result<Self> {
        names.iter().try_fold(Self::open(root)?, |folder, name| folder.below(name))
    }

    /// The content of a regular file of at most [`super::LARGEST`] bytes, and its mode. A link is refused.
    pub(super) fn read(&self, name: &str) -> io::Result<(Vec<u8>, u32)> {
        let file = self.open_file(name)?;
        let about = file.metadata()?;
        Ok((bounded(file, &about)?, mode(&about)))
    }

    /// Writes a new file, and sees it on the disk; an entry with its name is removed first.
    pub(super) fn write(&self, name: &str, content: &[u8], mode: u32) -> io::Result<()> {
        self.lay(name, content, mode)?.sync_all()
    }

    /// Writes a new file, which is on the disk once it is synchronised; what bears its name goes first.
    pub(super) fn lay(&self, name: &str, content: &[u8], mode: u32) -> io::Result<std::fs::File> {
        self.gone(name)?;
        step()?;
        let mut file = self.create(name)?;
        step()?;
        file.write_all(content)?;
        permit(&file, mode)?;
        Ok(file)
    }

    /// Sees a file on the disk, where there is one of this name.
    pub(super) fn sync_file(&self, name: &str) -> io::Result<()> {
        if self.holds(name) { self.open_file(name)?.sync_all() } else { Ok(()) }
    }

    /// Removes whatever has this name.
    pub(super) fn gone(&self, name: &str) -> io::Result<()> {
        step()?;
        if !self.holds(name) {
            // Where nothing can be written, not even a name that is not there can be removed.
            return Ok(());
        }
        match self.remove(name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Puts a file over another, or in its place.
    pub(super) fn put(&self, from: &str, to: &str) -> io::Result<()> {
        step()?;
        self.rename(from, to)
    }

    pub(super) fn make(&self, name: &str) -> io::Result<()> {
        step()?;
        self.create_folder(name)
    }

    /// Takes an empty folder below away.
    pub(super) fn unmake(&self, name: &str) -> io::Result<()> {
        step()?;
        self.remove_folder(name)
    }
}

/// The content of a file that was opened, where it is a regular one and not too large.
fn bounded(file: std::fs::File, about: &std::fs::Metadata) -> io::Result<Vec<u8>> {
    if about.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
    }
    if !about.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    // What grows while it is read is read up to the limit.
    let limit = super::LARGEST as u64;
    let mut content = Vec::new();
    if about.len() <= limit {
        // Room for one byte more, so that the end is found without growing.
        content.reserve_exact(usize::try_from(about.len() + 1).unwrap_or(0));
        file.take(limit + 1).read_to_end(&mut content)?;
    }
    if about.len() > limit || content.len() as u64 > limit {
        return Err(super::too_large());
    }
    Ok(content)
}

#[cfg(unix)]
fn mode(about: &std::fs::Metadata) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&about.permissions())
}

#[cfg(not(unix))]
fn mode(_: &std::fs::Metadata) -> u32 {
    0
}

#[cfg(unix)]
fn permit(file: &std::fs::File, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(std::fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn permit(_: &std::fs::File, _: u32) -> io::Result<()> {
    Ok(())
}

/// A test ends the process, or lets the disk fail, before any of the operations that change something.
#[cfg(not(test))]
#[expect(clippy::unnecessary_wraps, reason = "in tests it fails")]
fn step() -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
pub(super) use fault::{InjectedFault, set, step, struck};

#[cfg(test)]
mod fault {
    use std::cell::Cell;
    use std::io;

    /// What happens before an operation.
    #[derive(Clone, Copy)]
    pub(crate) enum InjectedFault {
        None,
        /// After so many operations one fails, and those after it do not.
        Once(usize),
        /// After so many operations all fail, as if the process were gone.
        Ever(usize),
    }

    thread_local! { static FAULT: Cell<InjectedFault> = const { Cell::new(InjectedFault::None) }; }

    pub(crate) fn set(fault: InjectedFault) {
        FAULT.set(fault);
    }

    /// Whether the fault that was set has happened.
    pub(crate) fn struck() -> bool {
        matches!(FAULT.get(), InjectedFault::None | InjectedFault::Ever(0))
    }

    pub(crate) fn step() -> io::Result<()> {
        let (now, next) = match FAULT.get() {
            InjectedFault::None => (true, InjectedFault::None),
            InjectedFault::Once(0) => (false, InjectedFault::None),
            InjectedFault::Ever(0) => (false, InjectedFault::Ever(0)),
            InjectedFault::Once(left) => (true, InjectedFault::Once(left - 1)),
            InjectedFault::Ever(left) => (true, InjectedFault::Ever(left - 1)),
        };
        FAULT.set(next);
        if now { Ok(()) } else { Err(io::Error::other("the disk failed")) }
    }
}

#[cfg(unix)]
mod held {
    use std::collections::BTreeSet;
    use std::fs::File;
    use std::io;
    use std::os::fd::OwnedFd;
    use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
    use std::path::Path;

    use rustix::fs::{AtFlags, FlockOperation, Mode, OFlags};

    /// An open folder; paths below it are resolved without following links out of it.
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

        /// Makes a folder, where it is missing, that only this user can look into.
        pub(crate) fn make_private(path: &Path) -> io::Result<()> {
            std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
        }

        /// Whether nobody but this user can write to it.
        pub(crate) fn is_private(&self) -> bool {
            rustix::fs::fstat(&self.0).is_ok_and(|about| {
                about.st_uid == rustix::process::geteuid().as_raw() && about.st_mode & 0o022 == 0
            })
        }

        /// The content of a file that only this user can read and write.
        pub(crate) fn read_private(&self, name: &str) -> io::Result<Vec<u8>> {
            let file = self.open_file(name)?;
            let about = file.metadata()?;
            if about.uid() != rustix::process::geteuid().as_raw() || about.mode() & 0o077 != 0 {
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, "others can write to it"));
            }
            super::bounded(file, &about)
        }

        /// Whether something has this name.
        pub(crate) fn holds(&self, name: &str) -> bool {
            rustix::fs::statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW).is_ok()
        }

        /// Opens a file without waiting for the writer of a pipe.
        pub(super) fn open_file(&self, name: &str) -> io::Result<File> {
            let flags = OFlags::RDONLY.union(OFlags::NOFOLLOW).union(OFlags::NONBLOCK);
            let flags = flags.union(OFlags::NOCTTY).union(OFlags::CLOEXEC);
            // A socket cannot be opened at all.
            match rustix::fs::openat(&self.0, name, flags, Mode::empty()) {
                Err(rustix::io::Errno::NXIO) => Err(io::Error::other("it is not a regular file")),
                other => Ok(File::from(other?)),
            }
        }

        pub(super) fn create(&self, name: &str) -> io::Result<File> {
            let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            Ok(File::from(rustix::fs::openat(&self.0, name, flags, Mode::RUSR | Mode::WUSR)?))
        }

        pub(super) fn create_folder(&self, name: &str) -> io::Result<()> {
            Ok(rustix::fs::mkdirat(&self.0, name, Mode::RWXU | Mode::RWXG | Mode::RWXO)?)
        }

        pub(super) fn rename(&self, from: &str, to: &str) -> io::Result<()> {
            Ok(rustix::fs::renameat(&self.0, from, &self.0, to)?)
        }

        pub(super) fn remove(&self, name: &str) -> io::Result<()> {
            Ok(rustix::fs::unlinkat(&self.0, name, AtFlags::empty())?)
        }

        pub(super) fn remove_folder(&self, name: &str) -> io::Result<()> {
            Ok(rustix::fs::unlinkat(&self.0, name, AtFlags::REMOVEDIR)?)
        }

        /// Sees the names of this folder on the disk. Not every file system can.
        pub(crate) fn sync(&self) {
            let _ = rustix::fs::fsync(&self.0);
        }

        /// Sees everything on the file system of this folder on the disk, unless that was done for it already; whether
        /// that is possible.
        #[cfg(target_os = "linux")]
        pub(crate) fn sync_file_system(&self, done: &mut BTreeSet<u64>) -> bool {
            let Ok(about) = rustix::fs::fstat(&self.0) else { return false };
            !done.insert(about.st_dev) || rustix::fs::syncfs(&self.0).is_ok()
        }

        #[cfg(not(target_os = "linux"))]
        pub(crate) fn sync_file_system(&self, _: &mut BTreeSet<u64>) -> bool {
            false
        }

        /// Whether this process alone may write here from now on. A file system without such locks holds nobody off.
        pub(crate) fn lock(&self) -> bool {
            rustix::fs::flock(&self.0, FlockOperation::NonBlockingLockExclusive)
                != Err(rustix::io::Errno::WOULDBLOCK)
        }
    }
}

/// Where no handles of folders is available: their paths.
#[cfg(not(unix))]
#[expect(clippy::disallowed_methods, reason = "this is the place that touches the disk")]
mod named {
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

        pub(crate) fn make_private(path: &Path) -> io::Result<()> {
            fs::create_dir_all(path)
        }

        pub(crate) fn is_private(&self) -> bool {
            true
        }

        pub(crate) fn read_private(&self, name: &str) -> io::Result<Vec<u8>> {
            Ok(self.read(name)?.0)
        }

        pub(crate) fn holds(&self, name: &str) -> bool {
            self.0.join(name).symlink_metadata().is_ok()
        }

        pub(super) fn open_file(&self, name: &str) -> io::Result<File> {
            File::open(self.0.join(name))
        }

        pub(super) fn create(&self, name: &str) -> io::Result<File> {
            File::create_new(self.0.join(name))
        }

        pub(super) fn create_folder(&self, name: &str) -> io::Result<()> {
            fs::create_dir(self.0.join(name))
        }

        pub(super) fn rename(&self, from: &str, to: &str) -> io::Result<()> {
            fs::rename(self.0.join(from), self.0.join(to))
        }

        pub(super) fn remove(&self, name: &str) -> io::Result<()> {
            fs::remove_file(self.0.join(name))
        }

        pub(super) fn remove_folder(&self, name: &str) -> io::Result<()> {
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
