use std::fmt::Write as _;

use crate::DefinitionKind;
use crate::diagnostic::codes::{self, CodeEntry};
use crate::diagnostic::{Log, plain};
use crate::source::Sources;
use crate::testing::{Memory, built_in};

/// What learns of a folder of definitions, over the built-in ones.
fn reported(fs: &Memory) -> (Log, Sources) {
    let ((mut catalog, mut sources), mut log) = (built_in(), Log::new());
    catalog.add_named_folder(fs, "defs", &mut sources, &mut log);
    catalog.check(&mut log);
    (log, sources)
}

/// The report of one definition of a package `demo`, its head given.
fn demo(body: &str) -> String {
    let head = "summary \"A demo\"; license \"MIT\"; source \"https://example.com\"";
    let text = format!("package \"demo\" {{\n{head}\n{body}\n}}\n");
    let (log, sources) = reported(&Memory::with([("defs/tools/demo/package.kdl", text.as_str())]));
    plain(&log, &sources)
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
fn literals_are_read_by_the_types_that_a_compile_reads_them_by() {
    insta::assert_snapshot!(demo(
        r#"version "1.0" { tool "jq" }
        install {
            apt "Not A Package" "{{ tool }}" "htop"
            pip "-r requirements.txt"
            wheel "https://example.com/x.whl" sha256="abc"
            mkdir "relative/path"
            symlink "/a" at="b"
        }"#
    ));
}

#[test]
fn templates_stand_where_they_are_filled_in() {
    insta::assert_snapshot!(demo(
        r#"version "1.0" { wheel "demo-cu{{ cuda.major }}"; note "since {{ version }}" }
        requires { cuda }
        dist "{{ wheel }}" version="{{ version }}.post1"
        path "/opt/{{ version }}/bin"
        install { run "docker ps --format '{{ .Names }}'"; apt "x={{ version }}" }
        note "wants CUDA {{ cuda }}"
        test "t" { build; libraries "lib{{ version }}.so" { of "demo" } }"#
    ));
}

#[test]
fn values_that_only_some_versions_have_are_reported() {
    insta::assert_snapshot!(demo(
        r#"version "2.0" { commit "a" }
        version "1.0" { tag "b" }
        install { apt "a-{{ commit }}" "b-{{ tag if tag is defined else '' }}"; when demo=">=2" { apt "c-{{ commit }}" } }"#
    ));
}

#[test]
fn what_nobody_can_have_is_reported() {
    insta::assert_snapshot!(demo(
        r#"option "gui" default="none" { value "none"; value "remote" { requires { platform "tegra"; driver ">=570" } } }
        variant "old" { requires { ubuntu "18.04"; python "3.12" } }
        when option="gui=remote" { requires { cuda "10.2" } }
        variant "new" { requires { ubuntu "24.04" } }
        version "1.6" { requires { platform "tegra"; l4t "38"; cuda "12.6" } }
        version "1.5" { requires { platform "tegra"; driver ">=570" } }
        version "1.4" { requires { platform "x86_64"; cuda "10.2" } }
        version "1.3" { requires { platform "tegra"; arch "amd64" } }
        version "1.2" { requires { jetpack "6"; cuda "12.6" } }
        version "1.1" { requires { cuda "12.7" } }"#
    ));
    insta::assert_snapshot!(demo(r#"version "1.0"; requires { vpi; driver }"#));
}

#[test]
fn wheels_are_for_what_they_are_offered_for() {
    insta::assert_snapshot!(demo(
        r#"version "1.2" {
            requires { platform "tegra"; python "3.12" }
            url "https://example.com/demo-1.0-cp310-cp310-linux_aarch64.whl"
            wheel "1.2a0+nv"; own "https://example.com/demo-1.2a0%2Bnv-1-cp312-cp312-linux_aarch64.whl"
        }
        version "1.1" {
            requires { platform "x86_64"; python ">=3.8" }
            arm "https://example.com/demo-1.1-py3-none-linux_aarch64.whl"
            stable "https://example.com/demo-{{ version }}-cp38-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"
            part "https://example.com/part-7-py3-none-any.whl"
            old "https://example.com/demo-1.1-cp37-cp37m-manylinux2014_x86_64.whl"
        }
        version "1.0" { other "https://example.com/demo.whl" }
        version "0.9" { url "https://example.com/0f3a.whl"; file "demo-0.9-py3-none-any.whl" }
        when platform="tegra" { dist "demo" version="{{ wheel }}" }
        when platform="x86_64" { dist "demo" }"#
    ));
}

#[test]
fn facts_have_a_source() {
    let text = r#"package "demo" {
        summary "A demo"; license "MIT"
        version "1.2" { commit "0123456789abcdef0123456789abcdef01234567" }
        version "1.1" { url "https://example.com/demo"; source "https://example.com" }
        version "1.0" { folder "x" }
    }"#;
    let (log, sources) = reported(&Memory::with([("defs/tools/demo/package.kdl", text)]));
    insta::assert_snapshot!(plain(&log, &sources));
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
    let fs = Memory::default();
    fs.put(
        "defs/tools/one/package.kdl",
        text("uno", "group \"toys\"; alias \"two\"; requires { two }").as_bytes(),
    );
    fs.put("defs/tools/one/left.txt", b"left");
    fs.put("defs/tools/one/README.md", b"for readers");
    fs.put(
        "defs/tools/two/package.kdl",
        text("two", "requires { three \"=0\" }; install { copy \"a.bin\" to=\"/a\" }").as_bytes(),
    );
    fs.put("defs/tools/two/a.bin", [0xff, 0xfe]);
    fs.put(
        "defs/three/package.kdl",
        text("three", "requires { two2 }; build { git \"https://x.org/a\" to=\"/a\" }").as_bytes(),
    );
    fs.put("defs/other/two/package.kdl", text("two", "alias \"two2\"; requires { three }").as_bytes());
    fs.put("defs/platform/x.kdl", b"device \"d\" { summary \"x\"; platform \"tegar\"; sm \"8.7\" }\nindex \"i\" { url \"https://{{ cud.major }}\" }");
    let (log, sources) = reported(&fs);
    insta::assert_snapshot!(plain(&log, &sources));
}

#[test]
fn what_an_image_provides_is_shown_by_a_page() {
    let base = r#"base "acme/cuda" {
        summary "CUDA"
        image "acme/cuda"
        source "https://example.com"
        shown "ubuntu" by="https://example.com/tags"
        tag "1" { provides { ubuntu "22.04"; cuda "12.6"; cudnn "9.3.0.75" }; shown "cuda" by="https://example.com/1" }
        tag "2" { provides { ubuntu "22.04"; cudnn "9.3.0.75" }; unproven "nobody looked into it" }
    }"#;
    let (log, sources) = reported(&Memory::with([("defs/platform/acme.kdl", base)]));
    insta::assert_snapshot!(plain(&log, &sources));
}

