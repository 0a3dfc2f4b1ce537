//! Huge input: every command terminates with a readable report.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::{run, run_expecting, tiny};

const BEGINNING: &str = "project \"x\"\ntarget { platform \"x86_64\"; ubuntu \"24.04\" }\n";

fn project(text: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("the folder is writable");
    fs::write(folder.path().join("project.kdl"), text).expect("the folder is writable");
    folder
}

/// Counts the errors that a report shows.
fn errors(report: &str) -> usize {
    report.lines().filter(|line| line.starts_with("jcc::")).count()
}

#[test]
fn a_hundred_errors_are_shown_and_the_rest_counted() {
    let nodes: String = (0..100_000).fold(String::new(), |all, number| all + &format!("n{number}\n"));
    let folder = project(&format!("{BEGINNING}{nodes}"));
    let ran = run_expecting(folder.path(), &["compile"], 1);
    assert_eq!(errors(&ran.err), 100);
    assert!(ran.err.contains("error: 100000 errors"), "{}", &ran.err[ran.err.len() - 300..]);
    assert!(ran.err.contains("note: 100 of them are shown, 99900 are hidden"));
    assert!(ran.err.len() < 100_000, "{} bytes", ran.err.len());
    let nodes: String = (0..2000).fold(String::new(), |all, number| all + &format!("n{number}\n"));
    let folder = project(&format!("{BEGINNING}{nodes}"));
    let ran = run_expecting(folder.path(), &["add", "numpy"], 1);
    assert!(ran.err.contains("note: 100 of them are shown, 1900 are hidden"));
    let ran = run_expecting(folder.path(), &["check", "--format", "json"], 1);
    assert_eq!(ran.err.lines().count(), 101);
    assert_eq!(ran.err.lines().last(), Some("{\"omitted\":1900}"));
    let ran = run_expecting(folder.path(), &["check", "--format", "sarif"], 1);
    let document: serde_json::Value = serde_json::from_str(&ran.out).expect("it is JSON");
    assert_eq!(document["runs"][0]["results"].as_array().map(Vec::len), Some(100));
    assert_eq!(document["runs"][0]["properties"]["omitted"], 1900);
}

#[test]
fn repeated_errors_take_linear_time() {
    // Unknown nodes followed by many duplicates of a known one; many properties of one node, all different
    // and all the same; many unknown packages.
    let unknown: String = (0..5000).fold(String::new(), |all, number| all + &format!("n{number}\n"));
    let properties: String = (0..5000).fold(String::new(), |all, number| all + &format!(" p{number}=1"));
    let packages: String = (0..3000).fold(String::new(), |all, number| all + &format!("pytroch{number}\n"));
    for text in [
        format!("{BEGINNING}{unknown}{}", "output\n".repeat(20_000)),
        format!("{BEGINNING}output{properties}\n"),
        format!("{BEGINNING}output{}\n", " a=1".repeat(20_000)),
        format!("{BEGINNING}packages {{\n{packages}}}\n"),
    ] {
        let ran = run_expecting(project(&text).path(), &["compile"], 1);
        assert_eq!(errors(&ran.err), 100);
    }
}

/// Entries of a list are looked up, not compared with every entry before them.
#[test]
fn long_lists_take_linear_time() {
    let list = |count: usize, line: fn(usize) -> String| (0..count).map(line).collect::<String>();
    let env = |value: &str| (0..10_000).fold(String::new(), |all, at| all + &format!("A{at} {value}\n"));
    for (text, code) in [
        (list(10_000, |at| format!("apt {{ install a{at} }}\n")), 0),
        (format!("pip {{ install {} }}\n", list(10_000, |at| format!(" p{at}"))), 0),
        (format!("app {{ env {{ {} }} }}\nrun {{ env {{ {} }} }}\n", env("x"), env("y")), 0),
        (format!("run {{ {} }}\n", list(10_000, |at| format!("device \"/dev/x{at}\"\n"))), 0),
        (format!("run {{ {} }}\n", list(10_000, |at| format!("volume v{at} \"/x/{at}\"\n"))), 0),
        (format!("run {{ {} }}\n", list(10_000, |at| format!("port \"{}:80\"\n", at + 1))), 0),
        (list(10_000, |at| format!("test t{at} {{ run \"true\" }}\n")), 0),
        ("a = 1\n".repeat(10_000), 1),
        (format!("packages {{ {} }}\n", "numpy\n".repeat(10_000)), 0),
    ] {
        let ran = run_expecting(project(&format!("{BEGINNING}{text}")).path(), &["compile"], code);
        assert!(ran.err.len() < 100_000, "{} bytes of {}", ran.err.len(), &text[..60]);
    }
}

/// The number of names and values is limited, even if the file is small.
#[test]
fn manifests_with_too_many_values_are_rejected() {
    for words in [" 0".repeat(500_000), format!("\n{}", "a 1 2 3\n".repeat(60_000)), " a=1".repeat(150_000)] {
        let ran = run_expecting(project(&format!("{BEGINNING}packages{words}\n")).path(), &["compile"], 1);
        assert!(ran.err.contains("names and values") && ran.err.contains("project.kdl:"), "{}", ran.err);
        assert_eq!(errors(&ran.err), 1);
        assert!(ran.err.len() < 4_000, "{} bytes", ran.err.len());
    }
}

