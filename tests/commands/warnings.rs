//! Warnings: what accepts them, and what takes them for errors.

use std::fs;

use tempfile::TempDir;

use super::runs;

fn project(text: &str) -> TempDir {
    let folder = TempDir::new().expect("there is room");
    fs::write(folder.path().join("project.kdl"), text).expect("it can be written");
    folder
}

const UNPROVEN: &str = "project \"demo\"\ntarget \"t\" { device \"jetson-agx-orin\"; l4t \"39.2\" }\npackages { pytorch \"2.14.1\" }\n";

#[test]
fn what_is_unproven_is_accepted_with_a_reason() {
    let strict = ["compile", "--deny-warnings", "--stdout", "Dockerfile"];
    let report = runs(project(UNPROVEN).path(), &strict, 1).err;
    assert!(report.contains("jcc::resolve::unproven"), "{report}");
    for code in ["resolve::unproven", "jcc::resolve::unproven"] {
        let allowed = format!("{UNPROVEN}allow \"{code}\" reason=\"tried on the bench\"\n");
        let ran = runs(project(&allowed).path(), &strict, 0);
        assert!(!ran.err.contains("unproven"), "{}", ran.err);
        assert!(ran.out.contains("tried on the bench"), "{}", ran.out);
    }
}

#[test]
fn a_locked_version_that_is_gone_is_reported() {
    let folder = project("project \"demo\"\ntarget \"t\" { platform \"x86_64\" }\npackages { pytorch }\n");
    runs(folder.path(), &["compile"], 0);
    let lock = folder.path().join("jcc.lock");
    let good = fs::read_to_string(&lock).expect("it was written");
    let version = good.split_once("chosen \"pytorch\" \"").expect("it is chosen").1;
    let version = version.split('"').next().expect("it has a version");
    let edited = good.replace(&format!("\"pytorch\" \"{version}\""), "\"pytorch\" \"2.6.7\"");
    fs::write(&lock, &edited).expect("it can be written");
    let report = runs(folder.path(), &["compile", "--locked"], 1).err;
    assert!(report.contains("lock-gone") && report.contains("lock-would-change"), "{report}");
    runs(folder.path(), &["compile", "--deny-warnings"], 1);
    assert_eq!(fs::read_to_string(&lock).expect("it is there"), edited);
    // What the help says.
    let report = runs(folder.path(), &["update", "pytorch"], 0).err;
    assert!(!report.contains("lock-gone"), "{report}");
    assert_eq!(fs::read_to_string(&lock).expect("it is there"), good);
    fs::write(&lock, &edited).expect("it can be written");
    assert!(runs(folder.path(), &["compile"], 0).err.contains("lock-gone"));
    assert!(!runs(folder.path(), &["compile", "--locked"], 0).err.contains("lock-gone"));
}

#[test]
fn a_locked_version_that_is_gone_on_one_platform_is_reported_there() {
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
    fs::create_dir_all(file.parent().expect("a folder")).expect("it can be made");
    fs::write(&file, definition("")).expect("it can be written");
    runs(folder.path(), &["compile"], 0);
    fs::write(&file, definition("{ requires { platform \"x86_64\" } }")).expect("it can be written");
    let report = runs(folder.path(), &["compile"], 0).err;
    let gone = "the lock contains `probe` 2.0, which the catalogue does not have for this target";
    assert_eq!(report.matches(gone).count(), 1, "{report}");
    assert!(report.contains("1.0 is used instead"), "{report}");
    // Another release is the user's own doing.
    let lock = folder.path().join("jcc.lock");
    let edited = fs::read_to_string(&lock).expect("it was written");
    fs::write(&lock, edited.replace("\"probe\" \"1.0\"", "\"probe\" \"2.0\"")).expect("it can be written");
    fs::write(folder.path().join("project.kdl"), text.replace("\"sbsa\"", "\"sbsa\"; ubuntu \"22.04\""))
        .expect("it can be written");
    assert!(!runs(folder.path(), &["compile"], 0).err.contains("lock-gone"));
}

/// Notes are for what is new: a compile that changes nothing has none to show, and asks nobody to read them again.
#[test]
fn notes_are_shown_where_something_is_new() {
    let text =
        "project \"demo\"\ntarget { platform \"x86_64\" }\npackages { ollama }\napp { workdir \"/app\" }\n";
    let folder = project(text);
    let first = runs(folder.path(), &["compile"], 0).err;
    assert!(first.contains("jcc::check::runs-as-root") && first.contains("note: ollama "), "{first}");
    let second = runs(folder.path(), &["compile"], 0).err;
    assert!(!second.contains("runs-as-root") && !second.contains("note: "), "{second}");
    assert!(runs(folder.path(), &["compile", "--verbose"], 0).err.contains("jcc::check::runs-as-root"));
    assert!(!runs(folder.path(), &["compile", "--quiet"], 0).err.contains("runs-as-root"));
    // Of what is added only the new package's own notes are new.
    fs::write(folder.path().join("project.kdl"), text.replace("ollama }", "ollama; openssh }"))
        .expect("written");
    let third = runs(folder.path(), &["compile"], 0).err;
    assert!(third.contains("note: openssh") && !third.contains("note: ollama"), "{third}");
    // What the manifest has seen to is not said, and `show` has them all.
    let named = project(&text.replace("workdir \"/app\"", "command \"ollama\" \"serve\""));
    let notes = runs(named.path(), &["compile"], 0).err;
    assert!(
        !notes.contains("Start it with `ollama serve`") && notes.contains("ollama pull MODEL"),
        "{notes}"
    );
    let shown = runs(named.path(), &["show", "ollama"], 0).out;
    assert!(shown.contains("Start it with `ollama serve`") && shown.contains("ollama pull MODEL"), "{shown}");
}

/// A separate line could be a command to the CI that shows it.
#[test]
fn a_note_is_one_line() {
    let folder = project(
        "project \"demo\"\ncatalog \"mine\"\ntarget \"pc\" { platform \"x86_64\" }\npackages { probe }\n",
    );
    let file = folder.path().join("mine/extras/probe/package.kdl");
    fs::create_dir_all(file.parent().expect("a folder")).expect("it can be made");
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
    let report = runs(folder.path(), &["compile"], 0).err;
    assert!(report.contains("one ::error::two") && report.contains("three ::warning::four"), "{report}");
    assert!(report.lines().all(|line| !line.trim_start().starts_with("::")), "{report}");
}
