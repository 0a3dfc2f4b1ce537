//! Everything of one kind in a definition, wherever it stands.

use crate::{Condition, Guard, Package, Require, Step, StepKind, Template, TestBody};

/// All steps, of the build and of the image.
pub(super) fn steps(package: &Package) -> impl Iterator<Item = &Step> {
    package.build.iter().flat_map(|build| &build.steps).chain(&package.install.steps)
}

/// All requirements, whatever they depend on.
pub(super) fn requires(package: &Package) -> impl Iterator<Item = &Require> {
    package.all_requires().map(|(_, require)| require)
}

pub(super) fn conflicts(package: &Package) -> impl Iterator<Item = &Require> {
    package.conflicts.iter().chain(package.versions.iter().flat_map(|version| &version.conflicts))
}

/// All conditions of all `when`s; one that guards several things comes several times.
pub(super) fn conditions(package: &Package) -> Vec<&Condition> {
    let mut guards: Vec<&Guard> = requires(package).chain(conflicts(package)).map(|one| &one.guard).collect();
    guards.extend(steps(package).map(|step| &step.guard));
    let unavailable = package.versions.iter().flat_map(|version| &version.unavailable);
    guards.extend(package.unavailable.iter().chain(unavailable).map(|one| &one.guard));
    guards.extend(package.env.iter().map(|one| &one.guard));
    guards.extend(package.paths.iter().map(|one| &one.guard));
    guards.extend(package.dists.iter().map(|one| &one.guard));
    guards.extend(package.notes.iter().map(|one| &one.guard));
    guards.extend(package.commands.iter().map(|one| &one.guard));
    guards.extend(package.tests.iter().map(|one| &one.guard));
    guards.into_iter().flat_map(|guard| &guard.all).collect()
}

/// All texts in which values are put; shell of `run` is none, values reach it by its `env`.
pub(super) fn templates(package: &Package) -> Vec<&Template> {
    let mut all: Vec<&Template> =
        package.versions.iter().flat_map(|version| version.values.values()).collect();
    all.extend(package.env.iter().map(|one| &one.value.1));
    all.extend(package.dists.iter().flat_map(|one| one.value.version.iter().chain([&one.value.name])));
    for body in package.tests.iter().flat_map(|test| &test.body) {
        match body {
            TestBody::Run(text) | TestBody::Python(text) => all.push(text),
            TestBody::Libraries(test) => all.extend(test.names.iter().chain(&test.of).chain(&test.absent)),
            TestBody::File(_) => {}
        }
    }
    for step in steps(package) {
        all.extend(of_step(&step.kind));
    }
    all
}

pub(super) fn of_step(step: &StepKind) -> Vec<&Template> {
    let mut all = Vec::new();
    match step {
        StepKind::Apt(packages) => all.extend(packages),
        StepKind::AptSource { uri, suites, components, .. } => {
            all.push(uri);
            all.extend(suites.iter().chain(components));
        }
        StepKind::Pip { specs, index, .. } => all.extend(specs.iter().chain(index)),
        StepKind::Wheel { url, sha256, name } => {
            all.push(url);
            all.extend(sha256.iter().chain(name));
        }
        StepKind::Deb { url, sha256 } => {
            all.push(url);
            all.extend(sha256);
        }
        StepKind::Archive { url, sha256, to, .. } => {
            all.extend([url, to]);
            all.extend(sha256);
        }
        StepKind::Git { url, tag, commit, to, .. } => {
            all.extend([url, to]);
            all.extend(tag.iter().chain(commit));
        }
        StepKind::Cmake { source, generator, prefix, defines } => {
            all.push(source);
            all.extend(generator.iter().chain(prefix));
            all.extend(defines.iter().map(|define| &define.value));
        }
        StepKind::Make { directory: first, arguments }
        | StepKind::Ninja { directory: first, arguments }
        | StepKind::Colcon { workspace: first, arguments } => {
            all.push(first);
            all.extend(arguments);
        }
        StepKind::WheelBuild { from, env } => {
            all.push(from);
            all.extend(env.iter().map(|(_, value)| value));
        }
        StepKind::Run { env, .. } | StepKind::Script { env, .. } | StepKind::Env(env) => {
            all.extend(env.iter().map(|(_, value)| value));
        }
        StepKind::Copy { to, mode, .. } => {
            all.push(to);
            all.extend(mode);
        }
        StepKind::Symlink { target, at } => all.extend([target, at]),
        StepKind::Mkdir { path, mode } => {
            all.push(path);
            all.extend(mode);
        }
        StepKind::Export { path, to } => {
            all.push(path);
            all.extend(to);
        }
        StepKind::Ldconfig | StepKind::Dockerfile { .. } => {}
    }
    all
}
