//! Several files written as one: after a failure, or after an end at any moment, what was there before can be had back.
//!
//! First a journal says what will be written. Then each file is laid beside its place, new and old; then the new ones take
//! their places; then the journal is renamed, and from there on the new files count. A journal that a later run finds is
//! of a run that was stopped: what it put in place is taken back. A file that somebody else has changed since is left.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::folder::Folder;

/// What is being written.
const JOURNAL: &str = ".jcc-undo";
/// What was written, and whose leftovers may go.
const DONE: &str = ".jcc-done";
/// The mode of a file that is new.
const MODE: u32 = 0o644;

/// A file to write: its place below the root along real folders, and what it will hold.
pub(super) struct Wanted<'a> {
    pub(super) folders: Vec<String>,
    pub(super) name: String,
    pub(super) content: &'a [u8],
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Journal {
    /// Folders that were not there, outermost first.
    made: Vec<Vec<String>>,
    files: Vec<Entry>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    folders: Vec<String>,
    name: String,
    /// The hash of what was there.
    old: Option<String>,
    new: String,
}

impl Journal {
    fn read(root: &Path, name: &str) -> io::Result<Option<Self>> {
        match Folder::open(root)?.read(name) {
            // One that cannot be read was not wholly written, and so nothing else was.
            Ok((text, _)) => Ok(Some(serde_json::from_slice(&text).unwrap_or_default())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What writing these files will do.
    fn of(root: &Path, files: &[Wanted<'_>]) -> io::Result<Self> {
        let mut journal = Self::default();
        for file in files {
            let mut there = Some(Folder::open(root)?);
            for depth in 1..=file.folders.len() {
                let upto = file.folders[..depth].to_vec();
                there = match there.map(|folder| folder.below(&upto[depth - 1])).transpose() {
                    Ok(folder) => folder,
                    Err(error) if error.kind() == io::ErrorKind::NotFound => None,
                    Err(error) => return Err(named(file)(error)),
                };
                if there.is_none() && !journal.made.contains(&upto) {
                    journal.made.push(upto);
                }
            }
            let old = match there.map(|folder| folder.read(&file.name)).transpose() {
                Ok(old) => old.map(|(content, _)| hash(&content)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => None,
                Err(error) => return Err(named(file)(error)),
            };
            let (folders, name, new) = (file.folders.clone(), file.name.clone(), hash(file.content));
            journal.files.push(Entry { folders, name, old, new });
        }
        Ok(journal)
    }

    /// Lays the files beside their places.
    fn stage(&self, root: &Path, files: &[Wanted<'_>]) -> io::Result<()> {
        for made in &self.made {
            let (name, folders) = made.split_last().expect("a folder has a name");
            Folder::along(root, folders)?.make(name)?;
        }
        for (number, (entry, file)) in self.files.iter().zip(files).enumerate() {
            let lay = || {
                let folder = Folder::along(root, &entry.folders)?;
                let mut mode = MODE;
                if entry.old.is_some() {
                    let (old, was) = folder.read(&entry.name)?;
                    mode = was;
                    folder.write(&beside(number, "old"), &old, mode)?;
                }
                folder.write(&beside(number, "new"), file.content, mode)
            };
            lay().map_err(named(file))?;
        }
        Ok(())
    }

    /// Puts the files in their places.
    fn place(&self, root: &Path, files: &[Wanted<'_>]) -> io::Result<()> {
        for (number, (entry, file)) in self.files.iter().zip(files).enumerate() {
            let folder = Folder::along(root, &entry.folders).map_err(named(file))?;
            folder.put(&beside(number, "new"), &entry.name).map_err(named(file))?;
            folder.sync();
        }
        Ok(())
    }

    /// Takes back what was put in place.
    fn take_back(&self, root: &Path) -> io::Result<()> {
        for (number, entry) in self.files.iter().enumerate() {
            // Where the folder has become something else, nothing of ours is in it.
            let Ok(folder) = Folder::along(root, &entry.folders) else { continue };
            let holds = |name: &str| folder.read(name).ok().map(|(content, _)| hash(&content));
            let old = beside(number, "old");
            if holds(&entry.name).as_ref() == Some(&entry.new) {
                match &entry.old {
                    None => folder.gone(&entry.name)?,
                    Some(was) if holds(&old).as_ref() == Some(was) => folder.put(&old, &entry.name)?,
                    Some(_) => {}
                }
            }
            folder.sync();
        }
        self.sweep(root)?;
        for made in self.made.iter().rev() {
            let (name, folders) = made.split_last().expect("a folder has a name");
            // One that somebody else has put a file in by now stays, as it should.
            let _ = Folder::along(root, folders).and_then(|folder| folder.unmake(name));
        }
        Ok(())
    }

    /// Takes away what lies beside the places.
    fn sweep(&self, root: &Path) -> io::Result<()> {
        for (number, entry) in self.files.iter().enumerate() {
            let Ok(folder) = Folder::along(root, &entry.folders) else { continue };
            folder.gone(&beside(number, "old"))?;
            folder.gone(&beside(number, "new"))?;
        }
        Ok(())
    }
}

/// Writes all files or none.
pub(super) fn write(root: &Path, files: &[Wanted<'_>]) -> io::Result<()> {
    let journal = Journal::of(root, files)?;
    let folder = Folder::open(root)?;
    let text = serde_json::to_vec(&journal)?;
    let written = folder
        .write(JOURNAL, &text, MODE)
        .map_err(|error| io::Error::new(error.kind(), format!("`{JOURNAL}`: {error}")))
        .and_then(|()| {
            folder.sync();
            journal.stage(root, files)?;
            journal.place(root, files)?;
            folder.put(JOURNAL, DONE)
        });
    if let Err(error) = written {
        // If even this fails, the journal stays for the next run.
        let _ = take_back(root);
        return Err(error);
    }
    folder.sync();
    // The files are written. What cannot be swept now is swept by the next run.
    let _ = mend(root);
    Ok(())
}

/// Takes back what a run that was stopped has left; whether there was any.
pub(super) fn mend(root: &Path) -> io::Result<bool> {
    let unfinished = take_back(root)?;
    if let Some(done) = Journal::read(root, DONE)? {
        done.sweep(root)?;
        Folder::open(root)?.gone(DONE)?;
    }
    Ok(unfinished)
}

/// Whether a run was stopped, and nobody has taken back yet what it did.
pub(super) fn is_unfinished(root: &Path) -> bool {
    Folder::open(root).is_ok_and(|folder| folder.read(JOURNAL).is_ok())
}

fn take_back(root: &Path) -> io::Result<bool> {
    let Some(journal) = Journal::read(root, JOURNAL)? else { return Ok(false) };
    journal.take_back(root)?;
    Folder::open(root)?.gone(JOURNAL)?;
    Ok(true)
}

fn beside(number: usize, what: &str) -> String {
    format!(".jcc-{number}.{what}")
}

fn hash(content: &[u8]) -> String {
    Sha256::digest(content).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

/// The same failure with the path in front.
fn named(file: &Wanted<'_>) -> impl Fn(io::Error) -> io::Error {
    let path = [&file.folders[..], std::slice::from_ref(&file.name)].concat().join("/");
    move |error| io::Error::new(error.kind(), format!("`{path}`: {error}"))
}
