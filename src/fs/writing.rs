//! Several files written and removed as one: after a failure, or after an end at any moment, the old files can be restored.
//!
//! First a journal notes what will be written. Then each file is written beside its place, new and old; then the new ones
//! take their places; then the journal is renamed, and from there on the new files count. A journal that a later run finds
//! is of a run that was stopped: what it put in place is undone. A file that somebody else has changed since is left alone.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use super::folder::Folder;
use super::journal::{Journal, JournalEntry, NoteKind, Notes, beside, hash};

/// So many files are seen on the disk one by one; more of them all at once.
const FEW: usize = 32;

/// The mode of a file that is new.
const MODE: u32 = 0o644;

/// A file to write or remove: its place below the root along real folders, and its content, none to remove it.
pub(super) struct FileChange<'a> {
    pub(super) folders: Vec<String>,
    pub(super) name: String,
    pub(super) content: Option<&'a [u8]>,
}

/// Why a write failed, and whether it left some files new and some old.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: io::Error,
    /// Whether some files are new and some are old.
    pub(super) half: bool,
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self { error, half: false }
    }
}

impl Journal {
    /// What writing these files will do.
    fn of(root: &Path, files: &[FileChange<'_>]) -> io::Result<Self> {
        let mut journal = Self::default();
        let mut number = 0;
        for file in files {
            let mut there = Some(Folder::open(root)?);
            for depth in 1..=file.folders.len() {
                let upto = file.folders[..depth].to_vec();
                there = match there.map(|folder| folder.below(&upto[depth - 1])).transpose() {
                    Ok(folder) => folder,
                    Err(error) if error.kind() == io::ErrorKind::NotFound => None,
                    Err(error) => return Err(named(file)(error)),
                };
                if there.is_none() && file.content.is_some() && !journal.made.contains(&upto) {
                    journal.made.push(upto);
                }
            }
            // Names that nothing has: a file of somebody else is never taken for a temporary one.
            let taken = |number| {
                there.as_ref().is_some_and(|folder| {
                    ["old", "new"].iter().any(|what| folder.holds(&beside(number, what)))
                })
            };
            while taken(number) {
                number += 1;
            }
            let old = match there.map(|folder| folder.read(&file.name)).transpose() {
                Ok(old) => old.map(|(content, _)| hash(&content)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => None,
                Err(error) => return Err(named(file)(error)),
            };
            let (folders, name, new) = (file.folders.clone(), file.name.clone(), file.content.map(hash));
            journal.files.push(JournalEntry { folders, name, old, new, number });
            number += 1;
        }
        Ok(journal)
    }

    /// Sees what was laid in the folders on the disk, all of it at once; whether that is possible.
    fn settle(&self, root: &Path) -> bool {
        let mut done = BTreeSet::new();
        self.folders()
            .all(|folders| Folder::along(root, folders).is_ok_and(|one| one.sync_file_system(&mut done)))
    }

    /// The folders that files are written to, each once.
    fn folders(&self) -> impl Iterator<Item = &Vec<String>> {
        let all: BTreeSet<&Vec<String>> = self.files.iter().map(|entry| &entry.folders).collect();
        all.into_iter()
    }

    /// Writes the files beside their places.
    fn stage(&self, root: &Path, files: &[FileChange<'_>]) -> io::Result<()> {
        for made in &self.made {
            let (name, folders) = made.split_last().expect("a folder has a name");
            Folder::along(root, folders)?.make(name)?;
        }
        let many = files.len() > FEW;
        for (entry, file) in self.files.iter().zip(files) {
            let lay = || {
                let folder = Folder::along(root, &entry.folders)?;
                let write = |what: &str, content: &[u8], mode| {
                    let laid = folder.lay(&entry.beside(what), content, mode)?;
                    if many { Ok(()) } else { laid.sync_all() }
                };
                let mut mode = MODE;
                if entry.old.is_some() {
                    let (old, was) = folder.read(&entry.name)?;
                    mode = was;
                    write("old", &old, mode)?;
                }
                file.content.map_or(Ok(()), |content| write("new", content, mode))
            };
            if file.content.is_none() && entry.old.is_none() {
                continue;
            }
            lay().map_err(named(file))?;
        }
        if many && !self.settle(root) {
            for entry in &self.files {
                let folder = Folder::along(root, &entry.folders)?;
                folder.sync_file(&entry.beside("old"))?;
                folder.sync_file(&entry.beside("new"))?;
            }
        }
        Ok(())
    }

    /// Puts the files in their places.
    fn place(&self, root: &Path, files: &[FileChange<'_>]) -> io::Result<()> {
        for (entry, file) in self.files.iter().zip(files) {
            if entry.new.is_none() && entry.old.is_none() {
                continue;
            }
            let folder = Folder::along(root, &entry.folders).map_err(named(file))?;
            let renamed = match &entry.new {
                Some(_) => folder.put(&entry.beside("new"), &entry.name),
                // What somebody else wrote since it was read is not removed.
                None if holds(&folder, &entry.name) != entry.old => Ok(()),
                None => folder.gone(&entry.name),
            };
            renamed.map_err(named(file))?;
        }
        if files.len() > FEW && self.settle(root) {
            return Ok(());
        }
        for folders in self.folders() {
            if let Ok(folder) = Folder::along(root, folders) {
                folder.sync();
            }
        }
        Ok(())
    }

    /// Restores what was there before.
    fn undo(&self, root: &Path) -> io::Result<()> {
        for entry in &self.files {
            // Where the folder has become something else, nothing of ours is in it.
            let Ok(folder) = Folder::along(root, &entry.folders) else { continue };
            let old = entry.beside("old");
            let is_ours = match &entry.new {
                Some(_) => holds(&folder, &entry.name) == entry.new,
                None => !folder.holds(&entry.name),
            };
            match &entry.old {
                _ if !is_ours => {}
                None => folder.gone(&entry.name)?,
                Some(_) if holds(&folder, &old) == entry.old => folder.put(&old, &entry.name)?,
                Some(_) => {}
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

    /// Removes the folders that hold nothing since the files in them were removed.
    fn prune(&self, root: &Path) {
        for entry in self.files.iter().filter(|entry| entry.new.is_none() && entry.old.is_some()) {
            for depth in (0..entry.folders.len()).rev() {
                let parent = Folder::along(root, &entry.folders[..depth]);
                if parent.and_then(|parent| parent.unmake(&entry.folders[depth])).is_err() {
                    break;
                }
            }
        }
    }

    /// Removes the temporary files.
    fn sweep(&self, root: &Path) -> io::Result<()> {
        for entry in &self.files {
            let Ok(folder) = Folder::along(root, &entry.folders) else { continue };
            folder.gone(&entry.beside("old"))?;
            folder.gone(&entry.beside("new"))?;
        }
        Ok(())
    }
}

/// The hash of a file, where there is one.
fn holds(folder: &Folder, name: &str) -> Option<String> {
    folder.read(name).ok().map(|(content, _)| hash(&content))
}

/// Writes all files or none. Without notes a run that is stopped leaves each file old or new, but not all alike.
pub(super) fn write(root: &Path, notes: Option<&Notes>, files: &[FileChange<'_>]) -> Result<(), Failure> {
    let journal = Journal::of(root, files)?;
    let notes = notes.filter(|notes| notes.write(&journal));
    let finish = || notes.map_or(Ok(()), Notes::finish);
    let written =
        journal.stage(root, files).and_then(|()| journal.place(root, files)).and_then(|()| finish());
    if let Err(error) = written {
        // If even this fails, the note stays for the next run.
        let undone = journal
            .undo(root)
            .and_then(|()| notes.map_or(Ok(()), |notes| notes.remove(NoteKind::Unfinished)));
        return Err(Failure { error, half: undone.is_err() });
    }
    // The files are written. What cannot be removed now is removed by the next run.
    let swept = journal.sweep(root);
    if let (Ok(()), Some(notes)) = (&swept, notes) {
        let _ = notes.remove(NoteKind::Finished);
    }
    journal.prune(root);
    Ok(())
}

/// Undoes what a run that was stopped has left; whether there was any.
pub(super) fn restore(root: &Path, notes: &Notes) -> io::Result<bool> {
    let unfinished = notes.read(NoteKind::Unfinished);
    if let Some(journal) = &unfinished {
        journal.undo(root)?;
        notes.remove(NoteKind::Unfinished)?;
    }
    if let Some(journal) = notes.read(NoteKind::Finished) {
        journal.sweep(root)?;
        notes.remove(NoteKind::Finished)?;
    }
    Ok(unfinished.is_some())
}

/// Whether a run was stopped, and nothing has undone yet what it did.
pub(super) fn is_unfinished(notes: &Notes) -> bool {
    notes.read(NoteKind::Unfinished).is_some()
}

/// The same failure with the path in front.
fn named(file: &FileChange<'_>) -> impl Fn(io::Error) -> io::Error {
    let path = [&file.folders[..], std::slice::from_ref(&file.name)].concat().join("/");
    move |error| io::Error::new(error.kind(), format!("`{path}`: {error}"))
}
