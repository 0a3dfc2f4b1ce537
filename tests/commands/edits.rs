//! The commands that edit the manifest and the lock: `add`, `remove`, `pin`, `update`.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::{jcc, run_expecting, snapshot};

/// A manifest with the layout of a person, and its own definitions, so that the tests do not depend on the
/// catalogue.
const MANIFEST: &str = "// The yard robot.
project \"demo\"
catalog \"defs\"

target \"orin\" { platform \"x86_64\" }
target \"bench\" {
  platform \"x86_64\"
  packages { widget }   // only there
}

base image=\"debian:bookworm-slim\" { provides { debian \"12\" } }

packages {
  gadget   // talks to the arm

  // 1.x is what the viewer was written for.
  viewer \"1\" { option \"colour\" \"red\" }
  /- widget \"9\"
}

app { command \"true\"; user \"app\" uid=1000 }
run { gpu #false }
";

fn definition(name: &str, versions: &[(&str, &str)], more: &str) -> String {
    let versions: Vec<String> = versions
        .iter()
        .map(|(version, requires)| format!("    version \"{version}\" {{ {requires} }}\n"))
        .collect();
    format!(
        "package \"{name}\" {{\n    summary \"A {name}\"\n    group \"extras\"\n    license \"MIT\"\n    source \"https://example.com/{name}\"\n{}{more}    install {{ apt \"{name}\" }}\n}}\n",
        versions.concat()
    )
}

fn project(manifest: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("the folder is writable");
    let put = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("it is below the root")).expect("the folder is writable");
        fs::write(path, text).expect("the folder is writable");
    };
    let colour =
        "    option \"colour\" default=\"blue\" summary=\"Its colour\" { value \"blue\"; value \"red\" }\n";
    let viewer = [("2.1", ""), ("2.0", ""), ("1.5", ""), ("1.4", "")];
    put("defs/extras/viewer/package.kdl", &definition("viewer", &viewer, colour));
    let widget = [("2.0", "requires { gear \"=2.0\" }"), ("1.0", "requires { gear \"=1.0\" }")];
    put("defs/extras/widget/package.kdl", &definition("widget", &widget, "    alias \"gizmo\"\n"));
    put("defs/extras/gear/package.kdl", &definition("gear", &[("2.0", ""), ("1.0", "")], ""));
    put("defs/extras/gadget/package.kdl", &definition("gadget", &[("1.0", "requires { gear }")], ""));
    put("project.kdl", manifest);
    folder
}

/// Runs commands one after the other. Returns their output, their exit codes and the diffs of the changed
/// files.
fn transcript(folder: &Path, commands: &[&[&str]]) -> String {
    let mut out = String::new();
    for arguments in commands {
        let before = snapshot(folder);
        let ran = super::Ran::from(jcc(folder, arguments).output().expect("it can be run"));
        out +=
            &format!("$ jcc {}\n{}{}=> {}\n", arguments.join(" "), ran.out, ran.err, ran.code.unwrap_or(-1));
        for (path, content) in snapshot(folder) {
            let old = before.get(&path).cloned().unwrap_or_default();
            if old != content {
                let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("it is text");
                let (old, new) = (text(&old), text(&content));
                let diff = similar::TextDiff::from_lines(&old, &new);
                out += &format!("{}", diff.unified_diff().context_radius(1).header(&path, &path));
            }
        }
        out.push('\n');
    }
    out
}

fn manifest(folder: &Path) -> String {
    fs::read_to_string(folder.join("project.kdl")).expect("it exists")
}

#[test]
fn packages_are_added() {
    let folder = project(MANIFEST);
    insta::assert_snapshot!(transcript(
        folder.path(),
        &[
            &["add", "widget", "gear@1", "--dry-run"],
            &["add", "widget", "gear@1"],
            &["add", "gizmo", "gear@1"],
            &["add", "viewer>=1.5, <2"],
            &["add", "viewer=1.4", "--target", "bench"],
            &["add", "gear", "--target", "orin"],
            &["add", "viewer 2", "--target", "orin", "--format", "json"],
        ]
    ));
}

#[test]
fn packages_that_cannot_be_added_are_reported() {
    let folder = project(MANIFEST);
    let before = snapshot(folder.path());
    insta::assert_snapshot!(transcript(
        folder.path(),
        &[
            &["add", "gear", "wigdet"],
            &["add", "viewer@7"],
            &["add", "widget@2", "gear@1"],
            &["add", "gear", "--target", "bank"],
            &["add", "gear>="],
            &["add", "ge\"ar"],
            &["add", "Gear"],
            &["add"],
        ]
    ));
    assert_eq!(snapshot(folder.path()), before);
}

#[test]
fn packages_are_removed() {
    let folder = project(MANIFEST);
    insta::assert_snapshot!(transcript(
        folder.path(),
        &[
            &["remove", "gear"],
            &["remove", "vewer"],
            &["remove", "viewer", "--target", "bench"],
            &["remove", "gizmo", "viewer"],
            &["add", "gear", "widget"],
            &["remove", "gear"],
            &["remove", "gadget", "widget"],
        ]
    ));
    assert!(manifest(folder.path()).contains("/- widget \"9\""));
}

