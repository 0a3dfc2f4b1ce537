//! Hostile projects, such as pull requests that a CI compiles: nothing outside of the project is read or
//! changed.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{jcc, journal_path, run, run_expecting, sha256, snapshot, tiny, write_journal};

const SECRET: &str = "aws_secret_access_key = hunter2";

/// Creates a folder with a file of the user that no project may read or change.
fn outside() -> TempDir {
    let outside = tempfile::tempdir().expect("the folder is writable");
    fs::write(outside.path().join("credentials"), SECRET).expect("the folder is writable");
    outside
}

/// Every command that reads or writes a project.
const COMMANDS: &[&[&str]] = &[
    &["check"],
    &["compile", "--force"],
    &["compile", "--stdout"],
    &["resolve"],
    &["audit"],
    &["add", "numpy"],
    &["pin", "python", "3.12"],
    &["update"],
    &["fmt", "project.kdl"],
    &["init", "--device", "jetson-agx-orin", "--force"],
    &["package", "check", "my"],
];

fn entry(folders: &[&str], name: &str, old: Option<&str>, new: &str) -> Value {
    let old = old.map(|text| sha256(text.as_bytes()));
    json!({ "folders": folders, "name": name, "old": old, "new": sha256(new.as_bytes()), "number": 0 })
}

/// Journals that would replace or delete a file of the user.
fn journals(outside: &Path) -> Vec<Value> {
    let absolute = outside.to_str().expect("it is UTF-8");
    let up = format!("../{}", outside.file_name().and_then(|name| name.to_str()).expect("it is UTF-8"));
    let credentials = format!("{absolute}/credentials");
    let entries = [
        entry(&[absolute], "credentials", None, SECRET),
        entry(&[absolute], "credentials", Some("owned"), SECRET),
        entry(&[&up], "credentials", Some("owned"), SECRET),
        entry(&["..", up.trim_start_matches("../")], "credentials", None, SECRET),
        entry(&["link"], "credentials", None, SECRET),
        entry(&[], &credentials, None, SECRET),
        entry(&[], "kept.txt", None, "kept"),
        entry(&[], "kept.txt", Some("owned"), "kept"),
        entry(&[".git"], "HEAD", Some("owned"), "ref: refs/heads/main\n"),
    ];
    let made = json!({ "made": [[&up], [absolute]], "files": [] });
    entries.into_iter().map(|entry| json!({ "made": [], "files": [entry] })).chain([made]).collect()
}

/// Creates a project that contains a journal and files with the names of temporary files.
fn with_journal(outside: &Path, journal: &Value) -> TempDir {
    let folder = tiny();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("kept.txt"), "kept").expect("the folder is writable");
    fs::create_dir(path(".git")).expect("the folder is writable");
    fs::write(path(".git/HEAD"), "ref: refs/heads/main\n").expect("the folder is writable");
    symlink(outside, path("link")).expect("the folder is writable");
    fs::write(path(".jcc-0.old"), "owned").expect("the folder is writable");
    fs::write(path(".jcc-1.new"), "owned").expect("the folder is writable");
    for name in [".jcc-undo", ".jcc-done"] {
        fs::write(path(name), journal.to_string()).expect("the folder is writable");
    }
    folder
}

#[test]
fn journals_in_the_project_are_ignored() {
    for number in 0..journals(outside().path()).len() {
        let outside = outside();
        let journal = &journals(outside.path())[number];
        for command in [&["compile"][..], &["add", "numpy"], &["pin", "python", "3.11"], &["update"]] {
            let folder = with_journal(outside.path(), journal);
            let before = snapshot(folder.path());
            let ran = run(folder.path(), command);
            assert!(!ran.err.contains("was interrupted"), "{command:?} {journal}\n{}", ran.err);
            let after = snapshot(folder.path());
            for (path, content) in before.iter().filter(|(path, _)| *path != "project.kdl") {
                assert_eq!(after.get(path), Some(content), "{command:?} {journal}: {path}");
            }
            let left: Vec<_> = snapshot(outside.path()).into_iter().collect();
            assert_eq!(left, [("credentials".to_owned(), SECRET.as_bytes().to_vec())], "{journal}");
        }
        // The same without a manifest.
        let folder = with_journal(outside.path(), journal);
        fs::remove_file(folder.path().join("project.kdl")).expect("it exists");
        let before = snapshot(folder.path());
        for command in [&["compile"][..], &["compile", "nosuch.kdl"], &["update"], &["add", "numpy"]] {
            run_expecting(folder.path(), command, 1);
        }
        assert_eq!(snapshot(folder.path()), before, "{journal}");
        assert_eq!(fs::read_to_string(outside.path().join("credentials")).expect("it exists"), SECRET);
    }
}

