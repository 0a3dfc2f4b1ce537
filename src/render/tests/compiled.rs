//! Tests of Dockerfiles that are compiled from manifests.

use std::borrow::Cow;

use crate::diagnostic::Log;
use crate::fs::Memory;
use crate::manifest::{self, Stacks};
use crate::plan::{Inputs, plan};
use crate::resolve::LockedDownloads;
use crate::source::Sources;

/// The key whose fingerprint is in the manifests.
pub(super) const VENDOR_KEY: &str = include_str!("../../../tests/cases/reject/files/keys/vendor.asc");

/// No stacks.
struct None;

impl Stacks for None {
    fn stack(&self, _: &str) -> Option<(String, Cow<'static, str>)> {
        Option::None
    }

    fn names(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Returns the Dockerfile of a manifest's first target if it compiles, and the diagnostics.
pub(super) fn dockerfile_and_report(files: &[(&str, &str)]) -> (Option<String>, String) {
    rendered(files, crate::render::dockerfile)
}

/// Returns the support files of a manifest's first target, by path.
pub(super) fn support(files: &[(&str, &str)]) -> std::collections::BTreeMap<String, String> {
    let (files, report) = rendered(files, crate::render::support::files);
    files.unwrap_or_else(|| panic!("{report}")).into_iter().collect()
}

fn rendered<T>(files: &[(&str, &str)], render: impl Fn(&crate::plan::Plan) -> T) -> (Option<T>, String) {
    let fs = Memory::with(files.iter().copied());
    let (mut sources, mut log) = (Sources::new(), Log::new());
    let text = (|log: &mut Log| {
        let read = manifest::load(&fs, "project.kdl", &None, &mut sources, log)?;
        let projects = read.projects(log)?;
        let mut catalog = crate::builtin::catalog(&mut sources);
        for folder in &projects[0].catalogs {
            catalog.add_folder(&fs, folder, &mut sources, log);
        }
        let resolution = crate::resolve::resolve(&projects[0], &catalog, Option::None, &sources, log)?;
        let inputs = Inputs {
            project: &projects[0],
            resolution: &resolution,
            catalog: &catalog,
            sources: &sources,
            locked: &LockedDownloads::default(),
        };
        let plan = plan(inputs, log)?;
        crate::plan::require_grades(&projects[0], &plan.fetches, log);
        log.checkpoint()?;
        Ok::<_, crate::diagnostic::Reported>(render(&plan))
    })(&mut log);
    let line = |one: &&crate::diagnostic::Diagnostic| {
        let labels: Vec<String> =
            one.labels.iter().map(|label| format!("{}: {}", sources.cite(label.span), label.text)).collect();
        format!("{} {}\n  {}", one.code, one.message, labels.join("\n  "))
    };
    let report = log.sorted().iter().map(line).collect::<Vec<_>>().join("\n");
    (text.ok(), report)
}

/// Returns the Dockerfile of a manifest's first target, or the diagnostics.
pub(super) fn compiled(files: &[(&str, &str)]) -> Result<String, String> {
    let (text, report) = dockerfile_and_report(files);
    text.ok_or(report)
}

const WORKSTATION: &str = r#"
project "dl-workstation" version="0.1.0"
target "bench" { platform "x86_64"; ubuntu "22.04"; driver ">=570"; gpu "8.6" "8.9" }
pin { cuda "12.8" }
packages { pytorch "2.8"; torchvision }
apt {
    install "vim" "htop"
    extra-arg #true
    source "vendor" { uri "https://apt.example.com/ubuntu"; suite "jammy"; component "main"; key "keys/vendor.asc" fingerprint="8FEFBB28088692FB96C449F9CB812F59D58EC48E" }
}
pip { install "fastapi==0.115.0"; venv "open3d" { install "open3d==0.18.0" "numpy==1.24.4" } }
app {
    workdir "/app"
    copy "src" to="/app"
    user "robot" uid=1000
    env { A "x\"$y" }
    run "python3 -c 'print(1)'"
    command "python3" "main.py"
}
"#;

const JETSON: &str = r#"
project "perception" version="0.3.0"
target "orin" { device "jetson-agx-orin"; jetpack "6.2" }
packages { ros "humble"; pytorch; vtk "9.3"; pcl; cupcl }
"#;

fn workstation() -> String {
    compiled(&[("project.kdl", WORKSTATION), ("keys/vendor.asc", VENDOR_KEY), ("src/main.py", "")]).unwrap()
}

fn jetson() -> String {
    compiled(&[("project.kdl", JETSON)]).unwrap()
}

/// Returns the names of the stages, in order.
fn stages(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.starts_with("FROM ")).filter_map(|line| line.rsplit(' ').next()).collect()
}

/// Returns the text of a stage.
pub(super) fn stage<'a>(text: &'a str, name: &str) -> &'a str {
    let from = text.lines().find(|line| line.starts_with("FROM ") && line.ends_with(&format!(" AS {name}")));
    let after = text.split_once(from.expect("the stage exists")).expect("its line was found").1;
    after.split_once("\nFROM ").map_or(after, |(stage, _)| stage)
}

