//! Each stage of every package's Dockerfile has the toolkits that its build compiles against, the archives of
//! the system packages that it installs, whole families of pinned packages, and no unexpanded template.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use jcc::internals::catalog::{Catalog, RequireStage, Role, StepKind};
use jcc::internals::resolve::Resolution;
use jcc::internals::source::Sources;

use super::machines::MACHINES;
use super::{Built, in_parallel, one, packages, survey};

/// A stage of a Dockerfile.
struct Stage<'t> {
    from: &'t str,
    lines: Vec<&'t str>,
}

/// The stages of a Dockerfile by name.
pub(crate) struct Stages<'t>(BTreeMap<&'t str, Stage<'t>>);

impl<'t> Stages<'t> {
    pub(crate) fn new(dockerfile: &'t str) -> Self {
        let mut stages: BTreeMap<&str, Stage<'_>> = BTreeMap::new();
        let mut last = None;
        for line in dockerfile.lines() {
            if let Some((from, name)) = line.strip_prefix("FROM ").and_then(|line| line.split_once(" AS ")) {
                stages.insert(name, Stage { from, lines: Vec::new() });
                last = Some(name);
            } else if let Some(stage) = last.and_then(|name| stages.get_mut(name)) {
                stage.lines.push(line);
            }
        }
        Self(stages)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Returns the lines of a stage and of the stages that it starts from, and the image below them.
    pub(crate) fn below(&self, name: &'t str) -> (Vec<&'t str>, &'t str) {
        let mut lines = Vec::new();
        let mut next = name;
        loop {
            let Some(stage) = self.0.get(next) else { return (lines, next) };
            lines.extend(&stage.lines);
            next = stage.from;
        }
    }
}

/// Returns the system packages that these lines install, with their versions. Each package is on a line that
/// ends with a backslash.
fn installed<'t>(lines: &[&'t str]) -> BTreeMap<&'t str, Option<&'t str>> {
    let mut inside = false;
    let mut all = BTreeMap::new();
    for line in lines {
        match line.trim() {
            line if line.ends_with("apt-get install \\") => inside = true,
            word if inside && word.starts_with("--") => inside = false,
            word if inside => {
                let word = word.trim_end_matches(" \\").trim_matches('\'');
                let (name, version) =
                    word.split_once('=').map_or((word, None), |(name, version)| (name, Some(version)));
                all.insert(name, version);
            }
            _ => {}
        }
    }
    all
}

fn catalogue() -> Catalog {
    jcc::internals::builtin::catalog(&mut Sources::new())
}

thread_local! {
    static CATALOGUE: Catalog = catalogue();
}

/// Returns, for each chosen package that requires toolkits at build time, the names of these toolkits.
pub(super) fn toolkits(resolution: &Resolution) -> BTreeMap<String, BTreeSet<String>> {
    let has_toolkit = |name: &str| {
        CATALOGUE.with(|catalog| {
            let package = catalog.package(name);
            package.is_some_and(|package| package.variants.iter().any(|variant| variant.toolkit))
        })
    };
    let mut all = BTreeMap::new();
    for (name, chosen) in resolution.chosen.iter().filter(|(_, chosen)| !chosen.provided) {
        let mut open: Vec<_> = chosen
            .requires
            .iter()
            .filter(|(_, stage)| *stage == RequireStage::Build)
            .map(|(name, _)| name)
            .collect();
        let mut seen = BTreeSet::new();
        while let Some(next) = open.pop() {
            if seen.insert(next) {
                let requires = resolution.chosen.get(next).into_iter().flat_map(|next| &next.requires);
                open.extend(requires.filter(|(_, stage)| *stage == RequireStage::Run).map(|(name, _)| name));
            }
        }
        let own: BTreeSet<String> =
            seen.iter().map(ToString::to_string).filter(|name| has_toolkit(name)).collect();
        if !own.is_empty() {
            all.insert(name.to_string(), own);
        }
    }
    all
}

/// The system packages that contain a toolkit, by the beginnings of their names.
const TOOLKITS: [(&str, &[&str]); 3] = [
    ("cuda", &["cuda-nvcc-", "cuda-toolkit-"]),
    ("cudnn", &["libcudnn8-dev", "libcudnn9-dev-"]),
    ("tensorrt", &["libnvinfer-dev"]),
];