/// All files are written even though they are synchronised to disk together, and a second run replaces all of
/// them.
#[test]
fn hundreds_of_files_are_written_at_once() {
    let targets = |release: &str| {
        (0..40).fold("project \"x\"\n".to_owned(), |all, at| {
            all + &format!("target t{at} {{ platform \"x86_64\"; ubuntu \"{release}\" }}\n")
        })
    };
    let folder = project(&targets("24.04"));
    run_expecting(folder.path(), &["compile"], 0);
    run_expecting(folder.path(), &["check"], 0);
    fs::write(folder.path().join("project.kdl"), targets("22.04")).expect("the folder is writable");
    run_expecting(folder.path(), &["compile"], 0);
    run_expecting(folder.path(), &["check"], 0);
    let left = |name: &str| fs::read_dir(folder.path().join(name)).expect("it exists").count();
    assert_eq!(left("t0"), left("t39"));
    let one = fs::read_to_string(folder.path().join("t7/Dockerfile")).expect("it exists");
    assert!(one.contains("FROM ubuntu:22.04"), "{one}");
}

#[test]
fn many_written_files_are_summarised() {
    let targets: String = (0..12).fold(String::new(), |all, at| {
        all + &format!("target t{at} {{ platform \"x86_64\"; ubuntu \"24.04\" }}\n")
    });
    let folder = project(&format!("project \"x\"\n{targets}"));
    let ran = run_expecting(folder.path(), &["compile"], 0);
    let wrote: Vec<&str> = ran.err.lines().filter(|line| line.starts_with("wrote ")).collect();
    let [wrote] = wrote[..] else { panic!("{}", ran.err) };
    assert_eq!(wrote, "wrote 50 files");
}

/// The unreadable definition is reported, not an unknown package.
#[test]
fn an_unreadable_definition_is_the_only_error() {
    let folder = project(&format!("{BEGINNING}catalog \"own\"\npackages {{ mine }}\n"));
    fs::create_dir_all(folder.path().join("own/mine")).expect("the folder is writable");
    fs::write(folder.path().join("own/mine/package.kdl"), "package \"mine\" {\n")
        .expect("the folder is writable");
    let ran = run_expecting(folder.path(), &["compile"], 1);
    assert!(ran.err.contains("package.kdl:1:"), "{}", ran.err);
    assert!(!ran.err.contains("unknown package"), "{}", ran.err);
}

/// Each line is looked up in the catalogue, not compared with all of it.
#[test]
fn a_long_list_of_python_packages_is_checked_in_linear_time() {
    let mut lines: String =
        (0..16_000).fold(String::new(), |all, number| all + &format!("pkg{number}==1.0\n"));
    lines.push_str("NumPy==1.0\n");
    let text = format!("{BEGINNING}packages {{ numpy }}\npip {{ requirements \"requirements.txt\" }}\n");
    let folder = project(&text);
    fs::write(folder.path().join("requirements.txt"), lines).expect("the folder is writable");
    let ran = run_expecting(folder.path(), &["compile"], 1);
    assert!(ran.err.contains("requirements.txt:16001:"), "{}", ran.err);
    assert_eq!(errors(&ran.err), 1, "{}", ran.err);
}

#[test]
fn long_chains_of_extends_are_rejected() {
    let folder = project(&format!("{BEGINNING}extends \"a0.kdl\"\n"));
    for number in 0..10_000 {
        let text = format!("extends \"a{}.kdl\"\n", number + 1);
        fs::write(folder.path().join(format!("a{number}.kdl")), text).expect("the folder is writable");
    }
    for command in [&["compile"][..], &["add", "numpy"], &["check"]] {
        let ran = run_expecting(folder.path(), command, 1);
        assert!(
            ran.err.contains("manifests extend each other more than 32 levels deep"),
            "{command:?} {}",
            ran.err
        );
        assert!(ran.err.contains("a30.kdl:1:9"), "the line that exceeds the limit: {}", ran.err);
    }
}

/// A lock of many targets can be read again, up to the limit of 8 MiB.
#[test]
fn locks_are_read_up_to_the_size_limit() {
    let folder = tiny();
    run_expecting(folder.path(), &["update"], 0);
    let path = folder.path().join("jcc.lock");
    let lock = fs::read_to_string(&path).expect("it was written");
    let (lock, files) = lock.split_at(lock.find("\nfiles ").expect("it lists the files"));
    let (head, target) = lock.split_once("\ntarget ").expect("it has one");
    let (_, rest) = target.split_once(' ').expect("it has a name");
    for (more, code) in [(0, 0), (2 << 20, 0), (9 << 20, 1)] {
        let mut text = format!("{head}\ntarget {target}");
        for number in 0..more / rest.len() {
            text.push_str(&format!("\ntarget \"other{number}\" {rest}"));
        }
        fs::write(&path, text + files).expect("the folder is writable");
        let ran = run_expecting(folder.path(), &["resolve"], code);
        assert!(code == 0 || ran.err.contains("the limit is 8388608 bytes"), "{}", ran.err);
    }
}

