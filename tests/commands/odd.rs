//! Input that is never written on purpose gets a short report, and nothing is written.

use std::fs;

use super::{run, snapshot};

const BEGINNING: &str = "project \"x\"\ntarget { platform \"x86_64\" }\n";

/// Malformed manifests, each with a part of its report.
fn manifests() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let text = |more: &str| format!("{BEGINNING}{more}\n").into_bytes();
    vec![
        ("empty", Vec::new(), "`project.kdl` has no `project`"),
        (
            "bytes",
            (0..3000_u32).map(|at| u8::try_from(at * 7 % 256).unwrap_or(0)).collect(),
            "is not valid UTF-8",
        ),
        ("utf-16", b"\xff\xfep\0r\0".to_vec(), "the file is UTF-16"),
        ("nul", text("packages { \"a\0b\" }"), "U+0000"),
        ("escape", text("packages { \u{1b}[31mred }"), "U+001B"),
        ("deep", text(&format!("{}{}", "a { ".repeat(9000), "}".repeat(9000))), "nested more than"),
        ("long word", text(&format!("packages {{ {} }}", "a".repeat(900_000))), "jcc::"),
        ("long line", text(&format!("/*{}*/ packages {{ nosuch }}", "é".repeat(300_000))), "`nosuch`"),
        ("large", vec![b'\n'; 2 << 20], "bytes"),
        (
            "windows",
            b"\xef\xbb\xbfproject \"x\"\r\ntarget { platform \"x86_64\" }\r\nnosuch\r\n".to_vec(),
            "`nosuch`",
        ),
    ]
}

#[test]
fn malformed_manifests_get_short_reports() {
    for (name, bytes, expected) in manifests() {
        let folder = tempfile::tempdir().expect("the folder is writable");
        fs::write(folder.path().join("project.kdl"), bytes).expect("the folder is writable");
        let before = snapshot(folder.path());
        for command in [&["compile"][..], &["check"], &["add", "jq"], &["resolve"]] {
            let ran = run(folder.path(), command);
            assert_eq!(ran.code, Some(1), "{name}: {command:?}\n{}", ran.err);
            assert!(ran.err.contains(expected), "{name}: {command:?}\n{}", ran.err);
            assert!(ran.err.len() < 4000, "{name}: {command:?} prints {} bytes", ran.err.len());
        }
        assert_eq!(snapshot(folder.path()), before, "{name}");
    }
}

#[test]
fn unusual_arguments_get_short_reports() {
    let folder = tempfile::tempdir().expect("the folder is writable");
    fs::write(folder.path().join("project.kdl"), BEGINNING).expect("the folder is writable");
    let long = "x".repeat(100_000);
    for word in ["", &long, "\u{1b}[31mx", "../../etc/passwd", "a b\tc"] {
        for command in ["show", "why", "explain", "search"] {
            let ran = run(folder.path(), &[command, word]);
            assert!(
                ran.err.len() < 2000 && !ran.err.contains('\u{1b}'),
                "{command}: {} bytes",
                ran.err.len()
            );
        }
    }
}

/// Folders and links in place of a manifest or a definition.
#[cfg(unix)]
#[test]
fn folders_and_broken_links_are_reported_as_such() {
    let folder = tempfile::tempdir().expect("the folder is writable");
    let path = folder.path();
    std::os::unix::fs::symlink("project.kdl", path.join("project.kdl")).expect("the folder is writable");
    assert!(run(path, &["compile"]).err.contains("project.kdl` is not a regular file"));
    assert!(run(path, &["compile", "project.kdl"]).err.contains("this is a broken link"));
    fs::remove_file(path.join("project.kdl")).expect("it exists");
    fs::create_dir(path.join("project.kdl")).expect("the folder is writable");
    assert!(run(path, &["compile"]).err.contains("project.kdl` is not a regular file"));
    assert!(
        run(path, &["compile", "project.kdl"]).err.contains("no `project.kdl` in the folder `project.kdl`")
    );
    fs::create_dir_all(path.join("my/group/a/package.kdl")).expect("the folder is writable");
    fs::create_dir_all(path.join("my/group/b")).expect("the folder is writable");
    std::os::unix::fs::symlink("gone", path.join("my/group/b/package.kdl")).expect("the folder is writable");
    let report = run(path, &["package", "check", "my"]).err;
    assert!(
        report.contains("it is not a regular file") && report.contains("it is a link to a missing file"),
        "{report}"
    );
}
