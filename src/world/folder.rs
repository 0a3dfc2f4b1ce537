//! One folder that is held open, and the files in it by their names: whatever becomes of the way to it meanwhile, nothing
//! is written elsewhere.

use std::io::{self, Write as _};
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

    /// Writes a new file, and sees it on the disk; what bears its name goes first.
    pub(super) fn write(&self, name: &str, content: &[u8], mode: u32) -> io::Result<()> {
        self.gone(name)?;
        step()?;
        let mut file = self.create(name)?;
        step()?;
        file.write_all(content)?;
        permit(&file, mode)?;
        file.sync_all()
    }

    /// Sees to it that nothing bears this name.
    pub(super) fn gone(&self, name: &str) -> io::Result<()> {
        step()?;
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

    /// Makes a folder below.
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
pub(super) use fault::{Fault, set, step};

#[cfg(test)]
mod fault {
    use std::cell::Cell;
    use std::io;

    /// What happens before an operation.
    #[derive(Clone, Copy)]
    pub(crate) enum Fault {
        /// Nothing.
        None,
        /// After so many operations one fails, and those after it do not.
        Once(usize),
        /// After so many operations all fail, as if the process were gone.
        Ever(usize),
    }

    thread_local! { static FAULT: Cell<Fault> = const { Cell::new(Fault::None) }; }

    pub(crate) fn set(fault: Fault) {
        FAULT.set(fault);
    }

    pub(crate) fn step() -> io::Result<()> {
        let (now, next) = match FAULT.get() {
            Fault::None => (true, Fault::None),
            Fault::Once(0) => (false, Fault::None),
            Fault::Ever(0) => (false, Fault::Ever(0)),
            Fault::Once(left) => (true, Fault::Once(left - 1)),
            Fault::Ever(left) => (true, Fault::Ever(left - 1)),
        };
        FAULT.set(next);
        if now { Ok(()) } else { Err(io::Error::other("the disk failed")) }
    }
}

#[cfg(unix)]
mod held {
    use std::fs::File;
    use std::io::{self, Read as _};
    use std::os::fd::OwnedFd;
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;

    use rustix::fs::{AtFlags, FlockOperation, Mode, OFlags};

    /// A folder, by a handle.
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

        /// What a file holds, and its mode.
        pub(crate) fn read(&self, name: &str) -> io::Result<(Vec<u8>, u32)> {
            let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
            let mut file = File::from(rustix::fs::openat(&self.0, name, flags, Mode::empty())?);
            let mut content = Vec::new();
            file.read_to_end(&mut content)?;
            Ok((content, file.metadata()?.permissions().mode()))
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

        /// Whether this process alone may write here from now on. A file system without such locks holds nobody off.
        pub(crate) fn lock(&self) -> bool {
            rustix::fs::flock(&self.0, FlockOperation::NonBlockingLockExclusive)
                != Err(rustix::io::Errno::WOULDBLOCK)
        }
    }
}

/// Where no handles of folders can be had: their paths.
#[cfg(not(unix))]
#[expect(clippy::disallowed_methods, reason = "this is the place that touches the disk")]
mod named {
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

        pub(crate) fn read(&self, name: &str) -> io::Result<(Vec<u8>, u32)> {
            Ok((fs::read(self.0.join(name))?, 0))
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

        pub(crate) fn lock(&self) -> bool {
            true
        }
    }
}
