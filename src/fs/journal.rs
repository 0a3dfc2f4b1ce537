//! What a run notes before it writes, so that the next run can restore the files after a crash.
//!
//! The notes lie outside of every project, in a folder that only this user can write to: nothing that a project contains
//! is ever taken for one.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::folder::Folder;

/// The mode of a note: this user alone reads and writes it.
const MODE: u32 = 0o600;

/// Undo journal of one run: what to restore if it does not finish.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Journal {
    /// Folders that did not exist, outermost first.
    pub(super) made: Vec<Vec<String>>,
    pub(super) files: Vec<JournalEntry>,
}

/// One file that is written or removed.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct JournalEntry {
    pub(super) folders: Vec<String>,
    pub(super) name: String,
    /// The hash of the old content.
    pub(super) old: Option<String>,
    /// The hash of the new content; `None` for a file that is removed.
    pub(super) new: Option<String>,
    /// The number in the names of the temporary files beside it.
    pub(super) number: usize,
}

impl JournalEntry {
    /// The temporary file that `what` (`old` or `new`) is kept in.
    pub(super) fn beside(&self, what: &str) -> String {
        beside(self.number, what)
    }
}

/// The name of a temporary file.
pub(super) fn beside(number: usize, what: &str) -> String {
    format!(".jcc-{number}.{what}")
}

pub(super) fn hash(content: &[u8]) -> String {
    Sha256::digest(content).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

impl Journal {
    /// Whether every path in it stays below the project's folder, outside of version control's own folders.
    fn is_sound(&self) -> bool {
        let paths = self.files.iter().map(|file| (&file.folders[..], Some(&file.name)));
        let made = self.made.iter().map(|folders| (&folders[..], None));
        paths.chain(made).all(|(folders, name)| {
            folders.iter().chain(name).all(|one| is_plain(one))
                && !super::is_version_control(folders.iter().map(String::as_str))
        })
    }
}

/// Whether a text is one component of a path and nothing else.
fn is_plain(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    matches!((parts.next(), parts.next()), (Some(std::path::Component::Normal(part)), None) if part == name)
        && !name.contains('\0')
}

/// Whether a journal note belongs to a finished or an unfinished run.
#[derive(Debug, Clone, Copy)]
pub(super) enum NoteKind {
    /// Of a run that has not put all files in place.
    Unfinished,
    /// Of a run that has, and whose temporary files may be left.
    Finished,
}

/// The notes about one project.
#[derive(Debug)]
pub(super) struct Notes {
    folder: PathBuf,
    project: String,
}

impl Notes {
    /// The notes about the project at `root`, in this user's folder `state`. `None` where that folder lies in the project:
    /// a user who can write the project's files could write the notes too.
    pub(super) fn of(state: &Path, root: &Path) -> Option<Self> {
        let root = root.canonicalize().ok()?;
        let folder = std::path::absolute(state).ok()?;
        let real = folder.ancestors().find_map(|one| one.canonicalize().ok())?;
        if real.starts_with(&root) {
            return None;
        }
        Some(Self { folder, project: hash(root.as_os_str().as_encoded_bytes()) })
    }

    fn name(&self, kind: NoteKind) -> String {
        let ending = match kind {
            NoteKind::Unfinished => "unfinished",
            NoteKind::Finished => "finished",
        };
        format!("{}.{ending}", self.project)
    }

    /// The folder, where it exists and nobody else can write to it.
    fn folder(&self) -> Option<Folder> {
        Folder::open(&self.folder).ok().filter(Folder::is_private)
    }

    /// Notes what is about to be written; whether that was possible.
    pub(super) fn write(&self, journal: &Journal) -> bool {
        if Folder::make_private(&self.folder).is_err() {
            return false;
        }
        let (Some(folder), Ok(text)) = (self.folder(), serde_json::to_vec(journal)) else { return false };
        let name = self.name(NoteKind::Unfinished);
        let written = folder.write(&name, &text, MODE).is_ok();
        if !written {
            let _ = folder.gone(&name);
        }
        folder.sync();
        written
    }

    /// The note, where there is one of this user's own; an empty one where it was not wholly written, as then nothing
    /// else was.
    pub(super) fn read(&self, kind: NoteKind) -> Option<Journal> {
        let text = self.folder()?.read_private(&self.name(kind)).ok()?;
        let journal: Journal = serde_json::from_slice(&text).unwrap_or_default();
        Some(if journal.is_sound() { journal } else { Journal::default() })
    }

    /// Notes that all files are in place.
    pub(super) fn finish(&self) -> io::Result<()> {
        let Some(folder) = self.folder() else { return Ok(()) };
        folder.put(&self.name(NoteKind::Unfinished), &self.name(NoteKind::Finished))?;
        folder.sync();
        Ok(())
    }

    pub(super) fn remove(&self, kind: NoteKind) -> io::Result<()> {
        self.folder().map_or(Ok(()), |folder| folder.gone(&self.name(kind)))
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
    fn a_path_out_of_the_project_is_not_sound() {
        assert!(journal(&["a", "b"], "c").is_sound());
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
            assert!(!journal(folders, name).is_sound(), "{folders:?} {name}");
        }
        let made = Journal { made: vec![vec!["..".to_owned()]], files: Vec::new() };
        assert!(!made.is_sound());
    }

    #[cfg(unix)]
    #[test]
    fn only_a_private_note_is_read() {
        use std::os::unix::fs::PermissionsExt as _;
        let (state, root) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let notes = Notes::of(state.path(), root.path()).expect("they are apart");
        assert!(notes.write(&journal(&[], "a")));
        assert_eq!(notes.read(NoteKind::Unfinished).map(|one| one.files.len()), Some(1));
        let path = state.path().join(notes.name(NoteKind::Unfinished));
        let mode = |path: &Path, mode| {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("it is ours");
        };
        mode(&path, 0o644);
        assert!(notes.read(NoteKind::Unfinished).is_none(), "others may have written it");
        mode(&path, 0o600);
        mode(state.path(), 0o777);
        assert!(notes.read(NoteKind::Unfinished).is_none() && !notes.write(&journal(&[], "a")));
        mode(state.path(), 0o700);
        assert!(notes.read(NoteKind::Unfinished).is_some());
        let elsewhere = root.path().join("note");
        std::fs::rename(&path, &elsewhere).expect("it is ours");
        std::os::unix::fs::symlink(&elsewhere, &path).expect("it is ours");
        assert!(notes.read(NoteKind::Unfinished).is_none(), "a link");
    }

    #[test]
    fn a_state_folder_inside_the_project_is_not_used() {
        let root = tempfile::tempdir().expect("a folder");
        assert!(Notes::of(&root.path().join("x/state"), root.path()).is_none());
        assert!(Notes::of(root.path(), root.path()).is_none());
        assert!(Notes::of(&root.path().join("../state"), root.path()).is_some());
    }
}
