//! Properties of the resolution, checked with random requests over the real catalogue.

use std::collections::BTreeMap;
use std::sync::Mutex;

use jcc::Input;
use jcc::internals::catalog::DefinitionKind;
use jcc::internals::diagnostic::{Diagnostic, Log, Severity};
use jcc::internals::fs::Memory;
use jcc::internals::source::Sources;

use super::in_parallel;
use super::machines::{MACHINES, Machine};
use crate::support;

/// Packages that many others depend on. They are requested more often.
const USUAL: &[&str] = &[
    "pytorch",
    "torchvision",
    "opencv",
    "ros",
    "tensorrt",
    "numpy",
    "onnxruntime",
    "opencv-cuda",
    "tensorflow",
];

/// The packages and axes that are pinned.
const PINNED: &[&str] = &["cuda", "python", "pytorch", "numpy", "tensorrt", "cudnn", "ros", "opencv"];

/// A package that requires only the distribution and that no other requires.
const UNRELATED: &str = "tmux";

/// The limit for lines in a report, labels and suggestions included.
const MAX_REPORT_LINES: usize = 34;

/// Pseudorandom numbers, the same in each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits fit") % sides
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.roll(all.len())]
    }
}

/// A package or an axis, and the requirement of its version.
type Request = (String, Option<String>);

/// A manifest as data.
#[derive(Debug, Clone)]
struct Manifest {
    target: String,
    base: Option<&'static str>,
    pins: Vec<Request>,
    packages: Vec<Request>,
    /// By package.
    options: BTreeMap<String, String>,
}

impl Manifest {
    fn text(&self) -> String {
        let mut text = format!("project \"demo\"\ntarget \"here\" {{ {} }}\n", self.target);
        text += &self.base.map_or_else(String::new, |base| format!("base {base}\n"));
        let line = |(name, version): &Request| {
            let version = version.as_ref().map_or_else(String::new, |version| format!(" \"{version}\""));
            format!("    {name}{version}")
        };
        let option = |(name, _): &Request| {
            self.options.get(name).map_or_else(String::new, |one| format!(" {{ option {one} }}"))
        };
        let pins: String = self.pins.iter().map(|one| line(one) + "\n").collect();
        let packages: String = self.packages.iter().map(|one| line(one) + &option(one) + "\n").collect();
        if !pins.is_empty() {
            text += &format!("pin {{\n{pins}}}\n");
        }
        text + &format!("packages {{\n{packages}}}\n")
    }

    /// The same requests in reverse order.
    fn reversed(&self) -> Self {
        let mut reversed = self.clone();
        reversed.pins.reverse();
        reversed.packages.reverse();
        reversed
    }

    /// Applies a suggestion of a report. Returns `None` if it changes nothing.
    fn edited(&self, suggestion: &str) -> Option<Self> {
        let mut edited = self.clone();
        let mut quoted = suggestion.split('`').skip(1).step_by(2);
        let first = quoted.next()?;
        let (name, version) = first.split_once(' ').map_or((first, None), |(name, rest)| (name, Some(rest)));
        let is = |one: &Request| {
            one.0 == name && one.1.as_ref().map(|one| format!("\"{one}\"")).as_deref() == version
        };
        if suggestion.starts_with("change ") {
            let new = quoted.next()?.strip_prefix(name)?.trim().trim_matches('"').to_owned();
            if let Some(one) = edited.pins.iter_mut().chain(&mut edited.packages).find(|one| is(one)) {
                one.1 = Some(new);
            } else {
                edited.target = self.target.replace(first, &format!("{name} \"{new}\""));
            }
        } else if suggestion.starts_with("remove `base`") {
            edited.base = None;
        } else if suggestion.starts_with("remove `") && version.is_none() {
            edited.packages.retain(|one| one.0 != name);
        } else if suggestion.starts_with("remove ") {
            let before = edited.pins.len();
            edited.pins.retain(|one| !is(one));
            if edited.pins.len() == before {
                if let Some(one) = edited.packages.iter_mut().find(|one| is(one)) {
                    one.1 = None;
                } else {
                    edited.target = self.target.replace(&format!("; {first}"), "");
                }
            }
        } else if suggestion.starts_with("set the option") {
            let option = version?.strip_prefix("{ option ")?.strip_suffix(" }")?.to_owned();
            edited.options.insert(name.to_owned(), option);
        }
        (edited.text() != self.text()).then_some(edited)
    }

