//! `jcc diff`: between folders, and between Git revisions.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::lock::{change, write};
use super::run_expecting;
use crate::support::git;

const DETECTOR: &str = r#"project "detector"

target {
    device "jetson-orin-nx"
    jetpack "6.2"
}

packages {
    pytorch "2.9"
    torchvision
}

app {
    copy "app" to="/app/"
    user "detector" uid=1001 groups="video"
    command "python3" "/app/main.py"
}
"#;

/// Creates and compiles two copies of a project, `old` and `new`.
fn copies(manifest: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("the folder is writable");
    for side in ["old", "new"] {
        write(folder.path(), &format!("{side}/project.kdl"), manifest);
        write(folder.path(), &format!("{side}/app/main.py"), "print(1)\n");
        run_expecting(folder.path(), &["compile", "--quiet", &format!("{side}/project.kdl")], 0);
    }
    folder
}

/// Returns what `jcc diff old new` prints.
fn diff(folder: &Path, options: &[&str]) -> String {
    run_expecting(folder, &[&["diff", "old", "new"], options].concat(), 0).out
}

/// Creates a repository with a compiled and committed project in `robot/`. Returns `None` if Git is not installed.
fn repository() -> Option<TempDir> {
    let folder = tempfile::tempdir().expect("the folder is writable");
    git::start(folder.path())?;
    write(folder.path(), "robot/project.kdl", DETECTOR);
    write(folder.path(), "robot/app/main.py", "print(1)\n");
    run_expecting(&folder.path().join("robot"), &["compile", "--quiet"], 0);
    git::commit(folder.path(), "first");
    Some(folder)
}

#[test]
fn a_version_change_is_reported_with_its_consequences() {
    let folder = copies(DETECTOR);
    change(folder.path(), "new/project.kdl", "2.9", "2.10");
    insta::assert_snapshot!("diff-version", diff(folder.path(), &[]));
    insta::assert_snapshot!("diff-version-markdown", diff(folder.path(), &["--format", "markdown"]));
    assert_eq!(
        diff(folder.path(), &["--only", "versions"]),
        "pytorch      2.9.1 -> 2.10.0   default\ntorchvision  0.24.1 -> 0.25.0  default\n"
    );
}

#[test]
fn additional_rights_of_the_container_are_risks() {
    let folder = copies(&DETECTOR.replace("app {", "run { read-only; cap-drop \"NET_RAW\" }\napp {"));
    let wider = "run { privileged; device \"/dev/ttyUSB0\"; network \"bridge\"; port \"8080:80\"; volume \"/srv\" \"/srv\" }";
    change(folder.path(), "new/project.kdl", "run { read-only; cap-drop \"NET_RAW\" }", wider);
    insta::assert_snapshot!("diff-risk", diff(folder.path(), &[]));
    // In the other direction only the host's network is an additional right.
    let back = run_expecting(folder.path(), &["diff", "new", "old"], 0).out;
    assert!(back.contains("network_mode: host"), "{back}");
    assert!(!back.contains("  privileged\n") && !back.contains("published port"), "{back}");
}

#[test]
fn equal_projects_do_not_differ() {
    let folder = copies(DETECTOR);
    let ran = run_expecting(folder.path(), &["diff", "old", "new", "--exit-code"], 0);
    assert_eq!(ran.out, "new/project.kdl: old/project.kdl -> new/project.kdl\nnothing differs\n");
    change(folder.path(), "new/project.kdl", "\"/app/main.py\"", "\"/app/other.py\"");
    run_expecting(folder.path(), &["diff", "old", "new", "--exit-code"], 3);
}

#[test]
fn a_changed_file_of_the_application_reruns_its_copy() {
    let folder = copies(DETECTOR);
    write(folder.path(), "new/app/main.py", "print(2)\n");
    let out = diff(folder.path(), &[]);
    assert!(out.contains("`app/main.py` changed: COPY app /app/"), "{out}");
    assert!(out.contains("1 of 7 stages rebuild"), "{out}");
    // A file that is not in the build context changes nothing.
    write(folder.path(), "new/app/main.py", "print(1)\n");
    write(folder.path(), "new/app/__pycache__/main.pyc", "x");
    assert!(diff(folder.path(), &[]).contains("nothing differs"));
}

