//! Help texts, examples in them, completions, and output for programs.

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::{copy_into, jcc, run, run_expecting, tiny};
use crate::support::{self, git};

/// Returns the commands that a help text lists.
fn commands(help: &str) -> Vec<String> {
    let listed = help.split_once("Commands:\n").map_or("", |(_, rest)| rest);
    let listed = listed.split("\n\n").next().unwrap_or_default();
    let names = listed.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

/// Returns every command, as words, with its help text.
fn helps() -> Vec<(Vec<String>, String)> {
    let folder = tempfile::tempdir().expect("the folder is writable");
    let mut open = vec![Vec::new()];
    let mut all = Vec::new();
    while let Some(path) = open.pop() {
        let mut arguments: Vec<&str> = path.iter().map(String::as_str).collect();
        arguments.push("--help");
        let help = run_expecting(folder.path(), &arguments, 0).out;
        for name in commands(&help).into_iter().filter(|name| name != "help") {
            open.push([path.clone(), vec![name]].concat());
        }
        all.push((path, help));
    }
    all
}

#[test]
fn every_example_in_help_runs() {
    let mut seen = 0;
    for (path, help) in helps() {
        let examples: Vec<&str> =
            help.lines().filter_map(|line| line.trim().strip_prefix("Example: jcc ")).collect();
        let parent = path.is_empty() || help.contains("Commands:");
        assert!(parent || !examples.is_empty(), "`{}` has no example in its help", path.join(" "));
        for example in examples {
            let folder = tiny();
            // `tiny` has no packages, so examples that need some get another manifest.
            let edits = ["add ", "remove ", "pin "].iter().any(|command| example.starts_with(command));
            if example.contains("cuda") || edits {
                let text = "project \"demo\"\ntarget { device \"jetson-agx-orin\"; jetpack \"6.2\" }\npackages { cuda }\n";
                std::fs::write(folder.path().join("project.kdl"), text).expect("the folder is writable");
            }
            if example.starts_with("package check") {
                copy_into(
                    &support::repository("examples/apt-extras/packages"),
                    &folder.path().join("packages"),
                );
            }
            if example.starts_with("diff") {
                if git::start(folder.path()).is_none() {
                    continue;
                }
                git::commit(folder.path(), "first");
            }
            if example.starts_with("check") {
                run_expecting(folder.path(), &["compile"], 0);
            }
            // `lock --offline` fails because nothing is locked.
            let code = i32::from(example.starts_with("lock"));
            run_expecting(folder.path(), &example.split(' ').collect::<Vec<_>>(), code);
            seen += 1;
        }
    }
    assert!(seen > 10);
}

#[test]
fn every_code_has_an_explanation() {
    let folder = tempfile::tempdir().expect("the folder is writable");
    let listed = run_expecting(folder.path(), &["explain"], 0).out;
    for code in listed.lines().filter_map(|line| line.split_whitespace().next()) {
        let page = run_expecting(folder.path(), &["explain", code], 0).out;
        assert!(page.contains(code) && page.lines().count() > 3, "{page}");
    }
    let unknown = run_expecting(folder.path(), &["explain", "jcc::resolve::conflct"], 1);
    assert!(unknown.err.contains("conflict"), "{}", unknown.err);
}

#[test]
fn completions_are_valid_scripts() {
    let folder = tempfile::tempdir().expect("the folder is writable");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let text = run_expecting(folder.path(), &["completions", shell], 0).out;
        assert!(text.contains("compile"), "{shell}");
        if shell == "bash" {
            let mut bash =
                Command::new("bash").arg("-n").stdin(Stdio::piped()).spawn().expect("bash is installed");
            bash.stdin.take().expect("stdin is piped").write_all(text.as_bytes()).expect("bash reads");
            assert!(bash.wait().expect("it ends").success());
        }
    }
}

#[test]
fn man_page_and_version_are_printed() {
    let folder = tempfile::tempdir().expect("the folder is writable");
    assert!(run_expecting(folder.path(), &["man"], 0).out.starts_with(".ie"));
    assert_eq!(run_expecting(folder.path(), &["--version"], 0).out, format!("jcc {}\n", jcc::VERSION));
}

