//! What packages install: libraries that they load at run time must be in the image, under the distribution's
//! package names.

mod environments;
mod links;

use std::collections::BTreeSet;

use jcc::internals::catalog::DefinitionKind;
use jcc::internals::source::Sources;

use crate::catalogue::compile;

/// A manifest, and system packages that it must install or must not install.
struct Case {
    target: &'static str,
    packages: &'static str,
    installs: &'static [&'static str],
    lacks: &'static [&'static str],
}

const CASES: &[Case] = &[
    // The example of the README: NVIDIA's image with TensorRT 10.3 has no cuDNN.
    Case {
        target: r#"target { device "jetson-orin-nx"; jetpack "6.2" }"#,
        packages: r#"pytorch "2.9"; torchvision"#,
        installs: &[
            "libcudnn9-cuda-12=9.3.0.75-1",
            "cuda-cupti-12-6",
            "cuda-nvtx-12-6",
            "libnuma1",
            "libjpeg-turbo8",
        ],
        lacks: &[],
    },
    Case {
        target: r#"target { device "jetson-agx-orin"; jetpack "6.2" }
base "l4t-tensorrt""#,
        packages: "onnxruntime",
        installs: &["libcudnn9-cuda-12=9.3.0.75-1"],
        lacks: &["cuda-cupti-12-6", "cuda-libraries-12-6"],
    },
    Case {
        target: r#"target { device "jetson-agx-orin"; jetpack "6.0" }"#,
        packages: r#"pytorch "2.4""#,
        installs: &["cuda-cupti-12-2", "cuda-nvtx-12-2", "libnuma1"],
        lacks: &["cuda-cupti-12-6"],
    },
    Case {
        target: r#"target { device "jetson-agx-orin"; jetpack "6.2" }
pin { cuda "12.9" }"#,
        packages: r#"pytorch "2.9""#,
        installs: &["cuda-cupti-12-9", "cuda-nvtx-12-9"],
        lacks: &[],
    },
    Case {
        target: r#"target { device "jetson-agx-xavier"; jetpack "5.1.2" }"#,
        packages: "pytorch",
        installs: &["cuda-cupti-11-4", "cuda-nvtx-11-4"],
        lacks: &["libnuma1"],
    },
    // The wheels of PyTorch's own index contain their libraries.
    Case {
        target: r#"target { device "jetson-agx-thor"; jetpack "7.1" }"#,
        packages: "pytorch; torchvision",
        installs: &[],
        lacks: &["cuda-cupti-13-0", "cuda-nvtx-13-0", "libjpeg-turbo8", "libpng16-16t64"],
    },
    Case {
        target: r#"target { platform "x86_64"; driver ">=580"; gpu "8.6" }
base "debian""#,
        packages: "pytorch; torchvision",
        installs: &["libgomp1"],
        lacks: &["cuda-cupti-12-8", "libjpeg-turbo8", "libpng16-16"],
    },
];

