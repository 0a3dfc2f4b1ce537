//! Tests of the ignore file of whole projects.

use crate::Input;
use crate::diagnostic::Log;
use crate::fs::Memory;
use crate::source::Sources;
use crate::value::{IgnorePattern, Parse, leaves_out};

const KEY: &str = "-----BEGIN OPENSSH PRIVATE KEY-----\nbm90IGEga2V5\n-----END OPENSSH PRIVATE KEY-----\n";
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

/// Compiles a project. Returns its ignore file, and the codes and messages of the diagnostics.
fn ignored(manifest: &str, files: &[(&str, &str)]) -> (String, Vec<String>) {
    let manifest = format!(
        "project \"x\" version=\"1\"\ntarget {{ device \"jetson-agx-orin\"; jetpack \"6.2\" }}\n{manifest}\n"
    );
    let files = files.iter().copied().chain([("project.kdl", manifest.as_str()), ("app/main.py", "")]);
    let fs = Memory::with(files);
    let (mut sources, mut log) = (Sources::new(), Log::new());
    let input = Input { fs: &fs, manifest: "project.kdl", target: None, lock: "jcc.lock" };
    let compiled = crate::compile(input, &mut sources, &mut log);
    let reports: Vec<String> =
        log.sorted().iter().map(|one| format!("{} {}", one.code, one.message)).collect();
    let mut compiled = compiled.unwrap_or_else(|_| panic!("it does not compile: {reports:?}"));
    (compiled.artifacts.remove("Dockerfile.dockerignore").expect("every target has one"), reports)
}

/// Whether a file is in the build context, with the semantics of Docker.
fn includes(text: &str, path: &str) -> bool {
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let patterns: Vec<IgnorePattern> =
        lines.map(|line| IgnorePattern::parse(line).expect("a valid pattern")).collect();
    leaves_out(&patterns, path) != Some(true)
}

const APP: &str = "app { workdir \"/app\"; copy \"app\" to=\"/app/\"; user \"robot\" uid=1000 }";

#[test]
fn only_secrets_in_copied_folders_are_excluded_and_reported() {
    let files = [
        ("app/id_map.py", "IDS = {}\n"),
        ("app/id_rsa.pub", "ssh-rsa AAAA\n"),
        ("app/ca.pem", CERTIFICATE),
        ("app/monkey.key", "left=1\n"),
        ("app/tls/server.pem", &format!("{CERTIFICATE}{KEY}")),
        ("app/keys/deploy", KEY),
        ("app/id_ed25519", KEY),
        ("app/.env.local", "A=1\n"),
        ("app/keys.py", "HEADER = '''\n-----BEGIN PRIVATE KEY-----\n'''\n"),
    ];
    let (text, reports) = ignored(APP, &files);
    for path in
        ["app/id_map.py", "app/id_rsa.pub", "app/ca.pem", "app/monkey.key", "app/keys.py", "app/main.py"]
    {
        assert!(includes(&text, path), "{path}\n{text}");
    }
    let secrets = ["app/.env.local", "app/id_ed25519", "app/keys/deploy", "app/tls/server.pem"];
    for path in secrets {
        assert!(!includes(&text, path), "{path}\n{text}");
    }
    let reports: Vec<&String> = reports.iter().filter(|one| one.contains("left-out")).collect();
    let expected = "jcc::check::left-out `app/.env.local`, `app/id_ed25519`, `app/keys/deploy` and `app/tls/server.pem` are excluded from the image";
    assert_eq!(reports, [expected]);
}

#[test]
fn patterns_of_the_manifest_have_precedence() {
    let files = [("app/.env.example", "A=1\n"), ("app/data/a.bag", ""), ("app/data/b.txt", "")];
    let manifest = format!("{APP}\noutput {{ ignore \"**/*.bag\" \"!app/.env.example\" }}");
    let (text, reports) = ignored(&manifest, &files);
    assert!(includes(&text, "app/.env.example") && includes(&text, "app/data/b.txt"), "{text}");
    assert!(!includes(&text, "app/data/a.bag"), "{text}");
    assert!(reports.iter().all(|one| !one.contains("left-out")), "{reports:?}");
}