/// Returns whether an image of the catalogue contains a toolkit with compiler and headers.
fn has_toolkit(catalog: &Catalog, image: &str, toolkit: &str) -> bool {
    catalog.bases().any(|base| {
        base.tags.iter().any(|tag| {
            let reference = format!("{}:{}", base.image, tag.tag.value);
            image.split('@').next() == Some(&*reference)
                && tag.role == Role::Devel
                && tag.provides.keys().any(|name| name.as_str() == toolkit)
                && !tag.host.iter().any(|name| name.as_str() == toolkit)
        })
    })
}

/// Reports the builds without a toolkit that they compile against.
fn without_toolkit(built: &Built, catalog: &Catalog) -> Vec<String> {
    let stages = Stages::new(&built.dockerfile);
    let mut faults = Vec::new();
    for (name, needed) in &built.toolkits {
        let stage = format!("build-{name}");
        if !stages.has(&stage) {
            continue;
        }
        let (lines, image) = stages.below(&stage);
        let installed = installed(&lines);
        for toolkit in needed {
            let (_, starts) =
                TOOLKITS.iter().find(|(one, _)| one == toolkit).expect("the table has each toolkit");
            let found = installed.keys().any(|name| starts.iter().any(|start| name.starts_with(start)));
            if !found && !has_toolkit(catalog, image, toolkit) {
                faults.push(format!("`{stage}` on {image} has no {toolkit} to compile against"));
            }
        }
    }
    faults
}

/// Returns, by pattern of package names, the archives that offer such packages according to the definitions.
fn offers(catalog: &Catalog) -> BTreeMap<String, BTreeSet<String>> {
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for axis in catalog.axes() {
        for step in &axis.install.steps {
            if let StepKind::AptSource { name, offers, .. } = &step.kind {
                for pattern in offers {
                    all.entry(pattern.to_string()).or_default().insert(name.value.to_string());
                }
            }
        }
    }
    assert!(all.len() > 10, "{} patterns", all.len());
    all
}

/// Reports the stages that install a package without having an archive that offers it.
fn without_archive(
    built: &Built,
    catalog: &Catalog,
    offers: &BTreeMap<String, BTreeSet<String>>,
) -> Vec<String> {
    let stages = Stages::new(&built.dockerfile);
    let mut faults = Vec::new();
    for name in stages.0.keys() {
        let (lines, image) = stages.below(name);
        let sources = lines.iter().filter_map(|line| line.split_once("/etc/apt/sources.list.d/"));
        let mut present: BTreeSet<String> =
            sources.filter_map(|(_, file)| file.strip_suffix(".sources")).map(str::to_owned).collect();
        for base in catalog.bases().filter(|base| image.starts_with(&format!("{}:", base.image))) {
            present.extend(base.apt_sources.iter().map(ToString::to_string));
        }
        for package in installed(&lines).keys() {
            let matching = offers.iter().filter(|(pattern, _)| match pattern.strip_suffix('*') {
                Some(start) => package.starts_with(start),
                None => package == pattern,
            });
            let archives: BTreeSet<&String> = matching.flat_map(|(_, archives)| archives).collect();
            if !archives.is_empty() && !archives.iter().any(|archive| present.contains(*archive)) {
                faults.push(format!("`{name}` on {image} installs {package} without any of {archives:?}"));
            }
        }
    }
    faults
}

/// Packages that depend on others of their family in exactly their own version. Sources: for libnvinfer-bin,
/// the output of `apt` in <https://github.com/NVIDIA/TensorRT/issues/1741>. For the header packages, public
/// Dockerfiles that pin them with the others, such as
/// `tools/ci_build/github/linux/docker/Dockerfile.package_ubuntu_2204_gpu_ffmpeg` of `microsoft/onnxruntime`.
/// For cuDNN, only scripts that install the headers in the version of the others. A number after the name is
/// the major version: `libnvinfer-lean10`.
const FAMILIES: [(&str, &[&str]); 6] = [
    ("libnvinfer-dev", &["libnvinfer-headers-dev"]),
    ("libnvinfer-plugin-dev", &["libnvinfer-headers-plugin-dev", "libnvinfer-dev"]),
    ("libnvonnxparsers-dev", &["libnvinfer-dev"]),
    ("libnvinfer-bin", &["libnvinfer-lean", "libnvinfer-dispatch"]),
    ("libcudnn9-dev-cuda-12", &["libcudnn9-headers-cuda-12"]),
    ("libcudnn9-dev-cuda-13", &["libcudnn9-headers-cuda-13"]),
];

