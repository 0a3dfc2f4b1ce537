//! What each stage of every package's Dockerfile must have: what its builds compile against, the archives of the packages
//! that it names, whole families of pinned packages, no template that was left as it is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use jcc::internals::catalog::{Catalog, RequireStage as Needed, Role, StepKind};
use jcc::internals::resolve::Resolution;
use jcc::internals::source::Sources;

use super::machines::MACHINES;
use super::{Built, in_parallel, one, packages, survey};

/// A stage of a Dockerfile.
struct RequireStage<'t> {
    from: &'t str,
    lines: Vec<&'t str>,
}

/// A Dockerfile by its stages.
pub(crate) struct Stages<'t>(BTreeMap<&'t str, RequireStage<'t>>);

impl<'t> Stages<'t> {
    pub(crate) fn new(dockerfile: &'t str) -> Self {
        let mut stages: BTreeMap<&str, RequireStage<'_>> = BTreeMap::new();
        let mut last = None;
        for line in dockerfile.lines() {
            if let Some((from, name)) = line.strip_prefix("FROM ").and_then(|line| line.split_once(" AS ")) {
                stages.insert(name, RequireStage { from, lines: Vec::new() });
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

    /// The lines of a stage and of those that it stands on, and the image below them.
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

/// The system packages that lines install, one a line with a backslash: their names with their versions.
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
    Catalog::builtin(&mut Sources::new())
}

thread_local! {
    static CATALOGUE: Catalog = catalogue();
}

/// Of each chosen package with steps of a build the parts of the platform that it compiles against.
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
            .filter(|(_, stage)| *stage == Needed::Build)
            .map(|(name, _)| name)
            .collect();
        let mut seen = BTreeSet::new();
        while let Some(next) = open.pop() {
            if seen.insert(next) {
                let requires = resolution.chosen.get(next).into_iter().flat_map(|next| &next.requires);
                open.extend(requires.filter(|(_, stage)| *stage == Needed::Run).map(|(name, _)| name));
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

/// What shows that a stage has a part of the platform to compile against.
const TOOLKITS: [(&str, &[&str]); 3] = [
    ("cuda", &["cuda-nvcc-", "cuda-toolkit-"]),
    ("cudnn", &["libcudnn8-dev", "libcudnn9-dev-"]),
    ("tensorrt", &["libnvinfer-dev"]),
];

/// Whether an image of the catalogue holds a part with compiler and headers.
fn holds(catalog: &Catalog, image: &str, part: &str) -> bool {
    catalog.bases().any(|base| {
        base.tags.iter().any(|tag| {
            let reference = format!("{}:{}", base.image, tag.tag.value);
            image.split('@').next() == Some(&*reference)
                && tag.role == Role::Devel
                && tag.provides.keys().any(|name| name.as_str() == part)
                && !tag.host.iter().any(|name| name.as_str() == part)
        })
    })
}

/// The builds that lack what they compile against.
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
        for part in needed {
            let (_, starts) =
                TOOLKITS.iter().find(|(one, _)| one == part).expect("the table has each toolkit");
            let found = installed.keys().any(|name| starts.iter().any(|start| name.starts_with(start)));
            if !found && !holds(catalog, image, part) {
                faults.push(format!("`{stage}` on {image} has no {part} to compile against"));
            }
        }
    }
    faults
}

/// Which archives offer packages of a name, by the definitions.
fn offers(catalog: &Catalog) -> BTreeMap<String, BTreeSet<String>> {
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for axis in catalog.axes() {
        for step in &axis.install.steps {
            if let StepKind::AptSource { name, offers, .. } = &step.kind {
                for pattern in offers {
                    all.entry(pattern.clone()).or_default().insert(name.value.to_string());
                }
            }
        }
    }
    assert!(all.len() > 10, "the definitions say what archives offer");
    all
}

/// Stages that install what none of their archives offers.
fn without_archive(
    built: &Built,
    catalog: &Catalog,
    offers: &BTreeMap<String, BTreeSet<String>>,
) -> Vec<String> {
    let stages = Stages::new(&built.dockerfile);
    let mut faults = Vec::new();
    for name in stages.0.keys() {
        let (lines, image) = stages.below(name);
        let held = lines.iter().filter_map(|line| line.split_once("/etc/apt/sources.list.d/"));
        let mut held: BTreeSet<String> =
            held.filter_map(|(_, file)| file.strip_suffix(".sources")).map(str::to_owned).collect();
        for base in catalog.bases().filter(|base| image.starts_with(&format!("{}:", base.image))) {
            held.extend(base.apt_sources.iter().map(ToString::to_string));
        }
        for package in installed(&lines).keys() {
            let matching = offers.iter().filter(|(pattern, _)| match pattern.strip_suffix('*') {
                Some(start) => package.starts_with(start),
                None => package == pattern,
            });
            let archives: BTreeSet<&String> = matching.flat_map(|(_, archives)| archives).collect();
            if !archives.is_empty() && !archives.iter().any(|archive| held.contains(*archive)) {
                faults.push(format!("`{name}` on {image} installs {package} without any of {archives:?}"));
            }
        }
    }
    faults
}

/// Packages of a family that depend on others of it in exactly their own version. What `apt` prints for libnvinfer-bin is
/// quoted in <https://github.com/NVIDIA/TensorRT/issues/1741>; that the parts with headers are pinned with the others was
/// seen in public Dockerfiles, such as this one of `microsoft/onnxruntime`:
/// `tools/ci_build/github/linux/docker/Dockerfile.package_ubuntu_2204_gpu_ffmpeg`. For cuDNN it was only seen that scripts
/// install the headers in the version of the others. A number after the name is its major version: `libnvinfer-lean10`.
const FAMILIES: [(&str, &[&str]); 6] = [
    ("libnvinfer-dev", &["libnvinfer-headers-dev"]),
    ("libnvinfer-plugin-dev", &["libnvinfer-headers-plugin-dev", "libnvinfer-dev"]),
    ("libnvonnxparsers-dev", &["libnvinfer-dev"]),
    ("libnvinfer-bin", &["libnvinfer-lean", "libnvinfer-dispatch"]),
    ("libcudnn9-dev-cuda-12", &["libcudnn9-headers-cuda-12"]),
    ("libcudnn9-dev-cuda-13", &["libcudnn9-headers-cuda-13"]),
];

/// Whether a family has these parts in that version: `TensorRT`'s since 8.6, cuDNN's since 9.10.
fn has_parts(package: &str, version: &str) -> bool {
    let mut numbers = version.split(['.', '-']).map(|number| number.parse::<u32>().unwrap_or_default());
    let version = (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default());
    version >= if package.starts_with("libcudnn") { (9, 10) } else { (8, 6) }
}

/// Packages held to a version whose relatives float.
fn torn_families(built: &Built) -> Vec<String> {
    let stages = Stages::new(&built.dockerfile);
    let mut faults = Vec::new();
    for name in stages.0.keys() {
        let (lines, _) = stages.below(name);
        let installed = installed(&lines);
        for (package, others) in FAMILIES {
            let Some(Some(version)) = installed.get(package) else { continue };
            for other in others.iter().filter(|_| has_parts(package, version)) {
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

/// What is wrong with a compiled package.
fn faults(built: &Built, catalog: &Catalog, offers: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let mut faults = without_toolkit(built, catalog);
    faults.extend(without_archive(built, catalog, offers));
    faults.extend(torn_families(built));
    let lines = built.dockerfile.lines().chain(built.others.lines());
    faults.extend(lines.filter(|line| line.contains("{{")).map(|line| format!("left as it is: {line}")));
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

/// Toolkits beside the release's own, and bases that no release names.
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
fn every_stage_has_it_with_other_toolkits_and_bases() {
    let catalog_names: Vec<String> = packages().into_iter().map(|(name, _, _)| name).collect();
    let offers = offers(&catalogue());
    let wrong = Mutex::new(Vec::new());
    in_parallel(&catalog_names, |name| {
        for (target, more) in OTHERS {
            let reports = match one(name, name, more, target) {
                Ok(built) => CATALOGUE.with(|catalog| faults(&built, catalog, &offers)),
                // It is not available there, and the reason is reported.
                Err(codes) => codes.into_iter().filter(|code| !code.starts_with("jcc::resolve::")).collect(),
            };
            let reports = reports.into_iter().map(|fault| format!("{name} on {target} with {more}: {fault}"));
            wrong.lock().expect("no one panics with it").extend(reports);
        }
    });
    let wrong = wrong.into_inner().expect("no one panics with it");
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}
