//! The undo journal: what a run is about to write, so that the next run can restore the old files after a
//! crash.
//!
//! Journals are stored outside of projects, in a folder that only this user can write to. A file in a project
//! is therefore never mistaken for a journal.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::folder::Folder;

/// The mode of a journal: only this user can read and write it.
const MODE: u32 = 0o600;

/// The undo journal of one run: what to restore if it does not finish.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Journal {
    /// The folders that the run creates, outermost first.
    pub(super) made: Vec<Vec<String>>,
    pub(super) files: Vec<JournalEntry>,
}

/// A file that is written or removed.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct JournalEntry {
    pub(super) folders: Vec<String>,
    pub(super) name: String,
    /// The hash of the old content; `None` if the file did not exist.
    pub(super) old: Option<String>,
    /// The hash of the new content; `None` if the file is removed.
    pub(super) new: Option<String>,
    /// The number in the names of its temporary files.
    pub(super) number: usize,
}

impl JournalEntry {
    /// Returns the name of the temporary file with the `old` or `new` content.
    pub(super) fn temporary(&self, what: &str) -> String {
        temporary_name(self.number, what)
    }
}

/// Returns the name of a temporary file.
pub(super) fn temporary_name(number: usize, what: &str) -> String {
    format!(".jcc-{number}.{what}")
}

