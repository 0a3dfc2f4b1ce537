use super::*;
use crate::testing::built_in;

fn catalog() -> Catalog {
    built_in().0
}

#[test]
fn devices_as_people_write_them() {
    let catalog = catalog();
    for (word, expected) in [
        ("orin nano super", "jetson-orin-nano"),
        ("orin-nano-super", "jetson-orin-nano"),
        ("OrinNano", "jetson-orin-nano"),
        ("Jetson AGX Orin 64GB", "jetson-agx-orin"),
        ("NVIDIA Jetson Orin NX 16GB Developer Kit", "jetson-orin-nx"),
        ("orin_nx_8gb", "jetson-orin-nx"),
        ("jetson-orin-agx", "jetson-agx-orin"),
        ("DGX Spark", "dgx-spark"),
        ("agx-xavier-32gb", "jetson-agx-xavier"),
        ("jetson-agx-orn", "jetson-agx-orin"),
        ("jetson-orin-nanoo", "jetson-orin-nano"),
    ] {
        assert_eq!(catalog.meant(DefinitionKind::Device, word).names, [expected], "{word}");
    }
    assert_eq!(catalog.meant(DefinitionKind::Device, "toaster").names, [""; 0]);
}

#[test]
fn gpus_by_their_names() {
    let catalog = catalog();
    for (word, expected) in [
        ("RTX 4090", &[("8.9", "x86_64")][..]),
        ("rtx4090", &[("8.9", "x86_64")]),
        ("NVIDIA GeForce RTX 3060 Ti", &[("8.6", "x86_64")]),
        ("A100-SXM4-80GB", &[("8.0", "x86_64")]),
        ("H100 PCIe", &[("9.0", "x86_64")]),
        ("GH200", &[("9.0", "sbsa")]),
        ("RTX 6000 Ada", &[("8.9", "x86_64")]),
        ("Ampere", &[("8.0", "x86_64"), ("8.6", "x86_64"), ("8.7", "tegra")]),
        ("toaster", &[]),
    ] {
        let found: Vec<(&str, &str)> =
            catalog.meant_gpus(word).0.iter().map(|gpu| (gpu.capability, gpu.platform)).collect();
        assert_eq!(found, expected, "{word}");
    }
}

#[test]
fn packages_as_others_call_them() {
    let catalog = catalog();
    for (word, expected) in [
        ("tf", "tensorflow"),
        ("TensorFlow", "tensorflow"),
        ("tensorflow-gpu", "tensorflow"),
        ("cv2", "opencv"),
        ("gst", "gstreamer"),
        ("scikit_learn", "scikit-learn"),
        ("pytroch", "pytorch"),
        ("ros-humble-desktop", "ros"),
    ] {
        assert_eq!(catalog.meant(DefinitionKind::Package, word).names, [expected], "{word}");
    }
    for word in ["git", "requests", "htop", "파이토치"] {
        assert_eq!(catalog.meant(DefinitionKind::Package, word).names, [""; 0], "{word}");
    }
}

#[test]
fn versions_as_people_write_them() {
    let catalog = catalog();
    for (axis, text, expected) in [
        ("cuda", "cu126", "12.6"),
        ("cuda", "126", "12.6"),
        ("cuda", "12-6", "12.6"),
        ("cuda", "12,6", "12.6"),
        ("cuda", "CUDA 12.6", "12.6"),
        ("cuda", "12.6.85", "12.6"),
        ("python", "cp310", "3.10"),
        ("python", "py310", "3.10"),
        ("python", "310", "3.10"),
        ("python", "3.10.12", "3.10"),
        ("ubuntu", "jammy", "22.04"),
        ("ubuntu", "Noble Numbat", "24.04"),
        ("ubuntu", "ubuntu22.04", "22.04"),
        ("ubuntu", "2204", "22.04"),
        ("l4t", "R36.4.3", "36.4.3"),
        ("l4t", "r36.4", "36.4"),
        ("l4t", "R36 (release), REVISION: 4.3", "36.4.3"),
        ("l4t", "36.4.3-b123", "36.4.3"),
        ("jetpack", "JP6.2", "6.2"),
        ("jetpack", "JP62", "6.2"),
        ("ros", "Humble", "humble"),
    ] {
        let package = catalog.package(axis).expect(axis);
        assert_eq!(package.meant_versions(text), [expected], "{axis} {text}");
    }
    for (axis, text) in
        [("cuda", "99"), ("l4t", "36.9"), ("l4t", "36.4.9"), ("l4t", "6.2"), ("jetpack", "36.4.3")]
    {
        let package = catalog.package(axis).expect(axis);
        assert_eq!(package.meant_versions(text), [""; 0], "{axis} {text}");
    }
}

#[test]
fn requests_in_the_form_of_other_tools() {
    let catalog = catalog();
    for (word, expected) in [
        ("pytorch==2.5", Some("pytorch \"2.5\"")),
        ("pytorch:2.5", Some("pytorch \"2.5\"")),
        ("torch@2.5", Some("pytorch \"2.5\"")),
        ("pytorch>=2", Some("pytorch \">=2\"")),
        ("ros:humble-desktop", Some("ros \"humble\" variant=\"desktop\"")),
        ("ros-humble", Some("ros \"humble\"")),
        ("ros-jazzy-nothing", Some("ros \"jazzy\"")),
        ("python3.10", Some("python \"3.10\"")),
        ("cuda-12-6", Some("cuda \"12.6\"")),
        ("nothing==1", None),
    ] {
        assert_eq!(catalog.meant_request(word).as_deref(), expected, "{word}");
    }
}
