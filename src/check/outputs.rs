//! Checks the paths of outputs: they must not clash with each other or with inputs, or be reserved for other
//! programs.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Log, codes::check as codes, wording};
use crate::fs::is_version_control;
use crate::manifest::{Output, Project};
use crate::source::Span;
use crate::value::ProjectPath;

/// The path of an output, and the place in the manifest that sets it.
pub(super) struct OutputPath<'a> {
    pub(super) path: &'a str,
    pub(super) span: Option<Span>,
}

/// Checks the paths of all outputs of a compile. `read` are the files that it read.
pub fn outputs(projects: &[&Project], written: &[&str], read: &[&str], log: &mut Log) {
    // All targets share one `output` node.
    let named: Vec<_> = projects.first().into_iter().flat_map(|project| named(&project.output)).collect();
    let span = |path: &str| {
        let own = path.strip_suffix(".dockerignore");
        let is_own = |one: &&ProjectPath| one.as_str() == path || own == Some(one.as_str());
        named.iter().find(|(one, _)| is_own(one)).map(|(_, span)| *span)
    };
    let all: Vec<OutputPath<'_>> = written.iter().map(|path| OutputPath { path, span: span(path) }).collect();
    reserved(&all, log);
    clashes(&all, log);
    let read: BTreeMap<String, &str> = read.iter().map(|path| (folded(path), *path)).collect();
    for one in &all {
        let Some(input) = read.get(&folded(one.path)) else { continue };
        let message = format!("an output would overwrite {}", wording::code(input));
        log.error(
            at(
                Diagnostic::error(codes::SAME_OUTPUT, message),
                one.span,
                "this file is an input of the compilation",
            )
            .help(HELP),
        );
    }
}

const HELP: &str = "use a different path for each";

/// Returns the paths that `output` sets.
pub(super) fn named(output: &Output) -> impl Iterator<Item = (&ProjectPath, Span)> {
    let all = [&output.dockerfile, &output.compose, &output.bake, &output.devcontainer];
    all.into_iter().flatten().map(|path| (&path.value, path.span))
}

/// Reports duplicate paths, ignoring case, and paths below another output.
pub(super) fn clashes(all: &[OutputPath<'_>], log: &mut Log) {
    let mut seen: BTreeMap<String, &OutputPath<'_>> = BTreeMap::new();
    for second in all {
        let Some(first) = seen.insert(folded(second.path), second) else { continue };
        let message = if first.path == second.path {
            format!("two outputs have the path {}", wording::code(second.path))
        } else {
            let (one, other) = (wording::code(first.path), wording::code(second.path));
            format!("{one} and {other} are the same file on file systems that ignore case")
        };
        report(message, second, first, log);
    }
    for below in all {
        let path = folded(below.path);
        let above = path.match_indices('/').find_map(|(end, _)| seen.get(&path[..end]));
        if let Some(above) = above {
            let (inner, outer) = (wording::code(below.path), wording::code(above.path));
            report(format!("{inner} would be inside {outer}, which is a file"), below, above, log);
        }
    }
}

fn report(message: String, second: &OutputPath<'_>, first: &OutputPath<'_>, log: &mut Log) {
    let (second, first) = match (second.span, first.span) {
        (Some(second), first) => (Some(second), first),
        (None, first) => (first, None),
    };
    let labels = if first.is_some() { ["second output", "first output"] } else { ["one of them", ""] };
    let report = at(Diagnostic::error(codes::SAME_OUTPUT, message), second, labels[0]);
    log.error(at(report, first, labels[1]).help(HELP));
}

/// Reports paths in folders of version control, and names of jcc's temporary files.
pub(super) fn reserved(all: &[OutputPath<'_>], log: &mut Log) {
    for one in all {
        let name = one.path.rsplit('/').next().unwrap_or_default();
        let (why, help) = if is_version_control(one.path.split('/')) {
            ("version control keeps its data there", "use a path outside of that folder")
        } else if folded(name).starts_with(".jcc-") {
            ("reserved for jcc's temporary files", "use another path")
        } else {
            continue;
        };
        let message = format!("{} cannot be an output", wording::code(one.path));
        log.error(at(Diagnostic::error(codes::RESERVED_OUTPUT, message), one.span, why).help(help));
    }
}

/// Returns a key under which paths are equal on file systems that ignore case.
fn folded(path: &str) -> String {
    path.to_lowercase()
}

fn at(diagnostic: Diagnostic, span: Option<Span>, label: &str) -> Diagnostic {
    match span {
        Some(span) => diagnostic.at(span, label),
        None => diagnostic,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(written: &[&str], read: &[&str]) -> Vec<String> {
        let mut log = Log::new();
        outputs(&[], written, read, &mut log);
        log.sorted().into_iter().map(|one| one.message.clone()).collect()
    }

    #[test]
    fn distinct_paths_are_accepted() {
        let none = messages(
            &["Dockerfile", "Dockerfile.dockerignore", "a/b", "a/c", "a-b"],
            &["project.kdl", "a/d"],
        );
        assert!(none.is_empty(), "{none:?}");
    }

    #[test]
    fn clashing_and_reserved_paths_are_reported() {
        for (written, read, message) in [
            (&["a", "a"][..], &[][..], "two outputs have the path `a`"),
            (&["a/B", "A/b"], &[], "`a/B` and `A/b` are the same file on file systems that ignore case"),
            (
                &["Straße", "STRAßE"],
                &[],
                "`Straße` and `STRAßE` are the same file on file systems that ignore case",
            ),
            (&["a", "a/b"], &[], "`a/b` would be inside `a`, which is a file"),
            (&["x/y/z", "X"], &[], "`x/y/z` would be inside `X`, which is a file"),
            (&["PROJECT.kdl"], &["project.kdl"], "an output would overwrite `project.kdl`"),
            (&[".git/hooks/pre-commit"], &[], "`.git/hooks/pre-commit` cannot be an output"),
            (&["a/.GIT/config"], &[], "`a/.GIT/config` cannot be an output"),
            (&[".hg/hgrc"], &[], "`.hg/hgrc` cannot be an output"),
            (&["a/.Jcc-0.new"], &[], "`a/.Jcc-0.new` cannot be an output"),
        ] {
            assert_eq!(messages(written, read), [message]);
        }
    }
}
