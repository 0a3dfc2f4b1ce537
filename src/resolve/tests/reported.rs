//! Regression tests for reported projects, each with similar ones.

use super::{solved, versions};

/// Returns the report of a manifest that must not resolve.
fn refused(manifest: &str) -> String {
    solved(manifest).err().unwrap_or_else(|| panic!("resolved: {manifest}"))
}

#[test]
fn a_condition_on_an_unspecified_gpu_does_not_hold() {
    let workstation = |gpu: &str, pin: &str, package: &str| {
        format!(
            "target {{ platform \"x86_64\"; ubuntu \"24.04\"{gpu} }}\npin {{ {pin} }}\npackages {{ {package} }}"
        )
    };
    let names = ["cuda", "causal-conv1d"];
    let unnamed = versions(&workstation("", "cuda \"12.6\"", "causal-conv1d"), &names);
    assert_eq!(unnamed, "cuda 12.6, causal-conv1d 1.6.1");
    let eight = versions(&workstation("; gpu \"8.9\"", "cuda \"12.6\"", "mamba"), &["cuda", "mamba"]);
    assert_eq!(eight, "cuda 12.6, mamba 2.3.1");
    let thor = "target { device \"jetson-agx-thor\"; jetpack \"7.1\" }\npackages { causal-conv1d }";
    assert_eq!(versions(thor, &names), "cuda 13.0, causal-conv1d 1.6.1");
}

#[test]
fn cuda_runs_on_older_drivers_of_its_major_version() {
    let with = |driver: &str, cuda: &str| {
        format!(
            "target {{ platform \"x86_64\"; ubuntu \"22.04\"; gpu \"8.9\"; driver \"{driver}\" }}\npin {{ cuda \"{cuda}\" }}\npackages {{ cuda }}"
        )
    };
    let unproven = |driver: &str, cuda: &str| super::warnings(&with(driver, cuda)).contains("unproven");
    for (driver, cuda) in [(">=550", "12.8"), (">=525", "12.9"), (">=580", "13.2"), (">=450", "11.8")] {
        assert_eq!(versions(&with(driver, cuda), &["cuda"]), format!("cuda {cuda}"), "driver {driver}");
        assert!(unproven(driver, cuda), "CUDA {cuda} with driver {driver}");
    }
    for (driver, cuda) in [(">=570", "12.8"), (">=580", "12.8"), (">=580", "13.0"), (">=520", "11.8")] {
        assert!(!unproven(driver, cuda), "CUDA {cuda} with driver {driver}");
    }
    for (driver, cuda) in [(">=520", "12.0"), (">=570", "13.0"), (">=440", "11.8")] {
        assert!(refused(&with(driver, cuda)).contains("driver"), "CUDA {cuda} with driver {driver}");
    }
}

#[test]
fn proven_versions_are_preferred() {
    // The manifest states no driver, so the one that CUDA 12.9 came with is chosen.
    let open = "target { platform \"x86_64\"; gpu \"8.9\" }\npin { cuda \"12.9\" }\npackages { cuda }";
    assert_eq!(versions(open, &["driver", "cuda"]), "driver 575, cuda 12.9");
    let orin = "target { device \"jetson-agx-orin\"; jetpack \"6.2\" }\npackages { pytorch }";
    assert_eq!(versions(orin, &["pytorch"]), "pytorch 2.10.0", "2.11.0 has no checksum");
    let requested = orin.replace("pytorch }", "pytorch \"2.11\" }");
    assert_eq!(versions(&requested, &["pytorch"]), "pytorch 2.11.0");
}

#[test]
fn what_a_base_provides_is_not_installed_again() {
    let base = |image: &str, provides: &str| {
        format!(
            "target {{ platform \"x86_64\"; gpu \"8.9\" }}\nbase image=\"{image}\" {{ provides {{ {provides} }} }}\npackages {{ python; pytorch }}"
        )
    };
    for (manifest, wanted) in [
        (base("python:3.12-slim-bookworm", "debian \"12\"; python \"3.12\""), "python 3.12"),
        (base("example.com/jammy-py313:1", "ubuntu \"22.04\"; python \"3.13\""), "python 3.13"),
        (base("example.com/noble-py310:1", "ubuntu \"24.04\"; python \"3.10\""), "python 3.10"),
    ] {
        assert_eq!(versions(&manifest, &["python"]), wanted);
        let resolution = solved(&manifest).unwrap();
        let python = resolution.chosen.values().find(|one| one.name.as_str() == "python").unwrap();
        assert!(python.provided, "{manifest}");
    }
    let cuda = "target { platform \"x86_64\"; gpu \"8.9\"; driver \">=570\" }\nbase image=\"example.com/own:1\" { provides { ubuntu \"24.04\"; cuda \"12.4\" } }\npackages { cuda }";
    assert_eq!(
        versions(cuda, &["ubuntu", "cuda"]),
        "ubuntu 24.04, cuda 12.4",
        "NVIDIA's archive has none for 24.04"
    );
    let old = cuda.replace("12.4", "13.0");
    assert!(refused(&old).contains("driver"), "CUDA of the base image needs its driver too");
}

