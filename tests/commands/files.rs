//! Which files are written, and which are kept.

use std::fs;

use super::{copy, run, run_expecting, snapshot, tiny};

#[test]
fn check_writes_nothing() {
    let folder = tiny();
    let before = snapshot(folder.path());
    let ran = run_expecting(folder.path(), &["check"], 3);
    assert!(ran.out.contains("+FROM debian:bookworm-slim"), "{}", ran.out);
    run_expecting(folder.path(), &["compile", "--check"], 3);
    run_expecting(folder.path(), &["compile", "--stdout"], 0);
    run_expecting(folder.path(), &["resolve"], 0);
    assert_eq!(snapshot(folder.path()), before);
}

#[test]
fn stale_files_are_shown() {
    let folder = tiny();
    run_expecting(folder.path(), &["compile"], 0);
    run_expecting(folder.path(), &["check"], 0);
    let again = run_expecting(folder.path(), &["compile"], 0);
    assert!(again.err.contains("everything is up to date"), "{}", again.err);
    let manifest = folder.path().join("project.kdl");
    let text = fs::read_to_string(&manifest).expect("it exists");
    fs::write(&manifest, text.replace("install \"jq\"", "install \"jq\" \"tree\""))
        .expect("the folder is writable");
    let ran = run_expecting(folder.path(), &["check"], 3);
    let added: Vec<&str> =
        ran.out.lines().filter(|line| line.starts_with('+') && line.contains("tree")).collect();
    assert_eq!(added.len(), 1, "a package is one line\n{}", ran.out);
    run_expecting(folder.path(), &["compile"], 0);
    run_expecting(folder.path(), &["check"], 0);
}

#[test]
fn edited_files_are_kept() {
    let folder = tiny();
    run_expecting(folder.path(), &["compile"], 0);
    let path = folder.path().join("Dockerfile");
    let edited = fs::read_to_string(&path).expect("it exists") + "RUN echo mine\n";
    fs::write(&path, &edited).expect("the folder is writable");
    let before = snapshot(folder.path());
    let ran = run_expecting(folder.path(), &["compile"], 1);
    assert!(ran.err.contains("edited by hand"), "{}", ran.err);
    assert_eq!(snapshot(folder.path()), before);
    let check = run_expecting(folder.path(), &["check"], 3);
    assert!(check.out.contains("edited by hand"), "{}", check.out);
    // `compile` would fail, so no report suggests to run it without `--force`.
    let json = run_expecting(folder.path(), &["check", "--format", "json"], 3);
    for report in [&check.err, &json.err] {
        assert!(report.contains("run `jcc compile --force` to discard it"), "{report}");
        assert!(!report.contains("run `jcc compile` to update"), "{report}");
    }
    run_expecting(folder.path(), &["compile", "--force"], 0);
    run_expecting(folder.path(), &["check"], 0);
}

#[test]
fn check_advises_by_cause() {
    let folder = tiny();
    let fresh = run_expecting(folder.path(), &["check"], 3);
    assert!(fresh.err.contains("nothing was compiled yet; run `jcc compile` to update"), "{}", fresh.err);
    fs::write(folder.path().join("Dockerfile"), "FROM scratch\n").expect("the folder is writable");
    let foreign = run_expecting(folder.path(), &["check"], 3);
    assert!(foreign.err.contains("set another path in `output`"), "{}", foreign.err);
    run_expecting(folder.path(), &["compile", "--force"], 0);
    let lock = fs::read(folder.path().join("jcc.lock")).expect("it exists");
    let path = folder.path().join("Dockerfile");
    let text = fs::read_to_string(&path).expect("it exists");
    fs::remove_file(folder.path().join("jcc.lock")).expect("it exists");
    fs::write(&path, format!("{text}# mine\n")).expect("the folder is writable");
    let unlisted = run_expecting(folder.path(), &["check"], 3);
    assert!(unlisted.err.contains("restore `jcc.lock` from version control"), "{}", unlisted.err);
    fs::write(folder.path().join("jcc.lock"), lock).expect("the folder is writable");
    fs::write(&path, text).expect("the folder is writable");
    run_expecting(folder.path(), &["check"], 0);
    fs::remove_file(folder.path().join("Dockerfile")).expect("it exists");
    let missing = run_expecting(folder.path(), &["check"], 3);
    assert!(
        missing.err.contains("`Dockerfile` is out of date: missing; run `jcc compile` to update"),
        "{}",
        missing.err
    );
}

