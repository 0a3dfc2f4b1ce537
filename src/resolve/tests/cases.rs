//! Known cases: typical manifests, and the versions that must be chosen for them.

use insta::assert_snapshot;

use super::{solved, table, versions};

const TORCH: [&str; 2] = ["pytorch", "torchvision"];

#[test]
fn the_newest_for_jetpack_5() {
    let manifest = "target { device \"jetson-agx-orin\"; l4t \"35.2\" }\npackages { pytorch; torchvision }";
    assert_snapshot!(versions(manifest, &TORCH), @"pytorch 2.2.0, torchvision 0.17.2");
}

#[test]
fn bases_of_servers() {
    let mut all = String::new();
    for target in ["x86_64", "x86_64\"; ubuntu \"22.04", "x86_64\"; ubuntu \"24.04", "sbsa"] {
        for pin in ["", "pin { cudnn \"9\" }"] {
            for package in ["pytorch", "tensorrt", "cuda", "cudnn", "tmux"] {
                let manifest = format!("target {{ platform \"{target}\" }}\n{pin}\npackages {{ {package} }}");
                let base = solved(&manifest).map(|one| {
                    let devel = one.devel.map_or_else(String::new, |devel| format!(" devel {}", devel.image));
                    format!("{}{devel}", one.base.image)
                });
                let name = target.replace("\"; ", " ").replace('"', "");
                all += &format!("{name} {pin} {package}: {}\n", base.unwrap_or_else(|report| report));
            }
        }
    }
    assert_snapshot!(all);
}

#[test]
fn a_pin_cascades() {
    let manifest = "target { device \"jetson-agx-orin\"; l4t \"35.2\" }\npin { pytorch \"2.0\" }\npackages { pytorch; torchvision }";
    assert_snapshot!(versions(manifest, &TORCH), @"pytorch 2.0.0, torchvision 0.15.1");
}

#[test]
fn an_upgraded_cuda() {
    let manifest = "target { device \"jetson-agx-orin\"; l4t \"36.2\" }\npin { cuda \"12.4\"; python \"3.10\" }\npackages { pytorch; torchvision }";
    assert_snapshot!(versions(manifest, &TORCH), @"pytorch 2.6.0, torchvision 0.21.0");
    let pinned = manifest.replace("pytorch;", "pytorch \"2.5\";");
    assert_snapshot!(versions(&pinned, &TORCH), @"pytorch 2.5.0, torchvision 0.20.0");
}

#[test]
fn jetpack_decides_l4t() {
    let manifest = "target { device \"jetson-agx-orin\"; jetpack \"6.0\" }\npin { cuda \"12.4\"; python \"3.10\" }\npackages { pytorch \"2.5\"; torchvision }";
    assert_snapshot!(versions(manifest, &["l4t", "pytorch", "torchvision"]), @"l4t 36.3.0, pytorch 2.5.0, torchvision 0.20.0");
}

#[test]
fn tensorrt_moves_cuda() {
    let manifest = "target { device \"jetson-agx-orin\"; jetpack \"6.0\" }\npin { tensorrt \"10.3\" }\npackages { tensorrt }";
    assert_snapshot!(versions(manifest, &["tensorrt", "cuda", "cudnn"]), @"tensorrt 10.3.0.30, cuda 12.6, cudnn 9.3.0.75");
    let pinned = manifest.replace("pin {", "pin { cuda \"12.2\";");
    assert_snapshot!(table(&pinned));
}

#[test]
fn a_pin_moves_the_stack() {
    let manifest = "target { device \"jetson-agx-orin\"; jetpack \"6.0\" }\npin { cuda \"12.6\" }\npackages { tensorrt; pytorch }";
    assert_snapshot!(table(manifest));
}

#[test]
fn a_python_that_cannot_be() {
    let manifest = "target { device \"jetson-agx-orin\"; l4t \"36.2\" }\npin { cuda \"12.4\"; python \"3.8\" }\npackages { pytorch; torchvision }";
    assert_snapshot!(table(manifest));
}

#[test]
fn a_cuda_that_does_not_run() {
    let manifest = "target { device \"jetson-agx-orin\"; l4t \"36.2\" }\npin { cuda \"11.4\"; python \"3.10\" }\npackages { pytorch; torchvision }";
    assert_snapshot!(table(manifest));
}

#[test]
fn a_driver_that_is_too_old() {
    let manifest = "target { platform \"x86_64\"; gpu \"8.9\"; driver \">=550\" }\npin { cuda \"13.0\" }\npackages { pytorch }";
    assert_snapshot!(table(manifest));
}

#[test]
fn a_workstation() {
    let manifest =
        "target { platform \"x86_64\"; gpu \"8.9\" }\npackages { pytorch; torchvision; torchaudio }";
    assert_snapshot!(table(manifest));
}