#[test]
fn stdout_does_not_take_the_manifest_as_its_file() {
    let folder = tiny();
    let printed = run_expecting(folder.path(), &["compile", "--stdout"], 0).out;
    assert!(printed.contains("\nFROM "), "{printed}");
    assert_eq!(run_expecting(folder.path(), &["compile", "--stdout", "project.kdl"], 0).out, printed);
    assert_eq!(run_expecting(folder.path(), &["compile", "project.kdl", "--stdout"], 0).out, printed);
    assert_eq!(run_expecting(folder.path(), &["compile", "--stdout", "."], 0).out, printed);
    assert_eq!(run_expecting(folder.path(), &["compile", "--stdout", "Dockerfile"], 0).out, printed);
    let compose =
        run_expecting(folder.path(), &["compile", "--stdout", "docker-compose.yaml", "project.kdl"], 0).out;
    assert!(compose.contains("\nservices:"), "{compose}");
    assert!(!folder.path().join("Dockerfile").exists());
}

#[test]
fn messages_show_paths_relative_to_the_current_folder() {
    let parent = tempfile::tempdir().expect("the folder is writable");
    let folder = parent.path().join("robot");
    fs::create_dir_all(folder.join("src")).expect("the folder is writable");
    super::copy_into(tiny().path(), &folder);
    let inner = folder.join("src");
    let wrote = |folder: &Path, arguments: &[&str]| {
        let ran = run_expecting(folder, arguments, 0);
        ran.err.lines().find(|line| line.starts_with("wrote ")).map(str::to_owned).unwrap_or_default()
    };
    assert!(wrote(parent.path(), &["compile", "robot"]).starts_with("wrote robot/.jcc/"));
    fs::remove_file(folder.join("Dockerfile")).expect("it was written");
    assert_eq!(wrote(&inner, &["compile"]), "wrote ../Dockerfile");
    fs::remove_file(folder.join("Dockerfile")).expect("it was written");
    assert_eq!(wrote(&folder, &["compile", "./project.kdl"]), "wrote Dockerfile");
    assert!(
        wrote(parent.path(), &["compile", "robot/project.kdl", "--out", "there"]).starts_with("wrote there/")
    );
    // The generated files do not depend on the current folder.
    run_expecting(parent.path(), &["check", "robot"], 0);
    fs::write(folder.join("Dockerfile"), "mine\n").expect("the folder is writable");
    let ran = run_expecting(parent.path(), &["compile", "robot/project.kdl"], 1);
    assert!(ran.err.contains("`robot/Dockerfile` exists"), "{}", ran.err);
    let manifest = folder.join("project.kdl");
    let text = fs::read_to_string(&manifest).expect("it exists") + "nosuch\n";
    fs::write(&manifest, text).expect("the folder is writable");
    for (from, arguments, place) in [
        (parent.path(), &["compile", "robot"][..], "[robot/project.kdl:"),
        (&inner, &["compile"], "[../project.kdl:"),
        (&inner, &["compile", "../project.kdl"], "[../project.kdl:"),
        (&folder, &["compile"], "[project.kdl:"),
    ] {
        let ran = run_expecting(from, arguments, 1);
        assert!(ran.err.contains(place), "{arguments:?} {}", ran.err);
    }
    let ran = run(parent.path(), &["check", "robot", "--format", "json"]);
    assert!(ran.err.contains("\"file\":\"robot/project.kdl\""), "{}", ran.err);
}

#[test]
fn both_sides_of_a_conflicted_lock_are_read() {
    let folder = tiny();
    let lock = folder.path().join("jcc.lock");
    run_expecting(folder.path(), &["compile"], 0);
    let clean = fs::read_to_string(&lock).expect("it was written");
    let line = clean.lines().find(|line| line.starts_with("manifest ")).expect("it has one");
    let other = format!("manifest sha256=\"{}\"", "0".repeat(64));
    let conflict = format!("<<<<<<< HEAD\n{line}\n=======\n{other}\n>>>>>>> feature\n");
    fs::write(&lock, clean.replace(&format!("{line}\n"), &conflict)).expect("the folder is writable");
    let ran = run_expecting(folder.path(), &["compile"], 0);
    assert!(ran.err.contains("`jcc.lock` contains Git conflict markers"), "{}", ran.err);
    assert_eq!(fs::read_to_string(&lock).expect("it was written"), clean);
    run_expecting(folder.path(), &["check"], 0);
    // One side is not a lock.
    fs::write(&lock, format!("<<<<<<< HEAD\n{clean}=======\nnonsense {{\n>>>>>>> feature\n"))
        .expect("the folder is writable");
    let ran = run_expecting(folder.path(), &["compile"], 1);
    assert!(
        ran.err.contains("one side cannot be read") && ran.err.contains("git checkout --ours"),
        "{}",
        ran.err
    );
}
