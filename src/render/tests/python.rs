//! Tests of Python packages of the project and of calls of pip.

use super::compiled::compiled;

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// Returns the Dockerfile of a manifest for a Jetson.
fn jetson(more: &str) -> String {
    let head = "project \"demo\"\ntarget { device \"jetson-agx-orin\"; jetpack \"6.2\" }\n";
    compiled(&[("project.kdl", &format!("{head}{more}\n"))]).unwrap_or_else(|report| panic!("{report}"))
}

/// Returns the text of a stage.
fn stage<'t>(text: &'t str, name: &str) -> &'t str {
    let start = text.find(&format!(" AS {name}\n")).unwrap_or_else(|| panic!("no stage {name}:\n{text}"));
    let rest = &text[start..];
    rest.find("\nFROM ").map_or(rest, |end| &rest[..end])
}

/// Whether a stage has this line, ignoring indentation and continuation.
fn has(stage: &str, line: &str) -> bool {
    stage.lines().any(|one| one.trim().trim_end_matches(" \\") == line)
}

#[test]
fn only_stages_that_clone_contain_git() {
    let text = jetson(&format!(
        "pip {{ install \"demo @ git+https://example.com/demo.git@{COMMIT}\" \"rich==13.9.4\" }}"
    ));
    let project = stage(&text, "python-project");
    assert!(has(project, "git") && has(project, "ca-certificates"), "{project}");
    assert!(has(project, &format!("'demo @ git+https://example.com/demo.git@{COMMIT}'")), "{project}");
    assert!(has(project, "rich==13.9.4"), "{project}");
    for other in ["image", "final", "python"] {
        assert!(!has(stage(&text, other), "git"), "{other}: {text}");
    }
    let last = stage(&text, "final");
    assert!(text.contains("FROM image AS final"), "{text}");
    assert!(last.contains("COPY --link --from=python-project /opt/venv /opt/venv"), "{last}");
    assert_eq!(text.matches("--from=python /opt/venv").count(), 1, "{text}");
}

#[test]
fn requirements_files_and_environments_can_clone() {
    let head = "project \"demo\"\ntarget { device \"jetson-agx-orin\"; jetpack \"6.2\" }\n";
    let manifest = format!(
        "{head}pip {{ requirements \"all.txt\"; venv \"apart\" {{ install \"x @ git+https://example.com/x@{COMMIT}\" }} }}"
    );
    let deep = format!("-e hg+https://example.com/y@{COMMIT}#egg=y\n");
    let files =
        [("project.kdl", manifest.as_str()), ("all.txt", "-r deep.txt\n"), ("deep.txt", deep.as_str())];
    let text = compiled(&files).unwrap_or_else(|report| panic!("{report}"));
    assert!(has(stage(&text, "python-project"), "mercurial"), "{text}");
    assert!(!has(stage(&text, "python-project"), "git"), "{text}");
    assert!(has(stage(&text, "venv-apart"), "git"), "{text}");
    assert!(!has(stage(&text, "final"), "git") && !has(stage(&text, "final"), "mercurial"), "{text}");
}

#[test]
fn each_heavy_package_has_a_layer() {
    let several = jetson("packages { pytorch; lerobot; jupyterlab }");
    let (python, last) = (stage(&several, "python"), stage(&several, "final"));
    assert!(python.contains("\n/opt/venv/bin/python3 /run/layers.py pytorch=torch\nEOF\n"), "{python}");
    let layers = "COPY --link --from=python /layers/pytorch /opt/venv\nCOPY --link --from=python /opt/venv /opt/venv\n";
    assert!(last.contains(layers), "{last}");
    // A single heavy package needs no separate layer.
    let one = jetson("packages { pytorch; jupyterlab }");
    assert!(!one.contains("layers"), "{one}");
    assert!(stage(&one, "final").contains("COPY --link --from=python /opt/venv /opt/venv\n"), "{one}");
    // It does with other packages in the same environment: those for which pip clones a repository.
    let mixed = jetson("packages { stable-diffusion-webui }");
    assert!(
        stage(&mixed, "python").contains("\n/opt/venv/bin/python3 /run/layers.py pytorch=torch\nEOF\n"),
        "{mixed}"
    );
    assert!(stage(&mixed, "final").contains(layers), "{mixed}");
    let cloned = jetson(&format!(
        "packages {{ pytorch }}\npip {{ install \"demo @ git+https://example.com/demo.git@{COMMIT}\" }}"
    ));
    let project = stage(&cloned, "python-project");
    assert!(project.trim_end().contains("/opt/venv/bin/python3 /run/layers.py pytorch=torch"), "{project}");
    let layers = layers.replace("=python ", "=python-project ");
    assert!(stage(&cloned, "final").contains(&layers), "{cloned}");
}

#[test]
fn without_a_repository_there_is_no_stage_for_project_packages() {
    let text = jetson("pip { install \"demo @ https://example.com/demo-1.0-py3-none-any.whl\" }");
    assert!(!text.contains("python-project") && !text.contains("FROM base"), "{text}");
}

