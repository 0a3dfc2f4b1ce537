//! The nodes that may stand at the top level and in a target alike.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Log, codes::manifest as codes, wording};
use crate::source::{Span, Spanned};
use crate::syntax::Reader;

use super::{Allow, App, Apt, Base, BuildOptions, Cache, Pin, Pip, Request, RunOptions, Test};
use super::{app, apt, base, build, output, package, pip, project, run, test};

/// What one block says, be it the top level or a target.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Scope {
    pub(super) pins: Vec<Pin>,
    pub(super) base: Option<Base>,
    pub(super) build: BuildOptions,
    pub(super) packages: Vec<Request>,
    pub(super) apt: Apt,
    pub(super) pip: Pip,
    pub(super) app: Option<App>,
    pub(super) run: RunOptions,
    pub(super) tests: Vec<Test>,
    pub(super) cache: Option<Spanned<Cache>>,
    pub(super) allows: Vec<Allow>,
}

/// Reads the nodes of a block; those that are no part of a layer are others' to read.
pub(super) fn decode<'a>(nodes: impl Iterator<Item = Reader<'a>> + Clone, log: &mut Log) -> Scope {
    let blocks = |name: &str| nodes.clone().filter(|node| node.name() == name).collect::<Vec<_>>();
    once_in_all(&blocks("apt"), apt::SINGLE, log);
    once_in_all(&blocks("pip"), pip::SINGLE, log);
    let mut layer = Scope::default();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for node in nodes {
        let first = seen.insert(node.name());
        match node.name() {
            "pin" => layer.pins.extend(package::decode_pins(node, log)),
            "base" if first => layer.base = base::decode(node, log),
            "build" if first => layer.build = build::decode(node, log),
            "packages" => layer.packages.extend(package::decode(node, log)),
            "apt" => add_apt(&mut layer.apt, apt::decode(node, log), log),
            "pip" => add_pip(&mut layer.pip, pip::decode(node, log), log),
            "app" if first => layer.app = Some(app::decode(node, log)),
            "run" if first => layer.run = run::decode(node, log),
            "test" => layer.tests.extend(test::decode(node, log)),
            "cache" if first => {
                layer.cache = Some(Spanned::new(output::decode_cache(node, log), node.span()));
            }
            "allow" => layer.allows.extend(project::decode_allow(node, log)),
            _ => {}
        }
    }
    names(layer.tests.iter().map(|one| one.name.as_ref()), "tests", log);
    layer
}

/// Tells where a child that says one thing stands in two blocks of the same name.
fn once_in_all(blocks: &[Reader<'_>], names: &[&str], log: &mut Log) {
    for name in names {
        let mut firsts = blocks.iter().filter_map(|block| block.child(name));
        let Some(first) = firsts.next() else { continue };
        for second in firsts {
            log.error(
                Diagnostic::error(codes::DUPLICATE_NODE, format!("duplicate {}", wording::code(name)))
                    .at(second.name_span(), "second occurrence")
                    .at(first.name_span(), "first occurrence")
                    .help("remove one of them"),
            );
        }
    }
}

fn add_apt(ours: &mut Apt, more: Apt, log: &mut Log) {
    names(ours.sources.iter().chain(&more.sources).map(|one| one.name.as_ref()), "archives", log);
    ours.add(more);
}

fn add_pip(ours: &mut Pip, more: Pip, log: &mut Log) {
    names(ours.venvs.iter().chain(&more.venvs).map(|one| one.name.as_ref()), "environments", log);
    names(ours.extra_indexes.iter().chain(&more.extra_indexes).map(|one| one.name.as_ref()), "indexes", log);
    ours.add(more);
}

/// Tells each name that stands a second time.
pub(super) fn names<'a, T: Ord + std::fmt::Display + 'a>(
    all: impl Iterator<Item = Spanned<&'a T>>,
    what: &str,
    log: &mut Log,
) {
    let mut seen: BTreeMap<&T, Span> = BTreeMap::new();
    for name in all {
        if let Some(first) = seen.get(name.value) {
            let called = wording::code(name.value.to_string());
            log.error(
                Diagnostic::error(codes::SAME_NAME, format!("two {what} are named {called}"))
                    .at(name.span, "second occurrence")
                    .at(*first, "first occurrence")
                    .help("rename one of them, or merge the two"),
            );
        } else {
            seen.insert(name.value, name.span);
        }
    }
}
