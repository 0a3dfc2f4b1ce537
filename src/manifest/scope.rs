//! The nodes that are allowed both at the top level and in a target.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Log, codes::manifest as codes, wording};
use crate::source::{Span, Spanned};
use crate::syntax::Reader;

use super::{Allow, App, Apt, Base, BuildOptions, Cache, Pin, Pip, Request, RunOptions, Test};
use super::{app, apt, base, build, output, package, pip, project, run, test};

/// The nodes of the top level or of a target.
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

/// Decodes the nodes of a scope, and ignores all others.
pub(super) fn decode<'a>(nodes: impl Iterator<Item = Reader<'a>> + Clone, log: &mut Log) -> Scope {
    let blocks = |name: &str| nodes.clone().filter(|node| node.name() == name).collect::<Vec<_>>();
    check_single(&blocks("apt"), apt::SINGLE, log);
    check_single(&blocks("pip"), pip::SINGLE, log);
    let mut scope = Scope::default();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for node in nodes {
        let first = seen.insert(node.name());
        match node.name() {
            "pin" => scope.pins.extend(package::decode_pins(node, log)),
            "base" if first => scope.base = base::decode(node, log),
            "build" if first => scope.build = build::decode(node, log),
            "packages" => scope.packages.extend(package::decode(node, log)),
            "apt" => add_apt(&mut scope.apt, apt::decode(node, log), log),
            "pip" => add_pip(&mut scope.pip, pip::decode(node, log), log),
            "app" if first => scope.app = Some(app::decode(node, log)),
            "run" if first => scope.run = run::decode(node, log),
            "test" => scope.tests.extend(test::decode(node, log)),
            "cache" if first => {
                scope.cache = Some(Spanned::new(output::decode_cache(node, log), node.span()));
            }
            "allow" => scope.allows.extend(project::decode_allow(node, log)),
            _ => {}
        }
    }
    check_unique(scope.tests.iter().map(|one| one.name.as_ref()), "tests", log);
    scope
}

/// Reports a child that is allowed once and occurs in several blocks of the same kind.
fn check_single(blocks: &[Reader<'_>], names: &[&str], log: &mut Log) {
    for name in names {
        let mut found = blocks.iter().filter_map(|block| block.child(name));
        let Some(first) = found.next() else { continue };
        for second in found {
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
    check_unique(ours.sources.iter().chain(&more.sources).map(|one| one.name.as_ref()), "archives", log);
    ours.add(more);
}

fn add_pip(ours: &mut Pip, more: Pip, log: &mut Log) {
    check_unique(ours.venvs.iter().chain(&more.venvs).map(|one| one.name.as_ref()), "environments", log);
    check_unique(
        ours.extra_indexes.iter().chain(&more.extra_indexes).map(|one| one.name.as_ref()),
        "indexes",
        log,
    );
    ours.add(more);
}

/// Reports each name that occurs a second time. `what` is the plural of what is named.
pub(super) fn check_unique<'a, T: Ord + std::fmt::Display + 'a>(
    all: impl Iterator<Item = Spanned<&'a T>>,
    what: &str,
    log: &mut Log,
) {
    let mut seen: BTreeMap<&T, Span> = BTreeMap::new();
    for name in all {
        if let Some(first) = seen.get(name.value) {
            let shown = wording::code(name.value.to_string());
            log.error(
                Diagnostic::error(codes::SAME_NAME, format!("two {what} are named {shown}"))
                    .at(name.span, "second occurrence")
                    .at(*first, "first occurrence")
                    .help("rename one of them, or merge the two"),
            );
        } else {
            seen.insert(name.value, name.span);
        }
    }
}
