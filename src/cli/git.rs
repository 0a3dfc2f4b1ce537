//! Runs `git` to read files of other revisions. Programs that the repository configures (hooks, file system
//! monitors, filters, external diffs) are not run, since the repository may be hostile.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout};
use std::time::Duration;

use crate::fs::{FileKind, FileSystem, LARGEST};

use super::programs::{self, ProgramCall, ProgramFailure, arguments};

/// The longest time for one call.
const LIMIT: Duration = Duration::from_mins(1);

/// A repository, with the project's folder in it.
#[derive(Debug, Clone)]
pub(super) struct GitRepository {
    /// The project's folder.
    folder: PathBuf,
    /// The path of this folder relative to the root of the repository: empty, or with a trailing `/`.
    prefix: String,
}

/// The message of a failed `git` call.
pub(super) type GitError = String;

impl GitRepository {
    /// Returns the repository that contains a folder.
    pub(super) fn of(folder: &Path) -> Result<Self, GitError> {
        let prefix = run(folder, &["rev-parse", "--show-prefix"])?;
        Ok(Self { folder: folder.to_owned(), prefix: prefix.trim_end_matches('\n').to_owned() })
    }

    /// Resolves a revision to a commit.
    pub(super) fn commit(&self, revision: &str) -> Result<String, GitError> {
        let wanted = format!("{revision}^{{commit}}");
        let found = run(&self.folder, &["rev-parse", "--verify", "--end-of-options", &wanted])
            .map_err(|_| format!("unknown revision `{revision}`"))?;
        Ok(found.trim().to_owned())
    }

    /// Returns the default commit to compare with: the merge base with the default branch of `origin`, else
    /// `HEAD`.
    pub(super) fn default_base(&self) -> Result<String, GitError> {
        let merge_base = run(&self.folder, &["merge-base", "HEAD", "refs/remotes/origin/HEAD"]);
        match merge_base {
            Ok(commit) => Ok(commit.trim().to_owned()),
            Err(_) => self.commit("HEAD").map_err(|_| "the repository has no commit".to_owned()),
        }
    }

    /// Returns the abbreviated hash of a commit.
    pub(super) fn short(&self, commit: &str) -> String {
        run(&self.folder, &["rev-parse", "--short", commit])
            .map_or_else(|_| commit.to_owned(), |short| short.trim().to_owned())
    }

    /// Returns the project's folder at a commit.
    pub(super) fn tree(&self, commit: &str) -> Result<GitTree, GitError> {
        let listed = run(&self.folder, &["ls-tree", "-r", "-z", "--full-tree", commit, "--", self.root()])?;
        let mut files = BTreeMap::new();
        for line in listed.split('\0').filter(|line| !line.is_empty()) {
            let Some((about, path)) = line.split_once('\t') else { continue };
            let mut words = about.split(' ');
            let is_file = words.next().is_some_and(|mode| mode.starts_with("100"));
            let id = words.nth(1).unwrap_or_default().to_owned();
            if let Some(path) = path.strip_prefix(&self.prefix) {
                files.insert(path.to_owned(), GitEntry { id, is_file });
            }
        }
        Ok(GitTree { folder: self.folder.clone(), files, reader: RefCell::new(None) })
    }

    /// Returns the project's files in the working tree, sorted: the tracked ones, and new ones that are not ignored.
    /// Git only lists them. To compare them, it would run the filters that the repository configures.
    pub(super) fn working_files(&self) -> Result<Vec<String>, GitError> {
        const LIST: [&str; 6] = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--"];
        let listed = run(&self.folder, &[&LIST[..], &["."]].concat())?;
        let mut all: Vec<String> =
            listed.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect();
        all.sort();
        all.dedup();
        Ok(all)
    }

    fn root(&self) -> &str {
        if self.prefix.is_empty() { "." } else { self.prefix.trim_end_matches('/') }
    }
}

fn call<'a>(folder: &'a Path, words: &[&str]) -> ProgramCall<'a> {
    const SETTINGS: [&str; 5] =
        ["--no-pager", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"];
    ProgramCall {
        program: "git",
        arguments: arguments(SETTINGS.iter().chain(words)),
        folder,
        env: [("GIT_OPTIONAL_LOCKS", "0"), ("GIT_NO_LAZY_FETCH", "1"), ("LC_ALL", "C")]
            .map(|(name, value)| (name, value.to_owned()))
            .into(),
        hidden: Vec::new(),
        limit: LIMIT,
    }
}

