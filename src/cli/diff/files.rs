//! Finds the changed files of the project, for the forecast of the next build.

use crate::diff::ContextFiles;
use crate::fs::{Disk, FileKind, FileSystem};

/// The changed files of a Git repository.
pub(super) struct GitFiles {
    /// All files that differ, sorted.
    pub(super) changed: Vec<String>,
}

impl ContextFiles for GitFiles {
    fn changed(&self, path: &str) -> Option<Vec<String>> {
        let is_below = |file: &&String| {
            path == "." || *file == path || file.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'))
        };
        Some(self.changed.iter().filter(is_below).cloned().collect())
    }
}

/// Two folders whose files are compared by content.
pub(super) struct FolderFiles {
    pub(super) old: Disk,
    pub(super) new: Disk,
}

/// The largest number of files below a path that are compared.
const MAX_COMPARED: usize = 20_000;

impl ContextFiles for FolderFiles {
    fn changed(&self, path: &str) -> Option<Vec<String>> {
        let mut paths = below(&self.old, path)?;
        paths.extend(below(&self.new, path)?);
        paths.sort();
        paths.dedup();
        let mut changed = Vec::new();
        for file in paths {
            let content = |disk: &Disk| match disk.kind(&file) {
                Some(FileKind::File) => disk.read(&file).map(Some),
                _ => Ok(None),
            };
            match (content(&self.old), content(&self.new)) {
                (Ok(old), Ok(new)) if old == new => {}
                (Ok(_), Ok(_)) => changed.push(file),
                _ => return None,
            }
        }
        Some(changed)
    }
}

/// Returns the files at or below a path. Returns `None` if there are too many or a folder cannot be listed.
fn below(disk: &Disk, path: &str) -> Option<Vec<String>> {
    let mut files = Vec::new();
    let mut queue = vec![path.to_owned()];
    while let Some(path) = queue.pop() {
        match disk.kind(&path) {
            Some(FileKind::File) => files.push(path),
            Some(FileKind::Folder) => {
                let names = disk.list(&path).ok()?;
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
