//! The two sides of a comparison: Git revisions, the working tree, or folders.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::Input;
use crate::fs::FileSystem;

use super::super::git::GitRepository;
use super::super::session::{FoundManifest, LOCK, MANIFEST};
use super::super::{Exit, Session};
use super::DiffArgs;
use super::files::ComparedFiles;

/// The two sides of a comparison.
pub(super) struct Sides {
    pub(super) old: OldSide,
    new: NewSide,
    /// The new manifest as the user names it.
    pub(super) shown: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) files: ComparedFiles,
}

pub(super) struct OldSide {
    pub(super) fs: Rc<dyn FileSystem>,
    pub(super) manifest: String,
    /// The side as messages name it.
    pub(super) shown: String,
}

struct NewSide {
    fs: Rc<dyn FileSystem>,
    manifest: String,
}

impl Sides {
    /// Finds the sides that the arguments name. Two paths are compared without Git. A single argument is a
    /// manifest if there is a file or folder with this name, otherwise a revision.
    pub(super) fn of(session: &mut Session<'_, '_>, args: &DiffArgs) -> Result<Self, Exit> {
        let file = args.new.clone().or_else(|| args.file.clone());
        match &args.old {
            Some(old) if args.new.is_some() && session.io.folder.join(old).exists() => {
                Self::folders(session, Path::new(old), file.as_deref())
            }
            Some(old) if args.new.is_none() && is_manifest(&session.io.folder.join(old)) => {
                Self::revision(session, None, Some(file.unwrap_or_else(|| PathBuf::from(old))).as_deref())
            }
            old => Self::revision(session, old.as_deref(), file.as_deref()),
        }
    }

    pub(super) fn new_input<'a>(&'a self, target: Option<&'a str>) -> Input<'a> {
        Input { fs: self.new.fs.as_ref(), manifest: &self.new.manifest, target, lock: LOCK }
    }

    fn folders(session: &mut Session<'_, '_>, old: &Path, new: Option<&Path>) -> Result<Self, Exit> {
        let before = session.find(Some(old))?;
        let after = session.find(new)?;
        let disk = |found: &FoundManifest| -> Rc<dyn FileSystem> { Rc::new(session.disk(&found.root)) };
        let (old, new) = (disk(&before), disk(&after));
        Ok(Self {
            files: ComparedFiles { old: Rc::clone(&old), new: Rc::clone(&new), listed: None },
            old: OldSide { fs: old, shown: folder(&before), manifest: before.name },
            new: NewSide { fs: new, manifest: after.name.clone() },
            from: before.shown,
            to: after.shown.clone(),
            shown: after.shown,
        })
    }

    fn revision(
        session: &mut Session<'_, '_>,
        revision: Option<&str>,
        file: Option<&Path>,
    ) -> Result<Self, Exit> {
        let found = session.find(file)?;
        let repository = GitRepository::of(&found.root).map_err(|why| {
            let help = "compare two folders with `jcc diff OLD NEW`, or run it in a clone of the repository";
            session.input_error(&why, Some(help.to_owned()))
        })?;
        let sides = Self::of_repository(session, (&repository, revision), &found);
        sides.map_err(|why| session.input_error(&why, None))
    }

    fn of_repository(
        session: &Session<'_, '_>,
        (repository, revision): (&GitRepository, Option<&str>),
        found: &FoundManifest,
    ) -> Result<Self, String> {
        let (old, new) = match revision.map(|revision| revision.split_once("..").unwrap_or((revision, ""))) {
            Some((old, "")) => (repository.commit(old)?, None),
            Some((old, new)) => (repository.commit(old)?, Some(repository.commit(new)?)),
            None => (repository.default_base()?, None),
        };
        let (fs, listed): (Rc<dyn FileSystem>, _) = match &new {
            Some(commit) => (Rc::new(repository.tree(commit)?), None),
            None => (Rc::new(session.disk(&found.root)), Some(repository.working_files()?)),
        };
        let tree: Rc<dyn FileSystem> = Rc::new(repository.tree(&old)?);
        let from = repository.short(&old);
        Ok(Self {
            files: ComparedFiles { old: Rc::clone(&tree), new: Rc::clone(&fs), listed },
            old: OldSide { fs: tree, manifest: found.name.clone(), shown: from.clone() },
            new: NewSide { fs, manifest: found.name.clone() },
            shown: found.shown.clone(),
            from,
            to: new.map_or_else(|| "working tree".to_owned(), |commit| repository.short(&commit)),
        })
    }
}

fn folder(found: &FoundManifest) -> String {
    found.shown.strip_suffix(&found.name).unwrap_or(&found.shown).trim_end_matches('/').to_owned()
}

fn is_manifest(path: &Path) -> bool {
    path.join(MANIFEST).is_file() || path.is_file() && path.extension().is_some_and(|ending| ending == "kdl")
}