#[test]
fn pins_are_set_and_removed() {
    let folder = project(MANIFEST);
    insta::assert_snapshot!(transcript(
        folder.path(),
        &[
            &["pin", "gear", "1.0"],
            &["pin", "gear", "1.0"],
            &["pin", "gear", "=2.0", "--target", "bench"],
            &["pin", "gear", "2.0"],
            &["pin", "gear", "3"],
            &["pin", "gera", "1"],
            &["remove", "gear"],
            &["pin", "gaer", "--remove"],
            &["pin", "gear", "--remove"],
            &["pin", "gear"],
        ]
    ));
    assert_eq!(manifest(folder.path()), MANIFEST);
}

#[test]
fn update_changes_the_lock() {
    let folder = project(&MANIFEST.replace("viewer \"1\"", "viewer"));
    run_expecting(folder.path(), &["pin", "gear", "1"], 0);
    run_expecting(folder.path(), &["pin", "viewer", "1.4"], 0);
    run_expecting(folder.path(), &["compile"], 0);
    run_expecting(folder.path(), &["pin", "gear", "--remove"], 0);
    run_expecting(folder.path(), &["pin", "viewer", "--remove"], 0);
    run_expecting(folder.path(), &["compile"], 0);
    insta::assert_snapshot!(transcript(
        folder.path(),
        &[
            &["update", "--dry-run"],
            &["update", "viewr"],
            &["update", "gadget"],
            &["update", "gear", "--target", "bench"],
            &["update", "viewer", "--target", "orin"],
            &["update", "--target", "bank"],
            &["update", "--format", "json"],
            &["update"],
        ]
    ));
    super::compiles_as_locked(folder.path());
}

#[test]
fn nodes_of_extended_files_are_reported_with_their_location() {
    let folder = project("project \"demo\"\nextends \"common.kdl\"\n");
    let common = "catalog \"defs\"\ntarget { platform \"x86_64\" }\nbase image=\"debian:bookworm-slim\" { provides { debian \"12\" } }\npackages { widget }\npin { gear \"1\" }\n";
    fs::write(folder.path().join("common.kdl"), common).expect("the folder is writable");
    insta::assert_snapshot!(transcript(
        folder.path(),
        &[
            &["add", "widget"],
            &["remove", "widget"],
            &["pin", "gear", "--remove"],
            &["add", "gadget", "--target", "default"],
            &["pin", "gear", "2"],
            &["add", "widget=2.0"],
        ]
    ));
    assert_eq!(fs::read_to_string(folder.path().join("common.kdl")).expect("it exists"), common);
}

/// Edits preserve line endings, comments and layout. An edit followed by its inverse restores the text.
#[test]
fn edits_preserve_the_rest_of_the_text() {
    for text in [
        MANIFEST.to_owned(),
        MANIFEST.replace('\n', "\r\n"),
        format!("\u{feff}{MANIFEST}"),
        MANIFEST.replace("  ", "\t"),
    ] {
        let folder = project(&text);
        run_expecting(folder.path(), &["add", "gear"], 0);
        let added = manifest(folder.path());
        let lines = |text: &str| text.split_inclusive('\n').map(str::to_owned).collect::<Vec<_>>();
        let (old, new) = (lines(&text), lines(&added));
        assert_eq!(new.len(), old.len() + 1);
        assert!(old.iter().all(|line| new.contains(line)), "{added}");
        assert_eq!(added.contains("\r\n"), text.contains("\r\n"));
        run_expecting(folder.path(), &["remove", "gear"], 0);
        assert_eq!(manifest(folder.path()), text);
        run_expecting(folder.path(), &["pin", "gear", "1"], 0);
        run_expecting(folder.path(), &["pin", "gear", "--remove"], 0);
        assert_eq!(manifest(folder.path()), text);
    }
}

#[test]
fn missing_and_broken_manifests_are_not_edited() {
    let folder = tempfile::tempdir().expect("the folder is writable");
    let report = run_expecting(folder.path(), &["add", "gear"], 1).err;
    assert!(report.contains("no `project.kdl` in this folder"), "{report}");
    let report = run_expecting(folder.path(), &["update", "--file", "none.kdl"], 1).err;
    assert!(report.contains("none.kdl"), "{report}");
    let folder = project("project \"demo\n");
    let before = snapshot(folder.path());
    for command in [&["add", "gear"][..], &["remove", "gear"], &["pin", "gear", "1"], &["update"]] {
        let report = run_expecting(folder.path(), command, 1).err;
        assert!(report.contains("project.kdl:1"), "{report}");
    }
    assert_eq!(snapshot(folder.path()), before);
    // An edit can repair a manifest that does not resolve.
    let folder = project(&MANIFEST.replace("gadget ", "gadgte "));
    run_expecting(folder.path(), &["add", "gear"], 1);
    run_expecting(folder.path(), &["remove", "gadgte"], 0);
}

#[cfg(unix)]
#[test]
fn an_unwritable_folder_is_reported() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = project(MANIFEST);
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).expect("we own it");
    // Permissions do not apply to root.
    if fs::write(folder.path().join("probe"), "").is_err() {
        for command in [&["add", "gear"][..], &["update"]] {
            let report = run_expecting(folder.path(), command, 4).err;
            assert!(report.contains("nothing was written"), "{report}");
        }
        assert_eq!(manifest(folder.path()), MANIFEST);
    }
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("we own it");
}
