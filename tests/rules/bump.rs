//! Another version of one package changes only the steps that depend on it.

use std::collections::{BTreeMap, BTreeSet};

use jcc::Input;
use jcc::internals::catalog::RequireStage;
use jcc::internals::diagnostic::Log;
use jcc::internals::resolve::Resolution;
use jcc::internals::source::Sources;
use jcc::internals::value::Name;

use super::{Example, examples};

/// The answer for a project's first target, and its Dockerfile's steps by stage: the text of each instruction with that of the
/// generated files that it mounts.
struct Answer {
    resolution: Resolution,
    stages: BTreeMap<String, Vec<String>>,
    /// The versions that each chosen package could have instead.
    others: BTreeMap<Name, Vec<String>>,
}

fn answer(example: &Example) -> Option<Answer> {
    let (mut sources, mut log) = (Sources::new(), Log::new());
    let input = Input { fs: &example.folder, manifest: "project.kdl", target: None, lock: "jcc.lock" };
    let compiled = jcc::compile(input, &mut sources, &mut log).ok()?;
    let resolution = compiled.resolved.targets[0].1.clone();
    let name = compiled.planned[0].files.dockerfile.to_string();
    let stages = stages(&compiled.artifacts[&name], &compiled.artifacts);
    let versions = |name: &Name| {
        // What the platform consists of is below everything.
        let package = compiled.resolved.catalog.package(name.as_str()).filter(|one| one.axis.is_none())?;
        Some(package.versions.iter().map(|entry| entry.version.value.to_string()).collect())
    };
    let others = resolution.chosen.keys().filter_map(|name| Some((name.clone(), versions(name)?))).collect();
    Some(Answer { resolution, stages, others })
}

fn stages(text: &str, files: &BTreeMap<String, String>) -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::new();
    for stage in text.split("\nFROM ").skip(1) {
        let (first, rest) = stage.split_once('\n').unwrap_or((stage, ""));
        let name = first.rsplit(' ').next().unwrap_or_default();
        // Comments are no part of a step, and a blank line ends none that matters here: heredocs of jcc have none.
        let steps = rest.split("\n\n").flat_map(instructions).map(|step| with_files(&step, files));
        all.insert(name.to_owned(), steps.collect());
    }
    all
}

/// The instructions of a paragraph.
fn instructions(paragraph: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut open = false;
    for line in paragraph.lines().filter(|line| !line.starts_with("# ")) {
        let starts = !open
            && line
                .split(' ')
                .next()
                .is_some_and(|word| word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_uppercase()));
        match all.last_mut().filter(|_| !starts) {
            Some(last) => last.push_str(&format!("\n{line}")),
            None => all.push(line.to_owned()),
        }
        open = open && line != "EOF" || line.contains("<<'EOF'") || line.ends_with('\\');
    }
    all
}

fn with_files(step: &str, files: &BTreeMap<String, String>) -> String {
    let mounted = step.split("source=").skip(1).filter_map(|rest| rest.split(',').next());
    let texts = mounted.filter_map(|path| files.get(path));
    texts.fold(step.to_owned(), |all, text| format!("{all}\n{text}"))
}

/// The packages that a build meets.
fn closure(resolution: &Resolution, built: &str) -> BTreeSet<Name> {
    let requires = |name: &Name, stages: &[RequireStage]| -> Vec<Name> {
        let chosen = resolution.chosen.get(name);
        let all = chosen.into_iter().flat_map(|chosen| &chosen.requires);
        all.filter(|(_, stage)| stages.contains(stage)).map(|(name, _)| name.clone()).collect()
    };
    let Some(start) = resolution.chosen.keys().find(|name| name.as_str() == built) else {
        return BTreeSet::new();
    };
    let mut found = BTreeSet::from([start.clone()]);
    let mut open = requires(start, &[RequireStage::Build, RequireStage::Run]);
    while let Some(name) = open.pop() {
        if found.insert(name.clone()) {
            open.extend(requires(&name, &[RequireStage::Run]));
        }
    }
    found
}

/// The versions of all that was chosen.
fn versions(resolution: &Resolution) -> BTreeMap<&Name, String> {
    resolution.chosen.iter().map(|(name, chosen)| (name, chosen.version.to_string())).collect()
}

#[test]
fn another_version_changes_only_the_steps_that_depend_on_it() {
    let mut seen = 0;
    for example in examples() {
        let text = example.read("project.kdl");
        let before = answer(&example).expect("it compiles");
        let old = versions(&before.resolution);
        for (name, version) in &old {
            let chosen = &before.resolution.chosen[*name];
            let others = before.others.get(*name).into_iter().flatten();
            // The nearest ones are the likeliest to go with the rest.
            for other in others.filter(|other| *other != version).take(6) {
                example.write("project.kdl", &format!("{text}\npin {{ {name} \"={other}\" }}\n"));
                let Some(after) = answer(&example) else { continue };
                let new = versions(&after.resolution);
                let moved: Vec<&&Name> = old.keys().filter(|one| old.get(*one) != new.get(*one)).collect();
                if chosen.provided || moved != [name] || old.len() != new.len() {
                    continue;
                }
                check(&example.name, (name, version), &before, &after);
                seen += 1;
                break;
            }
        }
    }
    assert!(seen > 10, "{seen}");
}

fn check(example: &str, (name, version): (&Name, &str), before: &Answer, after: &Answer) {
    let what = format!("{example}: {name} {version}");
    let names: Vec<&String> = before.stages.keys().collect();
    assert_eq!(names, after.stages.keys().collect::<Vec<_>>(), "{what}: the same stages");
    for (stage, steps) in before.stages.iter().filter(|(stage, _)| *stage != "test") {
        let new = &after.stages[stage];
        let changed: Vec<&String> = steps.iter().filter(|step| !new.contains(step)).collect();
        let built = stage.strip_prefix("build-");
        let independent = stage.starts_with("venv-")
            || built.is_some_and(|built| !closure(&before.resolution, built).contains(name));
        assert!(!independent || changed.is_empty(), "{what} changes {stage}: {changed:#?}");
        for step in changed {
            // What changes says what of: a version, or a package that is named by it.
            let short = version.split('.').take(2).collect::<Vec<_>>().join(".");
            let mentions = step.contains(&short)
                || step.contains(&short.replace('.', "-"))
                || step.contains(name.as_str());
            assert!(mentions, "{what} changes in {stage}: {step}");
        }
    }
}
