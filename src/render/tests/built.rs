//! Tests of stages and file ownership, for manifests with their own definitions.

use super::compiled::{compiled, stage};

const SHA: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Compiles a manifest with a package `demo`, which has a file `a.conf`.
fn with_demo(target: &str, demo: &str, more: &str) -> Result<String, String> {
    let manifest =
        format!("project \"demo\"\ncatalog \"my\"\ntarget {{ {target} }}\npackages {{ demo }}\n{more}\n");
    let demo = format!("package \"demo\" {{ summary \"A demo\"; {demo} }}\n");
    compiled(&[
        ("project.kdl", &manifest),
        ("my/demo/package.kdl", &demo),
        ("my/demo/a.conf", "/opt/demo/lib\n"),
        ("src/a.py", ""),
        ("a.conf", ""),
    ])
}

const BENCH: &str = "platform \"x86_64\"; ubuntu \"22.04\"; driver \">=570\"";

#[test]
fn empty_lists_of_gpus_are_reported() {
    let arches = |text: &str| {
        format!("build {{ run \"true\" {{ env {{ ARCHES \"{text}\" }} }}; export \"/opt/demo\" }}")
    };
    for list in ["{{ sm_flat }}", "{{ sm | join(';') }}", "{{ sm_list }}"] {
        let report = with_demo(BENCH, &arches(list), "").unwrap_err();
        assert!(report.starts_with("jcc::plan::no-gpu demo is compiled for the target's GPUs"), "{report}");
        assert!(report.contains("project.kdl:3: missing `gpu`"), "{report}");
    }
    let text = with_demo(&format!("{BENCH}; gpu \"8.6\" \"8.9\""), &arches("{{ sm_flat }}"), "").unwrap();
    assert!(text.contains("export ARCHES='86;89'"), "{text}");
    // A template that handles an empty list is accepted.
    let text = with_demo(BENCH, &arches("{{ sm_flat if sm_flat else 'all' }}"), "").unwrap();
    assert!(text.contains("export ARCHES=all"), "{text}");
    let text = compiled(&[(
        "project.kdl",
        &format!("project \"demo\"\ntarget {{ {BENCH} }}\npackages {{ pytorch }}\n"),
    )]);
    assert!(!text.unwrap().contains("ARCH_LIST"));
}

#[test]
fn environments_on_ubuntu_18_04_get_a_newer_pip() {
    let wheel = "requires { python }; build { wheel-build \"demo==1\" }; dist \"demo\"";
    let more = "pip { venv \"apart\" { install \"tqdm==4.64.1\" } }";
    let text = with_demo("device \"jetson-nano\"; jetpack \"4.6.4\"", wheel, more).unwrap();
    for name in ["build-demo", "python", "venv-apart"] {
        let stage = stage(&text, name);
        let calls: Vec<&str> = stage.split("bin/pip ").skip(1).collect();
        assert!(calls.len() > 1 && calls[0].starts_with("install \\\n    pip==21.3.1 \\\n"), "{stage}");
    }
    let text = with_demo("device \"jetson-agx-orin\"; jetpack \"6.2\"", wheel, more).unwrap();
    assert!(!text.contains("pip==21.3.1"));
}

#[test]
fn ldconfig_runs_after_linker_configuration_is_copied() {
    let runs_after = |text: &str, file: &str| {
        let last = stage(text, "final").to_owned();
        last.split_once(file).expect("the stage has the file").1.contains("ldconfig && rm")
    };
    let copy = "copy \"a.conf\" to=\"/etc/ld.so.conf.d/a.conf\"";
    // Before and after the Python environment.
    for steps in [
        copy.to_owned(),
        format!("pip \"tqdm==4.67.1\"; {copy}"),
        "pip \"tqdm==4.67.1\"; ldconfig".to_owned(),
    ] {
        let text = with_demo(BENCH, &format!("requires {{ python }}; install {{ {steps} }}"), "").unwrap();
        let file = if steps.contains("a.conf") { "/etc/ld.so.conf.d/a.conf" } else { "/opt/venv" };
        assert!(runs_after(&text, file), "{steps}\n{text}");
    }
    let app = "app { copy \"a.conf\" to=\"/etc/ld.so.conf.d/\"; user \"me\"; run \"true\" }";
    let text = with_demo(BENCH, "install { apt \"jq\" }", app).unwrap();
    assert!(runs_after(&text, "/etc/ld.so.conf.d"), "{text}");
    let text = with_demo(BENCH, "install { apt \"jq\" }", &app.replace("ld.so.conf.d", "profile.d")).unwrap();
    assert!(!text.contains("ldconfig"), "{text}");
}

#[test]
fn zstd_archives_do_not_need_a_recent_tar() {
    for end in ["tar.zst", "tzst"] {
        let install = format!(
            "install {{ archive \"https://example.com/a.{end}\" sha256=\"{SHA}\" to=\"/opt/demo\" strip=1 }}"
        );
        let text = with_demo("device \"jetson-agx-orin\"; jetpack \"5.1.2\"", &install, "").unwrap();
        let files = stage(&text, "files-demo");
        assert!(files.contains("    zstd \\\n"), "{files}");
        let unpacked = format!(
            "\nset -euo pipefail\nmkdir -p /files/opt/demo\nzstd --decompress --quiet --stdout /run/fetch/a.{end} | \
             tar --extract --directory=/files/opt/demo --no-same-owner --strip-components=1\n"
        );
        assert!(files.contains(&unpacked), "{files}");
    }
}

