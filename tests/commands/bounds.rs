//! Input without end: every command ends, with a diagnostic that a person can read.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::{run, runs, tiny};

const BEGINNING: &str = "project \"x\"\ntarget { platform \"x86_64\"; ubuntu \"24.04\" }\n";

fn project(text: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("there is room");
    fs::write(folder.path().join("project.kdl"), text).expect("there is room");
    folder
}

/// Errors that the report shows.
fn errors(report: &str) -> usize {
    report.lines().filter(|line| line.starts_with("jcc::")).count()
}

#[test]
fn a_hundred_problems_are_shown_and_the_others_counted() {
    let nodes: String = (0..100_000).fold(String::new(), |all, number| all + &format!("n{number}\n"));
    let folder = project(&format!("{BEGINNING}{nodes}"));
    let ran = runs(folder.path(), &["compile"], 1);
    assert_eq!(errors(&ran.err), 100);
    assert!(ran.err.contains("error: 100000 errors"), "{}", &ran.err[ran.err.len() - 300..]);
    assert!(ran.err.contains("note: 100 of them are shown, 99900 are hidden"));
    assert!(ran.err.len() < 100_000, "{} bytes", ran.err.len());
    let nodes: String = (0..2000).fold(String::new(), |all, number| all + &format!("n{number}\n"));
    let folder = project(&format!("{BEGINNING}{nodes}"));
    let ran = runs(folder.path(), &["add", "numpy"], 1);
    assert!(ran.err.contains("note: 100 of them are shown, 1900 are hidden"));
    let ran = runs(folder.path(), &["check", "--format", "json"], 1);
    assert_eq!(ran.err.lines().count(), 101);
    assert_eq!(ran.err.lines().last(), Some("{\"omitted\":1900}"));
    let ran = runs(folder.path(), &["check", "--format", "sarif"], 1);
    let document: serde_json::Value = serde_json::from_str(&ran.out).expect("it is JSON");
    assert_eq!(document["runs"][0]["results"].as_array().map(Vec::len), Some(100));
    assert_eq!(document["runs"][0]["properties"]["omitted"], 1900);
}

#[test]
fn problems_of_one_kind_are_found_in_linear_work() {
    // Unknown nodes first, then one that may be there once, again and again; and properties of one node.
    let unknown: String = (0..5000).fold(String::new(), |all, number| all + &format!("n{number}\n"));
    let properties: String = (0..5000).fold(String::new(), |all, number| all + &format!(" p{number}=1"));
    let packages: String = (0..3000).fold(String::new(), |all, number| all + &format!("pytroch{number}\n"));
    for text in [
        format!("{BEGINNING}{unknown}{}", "output\n".repeat(20_000)),
        format!("{BEGINNING}output{properties}\n"),
        format!("{BEGINNING}output{}\n", " a=1".repeat(20_000)),
        format!("{BEGINNING}packages {{\n{packages}}}\n"),
    ] {
        let ran = runs(project(&text).path(), &["compile"], 1);
        assert_eq!(errors(&ran.err), 100);
    }
}

/// What a manifest asks for in a long list is looked up, not compared with each entry before it.
#[test]
fn long_lists_take_linear_work() {
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
        let ran = runs(project(&format!("{BEGINNING}{text}")).path(), &["compile"], code);
        assert!(ran.err.len() < 100_000, "{} bytes of {}", ran.err.len(), &text[..60]);
    }
}

/// However short they are, so many names and values are no manifest.
#[test]
fn too_many_words_are_not_read() {
    for words in [" 0".repeat(500_000), format!("\n{}", "a 1 2 3\n".repeat(60_000)), " a=1".repeat(150_000)] {
        let ran = runs(project(&format!("{BEGINNING}packages{words}\n")).path(), &["compile"], 1);
        assert!(ran.err.contains("names and values") && ran.err.contains("project.kdl:"), "{}", ran.err);
        assert_eq!(errors(&ran.err), 1);
        assert!(ran.err.len() < 4_000, "{} bytes", ran.err.len());
    }
}

