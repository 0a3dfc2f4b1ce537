//! One change in the manifest changes only the lines that it is the cause of.

use std::collections::BTreeMap;

use super::{Example, examples};

/// What a change added to each file and took from it, in order.
struct Change {
    added: Vec<String>,
    gone: Vec<String>,
}

fn change(before: &str, after: &str) -> Change {
    let (before, after): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let (mut added, mut gone) = (Vec::new(), Vec::new());
    for op in similar::capture_diff_slices(similar::Algorithm::Myers, &before, &after) {
        gone.extend(before[op.old_range()].iter().filter(|_| op.tag() != similar::DiffTag::Equal));
        added.extend(after[op.new_range()].iter().filter(|_| op.tag() != similar::DiffTag::Equal));
    }
    let owned = |all: Vec<&str>| all.into_iter().map(str::to_owned).collect();
    Change { added: owned(added), gone: owned(gone) }
}

/// The changes of all files but the lock, those without any left out.
fn changes(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<(String, Change)> {
    let new = |path: &&String| !before.contains_key(*path) && !path.contains(".jcc/");
    assert_eq!(after.keys().find(new), None, "only the support folder gets files");
    assert!(before.keys().all(|path| after.contains_key(path)));
    let files = before.iter().filter(|(path, _)| *path != "jcc.lock");
    let all = files.map(|(path, text)| (path.clone(), change(text, &after[path])));
    all.filter(|(_, change)| !change.added.is_empty() || !change.gone.is_empty()).collect()
}

/// The example with further nodes at the end of its manifest.
fn with(example: &Example, text: &str, more: &str) -> BTreeMap<String, String> {
    example.write("project.kdl", &format!("{text}\n{more}\n"));
    example.compiled()
}

#[test]
fn comments_and_blank_lines_change_no_byte() {
    for example in examples() {
        let before = example.compiled();
        let files = example.folder.0.files().into_keys();
        let manifests = files.filter(|path| matches!(path.split_once('.'), Some((_, "kdl"))));
        for path in manifests.filter(|path| !path.contains('/')) {
            let text = example.read(&path);
            let loose = text.replace("{\n", "{\n\n    // Something to say.\n");
            example.write(&path, &format!("// A line above.\n\n/* and\n   more */\n{loose}\n\n"));
        }
        let after = example.compiled();
        for (path, text) in &before {
            assert_eq!(*text, after[path], "{}/{path}", example.name);
        }
    }
}

#[test]
fn one_more_system_package_adds_one_line() {
    // Before, between and behind what is in the list.
    let names = ["acl", "less", "strace", "zstd"];
    for (example, name) in examples().into_iter().zip(names.iter().cycle()) {
        let text = example.read("project.kdl");
        // The first one of a project adds its transaction too.
        let before = with(&example, &text, "apt { install \"bc\" }");
        let after = with(&example, &text, &format!("apt {{ install \"bc\" \"{name}\" }}"));
        let lock = change(&before["jcc.lock"], &after["jcc.lock"]);
        let is_hash = |line: &String| {
            line.starts_with("manifest ") || line.starts_with("    file ") && line.contains("Dockerfile\"")
        };
        assert!(lock.gone.iter().all(is_hash) && lock.gone.len() == lock.added.len(), "{:?}", lock.added);
        let changes = changes(&before, &after);
        assert_eq!(lock.gone.len(), 1 + changes.len(), "{}: {:?}", example.name, lock.gone);
        assert!(!changes.is_empty(), "{}", example.name);
        for (path, change) in changes {
            assert!(path.ends_with("Dockerfile"), "{}/{path}: {:?}", example.name, change.added);
            assert_eq!(change.gone, Vec::<String>::new(), "{}/{path}", example.name);
            assert_eq!(change.added.len(), 1, "{}/{path}: {:?}", example.name, change.added);
            assert!(
                change.added[0].contains(&format!("    {name} ")),
                "{}/{path}: {:?}",
                example.name,
                change.added
            );
        }
    }
}

#[test]
fn what_one_target_says_changes_no_byte_of_another_s_files() {
    let mut seen = 0;
    for example in examples() {
        let text = example.read("project.kdl");
        let names: Vec<&str> =
            text.lines().filter_map(|line| line.strip_prefix("target \"")?.split('"').next()).collect();
        let before = example.compiled();
        for name in names.iter().filter(|_| names.len() > 1) {
            let head = format!("target \"{name}\" {{\n");
            example
                .write("project.kdl", &text.replace(&head, &format!("{head}    apt {{ install \"bc\" }}\n")));
            let after = example.compiled();
            let own = format!("{name}/");
            assert_ne!(before[&format!("{own}Dockerfile")], after[&format!("{own}Dockerfile")]);
            for (path, text) in
                before.iter().filter(|(path, _)| path.contains('/') && !path.starts_with(&own))
            {
                assert_eq!(*text, after[path], "{}/{path}", example.name);
                seen += 1;
            }
        }
    }
    assert!(seen > 10, "{seen}");
}

/// Packages that install only system packages, Python packages, or a build in a separate stage. Not one that needs CUDA: where
/// nothing else does, it changes the base image too.
const MORE: [&str; 8] = ["onnx", "ffmpeg", "matplotlib", "nodejs", "openssh", "pcl", "tmux", "vtk"];

#[test]
fn one_more_package_adds_its_own() {
    let mut taken = 0;
    for example in examples() {
        let text = example.read("project.kdl");
        let before = example.compiled();
        // The first Python package of a project brings stages, and the base that they share.
        let shares = |text: &String| text.contains("\nFROM base AS python\n");
        if !before.iter().any(|(path, text)| path.ends_with("Dockerfile") && shares(text)) {
            continue;
        }
        for name in MORE.iter().filter(|name| !before["jcc.lock"].contains(&format!("chosen \"{name}\""))) {
            example.write("project.kdl", &format!("{text}\npackages {{ {name} }}\n"));
            // Not every machine can have each.
            let Ok(after) = example.compile() else { continue };
            taken += 1;
            for (path, change) in changes(&before, &after) {
                // The head has all that was resolved of the platform in one line.
                let gone: Vec<&String> =
                    change.gone.iter().filter(|line| !line.starts_with("# target ")).collect();
                assert_eq!(gone, [""; 0], "{}/{path} with {name}", example.name);
            }
        }
    }
    assert!(taken > 20, "{taken}");
}
