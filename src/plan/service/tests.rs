//! Targets and services for tests.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::GpuAccess;
use crate::diagnostic::Log;
use crate::fs::Memory;
use crate::manifest::{self, Project, Stacks};
use crate::plan::{Check, Script};
use crate::resolve::TargetFacts;
use crate::source::Sources;
use crate::value::{Name, Parse, Url, Version};

use super::{OutputFiles, ServiceInputs, Services, driver_capabilities, services};

struct NoStacks;

impl Stacks for NoStacks {
    fn stack(&self, _: &str) -> Option<(String, Cow<'static, str>)> {
        None
    }

    fn names(&self) -> Vec<String> {
        Vec::new()
    }
}

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

/// Returns the facts about a Jetson, like those of the catalogue.
pub(crate) fn jetson() -> TargetFacts {
    TargetFacts {
        name: name("orin"),
        device: Some(name("jetson-agx-orin")),
        summary: "Jetson AGX Orin".into(),
        platform: name("tegra"),
        arch: name("arm64"),
        sm: vec![Version::parse("8.7").unwrap()],
        memory: Some(32_768),
        storage: None,
        gpu: GpuAccess::Runtime,
        host_network: true,
        capabilities: vec!["compute".into(), "utility".into()],
        offers: BTreeSet::new(),
        values: BTreeMap::from([("model".into(), "JETSON_ORIN".into()), ("gpio_chips".into(), "0 1".into())]),
        groups: vec![name("video"), name("render")],
        notes: vec!["The host needs NVIDIA's container runtime".into()],
    }
}

/// Returns the facts about a PC.
pub(crate) fn pc() -> TargetFacts {
    TargetFacts {
        name: name("bench"),
        device: None,
        summary: "A PC".into(),
        platform: name("x86_64"),
        arch: name("amd64"),
        gpu: GpuAccess::Reservation,
        host_network: false,
        values: BTreeMap::new(),
        groups: Vec::new(),
        notes: Vec::new(),
        ..jetson()
    }
}

/// Plans the services of a manifest whose targets have these facts, in order.
pub(crate) fn planned(manifest: &str, targets: &[TargetFacts], tests: &[Check]) -> Vec<Services> {
    let (mut sources, mut log) = (Sources::new(), Log::new());
    let fs = Memory::with([
        ("project.kdl", manifest),
        ("certs/site.pem", ""),
        ("robot.env", ""),
        ("config/robot.yaml", ""),
    ]);
    let loaded = manifest::load(&fs, "project.kdl", &NoStacks, &mut sources, &mut log);
    let projects: Result<Vec<Project>, _> = loaded.and_then(|loaded| loaded.projects(&mut log));
    let projects = projects.unwrap_or_else(|_| panic!("{:?}", log.sorted()));
    assert_eq!(projects.len(), targets.len(), "each target has facts");
    let indexes =
        [("jetson-cu126".to_owned(), Url::parse("https://pypi.jetson-ai-lab.io/jp6/cu126").unwrap())];
    let each = projects.iter().zip(targets).map(|(project, target)| {
        let files = OutputFiles::of(project);
        services(ServiceInputs {
            project,
            target,
            sources: &sources,
            files: &files,
            indexes: &indexes,
            tests,
            installed: &[],
            image_env: &driver_capabilities(&project.run, target)
                .map(|capabilities| {
                    let all = [
                        ("NVIDIA_DRIVER_CAPABILITIES", capabilities),
                        ("NVIDIA_VISIBLE_DEVICES", "all".into()),
                    ];
                    all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
                })
                .unwrap_or_default(),
            final_is_last: tests.is_empty() && project.output.requests_dev().is_none(),
            bare_docker: false,
            bridge_works: false,
            epoch: 1_767_225_600,
        })
    });
    each.collect()
}

/// Returns two tests, one in Python and one in shell.
pub(crate) fn scripts() -> Vec<Check> {
    let cuda = "import torch\nassert torch.cuda.is_available(), \"it's $HOME\"\n";
    let check = |package: Option<&str>, name: &str, script| Check {
        package: package.map(|package| Name::parse(package).unwrap()),
        name: name.into(),
        script: vec![script],
    };
    vec![
        check(Some("torch"), "torch: cuda", Script::Python(cuda.into())),
        check(None, "mine", Script::Shell("test -e main.py".into())),
    ]
}