#[test]
fn libraries_that_packages_load_are_installed() {
    let mut faults = Vec::new();
    for case in CASES {
        let text = format!("project \"one\"\n{}\npackages {{ {} }}\n", case.target, case.packages);
        let (compiled, _) = match compile(&text) {
            Ok(compiled) => compiled,
            Err(codes) => {
                faults.push(format!("{}: {} is rejected: {codes:?}", case.target, case.packages));
                continue;
            }
        };
        let system = system_packages(&compiled);
        for name in case.installs.iter().filter(|name| !system.contains(**name)) {
            faults.push(format!("{}: {} does not install {name}", case.target, case.packages));
        }
        for name in case.lacks.iter().filter(|name| system.contains(**name)) {
            faults.push(format!("{}: {} installs {name}", case.target, case.packages));
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

const ORIN: &str = r#"target { device "jetson-agx-orin"; jetpack "6.2" }"#;
const PC: &str = r#"target { platform "x86_64"; ubuntu "22.04"; driver ">=580"; gpu "8.9" }"#;

/// Compiles a project. Returns its Dockerfile, or the codes of its errors.
fn dockerfile(target: &str, packages: &str) -> Result<String, BTreeSet<String>> {
    let (compiled, _) = compile(&format!("project \"one\"\n{target}\npackages {{ {packages} }}\n"))?;
    let found = compiled.artifacts.iter().find(|(path, _)| path.ends_with("Dockerfile"));
    Ok(found.map(|(_, text)| text.clone()).expect("a Dockerfile is written"))
}

#[test]
fn requirements_are_installed_before_or_together() {
    // By the same pip call or an earlier one, so that pip does not download them from an index.
    for (packages, wheels) in [
        ("mamba", &["/torch-2.8.0-", "/causal_conv1d-1.5.2-", "/triton-3.4.0-", "/mamba_ssm-2.2.5-"][..]),
        ("bitsandbytes; pytorch \"2.9\"", &["/torch-2.9.1-", "/bitsandbytes-0.47.0.dev0-"]),
        ("torchvision; torchaudio \"2.9\"", &["/torch-2.9.1-", "/torchaudio-2.9.1-", "/torchvision-0.24.1-"]),
    ] {
        let text = dockerfile(ORIN, packages).expect("it compiles");
        let calls: Vec<&str> = text.split("/bin/pip install ").skip(1).collect();
        let calls: Vec<&str> = calls.iter().map(|rest| rest.split("\nEOF").next().unwrap_or(rest)).collect();
        let call = |wheel: &&str| calls.iter().position(|call| call.contains(&format!("/run/fetch{wheel}")));
        let places: Vec<usize> = wheels.iter().map(|wheel| call(wheel).expect("it is installed")).collect();
        // All wheels require the first, and the last requires all.
        let (first, last) = (places[0], places[places.len() - 1]);
        assert!(places.iter().all(|place| (first..=last).contains(place)), "{packages}: {places:?}");
    }
}

#[test]
fn an_environment_has_one_cudnn_version() {
    let codes = dockerfile(PC, "tensorflow \"2.15\"; pytorch").expect_err("two major versions of cuDNN");
    assert_eq!(codes, BTreeSet::from(["jcc::resolve::conflict".to_owned()]));
    let older = dockerfile(PC, "tensorflow \"2.14\"; pytorch").expect("both bring cuDNN 8");
    assert!(older.contains("torch==2.3.1+cu118") && older.contains("tensorflow[and-cuda]==2.14.1"));
    // The extra `and-cuda` is left out: its exact versions would replace those of the other package.
    for packages in ["tensorflow \"2.18\"; pytorch", "tensorflow; pytorch; jax"] {
        let both = dockerfile(PC, packages).expect("both bring cuDNN 9");
        assert!(both.contains("nvidia-cudnn-cu12>=9.3.0.75,<10") && !both.contains("and-cuda"), "{packages}");
    }
    let codes = dockerfile(PC, "jax \"0.6\"; pytorch \"2.7\"").expect_err("JAX needs a newer cuDNN 9");
    assert_eq!(codes, BTreeSet::from(["jcc::resolve::conflict".to_owned()]));
}

#[test]
fn cuda_images_are_the_newest_that_nvidia_publishes() {
    let target = |ubuntu: &str, cuda: &str| {
        format!(
            "target {{ platform \"x86_64\"; ubuntu \"{ubuntu}\"; driver \">=580\"; gpu \"8.9\" }}\npin {{ cuda \"{cuda}\" }}"
        )
    };
    for (ubuntu, cuda, package, image) in [
        ("24.04", "12.5", "cudnn", "12.5.1-cudnn-runtime-ubuntu24.04"),
        ("22.04", "12.6", "cudnn", "12.6.3-cudnn-runtime-ubuntu22.04"),
        ("22.04", "13.0", "cudnn", "13.0.3-runtime-ubuntu22.04"),
        ("24.04", "12.9", "cuda", "12.9.2-runtime-ubuntu24.04"),
        ("22.04", "12.8", "cuda", "12.8.2-runtime-ubuntu22.04"),
    ] {
        let text = dockerfile(&target(ubuntu, cuda), package).expect("it compiles");
        assert!(text.contains(&format!("FROM nvidia/cuda:{image} ")), "{ubuntu} {cuda} {package}");
    }
}

#[test]
fn libgomp_is_preloaded_on_old_releases() {
    let preload = "LD_PRELOAD=/usr/lib/aarch64-linux-gnu/libgomp.so.1";
    for jetpack in ["4.6.4", "5.1.2"] {
        let target = format!("target {{ device \"jetson-xavier-nx\"; jetpack \"{jetpack}\" }}");
        assert!(dockerfile(&target, "opencv; pytorch").expect("it compiles").contains(preload), "{jetpack}");
        assert!(!dockerfile(&target, "opencv").expect("it compiles").contains(preload), "{jetpack}");
    }
    assert!(!dockerfile(ORIN, "opencv; pytorch").expect("it compiles").contains(preload));
}

/// Returns the system packages that any stage installs.
fn system_packages(compiled: &jcc::Compiled) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (_, text) in compiled.artifacts.iter().filter(|(path, _)| path.ends_with("Dockerfile")) {
        for step in text.split("apt-get install \\\n").skip(1) {
            let lines = step.lines().map(|line| line.trim().trim_end_matches('\\').trim());
            let packages = lines.take_while(|line| !line.starts_with("--"));
            names.extend(packages.map(|line| line.trim_matches('\'').to_owned()));
        }
    }
    names
}

/// The packages of Debian 12 that definitions use. Each was looked up in its archive (`apt-cache policy
/// NAME`).
const DEBIAN: &str = include_str!("debian-12.txt");

/// Returns whether a package comes from NVIDIA's archives.
fn is_of_nvidia(name: &str) -> bool {
    ["cuda-", "libcudnn", "libnvinfer", "libnvonnxparsers", "python3-libnvinfer"]
        .iter()
        .any(|start| name.starts_with(start))
}

#[test]
#[ignore = "takes a minute: `tests/run` has it"]
fn on_debian_only_debian_package_names_are_installed() {
    let known: BTreeSet<&str> = DEBIAN.lines().collect();
    let targets = [
        r#"platform "x86_64"; driver ">=580"; gpu "8.6""#,
        r#"platform "sbsa"; driver ">=580"; gpu "9.0""#,
        r#"device "jetson-agx-orin"; jetpack "6.2""#,
        r#"device "jetson-agx-thor"; jetpack "7.2""#,
    ];
    let catalog = jcc::internals::builtin::catalog(&mut Sources::new());
    let (mut faults, mut count) = (BTreeSet::new(), 0);
    for entry in catalog.entries(DefinitionKind::Package).filter(|entry| entry.installable) {
        for target in targets {
            let text = format!(
                "project \"one\"\ntarget {{ {target} }}\nbase \"debian\"\npackages {{ {} }}\n",
                entry.name
            );
            let Ok((compiled, _)) = compile(&text) else { continue };
            count += 1;
            let system = system_packages(&compiled);
            let names = system.iter().map(|name| name.split('=').next().unwrap_or_default());
            for name in names.filter(|name| !known.contains(name) && !is_of_nvidia(name)) {
                faults.insert(format!(
                    "{} installs `{name}`, which is not in tests/installs/debian-12.txt",
                    entry.name
                ));
            }
        }
    }
    assert!(count > 100, "{count} packages compile on Debian");
    assert!(faults.is_empty(), "{faults:#?}");
}
