//! Finds the changed files of the project, for the forecast of the next build.

use std::collections::BTreeSet;
use std::io;
use std::rc::Rc;

use crate::diff::{ContextFiles, is_below};
use crate::fs::{FileKind, FileSystem};
use crate::value::Sha256;

/// Two versions of the project whose files are compared by content.
pub(super) struct ComparedFiles {
    pub(super) old: Rc<dyn FileSystem>,
    pub(super) new: Rc<dyn FileSystem>,
    /// The files of the new side, sorted; `None`: all that are there.
    pub(super) listed: Option<Vec<String>>,
}

/// The largest number of files below a path that are compared.
const MAX_COMPARED: usize = 20_000;

impl ContextFiles for ComparedFiles {
    fn changed(&self, path: &str) -> Option<Vec<String>> {
        let mut paths = below(self.old.as_ref(), path)?;
        match &self.listed {
            Some(all) => paths.extend(all.iter().filter(|file| is_below(file, path)).cloned()),
            None => paths.extend(below(self.new.as_ref(), path)?),
        }
        let mut changed = Vec::new();
        for file in paths {
            let old = content(self.old.as_ref(), &file).ok()?;
            let new = content(self.new.as_ref(), &file).ok()?;
            if old != new && !is_pointer_to(old.as_deref(), new.as_deref()) {
                changed.push(file);
            }
        }
        Some(changed)
    }
}

/// Returns the content of a file, or `None` if there is none.
fn content(fs: &dyn FileSystem, file: &str) -> io::Result<Option<Vec<u8>>> {
    match fs.kind(file) {
        Some(FileKind::File) => fs.read(file).map(Some),
        _ => Ok(None),
    }
}

/// Whether a file of a commit is a pointer of Git LFS to the content in the working tree.
fn is_pointer_to(old: Option<&[u8]>, new: Option<&[u8]>) -> bool {
    let pointer = old.and_then(|old| std::str::from_utf8(old).ok()).unwrap_or_default();
    let hash = pointer.lines().find_map(|line| line.strip_prefix("oid sha256:"));
    pointer.starts_with("version https://git-lfs.github.com/spec/v1\n")
        && new.is_some_and(|new| hash == Some(Sha256::of_content(new).as_str()))
}

/// Returns the files at or below a path. Returns `None` if there are too many or a folder cannot be listed.
fn below(fs: &dyn FileSystem, path: &str) -> Option<BTreeSet<String>> {
    let mut files = BTreeSet::new();
    let mut queue = vec![path.to_owned()];
    while let Some(path) = queue.pop() {
        match fs.kind(&path) {
            Some(FileKind::File) => _ = files.insert(path),
            Some(FileKind::Folder) => {
                let names = fs.list(&path).ok()?;
                let child = |name: String| if path == "." { name } else { format!("{path}/{name}") };
                queue.extend(names.into_iter().map(child).filter(|path| path != ".git"));
            }
            Some(FileKind::Other) | None => {}
        }
        if files.len() + queue.len() > MAX_COMPARED {
            return None;
        }
    }
    Some(files)
}