#[test]
fn stages_have_a_fixed_order() {
    let text = workstation();
    assert_eq!(stages(&text), ["base", "python", "venv-open3d", "final", "test"]);
    let text = jetson();
    let found = stages(&text);
    let at = |name: &str| found.iter().position(|stage| *stage == name).expect(name);
    assert!(at("keys") < at("base") && at("base") < at("build-vtk") && at("build-vtk") < at("python"));
    assert!(at("python") < at("final") && at("final") < at("test"));
}

#[test]
fn stages_have_few_apt_transactions() {
    for text in [workstation(), jetson()] {
        let packages = |stage: &str| stage.matches("apt-get install").count();
        assert!(packages(stage(&text, "base")) <= 1, "{text}");
        assert!(packages(stage(&text, "final")) <= 2, "{text}");
    }
}

#[test]
fn builds_leave_nothing_but_exports() {
    let text = jetson();
    let last = stage(&text, "final");
    assert!(last.contains("COPY --link --from=build-vtk /opt/vtk/"), "{last}");
    assert!(!last.contains("build-essential") && !last.contains("libqt5opengl5-dev"), "{last}");
}

#[test]
fn stages_from_images_set_the_shell_and_others_inherit_it() {
    for text in [workstation(), jetson()] {
        let mut named = std::collections::BTreeSet::new();
        for name in stages(&text) {
            let from = text.lines().find(|line| line.ends_with(&format!(" AS {name}"))).unwrap();
            let from = from.split(' ').nth(1).unwrap();
            let stage = stage(&text, name);
            assert_eq!(stage.matches("\nSHELL ").count(), usize::from(!named.contains(from)), "{stage}");
            named.insert(name);
        }
    }
}

#[test]
fn adding_a_system_package_adds_one_line() {
    let files = |text: &str| {
        compiled(&[("project.kdl", text), ("keys/vendor.asc", VENDOR_KEY), ("src/main.py", "")]).unwrap()
    };
    let before = workstation();
    let after = files(&WORKSTATION.replace("\"htop\"", "\"htop\" \"tree\""));
    let lines = |text: &str| -> Vec<String> { text.lines().map(str::to_owned).collect() };
    let (before, after) = (lines(&before), lines(&after));
    let added: Vec<&String> = after.iter().filter(|line| !before.contains(line)).collect();
    assert_eq!(added, ["    tree \\"]);
    let removed: Vec<&String> = before.iter().filter(|line| !after.contains(line)).collect();
    assert!(removed.is_empty(), "{removed:?}");
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    assert_eq!(workstation(), workstation());
    assert_eq!(jetson(), jetson());
}

const BENCH: &str = "target { platform \"x86_64\"; ubuntu \"22.04\"; driver \">=570\"; gpu \"8.9\" }\n";
const ORIN: &str = "target { device \"jetson-agx-orin\"; jetpack \"6.2\" }\n";

fn reported(target: &str, more: &str) -> Result<String, String> {
    let manifest = format!("project \"demo\"\n{target}{more}\n");
    compiled(&[("project.kdl", &manifest), ("keys/vendor.asc", VENDOR_KEY)])
}

#[test]
fn snapshots_are_used_if_the_archive_has_them() {
    let snapshot = "apt { snapshot \"20260901T000000Z\"; install \"htop\" }";
    let text = reported(BENCH, snapshot).unwrap();
    assert!(text.contains("http://snapshot.ubuntu.com/ubuntu/20260901T000000Z/"), "{text}");
    assert!(reported(ORIN, snapshot).unwrap_err().starts_with("jcc::plan::no-snapshot"));
}

