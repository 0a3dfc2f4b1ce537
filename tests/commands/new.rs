//! `jcc init` and `jcc package new`.

use std::fs;

use super::{run_expecting, snapshot};

#[test]
fn a_new_manifest_compiles_and_can_be_edited() {
    let folder = tempfile::tempdir().expect("the folder is writable");
    let path = folder.path();
    let report = run_expecting(path, &["init"], 2).err;
    assert!(report.contains("--device") && snapshot(path).is_empty(), "{report}");
    let devices = run_expecting(path, &["list", "devices"], 0).out;
    for device in devices.lines().filter_map(|line| line.split_whitespace().next()) {
        let name = format!("My {device}");
        run_expecting(path, &["init", &name, "--device", device], 0);
        let project = path.join(&name);
        run_expecting(&project, &["compile", "--deny-warnings"], 0);
        run_expecting(&project, &["fmt", "--check"], 0);
        assert!(
            fs::read_to_string(project.join("project.kdl"))
                .expect("it exists")
                .contains(&format!("\"my-{device}\""))
        );
    }
    run_expecting(path, &["init", ".", "--device", "jetson-agx-orin"], 0);
    let before = snapshot(path);
    run_expecting(path, &["init", "--device", "jetson-agx-orin"], 1);
    run_expecting(path, &["init", "--force", "--device", "jetson-agx-orn"], 1);
    run_expecting(path, &["init", "--force", "--from", "stack:no-such-stack"], 1);
    let report = run_expecting(path, &["init", "--force", "--from", "stack:ros-humble-desktop"], 2).err;
    assert!(report.contains("set it with `--device`"), "{report}");
    assert_eq!(snapshot(path), before);
    run_expecting(
        path,
        &["init", "stacked", "--device", "jetson-agx-orin", "--from", "stack:ros-humble-desktop"],
        0,
    );
    let report = run_expecting(&path.join("stacked"), &["remove", "ros"], 1).err;
    assert!(report.contains("replace `extends`"), "{report}");
    run_expecting(path, &["add", "numpy"], 0);
    run_expecting(path, &["pin", "python", "3.12"], 0);
    insta::assert_snapshot!(
        fs::read_to_string(path.join("project.kdl"))
            .expect("it exists")
            .lines()
            .skip_while(|line| !line.starts_with("target"))
            .collect::<Vec<_>>()
            .join("\n")
    );
}

#[test]
fn valid_requirements_files_are_imported() {
    for (text, is_imported) in [("tqdm==4.67.1\n", true), ("=== nonsense\n", false)] {
        let folder = tempfile::tempdir().expect("the folder is writable");
        fs::write(folder.path().join("requirements.txt"), text).expect("the folder is writable");
        run_expecting(folder.path(), &["init", "--device", "jetson-agx-orin"], 0);
        let manifest = fs::read_to_string(folder.path().join("project.kdl")).expect("it exists");
        assert_eq!(manifest.contains("\npip { requirements"), is_imported, "{manifest}");
    }
}

#[test]
fn a_simple_dockerfile_is_imported() {
    let folder = tempfile::tempdir().expect("the folder is writable");
    let path = folder.path();
    let own = "FROM ubuntu:22.04\nRUN apt-get install -y jq\nWORKDIR /srv\nCOPY main.py .\nEXPOSE 8080\nCMD [\"python3\", \"main.py\"]\n";
    fs::write(path.join("Dockerfile"), own).expect("the folder is writable");
    fs::write(path.join("main.py"), "").expect("the folder is writable");
    let report = run_expecting(path, &["init", "--device", "jetson-agx-orin"], 0).err;
    let manifest = fs::read_to_string(path.join("project.kdl")).expect("it exists");
    let manifest = manifest.replace(&*path.file_name().expect("it has a name").to_string_lossy(), "NAME");
    let lines: Vec<&str> = manifest.lines().skip(2).filter(|line| !line.starts_with("// ")).collect();
    insta::assert_snapshot!(format!("{report}{}", lines.join("\n")));
    let out = run_expecting(path, &["compile"], 0).err;
    assert!(out.contains("Dockerfile.jcc"), "{out}");
    assert_eq!(fs::read_to_string(path.join("Dockerfile")).expect("it exists"), own);
    run_expecting(path, &["fmt", "--check"], 0);
    // A Dockerfile that jcc generated is not imported.
    fs::remove_file(path.join("project.kdl")).expect("it exists");
    fs::rename(path.join("Dockerfile.jcc"), path.join("Dockerfile")).expect("it exists");
    let report = run_expecting(path, &["init", "--device", "jetson-agx-orin"], 0).err;
    assert!(!report.contains("note"), "{report}");
}

