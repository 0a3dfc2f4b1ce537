use proptest::prelude::*;

use super::{Change, Editor};
use crate::diagnostic::Log;
use crate::source::Sources;
use crate::syntax::format::alike;
use crate::syntax::{Argument, Document, Node, Value, parse};

fn read(text: &str) -> Option<Document> {
    let mut log = Log::new();
    parse(Sources::new().add("t", text.to_owned()), text, &mut log)
}

/// Edits the first node with a name, at any depth.
fn edited(text: &str, name: &str, edit: impl Fn(&Editor<'_>, &Node) -> Change) -> String {
    fn find<'n>(nodes: &'n [Node], name: &str) -> Option<&'n Node> {
        nodes.iter().find_map(|node| {
            if node.name.value == name { Some(node) } else { find(node.children.as_deref()?, name) }
        })
    }
    let document = read(text).expect("it is KDL");
    let node = find(&document.nodes, name).expect("it is there");
    let new = edit(&Editor::new(text, &document), node).apply(text);
    assert!(read(&new).is_some(), "{new}");
    new
}

#[test]
fn a_node_is_inserted_at_the_end_of_a_block() {
    let put = |text| edited(text, "p", |editor, node| editor.insert_into(node, "x \"1\""));
    let cases = [
        "p {\n    a\n}\n",
        "p {\n\ta // why\n\n\t// later:\n\t// b\n}\n",
        "q {\n  r\n}\np {}\n",
        "p { }",
        "p { a }",
        "p { a; }",
        "p { a /* c */ }",
        "p { /* c */ }",
        "p { /- a }",
        "p",
        "p // why\n",
        "p k=1 /- { a } /- { b }",
        "t { p; q }",
        "t { p { a } }",
        "t { p {} }",
        "t {\r\n  p {\r\n    a\r\n  }\r\n}\r\n",
        "p {\n    a }\n",
        "p { a\n}\n",
        "p {\n    a \\\n}\n",
        "p { aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb }",
    ];
    let shown: Vec<String> = cases.iter().map(|case| format!("{case:?}\n{:?}\n", put(case))).collect();
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn a_node_is_removed_with_its_comments_and_line() {
    fn removed(editor: &Editor<'_>, node: &Node) -> Change {
        editor.remove(node)
    }
    let remove = |text| edited(text, "x", removed);
    let cases = [
        "p {\n    a\n    x \"1\" // why\n    b\n}\n",
        "p {\n    a // its own\n    // of x\n    /* and\n    more */\n    x { y }\n    b\n}\n",
        "p {\n    // of the block\n\n    x\n}\n",
        "p {\n    // of the group\n    x\n    a\n\n    b\n}\n",
        "p {\n    b\n\n    // of the group\n    x\n    a { c }\n}\n",
        "p {\n    b\n\n    // of x, the last of its group\n    x\n\n    a\n}\n",
        "p {\n    // of x\n    x\n    // of a\n    a\n\n    b\n}\n",
        "p {\n    // of x\n    x\n    a { b }\n}\n",
        "p {\n    // of x\n    x\n    /-a\n\n    b\n}\n",
        "a\n\n// of x\nx\nb\n",
        "p { // of the block\n    x\n}\n",
        "p { x }",
        "p { x; a }",
        "p { a; x }",
        "p { a; x; b }",
        "p {\n    a; x // of both\n}",
        "p {\n    x; a // of both\n}",
        "p { a; x; }",
        "p {\n    x }",
        "a\r\n// of x\r\nx {\r\n  y\r\n}\r\nb\r\n",
        "a\nx",
        "x",
        "\u{feff}x\na",
        "a\n/- gone\nx \\\n  1\nb",
        "a\nx /- { y } // why\nb",
    ];
    let shown: Vec<String> = cases.iter().map(|case| format!("{case:?}\n{:?}\n", remove(case))).collect();
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn a_top_level_node_is_inserted_after_another() {
    let put = |text: &str, after: Option<usize>| {
        let document = read(text).expect("it is KDL");
        let editor = Editor::new(text, &document);
        editor.insert_after(after, &editor.block("p", "x")).apply(text)
    };
    let cases = [
        ("a\nb\n", Some(0)),
        ("a\n\nb\n", Some(0)),
        ("a // why\nb\n\nc\n", Some(0)),
        ("a {\n  c\n}\r\n\r\nb\r\n", Some(0)),
        ("a; b {\n  c\n}\nd\n", Some(0)),
        ("a; /- b {\n}", Some(0)),
        ("a", Some(0)),
        ("a\n\n// the end\n", Some(0)),
        ("a\n\n// the end\n", None),
        ("", None),
        ("\u{feff}", None),
    ];
    let shown: Vec<String> =
        cases.iter().map(|(text, after)| format!("{text:?}\n{:?}\n", put(text, *after))).collect();
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn arguments_are_replaced_or_added() {
    let set = |text| edited(text, "x", |editor, node| editor.set_argument(node, "\"2\""));
    assert_eq!(set("x \"1\" k=1 // why"), "x \"2\" k=1 // why");
    assert_eq!(set("x k=1 { a }"), "x \"2\" k=1 { a }");
    assert_eq!(set("p { x; a }"), "p { x \"2\"; a }");
    assert_eq!(set("x{ a }"), "x \"2\" { a }");
    assert_eq!(set("x /- \"0\""), "x \"2\" /- \"0\"");
}

/// Collects the paths of all nodes of a tree.
fn ways(nodes: &[Node], here: &[usize], all: &mut Vec<Vec<usize>>) {
    for (at, node) in nodes.iter().enumerate() {
        let way = [here, &[at]].concat();
        ways(node.children.as_deref().unwrap_or_default(), &way, all);
        all.push(way);
    }
}

fn at<'n>(nodes: &'n [Node], way: &[usize]) -> &'n Node {
    let node = &nodes[way[0]];
    if way.len() == 1 { node } else { at(node.children.as_deref().expect("a way leads on"), &way[1..]) }
}

/// Returns the siblings of the node at a path.
fn sisters<'n>(nodes: &'n mut Vec<Node>, way: &[usize]) -> &'n mut Vec<Node> {
    if way.len() == 1 {
        return nodes;
    }
    sisters(nodes[way[0]].children.as_mut().expect("a way leads on"), &way[1..])
}