#[test]
fn a_copy_of_the_whole_project_ignores_the_folder_of_jcc() {
    let folder = copies(&DETECTOR.replace("copy \"app\" to=\"/app/\"", "copy \".\" to=\"/app\""));
    write(folder.path(), "new/.jcc/notes.txt", "x");
    assert!(diff(folder.path(), &[]).contains("nothing differs"));
    write(folder.path(), "new/app/main.py", "print(2)\n");
    let out = diff(folder.path(), &[]);
    assert!(out.contains("`app/main.py` changed: COPY . /project"), "{out}");
}

#[test]
fn equal_changes_of_targets_are_grouped() {
    let targets: String = (0..20)
        .map(|at| format!("target \"robot-{at:02}\" {{ platform \"x86_64\" }}\n"))
        .collect::<Vec<_>>()
        .concat();
    let manifest = format!("project \"fleet\"\n{targets}packages {{ numpy \"1.26\" }}\n");
    let folder = copies(&manifest);
    change(folder.path(), "new/project.kdl", "\"1.26\"", "\"2.2\"");
    let out = diff(folder.path(), &[]);
    assert!(out.contains("\nrobot-00, robot-01, robot-02, robot-03 and 16 more: 1 version changed"), "{out}");
    assert!(out.lines().filter(|line| line.contains("numpy")).count() < 4, "{out}");
    change(folder.path(), "new/project.kdl", "target \"robot-07\" { platform \"x86_64\" }\n", "");
    assert!(diff(folder.path(), &[]).contains("\nrobot-07: target removed\n"));
    let back = run_expecting(folder.path(), &["diff", "new", "old"], 0).out;
    assert!(back.contains("\nrobot-07: new target\n"), "{back}");
}

#[test]
fn revisions_are_compared() {
    let Some(folder) = repository() else { return };
    let robot = folder.path().join("robot");
    let nothing = run_expecting(&robot, &["diff"], 0).out;
    assert!(nothing.ends_with(" -> working tree\nnothing differs\n"), "{nothing}");
    change(&robot, "project.kdl", "2.9", "2.10");
    write(&robot, "app/more.py", "print(3)\n");
    let out = run_expecting(&robot, &["diff", "HEAD"], 0).out;
    assert!(out.contains("pytorch  2.9.1 -> 2.10.0  requested (project.kdl:9)"), "{out}");
    run_expecting(&robot, &["compile", "--quiet"], 0);
    git::commit(folder.path(), "second");
    let out = run_expecting(folder.path(), &["diff", "HEAD~1..HEAD", "robot/project.kdl"], 0).out;
    assert!(out.contains("torchvision  0.24.1 -> 0.25.0  requires pytorch 2.10.0"), "{out}");
    let committed = run_expecting(&robot, &["diff", "HEAD~1", "--as-committed"], 0).out;
    assert!(committed.contains("pytorch  2.9.1 -> 2.10.0"), "{committed}");
    let before_the_project = run_expecting(folder.path(), &["diff", "nonsense", "robot"], 1);
    assert_eq!(before_the_project.err, "error: unknown revision `nonsense`\n");
    run_expecting(&robot, &["diff", "--output=x"], 2);
}

#[test]
fn the_default_is_the_merge_base_with_the_default_branch() {
    let Some(folder) = repository() else { return };
    let robot = folder.path().join("robot");
    git::run(folder.path(), &["update-ref", "refs/remotes/origin/main", "HEAD"]);
    git::run(folder.path(), &["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"]);
    change(&robot, "project.kdl", "2.9", "2.10");
    run_expecting(&robot, &["compile", "--quiet"], 0);
    git::commit(folder.path(), "second");
    assert!(run_expecting(&robot, &["diff"], 0).out.contains("pytorch  2.9.1 -> 2.10.0"));
    assert!(run_expecting(&robot, &["diff", "HEAD"], 0).out.ends_with("nothing differs\n"));
}

#[test]
fn without_a_repository_the_help_suggests_two_folders() {
    let folder = copies(DETECTOR);
    let ran = run_expecting(&folder.path().join("old"), &["diff"], 1);
    assert!(ran.err.contains("help: compare two folders with `jcc diff OLD NEW`"), "{}", ran.err);
}