/// Returns whether the family has these other packages in this version: `TensorRT` since 8.6, cuDNN since
/// 9.10.
fn has_members(package: &str, version: &str) -> bool {
    let mut numbers = version.split(['.', '-']).map(|number| number.parse::<u32>().unwrap_or_default());
    let version = (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default());
    version >= if package.starts_with("libcudnn") { (9, 10) } else { (8, 6) }
}

/// Reports pinned packages whose family members are missing or have another version.
fn torn_families(built: &Built) -> Vec<String> {
    let stages = Stages::new(&built.dockerfile);
    let mut faults = Vec::new();
    for name in stages.0.keys() {
        let (lines, _) = stages.below(name);
        let installed = installed(&lines);
        for (package, others) in FAMILIES {
            let Some(Some(version)) = installed.get(package) else { continue };
            for other in others.iter().filter(|_| has_members(package, version)) {
                let same = |one: &str| {
                    one.strip_prefix(other).is_some_and(|end| end.parse::<u32>().is_ok() || end.is_empty())
                };
                let found = installed.iter().find(|(one, _)| same(one)).and_then(|(_, version)| *version);
                if found != Some(version) {
                    faults.push(format!("`{name}` has {package}={version} and {other} {found:?}"));
                }
            }
        }
    }
    faults
}

/// Reports what is wrong with a compiled package.
fn faults(built: &Built, catalog: &Catalog, offers: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let mut faults = without_toolkit(built, catalog);
    faults.extend(without_archive(built, catalog, offers));
    faults.extend(torn_families(built));
    let lines = built.dockerfile.lines().chain(built.others.lines());
    faults
        .extend(lines.filter(|line| line.contains("{{")).map(|line| format!("unexpanded template: {line}")));
    faults
}

#[test]
#[ignore = "takes a minute: `tests/run` has it"]
fn every_stage_has_what_its_steps_need() {
    let catalog = catalogue();
    let offers = offers(&catalog);
    let (mut wrong, mut builds) = (Vec::new(), 0);
    for (name, surveyed) in survey() {
        for (machine, outcome) in MACHINES.iter().zip(&surveyed.outcomes) {
            for built in &outcome.built {
                builds += built.toolkits.len();
                let reports = faults(built, &catalog, &offers);
                wrong.extend(
                    reports
                        .iter()
                        .map(|fault| format!("{name} {} on {}: {fault}", built.version, machine.name)),
                );
            }
        }
    }
    assert!(builds > 100, "{builds}");
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

/// Toolkits other than the default of the release, and bases without CUDA.
const OTHERS: [(&str, &str); 8] = [
    (r#"device "jetson-agx-orin"; jetpack "6.2""#, r#"pin { cuda "12.9" }"#),
    (r#"device "jetson-agx-orin"; jetpack "6.2""#, r#"pin { cuda "12.4" }"#),
    (r#"device "jetson-agx-orin"; jetpack "6.0""#, r#"pin { cuda "12.6" }"#),
    (r#"device "jetson-agx-orin"; jetpack "5.1.2""#, r#"pin { cuda "12.2" }"#),
    (r#"platform "x86_64"; ubuntu "22.04"; driver ">=580"; gpu "8.6""#, r#"pin { cuda "12.4" }"#),
    (r#"platform "x86_64"; driver ">=580"; gpu "8.6""#, r#"base "debian""#),
    (r#"device "jetson-agx-orin"; jetpack "6.2""#, r#"base "debian""#),
    (r#"device "jetson-nano"; jetpack "4.6.4""#, r#"base "ubuntu""#),
];

#[test]
#[ignore = "takes a minute: `tests/run` has it"]
fn every_stage_has_what_its_steps_need_with_other_toolkits_and_bases() {
    let catalog_names: Vec<String> = packages().into_iter().map(|(name, _, _)| name).collect();
    let offers = offers(&catalogue());
    let wrong = Mutex::new(Vec::new());
    in_parallel(&catalog_names, |name| {
        for (target, more) in OTHERS {
            let reports = match one(name, name, more, target) {
                Ok(built) => CATALOGUE.with(|catalog| faults(&built, catalog, &offers)),
                // It is unavailable there, and the reason is reported.
                Err(codes) => codes.into_iter().filter(|code| !code.starts_with("jcc::resolve::")).collect(),
            };
            let reports = reports.into_iter().map(|fault| format!("{name} on {target} with {more}: {fault}"));
            wrong.lock().expect("no thread panics while holding it").extend(reports);
        }
    });
    let wrong = wrong.into_inner().expect("no thread panics while holding it");
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}
