//! No value breaks out of its place: manifests and definitions that try to, and what becomes of them.

use super::compiled::{VENDOR_KEY, compiled};

const HEAD: &str = "project \"demo\"\ntarget { platform \"x86_64\"; ubuntu \"22.04\" }\n";

fn manifest(more: &str) -> Result<String, String> {
    compiled(&[("project.kdl", &format!("{HEAD}{more}")), ("keys/a.asc", VENDOR_KEY)])
}

/// A definition whose version has these values, and what it installs.
fn definition(values: &str, install: &str) -> Result<String, String> {
    let package = format!(
        "package \"widget\" {{\n    summary \"A widget\"\n    group \"ml\"\n    license \"MIT\"\n    source \"https://example.com\"\n    version \"1.0\" {{ {values} }}\n    {install}\n}}\n"
    );
    let project = format!("{HEAD}catalog \"packages\"\npackages {{ widget }}\n");
    compiled(&[("project.kdl", &project), ("packages/ml/widget/package.kdl", &package)])
}

fn source(changed: &str) -> String {
    let field = |name: &str, usual: &str| {
        if changed.starts_with(name) { changed.to_owned() } else { usual.to_owned() }
    };
    format!(
        "apt {{ source \"vendor\" {{ {}; {}; {}; {}; key \"keys/a.asc\" fingerprint=\"8FEFBB28088692FB96C449F9CB812F59D58EC48E\" }} }}",
        field("uri", "uri \"https://apt.example.com\""),
        field("suite", "suite \"jammy\""),
        field("component", "component \"main\""),
        field("arch", "arch \"amd64\""),
    )
}

#[test]
fn a_source_of_the_manifest_stays_a_source() {
    let sound = manifest(&source("arch \"amd64,arm64\"")).unwrap();
    assert!(sound.contains("\nArchitectures: amd64 arm64\nSigned-By: "), "{sound}");
    for (changed, why) in [
        ("arch \"amd64\\nTrusted: yes\"", "an architecture cannot contain a line break"),
        ("arch \"amd64;x\"", "an architecture cannot contain `;`"),
        ("suite \"jammy\\nTrusted: yes\"", "a suite cannot contain a line break"),
        ("component \"main\\nTrusted: yes\"", "a component cannot contain a line break"),
        ("uri \"https://a.example.com\\nTrusted: yes\"", "a URL cannot contain a line break"),
        ("uri \"https://a.example.com /x\"", "a URL cannot contain a space"),
    ] {
        let refused = manifest(&source(changed)).unwrap_err();
        assert!(refused.contains(why), "{changed}: {refused}");
    }
}

#[test]
fn a_source_of_a_definition_stays_a_source() {
    let install = |uri: &str, suite: &str, component: &str| {
        format!(
            "install {{ apt-source \"vendor\" {{ uri \"{uri}\"; suite \"{suite}\"; component \"{component}\"; key \"https://apt.example.com/key.asc\" fingerprint=\"98DF8AF8EED4F47E4223152835D4FC3F3598DB57\" }}; apt \"widget\" }}"
        )
    };
    let usual = ("https://apt.example.com", "jammy", "main");
    let bad = "bad \"x\\nTrusted: yes\"";
    let sound = definition("bad \"jammy-updates\"", &install(usual.0, "{{ bad }}", usual.2)).unwrap();
    assert!(sound.contains("\nSuites: jammy-updates\n"), "{sound}");
    for (install, why) in [
        (install("https://apt.example.com/{{ bad }}", usual.1, usual.2), "is not a URL"),
        (install(usual.0, "{{ bad }}", usual.2), "is not a suite"),
        (install(usual.0, usual.1, "{{ bad }}"), "is not a component"),
    ] {
        let refused = definition(bad, &install).unwrap_err();
        assert!(refused.contains(why) && refused.contains("package.kdl"), "{refused}");
    }
}

#[test]
fn a_step_of_a_definition_gets_no_option_it_did_not_ask_for() {
    let commit = "0123456789abcdef0123456789abcdef01234567";
    for (values, build, why) in [
        (
            "ref \"--upload-pack=touch /tmp/x\"",
            "git \"https://example.com/x\" tag=\"{{ ref }}\" to=\"/src\"",
            "is not a tag",
        ),
        ("ref \"v1\\nx\"", "git \"https://example.com/x\" tag=\"{{ ref }}\" to=\"/src\"", "is not a tag"),
        ("ref \"--index-url=http://x\"", "wheel-build \"{{ ref }}\"", "is not a pip requirement"),
        ("ref \"/src\\n/x\"", "wheel-build \"{{ ref }}\"", "is not a path"),
        ("ref \"x\\nRUN id\"", "apt \"{{ ref }}\"", "is not a system package"),
        ("ref \"x\\nRUN id\"", "mkdir \"/x/{{ ref }}\"", "is not a path"),
    ] {
        let refused = definition(values, &format!("build {{ {build}; export \"/src\" }}")).unwrap_err();
        assert!(refused.contains(why), "{build}: {refused}");
    }
    let sound = definition(
        "ref \"v1.0\"",
        &format!(
            "build {{ git \"https://example.com/x\" tag=\"{{{{ ref }}}}\" commit=\"{commit}\" to=\"/src\"; export \"/src\" }}"
        ),
    );
    assert!(sound.unwrap().contains(commit));
}

#[test]
fn no_value_starts_an_instruction() {
    let text = manifest("app { run \"true\\nEOF\\nRUN touch /tmp/ran\"; command \"a\\nRUN id\" }\n");
    let text = text.unwrap();
    // In the script the words are lines of a heredoc that ends elsewhere; in `CMD` they are JSON.
    assert!(text.contains("<<'EOF1'\n") && text.contains("\nEOF\nRUN touch /tmp/ran\nEOF1\n"), "{text}");
    assert!(text.contains(r#"CMD ["a\nRUN id"]"#), "{text}");
    for (place, why) in [
        ("app { env { A \"x\\nRUN id\" } }", "a line break cannot be written there"),
        ("app { workdir \"/x\\nRUN id\" }", "a path cannot contain a line break"),
        ("app { user \"x\\nRUN id\" }", "cannot contain a line break"),
    ] {
        let refused = manifest(place).unwrap_err();
        assert!(refused.contains(why), "{place}: {refused}");
    }
}

#[test]
fn hidden_characters_reach_no_output() {
    for (letter, name) in [
        ("1b", "U+001B"),
        ("7", "U+0007"),
        ("9b", "U+009B"),
        ("202e", "U+202E"),
        ("2069", "U+2069"),
        ("2028", "U+2028"),
        ("200b", "U+200B"),
        ("feff", "U+FEFF"),
    ] {
        for place in [
            "app { env { A \"x@\" } }",
            "app { run \"echo x@\" }",
            "run { env { A \"x@\" } }",
            "app { command \"x@\" }",
        ] {
            let refused = manifest(&place.replace('@', &format!("\\u{{{letter}}}"))).unwrap_err();
            assert!(
                refused.contains(&format!("a value cannot contain the character {name}")),
                "{place}: {refused}"
            );
        }
    }
}
