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
    assert!(report.contains("set it with `--device`"), "{report}");
    assert_eq!(snapshot(path), before);
    runs(path, &["init", "stacked", "--device", "jetson-agx-orin", "--from", "stack:ros-humble-desktop"], 0);
    let report = runs(&path.join("stacked"), &["remove", "ros"], 1).err;
    assert!(report.contains("replace `extends`"), "{report}");
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

/// What `init` takes over from a Dockerfile that starts from this image: the lines of target and base, what is reported.
fn taken_over(image: &str, machine: [&str; 2]) -> (String, String) {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path();
    fs::write(path.join("Dockerfile"), format!("FROM {image}\n")).expect("there is room");
    let report = runs(path, &["init", machine[0], machine[1]], 0).err;
    let manifest = fs::read_to_string(path.join("project.kdl")).expect("it is there");
    let lines = manifest.lines().filter(|line| line.starts_with("target") || line.starts_with("base"));
    let lines: Vec<&str> = lines.collect();
    runs(path, &["compile"], 0);
    let from = fs::read_to_string(path.join("Dockerfile.jcc")).expect("it is there");
    let same = from.lines().any(|line| line.starts_with(&format!("FROM {image}")));
    assert_eq!(same, !report.contains("the project uses"), "{image}: {report}");
    (lines.join("\n"), report)
}

#[test]
fn the_tag_of_an_image_is_kept_with_the_release_that_it_needs() {
    let orin = ["--device", "jetson-agx-orin"];
    for (image, machine, expected) in [
        (
            "dustynv/l4t-pytorch:r36.2.0",
            orin,
            "target { device \"jetson-agx-orin\"; jetpack \"6.2.3\" }\nbase \"dustynv/l4t-pytorch:r36.2.0\"",
        ),
        (
            "dustynv/l4t-pytorch:r35.4.1",
            orin,
            "target { device \"jetson-agx-orin\"; jetpack \"5.1.6\" }\nbase \"dustynv/l4t-pytorch:r35.4.1\"",
        ),
        (
            "ubuntu:24.04",
            ["--platform", "x86_64"],
            "target { platform \"x86_64\"; ubuntu \"24.04\" }\nbase \"ubuntu:24.04\"",
        ),
        ("ubuntu:22.04", ["--platform", "x86_64"], "target { platform \"x86_64\" }\nbase \"ubuntu:22.04\""),
    ] {
        assert_eq!(taken_over(image, machine).0, expected, "{image}");
    }
    let (lines, report) = taken_over("dustynv/l4t-pytorch:r36.99", orin);
    assert!(lines.contains("base \"dustynv/l4t-pytorch\""), "{lines}");
    assert!(
        report.contains("the catalogue does not have the tag of `dustynv/l4t-pytorch:r36.99`"),
        "{report}"
    );
    let (lines, report) = taken_over("dustynv/l4t-pytorch:r36.2.0", ["--device", "jetson-nano"]);
    assert!(!lines.contains("base ") && report.contains("does not fit this target"), "{lines}\n{report}");
}

#[test]
fn a_machine_is_one_device_or_a_platform() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path();
    for (name, meant) in [
        ("orin", "`jetson-agx-orin`, `jetson-orin-nano` or `jetson-orin-nx`"),
        ("jetson-orin", "`jetson-agx-orin`, `jetson-orin-nano` or `jetson-orin-nx`"),
        ("xavier", "`jetson-agx-xavier` or `jetson-xavier-nx`"),
    ] {
        let report = runs(path, &["init", "--device", name], 1).err;
        assert!(report.contains(meant), "{report}");
    }
    let report = runs(path, &["init", "--platform", "amd64"], 1).err;
    assert!(report.contains("did you mean `x86_64`?"), "{report}");
    runs(path, &["init", "--platform", "x86_64", "--device", "jetson-nano"], 2);
    assert!(snapshot(path).is_empty());
    for platform in ["x86_64", "sbsa", "tegra"] {
        runs(path, &["init", platform, "--platform", platform], 0);
        runs(&path.join(platform), &["compile", "--deny-warnings"], 0);
        runs(&path.join(platform), &["fmt", "--check", "-f", "project.kdl"], 0);
    }
}

#[test]
fn a_dockerfile_that_cannot_be_taken_over_is_reported_of() {
    let folder = tempfile::tempdir().expect("there is room");
    let path = folder.path();
    fs::write(path.join("Dockerfile"), "FROM scratch.example/x:1\nCOPY gone /gone\n").expect("there is room");
    fs::write(path.join("docker-compose.yaml"), "services: {}\n").expect("there is room");
    let report = runs(path, &["init", "--device", "jetson-agx-orin"], 0).err;
    assert!(report.contains("`scratch.example/x:1`, which was not imported"), "{report}");
    assert!(
        report.contains("your own `docker-compose.yaml` is unchanged") && !report.contains("imported from"),
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
    assert!(report.contains("jcc includes a package `numpy`"), "{report}");
}
