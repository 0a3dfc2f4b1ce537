//! Compares the resolver with an exhaustive search over small random catalogues.

mod generated;
mod oracle;

use proptest::prelude::*;

use super::NoStacks;
use crate::catalog::Catalog;
use crate::diagnostic::{Diagnostic, Log, plain};
use crate::fs::Memory;
use crate::manifest;
use crate::resolve::{LockedTarget, Resolution, resolve};
use crate::source::Sources;
use generated::{AXIS, Generated, PACKAGES, Version, name};
use oracle::{Assignment, answers, holds};

/// The result of resolving a manifest with definitions.
struct Ran {
    resolution: Option<Resolution>,
    reports: Vec<Diagnostic>,
    report: String,
    /// The resulting lock.
    locked: Option<LockedTarget>,
}

impl Ran {
    fn of(definitions: &[(String, String)], manifest: &str, lock: Option<&LockedTarget>) -> Self {
        let mut files: Vec<(&str, &str)> =
            definitions.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        files.push(("project.kdl", manifest));
        let generated = Memory::with(files.iter().copied());
        let (mut sources, mut log, mut catalog) = (Sources::new(), Log::new(), Catalog::new());
        catalog.add_named_folder(&generated, "packages", &mut sources, &mut log);
        assert!(!log.has_errors(), "{}", plain(&log, &sources));
        let resolution = manifest::load(&generated, "project.kdl", &NoStacks, &mut sources, &mut log)
            .and_then(|manifest| manifest.projects(&mut log))
            .and_then(|projects| resolve(&projects[0], &catalog, lock, &sources, &mut log))
            .ok();
        let locked = resolution.as_ref().map(|one| LockedTarget::of(one, |_| None, &sources));
        let reports = log.sorted().into_iter().cloned().collect();
        Self { resolution, reports, report: plain(&log, &sources), locked }
    }

    /// Returns what the image and its build need, with versions.
    fn chosen(&self) -> Vec<String> {
        let all = self.resolution.iter().flat_map(|one| one.chosen.values());
        all.map(|one| format!("{} {}", one.name, one.version)).collect()
    }

    /// Returns the versions, if there is an answer.
    fn assignment(&self) -> Option<Assignment> {
        let resolution = self.resolution.as_ref()?;
        let mut all = [None; PACKAGES + 1];
        for (at, version) in all.iter_mut().enumerate() {
            let chosen = resolution.chosen.values().find(|one| one.name.as_str() == name(at));
            let axis = resolution.axes.iter().find(|(one, _)| one.as_str() == name(at));
            let text = chosen.map(|one| one.version.to_string()).or(axis.map(|(_, one)| one.to_string()));
            *version = text.map(|text| text.parse().expect("a small number"));
        }
        Some(all)
    }
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 160)
}

fn shown(generated: &Generated) -> String {
    let texts: Vec<String> = generated.definitions().into_iter().map(|(_, text)| text).collect();
    format!("{}\n{}", texts.concat(), generated.manifest(false))
}

/// Whether an answer has the same packages as another, none of them older and at least one newer.
fn better(one: &Assignment, than: &Assignment) -> bool {
    let same = one.iter().zip(than).all(|(one, than)| one.is_some() == than.is_some() && one >= than);
    same && one != than
}