#[test]
fn usage_errors_exit_with_2() {
    let folder = tiny();
    for wrong in [
        &["no-such-command"][..],
        &["compile", "--no-such-option"],
        &["compile", "one.kdl", "two.kdl"],
        &["show", "numpy", "--device", "a", "--platform", "b"],
        &["list", "nothings"],
        &["why"],
        &[],
    ] {
        let ran = run_expecting(folder.path(), wrong, 2);
        assert!(ran.out.is_empty() && !ran.err.is_empty(), "{wrong:?}");
    }
}

#[test]
fn a_closed_pipe_is_not_an_error() {
    let folder = tiny();
    let mut child = jcc(folder.path(), &["list", "packages", "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it can be run");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn json_output_is_valid_json() {
    let folder = tiny();
    let path = folder.path();
    for command in [
        &["resolve"][..],
        &["why", "jq"],
        &["audit"],
        &["search", "array"],
        &["list", "packages"],
        &["list", "devices"],
        &["list", "releases"],
        &["list", "bases"],
        &["list", "stacks"],
        &["show", "numpy"],
        &["show", "numpy", "--device", "jetson-agx-orin"],
        &["show", "numpy", "--device", "jetson-agx-orin", "--release", "6.2"],
        &["list", "packages", "--device", "jetson-nano"],
        &["list", "devices", "--release", "7.0"],
        &["list", "releases", "--device", "jetson-agx-thor"],
        &["list", "bases", "--platform", "x86_64"],
        &["explain"],
        &["explain", "conflict"],
        &["add", "cmake", "--dry-run"],
        &["pin", "debian", "12", "--dry-run"],
        &["update", "--dry-run"],
    ] {
        let arguments = [command, &["--format", "json"]].concat();
        let out = run_expecting(path, &arguments, 0).out;
        serde_json::from_str::<serde_json::Value>(&out)
            .unwrap_or_else(|why| panic!("{command:?}: {why}\n{out}"));
    }
    std::fs::write(path.join("bad.kdl"), "project \"x\"\npackages { a; b }\nnonsense\n")
        .expect("the folder is writable");
    let ran = run(path, &["compile", "bad.kdl", "--format", "json"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.lines().count() >= 2, "{}", ran.err);
    for line in ran.err.lines() {
        let one: serde_json::Value = serde_json::from_str(line).expect("one object a line");
        assert!(one["code"].is_string() && one["labels"].is_array(), "{line}");
    }
    let sarif = run(path, &["compile", "bad.kdl", "--format", "sarif"]);
    assert_eq!(sarif.code, Some(1));
    let value: serde_json::Value = serde_json::from_str(&sarif.out).expect("it is one JSON document");
    assert_eq!(value["version"], "2.1.0");
    // A run without diagnostics prints a document too, and nothing else on standard output.
    let fine = run_expecting(path, &["compile", "--format", "sarif"], 0);
    serde_json::from_str::<serde_json::Value>(&fine.out).expect("it is one JSON document");
}

#[test]
fn every_command_that_reads_a_manifest_accepts_file() {
    let folder = tempfile::tempdir().expect("the folder is writable");
    let path = folder.path();
    std::fs::create_dir(path.join("elsewhere")).expect("the folder is writable");
    let text = "project \"demo\"\ntarget { platform \"x86_64\" }\nbase \"ubuntu\"\n";
    std::fs::write(path.join("elsewhere/project.kdl"), text).expect("the folder is writable");
    let commands = [
        &["compile"][..],
        &["check"],
        &["resolve"],
        &["why", "ubuntu"],
        &["graph"],
        &["audit"],
        &["run-command"],
        &["update"],
        &["fmt", "--check"],
    ];
    for command in commands {
        for option in ["-f", "--file"] {
            run_expecting(path, &[command, &[option, "elsewhere/project.kdl"]].concat(), 0);
        }
    }
    let report = run_expecting(path, &["check", "a.kdl", "-f", "b.kdl"], 2).err;
    assert!(report.contains("cannot be used with"), "{report}");
}

#[test]
fn completions_contain_the_names_of_the_catalogue() {
    let folder = tempfile::tempdir().expect("the folder is writable");
    for shell in ["bash", "zsh", "fish"] {
        let script = run_expecting(folder.path(), &["completions", shell], 0).out;
        for name in ["jetson-agx-orin", "x86_64", "pytorch"] {
            assert!(script.contains(name), "{shell} {name}");
        }
    }
}
