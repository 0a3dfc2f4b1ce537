use proptest::prelude::*;

use super::{Document, Node, Value, parse};
use crate::diagnostic::Log;
use crate::source::{Sources, Span};

const MANIFEST: &str = "\u{feff}project \"perception\" version=\"0.3.0\" {\n    description \"3D \\\"x\\\" \\u{e9}\" // why\n    label \"a\" \"b\"; image #\"ghcr\\io\"#\n}\n/- gone \"x\" { y }\ntarget orin { jetpack 6.2; gpu 8 #true \\ // more\n  -7 }\napp /-{ a } { run \"\"\"\n      make\n        all\n      \"\"\"; copy . to = \"/app\" /- \"z\" } /- { b }\n/* a /* b */ c */ cache #false\n";

fn read(text: &str) -> (Option<Document>, Log, Sources) {
    let (mut sources, mut log) = (Sources::new(), Log::new());
    let source = sources.add("t", text.to_owned());
    let document = parse(source, text, &mut log);
    (document, log, sources)
}

/// Formats a tree, one node per line, with the texts of its spans.
fn drawn(nodes: &[Node], depth: usize, sources: &Sources, out: &mut String) {
    for node in nodes {
        *out += &format!("{}{} <{}>", "  ".repeat(depth), node.name.value, sources.slice(node.name.span));
        for one in &node.arguments {
            *out += &format!(" {:?} <{}>", one.value, sources.slice(one.span));
        }
        for one in &node.properties {
            let (key, value) = (sources.slice(one.key.span), sources.slice(one.span));
            *out += &format!(" {}={:?} <{key}={value}>", one.key.value, one.value);
        }
        *out += &format!(" ends {:?}\n", sources.slice(node.span).chars().next_back());
        drawn(node.children.as_deref().unwrap_or_default(), depth + 1, sources, out);
    }
}

/// Formats diagnostics: code, message, places, help and the line with the fix applied.
fn reported(text: &str) -> String {
    let (_, log, sources) = read(text);
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
            let mut text = text.to_owned();
            text.replace_range(fix.span.range(), &fix.replacement);
            let (_, after, _) = read(&text);
            let fixed = if after.has_errors() { " (more to fix)" } else { "" };
            out += &format!("  fixed: {text:?}{fixed}\n");
        }
    }
    out
}

#[test]
fn a_document_with_everything() {
    let (document, log, sources) = read(MANIFEST);
    assert!(log.is_empty(), "{:?}", log.sorted());
    let mut out = String::new();
    drawn(&document.expect("it is right").nodes, 0, &sources, &mut out);
    insta::assert_snapshot!(out);
}

const COMMON_MISTAKES: &[&str] = &[
    "a true",
    "a null b=false",
    "a >=3.10",
    "a >= 3.10",
    "a b=>=3",
    "a torch==2.5",
    "a numpy>=1.2,<2",
    "a 22.04.1",
    "a /dev/video0 ./x",
    "a https://x.org/y z",
    "a 'x' 'y z'",
    "a \"x\"\"y\"",
    "a \"x\", \"y\"",
    "a b, c",
    "a = 1",
    "a b=",
    "a r\"x\\d\" r#\"y\"#",
    "a (u8)1",
    "(t)a",
    "a #yes",
    "# note \"x\na",
    "a # note",
    "a \"\\d \\u{zz} \\n\"",
    "a \"x\\u{0}y\"",
    "a \"x\nb",
    "a \"\"\"x\n\"\"\"",
    "a \"\"\"\n  x\n b\n  \"\"\"",
    "a \"\"\"\nx\"\"\"",
    "a \"\"\"\nx",
    "/* x /* y */",
    "a\n{\n b\n}",
    "a { b } c",
    "a {\n b",
    "a {\n  b {\n   c\n}\nd\n",
    "a }",
    "a { b } }",
    ";a;;b",
    "5 a",
    "a \u{0}b",
    "a \"\u{202e}\"",
    "a \u{feff}b",
    "a /-",
    "/- /- a",
    "a [1]",
    "a 1e",
    "a 99999999999999999999999999999999999999999",
    "a b=c=d",
    "a=1",
    "a=true",
    "a { b https://x.org/y; c }",
    "https://x.org/y",
    "a { \"b\": \"c\" }",
    "a { [b, c] }",
    "a { b \"c }\nd",
];

#[test]
fn common_mistakes_are_reported() {
    let mut out = String::new();
    for case in COMMON_MISTAKES {
        out += &format!("--- {case:?}\n{}", reported(case));
        assert!(read(case).1.has_errors(), "{case:?} is wrong");
    }
    insta::assert_snapshot!(out);
}

