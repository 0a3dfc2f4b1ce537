//! What uses CUDA, cuDNN or `TensorRT` shows in the build that it finds their libraries.

use std::collections::BTreeSet;

use jcc::internals::catalog::{Catalog, DefinitionKind, Package, RequireStage, TestBody};
use jcc::internals::source::Sources;

/// Libraries that packages link against, or load when they run.
const USED: [&str; 3] = ["cuda", "cudnn", "tensorrt"];

/// Those whose files show nothing, each with the reason.
const NOTHING_TO_SHOW: &[(&str, &str)] = &[
    ("bitsandbytes", "its wheels hold a library for each CUDA, of which one is loaded"),
    ("cucim", "its libraries come as separate wheels"),
    ("cudf", "its libraries come as separate wheels"),
    ("cugraph", "its libraries come as separate wheels"),
    ("cuml", "its libraries come as separate wheels"),
    ("cuvs", "its libraries come as separate wheels"),
    ("cudnn-wheel", "it says which major version wheels bring, and installs nothing"),
    ("cuda-python", "it loads the driver when it is called"),
    ("cuxfilter", "it is Python alone"),
    ("dask-cudf", "it is Python alone"),
    ("dali", "it loads its libraries when a pipeline is built"),
    ("deepspeed", "its kernels are compiled when they are first used"),
    ("deepstream", "its plugins look for what a pipeline needs"),
    ("faster-whisper", "it loads CUDA's libraries when a model is read"),
    ("habitat-sim", "its modules are linked against OpenGL and the driver"),
    ("mlc", "it loads its runtime by itself"),
    ("nx-cugraph", "it is Python alone"),
    ("numba", "it compiles for the GPU by the driver"),
    ("raft", "its libraries come as separate wheels"),
    ("raft-dask", "its libraries come as separate wheels"),
    ("rmm", "its libraries come as separate wheels"),
    ("tensorrt_llm", "it finds TensorRT in a wheel when it is imported"),
    ("torch2trt", "it is Python alone"),
    ("torchao", "on ARM it is Python alone"),
    ("triton", "its compiler comes with it; the driver is loaded when a kernel runs"),
    ("xgboost", "CUDA's libraries are linked into it"),
    ("yolo", "it is Python alone"),
];

fn uses(package: &Package) -> bool {
    let asked = package.all_requires().filter(|(_, require)| require.stage == RequireStage::Run);
    asked.into_iter().any(|(_, require)| USED.contains(&require.name.as_str()))
}

/// Whether a test of the build looks at the libraries of its files.
fn shows(package: &Package) -> bool {
    let tests = package.tests.iter().filter(|test| test.build);
    tests.flat_map(|test| &test.body).any(|body| matches!(body, TestBody::Libraries(_)))
}

#[test]
fn what_uses_cuda_shows_that_it_finds_its_libraries() {
    let catalog = Catalog::builtin(&mut Sources::new());
    let (mut without, mut shown) = (Vec::new(), BTreeSet::new());
    for entry in catalog.entries(DefinitionKind::Package).filter(|entry| entry.installable) {
        let package = catalog.package(&entry.name).expect("it is listed");
        match (uses(package), shows(package)) {
            (true, false) => without.push(entry.name.as_str()),
            (_, true) => _ = shown.insert(entry.name.as_str()),
            (false, false) => {}
        }
    }
    let known: BTreeSet<&str> = NOTHING_TO_SHOW.iter().map(|(name, _)| *name).collect();
    let left: Vec<&&str> = without.iter().filter(|name| !known.contains(**name)).collect();
    assert!(left.is_empty(), "no `libraries` in a test of the build: {left:?}");
    let stale: Vec<&&str> = known.iter().filter(|name| !without.contains(*name)).collect();
    assert!(stale.is_empty(), "no exception any more: {stale:?}");
    for name in ["cuda", "cudnn", "tensorrt", "pytorch", "onnxruntime", "opencv-cuda"] {
        assert!(shown.contains(name), "{name}");
    }
}
