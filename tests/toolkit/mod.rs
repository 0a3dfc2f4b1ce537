//! Toolkits that builds compile against, archives of system packages, and base images, in cases from
//! practice.

use std::collections::BTreeMap;

use jcc::Input;
use jcc::internals::diagnostic::Log;
use jcc::internals::fs::Memory;
use jcc::internals::source::Sources;

use crate::catalogue::stages::Stages;
use crate::support::report;

/// Compiles a manifest. Returns the generated files, or the report.
fn compile(target: &str, rest: &str) -> Result<BTreeMap<String, String>, String> {
    compile_with(target, rest, &[])
}

/// Compiles a manifest next to other files.
fn compile_with(
    target: &str,
    rest: &str,
    files: &[(&str, &str)],
) -> Result<BTreeMap<String, String>, String> {
    let text = format!("project \"case\"\ntarget \"here\" {{ {target} }}\n{rest}\n");
    let fs = Memory::with(files.iter().copied().chain([("project.kdl", text.as_str())]));
    let (mut sources, mut log) = (Sources::new(), Log::new());
    let input = Input { fs: &fs, manifest: "project.kdl", target: None, lock: "jcc.lock" };
    match jcc::compile(input, &mut sources, &mut log) {
        Ok(compiled) => Ok(compiled.artifacts.into_iter().collect()),
        Err(_) => Err(report(&log.sorted(), &sources)),
    }
}

fn dockerfile(target: &str, rest: &str) -> String {
    dockerfile_with(target, rest, &[])
}

fn dockerfile_with(target: &str, rest: &str, files: &[(&str, &str)]) -> String {
    let files = compile_with(target, rest, files).unwrap_or_else(|report| panic!("{report}"));
    files.into_iter().find(|(path, _)| path.ends_with("Dockerfile")).expect("it is written").1
}

/// Returns the system packages that a stage and the stages below it install, and the image below them.
fn stage(text: &str, name: &str) -> (Vec<String>, String) {
    let stages = Stages::new(text);
    assert!(stages.has(name), "no stage {name}");
    let (lines, image) = stages.below(name);
    let words = lines.iter().filter_map(|line| line.strip_prefix("    ")?.strip_suffix(" \\"));
    (words.map(str::to_owned).collect(), image.to_owned())
}

const THOR: &str = r#"device "jetson-agx-thor"; jetpack "7.1""#;
const ORIN: &str = r#"device "jetson-agx-orin"; jetpack "6.2""#;
const ORIN5: &str = r#"device "jetson-agx-orin"; jetpack "5.1.2""#;
const NANO: &str = r#"device "jetson-nano"; jetpack "4.6.4""#;
const PC: &str = r#"platform "x86_64"; ubuntu "24.04"; driver ">=570"; gpu "8.9""#;

#[track_caller]
fn has(all: &[String], wanted: &[&str]) {
    for name in wanted {
        assert!(all.iter().any(|one| one == name), "no {name} in {all:#?}");
    }
}

#[test]
fn builds_of_packages_that_require_cuda_have_the_toolkit() {
    let build = "build { git \"https://example.com/demo.git\" commit=\"0000000000000000000000000000000000000000\" to=\"/src/demo\"; cmake \"/src/demo\"; export \"/usr/local\" }";
    let tools = "cmake \"*\" stage=\"build\"; build-essential \"*\" stage=\"build\"";
    let from = |requires: &str| {
        let demo = format!(
            "package \"demo\" {{ summary \"A demo\"; requires {{ {requires}; {tools} }}; {build} }}\n"
        );
        let files = [("my/demo/package.kdl", demo.as_str())];
        let text = dockerfile_with(ORIN, "catalog \"my\"\npackages { demo }", &files);
        stage(&text, "build-demo").1
    };
    assert!(from("cuda").contains("l4t-jetpack"), "{}", from("cuda"));
    assert!(from("cuda \"12.6\"").contains("l4t-jetpack"));
    assert!(from("cuda; cuda \"*\" stage=\"build\"").contains("l4t-jetpack"));
    assert!(!from("cuda \"*\" stage=\"run\"").contains("l4t-jetpack"));
}