/// Even a journal in the user's state folder cannot affect files outside of the project.
#[test]
fn journals_with_paths_out_of_the_project_are_ignored() {
    for number in (0..journals(outside().path()).len()).filter(|number| ![6, 7].contains(number)) {
        let outside = outside();
        let journal = &journals(outside.path())[number];
        let folder = with_journal(outside.path(), journal);
        write_journal(&journal_path(folder.path(), "unfinished"), journal);
        write_journal(&journal_path(folder.path(), "finished"), journal);
        let before = snapshot(folder.path());
        run_expecting(folder.path(), &["compile"], 0);
        let after = snapshot(folder.path());
        for (path, content) in &before {
            // A file that the journal names as a temporary file of its run may be removed.
            if path != ".jcc-0.old" {
                assert_eq!(after.get(path), Some(content), "{journal}: {path}");
            }
        }
        assert_eq!(fs::read_to_string(outside.path().join("credentials")).expect("it exists"), SECRET);
    }
}

/// The author of the project controls a home folder inside the project.
#[test]
fn a_state_folder_inside_the_project_is_not_trusted() {
    let outside = outside();
    let journal = json!({ "made": [], "files": [entry(&[], "kept.txt", None, "kept")] });
    for variable in ["XDG_STATE_HOME", "HOME"] {
        let folder = with_journal(outside.path(), &journal);
        let below = if variable == "HOME" { "home/.local/state/jcc" } else { "home/jcc" };
        let name = journal_path(folder.path(), "unfinished");
        write_journal(&folder.path().join(below).join(name.file_name().expect("it has one")), &journal);
        let mut command = jcc(folder.path(), &["compile"]);
        command.env_remove("XDG_STATE_HOME").env(variable, folder.path().join("home"));
        let output = command.output().expect("it can be run");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(fs::read_to_string(folder.path().join("kept.txt")).expect("it is kept"), "kept");
        assert!(folder.path().join("Dockerfile").exists());
    }
}

#[test]
fn foreign_files_with_temporary_names_are_kept() {
    let outside = outside();
    let folder = tiny();
    let path = |name: &str| folder.path().join(name);
    symlink(outside.path().join("credentials"), path(".jcc-0.new")).expect("the folder is writable");
    symlink(outside.path(), path(".jcc-1.new")).expect("the folder is writable");
    fs::create_dir(path(".jcc-2.old")).expect("the folder is writable");
    fs::write(path(".jcc-3.old"), "mine").expect("the folder is writable");
    assert!(Command::new("mkfifo").arg(path(".jcc-4.new")).status().expect("it can be run").success());
    run_expecting(folder.path(), &["compile"], 0);
    run_expecting(folder.path(), &["check"], 0);
    assert!(
        path(".jcc-0.new").is_symlink() && path(".jcc-1.new").is_symlink() && path(".jcc-2.old").is_dir()
    );
    assert_eq!(fs::read_to_string(path(".jcc-3.old")).expect("it is kept"), "mine");
    let names =
        fs::read_dir(folder.path()).expect("it is a folder").map(|one| one.expect("it exists").file_name());
    assert_eq!(names.filter(|name| name.to_string_lossy().starts_with(".jcc-")).count(), 5);
    assert_eq!(snapshot(outside.path()).len(), 1);
    assert_eq!(fs::read_to_string(outside.path().join("credentials")).expect("it exists"), SECRET);
}

