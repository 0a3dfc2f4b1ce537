//! The rows and columns of the table.

/// A column.
pub(super) struct Machine {
    /// Its heading.
    pub(super) title: &'static str,
    /// The nodes of `target`.
    pub(super) target: &'static str,
    /// The `pin` block of the manifest, or "".
    pub(super) pins: &'static str,
}

const fn jetson(title: &'static str, target: &'static str) -> Machine {
    Machine { title, target, pins: "" }
}

/// The columns.
pub(super) const MACHINES: &[Machine] = &[
    jetson("L4T 32.7.1 (Nano)", "device \"jetson-nano\"; l4t \"32.7.1\""),
    jetson("L4T 35.4.1 (Orin)", "device \"jetson-agx-orin\"; l4t \"35.4.1\""),
    jetson("L4T 36.2 (Orin)", "device \"jetson-agx-orin\"; l4t \"36.2\""),
    jetson("L4T 36.3 (Orin)", "device \"jetson-agx-orin\"; l4t \"36.3\""),
    jetson("L4T 36.4.3 (Orin)", "device \"jetson-agx-orin\"; l4t \"36.4.3\""),
    jetson("L4T 38.2 (Thor)", "device \"jetson-agx-thor\"; l4t \"38.2\""),
    jetson("L4T 39.2 (Orin)", "device \"jetson-agx-orin\"; l4t \"39.2\""),
    Machine {
        title: "x86_64, CUDA 12.8",
        target: "platform \"x86_64\"; gpu \"8.9\"",
        pins: "pin { cuda \"12.8\" }",
    },
    Machine {
        title: "x86_64, CUDA 13.0",
        target: "platform \"x86_64\"; gpu \"8.9\"; driver \">=580\"",
        pins: "pin { cuda \"13.0\" }",
    },
];

/// The rows: the nodes of `packages`.
pub(super) const REQUESTS: &[&str] = &[
    "pytorch",
    "pytorch; torchvision",
    "pytorch; torchvision; torchaudio",
    "tensorflow",
    "onnxruntime",
    "jax",
    "cupy",
    "cudf",
    "tensorrt",
    "tensorrt; pytorch",
    "opencv",
    "opencv-cuda; pytorch",
    "opencv-pip; pytorch",
    "ros",
    "ros \"humble\"",
    "ros \"humble\"; opencv-cuda; pytorch",
    "gstreamer; opencv-cuda",
    "jupyterlab; pytorch",
    "transformers",
    "diffusers",
    "vllm",
    "ollama",
    "open3d; pcl",
    "xgboost; scikit-learn; pandas",
];
