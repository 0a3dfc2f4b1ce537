//! Warnings: how they are allowed, and how they become errors. Notes: when they are shown.

use std::fs;

use tempfile::TempDir;

use super::run_expecting;

fn project(text: &str) -> TempDir {
    let folder = TempDir::new().expect("the folder is writable");
    fs::write(folder.path().join("project.kdl"), text).expect("it can be written");
    folder
}

const UNPROVEN: &str = "project \"demo\"\ntarget \"t\" { device \"jetson-agx-orin\"; l4t \"39.2\" }\npackages { pytorch \"2.14.1\" }\n";

#[test]
fn unproven_versions_are_accepted_with_a_reason() {
    let strict = ["compile", "--deny-warnings", "--stdout", "Dockerfile"];
    let report = run_expecting(project(UNPROVEN).path(), &strict, 1).err;
    assert!(report.contains("jcc::resolve::unproven"), "{report}");
    for code in ["resolve::unproven", "jcc::resolve::unproven"] {
        let allowed = format!("{UNPROVEN}allow \"{code}\" reason=\"tried on the bench\"\n");
        let ran = run_expecting(project(&allowed).path(), &strict, 0);
        assert!(!ran.err.contains("unproven"), "{}", ran.err);
        assert!(ran.out.contains("tried on the bench"), "{}", ran.out);
    }
}

#[test]
fn an_unavailable_locked_version_is_reported() {
    let folder = project("project \"demo\"\ntarget \"t\" { platform \"x86_64\" }\npackages { pytorch }\n");
    run_expecting(folder.path(), &["compile"], 0);
    let lock = folder.path().join("jcc.lock");
    let good = fs::read_to_string(&lock).expect("it was written");
    let version = good.split_once("chosen \"pytorch\" \"").expect("it is chosen").1;
    let version = version.split('"').next().expect("it has a version");
    let edited = good.replace(&format!("\"pytorch\" \"{version}\""), "\"pytorch\" \"2.6.7\"");
    fs::write(&lock, &edited).expect("it can be written");
    let report = run_expecting(folder.path(), &["compile", "--locked"], 1).err;
    assert!(report.contains("lock-gone") && report.contains("lock-would-change"), "{report}");
    run_expecting(folder.path(), &["compile", "--deny-warnings"], 1);
    assert_eq!(fs::read_to_string(&lock).expect("it exists"), edited);
    // Do what the help suggests.
    let report = run_expecting(folder.path(), &["update", "pytorch"], 0).err;
    assert!(!report.contains("lock-gone"), "{report}");
    assert_eq!(fs::read_to_string(&lock).expect("it exists"), good);
    fs::write(&lock, &edited).expect("it can be written");
    assert!(run_expecting(folder.path(), &["compile"], 0).err.contains("lock-gone"));
    assert!(!super::compiles_as_locked(folder.path()).err.contains("lock-gone"));
}

#[test]
fn a_locked_version_unavailable_on_one_platform_is_reported_there() {
    let text = "project \"demo\"\ncatalog \"mine\"\ntarget \"arm\" { platform \"sbsa\" }\ntarget \"pc\" { platform \"x86_64\" }\npackages { probe }\n";
    let folder = project(text);
    let definition = |newest: &str| {
        format!(
            "package \"probe\" {{
    summary \"A probe\"
    group \"extras\"
    license \"MIT\"
    source \"https://example.com/probe\"
    version \"2.0\" {newest}
    version \"1.0\"
    install {{ apt \"probe\" }}
}}
"
        )
    };
    let file = folder.path().join("mine/extras/probe/package.kdl");
    fs::create_dir_all(file.parent().expect("it is a folder")).expect("it can be created");
    fs::write(&file, definition("")).expect("it can be written");
    run_expecting(folder.path(), &["compile"], 0);
    fs::write(&file, definition("{ requires { platform \"x86_64\" } }")).expect("it can be written");
    let report = run_expecting(folder.path(), &["compile"], 0).err;
    let gone = "the lock contains `probe` 2.0, which the catalogue does not have for the target `arm`";
    assert_eq!(report.matches(gone).count(), 1, "{report}");
    assert!(report.contains("1.0 is used instead"), "{report}");
    // If the user changes the release, nothing is reported.
    let lock = folder.path().join("jcc.lock");
    let edited = fs::read_to_string(&lock).expect("it was written");
    fs::write(&lock, edited.replace("\"probe\" \"1.0\"", "\"probe\" \"2.0\"")).expect("it can be written");
    fs::write(folder.path().join("project.kdl"), text.replace("\"sbsa\"", "\"sbsa\"; ubuntu \"22.04\""))
        .expect("it can be written");
    assert!(!run_expecting(folder.path(), &["compile"], 0).err.contains("lock-gone"));
}