#[test]
fn large_and_deep_texts_are_rejected() {
    let first = |text: &str| read(text).1.sorted()[0].code.as_str().to_owned();
    assert_eq!(first(&"a\n".repeat(5 << 20)), "jcc::syntax::too-large");
    assert_eq!(first(&"a {".repeat(10_000)), "jcc::syntax::too-deep");
    assert_eq!(first(&"a {\n".repeat(10_000)), "jcc::syntax::too-deep");
    assert_eq!(first(&"a /-{".repeat(10_000)), "jcc::syntax::too-deep");
    assert_eq!(first(&"}".repeat(100_000)), "jcc::syntax::stray-brace");
    assert_eq!(first(&"/* ".repeat(100_000)), "jcc::syntax::unclosed-comment");
    assert_eq!(first(&"a /- ".repeat(100_000)), "jcc::syntax::misplaced-token");
    let deep = format!("{}{}", "a { ".repeat(64), "} ".repeat(64));
    assert!(read(&deep).0.is_some(), "{}", reported(&deep));
}

#[test]
fn an_empty_text_is_a_document_without_nodes() {
    for text in ["", "\n\n", "// nothing\n", "\u{feff}", "/- a"] {
        assert_eq!(read(text).0.map(|document| document.nodes.len()), Some(0), "{text:?}");
    }
}

#[test]
fn invalid_utf8_is_reported_at_the_first_byte() {
    let (mut sources, mut log) = (Sources::new(), Log::new());
    assert_eq!(super::decode("t", b"a \"Jos\xe9\"".to_vec(), &mut sources, &mut log), None);
    let report = log.sorted()[0];
    assert_eq!(report.message, "the file is not valid UTF-8: byte 6 is `0xe9`");
    assert_eq!(report.primary().map(|span| sources.slice(span)), Some("\u{fffd}"));
}

fn spans(nodes: &[Node], all: &mut Vec<Span>) {
    for node in nodes {
        all.extend([node.span, node.name.span]);
        all.extend(node.arguments.iter().map(|one| one.span));
        all.extend(node.properties.iter().flat_map(|one| [one.span, one.key.span]));
        spans(node.children.as_deref().unwrap_or_default(), all);
    }
}

fn values(nodes: &[Node], sources: &Sources) {
    for node in nodes {
        for one in &node.arguments {
            match &one.value {
                Value::Bool(flag) => assert_eq!(sources.slice(one.span), format!("#{flag}")),
                Value::Float(text) => assert_eq!(sources.slice(one.span), text),
                Value::String(_) | Value::Integer(_) | Value::Null => {
                    assert_eq!(sources.slice(one.span).trim(), sources.slice(one.span));
                }
            }
        }
        values(node.children.as_deref().unwrap_or_default(), sources);
    }
}

/// Asserts properties of every text, valid or not.
fn holds(text: &str) {
    let (document, log, sources) = read(text);
    let mut all: Vec<Span> =
        log.sorted().iter().flat_map(|one| one.labels.iter().map(|label| label.span)).collect();
    all.extend(log.sorted().iter().filter_map(|one| one.fix.as_ref()).map(|fix| fix.span));
    if let Some(document) = &document {
        spans(&document.nodes, &mut all);
        values(&document.nodes, &sources);
    }
    assert_eq!(document.is_none(), log.has_errors(), "either a document or a reason: {:?}", log.sorted());
    for span in all {
        assert!(text.get(span.range()).is_some(), "{span:?} is not inside {text:?}");
    }
    for one in log.sorted() {
        assert_ne!(one.code.as_str(), "jcc::syntax::invalid-kdl", "{text:?}: {}", one.message);
    }
}

#[test]
fn unclosed_unicode_escapes_are_reported_as_such() {
    for text in ["a \"x \\u{e\"", "a \"\\u{e9\" // why\n", "a \"\"\"\n  \\u{e\n  \"\"\"\nb"] {
        holds(text);
        let (_, log, _) = read(text);
        let codes: Vec<_> = log.sorted().into_iter().map(|one| one.code.as_str()).collect();
        assert_eq!(codes, ["jcc::syntax::bad-escape"], "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn arbitrary_text_does_not_panic(text in any::<String>()) {
        holds(&text);
    }

    #[test]
    fn arbitrary_tokens_do_not_panic(
        parts in prop::collection::vec(prop::sample::select(vec![
            "a", "b=", "=", "\"x\"", "\"", "\"\"\"", "\n", " ", " ", "{", "}", ";", "/-", "//", "/*", "*/", "\\", "#", "#true",
            "#\"", "\"#", "(", ")", "7", "-", ".5", "true", "\t", "\\n", ",", "[", "\u{feff}", "\r\n", "é", "'", "r", "\u{85}",
        ]), 0..30)
    ) {
        holds(&parts.concat());
    }

    #[test]
    fn mutated_manifests_do_not_panic(
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..6_usize, ".{0,2}"), 1..5)
    ) {
        let mut letters: Vec<char> = MANIFEST.chars().collect();
        for (at, length, text) in edits {
            let at = at.index(letters.len());
            let end = (at + length).min(letters.len());
            letters.splice(at..end, text.chars());
        }
        holds(&letters.into_iter().collect::<String>());
    }

    #[test]
    fn arbitrary_bytes_do_not_panic(bytes in any::<Vec<u8>>()) {
        let (mut sources, mut log) = (Sources::new(), Log::new());
        match super::decode("t", bytes, &mut sources, &mut log) {
            Some(source) => holds(sources.get(source).text),
            None => prop_assert!(log.has_errors()),
        }
    }
}
