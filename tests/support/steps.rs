//! The steps of a compiled project, and which of them may change if the version of one package changes.

use std::collections::{BTreeMap, BTreeSet};

use jcc::Input;
use jcc::internals::catalog::RequireStage;
use jcc::internals::diagnostic::Log;
use jcc::internals::fs::FileSystem;
use jcc::internals::resolve::Resolution;
use jcc::internals::source::Sources;
use jcc::internals::value::Name;

/// The resolution of a project's first target, and the steps of its Dockerfile.
pub(crate) struct Answer {
    pub(crate) resolution: Resolution,
    /// By name of the stage.
    stages: BTreeMap<String, Vec<Step>>,
    /// All versions in the catalogue of each chosen package, newest first.
    pub(crate) others: BTreeMap<Name, Vec<String>>,
}

/// An instruction of a Dockerfile.
#[derive(PartialEq)]
struct Step {
    /// The comment above its block.
    comment: Vec<String>,
    /// Its text and the text of the generated files that it mounts or copies.
    text: String,
}

/// Compiles `project.kdl`. Returns `None` if it is rejected.
pub(crate) fn answer(fs: &dyn FileSystem) -> Option<Answer> {
    let (mut sources, mut log) = (Sources::new(), Log::new());
    let input = Input { fs, manifest: "project.kdl", target: None, lock: "jcc.lock" };
    let compiled = jcc::compile(input, &mut sources, &mut log).ok()?;
    let resolution = compiled.resolved.targets[0].1.clone();
    let name = compiled.planned[0].files.dockerfile.to_string();
    let stages = stages(&compiled.artifacts[&name], &compiled.artifacts);
    let versions = |name: &Name| {
        // Axes are left out: every step depends on the platform.
        let package = compiled.resolved.catalog.package(name.as_str()).filter(|one| one.axis.is_none())?;
        Some(package.versions.iter().map(|entry| entry.version.value.to_string()).collect())
    };
    let others = resolution.chosen.keys().filter_map(|name| Some((name.clone(), versions(name)?))).collect();
    Some(Answer { resolution, stages, others })
}

fn stages(text: &str, files: &BTreeMap<String, String>) -> BTreeMap<String, Vec<Step>> {
    let mut all: BTreeMap<String, Vec<Step>> = BTreeMap::new();
    let mut stage = String::new();
    let (mut comment, mut block) = (Vec::new(), Vec::new());
    // What ends the open instruction: the delimiter of a heredoc, or, if empty, a line without a backslash.
    let mut open: Option<String> = None;
    for line in text.lines() {
        if let Some(end) = &open {
            let step =
                all.get_mut(&stage).and_then(|steps| steps.last_mut()).expect("an instruction is open");
            step.text.push_str(&format!("\n{line}"));
            open = if end.is_empty() { opens(line) } else { open.filter(|end| end != line) };
        } else if line.is_empty() {
            comment.clear();
        } else if let Some(words) = line.strip_prefix("# ") {
            comment.push(words.to_owned());
        } else {
            let mut text = line.to_owned();
            if let Some((from, name)) = line.strip_prefix("FROM ").and_then(|line| line.split_once(" AS ")) {
                (stage, text) = (name.to_owned(), format!("FROM {from}"));
                block.clear();
            }
            if !comment.is_empty() {
                block = std::mem::take(&mut comment);
            }
            all.entry(stage.clone()).or_default().push(Step { comment: block.clone(), text });
            open = opens(line);
        }
    }
    for step in all.values_mut().flatten() {
        step.text = with_files(&step.text, files);
    }
    all
}

/// Returns what ends the instruction if this line does not: a heredoc's delimiter, or "" after a backslash.
fn opens(line: &str) -> Option<String> {
    let heredoc = line.split_once("<<'").and_then(|(_, rest)| rest.split_once('\''));
    let continues = || line.ends_with('\\').then(String::new);
    heredoc.map(|(end, _)| end.to_owned()).or_else(continues)
}

fn with_files(step: &str, files: &BTreeMap<String, String>) -> String {
    let mounted = step.split("source=").skip(1).filter_map(|rest| rest.split(',').next());
    let copied = step.lines().filter(|line| line.starts_with("COPY ")).flat_map(|line| line.split(' '));
    let texts = mounted.chain(copied).filter_map(|path| files.get(path));
    texts.fold(step.to_owned(), |all, text| format!("{all}\n{text}"))
}

/// Returns the packages that the build of a package can use: its own requirements and, for each, those at run
/// time.
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

