//! Writes and removes several files at once: after an error, or if the process is killed at any point, the
//! old files can be restored.
//!
//! 1. A journal is written with what will change.
//! 2. The new and the old content of each file are written to temporary files next to it.
//! 3. The new files are renamed to their final names.
//! 4. The journal is renamed. From here on, the change is complete.
//! 5. The temporary files are removed.
//!
//! If a run finds an unfinished journal, the run that wrote it was interrupted, and its changes are rolled
//! back. A file that somebody else has changed since is left unchanged.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use super::folder::Folder;
use super::journal::{Journal, JournalEntry, JournalStore, RunState, hash, temporary_name};

/// Up to this number of files, each is synchronised to disk separately. For more, the whole file system is.
const MAX_SYNCED_SEPARATELY: usize = 32;

/// The mode of a new file.
const MODE: u32 = 0o644;

/// A file to write, or to remove if there is no content. The folders are relative to the root and contain no
/// links.
pub(super) struct FileChange<'a> {
    pub(super) folders: Vec<String>,
    pub(super) name: String,
    pub(super) content: Option<&'a [u8]>,
}

/// The error of a write.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: io::Error,
    /// Whether the change could not be rolled back, so that some files are new and others old.
    pub(super) half_written: bool,
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self { error, half_written: false }
    }
}

