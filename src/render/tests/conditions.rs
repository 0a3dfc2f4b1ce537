//! Tests that conditions have the same value in `resolve` and in `plan`.

use proptest::prelude::*;

use super::compiled::compiled;

const TARGETS: [&str; 4] = [
    "platform \"x86_64\"",
    "platform \"x86_64\"; gpu \"8.9\"",
    "platform \"x86_64\"; gpu \"8.9\" \"12.0\"",
    "device \"jetson-agx-orin\"; jetpack \"6.2\"",
];

/// Conditions on the target, on versions (by name and by alias), and on the package itself.
const CONDITIONS: [&str; 21] = [
    "sm=\"8.9\"",
    "sm=\">=10\"",
    "sm=\"<10\"",
    "sm=\"!=8.9\"",
    "sm=\"*\"",
    "platform=\"x86_64\"",
    "platform=\"tegra || sbsa\"",
    "arch=\"arm64\"",
    "cuda=\">=12\"",
    "cuda-toolkit=\"12.8\"",
    "python=\"3.10\"",
    "python3=\">=3.11\"",
    "driver=\">=570\"",
    "l4t=\"36\"",
    "ubuntu=\"22.04\"",
    "numpy=\"*\"",
    "option=\"mode=a\"",
    "option=\"mode\"",
    "variant=\"big\"",
    "without=\"numpy\"",
    "without=\"tmux\"",
];

/// Returns a project with the package `probe`, which has a `when` block for each set of conditions. Each
/// block requires a marker package and sets a variable.
fn files(target: usize, conditions: &[Vec<usize>], mode: &str) -> Vec<(String, String)> {
    let mut probe = String::from(
        "package \"probe\" {\n    summary \"Has conditions\"\n    group \"own\"\n    version \"1\"\n    source \"https://example.com\"\n    option \"mode\" default=\"none\" { value \"a\"; value \"b\"; value \"none\" }\n    variant \"small\" default=#true\n    variant \"big\"\n",
    );
    let mut files = Vec::new();
    for (at, all) in conditions.iter().enumerate() {
        let when: Vec<&str> = all.iter().map(|one| CONDITIONS[*one]).collect();
        let when = when.join(" ");
        probe += &format!(
            "    when {when} {{\n        requires {{ marker{at} }}\n        env {{ PLANNED_{at} \"1\" }}\n    }}\n"
        );
        let marker = format!(
            "package \"marker{at}\" {{\n    summary \"A marker\"\n    group \"own\"\n    version \"1\"\n    source \"https://example.com\"\n    env {{ RESOLVED_{at} \"1\" }}\n}}\n"
        );
        files.push((format!("own/own/marker{at}/package.kdl"), marker));
    }
    files.push(("own/own/probe/package.kdl".to_owned(), probe + "}\n"));
    let manifest = format!(
        "project \"demo\"\ntarget {{ {} }}\ncatalog \"own\"\npackages {{ cuda; python; probe {mode} }}\n",
        TARGETS[target]
    );
    files.push(("project.kdl".to_owned(), manifest));
    files
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn resolving_and_planning_agree_on_conditions(
        target in 0..TARGETS.len(),
        conditions in prop::collection::vec(
            prop::collection::btree_set(0..CONDITIONS.len(), 1..3).prop_map(Vec::from_iter), 8..12
        ),
        mode in prop::sample::select(vec!["", "{ option \"mode\" \"a\" }", "variant=\"big\" { option \"mode\" \"b\" }"]),
    ) {
        // A `when` cannot have the property `option` twice.
        let conditions: Vec<Vec<usize>> = conditions
            .into_iter()
            .map(|all| {
                let key = |one: &usize| CONDITIONS[*one].split('=').next().unwrap_or_default();
                let mut all = all;
                all.dedup_by(|one, other| key(one) == key(other));
                all
            })
            .collect();
        let files = files(target, &conditions, mode);
        let files: Vec<(&str, &str)> =
            files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let text = compiled(&files).unwrap();
        for (at, all) in conditions.iter().enumerate() {
            let all: Vec<&str> = all.iter().map(|one| CONDITIONS[*one]).collect();
            prop_assert_eq!(
                text.contains(&format!("RESOLVED_{at}=")),
                text.contains(&format!("PLANNED_{at}=")),
                "{} for {}", all.join(" "), TARGETS[target]
            );
        }
    }
}

/// Returns which of the first five conditions are true for a target.
fn evaluated(target: &str) -> Vec<bool> {
    let target = TARGETS.iter().position(|one| *one == target).unwrap();
    let conditions: Vec<Vec<usize>> = (0..5).map(|one| vec![one]).collect();
    let files = files(target, &conditions, "");
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let text = compiled(&files).unwrap();
    (0..5).map(|at| text.contains(&format!("RESOLVED_{at}="))).collect()
}

#[test]
fn conditions_on_compute_capabilities() {
    assert_eq!(evaluated(TARGETS[0]), [false, false, false, false, false], "no `gpu`");
    assert_eq!(evaluated(TARGETS[1]), [true, false, true, false, true], "8.9");
    assert_eq!(evaluated(TARGETS[2]), [true, true, true, true, true], "8.9 and 12.0");
}
