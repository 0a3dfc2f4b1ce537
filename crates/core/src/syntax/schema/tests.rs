use super::*;
use crate::diagnostic::Log;
use crate::source::Sources;
use crate::syntax::parse;

static PROJECT: NodeSpec = NodeSpec::new("project", "The name of it all.")
    .args(&[ArgSpec::text("NAME", "The name.")])
    .properties(&[PropertySpec::text("version", "Its version.").required()])
    .once();
static TARGET: NodeSpec = NodeSpec::new("target", "Where it runs.")
    .args(&[ArgSpec::text("NAME", "Its name.").optional()])
    .children(&[&JETPACK, &RUN, &GPU])
    .block()
    .at_least_once();
static JETPACK: NodeSpec =
    NodeSpec::new("jetpack", "A release.").args(&[ArgSpec::text("REQ", "Which one.")]).optional();
static GPU: NodeSpec = NodeSpec::new("gpu", "The GPU.")
    .args(&[ArgSpec::new(
        "WHICH",
        ValueKind::Either(&[ValueKind::Choice(&["all"]), ValueKind::Bool]),
        "All or none.",
    )])
    .optional();
static RUN: NodeSpec = NodeSpec::new("run", "How it is run.").children(&[&DISPLAY, &WHEN]).optional();
static DISPLAY: NodeSpec = NodeSpec::new("display", "A screen.")
    .args(&[ArgSpec::new("WHAT", ValueKind::Choice(&["x11", "wayland"]), "Which.")])
    .optional();
static WHEN: NodeSpec = NodeSpec::new("when", "Guards.")
    .open_properties(PropertySpec::text("AXIS", "A requirement."))
    .children(&[&WHEN, &DISPLAY]);
static PIN: NodeSpec = NodeSpec::new("pin", "Holds.").open(&PINNED);
static PINNED: NodeSpec =
    NodeSpec::new("NAME", "One pin.").args(&[ArgSpec::text("REQ", "What holds.")]).optional();
static LANGUAGE: &[&NodeSpec] = &[&PROJECT, &TARGET, &RUN, &PIN];

/// Each problem on a line: place, code, message, then labels, help and fix.
fn reported(text: &str) -> String {
    let (mut sources, mut log) = (Sources::new(), Log::new());
    let source = sources.add("t", text.to_owned());
    let document = parse(source, text, &mut log).expect("the cases are KDL");
    check(&document, LANGUAGE, "a manifest", &mut log);
    let mut out = String::new();
    for one in log.sorted() {
        out += &format!("{}: {}\n", one.code.as_str().rsplit("::").next().unwrap_or_default(), one.message);
        for label in &one.labels {
            let at = sources.start(label.span);
            out += &format!("  {}:{} `{}` {}\n", at.line, at.column, sources.slice(label.span), label.text);
        }
        for help in &one.help {
            out += &format!("  help: {help}\n");
        }
        if let Some(fix) = &one.fix {
            out += &format!("  fix: {}\n", fix.replacement);
        }
    }
    out
}

const GOOD: &str = "project \"a\" version=\"1\"\n";

#[test]
fn a_valid_document_has_no_diagnostics() {
    let text = "project \"a\" version=\"1\"\ntarget { jetpack \"6.2\"; gpu #false\n run { when l4t=\"36\" { when cuda=\"12\" { display x11 } } } }\npin { cuda \"12\"; b \"1\" }\npin { cuda \"1\" }";
    assert_eq!(reported(text), "");
}

#[test]
fn unknown_nodes_are_reported_with_suggestions() {
    insta::assert_snapshot!(reported(&format!("{GOOD}target {{ jetpak \"6\"; display \"x11\"; pin }}\nfoo")));
}

#[test]
fn missing_and_repeated_nodes() {
    insta::assert_snapshot!(reported(
        "target\ntarget { jetpack \"1\"; jetpack \"2\" }\npin { a \"1\"; a \"2\" }"
    ));
}

#[test]
fn wrong_values() {
    insta::assert_snapshot!(reported(&format!(
        "{GOOD}target a b {{ jetpack 6.10 {{ x }}; gpu \"al\"; run {{ display 11; when l4t=36 }} }}\nrun {{ display x12 }}"
    )));
}

#[test]
fn properties() {
    insta::assert_snapshot!(reported(
        "project verison=\"1\" version=\"1\" version=2\ntarget { run display=\"x11\" }"
    ));
}