#[test]
fn a_ppa_is_added_with_its_key() {
    let hash = "98DF8AF8EED4F47E4223152835D4FC3F3598DB57";
    let text = reported(BENCH, &format!("apt {{ ppa \"vendor/ppa\" fingerprint=\"{hash}\" }}")).unwrap();
    assert!(
        text.contains("URIs: https://ppa.launchpadcontent.net/vendor/ppa/ubuntu\nSuites: jammy"),
        "{text}"
    );
    assert!(text.contains(&format!("search=0x{hash}")), "{text}");
    assert!(text.contains("    ca-certificates"), "{text}");
}

#[test]
fn values_that_outputs_cannot_represent_are_reported() {
    let report = reported(BENCH, "app { env { MOTD \"one\\ntwo\" } }").unwrap_err();
    assert!(report.starts_with("jcc::plan::not-carried") && report.contains("project.kdl:3"), "{report}");
    // Builders read lines of up to 65,535 bytes.
    let long = "x".repeat(65_536);
    for node in [
        format!("env {{ MOTD {long:?} }}"),
        format!("run {long:?}"),
        format!("command \"echo\" {long:?}"),
        format!("entrypoint {long:?}"),
        format!("healthcheck {long:?}"),
        "volume \"/data \"".to_owned(),
    ] {
        let report = reported(BENCH, &format!("app {{ {node} }}")).unwrap_err();
        assert!(report.contains("jcc::plan::not-carried") && report.contains("project.kdl:3"), "{report}");
    }
    let empty = "run { command \"echo\" \"\" }";
    assert!(reported(BENCH, empty).is_ok());
    let report = reported(&BENCH.replace("gpu", "engine \"podman\"; gpu"), empty).unwrap_err();
    assert!(report.contains("jcc::plan::not-carried") && report.contains("project.kdl:3"), "{report}");
    assert!(reported(BENCH, &format!("run {{ env {{ MOTD {long:?} }}; command {long:?} }}")).is_ok());
}

#[test]
fn copied_names_are_not_patterns() {
    let copied = |name: &str| {
        let copy = format!("project \"demo\"\n{BENCH}app {{ copy {name:?} to=\"/x\" }}\n");
        compiled(&[("project.kdl", &copy), (name, "")])
    };
    assert!(copied("a[1] ").unwrap().contains("[\"a[[]1][ ]\", \"/x\"]"));
    // Builders do not match these two in a character class.
    for name in ["a*b", "a?b"] {
        assert!(copied(name).unwrap_err().contains("jcc::plan::not-carried"));
    }
}

#[test]
fn a_required_pin_grade_is_enforced() {
    let report = reported(BENCH, "pip { install \"requests\" }\noutput { require-grade \"D\" }");
    assert!(report.is_ok(), "{report:?}");
    let report = reported(BENCH, "pip { install \"requests\" }\noutput { require-grade \"B\" }").unwrap_err();
    assert!(report.contains("`requests` has pin grade D"), "{report}");
}

#[test]
fn two_archives_with_the_same_name_are_reported() {
    let source = |host: &str| {
        format!("source \"a-b\" {{ uri \"https://{host}/x\"; suite \"jammy\"; component \"main\"; trusted }}")
    };
    let report = reported(
        BENCH,
        &format!(
            "apt {{ {}\n ppa \"a/b\" fingerprint=\"98DF8AF8EED4F47E4223152835D4FC3F3598DB57\" }}",
            source("one.example.com")
        ),
    )
    .unwrap_err();
    assert!(report.contains("jcc::plan::source-clash two apt sources are named `a-b`"), "{report}");
}

