//! A change of the manifest changes only the lines that it concerns.

use std::collections::BTreeMap;

use super::{Example, examples};

/// The lines that a change added to a file and removed from it, in order.
struct Change {
    added: Vec<String>,
    removed: Vec<String>,
}

fn change(before: &str, after: &str) -> Change {
    let (before, after): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let (mut added, mut removed) = (Vec::new(), Vec::new());
    for op in similar::capture_diff_slices(similar::Algorithm::Myers, &before, &after) {
        removed.extend(before[op.old_range()].iter().filter(|_| op.tag() != similar::DiffTag::Equal));
        added.extend(after[op.new_range()].iter().filter(|_| op.tag() != similar::DiffTag::Equal));
    }
    let owned = |all: Vec<&str>| all.into_iter().map(str::to_owned).collect();
    Change { added: owned(added), removed: owned(removed) }
}

/// Returns the changes of all files that differ, without the lock.
fn changes(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<(String, Change)> {
    let new = |path: &&String| !before.contains_key(*path) && !path.contains(".jcc/");
    assert_eq!(after.keys().find(new), None, "new files are only in .jcc/");
    assert!(before.keys().all(|path| after.contains_key(path)));
    let files = before.iter().filter(|(path, _)| *path != "jcc.lock");
    let all = files.map(|(path, text)| (path.clone(), change(text, &after[path])));
    all.filter(|(_, change)| !change.added.is_empty() || !change.removed.is_empty()).collect()
}

/// Compiles the example with more nodes at the end of its manifest.
fn with(example: &Example, text: &str, more: &str) -> BTreeMap<String, String> {
    example.write("project.kdl", &format!("{text}\n{more}\n"));
    example.compiled()
}

#[test]
fn comments_and_blank_lines_change_no_output() {
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
fn a_system_package_adds_one_line() {
    // They sort before, between and after the packages in the list.
    let names = ["acl", "less", "strace", "zstd"];
    for (example, name) in examples().into_iter().zip(names.iter().cycle()) {
        let text = example.read("project.kdl");
        // The first package of a project also adds the apt transaction.
        let before = with(&example, &text, "apt { install \"bc\" }");
        let after = with(&example, &text, &format!("apt {{ install \"bc\" \"{name}\" }}"));
        let lock = change(&before["jcc.lock"], &after["jcc.lock"]);
        let is_hash = |line: &String| {
            line.starts_with("manifest ") || line.starts_with("    file ") && line.contains("Dockerfile\"")
        };
        assert!(
            lock.removed.iter().all(is_hash) && lock.removed.len() == lock.added.len(),
            "{:?}",
            lock.added
        );
        let changes = changes(&before, &after);
        assert_eq!(lock.removed.len(), 1 + changes.len(), "{}: {:?}", example.name, lock.removed);
        assert!(!changes.is_empty(), "{}", example.name);
        for (path, change) in changes {
            assert!(path.ends_with("Dockerfile"), "{}/{path}: {:?}", example.name, change.added);
            assert_eq!(change.removed, Vec::<String>::new(), "{}/{path}", example.name);
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
fn changing_one_target_leaves_the_others_unchanged() {
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

/// Packages that add only system packages, Python packages, or a build in a separate stage. None needs CUDA,
/// which would also change the base image of a project without CUDA.
const MORE: [&str; 8] = ["onnx", "ffmpeg", "matplotlib", "nodejs", "openssh", "pcl", "tmux", "vtk"];

#[test]
fn a_package_adds_only_its_own_lines() {
    let mut taken = 0;
    for example in examples() {
        let text = example.read("project.kdl");
        let before = example.compiled();
        // The first Python package of a project adds stages and the base that they share, so it needs one
        // already.
        let shares = |text: &String| text.contains("\nFROM base AS python\n");
        if !before.iter().any(|(path, text)| path.ends_with("Dockerfile") && shares(text)) {
            continue;
        }
        for name in MORE.iter().filter(|name| !before["jcc.lock"].contains(&format!("chosen \"{name}\""))) {
            example.write("project.kdl", &format!("{text}\npackages {{ {name} }}\n"));
            // Some are unavailable on some targets.
            let Ok(after) = example.compile() else { continue };
            taken += 1;
            for (path, change) in changes(&before, &after) {
                // One line of the header lists the resolved versions of the platform.
                let removed: Vec<&String> =
                    change.removed.iter().filter(|line| !line.starts_with("# target ")).collect();
                assert_eq!(removed, [""; 0], "{}/{path} with {name}", example.name);
            }
        }
    }
    assert!(taken > 20, "{taken}");
}