#[test]
fn errors_in_the_old_manifest_are_reported_at_their_lines() {
    let Some(folder) = repository() else { return };
    let robot = folder.path().join("robot");
    change(&robot, "project.kdl", "pytorch", "pytroch");
    git::commit(folder.path(), "broken");
    change(&robot, "project.kdl", "pytroch", "pytorch");
    let ran = run_expecting(&robot, &["diff", "HEAD"], 1);
    assert!(ran.err.contains("/project.kdl:9:5]") && ran.err.contains("does not compile"), "{}", ran.err);
}

#[cfg(unix)]
#[test]
fn programs_of_a_hostile_git_configuration_are_not_run() {
    let Some(folder) = repository() else { return };
    let robot = folder.path().join("robot");
    let planted = folder.path().join("planted");
    let script = folder.path().join("evil");
    write(folder.path(), "evil", &format!("#!/bin/sh\ntouch {}\n", planted.display()));
    fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("we own it");
    let evil = script.to_str().expect("it is UTF-8");
    for key in ["core.fsmonitor", "core.pager", "diff.external", "core.sshCommand", "diff.evil.textconv"] {
        git::run(folder.path(), &["config", key, evil]);
    }
    for key in ["filter.evil.clean", "filter.evil.smudge", "filter.evil.process"] {
        git::run(folder.path(), &["config", key, evil]);
    }
    write(folder.path(), ".gitattributes", "* diff=evil filter=evil\n");
    write(&robot, "app/main.py", "print(2)\n");
    run_expecting(&robot, &["diff", "HEAD"], 0);
    assert!(!planted.exists());
}

#[test]
fn files_of_the_working_tree_are_compared_by_content() {
    let Some(folder) = repository() else { return };
    let robot = folder.path().join("robot");
    // Git LFS keeps a pointer in the commit, and the content in the working tree.
    let pointer = |content: &str| {
        let hash = super::sha256(content.as_bytes());
        format!("version https://git-lfs.github.com/spec/v1\noid sha256:{hash}\nsize {}\n", content.len())
    };
    write(&robot, "app/model.bin", &pointer("weights"));
    git::commit(folder.path(), "with a model");
    write(&robot, "app/model.bin", "weights");
    write(&robot, "app/main.py", "print(1)\n");
    let out = run_expecting(&robot, &["diff", "HEAD"], 0).out;
    assert!(out.ends_with("nothing differs\n"), "{out}");
    write(&robot, "app/model.bin", "other weights");
    let out = run_expecting(&robot, &["diff", "HEAD"], 0).out;
    assert!(out.contains("`app/model.bin` changed: COPY app /app/"), "{out}");
    // A new file counts unless Git ignores it.
    write(&robot, "app/model.bin", "weights");
    write(&robot, "app/new.py", "print(2)\n");
    let out = run_expecting(&robot, &["diff", "HEAD"], 0).out;
    assert!(out.contains("`app/new.py` changed"), "{out}");
    write(folder.path(), ".gitignore", "new.py\n");
    assert!(run_expecting(&robot, &["diff", "HEAD"], 0).out.ends_with("nothing differs\n"));
}

#[test]
fn markdown_fits_into_a_comment_of_a_code_host() {
    let targets: String = (0..110)
        .map(|at| format!("target \"robot-{at:03}\" {{ platform \"x86_64\"; gpu \"8.6\"; apt {{ install \"pkg{at}\" }} }}\n")).collect::<Vec<_>>().concat();
    let manifest = format!("project \"fleet\"\n{targets}packages {{ numpy \"1.26\" }}\n");
    let folder = copies(&manifest);
    let more: String = manifest.replace("\" } }", "\" \"more\" } }").replace("1.26", "2.2");
    write(folder.path(), "new/project.kdl", &more);
    let out = diff(folder.path(), &["--format", "markdown"]);
    assert!(out.len() <= 65_536, "{}", out.len());
    assert!(out.ends_with("too long for a comment; run `jcc diff` to see it.\n"), "{out}");
    assert_eq!(out.matches("<details>").count(), out.matches("</details>").count());
}
