//! The same input gives the same bytes, on any machine and at any time.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use super::{copy, jcc, snapshot};
use crate::support;

/// Compiles a manifest from a folder with these environment variables. Returns the files.
fn written(manifest: &Path, from: &Path, variables: &[(&str, &str)]) -> Vec<(String, Vec<u8>)> {
    let out = tempfile::tempdir().expect("the folder is writable");
    let arguments = [
        "compile",
        manifest.to_str().expect("it is UTF-8"),
        "--out",
        out.path().to_str().expect("it is UTF-8"),
    ];
    let mut command = jcc(from, &arguments);
    for (name, value) in variables {
        command.env(name, value);
    }
    let ran = command.output().expect("it can be run");
    assert!(ran.status.success(), "{}\n{}", manifest.display(), String::from_utf8_lossy(&ran.stderr));
    snapshot(out.path()).into_iter().collect()
}

#[test]
fn outputs_do_not_depend_on_the_environment() {
    for entry in fs::read_dir(support::repository("examples")).expect("examples/ exists") {
        let name = entry.expect("it can be listed").file_name().to_string_lossy().into_owned();
        let folder = copy(&name);
        let manifest = folder.path().join("project.kdl");
        if !manifest.is_file() {
            continue;
        }
        let first = written(&manifest, folder.path(), &[("LC_ALL", "C"), ("TZ", "UTC"), ("COLUMNS", "40")]);
        assert!(first.len() >= 3);
        let variables = [
            ("LC_ALL", "tr_TR.UTF-8"),
            ("LANG", "de_DE.UTF-8"),
            ("TZ", "Pacific/Kiritimati"),
            ("HOME", "/nonexistent"),
            ("USER", "somebody"),
            ("COLUMNS", "500"),
            ("SOURCE_DATE_EPOCH", "1"),
            ("NO_COLOR", "1"),
        ];
        // A copy elsewhere, compiled from a third folder.
        let (other, third) = (copy(&name), tempfile::tempdir().expect("the folder is writable"));
        let second = written(&other.path().join("project.kdl"), third.path(), &variables);
        for (one, two) in first.iter().zip(&second) {
            assert_eq!(one.0, two.0);
            assert_eq!(String::from_utf8_lossy(&one.1), String::from_utf8_lossy(&two.1), "{name}/{}", one.0);
        }
        assert_eq!(first.len(), second.len());
        let place = folder.path().to_str().expect("it is UTF-8");
        for (path, content) in &first {
            assert!(
                !String::from_utf8_lossy(content).contains(place),
                "{path} contains a path of the machine"
            );
        }
    }
}

/// The copy is elsewhere on disk, and its files were created in reverse order.
#[test]
fn outputs_do_not_depend_on_file_order() {
    for name in ["apt-extras", "fleet", "perception-agx-orin"] {
        let folder = copy(name);
        let other = tempfile::tempdir().expect("the folder is writable");
        let files = snapshot(folder.path());
        for (path, content) in files.iter().rev() {
            let to = other.path().join(path);
            fs::create_dir_all(to.parent().expect("it is below the root")).expect("the folder is writable");
            fs::write(to, content).expect("the folder is writable");
        }
        let one = written(&folder.path().join("project.kdl"), folder.path(), &[]);
        let two = written(&other.path().join("project.kdl"), other.path(), &[]);
        assert_eq!(one, two, "{name}");
    }
}

/// Another user, who does not own the files, with a relative path and a restrictive umask.
#[cfg(unix)]
#[test]
fn outputs_do_not_depend_on_the_user() {
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::process::CommandExt as _;

    let open = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("we own it");
    };
    let folder = copy("apt-extras");
    let one = written(&folder.path().join("project.kdl"), folder.path(), &[]);
    // The folder of the binary may be accessible only to its owner.
    let bin = tempfile::tempdir().expect("the folder is writable");
    fs::copy(env!("CARGO_BIN_EXE_jcc"), bin.path().join("jcc")).expect("the folder is writable");
    for entry in walkdir::WalkDir::new(folder.path()).into_iter().map(|entry| entry.expect("it exists")) {
        open(entry.path(), if entry.file_type().is_dir() { 0o755 } else { 0o644 });
    }
    open(bin.path(), 0o755);
    let out = tempfile::tempdir().expect("the folder is writable");
    open(out.path(), 0o777);
    let script = "umask 077; cd \"$1\"; exec \"$2/jcc\" compile ./project.kdl --out \"$3\"";
    let mut command = std::process::Command::new("sh");
    command.args(["-c", script, "sh"]).args([folder.path(), bin.path(), out.path()]).env_clear();
    let Ok(ran) = command.uid(65534).gid(65534).output() else {
        _ = writeln!(std::io::stderr(), "skipped: only root can run a command as another user");
        return;
    };
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let two: Vec<_> = snapshot(out.path()).into_iter().collect();
    assert_eq!(one, two);
}