    /// Returns all manifests with one request or version less.
    fn smaller(&self) -> Vec<Self> {
        let mut all = Vec::new();
        for at in 0..self.pins.len() {
            let mut one = self.clone();
            one.pins.remove(at);
            all.push(one);
        }
        for (at, (_, version)) in self.packages.iter().enumerate() {
            let mut one = self.clone();
            if version.is_some() {
                one.packages[at].1 = None;
                all.push(one);
            } else if self.packages.len() > 1 {
                one.packages.remove(at);
                all.push(one);
            }
        }
        if self.base.is_some() {
            all.push(Self { base: None, ..self.clone() });
        }
        all
    }
}

/// The result of a manifest.
enum Answer {
    /// The versions by name, with the base image as `base`, and the lock.
    Chosen(BTreeMap<String, String>, String),
    /// The errors, each with its report.
    Rejected(Vec<(Diagnostic, String)>),
}

impl Answer {
    fn of(text: &str, lock: Option<&str>) -> Self {
        let mut files = vec![("project.kdl", text)];
        files.extend(lock.map(|lock| ("jcc.lock", lock)));
        let fs = Memory::with(files);
        let (mut sources, mut log) = (Sources::new(), Log::new());
        let input = Input { fs: &fs, manifest: "project.kdl", target: None, lock: "jcc.lock" };
        let Ok(resolved) = jcc::resolve(input, &mut sources, &mut log) else {
            let errors = log.sorted().into_iter().filter(|one| one.severity == Severity::Error);
            let report = errors.map(|one| (one.clone(), support::report(&[one], &sources)));
            return Self::Rejected(report.collect());
        };
        let resolution = &resolved.targets[0].1;
        let chosen = resolution.chosen.iter();
        let mut chosen: BTreeMap<String, String> = chosen
            .map(|(name, one)| (name.to_string(), format!("{} {:?}", one.version, one.entry)))
            .collect();
        chosen.insert("base".to_owned(), resolution.base.image.to_string());
        Self::Chosen(chosen, resolved.lock.write("0"))
    }

    fn is_chosen(&self) -> bool {
        matches!(self, Self::Chosen(..))
    }

    /// Lists the chosen versions, for comparisons.
    fn versions(&self) -> Vec<String> {
        match self {
            Self::Chosen(chosen, _) => {
                chosen.iter().map(|(name, version)| format!("{name} {version}")).collect()
            }
            Self::Rejected(_) => vec!["rejected".to_owned()],
        }
    }
}

/// Returns the suggestions among the help texts of a report.
fn suggestions(report: &Diagnostic) -> Vec<&String> {
    report
        .help
        .iter()
        .filter(|help| ["change ", "remove ", "set the option"].iter().any(|verb| help.starts_with(verb)))
        .collect()
}

/// Reports the properties that do not hold for a manifest.
fn faults(manifest: &Manifest) -> Vec<String> {
    let text = manifest.text();
    let answer = Answer::of(&text, None);
    let mut faults = Vec::new();
    let reversed = Answer::of(&manifest.reversed().text(), None).versions();
    if reversed != answer.versions() {
        faults.push(format!("the order changes the result: {:?}\n{reversed:?}", answer.versions()));
    }
    match &answer {
        Answer::Chosen(chosen, lock) => {
            let mut more = manifest.clone();
            more.packages.push((UNRELATED.to_owned(), None));
            if let Answer::Chosen(mut with, _) = Answer::of(&more.text(), None) {
                if !chosen.contains_key(UNRELATED) {
                    with.remove(UNRELATED);
                }
                if with != *chosen {
                    faults.push(format!("{UNRELATED} changes the rest: {chosen:?}\n{with:?}"));
                }
            } else {
                faults.push(format!("it does not resolve with {UNRELATED}"));
            }
            match Answer::of(&text, Some(lock)) {
                Answer::Chosen(again, same) if again == *chosen && same == *lock => {}
                _ => faults.push("the lock does not preserve the result".to_owned()),
            }
        }
        Answer::Rejected(report) => faults.extend(rejection(manifest, report)),
    }
    faults.into_iter().map(|fault| format!("{text}{fault}\n")).collect()
}

