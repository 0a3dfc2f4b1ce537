//! `jcc why` finds what stands in the Dockerfile.

use std::collections::BTreeSet;

use super::{copy, runs};

/// Every name of an example's Dockerfile of which few share a reason: stages, and what they install.
#[test]
fn all_that_is_built_has_a_reason() {
    let folder = copy("perception-agx-orin");
    let text = runs(folder.path(), &["compile", "-q", "--stdout", "Dockerfile"], 0).out;
    let mut words: BTreeSet<&str> =
        text.lines().filter_map(|line| line.strip_prefix("FROM ")?.rsplit(' ').next()).collect();
    assert!(words.len() > 5, "{words:?}");
    for word in ["libgl1", "libqt5opengl5-dev", "python3-venv", "ros-humble-desktop", "numpy", "open3d"] {
        assert!(text.contains(&format!("    {word}")), "{word} is installed");
        words.insert(word);
    }
    for word in words {
        let out = runs(folder.path(), &["why", word], 0).out;
        // One target needs no name.
        assert!(!out.starts_with("orin:") && out.contains("(project.kdl:"), "{word}:\n{out}");
    }
}
