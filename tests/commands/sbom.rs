//! `jcc sbom`. `tests/lint/sbom` validates the documents of the examples against the published schemas.

use super::lock::write;
use super::run_expecting;

const MANIFEST: &str = r#"project "demo" version="1.2.0"
target { platform "x86_64" }
base image="debian:bookworm-slim" { provides { debian "12"; python "3.11" } }
apt { install "jq" "curl=7.88.1-10" }
pip { install "six==1.16.0" }
run { gpu #false }
"#;

#[test]
fn components_have_versions_licences_and_package_urls() {
    let folder = tempfile::tempdir().expect("there is room");
    write(folder.path(), "project.kdl", MANIFEST);
    let printed = |format| run_expecting(folder.path(), &["sbom", "--format", format], 0).out;
    insta::assert_snapshot!("sbom-cyclonedx", printed("cyclonedx"));
    insta::assert_snapshot!("sbom-spdx", printed("spdx"));
    assert_eq!(printed("cyclonedx"), printed("cyclonedx"));
}

#[test]
fn packages_of_the_catalogue_are_components_with_their_requirements() {
    let folder = tempfile::tempdir().expect("there is room");
    let text = "project \"demo\"\ntarget { device \"jetson-orin-nx\"; jetpack \"6.2\" }\npackages { pytorch \"2.9\" }\n";
    write(folder.path(), "project.kdl", text);
    let out = run_expecting(folder.path(), &["sbom"], 0).out;
    let bom: serde_json::Value = serde_json::from_str(&out).expect("it is JSON");
    let components = bom["components"].as_array().expect("it is a list");
    let pytorch = components.iter().find(|one| one["bom-ref"] == "package:pytorch").expect("it is listed");
    assert_eq!(pytorch["version"], "2.9.1");
    assert_eq!(pytorch["licenses"][0]["expression"], "BSD-3-Clause");
    assert_eq!(pytorch["hashes"][0]["content"].as_str().map(str::len), Some(64));
    let edges = bom["dependencies"].as_array().expect("it is a list");
    let of = edges.iter().find(|one| one["ref"] == "package:pytorch").expect("it is listed");
    assert!(
        of["dependsOn"].as_array().is_some_and(|all| all.iter().any(|one| one == "package:cuda")),
        "{of}"
    );
}

#[test]
fn a_document_describes_one_target() {
    let folder = tempfile::tempdir().expect("there is room");
    let two = MANIFEST.replace("target {", "target \"a\" { platform \"x86_64\" }\ntarget \"b\" {");
    write(folder.path(), "project.kdl", &two);
    let ran = run_expecting(folder.path(), &["sbom"], 1);
    assert!(ran.err.contains("help: name one with `--target`: `a`, `b`"), "{}", ran.err);
    run_expecting(folder.path(), &["sbom", "--target", "b"], 0);
}