/// Files that are synchronised all at once are all there, and those of a second run replace them.
#[test]
fn hundreds_of_files_are_written_at_once() {
    let targets = |release: &str| {
        (0..40).fold("project \"x\"\n".to_owned(), |all, at| {
            all + &format!("target t{at} {{ platform \"x86_64\"; ubuntu \"{release}\" }}\n")
        })
    };
    let folder = project(&targets("24.04"));
    runs(folder.path(), &["compile"], 0);
    runs(folder.path(), &["check"], 0);
    fs::write(folder.path().join("project.kdl"), targets("22.04")).expect("there is room");
    runs(folder.path(), &["compile"], 0);
    runs(folder.path(), &["check"], 0);
    let left = |name: &str| fs::read_dir(folder.path().join(name)).expect("it is there").count();
    assert_eq!(left("t0"), left("t39"));
    let one = fs::read_to_string(folder.path().join("t7/Dockerfile")).expect("it is there");
    assert!(one.contains("FROM ubuntu:22.04"), "{one}");
}

#[test]
fn many_written_files_are_counted() {
    let targets: String = (0..12).fold(String::new(), |all, at| {
        all + &format!("target t{at} {{ platform \"x86_64\"; ubuntu \"24.04\" }}\n")
    });
    let folder = project(&format!("project \"x\"\n{targets}"));
    let ran = runs(folder.path(), &["compile"], 0);
    let wrote: Vec<&str> = ran.err.lines().filter(|line| line.starts_with("wrote ")).collect();
    let [wrote] = wrote[..] else { panic!("{}", ran.err) };
    assert_eq!(wrote, "wrote 50 files");
}

/// A definition that can't be read is the problem, not the name that the manifest asks for.
#[test]
fn a_definition_that_cant_be_read_is_reported_alone() {
    let folder = project(&format!("{BEGINNING}catalog \"own\"\npackages {{ mine }}\n"));
    fs::create_dir_all(folder.path().join("own/mine")).expect("there is room");
    fs::write(folder.path().join("own/mine/package.kdl"), "package \"mine\" {\n").expect("there is room");
    let ran = runs(folder.path(), &["compile"], 1);
    assert!(ran.err.contains("package.kdl:1:"), "{}", ran.err);
    assert!(!ran.err.contains("there is no package"), "{}", ran.err);
}

/// Each line is looked up in the catalogue, not the whole catalogue compared with each line.
#[test]
fn a_long_list_of_python_packages_is_checked_in_linear_work() {
    let mut lines: String =
        (0..16_000).fold(String::new(), |all, number| all + &format!("pkg{number}==1.0\n"));
    lines.push_str("NumPy==1.0\n");
    let text = format!("{BEGINNING}packages {{ numpy }}\npip {{ requirements \"requirements.txt\" }}\n");
    let folder = project(&text);
    fs::write(folder.path().join("requirements.txt"), lines).expect("there is room");
    let ran = runs(folder.path(), &["compile"], 1);
    assert!(ran.err.contains("requirements.txt:16001:"), "{}", ran.err);
    assert_eq!(errors(&ran.err), 1, "{}", ran.err);
}

#[test]
fn a_chain_of_manifests_ends() {
    let folder = project(&format!("{BEGINNING}extends \"a0.kdl\"\n"));
    for number in 0..10_000 {
        let text = format!("extends \"a{}.kdl\"\n", number + 1);
        fs::write(folder.path().join(format!("a{number}.kdl")), text).expect("there is room");
    }
    for command in [&["compile"][..], &["add", "numpy"], &["check"]] {
        let ran = runs(folder.path(), command, 1);
        assert!(
            ran.err.contains("manifests extend each other more than 32 levels deep"),
            "{command:?} {}",
            ran.err
        );
        assert!(ran.err.contains("a30.kdl:1:9"), "the line that goes too deep: {}", ran.err);
    }
}

/// A lock is read as large as it is written.
#[test]
fn a_lock_of_many_targets_is_read_again() {
    let folder = tiny();
    runs(folder.path(), &["update"], 0);
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
        fs::write(&path, text + files).expect("there is room");
        let ran = runs(folder.path(), &["resolve"], code);
        assert!(code == 0 || ran.err.contains("the limit is 8388608 bytes"), "{}", ran.err);
    }
}

