//! What is written, and what is left alone.

use std::fs;

use super::{copy, run, runs, snapshot, tiny};

#[test]
fn a_check_writes_nothing() {
    let folder = tiny();
    let before = snapshot(folder.path());
    let ran = runs(folder.path(), &["check"], 3);
    assert!(ran.out.contains("+FROM debian:bookworm-slim"), "{}", ran.out);
    runs(folder.path(), &["compile", "--check"], 3);
    runs(folder.path(), &["compile", "--stdout"], 0);
    runs(folder.path(), &["resolve"], 0);
    assert_eq!(snapshot(folder.path()), before);
}

#[test]
fn what_is_stale_is_shown() {
    let folder = tiny();
    runs(folder.path(), &["compile"], 0);
    runs(folder.path(), &["check"], 0);
    let again = runs(folder.path(), &["compile"], 0);
    assert!(again.err.contains("everything is up to date"), "{}", again.err);
    let manifest = folder.path().join("project.kdl");
    let text = fs::read_to_string(&manifest).expect("it is there");
    fs::write(&manifest, text.replace("install \"jq\"", "install \"jq\" \"tree\"")).expect("there is room");
    let ran = runs(folder.path(), &["check"], 3);
    let added: Vec<&str> =
        ran.out.lines().filter(|line| line.starts_with('+') && line.contains("tree")).collect();
    assert_eq!(added.len(), 1, "one package is one line\n{}", ran.out);
    runs(folder.path(), &["compile"], 0);
    runs(folder.path(), &["check"], 0);
}

#[test]
fn an_edit_by_hand_is_kept() {
    let folder = tiny();
    runs(folder.path(), &["compile"], 0);
    let path = folder.path().join("Dockerfile");
    let edited = fs::read_to_string(&path).expect("it is there") + "RUN echo mine\n";
    fs::write(&path, &edited).expect("there is room");
    let before = snapshot(folder.path());
    let ran = runs(folder.path(), &["compile"], 1);
    assert!(ran.err.contains("edited by hand"), "{}", ran.err);
    assert_eq!(snapshot(folder.path()), before);
    let check = runs(folder.path(), &["check"], 3);
    assert!(check.out.contains("edited by hand"), "{}", check.out);
    // `compile` would refuse: no form of the report says to run it as it is.
    let json = runs(folder.path(), &["check", "--format", "json"], 3);
    for report in [&check.err, &json.err] {
        assert!(report.contains("run `jcc compile --force` to discard it"), "{report}");
        assert!(!report.contains("run `jcc compile` to update"), "{report}");
    }
    runs(folder.path(), &["compile", "--force"], 0);
    runs(folder.path(), &["check"], 0);
}

#[test]
fn each_cause_has_its_advice() {
    let folder = tiny();
    let fresh = runs(folder.path(), &["check"], 3);
    assert!(fresh.err.contains("nothing was compiled yet; run `jcc compile` to update"), "{}", fresh.err);
    fs::write(folder.path().join("Dockerfile"), "FROM scratch\n").expect("there is room");
    let foreign = runs(folder.path(), &["check"], 3);
    assert!(foreign.err.contains("set another path in `output`"), "{}", foreign.err);
    runs(folder.path(), &["compile", "--force"], 0);
    let lock = fs::read(folder.path().join("jcc.lock")).expect("it is there");
    let path = folder.path().join("Dockerfile");
    let text = fs::read_to_string(&path).expect("it is there");
    fs::remove_file(folder.path().join("jcc.lock")).expect("it is there");
    fs::write(&path, format!("{text}# mine\n")).expect("there is room");
    let unlisted = runs(folder.path(), &["check"], 3);
    assert!(unlisted.err.contains("restore `jcc.lock` from version control"), "{}", unlisted.err);
    fs::write(folder.path().join("jcc.lock"), lock).expect("there is room");
    fs::write(&path, text).expect("there is room");
    runs(folder.path(), &["check"], 0);
    fs::remove_file(folder.path().join("Dockerfile")).expect("it is there");
    let missing = runs(folder.path(), &["check"], 3);
    assert!(
        missing.err.contains("`Dockerfile` is out of date: missing; run `jcc compile` to update"),
        "{}",
        missing.err
    );
}

