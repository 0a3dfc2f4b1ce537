//! `test`.

use crate::diagnostic::{Diagnostic, codes::catalog as codes};
use crate::source::Spanned;
use crate::syntax::Reader;
use crate::value::PackedText;

use super::{DecodeContext, to_template};
use crate::{Guard, LibraryTest, PackageTest, Template, TestBody};

/// `test "imports" { gpu; python "import torch" }`.
pub(super) fn test(node: Reader<'_>, guard: &Guard, context: &mut DecodeContext<'_>) -> Option<PackageTest> {
    let name = node.arg(0, context.log);
    let build = node.child("build");
    if let (Some(build), Some(gpu)) = (build, node.child("gpu")) {
        let (build, gpu) = (build.name_span(), gpu.name_span());
        let diagnostic =
            Diagnostic::error(codes::TEST_PLACE, "a test runs either while building or on the GPU")
                .at(build.max(gpu), "the second place")
                .at(build.min(gpu), "the first place")
                .help("make two tests of it");
        context.log.error(diagnostic);
    }
    if !node.children().any(|child| matches!(child.name(), "run" | "python" | "file" | "libraries")) {
        let diagnostic = Diagnostic::error(codes::EMPTY_TEST, "the test runs nothing")
            .at(node.name_span(), "so it shows nothing")
            .help("add `run \"…\"`, `python \"…\"`, `file \"…\"` or `libraries \"…\"`");
        context.log.error(diagnostic);
    }
    let body = node.children().filter_map(|child| body(child, context)).collect();
    Some(PackageTest { name: name?, build: build.is_some(), guard: guard.clone(), body, span: node.span() })
}

fn body(node: Reader<'_>, context: &mut DecodeContext<'_>) -> Option<TestBody> {
    if node.name() == "libraries" {
        return Some(TestBody::Libraries(LibraryTest {
            names: context.templates(node, 0),
            of: templates(node, "of", context),
            absent: templates(node, "absent", context),
        }));
    }
    if !matches!(node.name(), "run" | "python" | "file") {
        return None;
    }
    let text: Spanned<PackedText> = node.arg(0, context.log)?;
    match node.name() {
        "run" => Some(TestBody::Run(to_template(text))),
        "python" => Some(TestBody::Python(to_template(text))),
        _ => {
            context.file_text(&text)?;
            Some(TestBody::File(text))
        }
    }
}

fn templates(node: Reader<'_>, name: &str, context: &mut DecodeContext<'_>) -> Vec<Template> {
    let all: Vec<Spanned<PackedText>> = node.args_of_children(name, context.log);
    all.into_iter().map(to_template).collect()
}