/// Creates a project with a folder of definitions that its manifest names.
fn with_definitions() -> TempDir {
    let folder = tiny();
    let package = folder.path().join("my/extras/demo");
    fs::create_dir_all(&package).expect("the folder is writable");
    let definition = include_str!("hostile.kdl");
    fs::write(package.join("package.kdl"), definition).expect("the folder is writable");
    fs::write(package.join("data.txt"), "data\n").expect("the folder is writable");
    let manifest = folder.path().join("project.kdl");
    let text = fs::read_to_string(&manifest).expect("it exists") + "catalog \"my\"\npackages { demo }\n";
    fs::write(manifest, text).expect("the folder is writable");
    folder
}

/// What replaces a file of the project.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Bait {
    Link,
    Pipe,
    Socket,
    Device,
    Large,
}

fn put(bait: Bait, outside: &Path, path: &Path) {
    let _ = fs::remove_file(path);
    match bait {
        Bait::Link => symlink(outside.join("credentials"), path).expect("the folder is writable"),
        Bait::Pipe => {
            assert!(Command::new("mkfifo").arg(path).status().expect("it can be run").success());
        }
        Bait::Socket => _ = std::os::unix::net::UnixListener::bind(path).expect("the folder is writable"),
        Bait::Device => symlink("/dev/zero", path).expect("the folder is writable"),
        Bait::Large => {
            let file = fs::File::create(path).expect("the folder is writable");
            file.set_len(5 << 30).expect("it is sparse");
        }
    }
}

#[test]
fn only_regular_files_of_the_project_are_read_or_written() {
    let files =
        ["project.kdl", "jcc.lock", "Dockerfile", "docker-compose.yaml", "my/extras/demo/package.kdl"];
    for file in files.into_iter().chain(["my/extras/demo/data.txt"]) {
        for bait in [Bait::Link, Bait::Pipe, Bait::Socket, Bait::Device] {
            let (outside, folder) = (outside(), with_definitions());
            put(bait, outside.path(), &folder.path().join(file));
            let commands = if bait == Bait::Link { COMMANDS } else { &COMMANDS[..2] };
            for command in commands {
                let ran = run(folder.path(), command);
                let seen = format!("{file} {bait:?} {command:?} {:?}\n{}{}", ran.code, ran.out, ran.err);
                assert!(matches!(ran.code, Some(0..=4)), "{seen}");
                assert!(!ran.out.contains("hunter2") && !ran.err.contains("hunter2"), "{seen}");
                let is_output = file.starts_with("Dockerfile") || file.starts_with("docker-");
                let refuses = match *command {
                    ["check"] | ["compile", "--force"] => true,
                    ["compile", ..] | ["resolve"] => !is_output,
                    _ => false,
                };
                if refuses {
                    assert!(matches!(ran.code, Some(1 | 4)), "{seen}");
                    let name = file.rsplit('/').next().unwrap_or(file);
                    assert!(ran.err.contains(name), "{seen}");
                }
            }
            for (path, content) in snapshot(folder.path()) {
                let text = String::from_utf8_lossy(&content);
                assert!(!text.contains("hunter2"), "{file} {bait:?}: {path}");
            }
            assert_eq!(fs::read_to_string(outside.path().join("credentials")).expect("it exists"), SECRET);
        }
    }
}

#[test]
fn too_large_files_are_reported_with_the_limit() {
    for file in
        ["project.kdl", "jcc.lock", "Dockerfile", "my/extras/demo/package.kdl", "my/extras/demo/data.txt"]
    {
        let folder = with_definitions();
        put(Bait::Large, Path::new(""), &folder.path().join(file));
        let ran = run_expecting(folder.path(), &["compile"], 1);
        let limit = "it is larger than 16 MiB, which is the limit";
        assert!(ran.err.contains(file) && ran.err.contains(limit), "{file}\n{}", ran.err);
    }
}

#[test]
fn only_files_named_by_a_definition_are_read() {
    let folder = with_definitions();
    put(Bait::Large, Path::new(""), &folder.path().join("my/extras/demo/video.bin"));
    put(Bait::Pipe, Path::new(""), &folder.path().join("my/extras/demo/pipe"));
    put(Bait::Link, outside().path(), &folder.path().join("my/extras/demo/link"));
    run_expecting(folder.path(), &["compile"], 0);
    let text = fs::read_to_string(folder.path().join("Dockerfile")).expect("it exists");
    assert!(text.contains("\ndata\n"), "{text}");
}

