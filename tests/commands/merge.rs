//! Branches that Git merges: generated files merge by line, and one compile repairs the lock.

use tempfile::TempDir;

use super::lock::{TWO, change, read, two, write};
use super::{run_expecting, snapshot};
use crate::support::git;

/// Merges two branches that changed the manifest. Returns `None` if Git is not installed.
fn merged(left: [&str; 2], right: [&str; 2]) -> Option<TempDir> {
    let folder = two();
    let folder_path = folder.path();
    git::start(folder_path)?;
    git::commit(folder_path, "start");
    git::run(folder_path, &["checkout", "--quiet", "-b", "side"]);
    change(folder_path, "project.kdl", right[0], right[1]);
    run_expecting(folder_path, &["compile"], 0);
    git::commit(folder_path, "side");
    git::run(folder_path, &["checkout", "--quiet", "main"]);
    change(folder_path, "project.kdl", left[0], left[1]);
    run_expecting(folder_path, &["compile"], 0);
    git::commit(folder_path, "main");
    git::merge(folder_path, "side");
    Some(folder)
}

const APT: [&str; 2] = ["install \"jq\"", "install \"jq\" \"tree\""];
const RUN: [&str; 2] = ["run { gpu #false }", "run { gpu #false; init #false }"];

#[test]
fn one_compile_repairs_a_merge() {
    let Some(folder) = merged(APT, RUN) else { return };
    let folder = folder.path();
    assert_eq!(git::conflicts(folder), ["jcc.lock"]);
    let check = run_expecting(folder, &["check"], 3);
    assert!(
        check.err.contains("`jcc.lock` is out of date: `jcc.lock` contains Git conflict markers"),
        "{}",
        check.err
    );
    let ran = run_expecting(folder, &["compile"], 0);
    assert!(ran.err.contains("wrote jcc.lock\n"), "{}", ran.err);
    run_expecting(folder, &["check"], 0);
}

#[test]
fn edited_files_are_kept_in_a_merge() {
    let Some(folder) = merged(APT, RUN) else { return };
    let folder = folder.path();
    // No branch changed the bake file, so a difference is an edit.
    change(folder, "docker-bake.hcl", "group", "# mine\ngroup");
    let before = snapshot(folder);
    let ran = run_expecting(folder, &["compile"], 1);
    assert!(ran.err.contains("`docker-bake.hcl` was edited by hand"), "{}", ran.err);
    assert_eq!(snapshot(folder), before);
}

#[test]
fn files_with_conflict_markers_are_regenerated() {
    let Some(folder) = merged(APT, ["install \"jq\"", "install \"jq\" \"unzip\""]) else { return };
    let folder = folder.path();
    assert!(git::conflicts(folder).contains(&"project.kdl".to_owned()));
    write(folder, "project.kdl", &TWO.replace("\"jq\"", "\"jq\" \"tree\" \"unzip\""));
    let check = run_expecting(folder, &["check"], 3);
    assert!(check.out.contains("# a/Dockerfile: merged by Git\n"), "{}", check.out);
    let ran = run_expecting(folder, &["compile"], 0);
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
    run_expecting(folder, &["check"], 0);
}

#[test]
fn update_does_not_mark_merged_files_as_edited() {
    let Some(folder) = merged(APT, ["install \"jq\"", "install \"jq\" \"unzip\""]) else { return };
    let folder = folder.path();
    write(folder, "project.kdl", &TWO.replace("\"jq\"", "\"jq\" \"tree\" \"unzip\""));
    run_expecting(folder, &["update"], 0);
    let text = read(folder, "a/Dockerfile");
    // A person keeps both sides and removes the markers.
    let is_mark = |line: &str| ["<<<<<<<", "=======", ">>>>>>>"].iter().any(|mark| line.starts_with(mark));
    let by_hand: String = text.split_inclusive('\n').filter(|line| !is_mark(line)).collect();
    assert!(by_hand != text && by_hand.contains("tree") && by_hand.contains("unzip"), "{by_hand}");
    write(folder, "a/Dockerfile", &by_hand);
    run_expecting(folder, &["compile"], 0);
    run_expecting(folder, &["check"], 0);
}

#[test]
fn the_lock_of_one_side_is_enough_for_merged_files() {
    let Some(folder) = merged(APT, RUN) else { return };
    let folder = folder.path();
    git::run(folder, &["checkout", "--quiet", "--ours", "jcc.lock"]);
    run_expecting(folder, &["compile"], 0);
    run_expecting(folder, &["check"], 0);
}