/// Returns the package and all packages that require it, directly or indirectly.
pub(crate) fn dependents(resolution: &Resolution, name: &Name) -> BTreeSet<Name> {
    let mut found = BTreeSet::from([name.clone()]);
    let mut open = vec![name];
    while let Some(next) = open.pop() {
        let direct = resolution.chosen.iter();
        let direct = direct.filter(|(_, one)| one.requires.iter().any(|(required, _)| required == next));
        open.extend(direct.map(|(name, _)| name).filter(|name| found.insert((*name).clone())));
    }
    found
}

/// Returns the version of each chosen package.
pub(crate) fn versions(resolution: &Resolution) -> BTreeMap<&Name, String> {
    resolution.chosen.iter().map(|(name, chosen)| (name, chosen.version.to_string())).collect()
}

/// Returns the packages whose versions differ, or `None` if an axis differs: every step depends on the
/// platform.
pub(crate) fn changed(before: &Answer, after: &Answer) -> Option<BTreeSet<Name>> {
    let (old, new) = (versions(&before.resolution), versions(&after.resolution));
    let names = old.keys().chain(new.keys()).filter(|name| old.get(*name) != new.get(*name));
    let changed: BTreeSet<Name> = names.map(|name| (*name).clone()).collect();
    let is_package = |name: &Name| before.others.contains_key(name) || after.others.contains_key(name);
    changed.iter().all(is_package).then_some(changed)
}

const SHARED: &str = "a shared step that names no changed package or version";

/// Reports the steps that differ although they do not depend on a changed package.
pub(crate) fn faults(changed: &BTreeSet<Name>, before: &Answer, after: &Answer) -> Vec<String> {
    let names: BTreeSet<&String> = before.stages.keys().chain(after.stages.keys()).collect();
    let mut all = Vec::new();
    for stage in names.into_iter().filter(|stage| *stage != "test") {
        for (one, other) in [(before, after), (after, before)] {
            let others: &[Step] = other.stages.get(stage).map_or(&[], Vec::as_slice);
            let steps = one.stages.get(stage).into_iter().flatten();
            let differing = steps.filter(|step| others.iter().all(|other| other.text != step.text));
            all.extend(differing.filter_map(|step| {
                let reason = fault(changed, (stage, step), &one.resolution)?;
                // If only one of the versions is built from source, it adds steps that every build has, such
                // as `ldconfig`.
                if reason == SHARED && before.stages.len() != after.stages.len() {
                    return None;
                }
                Some(format!("{stage}: {reason}:\n{}\n{}", step.comment.join("\n"), step.text))
            }));
        }
    }
    all
}

/// Returns why a step must not change with these packages, or `None` if it may.
fn fault(changed: &BTreeSet<Name>, (stage, step): (&str, &Step), resolution: &Resolution) -> Option<String> {
    if stage.starts_with("venv-") {
        return Some("the project's own environment".to_owned());
    }
    let built = stage.strip_prefix("build-");
    if built.is_some_and(|built| closure(resolution, built).is_disjoint(changed)) {
        return Some("a build that uses no changed package".to_owned());
    }
    let dependents: BTreeSet<Name> = changed.iter().flat_map(|name| dependents(resolution, name)).collect();
    let of: Vec<&Name> = owners(step, resolution);
    let is_own = built.is_some_and(|built| changed.iter().any(|name| name.as_str() == built));
    if !of.is_empty() && !is_own {
        let depends = of.iter().any(|one| dependents.contains(*one));
        return (!depends).then(|| format!("a step of {of:?}, which require no changed package"));
    }
    // Versions can also differ in how they are installed: cmake is a system package or a Python package.
    if built.is_some() {
        return None;
    }
    // A shared step may change if it contains the package's name or version, or if the package is not chosen
    // here.
    let is_part = |name: &Name| {
        let Some(chosen) = resolution.chosen.get(name) else { return true };
        let short = chosen.version.to_string().split('.').take(2).collect::<Vec<_>>().join(".");
        let words = [short.replace('.', "-"), short, name.to_string()];
        words.iter().any(|word| step.text.contains(word))
    };
    (!changed.iter().any(is_part)).then(|| SHARED.to_owned())
}

/// Returns the packages that a step belongs to: the one from whose build it copies, or those that its comment
/// names.
fn owners<'r>(step: &Step, resolution: &'r Resolution) -> Vec<&'r Name> {
    let built = step.text.split_once(" --from=build-").and_then(|(_, rest)| rest.split(' ').next());
    let words = step.comment.iter().flat_map(|line| line.split(" (").next().unwrap_or_default().split(' '));
    let words: BTreeSet<&str> = built.map_or_else(|| words.collect(), |built| BTreeSet::from([built]));
    resolution.chosen.keys().filter(|name| words.contains(name.as_str())).collect()
}
