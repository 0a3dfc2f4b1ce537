//! Runs Git in a test's folder, without the user's configuration.

use std::path::Path;
use std::process::{Command, Output};

fn command(folder: &Path, arguments: &[&str]) -> std::io::Result<Output> {
    let mut command = Command::new("git");
    command.current_dir(folder).args(["-c", "user.name=Test", "-c", "user.email=test@example.com"]);
    command.args([
        "-c",
        "commit.gpgsign=false",
        "-c",
        "core.autocrlf=false",
        "-c",
        "merge.conflictStyle=merge",
    ]);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(variable);
    }
    command.args(arguments).output()
}

/// Initialises a repository in a folder. Prints a line and returns `None` if Git is not installed.
#[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
pub(crate) fn start(folder: &Path) -> Option<()> {
    if command(folder, &["init", "--quiet", "--initial-branch=main"])
        .is_ok_and(|output| output.status.success())
    {
        return Some(());
    }
    println!("skipped: git is not installed");
    None
}

/// Runs a Git command that must succeed, and returns its output.
#[track_caller]
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> String {
    let output = command(folder, arguments).expect("git is installed");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "git {arguments:?}\n{text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

/// Commits everything.
pub(crate) fn commit(folder: &Path, message: &str) {
    run(folder, &["add", "--all"]);
    run(folder, &["commit", "--quiet", "--allow-empty", "--message", message]);
}

/// Merges a branch. Conflicts are allowed.
pub(crate) fn merge(folder: &Path, branch: &str) {
    let _ = command(folder, &["merge", "--quiet", "--no-edit", branch]).expect("git is installed");
}

/// Returns the files that have merge conflicts.
pub(crate) fn conflicts(folder: &Path) -> Vec<String> {
    run(folder, &["diff", "--name-only", "--diff-filter=U"]).lines().map(str::to_owned).collect()
}
