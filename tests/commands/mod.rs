//! The `jcc` command as users run it: exit codes, files, standard streams.

mod bounds;
mod diff;
mod digests;
mod edits;
mod faults;
mod files;
mod help;
#[cfg(unix)]
mod hostile;
mod lock;
mod locking;
mod merge;
mod new;
mod odd;
mod same;
mod sbom;
mod secrets;
mod warnings;
mod why;

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::support;

/// Returns the command in a folder, without settings of the tester's environment.
pub(crate) fn jcc(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jcc"));
    command.args(arguments).current_dir(folder).env_remove("COLUMNS").env_remove("NO_COLOR");
    command.env("XDG_STATE_HOME", state());
    command.stdin(Stdio::null());
    command
}

/// Returns the user's state folder for tests. It is outside of every project.
fn state() -> std::path::PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("state")
}

/// Returns the path of the undo journal of a project in the state folder. `phase` is `unfinished` or
/// `finished`.
fn journal_path(project: &Path, phase: &str) -> std::path::PathBuf {
    let project = project.canonicalize().expect("it is a folder");
    state().join("jcc").join(format!("{}.{phase}", sha256(project.as_os_str().as_encoded_bytes())))
}

/// Writes an undo journal with the permissions that jcc requires.
fn write_journal(path: &Path, journal: &serde_json::Value) {
    let folder = path.parent().expect("it has a parent folder");
    fs::create_dir_all(folder).expect("the folder is writable");
    fs::write(path, journal.to_string()).expect("the folder is writable");
    #[cfg(unix)]
    for (path, mode) in [(folder, 0o700), (path, 0o600)] {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(mode);
        fs::set_permissions(path, mode).expect("we own it");
    }
}

fn sha256(content: &[u8]) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(content).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

/// The result of a command.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).expect("results are UTF-8"),
            err: String::from_utf8(output.stderr).expect("reports are UTF-8"),
        }
    }
}

pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Ran {
    let ran = Ran::from(jcc(folder, arguments).output().expect("it can be run"));
    assert!(!ran.err.contains("panicked"), "{arguments:?}\n{}", ran.err);
    ran
}

/// Runs a command that must exit with this code.
#[track_caller]
fn run_expecting(folder: &Path, arguments: &[&str], code: i32) -> Ran {
    let ran = run(folder, arguments);
    assert_eq!(ran.code, Some(code), "jcc {}\n{}\n{}", arguments.join(" "), ran.out, ran.err);
    ran
}

/// Compiles, and expects that `--locked` reports no changed lock, only things that `jcc lock` can lock.
#[track_caller]
fn compiles_as_locked(folder: &Path) -> Ran {
    let ran = run(folder, &["compile", "--locked"]);
    let codes: Vec<&str> = ran.err.lines().filter(|line| line.starts_with("jcc::")).collect();
    assert!(
        !ran.err.contains("lock-would-change") && codes.contains(&"jcc::plan::not-locked"),
        "{}",
        ran.err
    );
    run_expecting(folder, &["compile"], 0)
}

/// Copies the smallest example to a temporary folder.
fn tiny() -> TempDir {
    copy("tiny")
}

/// Copies an example to a temporary folder, without its generated files.
fn copy(name: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("the folder is writable");
    copy_into(&support::repository("examples").join(name), folder.path());
    for (path, content) in snapshot(folder.path()) {
        let text = String::from_utf8_lossy(&content);
        let is_generated =
            path.starts_with(".jcc/") || jcc::internals::render::Generated::of(&text).is_some();
        if path == "jcc.lock" || is_generated {
            fs::remove_file(folder.path().join(path)).expect("it exists");
        }
    }
    folder
}

fn copy_into(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from).into_iter().map(|entry| entry.expect("it can be listed")) {
        let to = to.join(entry.path().strip_prefix(from).expect("it is below the root"));
        if entry.file_type().is_dir() {
            fs::create_dir_all(to).expect("the folder is writable");
        } else {
            fs::copy(entry.path(), to).expect("the folder is writable");
        }
    }
}

/// Returns the files below a folder by path.
fn snapshot(folder: &Path) -> std::collections::BTreeMap<String, Vec<u8>> {
    support::folder::Folder::read(folder).0.files()
}