#[test]
fn copies_outside_of_the_application_belong_to_root() {
    let app = r#"app {
    workdir "/srv/app/src"
    copy "src" to="."
    copy "src" to="/srv/app/"
    copy "a.conf" to="/home/me/a.conf"
    copy "a.conf" to="/data/a.conf"
    copy "a.conf" to="/etc/a.conf"
    copy "a.conf" to="/srv/apple"
    volume "/data"
    user "me" uid=1001
}"#;
    let text = with_demo(BENCH, "install { apt \"jq\" }", app).unwrap();
    let copies: Vec<&str> =
        text.lines().filter(|line| line.starts_with("COPY ") && !line.contains("--from")).collect();
    let copies: Vec<&str> = copies.into_iter().filter(|line| !line.contains("<<")).collect();
    assert_eq!(
        copies,
        [
            "COPY --chown=1001:1001 src /srv/app/src/",
            "COPY --chown=1001:1001 src /srv/app/",
            "COPY --chown=1001:1001 a.conf /home/me/a.conf",
            "COPY --chown=1001:1001 a.conf /data/a.conf",
            "COPY a.conf /etc/a.conf",
            "COPY a.conf /srv/apple",
        ]
    );
}

#[test]
fn steps_that_fetch_nothing_have_no_network() {
    let steps = |install: &str| with_demo(BENCH, &format!("install {{ {install} }}"), "").unwrap();
    assert!(
        steps("run \"rm -f /etc/x\"")
            .contains("\nRUN --network=none <<'EOF'\nset -euo pipefail\nrm -f /etc/x\n")
    );
    assert!(steps("mkdir \"/opt/demo\"").contains("\nRUN --network=none"));
    assert!(
        steps("mkdir \"/opt/demo\"; run \"printf x > /opt/demo/y\\nldconfig\"")
            .contains("\nRUN --network=none")
    );
    for unknown in
        ["run \"demo-tool\"", "mkdir \"/opt/demo\"; run \"curl https://example.com > /opt/demo/x\""]
    {
        assert!(!steps(unknown).contains("--network=none"), "{unknown}");
    }
    let built = with_demo(BENCH, "build { run \"mkdir -p /opt/demo\"; export \"/opt/demo\" }", "").unwrap();
    assert!(stage(&built, "build-demo").contains("\nRUN --network=none"), "{built}");
}

#[test]
fn path_variables_of_packages_are_joined() {
    let text = with_demo(
        "device \"jetson-agx-orin\"; jetpack \"6.2\"",
        "requires { ros \"2022.5.23\" }; env { PYTHONPATH \"/opt/demo/lib\" }",
        "",
    )
    .unwrap();
    assert!(text.contains("PYTHONPATH=/opt/demo/lib:${PYTHONPATH}"), "{text}");
    assert_eq!(text.matches("PYTHONPATH=/opt/ros/humble").count(), 1, "{text}");
}

#[test]
fn downloads_are_in_one_stage() {
    let url = "https://example.com/demo-1.0-py3-none-any.whl";
    let wheel =
        format!("requires {{ python }}; dist \"demo\"; install {{ wheel \"{url}\" sha256=\"{SHA}\" }}");
    let text = with_demo(BENCH, &wheel, "").unwrap();
    assert_eq!(text.matches(&format!(" {url} ")).count(), 1, "{text}");
    let both = format!(
        "{wheel}; build {{ archive \"https://example.com/a.tar.gz\" sha256=\"{SHA}\" to=\"/opt/demo\"; export \"/opt/demo\" }}"
    );
    let text = with_demo(BENCH, &both, "").unwrap();
    assert_eq!(
        (text.matches(&format!(" {url} ")).count(), text.matches("https://example.com/a.tar.gz ").count()),
        (1, 1),
        "{text}"
    );
    let nano = compiled(&[(
        "project.kdl",
        "project \"d\"\ntarget { device \"jetson-nano\" }\npackages { deepstream \"6.0.1\" { option \"pyds\" \"yes\" } }\n",
    )]);
    assert_eq!(nano.unwrap().matches("pyds-1.1.1-py3-none-linux_aarch64.whl /").count(), 1);
}

#[test]
fn keys_are_fetched_if_a_stage_copies_them() {
    let on_a_pc = |packages: &str| {
        let manifest = format!(
            "project \"d\"\ntarget {{ platform \"x86_64\"; ubuntu \"24.04\" }}\npackages {{ {packages} }}\n"
        );
        compiled(&[("project.kdl", &manifest)]).unwrap()
    };
    for packages in ["vllm", "pytorch", "cudnn"] {
        let text = on_a_pc(packages);
        assert_eq!(text.contains(" AS keys\n"), text.contains("--from=keys "), "{packages}: {text}");
    }
    let on_a_jetson =
        "project \"d\"\ntarget { device \"jetson-agx-orin\"; jetpack \"6.2\" }\npackages { pytorch }\n";
    assert!(compiled(&[("project.kdl", on_a_jetson)]).unwrap().contains("--from=keys "));
}