impl Journal {
    /// Creates the journal of a change.
    fn of(root: &Path, files: &[FileChange<'_>]) -> io::Result<Self> {
        let mut journal = Self::default();
        let mut number = 0;
        for file in files {
            // The folder of the file; `None` if it does not exist.
            let mut parent = Some(Folder::open(root)?);
            for depth in 1..=file.folders.len() {
                let folders = file.folders[..depth].to_vec();
                parent = match parent.map(|folder| folder.below(&folders[depth - 1])).transpose() {
                    Ok(folder) => folder,
                    Err(error) if error.kind() == io::ErrorKind::NotFound => None,
                    Err(error) => return Err(named(file)(error)),
                };
                if parent.is_none() && file.content.is_some() && !journal.made.contains(&folders) {
                    journal.made.push(folders);
                }
            }
            // Use names that do not exist yet, so that a file of somebody else is never mistaken for a
            // temporary one.
            let exists = |number| {
                parent.as_ref().is_some_and(|folder| {
                    ["old", "new"].iter().any(|what| folder.has(&temporary_name(number, what)))
                })
            };
            while exists(number) {
                number += 1;
            }
            let old = match parent.map(|folder| folder.read(&file.name)).transpose() {
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

    /// Synchronises the file systems of all folders to disk. Returns false if this is not possible.
    fn sync_file_systems(&self, root: &Path) -> bool {
        let mut done = BTreeSet::new();
        self.folders()
            .all(|folders| Folder::along(root, folders).is_ok_and(|one| one.sync_file_system(&mut done)))
    }

    /// Returns the folders that files are written to, without duplicates.
    fn folders(&self) -> impl Iterator<Item = &Vec<String>> {
        let all: BTreeSet<&Vec<String>> = self.files.iter().map(|entry| &entry.folders).collect();
        all.into_iter()
    }

    /// Creates missing folders and writes the temporary files.
    fn stage(&self, root: &Path, files: &[FileChange<'_>]) -> io::Result<()> {
        for made in &self.made {
            let (name, folders) = made.split_last().expect("a folder has a name");
            Folder::along(root, folders)?.create_folder(name)?;
        }
        let sync_at_once = files.len() > MAX_SYNCED_SEPARATELY;
        for (entry, file) in self.files.iter().zip(files) {
            let write_temporary = || {
                let folder = Folder::along(root, &entry.folders)?;
                let write = |what: &str, content: &[u8], mode| {
                    let file = folder.write_unsynced(&entry.temporary(what), content, mode)?;
                    if sync_at_once { Ok(()) } else { file.sync_all() }
                };
                let mut mode = MODE;
                if entry.old.is_some() {
                    let (old, old_mode) = folder.read(&entry.name)?;
                    mode = old_mode;
                    write("old", &old, mode)?;
                }
                file.content.map_or(Ok(()), |content| write("new", content, mode))
            };
            if file.content.is_none() && entry.old.is_none() {
                continue;
            }
            write_temporary().map_err(named(file))?;
        }
        if sync_at_once && !self.sync_file_systems(root) {
            for entry in &self.files {
                let folder = Folder::along(root, &entry.folders)?;
                folder.sync_file(&entry.temporary("old"))?;
                folder.sync_file(&entry.temporary("new"))?;
            }
        }
        Ok(())
    }

    /// Renames the new files to their final names, and removes files.
    fn commit(&self, root: &Path, files: &[FileChange<'_>]) -> io::Result<()> {
        for (entry, file) in self.files.iter().zip(files) {
            if entry.new.is_none() && entry.old.is_none() {
                continue;
            }
            let folder = Folder::along(root, &entry.folders).map_err(named(file))?;
            let renamed = match &entry.new {
                Some(_) => folder.rename(&entry.temporary("new"), &entry.name),
                // Somebody else has changed the file since it was read: keep it.
                None if hash_of(&folder, &entry.name) != entry.old => Ok(()),
                None => folder.remove_if_exists(&entry.name),
            };
            renamed.map_err(named(file))?;
        }
        if files.len() > MAX_SYNCED_SEPARATELY && self.sync_file_systems(root) {
            return Ok(());
        }
        for folders in self.folders() {
            if let Ok(folder) = Folder::along(root, folders) {
                folder.sync();
            }
        }
        Ok(())
    }

    /// Restores the old files, and removes new files, temporary files and created folders.
    fn roll_back(&self, root: &Path) -> io::Result<()> {
        for entry in &self.files {
            // If the folder does not exist any more or has become a link, it contains none of our files.
            let Ok(folder) = Folder::along(root, &entry.folders) else { continue };
            let old = entry.temporary("old");
            // Only what this run has written or removed is restored.
            let is_ours = match &entry.new {
                Some(_) => hash_of(&folder, &entry.name) == entry.new,
                None => !folder.has(&entry.name),
            };
            match &entry.old {
                _ if !is_ours => {}
                None => folder.remove_if_exists(&entry.name)?,
                Some(_) if hash_of(&folder, &old) == entry.old => folder.rename(&old, &entry.name)?,
                Some(_) => {}
            }
            folder.sync();
        }
        self.clean_up(root)?;
        for made in self.made.iter().rev() {
            let (name, folders) = made.split_last().expect("a folder has a name");
            // This fails if somebody else has added a file to the folder, which therefore stays.
            let _ = Folder::along(root, folders).and_then(|folder| folder.remove_folder(name));
        }
        Ok(())
    }

    /// Removes folders that are empty because files in them were removed.
    fn remove_empty_folders(&self, root: &Path) {
        for entry in self.files.iter().filter(|entry| entry.new.is_none() && entry.old.is_some()) {
            for depth in (0..entry.folders.len()).rev() {
                let parent = Folder::along(root, &entry.folders[..depth]);
                if parent.and_then(|parent| parent.remove_folder(&entry.folders[depth])).is_err() {
                    break;
                }
            }
        }
    }

    /// Removes the temporary files.
    fn clean_up(&self, root: &Path) -> io::Result<()> {
        for entry in &self.files {
            let Ok(folder) = Folder::along(root, &entry.folders) else { continue };
            folder.remove_if_exists(&entry.temporary("old"))?;
            folder.remove_if_exists(&entry.temporary("new"))?;
        }
        Ok(())
    }
}

/// Returns the hash of a file, or `None` if it cannot be read.
fn hash_of(folder: &Folder, name: &str) -> Option<String> {
    folder.read(name).ok().map(|(content, _)| hash(&content))
}

/// Writes all files, or none after an error. Without a journal store, each file of an interrupted run is
/// completely old or new, but old and new files may be mixed.
pub(super) fn write(
    root: &Path,
    journals: Option<&JournalStore>,
    files: &[FileChange<'_>],
) -> Result<(), Failure> {
    let journal = Journal::of(root, files)?;
    let journals = journals.filter(|journals| journals.write(&journal));
    let finish = || journals.map_or(Ok(()), JournalStore::finish);
    let written =
        journal.stage(root, files).and_then(|()| journal.commit(root, files)).and_then(|()| finish());
    if let Err(error) = written {
        // If the rollback fails too, the journal stays for the next run.
        let rolled_back = journal
            .roll_back(root)
            .and_then(|()| journals.map_or(Ok(()), |journals| journals.remove(RunState::Unfinished)));
        return Err(Failure { error, half_written: rolled_back.is_err() });
    }
    // The files are written. Temporary files that cannot be removed now are removed by the next run.
    let cleaned_up = journal.clean_up(root);
    if let (Ok(()), Some(journals)) = (&cleaned_up, journals) {
        let _ = journals.remove(RunState::Finished);
    }
    journal.remove_empty_folders(root);
    Ok(())
}

/// Rolls back an interrupted run, and removes temporary files of a finished one. Returns whether there was an
/// interrupted run.
pub(super) fn restore(root: &Path, journals: &JournalStore) -> io::Result<bool> {
    let unfinished = journals.read(RunState::Unfinished);
    if let Some(journal) = &unfinished {
        journal.roll_back(root)?;
        journals.remove(RunState::Unfinished)?;
    }
    if let Some(journal) = journals.read(RunState::Finished) {
        journal.clean_up(root)?;
        journals.remove(RunState::Finished)?;
    }
    Ok(unfinished.is_some())
}

/// Whether a run was interrupted and has not been rolled back yet.
pub(super) fn is_unfinished(journals: &JournalStore) -> bool {
    journals.read(RunState::Unfinished).is_some()
}

/// Adds the path of a file to the message of an error.
fn named(file: &FileChange<'_>) -> impl Fn(io::Error) -> io::Error {
    let path = [&file.folders[..], std::slice::from_ref(&file.name)].concat().join("/");
    move |error| io::Error::new(error.kind(), format!("`{path}`: {error}"))
}
