//! `test`.

use crate::diagnostic::{Diagnostic, Log, codes::manifest as codes};
use crate::source::{Span, Spanned};
use crate::syntax::Reader;
use crate::syntax::schema::{ArgSpec, NodeSpec};
use crate::value::Name;

use super::decode::flag;

pub(super) static TEST: NodeSpec =
    NodeSpec::new("test", "A test of the project, in addition to those of the packages.")
        .args(&[ArgSpec::text("NAME", "The name of the test.")])
        .children(&[&TEST_BUILD, &TEST_RUN, &TEST_PYTHON])
        .block();
static TEST_BUILD: NodeSpec =
    flag("build", "Runs the test during the build, without a GPU, instead of in the started container.");
static TEST_RUN: NodeSpec = NodeSpec::new("run", "A shell command that must succeed.")
    .args(&[ArgSpec::text("LINE", "The command; it runs under `set -eo pipefail`.")]);
static TEST_PYTHON: NodeSpec = NodeSpec::new("python", "Python code that must not raise an exception.")
    .args(&[ArgSpec::text("CODE", "The code, run with `python3 -c`.")]);

/// A test of the project: `test "NAME" { run "…" }`. Packages have tests of their own.
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    pub name: Spanned<Name>,
    /// Whether it runs during the build, without a GPU, in the `test` stage; otherwise it runs in the started
    /// container.
    pub build: bool,
    /// Shell commands.
    pub run: Vec<Spanned<String>>,
    /// Python code.
    pub python: Vec<Spanned<String>>,
    pub span: Span,
}

pub(super) fn decode(node: Reader<'_>, log: &mut Log) -> Option<Test> {
    if node.has_block() && !node.children().any(|child| child.name() != "build") {
        log.error(
            Diagnostic::error(codes::MISSING_CHILDREN, "the test runs nothing")
                .at(node.name_span(), "missing `run` or `python`")
                .help("add `run \"…\"` for shell commands or `python \"…\"` for Python code"),
        );
    }
    Some(Test {
        build: node.flag_of_child("build", log).is_some_and(|flag| flag.value),
        run: node.args_of_children("run", log),
        python: node.args_of_children("python", log),
        span: node.span(),
        name: node.arg(0, log)?,
    })
}
