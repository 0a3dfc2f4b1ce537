//! Libraries that a build links are installed at run time, and Python modules from apt match the Python that
//! imports them.

use std::collections::BTreeSet;

use jcc::internals::catalog::{Catalog, DefinitionKind, Package, RequireStage, StepKind};
use jcc::internals::source::Sources;

/// Development packages that definitions link against, with the beginnings of the names of the run-time
/// packages.
const LIBRARIES: &[(&str, &[&str])] = &[
    ("libgstreamer-plugins-base1.0-dev", &["libgstreamer-plugins-base1.0-0", "gstreamer1.0-plugins-base"]),
    ("libgstreamer1.0-dev", &["libgstreamer1.0-0", "gstreamer1.0-plugins-base"]),
    ("libopenblas-dev", &["libopenblas0"]),
    ("libpng-dev", &["libpng16-16"]),
    ("libtiff-dev", &["libtiff"]),
    ("libwebp-dev", &["libwebpdemux2"]),
    ("portaudio19-dev", &["libportaudio2"]),
];

/// `python3-` packages that need no particular Python version: programs for the distribution's Python, and
/// tools that create environments.
const TOOLS: &[&str] = &[
    "python3-gst-1.0",
    "python3-colcon-",
    "python3-rosdep",
    "python3-catkin-",
    "python3-pip",
    "python3-venv",
];

/// Returns the system packages of some steps.
fn apt<'a>(steps: impl IntoIterator<Item = &'a StepKind>) -> BTreeSet<&'a str> {
    let packages = steps.into_iter().filter_map(|step| match step {
        StepKind::Apt(packages) => Some(packages),
        _ => None,
    });
    packages.flatten().map(|one| one.text.as_str()).collect()
}

/// Returns the system packages that a package and its requirements at run time install.
fn installed<'a>(catalog: &'a Catalog, package: &'a Package) -> BTreeSet<&'a str> {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let (mut todo, mut all) = (vec![package], BTreeSet::new());
    while let Some(one) = todo.pop() {
        if seen.insert(one.name.as_str()) {
            all.extend(apt(one.install.steps.iter().map(|step| &step.kind)));
            let requires = one.requires.iter().chain(one.versions.iter().flat_map(|one| &one.requires));
            let run = requires.filter(|one| one.stage == RequireStage::Run);
            todo.extend(run.filter_map(|one| catalog.package(one.name.as_str())));
        }
    }
    all
}

#[test]
fn libraries_that_builds_link_are_installed() {
    let catalog = jcc::internals::builtin::catalog(&mut Sources::new());
    let (mut count, mut faults) = (0, Vec::new());
    for entry in catalog.entries(DefinitionKind::Package) {
        let package = catalog.package(&entry.name).expect("it is listed");
        let built = apt(package.build.iter().flat_map(|build| &build.steps).map(|step| &step.kind));
        let installed = installed(&catalog, package);
        for (dev, libraries) in LIBRARIES.iter().filter(|(dev, _)| built.contains(dev)) {
            count += 1;
            if !libraries.iter().any(|start| installed.iter().any(|name| name.starts_with(start))) {
                faults.push(format!("{} builds with {dev} but installs none of {libraries:?}", entry.name));
            }
        }
    }
    assert!(count >= 8, "{count} builds link against these");
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn packages_with_apt_python_modules_require_a_python_version() {
    let catalog = jcc::internals::builtin::catalog(&mut Sources::new());
    let (mut count, mut faults) = (0, Vec::new());
    for entry in catalog.entries(DefinitionKind::Package) {
        let package = catalog.package(&entry.name).expect("it is listed");
        let steps = package.install.steps.iter().chain(package.build.iter().flat_map(|build| &build.steps));
        let is_tool = |name: &str| TOOLS.iter().any(|tool| name.starts_with(tool));
        let modules: Vec<&str> = apt(steps.map(|step| &step.kind))
            .into_iter()
            .filter(|name| name.starts_with("python3-") && !name.starts_with("python3-gi") && !is_tool(name))
            .collect();
        let requires = package.requires.iter().chain(package.versions.iter().flat_map(|one| &one.requires));
        let requirements =
            requires.filter(|one| one.name.as_str() == "python" && !one.requirement.is_any()).count();
        count += modules.len();
        if !modules.is_empty() && requirements == 0 {
            faults.push(format!("{} installs {modules:?} for any Python", entry.name));
        }
    }
    assert!(count >= 3, "{count} modules");
    assert!(faults.is_empty(), "{faults:#?}");
}
