//! The same input gives the same bytes, wherever and whenever it is compiled.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use super::{copy, jcc, snapshot};
use crate::support;

/// The files of an example as they come out under these circumstances.
fn written(manifest: &Path, from: &Path, around: &[(&str, &str)]) -> Vec<(String, Vec<u8>)> {
    let out = tempfile::tempdir().expect("there is room");
    let arguments =
        ["compile", manifest.to_str().expect("UTF-8"), "--out", out.path().to_str().expect("UTF-8")];
    let mut command = jcc(from, &arguments);
    for (name, value) in around {
        command.env(name, value);
    }
    let ran = command.output().expect("it can be run");
    assert!(ran.status.success(), "{}\n{}", manifest.display(), String::from_utf8_lossy(&ran.stderr));
    snapshot(out.path()).into_iter().collect()
}

#[test]
fn surroundings_do_not_matter() {
    for entry in fs::read_dir(support::repository("examples")).expect("there are examples") {
        let name = entry.expect("it can be listed").file_name().to_string_lossy().into_owned();
        let folder = copy(&name);
        let manifest = folder.path().join("project.kdl");
        if !manifest.is_file() {
            continue;
        }
        let first = written(&manifest, folder.path(), &[("LC_ALL", "C"), ("TZ", "UTC"), ("COLUMNS", "40")]);
        assert!(first.len() >= 3);
        let around = [
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
        let (other, third) = (copy(&name), tempfile::tempdir().expect("there is room"));
        let second = written(&other.path().join("project.kdl"), third.path(), &around);
        for (one, two) in first.iter().zip(&second) {
            assert_eq!(one.0, two.0);
            assert_eq!(String::from_utf8_lossy(&one.1), String::from_utf8_lossy(&two.1), "{name}/{}", one.0);
        }
        assert_eq!(first.len(), second.len());
        let place = folder.path().to_str().expect("UTF-8");
        for (path, content) in &first {
            assert!(
                !String::from_utf8_lossy(content).contains(place),
                "{path} names a folder of the machine"
            );
        }
    }
}

/// Folders that lie elsewhere on disk, made in another order.
#[test]
fn the_order_of_files_does_not_matter() {
    for name in ["apt-extras", "fleet", "perception-agx-orin"] {
        let folder = copy(name);
        let other = tempfile::tempdir().expect("there is room");
        let files = snapshot(folder.path());
        for (path, content) in files.iter().rev() {
            let to = other.path().join(path);
            fs::create_dir_all(to.parent().expect("it lies below")).expect("there is room");
            fs::write(to, content).expect("there is room");
        }
        let one = written(&folder.path().join("project.kdl"), folder.path(), &[]);
        let two = written(&other.path().join("project.kdl"), other.path(), &[]);
        assert_eq!(one, two, "{name}");
    }
}

/// Another user, who owns none of it, by a relative path and with a mask that lets nobody else read.
#[cfg(unix)]
#[test]
fn the_user_does_not_matter() {
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::process::CommandExt as _;

    let open = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is ours");
    };
    let folder = copy("apt-extras");
    let one = written(&folder.path().join("project.kdl"), folder.path(), &[]);
    // The compiler may lie where only its owner comes.
    let bin = tempfile::tempdir().expect("there is room");
    fs::copy(env!("CARGO_BIN_EXE_jcc"), bin.path().join("jcc")).expect("there is room");
    for entry in walkdir::WalkDir::new(folder.path()).into_iter().map(|entry| entry.expect("it is there")) {
        open(entry.path(), if entry.file_type().is_dir() { 0o755 } else { 0o644 });
    }
    open(bin.path(), 0o755);
    let out = tempfile::tempdir().expect("there is room");
    open(out.path(), 0o777);
    let script = "umask 077; cd \"$1\"; exec \"$2/jcc\" compile ./project.kdl --out \"$3\"";
    let mut command = std::process::Command::new("sh");
    command.args(["-c", script, "sh"]).args([folder.path(), bin.path(), out.path()]).env_clear();
    let Ok(ran) = command.uid(65534).gid(65534).output() else {
        _ = writeln!(std::io::stderr(), "not tested: only root can be another user");
        return;
    };
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let two: Vec<_> = snapshot(out.path()).into_iter().collect();
    assert_eq!(one, two);
}