#[test]
fn exit_codes_are_documented_consistently() {
    let line = "Exit codes: 0 success, 1 errors in the input, 2 invalid command line, 3 files out of date, 4 I/O or system error";
    let help = run_expecting(&std::env::temp_dir(), &["--help"], 0).out.replace('\n', " ");
    assert!(help.contains(line), "{help}");
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).expect("it exists");
    assert!(readme.contains(line));
    let formats = fs::read_to_string(root.join("docs/formats.md")).expect("it exists");
    for code in line.trim_start_matches("Exit codes: ").split(", ") {
        let (number, words) = code.split_once(' ').expect("a number and words");
        assert!(formats.contains(&format!("| {number} | {words}")), "{code}");
    }
}

#[test]
fn files_not_written_by_jcc_are_kept() {
    for name in ["Dockerfile", "docker-compose.yaml", "Dockerfile.dockerignore"] {
        let folder = tiny();
        fs::write(folder.path().join(name), "# mine\n").expect("the folder is writable");
        let before = snapshot(folder.path());
        let ran = run_expecting(folder.path(), &["compile"], 1);
        assert!(ran.err.contains("was not written by jcc"), "{}", ran.err);
        assert_eq!(snapshot(folder.path()), before, "a failed run changes nothing");
        run_expecting(folder.path(), &["compile", "--force"], 0);
    }
}

#[test]
fn a_folder_in_place_of_an_output_is_reported() {
    for name in ["Dockerfile", "docker-compose.yaml", "jcc.lock"] {
        let folder = tiny();
        fs::create_dir(folder.path().join(name)).expect("the folder is writable");
        let before = snapshot(folder.path());
        let ran = run(folder.path(), &["compile", "--force"]);
        assert!(matches!(ran.code, Some(1 | 4)), "{name}: {:?}\n{}", ran.code, ran.err);
        assert!(ran.err.contains(name), "{}", ran.err);
        assert_eq!(snapshot(folder.path()), before, "{name}");
    }
}

#[cfg(unix)]
#[test]
fn links_out_of_the_project_are_not_followed() {
    let (folder, outside) = (tiny(), tempfile::tempdir().expect("the folder is writable"));
    let text = fs::read_to_string(folder.path().join("project.kdl")).expect("it exists");
    std::os::unix::fs::symlink(outside.path(), folder.path().join("out")).expect("the folder is writable");
    fs::write(folder.path().join("project.kdl"), text + "output { dockerfile \"out/Dockerfile\" }\n")
        .expect("the folder is writable");
    let ran = run_expecting(folder.path(), &["compile", "--force"], 1);
    assert!(ran.err.contains("out of the project"), "{}", ran.err);
    assert!(snapshot(outside.path()).is_empty());
    // Neither is a lock or a generated file that is a link.
    let folder = tiny();
    let target = outside.path().join("target");
    fs::write(&target, "theirs\n").expect("the folder is writable");
    for name in ["jcc.lock", "Dockerfile"] {
        std::os::unix::fs::symlink(&target, folder.path().join(name)).expect("the folder is writable");
        run(folder.path(), &["compile", "--force"]);
        assert_eq!(fs::read_to_string(&target).expect("it exists"), "theirs\n", "{name}");
        fs::remove_file(folder.path().join(name)).expect("it exists");
    }
}

#[cfg(unix)]
#[test]
fn an_unwritable_folder_is_a_system_error() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tiny();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).expect("we own it");
    // Permissions do not apply to root.
    if fs::write(folder.path().join("probe"), "").is_err() {
        let ran = run_expecting(folder.path(), &["compile"], 4);
        assert!(ran.err.contains("nothing was written"), "{}", ran.err);
    }
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("we own it");
}