#[test]
fn perception() {
    let manifest = "target { device \"jetson-agx-orin\"; jetpack \"6.2\" }\npackages { ros \"humble\" variant=\"desktop\"; vtk \"9.3\"; pcl; cupcl }";
    assert_snapshot!(table(manifest));
}

const STACK: [&str; 5] = ["l4t", "cuda", "cudnn", "tensorrt", "python"];

#[test]
fn a_distribution_that_is_not_the_default_of_the_release() {
    let manifest = "target { device \"jetson-orin-nano\"; jetpack \"6.2\"; ubuntu \"24.04\" }\npackages { ros \"jazzy\"; cudnn }";
    assert_snapshot!(versions(manifest, &STACK), @"l4t 36.5.2, cuda 12.8, cudnn 9.8.0.87, tensorrt -, python 3.12");
}

#[test]
fn an_older_tensorrt_moves_cuda_back() {
    let manifest = "target { device \"jetson-orin-nano\"; l4t \"36.4.3\" }\npackages { tensorrt \"8.6\" }";
    assert_snapshot!(versions(manifest, &STACK), @"l4t 36.4.3, cuda 12.2, cudnn 8.9.4.25, tensorrt 8.6.2.3, python 3.10");
}

#[test]
fn a_developer_preview_is_chosen_if_named() {
    let manifest = "target { device \"jetson-xavier-nx\"; l4t \"34.1\" }\npackages { tensorrt }";
    assert_snapshot!(versions(manifest, &["jetpack", "cuda", "cudnn", "tensorrt"]), @"jetpack 5.0.1-dp, cuda 11.4, cudnn 8.3.2.49, tensorrt 8.4.0");
}

#[test]
fn an_old_driver_lowers_cuda() {
    let manifest =
        "target { platform \"x86_64\"; gpu \"8.9\"; driver \">=550\" }\npackages { tensorrt; cudnn }";
    assert_snapshot!(versions(manifest, &["driver", "cuda", "cudnn", "tensorrt"]), @"driver 550, cuda 12.4, cudnn 9.1.0.70, tensorrt 10.0.1.6");
}

#[test]
fn a_debian_base_selects_debian() {
    let manifest =
        "target { platform \"x86_64\"; gpu \"8.9\" }\nbase \"debian\"\npackages { tensorrt; python }";
    assert_snapshot!(versions(manifest, &["debian", "ubuntu", "cuda", "tensorrt", "python"]), @"debian 12, ubuntu -, cuda 12.8, tensorrt 10.9.0.34, python 3.11");
}

#[test]
fn a_published_image_counts_as_installed() {
    let manifest = "target { device \"jetson-agx-orin\"; l4t \"35.4.1\" }\nbase \"dustynv/l4t-pytorch\"\npackages { pytorch; torchvision }";
    assert_snapshot!(versions(manifest, &TORCH), @"pytorch 2.2, torchvision 0.17.2");
}

/// Resolves each of these packages alone on a target.
fn alone(target: &str, packages: &[&str]) -> String {
    let one = |name: &&str| {
        let manifest = format!("target {{ {target} }}\npackages {{ {name} }}");
        solved(&manifest).map_or_else(|_| format!("{name} -"), |_| versions(&manifest, &[name]))
    };
    packages.iter().map(one).collect::<Vec<_>>().join(", ")
}

#[test]
fn frameworks_of_each_platform() {
    let all = ["pytorch", "tensorflow", "onnxruntime", "jax", "cupy"];
    let jetson = |device: &str, l4t: &str| alone(&format!("device \"{device}\"; l4t \"{l4t}\""), &all);
    assert_snapshot!(jetson("jetson-nano", "32.7.1"), @"pytorch 1.10.0, tensorflow 2.7.0, onnxruntime 1.11.0, jax -, cupy -");
    assert_snapshot!(jetson("jetson-agx-orin", "35.4.1"), @"pytorch 2.2.0, tensorflow 2.12.0, onnxruntime 1.16.0, jax -, cupy 12.3.0");
    assert_snapshot!(jetson("jetson-agx-orin", "36.3"), @"pytorch 2.4.0, tensorflow 2.16.1, onnxruntime 1.18.0, jax -, cupy 14.2.0");
    assert_snapshot!(jetson("jetson-agx-orin", "36.4.3"), @"pytorch 2.10.0, tensorflow 2.16.1, onnxruntime 1.24.0, jax -, cupy 14.2.0");
    assert_snapshot!(jetson("jetson-agx-thor", "38.2"), @"pytorch 2.11.0, tensorflow -, onnxruntime 1.24.0, jax 0.10.2, cupy 14.2.0");
    assert_snapshot!(jetson("jetson-agx-orin", "39.2"), @"pytorch 2.12.1, tensorflow -, onnxruntime 1.28.0, jax 0.12.0.1, cupy 14.2.0");
    assert_snapshot!(alone("platform \"x86_64\"; gpu \"8.9\"", &all), @"pytorch 2.11.0, tensorflow 2.21.0, onnxruntime 1.23.2, jax 0.6.2, cupy 14.2.0");
    assert_snapshot!(alone("device \"dgx-spark\"", &all), @"pytorch 2.14.1, tensorflow -, onnxruntime 1.31.1, jax 0.12.0.1, cupy 14.2.0");
}

