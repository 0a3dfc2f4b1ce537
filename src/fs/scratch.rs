//! A temporary folder for files that external programs read and write.
#![expect(clippy::disallowed_methods, reason = "temporary files are outside the project")]

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A temporary folder that only this user can access. It is removed on drop.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
}

/// The maximum number of names to try.
const TRIES: u32 = 100;

impl Scratch {
    /// Creates a folder in `below`.
    ///
    /// # Errors
    /// Errors of the system.
    pub fn new(below: &Path) -> io::Result<Self> {
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        let process = std::process::id();
        for number in 0..TRIES {
            let path = below.join(format!("jcc-{process}-{number}"));
            // An existing folder can belong to another user, so it is never used.
            match builder.create(&path) {
                Ok(()) => return Ok(Self { path }),
                Err(why) if why.kind() == io::ErrorKind::AlreadyExists => {}
                Err(why) => return Err(why),
            }
        }
        Err(io::Error::new(io::ErrorKind::AlreadyExists, "every name of a temporary folder is taken"))
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// # Errors
    /// Errors of the system.
    pub fn write(&self, name: &str, text: &str) -> io::Result<()> {
        fs::write(self.path.join(name), text)
    }

    /// Reads a file of at most [`LARGEST`](super::LARGEST) bytes.
    ///
    /// # Errors
    /// Errors of the system, or a larger file.
    pub fn read(&self, name: &str) -> io::Result<String> {
        let path = self.path.join(name);
        if fs::metadata(&path)?.len() > super::LARGEST as u64 {
            return Err(super::too_large());
        }
        fs::read_to_string(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // The system removes old temporary files.
        _ = fs::remove_dir_all(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_separate_and_are_removed() {
        let below = tempfile::tempdir().unwrap();
        let (one, other) = (Scratch::new(below.path()).unwrap(), Scratch::new(below.path()).unwrap());
        assert_ne!(one.path(), other.path());
        one.write("a", "text").unwrap();
        assert_eq!(one.read("a").unwrap(), "text");
        assert!(other.read("a").is_err());
        drop((one, other));
        assert_eq!(fs::read_dir(below.path()).unwrap().count(), 0);
    }
}