#[test]
fn patterns_of_the_project_s_dockerignore_keep_their_order() {
    let own = "# what we keep out\n*\n!app\n!requirements\n\n/app/datasets/\n!app/datasets/small\n";
    let files = [
        (".dockerignore", own),
        ("secret.txt", "x"),
        ("app/.env", "A=1\n"),
        ("app/datasets/a", ""),
        ("app/datasets/small/a", ""),
        ("requirements.txt", "requests==2.32.0\n"),
        ("certs/site.pem", CERTIFICATE),
    ];
    let manifest = "app { workdir \"/app\"; copy \"app\" to=\"/app/\"; copy \"certs/site.pem\" to=\"/etc/\"; \
                    requirements \"requirements.txt\"; user \"robot\" uid=1000 }";
    let (text, reports) = ignored(manifest, &files);
    let start = text.find("*\n!app\n!requirements\napp/datasets\n!app/datasets/small\n");
    assert!(start.is_some(), "{text}");
    for path in ["app/main.py", "app/datasets/small/a", "requirements.txt", "certs/site.pem"] {
        assert!(includes(&text, path), "{path}\n{text}");
    }
    for path in ["secret.txt", "app/datasets/a", "app/.env"] {
        assert!(!includes(&text, path), "{path}\n{text}");
    }
    assert!(reports.iter().any(|one| one.contains("`app/.env` is excluded")), "{reports:?}");
}

#[test]
fn an_excluded_folder_that_is_copied_is_reported() {
    let (_, reports) = ignored(APP, &[(".dockerignore", "**/app\n")]);
    let expected = "jcc::check::left-out `app` is excluded from the build context, so it cannot be copied";
    assert!(reports.iter().any(|one| one == expected), "{reports:?}");
    let (_, reports) = ignored(APP, &[(".dockerignore", "*\n!app/main.py\n")]);
    assert!(reports.iter().all(|one| !one.contains("left-out")), "{reports:?}");
}

#[test]
fn patterns_of_the_project_do_not_exclude_build_inputs_of_jcc() {
    let manifest = format!("{APP}\napt {{ install \"jq\" }}");
    for patterns in ["*\n!app\n", ".*\n", "**/.*\n", ".jcc\n", "**/*.conf\n"] {
        let (text, _) = ignored(&manifest, &[(".dockerignore", patterns)]);
        for path in [".jcc/apt.conf", ".jcc/add-user.sh"] {
            assert!(includes(&text, path), "{patterns:?} excludes {path}:\n{text}");
        }
    }
    let (text, _) = ignored(&format!("{manifest}\noutput {{ ignore \"**/.*\" }}"), &[]);
    assert!(includes(&text, ".jcc/apt.conf"), "{text}");
    // Only files that a step mounts and that a pattern excludes are included again.
    let (text, _) = ignored(&manifest, &[(".dockerignore", "**/*.conf\n.jcc/notes\n")]);
    let included_again: Vec<&str> = text.lines().filter(|line| line.starts_with('!')).collect();
    assert_eq!(included_again, ["!.jcc/apt.conf"], "{text}");
    let (text, _) = ignored(&manifest, &[(".dockerignore", "*\n!app\n"), (".jcc/notes", "")]);
    assert!(!includes(&text, ".jcc/notes") && !includes(&text, ".jcc/host-setup.sh"), "{text}");
    let (text, _) = ignored(&manifest, &[]);
    assert!(!text.contains('!'), "{text}");
}

#[test]
fn patterns_of_secrets_do_not_exclude_files_that_a_package_mounts() {
    let package = "package \"tool\" {\n summary \"A tool\"\n license \"MIT\"\n source \"https://example.com/tool\"\n version \"1\"\n \
                   install { script \"id_rsa\" }\n}\n";
    let files = [("packages/tool/package.kdl", package), ("packages/tool/id_rsa", "echo tool\n")];
    let (text, _) = ignored(&format!("{APP}\ncatalog \"packages\"\npackages {{ tool }}"), &files);
    assert!(includes(&text, ".jcc/packages/tool/id_rsa") && !includes(&text, "app/id_rsa"), "{text}");
}

#[test]
fn a_name_with_a_line_break_is_one_pattern() {
    let (text, _) = ignored(APP, &[("app/.env", "A=1\n"), ("app/k\n!app", KEY)]);
    assert!(!text.lines().any(|line| line == "!app"), "{text}");
    assert!(!includes(&text, "app/.env") && !includes(&text, "app/k\n!app"), "{text}");
}

#[test]
fn the_numbers_of_groups_are_no_secrets() {
    let reports =
        |text: &str| ignored("app { copy \".\" to=\"/app\" }", &[("main.py", ""), (".env", text)]).1;
    let left_out = |text: &str| reports(text).iter().any(|one| one.contains("left-out"));
    assert!(!left_out("JCC_GID_RENDER=104\nJCC_GID_GPIO=999\n"));
    assert!(left_out("JCC_GID_RENDER=104\nDB_PASSWORD=abc\n"));
    assert!(left_out(""));
}