/// Runs `git` and returns its output.
fn run(folder: &Path, words: &[&str]) -> Result<String, GitError> {
    programs::run(&call(folder, words)).map_err(|why| match why {
        ProgramFailure::Missing => "`git` is not installed".to_owned(),
        ProgramFailure::Failed(text) => text.trim_start_matches("fatal: ").to_owned(),
        other => format!("cannot run `git`: {}", other.words()),
    })
}

/// An entry of a tree.
#[derive(Debug, Clone)]
struct GitEntry {
    /// The hash of the object.
    id: String,
    /// False for links and submodules.
    is_file: bool,
}

/// The project's folder at a commit. Files are read when they are needed.
pub(super) struct GitTree {
    folder: PathBuf,
    files: BTreeMap<String, GitEntry>,
    /// The process that reads files; started with the first read.
    reader: RefCell<Option<BlobReader>>,
}

impl GitTree {
    fn normalised(path: &str) -> &str {
        let path = path.trim_start_matches("./").trim_end_matches('/');
        if path == "." { "" } else { path }
    }

    fn names<'a>(&'a self, folder: &str) -> impl Iterator<Item = &'a str> {
        let folder = Self::normalised(folder);
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let below = self.files.range(prefix.clone()..).map(|(path, _)| path);
        below
            .map_while(move |path| path.strip_prefix(&prefix))
            .map(|rest| rest.split('/').next().unwrap_or(rest))
    }
}

impl FileSystem for GitTree {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let found = self.files.get(Self::normalised(path)).filter(|entry| entry.is_file);
        let entry =
            found.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, format!("`{path}`: not found")))?;
        let mut reader = self.reader.borrow_mut();
        if reader.is_none() {
            *reader = Some(BlobReader::start(&self.folder)?);
        }
        reader.as_mut().map_or_else(|| Err(io::ErrorKind::BrokenPipe.into()), |reader| reader.read(&entry.id))
    }

    fn kind(&self, path: &str) -> Option<FileKind> {
        let path = Self::normalised(path);
        match self.files.get(path) {
            Some(entry) if entry.is_file => Some(FileKind::File),
            Some(_) => Some(FileKind::Other),
            None => (path.is_empty() || self.names(path).next().is_some()).then_some(FileKind::Folder),
        }
    }

    fn list(&self, path: &str) -> io::Result<Vec<String>> {
        let mut names: Vec<String> = self.names(path).map(str::to_owned).collect();
        names.sort();
        names.dedup();
        if names.is_empty() && self.kind(path).is_none() {
            return Err(io::Error::new(io::ErrorKind::NotFound, format!("`{path}`: not found")));
        }
        Ok(names)
    }

    fn write_all(&self, _: &BTreeMap<String, Vec<u8>>) -> io::Result<()> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }

    fn remove(&self, _: &str) -> io::Result<()> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }

    fn is_inside(&self, path: &str) -> bool {
        !path.split('/').any(|part| part == "..")
    }
}

/// A running `git cat-file --batch`.
struct BlobReader {
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl BlobReader {
    fn start(folder: &Path) -> io::Result<Self> {
        let mut child = programs::start(&call(folder, &["cat-file", "--batch"]))?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(requests), Some(answers)) => Ok(Self { child, requests, answers: BufReader::new(answers) }),
            _ => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    /// Reads a blob. The answer of `git` is the line `ID blob SIZE`, the content and a line break.
    fn read(&mut self, id: &str) -> io::Result<Vec<u8>> {
        writeln!(self.requests, "{id}")?;
        self.requests.flush()?;
        let mut head = String::new();
        self.answers.read_line(&mut head)?;
        let size = head.trim_end().rsplit_once(' ').and_then(|(_, size)| size.parse::<u64>().ok());
        let size = size.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "git lacks the object"))?;
        let limit = LARGEST as u64;
        let mut bytes = Vec::new();
        (&mut self.answers).take(size.min(limit)).read_to_end(&mut bytes)?;
        io::copy(&mut (&mut self.answers).take(size - size.min(limit) + 1), &mut io::sink())?;
        if size > limit {
            let message = format!("it is larger than {} MiB, which is the limit", LARGEST >> 20);
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
        }
        Ok(bytes)
    }
}

impl Drop for BlobReader {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}