#[test]
fn an_unreadable_folder_is_reported() {
    let (log, sources) = reported(&Memory::default());
    insta::assert_snapshot!(plain(&log, &sources));
}

/// Codes whose examples need more than one text.
const NOT_SHOWN: &[&str] =
    &["binary-file", "orphan-file", "unreadable", "folder-name", "missing-file", "template-failed"];

fn example<'a>(entry: &'a CodeEntry, heading: &str) -> &'a str {
    let from =
        entry.page.split_once(&format!("\n{heading}\n\n```kdl\n")).expect("the page has the heading").1;
    from.split_once("```").expect("the block ends").0
}

/// The definitions of a page, a folder each.
fn of_page(text: &str) -> Log {
    let fs = Memory::default();
    for (at, one) in text.split("\npackage ").enumerate() {
        let one = if at == 0 { one.to_owned() } else { format!("package {one}") };
        let name = one.split('"').nth(1).unwrap_or("demo");
        fs.put(&format!("defs/tools{at}/{name}/package.kdl"), one.as_bytes());
    }
    reported(&fs).0
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
    let ((catalog, _), mut log) = (built_in(), Log::new());
    catalog.check(&mut log);
    assert!(log.is_empty() && catalog.entries(DefinitionKind::Package).count() > 0);
}

#[test]
fn the_key_of_a_definition_is_the_one_that_it_names() {
    const VENDOR: &str = "8FEFBB28088692FB96C449F9CB812F59D58EC48E";
    let codes = |file: &str, key: &[u8], fingerprint: &str| {
        let fs = Memory::default();
        let source =
            format!("uri \"https://x.org\"; suite \"a/\"; key \"{file}\" fingerprint=\"{fingerprint}\"");
        let text = format!(
            "package \"demo\" {{ summary \"x\"; license \"MIT\"; source \"https://x.org\"; install {{ apt-source \"v\" {{ {source} }} }} }}"
        );
        fs.put("defs/tools/demo/package.kdl", text.as_bytes());
        fs.put(&format!("defs/tools/demo/{file}"), key);
        let (log, sources) = reported(&fs);
        let all = log.sorted().into_iter().map(|one| {
            let place = one.primary().expect("it has a place");
            format!("{} {}", one.code.as_str(), sources.slice(place))
        });
        all.collect::<Vec<_>>()
    };
    let armored = include_bytes!("../../../../tests/cases/reject/files/keys/vendor.asc");
    let binary = include_bytes!("../../../../tests/cases/reject/files/keys/vendor.gpg");
    let two = include_bytes!("../../../../tests/cases/reject/files/keys/two.asc");
    let other = "0123456789ABCDEF0123456789ABCDEF01234567";
    assert_eq!(codes("a.asc", armored, VENDOR), [""; 0]);
    assert_eq!(codes("a.asc", armored, other), [format!("jcc::check::other-key \"{other}\"")]);
    assert_eq!(codes("a.asc", two, VENDOR), ["jcc::check::several-keys \"a.asc\""]);
    assert_eq!(codes("a.gpg", binary, VENDOR), ["jcc::check::key-file-name \"a.gpg\""]);
    assert_eq!(codes("a.asc", b"", VENDOR), ["jcc::check::not-a-key \"a.asc\""]);
}
