//! Files to begin with.

use std::fs;

use super::{runs, snapshot};

#[test]
fn a_new_manifest_compiles_and_can_be_edited() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path();
    let report = runs(path, &["init"], 2).err;
    assert!(report.contains("--device") && snapshot(path).is_empty(), "{report}");
    let devices = runs(path, &["list", "devices"], 0).out;
    for device in devices.lines().filter_map(|line| line.split_whitespace().next()) {
        let name = format!("My {device}");
        runs(path, &["init", &name, "--device", device], 0);
        let project = path.join(&name);
        runs(&project, &["compile", "--deny-warnings"], 0);
        runs(&project, &["fmt", "--check"], 0);
        assert!(
            fs::read_to_string(project.join("project.kdl"))
                .expect("it is there")
                .contains(&format!("\"my-{device}\""))
        );
    }
    runs(path, &["init", ".", "--device", "jetson-agx-orin"], 0);
    let before = snapshot(path);
    runs(path, &["init", "--device", "jetson-agx-orin"], 1);
    runs(path, &["init", "--force", "--device", "jetson-agx-orn"], 1);
    runs(path, &["init", "--force", "--from", "stack:no-such-stack"], 1);
    let report = runs(path, &["init", "--force", "--from", "stack:ros-humble-desktop"], 2).err;
    assert!(report.contains("name it with `--device`"), "{report}");
    assert_eq!(snapshot(path), before);
    runs(path, &["init", "stacked", "--device", "jetson-agx-orin", "--from", "stack:ros-humble-desktop"], 0);
    let report = runs(&path.join("stacked"), &["remove", "ros"], 1).err;
    assert!(report.contains("instead of `extends`"), "{report}");
    runs(path, &["add", "numpy"], 0);
    runs(path, &["pin", "python", "3.12"], 0);
    insta::assert_snapshot!(
        fs::read_to_string(path.join("project.kdl"))
            .expect("it is there")
            .lines()
            .skip_while(|line| !line.starts_with("target"))
            .collect::<Vec<_>>()
            .join("\n")
    );
}

#[test]
fn requirements_that_are_there_are_taken_in_where_they_can_be() {
    for (text, taken) in [("tqdm==4.67.1\n", true), ("=== nonsense\n", false)] {
        let folder = tempfile::tempdir().expect("there is room");
        fs::write(folder.path().join("requirements.txt"), text).expect("there is room");
        runs(folder.path(), &["init", "--device", "jetson-agx-orin"], 0);
        let manifest = fs::read_to_string(folder.path().join("project.kdl")).expect("it is there");
        assert_eq!(manifest.contains("\npip { requirements"), taken, "{manifest}");
    }
}

#[test]
fn a_dockerfile_that_is_there_is_taken_over_where_it_is_simple() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path();
    let own = "FROM ubuntu:22.04\nRUN apt-get install -y jq\nWORKDIR /srv\nCOPY main.py .\nEXPOSE 8080\nCMD [\"python3\", \"main.py\"]\n";
    fs::write(path.join("Dockerfile"), own).expect("there is room");
    fs::write(path.join("main.py"), "").expect("there is room");
    let report = runs(path, &["init", "--device", "jetson-agx-orin"], 0).err;
    let manifest = fs::read_to_string(path.join("project.kdl")).expect("it is there");
    let manifest = manifest.replace(&*path.file_name().expect("it has a name").to_string_lossy(), "NAME");
    let lines: Vec<&str> = manifest.lines().skip(2).filter(|line| !line.starts_with("// ")).collect();
    insta::assert_snapshot!(format!("{report}{}", lines.join("\n")));
    let out = runs(path, &["compile"], 0).err;
    assert!(out.contains("Dockerfile.jcc"), "{out}");
    assert_eq!(fs::read_to_string(path.join("Dockerfile")).expect("it is there"), own);
    runs(path, &["fmt", "--check"], 0);
    // What jcc wrote itself is in nobody's way.
    fs::remove_file(path.join("project.kdl")).expect("it is there");
    fs::rename(path.join("Dockerfile.jcc"), path.join("Dockerfile")).expect("it is there");
    let report = runs(path, &["init", "--device", "jetson-agx-orin"], 0).err;
    assert!(!report.contains("note"), "{report}");
}

#[test]
fn a_dockerfile_that_cannot_be_taken_over_is_reported_of() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path();
    fs::write(path.join("Dockerfile"), "FROM scratch.example/x:1\nCOPY gone /gone\n").expect("there is room");
    fs::write(path.join("docker-compose.yaml"), "services: {}\n").expect("there is room");
    let report = runs(path, &["init", "--device", "jetson-agx-orin"], 0).err;
    assert!(report.contains("`scratch.example/x:1`, which is not taken over"), "{report}");
    assert!(
        report.contains("`docker-compose.yaml` is your own") && !report.contains("taken over from"),
        "{report}"
    );
    runs(path, &["compile"], 0);
    assert_eq!(fs::read_to_string(path.join("docker-compose.yaml")).expect("it is there"), "services: {}\n");
}

#[test]
fn a_new_definition_passes_its_check() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path();
    runs(path, &["package", "new", "my-tools"], 0);
    runs(path, &["package", "new", "3d.things", "--group", "vision"], 0);
    runs(path, &["package", "check", "--deny-warnings"], 0);
    runs(path, &["fmt", "--check", "packages/extras/my-tools/package.kdl"], 0);
    let before = snapshot(path);
    runs(path, &["package", "new", "my-tools", "--group", "other"], 1);
    runs(path, &["package", "new", "../x"], 2);
    runs(path, &["package", "new", "x", "--group", "../y"], 2);
    assert_eq!(snapshot(path), before);
    let report = runs(path, &["package", "new", "numpy"], 0).err;
    assert!(report.contains("jcc comes with a `numpy`"), "{report}");
}