pub(super) fn hash(content: &[u8]) -> String {
    Sha256::digest(content).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

impl Journal {
    /// Whether all paths are inside the project and outside of the folders of version control.
    fn is_valid(&self) -> bool {
        let paths = self.files.iter().map(|file| (&file.folders[..], Some(&file.name)));
        let made = self.made.iter().map(|folders| (&folders[..], None));
        paths.chain(made).all(|(folders, name)| {
            folders.iter().chain(name).all(|one| is_plain_component(one))
                && !super::is_version_control(folders.iter().map(String::as_str))
        })
    }
}

/// Whether a text is a single path component, and not `..` or the like.
fn is_plain_component(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    matches!((parts.next(), parts.next()), (Some(std::path::Component::Normal(part)), None) if part == name)
        && !name.contains('\0')
}

/// The state of the run that wrote a journal.
#[derive(Debug, Clone, Copy)]
pub(super) enum RunState {
    /// The new files are not all in place: the run must be rolled back.
    Unfinished,
    /// The new files are in place. Temporary files may be left.
    Finished,
}

/// The journals of one project.
#[derive(Debug)]
pub(super) struct JournalStore {
    folder: PathBuf,
    /// The hash of the project's path.
    project: String,
}

impl JournalStore {
    /// Returns the journals of the project at `root`, in the user's folder `state`. Returns `None` if that
    /// folder is inside the project, where anyone who can write the project's files could write a journal too.
    pub(super) fn of(state: &Path, root: &Path) -> Option<Self> {
        let root = root.canonicalize().ok()?;
        let folder = std::path::absolute(state).ok()?;
        let real = folder.ancestors().find_map(|one| one.canonicalize().ok())?;
        if real.starts_with(&root) {
            return None;
        }
        Some(Self { folder, project: hash(root.as_os_str().as_encoded_bytes()) })
    }

    fn name(&self, state: RunState) -> String {
        let extension = match state {
            RunState::Unfinished => "unfinished",
            RunState::Finished => "finished",
        };
        format!("{}.{extension}", self.project)
    }

    /// Opens the folder, if it exists and nobody else can write to it.
    fn folder(&self) -> Option<Folder> {
        Folder::open(&self.folder).ok().filter(Folder::is_private)
    }

    /// Writes the journal of a run that is about to write. Returns false if this was not possible.
    pub(super) fn write(&self, journal: &Journal) -> bool {
        if Folder::create_private(&self.folder).is_err() {
            return false;
        }
        let (Some(folder), Ok(text)) = (self.folder(), serde_json::to_vec(journal)) else { return false };
        let name = self.name(RunState::Unfinished);
        let written = folder.write(&name, &text, MODE).is_ok();
        if !written {
            let _ = folder.remove_if_exists(&name);
        }
        folder.sync();
        written
    }

    /// Reads a journal that this user wrote. Returns an empty one if it was not written completely: then
    /// nothing else was written either.
    pub(super) fn read(&self, state: RunState) -> Option<Journal> {
        let text = self.folder()?.read_private(&self.name(state)).ok()?;
        let journal: Journal = serde_json::from_slice(&text).unwrap_or_default();
        Some(if journal.is_valid() { journal } else { Journal::default() })
    }

    /// Marks the run as finished: all new files are in place.
    pub(super) fn finish(&self) -> io::Result<()> {
        let Some(folder) = self.folder() else { return Ok(()) };
        folder.rename(&self.name(RunState::Unfinished), &self.name(RunState::Finished))?;
        folder.sync();
        Ok(())
    }

    pub(super) fn remove(&self, state: RunState) -> io::Result<()> {
        self.folder().map_or(Ok(()), |folder| folder.remove_if_exists(&self.name(state)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal(folders: &[&str], name: &str) -> Journal {
        let folders = folders.iter().map(|one| (*one).to_owned()).collect();
        let (name, new) = (name.to_owned(), Some(hash(b"")));
        Journal { made: Vec::new(), files: vec![JournalEntry { folders, name, old: None, new, number: 0 }] }
    }

    #[test]
    fn a_journal_with_a_path_out_of_the_project_is_invalid() {
        assert!(journal(&["a", "b"], "c").is_valid());
        for (folders, name) in [
            (&[".."][..], "c"),
            (&["/etc"], "c"),
            (&["a/../.."], "c"),
            (&["."], "c"),
            (&[""], "c"),
            (&[], "/etc/passwd"),
            (&[], "../c"),
            (&[], ".."),
            (&[], ""),
            (&[], "a/"),
            (&[".git", "hooks"], "c"),
            (&["a", ".GIT"], "c"),
        ] {
            assert!(!journal(folders, name).is_valid(), "{folders:?} {name}");
        }
        let made = Journal { made: vec![vec!["..".to_owned()]], files: Vec::new() };
        assert!(!made.is_valid());
    }

    #[cfg(unix)]
    #[test]
    fn only_a_private_journal_is_read() {
        use std::os::unix::fs::PermissionsExt as _;
        let (state, root) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let journals = JournalStore::of(state.path(), root.path()).expect("the folders are separate");
        assert!(journals.write(&journal(&[], "a")));
        assert_eq!(journals.read(RunState::Unfinished).map(|one| one.files.len()), Some(1));
        let path = state.path().join(journals.name(RunState::Unfinished));
        let mode = |path: &Path, mode| {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("the file is ours");
        };
        mode(&path, 0o644);
        assert!(journals.read(RunState::Unfinished).is_none(), "others may have written it");
        mode(&path, 0o600);
        mode(state.path(), 0o777);
        assert!(journals.read(RunState::Unfinished).is_none() && !journals.write(&journal(&[], "a")));
        mode(state.path(), 0o700);
        assert!(journals.read(RunState::Unfinished).is_some());
        let elsewhere = root.path().join("journal");
        std::fs::rename(&path, &elsewhere).expect("the file is ours");
        std::os::unix::fs::symlink(&elsewhere, &path).expect("the file is ours");
        assert!(journals.read(RunState::Unfinished).is_none(), "a link");
    }

    #[test]
    fn a_state_folder_inside_the_project_is_not_used() {
        let root = tempfile::tempdir().expect("a folder");
        assert!(JournalStore::of(&root.path().join("x/state"), root.path()).is_none());
        assert!(JournalStore::of(root.path(), root.path()).is_none());
        assert!(JournalStore::of(&root.path().join("../state"), root.path()).is_some());
    }
}
