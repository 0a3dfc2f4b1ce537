//! Checks of Python environments consider what each environment contains.

use std::collections::BTreeSet;

use crate::catalogue::compile;

/// Compiles a project. Returns the codes of its diagnostics, or those of its errors.
fn codes(target: &str, rest: &str) -> Result<BTreeSet<String>, BTreeSet<String>> {
    let compiled = compile(&format!("project \"one\"\ntarget {{ {target} }}\n{rest}\n"));
    let other = "jcc::plan::shared-memory";
    compiled.map(|(_, codes)| codes.into_iter().filter(|code| code != other).collect())
}

const INDEX_BUILD: &str = "jcc::plan::index-build";

fn one(code: &str) -> BTreeSet<String> {
    BTreeSet::from([code.to_owned()])
}

#[test]
fn cuda_of_wheels_does_not_restrict_separate_environments() {
    let noble = |driver: &str| format!("platform \"x86_64\"; ubuntu \"24.04\"; gpu \"8.6\"{driver}");
    let beside = |package: &str, spec: &str| {
        format!("packages {{ {package} }}\npip {{ venv \"apart\" {{ install \"{spec}\" }} }}")
    };
    // PyTorch 2.5 contains CUDA 12.4 and PyTorch 2.15 CUDA 13.2. Whether both run depends only on the driver.
    let new = beside("pytorch \"2.5\"", "torch==2.15.0");
    assert_eq!(codes(&noble("; driver \">=580\""), &new), Ok(one(INDEX_BUILD)), "a warning");
    assert_eq!(codes(&noble("; driver \">=550\""), &new), Err(one(INDEX_BUILD)));
    assert_eq!(codes(&noble(""), &new), Ok(one(INDEX_BUILD)), "the driver is not stated");
    let old = beside("pytorch \"2.15\"", "torch==2.5.1");
    assert_eq!(codes(&noble("; driver \">=595\""), &old), Ok(one(INDEX_BUILD)));
}

#[test]
fn system_libraries_are_visible_to_every_environment() {
    let target = "platform \"x86_64\"; ubuntu \"24.04\"; gpu \"8.6\"; driver \">=580\"";
    let with = |packages: &str, spec: &str| {
        let rest = format!("packages {{ {packages} }}\npip {{ venv \"apart\" {{ install \"{spec}\" }} }}");
        codes(target, &rest)
    };
    // onnxruntime-gpu 1.31 loads CUDA 13 from the image, 1.22 CUDA 12.
    assert_eq!(with("cuda \"12.6\"", "onnxruntime-gpu==1.31.1"), Err(one(INDEX_BUILD)));
    assert_eq!(with("cuda \"12.6\"; cudnn", "onnxruntime-gpu==1.22.0"), Ok(BTreeSet::new()));
    assert_eq!(with("cuda \"13.0\"; cudnn", "onnxruntime-gpu==1.31.1"), Ok(BTreeSet::new()));
    // Without the catalogue's package, the libraries that it would add are missing.
    assert_eq!(with("pytorch \"2.5\"", "onnxruntime-gpu==1.31.1"), Ok(one(INDEX_BUILD)));
}

#[test]
fn the_cpu_build_does_not_replace_the_gpu_build() {
    let target = "platform \"x86_64\"; ubuntu \"22.04\"; gpu \"8.6\"; driver \">=580\"";
    let text = |packages: &str| {
        let text = format!("project \"one\"\ntarget {{ {target} }}\npackages {{ {packages} }}\n");
        let (compiled, _) = compile(&text).expect("it compiles");
        compiled
            .artifacts
            .into_iter()
            .find(|(path, _)| path.ends_with("Dockerfile"))
            .expect("it is written")
            .1
    };
    // Both depend on `onnxruntime`, the build for the CPU.
    for spec in ["faster-whisper==1.2.1", "piper-tts==1.8.0"] {
        let package = spec.split('=').next().unwrap_or_default();
        let without = format!("--no-deps \\\n    {spec}");
        assert!(!text(package).contains(&without), "without onnxruntime, {package} gets it from the index");
        assert!(text(&format!("{package}; onnxruntime")).contains(&without), "{package}");
        assert!(text(&format!("onnxruntime; {package}; numpy")).contains(&without), "{package}");
    }
}

/// Compiles a project and returns its Dockerfile.
fn dockerfile(target: &str, rest: &str) -> String {
    let (compiled, _) =
        compile(&format!("project \"one\"\ntarget {{ {target} }}\n{rest}\n")).expect("it compiles");
    compiled.artifacts.into_iter().find(|(path, _)| path.ends_with("Dockerfile")).expect("it is written").1
}

#[test]
fn run_time_compiled_kernels_have_the_cuda_headers() {
    let on = |cuda: &str| {
        let target = "platform \"x86_64\"; ubuntu \"22.04\"; gpu \"8.6\"; driver \">=580\"";
        dockerfile(target, &format!("pin {{ cuda \"{cuda}\" }}\npackages {{ cupy }}"))
    };
    assert!(on("12.8").contains("    cuda-cudart-dev-12-8 \\\n"));
    assert!(!on("12.8").contains("cuda-crt-"), "CUDA 12 has them in cuda-nvcc");
    assert!(on("13.0").contains("    cuda-crt-13-0 \\\n    cuda-cudart-dev-13-0 \\\n"));
    assert!(!on("11.8").contains("cuda-cudart-dev"), "CuPy contains those of CUDA 11");
    let orin = dockerfile("device \"jetson-agx-orin\"; jetpack \"6.2\"", "packages { cupy }");
    assert!(orin.contains("    cuda-cudart-dev-12-6 \\\n"));
    let cudf = "platform \"x86_64\"; ubuntu \"24.04\"; gpu \"8.6\"; driver \">=580\"";
    assert!(dockerfile(cudf, "packages { cudf }").contains("    cuda-cudart-dev-1"), "it requires CuPy");
}

#[test]
fn apt_python_modules_require_the_python_of_the_distribution() {
    let orin = |rest: &str| codes("device \"jetson-agx-orin\"; jetpack \"6.2\"; ubuntu \"22.04\"", rest);
    for package in ["tensorrt", "vpi", "opencv"] {
        let own = format!("packages {{ {package}; python \"3.10\" }}");
        assert!(orin(&own).is_ok(), "{package}");
        let other = format!("packages {{ {package}; python \"3.12\" }}");
        assert_eq!(orin(&other), Err(one("jcc::resolve::conflict")), "{package}");
    }
    let debian = "base \"debian\"\npackages { tensorrt }";
    assert!(
        codes("device \"jetson-agx-orin\"; jetpack \"6.2\"", debian).is_err(),
        "Jetson's modules are for Ubuntu"
    );
    assert!(codes("platform \"x86_64\"; gpu \"8.6\"", debian).is_ok());
}

#[test]
fn faster_whisper_uses_the_gpu_of_the_target() {
    let on = |target: &str, option: &str| {
        dockerfile(target, &format!("packages {{ faster-whisper {option} }}")).contains("dev.jcc.cudnn=9")
    };
    let pc = "platform \"x86_64\"; ubuntu \"22.04\"";
    assert!(on(&format!("{pc}; gpu \"8.6\""), ""));
    assert!(!on(pc, ""), "no GPU is stated");
    assert!(!on(&format!("{pc}; gpu \"8.6\""), "{ option \"device\" \"cpu\" }"));
    assert!(
        !on("device \"jetson-agx-orin\"; jetpack \"6.2\"", ""),
        "its wheels for ARM have no CUDA support"
    );
}
