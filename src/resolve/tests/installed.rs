//! Wheels that contain CUDA are not restricted to the distributions whose archive has that version of CUDA.

use super::{solved, versions};

const NAMES: [&str; 4] = ["ubuntu", "debian", "cuda", "pytorch"];

fn on(distribution: &str, packages: &str) -> String {
    format!(
        "target {{ platform \"x86_64\"; driver \">=580\"; gpu \"8.6\"; {distribution} }}\npackages {{ {packages} }}"
    )
}

/// Returns the chosen distribution, CUDA (if installed) and `PyTorch`.
fn chosen(distribution: &str, packages: &str) -> String {
    versions(&on(distribution, packages), &NAMES)
}

#[test]
fn a_wheel_that_contains_cuda_runs_on_any_distribution() {
    // NVIDIA's archive for Ubuntu 24.04 does not have CUDA 11.8, 12.1 and 12.4.
    let noble = "ubuntu \"24.04\"";
    assert_eq!(chosen(noble, "pytorch \"2.5\""), "ubuntu 24.04, debian -, cuda -, pytorch 2.5.1");
    assert_eq!(chosen(noble, "pytorch \"2.4\""), "ubuntu 24.04, debian -, cuda -, pytorch 2.4.1");
    assert_eq!(
        chosen(noble, "pytorch \"2.5\"; torchvision"),
        "ubuntu 24.04, debian -, cuda -, pytorch 2.5.1"
    );
    let base = solved(&on(noble, "pytorch \"2.5\"")).unwrap().base.image.to_string();
    assert_eq!(base, "ubuntu:24.04");
}

#[test]
fn the_same_wheel_with_an_installed_cuda_depends_on_it() {
    let jammy = "ubuntu \"22.04\"";
    assert_eq!(chosen(jammy, "pytorch \"2.5\"; cuda"), "ubuntu 22.04, debian -, cuda 12.4, pytorch 2.5.1");
    // If the manifest allows several distributions, one that has both is chosen.
    assert_eq!(
        chosen("ubuntu \">=22.04\"", "pytorch \"2.5\"; cuda"),
        "ubuntu 22.04, debian -, cuda 12.4, pytorch 2.5.1"
    );
    for packages in ["pytorch \"2.5\"; cuda", "pytorch \"2.5\"; cupy", "pytorch \"2.5\"; opencv-cuda"] {
        let report = solved(&on("ubuntu \"24.04\"", packages)).expect_err("no archive has it");
        assert!(report.contains("conflicts with Ubuntu 24.04"), "{packages}: {report}");
        assert!(report.contains("`ubuntu \"22.04\"`"), "{packages}: {report}");
    }
}