#[test]
fn exit_codes_are_worded_in_one_way() {
    let line = "Exit codes: 0 success, 1 errors in the input, 2 invalid command line, 3 files out of date, 4 I/O or system error";
    let help = runs(&std::env::temp_dir(), &["--help"], 0).out.replace('\n', " ");
    assert!(help.contains(line), "{help}");
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).expect("it is there");
    assert!(readme.contains(line));
    let formats = fs::read_to_string(root.join("docs/formats.md")).expect("it is there");
    for code in line.trim_start_matches("Exit codes: ").split(", ") {
        let (number, words) = code.split_once(' ').expect("a number and words");
        assert!(formats.contains(&format!("| {number} | {words}")), "{code}");
    }
}

#[test]
fn a_file_of_somebody_else_is_kept() {
    for name in ["Dockerfile", "docker-compose.yaml", "Dockerfile.dockerignore"] {
        let folder = tiny();
        fs::write(folder.path().join(name), "# mine\n").expect("there is room");
        let before = snapshot(folder.path());
        let ran = runs(folder.path(), &["compile"], 1);
        assert!(ran.err.contains("was not written by jcc"), "{}", ran.err);
        assert_eq!(snapshot(folder.path()), before, "a failed run leaves all as it was");
        runs(folder.path(), &["compile", "--force"], 0);
    }
}