/// Notes are shown for changes, so that users need not read them again after every compile.
#[test]
fn notes_are_shown_only_for_changes() {
    let text =
        "project \"demo\"\ntarget { platform \"x86_64\" }\npackages { ollama }\napp { workdir \"/app\" }\n";
    let folder = project(text);
    let first = run_expecting(folder.path(), &["compile"], 0).err;
    assert!(first.contains("jcc::check::runs-as-root") && first.contains("note: ollama "), "{first}");
    let second = run_expecting(folder.path(), &["compile"], 0).err;
    assert!(!second.contains("runs-as-root") && !second.contains("note: "), "{second}");
    assert!(
        run_expecting(folder.path(), &["compile", "--verbose"], 0).err.contains("jcc::check::runs-as-root")
    );
    assert!(!run_expecting(folder.path(), &["compile", "--quiet"], 0).err.contains("runs-as-root"));
    // If a package is added, only its notes are shown.
    fs::write(folder.path().join("project.kdl"), text.replace("ollama }", "ollama; openssh }"))
        .expect("it can be written");
    let third = run_expecting(folder.path(), &["compile"], 0).err;
    assert!(third.contains("note: openssh") && !third.contains("note: ollama"), "{third}");
    // A note that the manifest already follows is left out. `show` prints all notes.
    let named = project(&text.replace("workdir \"/app\"", "command \"ollama\" \"serve\""));
    let notes = run_expecting(named.path(), &["compile"], 0).err;
    assert!(
        !notes.contains("Start it with `ollama serve`") && notes.contains("ollama pull MODEL"),
        "{notes}"
    );
    let shown = run_expecting(named.path(), &["show", "ollama"], 0).out;
    assert!(shown.contains("Start it with `ollama serve`") && shown.contains("ollama pull MODEL"), "{shown}");
}

/// A CI service could interpret a separate line as a command.
#[test]
fn notes_are_printed_on_one_line() {
    let folder = project(
        "project \"demo\"\ncatalog \"mine\"\ntarget \"pc\" { platform \"x86_64\" }\npackages { probe }\n",
    );
    let file = folder.path().join("mine/extras/probe/package.kdl");
    fs::create_dir_all(file.parent().expect("it is a folder")).expect("it can be created");
    let definition = r#"package "probe" {
    summary "A probe"
    group "extras"
    license "MIT"
    source "https://example.com/probe"
    version "2.0" { note "one\n\n  ::error::two" }
    note "three\n::warning::four"
    install { apt "probe" }
}
"#;
    fs::write(&file, definition).expect("it can be written");
    let report = run_expecting(folder.path(), &["compile"], 0).err;
    assert!(report.contains("one ::error::two") && report.contains("three ::warning::four"), "{report}");
    assert!(report.lines().all(|line| !line.trim_start().starts_with("::")), "{report}");
}

#[test]
fn commands_that_answer_a_question_show_no_warnings() {
    let folder = project(UNPROVEN);
    for args in [&["why", "pytorch"][..], &["run-command"]] {
        let ran = run_expecting(folder.path(), args, 0);
        assert!(!ran.out.is_empty() && !ran.err.contains("unproven"), "{args:?}: {}", ran.err);
    }
    let ran = run_expecting(folder.path(), &["why", "pytorch", "--verbose"], 0);
    assert!(ran.err.contains("unproven"), "{}", ran.err);
}

#[test]
fn extensions_of_the_editor_cannot_be_pinned() {
    let text = "project \"demo\"\ntarget { platform \"x86_64\" }\noutput { devcontainer \".devcontainer/devcontainer.json\" { extension \"ms-python.python\" } }\n";
    let folder = project(text);
    let ran = run_expecting(folder.path(), &["compile", "--deny-warnings"], 0);
    assert!(!ran.err.contains("not pinned"), "{}", ran.err);
    let audit = run_expecting(folder.path(), &["audit"], 0).out;
    assert!(audit.contains("extension ms-python.python"), "{audit}");
}

#[test]
fn overrides_that_the_target_sets_are_not_explained() {
    let of = |ubuntu: &str| {
        let text =
            format!("project \"demo\"\ntarget {{ platform \"x86_64\"{ubuntu} }}\npackages {{ numpy }}\n");
        run_expecting(project(&text).path(), &["compile"], 0).err
    };
    let report = of("; ubuntu \"24.04\"");
    assert!(!report.contains("instead of"), "{report}");
    let text =
        "project \"demo\"\ntarget { platform \"x86_64\" }\npackages { numpy }\npin { python \"3.12\" }\n";
    let report = run_expecting(project(text).path(), &["compile"], 0).err;
    assert!(report.contains("instead of"), "{report}");
}