#[test]
fn one_release_of_rapids() {
    let names = ["cuxfilter", "cudf", "raft", "rmm", "cupy", "numpy"];
    let manifest = "target { device \"dgx-spark\" }\npackages { cuxfilter; raft }";
    assert_snapshot!(versions(manifest, &names), @"cuxfilter 26.6.0, cudf 26.6.0, raft 26.6.0, rmm 26.6.0, cupy 14.2.0, numpy 2.4.6");
    let pinned = "target { platform \"x86_64\"; gpu \"8.9\" }\npackages { cuxfilter; raft \"26.10\" }";
    assert_snapshot!(table(pinned));
    let server = |packages: &str, names: &[&str]| {
        versions(
            &format!("target {{ platform \"x86_64\"; ubuntu \"22.04\" }}\npackages {{ {packages} }}"),
            names,
        )
    };
    let three = ["cudf", "cugraph", "cuxfilter"];
    assert_snapshot!(server("cudf \"25.12\"; cugraph; cuxfilter", &three), @"cudf 25.12.0, cugraph 25.12.2, cuxfilter 25.12.0");
    assert_snapshot!(server("cugraph \"26.6\"; cuxfilter", &three), @"cudf 26.6.0, cugraph 26.6.0, cuxfilter 26.6.0");
    let four = ["cugraph", "raft-dask", "dask-cudf", "nx-cugraph"];
    assert_snapshot!(server("cugraph; raft-dask; dask-cudf; nx-cugraph", &four), @"cugraph 25.12.2, raft-dask 25.12.0, dask-cudf 25.12.0, nx-cugraph 25.12.0");
    let whole = "cudf \"25.12\"; cugraph; cuxfilter; raft-dask; dask-cudf; nx-cugraph; cuml";
    let six = ["cugraph", "cuxfilter", "raft-dask", "dask-cudf", "nx-cugraph", "cuml"];
    assert_snapshot!(server(whole, &six), @"cugraph 25.12.2, cuxfilter 25.12.0, raft-dask 25.12.0, dask-cudf 25.12.0, nx-cugraph 25.12.0, cuml 25.12.0");
    assert_snapshot!(server(&whole.replace("25.12", "26.6"), &six), @"cugraph 26.6.0, cuxfilter 26.6.0, raft-dask 26.6.0, dask-cudf 26.6.0, nx-cugraph 26.6.0, cuml 26.6.0");
}

/// On `JetPack` 4, images that are not NVIDIA's get the files with which the loader finds the host's
/// libraries.
#[test]
fn the_loader_of_jetpack_4() {
    let on = |target: &str, rest: &str| {
        versions(&format!("target {{ device \"{target}\" }}\n{rest}"), &["tegra-loader", "cuda"])
    };
    assert_snapshot!(on("jetson-nano", "base \"ubuntu\""), @"tegra-loader 1, cuda -");
    assert_snapshot!(on("jetson-nano", "base \"debian\""), @"tegra-loader 1, cuda -");
    assert_snapshot!(on("jetson-nano", "packages { ros \"humble\" }"), @"tegra-loader 1, cuda -");
    assert_snapshot!(on("jetson-agx-orin", "base \"ubuntu\""), @"tegra-loader -, cuda -");
    let resolution = solved("target { device \"jetson-nano\" }\npackages { gstreamer }").unwrap();
    assert_eq!(resolution.base.image.to_string(), "nvcr.io/nvidia/l4t-base:r32.7.1");
    let loader = resolution.chosen.values().find(|one| one.name.as_str() == "tegra-loader").unwrap();
    assert!(loader.provided);
}