#[test]
fn builds_are_copied_as_exports_and_wheels() {
    let manifest = "project \"demo\"\ncatalog \"my\"\ntarget { platform \"x86_64\" }\nbase image=\"debian:bookworm-slim\" { provides { debian \"12\" } }\npackages { demo; wheely }\napp { run \"demo-tool\"; run \"python3 -c 'import wheely; print(wheely.X)'\"; command \"demo-tool\" }\n";
    let demo = r#"package "demo" {
    summary "A demo"
    license "MIT"
    source "https://example.com/demo"
    version "1.0"
    build memory=512 {
        apt "cmake" "g++" "make"
        run "mkdir -p /src && cd /src && echo 'int main(){return 0;}' > a.cpp && printf 'cmake_minimum_required(VERSION 3.10)\nproject(a)\nadd_executable(demo-tool a.cpp)\ninstall(TARGETS demo-tool)\n' > CMakeLists.txt"
        cmake "/src" { define "X_Y" "a b $c 'q'" }
        export "/usr/local"
    }
    install { mkdir "/opt/demo/x" mode="0750"; symlink "/usr/local/bin/demo-tool" at="/opt/demo/tool" ; copy "a.conf" to="/etc/demo.conf" ; ldconfig }
    env { DEMO_PATH "/opt/demo"; DEMO "é \" $x" }
    test "runs" { build; run "demo-tool\nls -la /opt/demo" }
}
"#;
    let wheely = r#"package "wheely" {
    summary "A demo"
    license "MIT"
    source "https://example.com/demo"
    version "2.0"
    requires { python; demo }
    build {
        run "mkdir -p /src/w/wheely && cd /src/w && echo 'X = 3' > wheely/__init__.py && printf 'from setuptools import setup\nsetup(name=\"wheely\", version=\"2.0\", packages=[\"wheely\"])\n' > setup.py"
        wheel-build "/src/w" { env { A "b" } }
    }
    dist "wheely"
    test "imports" { build; python "import wheely; assert wheely.X == 3" }
}
"#;
    let files = [
        ("project.kdl", manifest),
        ("my/demo/package.kdl", demo),
        ("my/demo/a.conf", "x=1\n"),
        ("my/wheely/package.kdl", wheely),
    ];
    let text = compiled(&files).unwrap();
    let built = stage(&text, "build-demo");
    assert!(built.contains("/jcc/before") && built.contains("$'-DX_Y=a b $c \\'q\\''"), "{built}");
    // Another stage that needs the build copies it instead of building it again.
    assert!(
        stage(&text, "build-wheely").contains("COPY --link --from=build-demo /export/usr/local /usr/local")
    );
    assert!(stage(&text, "python").contains("from=build-wheely,source=/wheels,target=/run/wheels"));
    let last = stage(&text, "final");
    assert!(last.contains("COPY --link --from=build-demo /export/usr/local /usr/local"), "{last}");
    assert!(last.contains("ENV DEMO_PATH=/opt/demo") && last.contains(r#"ENV DEMO="é \" \$x""#), "{last}");
    assert!(!last.contains("cmake"), "{last}");
}

#[test]
fn a_system_package_with_a_version_is_installed_once() {
    let with = |apt: &str| {
        let text = format!(
            "project \"demo\"\ntarget {{ device \"jetson-agx-orin\"; jetpack \"6.2\" }}\npackages {{ pytorch }}\napt {{ {apt} }}\n"
        );
        compiled(&[("project.kdl", &text), ("keys/own.asc", VENDOR_KEY)]).unwrap()
    };
    let text = with("install \"libgomp1=12.3.0-1ubuntu1~22.04\"");
    assert_eq!(text.matches("libgomp1=12.3.0-1ubuntu1~22.04").count(), 1, "{text}");
    assert_eq!(text.matches("libgomp1").count(), 1, "{text}");
    assert!(!text.contains("System packages of the project"), "{text}");
    let more = with("install \"libgomp1=12.3.0-1ubuntu1~22.04\" \"jq=1.6-2.1ubuntu3\"");
    assert_eq!(more.matches("libgomp1").count(), 1, "{more}");
    assert!(more.contains("System packages of the project") && more.contains("jq=1.6"), "{more}");
    // A version in an archive of the project can be installed only after the archive is added.
    let own = with(
        "install \"libgomp1=99\"; source \"own\" { uri \"https://apt.example.com/x\"; suite \"jammy\"; component \"main\"; key \"keys/own.asc\" fingerprint=\"8FEFBB28088692FB96C449F9CB812F59D58EC48E\" }",
    );
    assert_eq!(own.matches("libgomp1=99").count(), 1, "{own}");
    assert!(own.contains("System packages of the project"), "{own}");
}