#[test]
fn unavailable_nodes_are_reported() {
    let deepstream = |target: &str, asked: &str| {
        format!("target {{ {target} }}\npackages {{ deepstream{asked} {{ option \"pyds\" \"yes\" }} }}")
    };
    for (target, asked) in [
        ("device \"jetson-agx-orin\"; jetpack \"7.2\"", ""),
        ("device \"jetson-agx-thor\"; jetpack \"7.1\"", ""),
        ("platform \"x86_64\"; gpu \"8.9\"; driver \">=595\"; ubuntu \"24.04\"", " \"9.1\""),
    ] {
        let report = refused(&deepstream(target, asked));
        assert!(report.contains("jcc::resolve::unavailable"), "{report}");
        assert!(report.contains("not available") && report.contains("publishes no pyds wheels"), "{report}");
        assert!(!report.contains("TensorRT"), "{report}");
        assert!(report.contains("set the option: `deepstream { option \"pyds\" \"no\" }`"), "{report}");
    }
    let provider = "target { device \"jetson-agx-orin\"; jetpack \"7.2\" }\npackages { onnxruntime \"1.28\" { option \"tensorrt\" \"yes\" } }";
    let report = refused(provider);
    assert!(
        report.contains("jcc::resolve::unavailable") && report.contains("execution provider"),
        "{report}"
    );
}

#[test]
fn a_release_runs_on_the_gpus_of_its_modules() {
    let tegra = |gpu: &str, jetpack: &str| {
        format!("target {{ platform \"tegra\"; gpu {gpu}; jetpack \"{jetpack}\" }}\npackages {{ pytorch }}")
    };
    let both = refused(&tegra("\"8.7\" \"11.0\"", "7.2"));
    assert!(!both.contains("4.6"), "{both}");
    for (gpu, jetpack) in [("\"8.7\" \"11.0\"", "4.6.6"), ("\"5.3\"", "6.2"), ("\"8.7\"", "7.1")] {
        let report = refused(&tegra(gpu, jetpack));
        assert!(report.contains("compute capability"), "{report}");
    }
    assert_eq!(versions(&tegra("\"11.0\"", "7.1"), &["l4t"]), "l4t 38.4.0");
}

#[test]
fn pip_requirements_constrain_the_resolution() {
    let orin = "target { device \"jetson-agx-orin\"; jetpack \"6.2\" }";
    let numpy = |spec: &str| format!("{orin}\npackages {{ pytorch \"2.10\" }}\npip {{ install \"{spec}\" }}");
    assert!(versions(&numpy("numpy>=2"), &["numpy"]).starts_with("numpy 2."));
    assert!(versions(&numpy("numpy<2"), &["numpy"]).starts_with("numpy 1."));
    let torch = format!("{orin}\npackages {{ pytorch; torchvision }}\npip {{ install \"torch<2.9\" }}");
    assert_eq!(versions(&torch, &["pytorch"]), "pytorch 2.8.0");
    let clash = format!("{orin}\npackages {{ pytorch \"2.8\" }}\npip {{ install \"numpy>=2\" }}");
    let report = refused(&clash);
    assert!(report.contains("`numpy>=2`") && report.contains("requested from pip"), "{report}");
    // A distribution that no package of the catalogue needs is left to pip.
    let alone = format!("{orin}\npackages {{ tmux }}\npip {{ install \"numpy<1.5\" }}");
    assert_eq!(versions(&alone, &["numpy"]), "numpy -");
}

/// A package with a requirement, and the same for pip.
const REQUIREMENTS: [(&str, &str, &str); 8] = [
    ("numpy", "<2", "numpy<2"),
    ("numpy", ">=2, <2.3", "NumPy>=2,<2.3"),
    ("numpy", ">=2.2.1", "numpy>=2.2.1"),
    ("numpy", "1.26", "numpy==1.26.*"),
    ("pytorch", "<2.9", "torch<2.9"),
    ("pytorch", ">=2.9", "torch>=2.9"),
    ("pytorch", "2.8", "torch~=2.8.0"),
    ("pytorch", "99", "torch==99.*"),
];

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 24, ..Default::default() })]

    #[test]
    fn requirements_in_packages_and_in_pip_are_equivalent(
        asked in proptest::collection::btree_set(0..REQUIREMENTS.len(), 1..3),
        target in proptest::sample::select(vec![
            "device \"jetson-agx-orin\"; jetpack \"6.2\"",
            "device \"jetson-agx-thor\"; jetpack \"7.1\"",
            "platform \"x86_64\"; gpu \"8.9\"",
        ]),
    ) {
        let packages = "packages { pytorch; numpy; torchvision; onnxruntime";
        let nodes = asked.iter().fold(String::new(), |all, at| all + &format!("; {} \"{}\"", REQUIREMENTS[*at].0, REQUIREMENTS[*at].1));
        let pins = asked.iter().fold(String::new(), |all, at| all + &format!(" \"{}\"", REQUIREMENTS[*at].2));
        let own = solved(&format!("target {{ {target} }}\n{packages}{nodes} }}\n"));
        let pip = solved(&format!("target {{ {target} }}\n{packages} }}\npip {{ install{pins} }}\n"));
        let chosen = |one: &super::Resolution| -> Vec<String> {
            one.chosen.values().map(|one| format!("{} {}", one.name, one.version)).collect()
        };
        match (own, pip) {
            (Ok(own), Ok(pip)) => proptest::prop_assert_eq!(chosen(&own), chosen(&pip)),
            (Err(_), Err(_)) => {}
            (own, pip) => proptest::prop_assert!(false, "{:?} {:?}", own.err(), pip.err()),
        }
    }
}

