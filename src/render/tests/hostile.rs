//! Tests that values in manifests and definitions cannot inject instructions, options or fields into the
//! outputs.

use super::compiled::{VENDOR_KEY, compiled};

const HEAD: &str = "project \"demo\"\ntarget { platform \"x86_64\"; ubuntu \"22.04\" }\n";

fn manifest(more: &str) -> Result<String, String> {
    compiled(&[("project.kdl", &format!("{HEAD}{more}")), ("keys/a.asc", VENDOR_KEY)])
}

/// Compiles a package whose version has these values, with the given steps.
fn definition(values: &str, install: &str) -> Result<String, String> {
    let package = format!(
        "package \"widget\" {{\n    summary \"A widget\"\n    group \"ml\"\n    license \"MIT\"\n    source \"https://example.com\"\n    version \"1.0\" {{ {values} }}\n    {install}\n}}\n"
    );
    let project = format!("{HEAD}catalog \"packages\"\npackages {{ widget }}\n");
    compiled(&[("project.kdl", &project), ("packages/ml/widget/package.kdl", &package)])
}

/// Returns an `apt` source in which one field is replaced by `changed`.
fn source(changed: &str) -> String {
    let field = |name: &str, default: &str| {
        if changed.starts_with(name) { changed.to_owned() } else { default.to_owned() }
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
fn apt_sources_of_manifests_allow_no_extra_fields() {
    let text = manifest(&source("arch \"amd64,arm64\"")).unwrap();
    assert!(text.contains("\nArchitectures: amd64 arm64\nSigned-By: "), "{text}");
    for (changed, why) in [
        ("arch \"amd64\\nTrusted: yes\"", "an architecture cannot contain a line break"),
        ("arch \"amd64;x\"", "an architecture cannot contain `;`"),
        ("suite \"jammy\\nTrusted: yes\"", "a suite cannot contain a line break"),
        ("component \"main\\nTrusted: yes\"", "a component cannot contain a line break"),
        ("uri \"https://a.example.com\\nTrusted: yes\"", "a URL cannot contain a line break"),
        ("uri \"https://a.example.com /x\"", "a URL cannot contain a space"),
    ] {
        let report = manifest(&source(changed)).unwrap_err();
        assert!(report.contains(why), "{changed}: {report}");
    }
}

#[test]
fn apt_sources_of_definitions_allow_no_extra_fields() {
    let install = |uri: &str, suite: &str, component: &str| {
        format!(
            "install {{ apt-source \"vendor\" {{ uri \"{uri}\"; suite \"{suite}\"; component \"{component}\"; key \"https://apt.example.com/key.asc\" fingerprint=\"98DF8AF8EED4F47E4223152835D4FC3F3598DB57\" }}; apt \"widget\" }}"
        )
    };
    let (uri, suite, component) = ("https://apt.example.com", "jammy", "main");
    let bad = "bad \"x\\nTrusted: yes\"";
    let text = definition("bad \"jammy-updates\"", &install(uri, "{{ bad }}", component)).unwrap();
    assert!(text.contains("\nSuites: jammy-updates\n"), "{text}");
    for (install, why) in [
        (install("https://apt.example.com/{{ bad }}", suite, component), "is not a URL"),
        (install(uri, "{{ bad }}", component), "is not a suite"),
        (install(uri, suite, "{{ bad }}"), "is not a component"),
    ] {
        let report = definition(bad, &install).unwrap_err();
        assert!(report.contains(why) && report.contains("package.kdl"), "{report}");
    }
}

#[test]
fn values_of_definitions_add_no_options_to_steps() {
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
        let report = definition(values, &format!("build {{ {build}; export \"/src\" }}")).unwrap_err();
        assert!(report.contains(why), "{build}: {report}");
    }
    let text = definition(
        "ref \"v1.0\"",
        &format!(
            "build {{ git \"https://example.com/x\" tag=\"{{{{ ref }}}}\" commit=\"{commit}\" to=\"/src\"; export \"/src\" }}"
        ),
    );
    assert!(text.unwrap().contains(commit));
}

#[test]
fn values_start_no_instructions() {
    let text = manifest("app { run \"true\\nEOF\\nRUN touch /tmp/ran\"; command \"a\\nRUN id\" }\n");
    let text = text.unwrap();
    // In the script, the text is in a heredoc with another delimiter; in `CMD`, it is JSON.
    assert!(text.contains("<<'EOF1'\n") && text.contains("\nEOF\nRUN touch /tmp/ran\nEOF1\n"), "{text}");
    assert!(text.contains(r#"CMD ["a\nRUN id"]"#), "{text}");
    for (place, why) in [
        ("app { env { A \"x\\nRUN id\" } }", "a line break cannot be written there"),
        ("app { workdir \"/x\\nRUN id\" }", "a path cannot contain a line break"),
        ("app { user \"x\\nRUN id\" }", "cannot contain a line break"),
    ] {
        let report = manifest(place).unwrap_err();
        assert!(report.contains(why), "{place}: {report}");
    }
}

#[test]
fn hidden_characters_are_rejected() {
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
            let report = manifest(&place.replace('@', &format!("\\u{{{letter}}}"))).unwrap_err();
            assert!(
                report.contains(&format!("a value cannot contain the character {name}")),
                "{place}: {report}"
            );
        }
    }
}