/// Asserts that a change results in this tree.
fn gives(text: &str, change: &Change, expected: &[Node]) {
    let new = change.apply(text);
    let after = read(&new).unwrap_or_else(|| panic!("{text:?} became {new:?}, which is no KDL"));
    assert!(alike(&after.nodes, expected), "{text:?} became {new:?}");
}

/// Asserts that all edits of all nodes of a text have the expected results.
fn holds(text: &str) -> bool {
    let Some(document) = read(text) else { return false };
    let new = read("x \"1\"").expect("it is KDL").nodes.remove(0);
    let mut all = Vec::new();
    ways(&document.nodes, &[], &mut all);
    let editor = Editor::new(text, &document);
    for way in &all {
        let node = at(&document.nodes, way);
        let last = *way.last().expect("a way has an end");
        let mut nodes = document.nodes.clone();
        sisters(&mut nodes, way).remove(last);
        gives(text, &editor.remove(node), &nodes);

        let mut nodes = document.nodes.clone();
        sisters(&mut nodes, way)[last].children.get_or_insert_default().push(new.clone());
        let change = editor.insert_into(node, "x \"1\"");
        assert!(text[change.range.clone()].trim().is_empty(), "{text:?}: {change:?}");
        gives(text, &change, &nodes);

        let argument = Argument { value: Value::String("v".into()), span: node.span };
        let mut nodes = document.nodes.clone();
        let arguments = &mut sisters(&mut nodes, way)[last].arguments;
        *arguments = [vec![argument], arguments.get(1..).unwrap_or_default().to_vec()].concat();
        gives(text, &editor.set_argument(node, "\"v\""), &nodes);

        if way.len() == 1 {
            let change = editor.insert_after(Some(last), &editor.block("p", "x \"1\""));
            assert!(change.range.is_empty());
            let after = read(&change.apply(text)).expect("it stays KDL");
            assert_eq!(after.nodes.len(), document.nodes.len() + 1, "{text:?}");
        }
    }
    true
}

/// Joins parts so that all blocks are closed.
fn closed(parts: &[&str]) -> String {
    let (mut out, mut depth) = (String::new(), 0_usize);
    for part in parts {
        match *part {
            "}" | "}\n" | " }" if depth == 0 => continue,
            "}" | "}\n" | " }" => depth -= 1,
            part if part.contains('{') && !part.contains('}') => depth += 1,
            _ => {}
        }
        out += part;
    }
    out + &"\n}".repeat(depth)
}

#[test]
fn edits_of_unusual_texts_have_the_expected_tree() {
    for text in [
        "a \\\n",
        "a; \\\n b",
        "a \\\n; b",
        "\\\n a",
        "/- a; b",
        "a { /- b; c }",
        "a { /- b { }\n c }",
        "a /-\n1 { b }\n",
        "a /- k = 1\nb",
        "a k = 1 {b}\n",
        "a /- { c } { b } /- { d }; e",
        "a {\n  \"\"\"\n  n\n  \"\"\" #\"r\"# { b }\n}",
        "a { b } // c\r\n",
        "/* c */ a; /* d */ b /* e */ { /* f */ } /* g */",
        "a\u{85}b {\u{2028}c\u{2029}}",
        "a {b;c}\na{b}",
    ] {
        assert!(holds(text), "{text:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn edits_of_arbitrary_text_have_the_expected_tree(parts in prop::collection::vec(prop::sample::select(vec![
        "a", "b 1", "c { d; e }", "f {\n", "g {", "h { ", "}", "}\n", " }", "\n", "\n", "\r\n", "; ", ";", " // c\n", " /* c */ ",
        "/- ", "/- i { j }\n", " /- { k }", " \\\n", " k=1", " \"x\"", "  ", "\n\n", "// own\n", "\"\"\"\n  t\n  \"\"\"",
    ]), 0..24)) {
        holds(&closed(&parts));
    }
}