/// Runs `init` next to a Dockerfile that starts from this image. Returns the lines with `target` and `base`
/// of the manifest, and the report.
fn imported(image: &str, machine: [&str; 2]) -> (String, String) {
    let folder = tempfile::tempdir().expect("the folder is writable");
    let path = folder.path();
    fs::write(path.join("Dockerfile"), format!("FROM {image}\n")).expect("the folder is writable");
    let report = run_expecting(path, &["init", machine[0], machine[1]], 0).err;
    let manifest = fs::read_to_string(path.join("project.kdl")).expect("it exists");
    let lines = manifest.lines().filter(|line| line.starts_with("target") || line.starts_with("base"));
    let lines: Vec<&str> = lines.collect();
    run_expecting(path, &["compile"], 0);
    let from = fs::read_to_string(path.join("Dockerfile.jcc")).expect("it exists");
    let same = from.lines().any(|line| line.starts_with(&format!("FROM {image}")));
    assert_eq!(same, !report.contains("the project uses"), "{image}: {report}");
    (lines.join("\n"), report)
}

#[test]
fn image_tags_are_kept_with_the_release_that_they_need() {
    let orin = ["--device", "jetson-agx-orin"];
    for (image, machine, expected) in [
        (
            "dustynv/l4t-pytorch:r36.2.0",
            orin,
            "target { device \"jetson-agx-orin\"; jetpack \"6.0-dp\" }\nbase \"dustynv/l4t-pytorch:r36.2.0\"",
        ),
        (
            "dustynv/l4t-pytorch:r35.4.1",
            orin,
            "target { device \"jetson-agx-orin\"; jetpack \"5.1.2\" }\nbase \"dustynv/l4t-pytorch:r35.4.1\"",
        ),
        (
            "ubuntu:24.04",
            ["--platform", "x86_64"],
            "target { platform \"x86_64\"; ubuntu \"24.04\" }\nbase \"ubuntu:24.04\"",
        ),
        ("ubuntu:22.04", ["--platform", "x86_64"], "target { platform \"x86_64\" }\nbase \"ubuntu:22.04\""),
    ] {
        assert_eq!(imported(image, machine).0, expected, "{image}");
    }
    let (lines, report) = imported("dustynv/l4t-pytorch:r36.99", orin);
    assert!(lines.contains("base \"dustynv/l4t-pytorch\""), "{lines}");
    assert!(
        report.contains("the catalogue does not have the tag of `dustynv/l4t-pytorch:r36.99`"),
        "{report}"
    );
    let (lines, report) = imported("dustynv/l4t-pytorch:r36.2.0", ["--device", "jetson-nano"]);
    assert!(!lines.contains("base ") && report.contains("does not fit this target"), "{lines}\n{report}");
}

#[test]
fn init_takes_one_device_or_platform() {
    let folder = tempfile::tempdir().expect("the folder is writable");
    let path = folder.path();
    for (name, suggested) in [
        ("orin", "`jetson-agx-orin`, `jetson-orin-nano` or `jetson-orin-nx`"),
        ("jetson-orin", "`jetson-agx-orin`, `jetson-orin-nano` or `jetson-orin-nx`"),
        ("xavier", "`jetson-agx-xavier` or `jetson-xavier-nx`"),
    ] {
        let report = run_expecting(path, &["init", "--device", name], 1).err;
        assert!(report.contains(suggested), "{report}");
    }
    let report = run_expecting(path, &["init", "--platform", "amd64"], 1).err;
    assert!(report.contains("did you mean `x86_64`?"), "{report}");
    run_expecting(path, &["init", "--platform", "x86_64", "--device", "jetson-nano"], 2);
    assert!(snapshot(path).is_empty());
    for platform in ["x86_64", "sbsa", "tegra"] {
        run_expecting(path, &["init", platform, "--platform", platform], 0);
        run_expecting(&path.join(platform), &["compile", "--deny-warnings"], 0);
        run_expecting(&path.join(platform), &["fmt", "--check", "-f", "project.kdl"], 0);
    }
}