#[test]
fn the_manifest_is_not_taken_for_a_file_to_print() {
    let folder = tiny();
    let printed = runs(folder.path(), &["compile", "--stdout"], 0).out;
    assert!(printed.contains("\nFROM "), "{printed}");
    assert_eq!(runs(folder.path(), &["compile", "--stdout", "project.kdl"], 0).out, printed);
    assert_eq!(runs(folder.path(), &["compile", "project.kdl", "--stdout"], 0).out, printed);
    assert_eq!(runs(folder.path(), &["compile", "--stdout", "."], 0).out, printed);
    assert_eq!(runs(folder.path(), &["compile", "--stdout", "Dockerfile"], 0).out, printed);
    let compose = runs(folder.path(), &["compile", "--stdout", "docker-compose.yaml", "project.kdl"], 0).out;
    assert!(compose.contains("\nservices:"), "{compose}");
    assert!(!folder.path().join("Dockerfile").exists());
}

#[test]
fn messages_name_files_with_their_folder() {
    let parent = tempfile::tempdir().expect("there is room");
    let folder = parent.path().join("robot");
    fs::create_dir_all(folder.join("src")).expect("there is room");
    super::copy_into(tiny().path(), &folder);
    let inner = folder.join("src");
    let wrote = |folder: &Path, arguments: &[&str]| {
        let ran = runs(folder, arguments, 0);
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
    // What is written says the same wherever it was compiled from.
    runs(parent.path(), &["check", "robot"], 0);
    fs::write(folder.join("Dockerfile"), "mine\n").expect("there is room");
    let ran = runs(parent.path(), &["compile", "robot/project.kdl"], 1);
    assert!(ran.err.contains("`robot/Dockerfile` exists"), "{}", ran.err);
    let manifest = folder.join("project.kdl");
    let text = fs::read_to_string(&manifest).expect("it is there") + "nosuch\n";
    fs::write(&manifest, text).expect("there is room");
    for (from, arguments, place) in [
        (parent.path(), &["compile", "robot"][..], "[robot/project.kdl:"),
        (&inner, &["compile"], "[../project.kdl:"),
        (&inner, &["compile", "../project.kdl"], "[../project.kdl:"),
        (&folder, &["compile"], "[project.kdl:"),
    ] {
        let ran = runs(from, arguments, 1);
        assert!(ran.err.contains(place), "{arguments:?} {}", ran.err);
    }
    let ran = run(parent.path(), &["check", "robot", "--format", "json"]);
    assert!(ran.err.contains("\"file\":\"robot/project.kdl\""), "{}", ran.err);
}

#[test]
fn a_lock_with_conflict_markers_is_read_as_its_two_sides() {
    let folder = tiny();
    let lock = folder.path().join("jcc.lock");
    runs(folder.path(), &["compile"], 0);
    let clean = fs::read_to_string(&lock).expect("it was written");
    let line = clean.lines().find(|line| line.starts_with("manifest ")).expect("it has one");
    let other = format!("manifest sha256=\"{}\"", "0".repeat(64));
    let conflict = format!("<<<<<<< HEAD\n{line}\n=======\n{other}\n>>>>>>> feature\n");
    fs::write(&lock, clean.replace(&format!("{line}\n"), &conflict)).expect("there is room");
    let ran = runs(folder.path(), &["compile"], 0);
    assert!(ran.err.contains("`jcc.lock` contains Git conflict markers"), "{}", ran.err);
    assert_eq!(fs::read_to_string(&lock).expect("it was written"), clean);
    runs(folder.path(), &["check"], 0);
    // A side that is no lock.
    fs::write(&lock, format!("<<<<<<< HEAD\n{clean}=======\nnonsense {{\n>>>>>>> feature\n"))
        .expect("there is room");
    let ran = runs(folder.path(), &["compile"], 1);
    assert!(
        ran.err.contains("one side cannot be read") && ran.err.contains("git checkout --ours"),
        "{}",
        ran.err
    );
}