/// On Jetson, xgboost has wheels for the CPU only, by the Python of each `JetPack`.
#[test]
fn xgboost_of_each_jetpack() {
    let names = ["xgboost", "python", "cuda"];
    let jetson = |target: &str| versions(&format!("target {{ {target} }}\npackages {{ xgboost }}"), &names);
    assert_snapshot!(jetson("device \"jetson-nano\""), @"xgboost 1.5.2, python 3.6, cuda -");
    assert_snapshot!(jetson("device \"jetson-agx-orin\"; jetpack \"5.1\""), @"xgboost 2.1.4, python 3.8, cuda -");
    assert_snapshot!(jetson("device \"jetson-agx-orin\"; jetpack \"6.2\""), @"xgboost 3.2.0, python 3.10, cuda -");
    assert_snapshot!(jetson("device \"jetson-agx-thor\""), @"xgboost 3.4.1, python 3.12, cuda -");
}

#[test]
fn frameworks_share_one_numpy() {
    let names = ["pytorch", "tensorflow", "onnxruntime", "numpy"];
    let manifest = "target { device \"jetson-agx-orin\"; jetpack \"6.2\" }\npackages { pytorch; tensorflow; onnxruntime }";
    assert_snapshot!(versions(manifest, &names), @"pytorch 2.10.0, tensorflow 2.16.1, onnxruntime 1.24.0, numpy 1.26.4");
    assert_snapshot!(versions(&manifest.replace("6.2", "6.0"), &names), @"pytorch 2.4.0, tensorflow 2.16.1, onnxruntime 1.18.0, numpy 1.26.4");
}

#[test]
fn an_absent_axis_is_reported_with_its_reason() {
    let manifest = "target { device \"jetson-agx-orin\"; jetpack \"5.1\"; ubuntu \"22.04\" }\npackages { ros \"humble\" }";
    let resolution = solved(manifest).expect("it resolves without CUDA");
    let report = resolution.overrides.iter().map(|one| format!("{one}\n  {}", one.why.join("\n  ")));
    assert_snapshot!(report.collect::<Vec<_>>().join("\n"), @r"
    no cuda instead of 11.4
      JetPack 5.1 to 5.1.6 means L4T 35.2.1 to 35.6.4
      CUDA 12.2 requires L4T 36.2.0 to 39.2.1
      CUDA 11.4 or 11.8 to 12.2 conflicts with Ubuntu 22.04
    ubuntu 22.04 instead of 20.04
    ");
}

/// Each CUDA version supports certain GPUs. A wheel that contains CUDA also runs on GPUs that are newer than
/// its compiler, if the major version of their architecture is the same.
#[test]
fn cuda_and_its_libraries_fit_the_gpu() {
    let on = |target: &str, packages: &str, name: &str| {
        let text = format!("target {{ {target} }}\npackages {{ {packages} }}");
        versions(&text, &[name, "cuda"])
    };
    let server = |driver: &str, gpu: &str| format!("platform \"x86_64\"; driver \">={driver}\"; gpu {gpu}");
    assert_snapshot!(on(&server("550", "\"12.0\""), "llama_cpp", "llama_cpp"), @"llama_cpp 0.3.36, cuda 12.8");
    assert_snapshot!(on(&server("550", "\"8.9\""), "llama_cpp", "llama_cpp"), @"llama_cpp 0.3.36, cuda 12.4");
    assert_snapshot!(on(&server("580", "\"12.0\" \"6.1\""), "pycuda", "pycuda"), @"pycuda 2026.1, cuda 12.8");
    assert_snapshot!(on("device \"dgx-spark\"", "llama_cpp", "llama_cpp"), @"llama_cpp 0.3.36, cuda 13.0");
    assert_snapshot!(on(&server("580", "\"8.9\""), "pytorch \"1.13\"", "pytorch"), @"pytorch 1.13.1, cuda 11.7");
    assert_snapshot!(on(&server("580", "\"6.1\""), "tensorrt", "tensorrt"), @"tensorrt 8.6.1.6, cuda 12.2");
    assert_snapshot!(on(&server("580", "\"7.0\""), "tensorrt", "tensorrt"), @"tensorrt 10.3.0.26, cuda 12.8");
    assert_snapshot!(on(&server("580", "\"8.9\""), "tensorrt", "tensorrt"), @"tensorrt 10.9.0.34, cuda 12.8");
}

#[test]
fn a_base_image_with_an_old_compiler_conflicts_with_builds_only() {
    let on = |package: &str| {
        let target = "platform \"x86_64\"; driver \">=580\"; gpu \"12.1\"; ubuntu \"22.04\"";
        let base = "base image=\"registry.example.com/team/cuda:1\" { provides { ubuntu \"22.04\"; cuda \"12.8\" } }";
        versions(&format!("target {{ {target} }}\n{base}\npackages {{ {package} }}"), &["cuda"])
    };
    assert!(on("llama_cpp").contains("CUDA 12.8 conflicts with compute capability"), "{}", on("llama_cpp"));
    assert_snapshot!(on("cuda"), @"cuda 12.8");
}