#[test]
fn outputs_can_be_written_to_another_folder() {
    let folder = tiny();
    let before = snapshot(folder.path());
    run_expecting(folder.path(), &["compile", "--out", "elsewhere/deep"], 0);
    let mut after = snapshot(folder.path());
    after.retain(|path, _| !path.starts_with("elsewhere/deep/"));
    assert_eq!(after, before);
    let printed = run_expecting(folder.path(), &["compile", "--stdout"], 0).out;
    let written = fs::read_to_string(folder.path().join("elsewhere/deep/Dockerfile")).expect("it exists");
    assert_eq!(printed, written);
    let compose = run_expecting(folder.path(), &["compile", "--stdout", "docker-compose.yaml"], 0).out;
    assert!(compose.contains("services:"));
    let none = run(folder.path(), &["compile", "--stdout", "nothing"]);
    assert!(matches!(none.code, Some(1 | 2)) && none.err.contains("docker-compose.yaml"), "{}", none.err);
    // The manifest is found from a subfolder, and by path from anywhere.
    fs::create_dir(folder.path().join("below")).expect("the folder is writable");
    run_expecting(&folder.path().join("below"), &["resolve"], 0);
    let other = tempfile::tempdir().expect("the folder is writable");
    let file = folder.path().join("project.kdl");
    run_expecting(other.path(), &["resolve", file.to_str().expect("it is UTF-8")], 0);
    run_expecting(other.path(), &["resolve"], 1);
    run_expecting(other.path(), &["resolve", "missing.kdl"], 1);
}

#[test]
fn locked_needs_a_lock_and_damaged_locks_are_errors() {
    let folder = tiny();
    run_expecting(folder.path(), &["compile", "--locked"], 1);
    run_expecting(folder.path(), &["compile"], 0);
    super::compiles_as_locked(folder.path());
    let digest = format!("image=\"debian:bookworm-slim\" digest=\"sha256:{}\"", "1".repeat(64));
    super::lock::change(folder.path(), "project.kdl", "image=\"debian:bookworm-slim\"", &digest);
    run_expecting(folder.path(), &["compile", "--locked"], 1);
    run_expecting(folder.path(), &["compile"], 0);
    run_expecting(folder.path(), &["compile", "--locked"], 0);
    run_expecting(folder.path(), &["compile", "--locked", "--check"], 0);
    let lock = folder.path().join("jcc.lock");
    let text = fs::read_to_string(&lock).expect("it exists");
    for damaged in ["", "nonsense {", "lock 99 jcc=\"99.0.0\"\n", &text[..text.len() / 2]] {
        fs::write(&lock, damaged).expect("the folder is writable");
        let before = snapshot(folder.path());
        let ran = run_expecting(folder.path(), &["compile"], 1);
        assert!(ran.err.contains("jcc.lock"), "{}", ran.err);
        assert_eq!(snapshot(folder.path()), before, "a damaged lock is never replaced silently");
    }
}

#[test]
fn deny_warnings_turns_warnings_into_errors() {
    let folder = tempfile::tempdir().expect("the folder is writable");
    let text = "project \"demo\"\ntarget { platform \"x86_64\" }\nbase image=\"debian:bookworm-slim\" { provides { debian \"12\" } }\napp { command \"true\" }\nrun { privileged #true }\n";
    fs::write(folder.path().join("project.kdl"), text).expect("the folder is writable");
    let ran = run_expecting(folder.path(), &["compile", "--stdout"], 0);
    assert!(ran.err.contains("warning"), "{}", ran.err);
    run_expecting(folder.path(), &["compile", "--deny-warnings"], 1);
    assert_eq!(snapshot(folder.path()).len(), 1);
    assert!(run_expecting(folder.path(), &["compile", "--stdout", "-q"], 0).err.is_empty());
}

#[test]
fn fmt_checks_and_formats() {
    let folder = copy("tiny");
    let path = folder.path().join("project.kdl");
    fs::write(&path, "project   \"tiny\"  ;target {   platform \"x86_64\" }\n")
        .expect("the folder is writable");
    let ran = run_expecting(folder.path(), &["fmt", "--check"], 3);
    assert!(ran.out.contains("-project   \"tiny\""), "{}", ran.out);
    run_expecting(folder.path(), &["fmt"], 0);
    run_expecting(folder.path(), &["fmt", "--check"], 0);
    assert_eq!(run_expecting(folder.path(), &["fmt", "--check"], 0).out, "");
    fs::write(&path, "project {{{\n").expect("the folder is writable");
    run_expecting(folder.path(), &["fmt"], 1);
    assert_eq!(fs::read_to_string(&path).expect("it exists"), "project {{{\n");
    run_expecting(folder.path(), &["fmt", "missing.kdl"], 1);
}