#[test]
fn a_folder_where_a_file_would_be_is_reported() {
    for name in ["Dockerfile", "docker-compose.yaml", "jcc.lock"] {
        let folder = tiny();
        fs::create_dir(folder.path().join(name)).expect("there is room");
        let before = snapshot(folder.path());
        let ran = run(folder.path(), &["compile", "--force"]);
        assert!(matches!(ran.code, Some(1 | 4)), "{name}: {:?}\n{}", ran.code, ran.err);
        assert!(ran.err.contains(name), "{}", ran.err);
        assert_eq!(snapshot(folder.path()), before, "{name}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_project_is_not_followed() {
    let (folder, outside) = (tiny(), tempfile::tempdir().expect("there is room"));
    let text = fs::read_to_string(folder.path().join("project.kdl")).expect("it is there");
    std::os::unix::fs::symlink(outside.path(), folder.path().join("out")).expect("there is room");
    fs::write(folder.path().join("project.kdl"), text + "output { dockerfile \"out/Dockerfile\" }\n")
        .expect("there is room");
    let ran = runs(folder.path(), &["compile", "--force"], 1);
    assert!(ran.err.contains("out of the project"), "{}", ran.err);
    assert!(snapshot(outside.path()).is_empty());
    // Nor is a lock or a generated file that is itself a link.
    let folder = tiny();
    let target = outside.path().join("target");
    fs::write(&target, "theirs\n").expect("there is room");
    for name in ["jcc.lock", "Dockerfile"] {
        std::os::unix::fs::symlink(&target, folder.path().join(name)).expect("there is room");
        run(folder.path(), &["compile", "--force"]);
        assert_eq!(fs::read_to_string(&target).expect("it is there"), "theirs\n", "{name}");
        fs::remove_file(folder.path().join(name)).expect("it is there");
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_is_the_machine_s_failure() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tiny();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).expect("it is ours");
    // Whom permissions do not bind (root) can't see this.
    if fs::write(folder.path().join("probe"), "").is_err() {
        let ran = runs(folder.path(), &["compile"], 4);
        assert!(ran.err.contains("nothing was written"), "{}", ran.err);
    }
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("it is ours");
}

#[test]
fn files_can_go_elsewhere() {
    let folder = tiny();
    let before = snapshot(folder.path());
    runs(folder.path(), &["compile", "--out", "elsewhere/deep"], 0);
    let mut after = snapshot(folder.path());
    after.retain(|path, _| !path.starts_with("elsewhere/deep/"));
    assert_eq!(after, before);
    let printed = runs(folder.path(), &["compile", "--stdout"], 0).out;
    let written = fs::read_to_string(folder.path().join("elsewhere/deep/Dockerfile")).expect("it is there");
    assert_eq!(printed, written);
    let compose = runs(folder.path(), &["compile", "--stdout", "docker-compose.yaml"], 0).out;
    assert!(compose.contains("services:"));
    let none = run(folder.path(), &["compile", "--stdout", "nothing"]);
    assert!(matches!(none.code, Some(1 | 2)) && none.err.contains("docker-compose.yaml"), "{}", none.err);
    // A manifest is found from a folder below, and by name from anywhere.
    fs::create_dir(folder.path().join("below")).expect("there is room");
    runs(&folder.path().join("below"), &["resolve"], 0);
    let other = tempfile::tempdir().expect("there is room");
    let file = folder.path().join("project.kdl");
    runs(other.path(), &["resolve", file.to_str().expect("it is UTF-8")], 0);
    runs(other.path(), &["resolve"], 1);
    runs(other.path(), &["resolve", "missing.kdl"], 1);
}

#[test]
fn a_lock_can_be_held() {
    let folder = tiny();
    runs(folder.path(), &["compile", "--locked"], 1);
    runs(folder.path(), &["compile"], 0);
    runs(folder.path(), &["compile", "--locked"], 0);
    runs(folder.path(), &["compile", "--locked", "--check"], 0);
    let lock = folder.path().join("jcc.lock");
    let text = fs::read_to_string(&lock).expect("it is there");
    for damaged in ["", "nonsense {", "lock 99 jcc=\"99.0.0\"\n", &text[..text.len() / 2]] {
        fs::write(&lock, damaged).expect("there is room");
        let before = snapshot(folder.path());
        let ran = runs(folder.path(), &["compile"], 1);
        assert!(ran.err.contains("jcc.lock"), "{}", ran.err);
        assert_eq!(snapshot(folder.path()), before, "it is never rebuilt in silence");
    }
}

#[test]
fn warnings_can_be_errors() {
    let folder = tempfile::tempdir().expect("there is room");
    let text = "project \"demo\"\ntarget { platform \"x86_64\" }\nbase image=\"debian:bookworm-slim\" { provides { debian \"12\" } }\napp { command \"true\" }\nrun { privileged #true }\n";
    fs::write(folder.path().join("project.kdl"), text).expect("there is room");
    let ran = runs(folder.path(), &["compile", "--stdout"], 0);
    assert!(ran.err.contains("warning"), "{}", ran.err);
    runs(folder.path(), &["compile", "--deny-warnings"], 1);
    assert_eq!(snapshot(folder.path()).len(), 1);
    assert!(runs(folder.path(), &["compile", "--stdout", "-q"], 0).err.is_empty());
}

#[test]
fn formatting_is_checked_and_done() {
    let folder = copy("tiny");
    let path = folder.path().join("project.kdl");
    fs::write(&path, "project   \"tiny\"  ;target {   platform \"x86_64\" }\n").expect("there is room");
    let ran = runs(folder.path(), &["fmt", "--check"], 3);
    assert!(ran.out.contains("-project   \"tiny\""), "{}", ran.out);
    runs(folder.path(), &["fmt"], 0);
    runs(folder.path(), &["fmt", "--check"], 0);
    assert_eq!(runs(folder.path(), &["fmt", "--check"], 0).out, "");
    fs::write(&path, "project {{{\n").expect("there is room");
    runs(folder.path(), &["fmt"], 1);
    assert_eq!(fs::read_to_string(&path).expect("it is there"), "project {{{\n");
    runs(folder.path(), &["fmt", "missing.kdl"], 1);
}