#[test]
fn pip_in_app_commands_is_constrained_and_checked_at_the_end() {
    let text =
        jetson("packages { numpy }\napp { run \"pip install -U numpy\"; run \"true\"; command \"true\" }");
    let last = stage(&text, "final");
    let run = last.find("pip install -U numpy").expect("the command runs");
    let mounts = &last[last[..run].rfind("RUN ").expect("by RUN")..run];
    assert!(mounts.contains("constraints/final.txt,target=/run/constraints.txt"), "{mounts}");
    assert!(mounts.contains("export PIP_CONSTRAINT=/run/constraints.txt"), "{mounts}");
    assert_eq!(last.matches("python3 /run/check.py").count(), 1, "{last}");
    assert!(last.find("python3 /run/check.py") > last.find("\ntrue\n"), "{last}");
    let bare = jetson("app { run \"true\"; command \"true\" }");
    assert!(!bare.contains("constraints") && !bare.contains("check.py"), "{bare}");
}

#[test]
fn the_catalogue_s_packages_need_no_check() {
    let head = "project \"demo\"\ntarget { device \"jetson-agx-orin\"; jetpack \"6.2\" }\n";
    let manifest =
        format!("{head}packages {{ numpy }}\napp {{ copy \"main.py\" to=\"/app/\"; command \"true\" }}");
    let text =
        compiled(&[("project.kdl", &manifest), ("main.py", "")]).unwrap_or_else(|report| panic!("{report}"));
    let last = stage(&text, "final");
    assert!(!last.contains("check.py"), "nothing of the project is installed: {last}");
}

#[test]
fn a_workspace_is_built_by_the_python_of_the_image() {
    let head =
        "project \"demo\"\ntarget { device \"jetson-agx-orin\"; jetpack \"6.2\" }\ncatalog \"packages\"\n";
    let package = "package \"nodes\" {\n    summary \"Nodes\"\n    license \"MIT\"\n    source \"https://example.com/nodes\"\n    \
                   version \"1.0\"\n    requires { ros \"humble\" }\n    build {\n        git \"https://example.com/nodes.git\" \
                   commit=\"0123456789abcdef0123456789abcdef01234567\" to=\"/ws\"\n        colcon \"/ws\"\n        \
                   export \"/ws/install\"\n    }\n}\n";
    let with = |pip: &str| {
        let manifest = format!("{head}packages {{ nodes }}\n{pip}");
        let files = [("project.kdl", manifest.as_str()), ("packages/nodes/package.kdl", package)];
        compiled(&files).unwrap_or_else(|report| panic!("{report}"))
    };
    let text = with("pip { install \"rich==13.9.4\" }");
    let build = stage(&text, "build-nodes");
    assert!(build.contains("-m venv --system-site-packages /opt/venv"), "{build}");
    assert!(build.contains("ENV PATH=/opt/venv/bin:${PATH}"), "{build}");
    assert!(build.contains("python3 \"$(command -v colcon)\" build "), "{build}");
    // Without an environment in the image, ROS nodes start with Ubuntu's Python.
    let text = with("");
    assert!(
        !text.contains("/opt/venv /opt/venv") && !stage(&text, "build-nodes").contains("-m venv"),
        "{text}"
    );
}

#[test]
fn commands_of_definitions_and_projects_may_use_unset_variables() {
    let text = jetson("app { run \"source /opt/setup.bash\"; run \"true\"; command \"true\" }");
    assert!(text.contains("set -eo pipefail\nsource /opt/setup.bash\n"), "{text}");
    assert!(text.contains("set -euo pipefail\ntrue\n"), "{text}");
    assert!(!jetson("packages { numpy }").contains("set -eo"), "all commands are jcc's own");
}

#[test]
fn the_built_opencv_satisfies_the_names_of_its_pypi_packages() {
    for (package, version) in [("opencv-cuda", "4.14.0"), ("opencv", "4.5.4")] {
        let more = format!("packages {{ {package} }}\npip {{ install \"opencv-python\" }}");
        let text = jetson(&more);
        let head = "project \"demo\"\ntarget { device \"jetson-agx-orin\"; jetpack \"6.2\" }\n";
        let lines = &super::compiled::support(&[("project.kdl", &format!("{head}{more}\n"))])[".jcc/constraints/final.txt"];
        for name in [
            "opencv-python",
            "opencv-python-headless",
            "opencv-contrib-python",
            "opencv-contrib-python-headless",
        ] {
            assert!(has(lines, &format!("{name}=={version}")), "{name}: {lines}");
        }
        let last = stage(&text, "final");
        assert!(last.contains(&format!("export VERSION={version}\n")), "{last}");
        let named = last.find("dist-info").expect("its metadata is written");
        assert!(Some(named) < last.find("    opencv-python \\"), "{last}");
    }
    let reported = |more: &str| {
        let head = "project \"demo\"\ntarget { device \"jetson-agx-orin\"; jetpack \"6.2\" }\n";
        compiled(&[("project.kdl", &format!("{head}{more}\n"))]).expect_err("it does not compile")
    };
    let report = reported("packages { opencv-cuda }\npip { install \"opencv-python==4.10.0.84\" }");
    let wanted = "`opencv-cuda` and `opencv-python==4.10.0.84` are incompatible";
    assert!(report.contains(wanted), "{report}");
}

#[test]
fn pip_may_request_packages_that_the_resolver_chose() {
    let text = jetson("packages { pytorch; torchvision }\npip { install \"torch\" \"ultralytics==8.3.0\" }");
    assert!(has(stage(&text, "final"), "ultralytics==8.3.0"), "{text}");
    // The user's own index may have such a build.
    let index = "extra-index \"mine\" \"https://pypi.example.com/simple\"";
    let text = jetson(&format!("pip {{ {index}; install \"torch==2.8.0\" }}"));
    assert!(has(stage(&text, "final"), "torch==2.8.0"), "{text}");
}