#[test]
fn builds_install_the_toolkit_if_no_image_contains_it() {
    let cases: [(&str, &str, &str, &[&str]); 5] = [
        (
            THOR,
            "packages { opencv-cuda }",
            "build-opencv-cuda",
            &[
                "cuda-nvcc-13-0",
                "cuda-cudart-dev-13-0",
                "cuda-libraries-dev-13-0",
                "libcudnn9-dev-cuda-13=9.12.0.46-1",
            ],
        ),
        (
            ORIN,
            "pin { cuda \"12.9\" }\npackages { bitsandbytes }",
            "build-bitsandbytes",
            &["cuda-nvcc-12-9", "cuda-cudart-dev-12-9", "cuda-libraries-dev-12-9"],
        ),
        (
            ORIN5,
            "pin { cuda \"12.2\" }\npackages { pycuda }",
            "build-pycuda",
            &["cuda-nvcc-12-2", "cuda-cudart-dev-12-2", "cuda-libraries-dev-12-2"],
        ),
        (THOR, "packages { llama_cpp }", "build-llama_cpp", &["cuda-nvcc-13-0", "cuda-libraries-dev-13-0"]),
        (ORIN, "pin { cuda \"12.4\" }\npackages { llama_cpp }", "build-llama_cpp", &["cuda-nvcc-12-4"]),
    ];
    for (target, rest, build, wanted) in cases {
        let text = dockerfile(target, rest);
        has(&stage(&text, build).0, wanted);
        let (shipped, _) = stage(&text, "final");
        assert!(
            !shipped.iter().any(|name| name.starts_with("cuda-nvcc")),
            "{target}: the image contains a compiler"
        );
    }
}

#[test]
fn builds_use_the_image_of_the_release_if_there_is_one() {
    let text = dockerfile(ORIN, "packages { pycuda }");
    let (installed, image) = stage(&text, "build-pycuda");
    assert_eq!(image, "nvcr.io/nvidia/l4t-jetpack:r36.4.0");
    assert!(!installed.iter().any(|name| name.starts_with("cuda-nvcc")), "{installed:?}");
}

#[test]
fn the_stage_for_development_contains_the_toolkit_of_the_builds() {
    let dev = "output { dev #true }";
    let text = dockerfile(ORIN, &format!("packages {{ opencv-cuda; pytorch }}\n{dev}"));
    has(
        &stage(&text, "dev").0,
        &["cuda-nvcc-12-6", "cuda-cudart-dev-12-6", "libcudnn9-dev-cuda-12=9.3.0.75-1", "cmake"],
    );
    assert!(!stage(&text, "final").0.iter().any(|name| name.starts_with("cuda-nvcc")));
    let text = dockerfile(THOR, "packages { llama_cpp }\noutput { devcontainer \".devcontainer.json\" }");
    has(&stage(&text, "dev").0, &["cuda-nvcc-13-0", "cuda-libraries-dev-13-0"]);
    let text = dockerfile(PC, &format!("packages {{ pycuda }}\n{dev}"));
    assert!(stage(&text, "dev").0.iter().any(|name| name.starts_with("cuda-nvcc-12-")), "{text}");
    let text = dockerfile(ORIN, &format!("packages {{ pytorch }}\n{dev}"));
    assert!(!stage(&text, "dev").0.iter().any(|name| name.starts_with("cuda-nvcc")), "nothing is built");
}

#[test]
fn a_requested_toolkit_is_in_the_image() {
    let text = dockerfile(ORIN, "packages { cuda variant=\"devel\"; pycuda }");
    has(&stage(&text, "final").0, &["cuda-toolkit-12-6"]);
    let text = dockerfile(THOR, "packages { cuda variant=\"devel\"; llama_cpp }");
    has(&stage(&text, "final").0, &["cuda-toolkit-13-0"]);
    assert!(!text.contains(" AS devel"), "the base contains it already:\n{text}");
}

#[test]
fn a_version_known_only_from_an_image_has_no_toolkit() {
    let base = |cudnn: &str| {
        format!(
            "base image=\"registry.example.com/team/runtime:2\" {{ provides {{ ubuntu \"22.04\"; cuda \"12.8\"; cudnn \"{cudnn}\" }} }}\npackages {{ opencv-cuda }}"
        )
    };
    let target = r#"platform "x86_64"; ubuntu "22.04"; driver ">=580"; gpu "8.6""#;
    let report = compile(target, &base("9.8.0.1")).expect_err("the catalogue does not know it");
    assert!(report.contains("jcc::plan::no-toolkit") && report.contains("cudnn 9.8.0.1"), "{report}");
    let text = dockerfile(target, &base("9.8.0.87"));
    assert!(stage(&text, "build-opencv-cuda").1.ends_with("-cudnn-devel-ubuntu22.04"), "{text}");
}

