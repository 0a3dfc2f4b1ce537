//! Packages that use CUDA, cuDNN or `TensorRT` have a test that runs in the build and checks that their
//! libraries load.

use std::collections::BTreeSet;

use jcc::internals::catalog::{DefinitionKind, Package, RequireStage, TestBody};
use jcc::internals::source::Sources;

/// The libraries that packages link against or load at run time.
const USED: [&str; 3] = ["cuda", "cudnn", "tensorrt"];

/// Packages without such a test, each with the reason.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("bitsandbytes", "its wheels contain a library for each CUDA version and load one of them"),
    ("cucim", "its libraries are in separate wheels"),
    ("cudf", "its libraries are in separate wheels"),
    ("cugraph", "its libraries are in separate wheels"),
    ("cuml", "its libraries are in separate wheels"),
    ("cuvs", "its libraries are in separate wheels"),
    ("cudnn-wheel", "it only states which major version wheels contain"),
    ("cuda-python", "it loads the driver when it is called"),
    ("cuxfilter", "it is pure Python"),
    ("dask-cudf", "it is pure Python"),
    ("dali", "it loads its libraries when a pipeline is built"),
    ("deepspeed", "its kernels are compiled when they are first used"),
    ("deepstream", "its plugins load what a pipeline needs"),
    ("faster-whisper", "it loads CUDA's libraries with a model"),
    ("habitat-sim", "its modules are linked against OpenGL and the driver"),
    ("mlc", "it loads its runtime by itself"),
    ("nx-cugraph", "it is pure Python"),
    ("numba", "it compiles for the GPU with the driver"),
    ("raft", "its libraries are in separate wheels"),
    ("raft-dask", "its libraries are in separate wheels"),
    ("rmm", "its libraries are in separate wheels"),
    ("tensorrt_llm", "it finds TensorRT in a wheel when it is imported"),
    ("torch2trt", "it is pure Python"),
    ("torchao", "on ARM it is pure Python"),
    ("triton", "it contains its compiler, and loads the driver when a kernel runs"),
    ("yolo", "it is pure Python"),
];

fn uses_cuda(package: &Package) -> bool {
    let mut required = package.all_requires().filter(|(_, require)| require.stage == RequireStage::Run);
    required.any(|(_, require)| USED.contains(&require.name.as_str()))
}

/// Returns whether a test of the package that runs in the build checks libraries.
fn checks_libraries(package: &Package) -> bool {
    let tests = package.tests.iter().filter(|test| test.build);
    tests.flat_map(|test| &test.body).any(|body| matches!(body, TestBody::Libraries(_)))
}

#[test]
fn packages_that_use_cuda_test_their_libraries() {
    let catalog = jcc::internals::builtin::catalog(&mut Sources::new());
    let (mut unchecked, mut checked) = (Vec::new(), BTreeSet::new());
    for entry in catalog.entries(DefinitionKind::Package).filter(|entry| entry.installable) {
        let package = catalog.package(&entry.name).expect("it is listed");
        match (uses_cuda(package), checks_libraries(package)) {
            (true, false) => unchecked.push(entry.name.as_str()),
            (_, true) => _ = checked.insert(entry.name.as_str()),
            (false, false) => {}
        }
    }
    let exceptions: BTreeSet<&str> = EXCEPTIONS.iter().map(|(name, _)| *name).collect();
    let missing: Vec<&&str> = unchecked.iter().filter(|name| !exceptions.contains(**name)).collect();
    assert!(missing.is_empty(), "no `libraries` in a test that runs in the build: {missing:?}");
    let stale: Vec<&&str> = exceptions.iter().filter(|name| !unchecked.contains(*name)).collect();
    assert!(stale.is_empty(), "remove these exceptions: {stale:?}");
    for name in ["cuda", "cudnn", "tensorrt", "pytorch", "onnxruntime", "opencv-cuda"] {
        assert!(checked.contains(name), "{name}");
    }
}