#[test]
fn a_conflict_of_several_targets_is_reported_once() {
    let targets = "target \"orin\" { device \"jetson-agx-orin\"; jetpack \"6.2\" }\ntarget \"nx\" { device \"jetson-orin-nx\"; jetpack \"6.2\" }\ntarget \"pc\" { platform \"x86_64\"; gpu \"8.9\" }\n";
    let two = super::warnings(&format!("{targets}packages {{ pytorch \"2.15\" }}"));
    assert_eq!(two.matches("error:").count(), 1, "{two}");
    assert!(two.contains("(targets `orin` and `nx`)"), "{two}");
    assert!(two.contains("change `pytorch \"2.15\"` to `pytorch \"2.10.0\"`"), "{two}");
    // A suggestion for the Jetsons must not break the PC.
    let jetson_only =
        super::warnings(&format!("{targets}packages {{ deepstream \"7.1\"; pytorch \"2.14\" }}"));
    assert!(!jetson_only.contains("(target `pc`)"), "{jetson_only}");
    let one =
        super::warnings(&format!("{targets}pin {{ cuda \"12.8\" }}\npackages {{ tensorrt \"10.13\" }}"));
    assert!(one.contains("(target"), "{one}");
}

#[test]
fn a_problem_of_one_constraint_names_its_targets() {
    let orin = "target \"a\" { device \"jetson-agx-orin\"; jetpack \"6.2\" }\n";
    let two = format!("{orin}{}", orin.replace("\"a\"", "\"b\""));
    let pin = "pin { cuda \"10.2\" }\npackages { cuda }";
    assert!(!super::warnings(&format!("{two}{pin}")).contains("this target ("), "one phrase is enough");
    // The option is a default, not a requirement.
    let report = super::warnings(&format!("{two}packages {{ yolo; opencv-cuda }}"));
    assert!(report.contains("yolo in the catalogue uses opencv-pip by default"), "{report}");
    assert!(report.contains("set the option: `yolo { option \"opencv\" \"cuda\" }`"), "{report}");
}

#[test]
fn suggestions_resolve() {
    let rapids =
        "target { platform \"x86_64\"; gpu \"8.9\" }\npackages { cudf \"25.8\"; nx-cugraph; cuxfilter }";
    let report = refused(rapids);
    let change =
        report.lines().find_map(|line| line.trim().strip_prefix("help: change `cudf \"25.8\"` to `"));
    let other = change.unwrap_or_else(|| panic!("{report}")).split('`').next().unwrap();
    let fixed = rapids.replace("cudf \"25.8\"", other);
    let names = ["cudf", "cuxfilter", "nx-cugraph"];
    assert_eq!(versions(&fixed, &names), "cudf 25.12.0, cuxfilter 25.12.0, nx-cugraph 25.12.0", "{report}");
    // Two conflicts, because the last cuxfilter is 26.6. Both changes together resolve.
    let two = rapids.replace("nx-cugraph", "nx-cugraph \"26.8\"");
    let report = refused(&two);
    assert!(report.contains("to `nx-cugraph \"25.12.0\"`"), "{report}");
    assert_eq!(
        report.matches("this also needs the first change suggested for the other conflict").count(),
        2,
        "{report}"
    );
    let fixed = two.replace("25.8", "25.12").replace("26.8", "25.12");
    assert_eq!(versions(&fixed, &names), "cudf 25.12.0, cuxfilter 25.12.0, nx-cugraph 25.12.0", "{report}");
    let python = "target { device \"jetson-agx-orin\"; jetpack \"6.2\" }\npin { python \"3.12\" }\npackages { pytorch \"2.10\" }";
    let report = refused(python);
    assert!(report.contains("change `python \"3.12\"` to `python \"3.10\"`"), "{report}");
    assert!(!report.contains("unproven"), "{report}");
}