/// Reports the properties that do not hold for the errors of a manifest.
fn rejection(manifest: &Manifest, reports: &[(Diagnostic, String)]) -> Vec<String> {
    let mut faults = Vec::new();
    for (_, report) in reports.iter().filter(|(_, report)| report.lines().count() > MAX_REPORT_LINES) {
        faults.push(format!("a long report:\n{report}"));
    }
    let conflicts: Vec<_> =
        reports.iter().filter(|(one, _)| one.code.as_str() == "jcc::resolve::conflict").collect();
    if conflicts.len() < reports.len() {
        return faults;
    }
    for (at, (one, report)) in conflicts.iter().enumerate() {
        let others = || conflicts.iter().enumerate().filter(|(other, _)| *other != at);
        for suggestion in suggestions(one) {
            let alone = manifest.edited(suggestion).map(|edited| Answer::of(&edited.text(), None));
            // The other conflicts are resolved by the first suggestion of each. A line is changed only once.
            let firsts = others()
                .map(|(_, (other, _))| suggestions(other).first().copied())
                .collect::<Option<Vec<_>>>();
            let edited = firsts.and_then(|mut all| {
                all.push(suggestion);
                all.sort_by_key(|one| edit(one));
                all.dedup_by_key(|one| edit(one));
                all.into_iter().try_fold(manifest.clone(), |manifest, suggestion| manifest.edited(suggestion))
            });
            let together = || edited.map(|edited| Answer::of(&edited.text(), None));
            match alone.filter(Answer::is_chosen).or_else(together) {
                Some(Answer::Chosen(..)) => {}
                Some(Answer::Rejected(then)) => {
                    faults.push(format!(
                        "a suggestion that does not help: {suggestion}\n{report}then {}",
                        then[0].1
                    ));
                }
                None => faults.push(format!("a suggestion that cannot be followed: {suggestion}\n{report}")),
            }
        }
    }
    let shown = conflicts.iter().all(|(one, _)| !suggestions(one).is_empty());
    let helps = manifest.smaller().into_iter().find(|one| Answer::of(&one.text(), None).is_chosen());
    if let (false, Some(helps)) = (shown, helps) {
        faults.push(format!(
            "no suggestion is shown, though this compiles:\n{}{}",
            helps.text(),
            conflicts[0].1
        ));
    }
    faults
}

/// Returns the change that a suggestion proposes, without its consequences.
fn edit(suggestion: &str) -> &str {
    let edit = suggestion.split(" (then ").next().unwrap_or(suggestion);
    edit.split("; ").next().unwrap_or(edit)
}

/// Generates random manifests.
fn manifests(count: usize, seed: u64) -> Vec<Manifest> {
    let mut sources = Sources::new();
    let catalog = jcc::internals::builtin::catalog(&mut sources);
    let names: Vec<&str> = catalog
        .entries(DefinitionKind::Package)
        .filter(|entry| entry.installable)
        .map(|entry| entry.name.as_str())
        .collect();
    let mut dice = Dice(seed);
    let versions = |name: &str| -> Vec<String> {
        let package = catalog.package(name).expect("it is listed");
        package.versions.iter().map(|one| one.version.value.to_string()).collect()
    };
    let version = |dice: &mut Dice, name: &str| -> Option<String> {
        let all = versions(name);
        (!all.is_empty()).then(|| {
            let one = dice.of(&all).clone();
            match dice.roll(4) {
                0 => format!(">={one}"),
                1 => format!("<={one}"),
                _ => one,
            }
        })
    };
    let mut all = Vec::new();
    for _ in 0..count {
        let machine: &Machine = dice.of(MACHINES);
        let mut manifest = Manifest {
            target: machine.target.to_owned(),
            base: (dice.roll(12) == 0).then(|| *dice.of(&["\"ubuntu\"", "\"debian\"", "\"cuda\""])),
            pins: Vec::new(),
            packages: Vec::new(),
            options: BTreeMap::new(),
        };
        for _ in 0..=dice.roll(4) {
            let name = if dice.roll(2) == 0 { dice.of(USUAL) } else { dice.of(&names) };
            if manifest.packages.iter().all(|(other, _)| other != name) {
                let version = if dice.roll(4) == 0 { version(&mut dice, name) } else { None };
                manifest.packages.push(((*name).to_owned(), version));
            }
        }
        for _ in 0..dice.roll(3) {
            let name = dice.of(PINNED);
            if manifest.pins.iter().all(|(other, _)| other != name) {
                manifest
                    .pins
                    .extend(version(&mut dice, name).map(|version| ((*name).to_owned(), Some(version))));
            }
        }
        all.push(manifest);
    }
    all
}

fn check(manifests: &[Manifest]) {
    let found = Mutex::new(Vec::new());
    in_parallel(manifests, |manifest| {
        let faults = faults(manifest);
        found.lock().expect("no thread panics while holding it").extend(faults);
    });
    let mut found = found.into_inner().expect("no thread panics while holding it");
    found.sort();
    assert!(found.is_empty(), "{} of {}\n{}", found.len(), manifests.len(), found.join("\n"));
}

#[test]
fn a_few_random_requests_resolve_soundly() {
    check(&manifests(12, 1));
}

#[test]
#[ignore = "takes a minute: `tests/run` has it"]
fn random_requests_resolve_soundly() {
    check(&manifests(200, 2));
}
