//! Branches that git merges: generated files merge by line, and one compile repairs the lock.

use tempfile::TempDir;

use super::lock::{TWO, change, read, two, write};
use super::{runs, snapshot};
use crate::support::git;

/// A repository in which two branches changed the manifest, merged; whether git is there.
fn merged(left: [&str; 2], right: [&str; 2]) -> Option<TempDir> {
    let folder = two();
    let folder_path = folder.path();
    git::start(folder_path)?;
    git::commit(folder_path, "start");
    git::run(folder_path, &["checkout", "--quiet", "-b", "side"]);
    change(folder_path, "project.kdl", right[0], right[1]);
    runs(folder_path, &["compile"], 0);
    git::commit(folder_path, "side");
    git::run(folder_path, &["checkout", "--quiet", "main"]);
    change(folder_path, "project.kdl", left[0], left[1]);
    runs(folder_path, &["compile"], 0);
    git::commit(folder_path, "main");
    git::merge(folder_path, "side");
    Some(folder)
}

const APT: [&str; 2] = ["install \"jq\"", "install \"jq\" \"tree\""];
const RUN: [&str; 2] = ["run { gpu #false }", "run { gpu #false; init #false }"];

#[test]
fn a_merge_needs_one_compile() {
    let Some(folder) = merged(APT, RUN) else { return };
    let folder = folder.path();
    assert_eq!(git::conflicts(folder), ["jcc.lock"]);
    let check = runs(folder, &["check"], 3);
    assert!(
        check.err.contains("`jcc.lock` is out of date: `jcc.lock` contains Git conflict markers"),
        "{}",
        check.err
    );
    let ran = runs(folder, &["compile"], 0);
    assert!(ran.err.contains("wrote jcc.lock\n"), "{}", ran.err);
    runs(folder, &["check"], 0);
}

#[test]
fn an_edit_by_hand_is_kept_in_a_merge_too() {
    let Some(folder) = merged(APT, RUN) else { return };
    let folder = folder.path();
    // No branch changed the file for bake, so what is other in it is an edit.
    change(folder, "docker-bake.hcl", "group", "# mine\ngroup");
    let before = snapshot(folder);
    let ran = runs(folder, &["compile"], 1);
    assert!(ran.err.contains("`docker-bake.hcl` was edited by hand"), "{}", ran.err);
    assert_eq!(snapshot(folder), before);
}

#[test]
fn what_git_could_not_merge_is_written_anew() {
    let Some(folder) = merged(APT, ["install \"jq\"", "install \"jq\" \"unzip\""]) else { return };
    let folder = folder.path();
    assert!(git::conflicts(folder).contains(&"project.kdl".to_owned()));
    write(folder, "project.kdl", &TWO.replace("\"jq\"", "\"jq\" \"tree\" \"unzip\""));
    let check = runs(folder, &["check"], 3);
    assert!(check.out.contains("# a/Dockerfile: merged by Git\n"), "{}", check.out);
    let ran = runs(folder, &["compile"], 0);
    assert!(
        ran.err.contains("`a/Dockerfile` was merged by Git and does not match the merged manifest"),
        "{}",
        ran.err
    );
    let text = read(folder, "a/Dockerfile");
    assert!(
        ["jq", "tree", "unzip"].iter().all(|one| text.contains(one)) && !text.contains("<<<<<<<"),
        "{text}"
    );
    runs(folder, &["check"], 0);
}

#[test]
fn an_update_in_a_merge_does_not_turn_merged_files_into_edits() {
    let Some(folder) = merged(APT, ["install \"jq\"", "install \"jq\" \"unzip\""]) else { return };
    let folder = folder.path();
    write(folder, "project.kdl", &TWO.replace("\"jq\"", "\"jq\" \"tree\" \"unzip\""));
    runs(folder, &["update"], 0);
    let text = read(folder, "a/Dockerfile");
    // As a person would put the two sides together.
    let is_mark = |line: &str| ["<<<<<<<", "=======", ">>>>>>>"].iter().any(|mark| line.starts_with(mark));
    let by_hand: String = text.split_inclusive('\n').filter(|line| !is_mark(line)).collect();
    assert!(by_hand != text && by_hand.contains("tree") && by_hand.contains("unzip"), "{by_hand}");
    write(folder, "a/Dockerfile", &by_hand);
    runs(folder, &["compile"], 0);
    runs(folder, &["check"], 0);
}

#[test]
fn a_lock_of_one_side_is_enough_where_git_merged_the_files() {
    let Some(folder) = merged(APT, RUN) else { return };
    let folder = folder.path();
    git::run(folder, &["checkout", "--quiet", "--ours", "jcc.lock"]);
    runs(folder, &["compile"], 0);
    runs(folder, &["check"], 0);
}
