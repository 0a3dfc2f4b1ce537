//! `jcc why` explains what is in the Dockerfile.

use std::collections::BTreeSet;

use super::{copy, run_expecting};

/// Asks for all stages of an example's Dockerfile, and for some of the packages that they install.
#[test]
fn everything_installed_has_a_reason() {
    let folder = copy("perception-agx-orin");
    let text = run_expecting(folder.path(), &["compile", "-q", "--stdout", "Dockerfile"], 0).out;
    let mut words: BTreeSet<&str> =
        text.lines().filter_map(|line| line.strip_prefix("FROM ")?.rsplit(' ').next()).collect();
    assert!(words.len() > 5, "{words:?}");
    for word in ["libgl1", "libqt5opengl5-dev", "python3-venv", "ros-humble-desktop", "numpy", "open3d"] {
        assert!(text.contains(&format!("    {word}")), "{word} is installed");
        words.insert(word);
    }
    for word in words {
        let out = run_expecting(folder.path(), &["why", word], 0).out;
        // With a single target, its name is omitted.
        assert!(!out.starts_with("orin:") && out.contains("(project.kdl:"), "{word}:\n{out}");
    }
}