#[test]
fn builds_install_what_the_host_mounts_at_run_time() {
    for (rest, build) in [
        ("packages { torchvision }", "build-torchvision"),
        ("base \"l4t-base\"\npackages { torchaudio }", "build-torchaudio"),
        ("base \"l4t-pytorch\"\npackages { torchvision }", "build-torchvision"),
    ] {
        let text = dockerfile(NANO, rest);
        let (installed, _) = stage(&text, build);
        has(&installed, &["cuda-toolkit-10-2"]);
        let (lines, _) = Stages::new(&text).below(build);
        assert!(lines.contains(&"Suites: r32.7"), "{rest}: the archive is the one for that release");
        let (shipped, _) = stage(&text, "final");
        assert!(!shipped.iter().any(|name| name.starts_with("cuda-")), "{rest}: the host mounts CUDA");
        assert!(
            !text.contains("check-libraries"),
            "{rest}: libraries that the host mounts cannot be checked in the build"
        );
    }
}

#[test]
fn everything_on_l4t_32_starts_from_l4t_base() {
    for rest in ["", "packages { gstreamer }", "packages { pytorch }", "apt { install \"htop\" }"] {
        let text = dockerfile(NANO, rest);
        assert_eq!(stage(&text, "final").1, "nvcr.io/nvidia/l4t-base:r32.7.1", "{rest}");
    }
    let text = dockerfile(r#"device "jetson-nano"; l4t "32.6.1""#, "packages { gstreamer }");
    assert_eq!(stage(&text, "final").1, "nvcr.io/nvidia/l4t-base:r32.6.1");
    assert_eq!(stage(&dockerfile(ORIN, "packages { gstreamer }"), "final").1, "ubuntu:22.04");
}

#[test]
fn archives_are_added_with_their_packages() {
    for (target, rest) in [
        (ORIN, "packages { vllm }"),
        (ORIN, "packages { deepspeed }"),
        (ORIN, "packages { nanoowl }"),
        (THOR, "packages { deepspeed }"),
    ] {
        let text = dockerfile(target, rest);
        let (lines, _) = Stages::new(&text).below("final");
        let sources =
            lines.iter().filter(|line| line.ends_with("/etc/apt/sources.list.d/nvidia-l4t-jetson.sources"));
        assert_eq!(sources.count(), 1, "{rest}: the archive is added once");
    }
    // NVIDIA's images already have this archive with another key. apt rejects a second entry.
    let text = dockerfile(PC, "packages { vllm \"0.10.2\" }");
    let (lines, image) = Stages::new(&text).below("final");
    let added = lines.iter().any(|line| line.contains("sources.list.d/nvidia-cuda.sources"));
    assert_eq!(added, !image.starts_with("nvidia/cuda:"), "{image}");
}

#[test]
fn an_archive_named_by_two_definitions_is_added_once() {
    let text = dockerfile(
        r#"device "jetson-agx-orin"; jetpack "6.2"; ubuntu "24.04""#,
        "packages { tensorrt }\nallow \"jcc::resolve::unproven\" reason=\"a test\"",
    );
    let uris: Vec<&str> = text.lines().filter(|line| line.starts_with("URIs: https://developer")).collect();
    assert_eq!(uris, ["URIs: https://developer.download.nvidia.com/compute/cuda/repos/ubuntu2404/arm64/"]);
}

#[test]
fn a_pinned_family_names_all_its_members() {
    let text = dockerfile(PC, "packages { tensorrt \"10.9\" variant=\"devel\" }");
    let (installed, _) = stage(&text, "final");
    let family: Vec<&String> =
        installed.iter().filter(|name| name.contains("nvinfer") || name.contains("nvonnx")).collect();
    assert!(family.iter().all(|name| name.ends_with("=10.9.0.34-1+cuda12.8")), "{family:#?}");
    for name in [
        "libnvinfer-headers-dev",
        "libnvinfer-headers-plugin-dev",
        "libnvinfer-lean10",
        "libnvinfer-dispatch10",
    ] {
        assert!(family.iter().any(|one| one.starts_with(&format!("{name}="))), "{name}: {family:#?}");
    }
    let cudnn = |version: &str| {
        let target = r#"platform "x86_64"; ubuntu "22.04"; driver ">=580"; gpu "8.6""#;
        let text = dockerfile(
            target,
            &format!("base \"ubuntu\"\npackages {{ cudnn \"{version}\" variant=\"devel\" }}"),
        );
        let (installed, _) = stage(&text, "final");
        installed.into_iter().filter(|name| name.starts_with("libcudnn")).collect::<Vec<_>>()
    };
    assert_eq!(
        cudnn("9.10"),
        [
            "libcudnn9-cuda-12=9.10.2.21-1",
            "libcudnn9-dev-cuda-12=9.10.2.21-1",
            "libcudnn9-headers-cuda-12=9.10.2.21-1"
        ]
    );
    assert_eq!(cudnn("9.8"), ["libcudnn9-cuda-12=9.8.0.87-1", "libcudnn9-dev-cuda-12=9.8.0.87-1"]);
}

#[test]
fn distribution_names_are_expanded() {
    for (target, rest, wanted) in [
        (PC, "packages { xgboost \"3.4\" }", "xgboost-cu12=="),
        (PC, "packages { dali }", "nvidia-dali-cuda120=="),
    ] {
        let text = dockerfile(target, rest);
        assert!(!text.contains("{{"), "{rest}");
        assert!(
            text.lines().any(|line| line.trim_start().starts_with(wanted)),
            "{rest}: {wanted} is not installed"
        );
    }
}

#[test]
fn a_digest_pins_a_base_of_the_catalogue() {
    let digest = format!("sha256:{}", "0123456789abcdef".repeat(4));
    let named =
        dockerfile(ORIN, &format!("base \"l4t-tensorrt\" digest=\"{digest}\"\npackages {{ tensorrt }}"));
    let image = format!("nvcr.io/nvidia/l4t-tensorrt:r10.3.0-runtime@{digest}");
    assert_eq!(stage(&named, "final").1, image);
    let system = stage(&named, "final").0;
    assert!(!system.iter().any(|name| name.starts_with("libnvinfer10")), "the base contains TensorRT");
    // The same image by reference: what the catalogue states about the tag applies.
    let whole = dockerfile(ORIN, &format!("base image=\"{image}\"\npackages {{ tensorrt }}"));
    assert_eq!(stage(&whole, "final"), stage(&named, "final"));
    let report = compile(ORIN5, &format!("base image=\"{image}\"\npackages {{ tensorrt }}"));
    assert!(report.is_err(), "the image is for another release");
}

#[test]
fn libraries_of_packages_that_use_cuda_are_checked_in_the_build() {
    let files = compile(ORIN, "packages { pytorch; torchvision; onnxruntime }").expect("it compiles");
    let tests = files.iter().filter(|(path, _)| path.starts_with(".jcc/test/build.d/"));
    let calls: Vec<&str> =
        tests.flat_map(|(_, text)| text.lines()).filter(|line| line.contains("check-libraries")).collect();
    let program = "bash /run/test/check-libraries";
    assert!(calls.contains(&&*format!("{program} libgomp.so.1 --of torch")), "{calls:#?}");
    assert!(
        calls.contains(&&*format!("{program} --of torchvision --absent 'libav*' 'libsw*'")),
        "{calls:#?}"
    );
    assert!(
        files[".jcc/test/check-libraries"].contains("'libcuda.so*'"),
        "libraries of the driver may be absent"
    );
    assert!(!files["Dockerfile"].contains("check-libraries"), "only tests use it");
}

#[test]
fn wheels_that_bring_cuda_need_no_cuda_image() {
    let base = |packages: &str| {
        let text = dockerfile(PC, &format!("packages {{ {packages} }}"));
        let image = stage(&text, "final").1;
        (image, text)
    };
    for packages in ["pytorch", "torchvision; torchaudio", "jax", "tensorflow"] {
        let (image, text) = base(packages);
        assert_eq!(image, "ubuntu:24.04", "{packages}");
        assert!(text.contains(", cuda 1"), "{packages}: the header names the CUDA version of the wheels");
        assert!(text.contains("NVIDIA_VISIBLE_DEVICES=all"), "{packages}");
    }
    // A package that links to CUDA libraries of the image needs an image with them, whatever else is
    // installed.
    for packages in ["onnxruntime", "pytorch; tensorrt", "pytorch; cupy", "cuda"] {
        let (image, _) = base(packages);
        assert!(image.starts_with("nvidia/cuda:"), "{packages}: {image}");
    }
}