/// An axis that only a condition tests keeps its version, although nothing needs it.
#[test]
fn axes_tested_by_conditions_are_locked() {
    let definitions = |newest: &str| {
        let axis = "axis \"os\" order=1 choose=\"newest\" title=\"OS\" {";
        let platform = "platform \"machine\" { summary \"A machine\"; arch \"amd64\"; gpu \"reservation\"; axes \"os\" }";
        let platform = format!("{platform}\nepoch 1767225600\n{axis}{newest} version \"1\" }}");
        let package =
            "package \"p0\" { summary \"x\"; version \"1\" { when os=\">=2\" { requires { p1 } } } }";
        [
            ("packages/platform/all.kdl".to_owned(), platform),
            ("packages/all/p0/package.kdl".to_owned(), package.to_owned()),
            ("packages/all/p1/package.kdl".to_owned(), "package \"p1\" { summary \"x\" }".to_owned()),
        ]
    };
    let manifest =
        "project \"demo\"\ntarget \"t\" { platform \"machine\" }\nbase image=\"demo:1\"\npackages { p0 }";
    let first = Ran::of(&definitions(""), manifest, None);
    assert_eq!(first.chosen(), ["p0 1"], "{}", first.report);
    let grown = definitions(" version \"2\";");
    assert_eq!(Ran::of(&grown, manifest, first.locked.as_ref()).chosen(), ["p0 1"]);
    assert_eq!(Ran::of(&grown, manifest, None).chosen(), ["p0 1", "p1 0"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_best_answer_is_found_if_there_is_one(bytes in bytes()) {
        let generated = Generated::of(&bytes);
        let ran = Ran::of(&generated.definitions(), &generated.manifest(false), None);
        let all = answers(&generated);
        prop_assert_eq!(ran.resolution.is_some(), !all.is_empty(), "{}\n{}\n{:?}", shown(&generated), ran.report, all.first());
        let Some(answer) = ran.assignment() else { return Ok(()) };
        prop_assert!(holds(&generated, &answer), "{}\n{answer:?}", shown(&generated));
        let newest = all.iter().map(|one| one[AXIS]).max().flatten();
        prop_assert_eq!(answer[AXIS], newest, "the axis is decided first\n{}", shown(&generated));
        if let Some(one) = all.iter().find(|one| better(one, &answer)) {
            prop_assert!(false, "{}\n{one:?} is better than {answer:?}", shown(&generated));
        }
        prop_assert!(all.contains(&answer), "nothing is chosen without need\n{}\n{answer:?}", shown(&generated));
    }

    #[test]
    fn order_does_not_matter(bytes in bytes()) {
        let generated = Generated::of(&bytes);
        let first = Ran::of(&generated.definitions(), &generated.manifest(false), None);
        let mut definitions = generated.definitions();
        // Different folders, listed in a different order.
        for (at, (path, _)) in definitions.iter_mut().enumerate().take(PACKAGES) {
            *path = format!("packages/{}/{}/package.kdl", ["z", "y", "x", "w", "v"][at], name(at));
        }
        definitions.reverse();
        let second = Ran::of(&definitions, &generated.manifest(true), None);
        prop_assert_eq!(first.assignment(), second.assignment(), "{}", shown(&generated));
        let order = |ran: &Ran| ran.resolution.as_ref().map(|one| one.order.clone());
        prop_assert_eq!(order(&first), order(&second));
    }

    #[test]
    fn an_unrequested_package_changes_nothing(bytes in bytes(), name in "(a|zz)") {
        let generated = Generated::of(&bytes);
        let first = Ran::of(&generated.definitions(), &generated.manifest(false), None);
        let mut definitions = generated.definitions();
        let text = format!("package \"{name}\" {{ summary \"x\"; choice \"word\"; version \"1\" {{ requires {{ p1 \"=1\"; os \"<2\" }} }} }}");
        definitions.push((format!("packages/all/{name}/package.kdl"), text));
        let second = Ran::of(&definitions, &generated.manifest(false), None);
        prop_assert_eq!(first.assignment(), second.assignment(), "{}", shown(&generated));
        prop_assert_eq!(first.report, second.report);
    }

    #[test]
    fn locked_versions_are_kept(bytes in bytes()) {
        let mut generated = Generated::of(&bytes);
        let first = Ran::of(&generated.definitions(), &generated.manifest(false), None);
        let Some(lock) = first.locked.as_ref() else { return Ok(()) };
        generated.axis.insert(0, 9);
        for package in &mut generated.packages {
            let newer = Version { number: 9, requires: [].into(), conflicts: [].into(), when: None };
            package.versions.insert(0, newer);
        }
        let second = Ran::of(&generated.definitions(), &generated.manifest(false), Some(lock));
        prop_assert_eq!(first.chosen(), second.chosen(), "{}", shown(&generated));
    }

    #[test]
    fn reported_suggestions_resolve(bytes in bytes()) {
        let generated = Generated::of(&bytes);
        let text = generated.manifest(false);
        let ran = Ran::of(&generated.definitions(), &text, None);
        // With several conflicts, a single suggestion need not suffice.
        let [one] = ran.reports.as_slice() else { return Ok(()) };
        let mut fixed = Vec::new();
        if let Some(fix) = &one.fix {
            let mut text = text.clone();
            text.replace_range(fix.span.range(), &fix.replacement);
            fixed.push(text);
        }
        for help in &one.help {
            let quoted: Vec<&str> = help.split('`').collect();
            match quoted.as_slice() {
                ["change ", from, " to ", to, ..] => fixed.push(text.replacen(from, to, 1)),
                ["drop " | "leave ", what, ..] => {
                    let lines = text.lines().filter(|line| !line.trim_start().starts_with(what));
                    fixed.push(lines.map(|line| format!("{line}\n")).collect::<Vec<_>>().concat());
                }
                ["give ", package, " the option ", option, ..] => {
                    let line = text.lines().find(|line| line.trim_start().starts_with(package)).expect("it is asked for");
                    fixed.push(text.replace(line, &format!("{line} {{ option {} }}", option.replacen(' ', "\" ", 1).replacen("", "\"", 1))));
                }
                _ => {}
            }
        }
        for text in fixed {
            let again = Ran::of(&generated.definitions(), &text, None);
            prop_assert!(again.resolution.is_some(), "{}\n{}\nchanged:\n{text}\n{}", shown(&generated), ran.report, again.report);
        }
    }
}