#[test]
fn parts_of_a_dockerfile_that_are_not_imported_are_reported() {
    let folder = tempfile::tempdir().expect("the folder is writable");
    let path = folder.path();
    fs::write(path.join("Dockerfile"), "FROM scratch.example/x:1\nCOPY gone /gone\n")
        .expect("the folder is writable");
    fs::write(path.join("docker-compose.yaml"), "services: {}\n").expect("the folder is writable");
    let report = run_expecting(path, &["init", "--device", "jetson-agx-orin"], 0).err;
    assert!(report.contains("`scratch.example/x:1`, which was not imported"), "{report}");
    assert!(
        report.contains("your own `docker-compose.yaml` is unchanged") && !report.contains("imported from"),
        "{report}"
    );
    run_expecting(path, &["compile"], 0);
    assert_eq!(fs::read_to_string(path.join("docker-compose.yaml")).expect("it exists"), "services: {}\n");
}

#[test]
fn a_new_definition_passes_package_check() {
    let folder = tempfile::tempdir().expect("the folder is writable");
    let path = folder.path();
    run_expecting(path, &["package", "new", "my-tools"], 0);
    run_expecting(path, &["package", "new", "3d.things", "--group", "vision"], 0);
    run_expecting(path, &["package", "check", "--deny-warnings"], 0);
    run_expecting(path, &["fmt", "--check", "packages/extras/my-tools/package.kdl"], 0);
    let before = snapshot(path);
    run_expecting(path, &["package", "new", "my-tools", "--group", "other"], 1);
    run_expecting(path, &["package", "new", "../x"], 2);
    run_expecting(path, &["package", "new", "x", "--group", "../y"], 2);
    assert_eq!(snapshot(path), before);
    let report = run_expecting(path, &["package", "new", "numpy"], 0).err;
    assert!(report.contains("jcc includes a package `numpy`"), "{report}");
}

#[test]
fn tags_of_all_base_images_of_a_repository_are_known() {
    let pc = ["--platform", "x86_64"];
    for (image, base) in [
        ("nvidia/cuda:12.4.1-cudnn-devel-ubuntu22.04", "nvidia/cuda-cudnn:12.4.1-cudnn-devel-ubuntu22.04"),
        ("nvidia/cuda:12.6.3-cudnn-devel-ubuntu22.04", "nvidia/cuda-cudnn:12.6.3-cudnn-devel-ubuntu22.04"),
        ("nvidia/cuda:12.6.3-devel-ubuntu22.04", "nvidia/cuda:12.6.3-devel-ubuntu22.04"),
    ] {
        let (lines, report) = imported(image, pc);
        assert!(lines.contains(&format!("base \"{base}\"")), "{lines}\n{report}");
        assert!(!report.contains("the catalogue does not have"), "{report}");
    }
    // Of a tag that the catalogue does not have, the versions that it names are kept.
    let (lines, report) = imported("nvidia/cuda:12.6.99-devel-ubuntu22.04", pc);
    assert!(lines.contains("base \"nvidia/cuda:12.6.") && lines.contains("-devel-ubuntu22.04\""), "{lines}");
    assert!(report.contains("the catalogue does not have the tag"), "{report}");
    // In a manifest, the name of any base image of the repository works.
    let folder = tempfile::tempdir().expect("the folder is writable");
    let text = "project \"demo\"\ntarget { platform \"x86_64\" }\nbase \"nvidia/cuda:12.6.3-cudnn-devel-ubuntu22.04\"\n";
    fs::write(folder.path().join("project.kdl"), text).expect("the folder is writable");
    run_expecting(folder.path(), &["compile"], 0);
}

#[test]
fn the_release_that_a_tag_names_is_the_target() {
    let orin = ["--device", "jetson-agx-orin"];
    for (image, jetpack) in [
        ("nvcr.io/nvidia/l4t-jetpack:r36.4.0", "6.1"),
        ("nvcr.io/nvidia/l4t-jetpack:r35.4.1", "5.1.2"),
        ("nvcr.io/nvidia/l4t-jetpack:r36.2.0", "6.0-dp"),
    ] {
        let (lines, _) = imported(image, orin);
        assert!(lines.contains(&format!("jetpack \"{jetpack}\"")), "{image}: {lines}");
    }
}
