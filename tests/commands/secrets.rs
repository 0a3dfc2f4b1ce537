//! Secrets in the definitions of a project.

use std::fs;

use tempfile::TempDir;

use super::run;

/// Creates a project of two targets with a definition that has these lines.
fn project(lines: &str, allows: &str) -> TempDir {
    let folder = TempDir::new().expect("the folder is writable");
    let manifest = format!(
        "project \"demo\"\ncatalog \"mine\"\ntarget \"a\" {{ platform \"x86_64\" }}\ntarget \"b\" {{ platform \"x86_64\" }}\npackages {{ probe }}\n{allows}"
    );
    fs::write(folder.path().join("project.kdl"), manifest).expect("it can be written");
    let file = folder.path().join("mine/extras/probe/package.kdl");
    fs::create_dir_all(file.parent().expect("it is a folder")).expect("it can be created");
    let definition = format!(
        "package \"probe\" {{\n    summary \"A probe\"\n    group \"extras\"\n    license \"MIT\"\n    source \"https://example.com/probe\"\n    version \"1.0\"\n    {lines}\n}}\n"
    );
    fs::write(file, definition).expect("it can be written");
    folder
}

#[test]
fn secrets_in_definitions_are_reported_once_and_never_shown() {
    for lines in [
        "install { pip \"rich\" index=\"https://user:hunter2hunter2@pypi.example/simple\" }",
        "install { git \"https://user:hunter2hunter2@git.example/a.git\" to=\"/opt/a\" }",
        "install { archive \"https://user:hunter2hunter2@files.example/a.tar.gz\" to=\"/opt/a\" }",
        "install { run \"git clone https://user:hunter2hunter2@git.example/a.git /opt/a\" }",
        "env { API_TOKEN \"hunter2hunter2\" }",
        "env { NAME \"ghp_hunter2hunter2R4nd0mR4nd0mR4nd0mR4nd0\" }",
    ] {
        let folder = project(lines, "");
        for command in [&["check"][..], &["compile"], &["audit"], &["compile", "--format", "json"]] {
            let ran = run(folder.path(), command);
            assert_eq!(ran.code, Some(1), "{command:?} {lines}\n{}{}", ran.out, ran.err);
            let all = ran.out + &ran.err;
            assert_eq!(all.matches("jcc::check::plain-secret").count(), 1, "{command:?} {lines}\n{all}");
            assert!(all.contains("mine/extras/probe/package.kdl"), "{all}");
            assert!(!all.contains("hunter2"), "{command:?} {lines}\n{all}");
        }
    }
}

#[test]
fn an_allowed_secret_appears_in_no_list_or_diff() {
    let lines = "install { run \"curl -H 'Authorization: Bearer ghp_hunter2hunter2R4nd0mR4nd0mR4nd0mR4nd0' https://files.example/a -o /opt/a\" }";
    let allow = "allow \"check::plain-secret\" reason=\"a public read-only token\"\n";
    let folder = project(lines, allow);
    for command in ["audit", "check"] {
        let ran = run(folder.path(), &[command]);
        let all = ran.out + &ran.err;
        assert!(all.contains("https://files.example/a"), "{command}\n{all}");
        assert!(!all.contains("hunter2"), "{command}\n{all}");
    }
}

#[test]
fn other_values_are_not_reported_as_secrets() {
    let lines = "install { pip \"rich\" index=\"https://pypi.example/simple\" }\n    // https://user:hunter2@git.example/a.git\n    env { API_TOKEN_FILE \"/run/secrets/token\" }\n    note \"`load(hf_token=hunter2hunter2)` fetches a model\"";
    let ran = run(project(lines, "").path(), &["check"]);
    assert!(!(ran.out + &ran.err).contains("plain-secret"));
}
