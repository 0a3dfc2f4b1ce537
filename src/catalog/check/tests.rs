use std::fmt::Write as _;

use crate::catalog::testing::{Memory, report};
use crate::catalog::{Catalog, Kind};
use crate::diagnostic::Log;
use crate::diagnostic::codes::{self, Entry};
use crate::source::Sources;

/// What is told of a folder of definitions, over the built-in ones.
fn told(world: &Memory) -> (Log, Sources) {
    let (mut sources, mut log) = (Sources::new(), Log::new());
    let mut catalog = Catalog::builtin(&mut sources);
    catalog.add_named_folder(world, "defs", &mut sources, &mut log);
    catalog.check(&mut log);
    (log, sources)
}

/// The report of one definition of a package `demo`, its head given.
fn demo(body: &str) -> String {
    let head = "summary \"A demo\"; license \"MIT\"; source \"https://example.com\"";
    let text = format!("package \"demo\" {{\n{head}\n{body}\n}}\n");
    let (log, sources) = told(&Memory::of(&[("defs/tools/demo/package.kdl", &text)]));
    report(&log, &sources)
}

#[test]
fn references_are_checked() {
    insta::assert_snapshot!(demo(
        r#"requires { pytroch ">=2"; cuda "99"; platform "tegar"; numpy ; l4t "humble" }
        conflicts { numpie }
        option "gui" default="qt" { value "qt"; value "none" }
        variant "full" { option "gui" "gtk"; option "gu" "qt" }
        when option="gui=gtk" variant="ful" cdua=">=12" { note "x" }
        install { pip "x" index="jetson-ai-lap"; when option="gi" { ldconfig } }
        build { cmake "/x" { define "A" "1" when-option="gui2" } }"#
    ));
}

#[test]
fn templates_are_checked() {
    insta::assert_snapshot!(demo(
        r#"version "1.0" { commit "{{ comit }}"; arch "x" }
        env { A "{{ ubuntu.codenam }}"; B "{{ option.gui }}"; C "{{ version.majr }}"; D "{{ ubuntu.codename }}{{ sm_list }}" }
        install { apt "a-{{ commit }}" "b-{{" ; run "echo {{ not_expanded }}" { env { E "{{ nothing }}" } } }
        test "t" { python "print({'{{ cuda }}'})" }"#
    ));
}

#[test]
fn values_that_only_some_versions_have_are_told() {
    insta::assert_snapshot!(demo(
        r#"version "2.0" { commit "a" }
        version "1.0" { tag "b" }
        install { apt "a-{{ commit }}" "b-{{ tag if tag is defined else '' }}"; when demo=">=2" { apt "c-{{ commit }}" } }"#
    ));
}

#[test]
fn decoding_tells() {
    insta::assert_snapshot!(demo(
        r#"version "1.0" name="a"
        version "1.1" name="a" { a-b "1" }
        option "gui" default="gtk" { value "qt"; value "qt" }
        option "gui" default="x"
        variant "a" default=#true
        variant "b" default=#true
        install { when { apt "x" }; script "setup.sh"; apt-source "v" { uri "https://x.org"; suite "a"; key "http://x.org/k" fingerprint="0123456789ABCDEF0123456789ABCDEF01234567" } }
        test "t" { build; gpu }"#
    ));
}

#[test]
fn places_of_definitions_are_checked() {
    let text = |name: &str, more: &str| {
        format!("package \"{name}\" {{ summary \"x\"; license \"MIT\"; source \"https://x.org\"; {more} }}")
    };
    let mut world = Memory::default();
    world.put(
        "defs/tools/one/package.kdl",
        text("uno", "group \"toys\"; alias \"two\"; requires { two }").as_bytes(),
    );
    world.put("defs/tools/one/left.txt", b"left");
    world.put("defs/tools/one/README.md", b"for readers");
    world.put(
        "defs/tools/two/package.kdl",
        text("two", "requires { three \"=0\" }; install { copy \"a.bin\" to=\"/a\" }").as_bytes(),
    );
    world.put("defs/tools/two/a.bin", &[0xff, 0xfe]);
    world.put(
        "defs/three/package.kdl",
        text("three", "requires { two2 }; build { git \"https://x.org/a\" to=\"/a\" }").as_bytes(),
    );
    world.put("defs/other/two/package.kdl", text("two", "alias \"two2\"; requires { three }").as_bytes());
    world.put("defs/platform/x.kdl", b"device \"d\" { summary \"x\"; platform \"tegar\"; sm \"8.7\" }\nindex \"i\" { url \"https://{{ cud.major }}\" }");
    let (log, sources) = told(&world);
    insta::assert_snapshot!(report(&log, &sources));
}

#[test]
fn an_unreadable_folder_is_told() {
    let (log, sources) = told(&Memory::default());
    insta::assert_snapshot!(report(&log, &sources));
}

/// Codes whose examples need more than one text.
const NOT_SHOWN: &[&str] =
    &["binary-file", "orphan-file", "unreadable", "folder-name", "missing-file", "template-failed"];

fn example<'a>(entry: &'a Entry, heading: &str) -> &'a str {
    let from =
        entry.page.split_once(&format!("\n{heading}\n\n```kdl\n")).expect("the page has the heading").1;
    from.split_once("```").expect("the block ends").0
}

/// The definitions of a page, a folder each.
fn of_page(text: &str) -> Log {
    let mut world = Memory::default();
    for (at, one) in text.split("\npackage ").enumerate() {
        let one = if at == 0 { one.to_owned() } else { format!("package {one}") };
        let name = one.split('"').nth(1).unwrap_or("demo");
        world.put(&format!("defs/tools{at}/{name}/package.kdl"), one.as_bytes());
    }
    told(&world).0
}

#[test]
fn pages_do_as_they_say() {
    let mut faults = String::new();
    for entry in codes::all() {
        let code = entry.code.as_str();
        let Some(name) = code.strip_prefix("jcc::catalog::") else { continue };
        let (wrong, right) = (example(&entry, "## Wrong"), example(&entry, "## Right"));
        if NOT_SHOWN.contains(&name) {
            continue;
        }
        let wrong: Vec<_> = of_page(wrong).sorted().iter().map(|one| one.code.as_str()).collect();
        if wrong != [code] && !wrong.iter().all(|one| *one == code) || wrong.is_empty() {
            _ = writeln!(faults, "{code}: the wrong example yields {wrong:?}");
        }
        let right: Vec<_> = of_page(right).sorted().iter().map(|one| one.message.clone()).collect();
        if !right.is_empty() {
            _ = writeln!(faults, "{code}: the right example yields {right:?}");
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
}

#[test]
fn built_in_definitions_are_not_checked_again() {
    let mut sources = Sources::new();
    let catalog = Catalog::builtin(&mut sources);
    let mut log = Log::new();
    catalog.check(&mut log);
    assert!(log.is_empty() && catalog.entries(Kind::Package).count() > 0);
}
