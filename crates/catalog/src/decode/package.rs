//! `package` and `axis`.

use crate::source::Spanned;
use crate::syntax::Reader;
use crate::value::{EnvName, Name, PackedText, Parse as _, Requirement};

use super::install::{install, variables};
use super::require::{flatten, requirements, unavailable};
use super::{DecodeContext, parts, test, unique, version};
use crate::{
    Guard, Guarded, Note, Package, PackageTest, Require, RequireStage, ServerCommand, Step, StepKind,
    Template, words,
};

/// A whole definition; `group` is the folder above.
pub(crate) fn package(
    node: Reader<'_>,
    group: &PackedText,
    context: &mut DecodeContext<'_>,
) -> Option<Package> {
    let children = flatten(node, context.log);
    let name: Option<Spanned<Name>> = node.arg(0, context.log);
    let axis = if node.name() == "axis" { Some(node) } else { node.child("axis") };
    let axis = axis.and_then(|node| parts::axis(node, context.log));
    let summary = context.child(node, "summary").or_else(|| Some(axis.as_ref()?.title.clone()));
    let mut package = Package {
        source: node.span().source,
        group: context.child(node, "group").unwrap_or_else(|| group.clone()),
        homepage: context.child(node, "homepage"),
        license: context.child(node, "license"),
        aliases: node.args_of_children("alias", context.log),
        axis,
        versions: version::versions(node, context),
        requires: requirements(&children, "requires", context.log),
        conflicts: requirements(&children, "conflicts", context.log),
        unavailable: unavailable(&children, context.log),
        choice: node.text_of_child("choice", context.log),
        options: parts::options(node, context.log),
        variants: parts::variants(node, context.log),
        build: node.child("build").map(|block| install(block, context)),
        install: node.child("install").map(|block| install(block, context)).unwrap_or_default(),
        env: env(&children, context),
        paths: guarded(&children, "path", |one| one.arg(0, context.log)),
        dists: guarded(&children, "dist", |one| parts::dist(one, context)),
        needed_by: context.children(node, "needed-by"),
        same_modules: context.children(node, "same-modules"),
        system_site_packages: node.child("site-packages").is_some(),
        tests: tests(&children, context),
        size: node.child("size").and_then(|size| parts::size(size, context.log)),
        commands: guarded(&children, "command", |one| {
            let words = one.args::<PackedText>(context.log).into_iter().map(|word| word.value).collect();
            let root = one.prop::<PackedText>("user", context.log).is_some();
            Some(ServerCommand { words, root })
        }),
        shm_size: context.child(node, "shm-size"),
        notes: guarded(&children, "note", |one| note(one, context)),
        sources: context.children(node, "source"),
        span: node.span(),
        summary: summary?,
        name: name?,
    };
    imply_python(&mut package);
    Some(package)
}

/// Python packages imply Python, where a definition says nothing of it.
fn imply_python(package: &mut Package) {
    let of_versions = package.versions.iter().flat_map(|one| &one.requires);
    let is_named = package.requires.iter().chain(of_versions).any(|one| one.name.as_str() == words::PYTHON);
    let Ok(name) = Name::parse(words::PYTHON) else { return };
    if is_named || package.axis.is_some() || package.name.value == name {
        return;
    }
    let is_python = |step: &&Step| {
        matches!(step.kind, StepKind::Pip { .. } | StepKind::Wheel { .. } | StepKind::WheelBuild { .. })
    };
    let blocks = [(package.build.as_ref(), RequireStage::Build), (Some(&package.install), RequireStage::Run)];
    let mut implied: Vec<Require> = Vec::new();
    for (block, stage) in blocks {
        for step in block.iter().flat_map(|block| &block.steps).filter(is_python) {
            // A wheel that is built is installed too.
            let built = matches!(step.kind, StepKind::WheelBuild { .. });
            for stage in [stage, RequireStage::Run].into_iter().take(if built { 2 } else { 1 }) {
                if implied.iter().any(|one| one.stage == stage && one.guard == step.guard) {
                    continue;
                }
                implied.push(Require {
                    name: Spanned::new(name.clone(), step.span),
                    requirement: Spanned::new(Requirement::any(), step.span),
                    stage,
                    only_run: false,
                    guard: step.guard.clone(),
                });
            }
        }
    }
    package.requires.extend(implied);
}

fn note(node: Reader<'_>, context: &mut DecodeContext<'_>) -> Option<Note> {
    let text: Spanned<PackedText> = node.arg(0, context.log)?;
    let unless: Option<Spanned<PackedText>> = node.prop("unless", context.log);
    Some(Note { value: text.value, unless: unless.map(|word| word.value) })
}

/// The children of one name, each with its guard.
fn guarded<'a, T>(
    children: &[(Guard, Reader<'a>)],
    name: &str,
    mut read: impl FnMut(Reader<'a>) -> Option<T>,
) -> Vec<Guarded<T>> {
    children
        .iter()
        .filter(|(_, child)| child.name() == name)
        .filter_map(|(guard, child)| Some(Guarded { guard: guard.clone(), value: read(*child)? }))
        .collect()
}

fn tests(children: &[(Guard, Reader<'_>)], context: &mut DecodeContext<'_>) -> Vec<PackageTest> {
    let named = children.iter().filter(|(_, child)| child.name() == "test");
    let found: Vec<_> = named.filter_map(|(guard, child)| test::test(*child, guard, context)).collect();
    // Under conditions that exclude each other a name may stand again.
    for (at, one) in found.iter().enumerate() {
        let same = |other: &&PackageTest| {
            other.name.value == one.name.value && (other.guard == one.guard || other.guard.all.is_empty())
        };
        if let Some(first) = found[..at].iter().find(same) {
            let pair = [first, one].map(|test| (test.name.as_str(), test.name.span));
            unique("test", pair, context.log);
        }
    }
    found
}

fn env(
    children: &[(Guard, Reader<'_>)],
    context: &mut DecodeContext<'_>,
) -> Vec<Guarded<(Spanned<EnvName>, Template)>> {
    let mut found = Vec::new();
    for (guard, block) in children.iter().filter(|(_, child)| child.name() == "env") {
        let pairs = variables(*block, context);
        found.extend(pairs.into_iter().map(|value| Guarded { guard: guard.clone(), value }));
    }
    found
}