/// A folder of definitions, or one in it, is a link to a huge folder.
#[test]
fn system_folders_are_not_searched_for_definitions() {
    for (number, place) in
        ["my", "my/extras", "my/platform", "my/extras/demo", "my/extras/demo/more"].iter().enumerate()
    {
        for to in [["/proc", "/usr", "/", "/dev", "/sys"][number], ".."] {
            let folder = with_definitions();
            let path = folder.path().join(place);
            let _ = fs::remove_dir_all(&path);
            symlink(to, &path).expect("the folder is writable");
            for command in [&["compile"][..], &["add", "numpy"], &["package", "check", "my"]] {
                let ran = run(folder.path(), command);
                let seen = format!("{place} -> {to} {command:?}\n{}", ran.err);
                assert!(matches!(ran.code, Some(0..=3)), "{seen}");
                if to != ".." && command[0] == "compile" {
                    assert_eq!(ran.code, Some(1), "{seen}");
                    assert!(ran.err.contains("the project"), "{seen}");
                }
            }
        }
    }
}

#[test]
fn definition_folders_have_a_file_limit() {
    let folder = with_definitions();
    let many = folder.path().join("my/many");
    for group in 0..21 {
        let group = many.join(group.to_string());
        fs::create_dir_all(&group).expect("the folder is writable");
        for name in 0..1000 {
            fs::write(group.join(name.to_string()), "").expect("the folder is writable");
        }
    }
    // In a group, only definitions in its subfolders are looked for, so other files do not count.
    run_expecting(folder.path(), &["compile"], 0);
    fs::rename(&many, folder.path().join("my/extras/demo/many")).expect("we own it");
    let ran = run_expecting(folder.path(), &["compile"], 1);
    assert!(ran.err.contains("jcc would look at more than 20000"), "{}", ran.err);
    assert_eq!(ran.err.matches("jcc::catalog::unreadable").count(), 1, "{}", ran.err);
}

#[test]
fn outputs_are_not_written_through_links_out_of_the_project() {
    let init = ["--device", "jetson-agx-orin"];
    for path in ["link", "link/deep", "./sub/../link", "missing/../link", "sub/link", "dangling"] {
        let outside = outside();
        let folder = tiny();
        fs::create_dir(folder.path().join("sub")).expect("the folder is writable");
        for link in ["link", "sub/link"] {
            symlink(outside.path(), folder.path().join(link)).expect("the folder is writable");
        }
        symlink(outside.path().join("nothing"), folder.path().join("dangling"))
            .expect("the folder is writable");
        let above = format!("../{path}");
        for (from, args) in [
            ("", [&["compile", "--out", path], &[][..]].concat()),
            ("sub", ["compile", "--out", &above].to_vec()),
            ("", [&["init", path], &init[..]].concat()),
        ] {
            let ran = run(&folder.path().join(from), &args);
            assert!(ran.err.contains("is a link that leads out of this folder"), "{args:?}\n{}", ran.err);
            let left: Vec<_> = snapshot(outside.path()).into_iter().collect();
            assert_eq!(left, [("credentials".to_owned(), SECRET.as_bytes().to_vec())], "{args:?}");
        }
    }
}

#[test]
fn links_within_the_project_and_absolute_paths_are_followed() {
    let outside = outside();
    let folder = tiny();
    fs::create_dir(folder.path().join("sub")).expect("the folder is writable");
    symlink("sub", folder.path().join("inner")).expect("the folder is writable");
    symlink(outside.path(), folder.path().join("link")).expect("the folder is writable");
    run_expecting(folder.path(), &["compile", "--out", "inner/deep"], 0);
    assert!(folder.path().join("sub/deep/Dockerfile").is_file());
    let absolute = folder.path().join("link");
    run_expecting(folder.path(), &["compile", "--out", absolute.to_str().expect("it is UTF-8")], 0);
    assert!(outside.path().join("Dockerfile").is_file());
}
