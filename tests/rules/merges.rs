//! Two branches that change unrelated things merge without a conflict outside of the lock, and one compile repairs it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::{Example, examples};
use crate::commands;
use crate::support::git;

/// A change of a manifest: the block that gets a line, and the line.
type Edit = (&'static str, &'static str);

/// Changes by subject. Two of one subject may add their lines at the same place, where git asks a person: packages that
/// bring system packages add to the list of these.
const EDITS: [&[Edit]; 3] = [
    &[
        ("apt", "install \"acl\""),
        ("apt", "install \"strace\""),
        ("apt", "install \"zstd\""),
        ("packages", "ffmpeg"),
        ("packages", "tmux"),
        ("packages", "vtk"),
        ("pip", "install \"rich==13.7.1\""),
        ("pip", "install \"tqdm==4.66.5\""),
    ],
    &[
        ("run", "cap-add \"SYS_NICE\""),
        ("run", "env { AAA \"a b\" }"),
        ("run", "env { ZED \"1\" }"),
        ("run", "memory \"2g\""),
        ("run", "port \"18080:80\""),
        ("run", "restart \"always\""),
        ("run", "shm-size \"1g\""),
        ("run", "tmpfs \"/scratch\""),
        ("run", "ulimit \"memlock\" -1"),
        ("run", "volume \"./more\" \"/more\""),
    ],
    &[("app", "env { MODE \"fast\" }"), ("app", "expose 9999"), ("app", "run \"touch /etc/robot\"")],
];

/// The manifest with a further line in a block, which is made where there is none.
fn edited(text: &str, (block, line): Edit) -> String {
    let head = format!("\n{block} {{");
    match text.find(&head) {
        Some(at) => {
            let at = at + head.len();
            format!("{}\n    {line}\n{}", &text[..at], &text[at..])
        }
        None => format!("{text}\n{block} {{\n    {line}\n}}\n"),
    }
}

/// Numbers that look random and are the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("it is small") % bound
    }
}

type Files = BTreeMap<String, String>;

/// An example whose outputs are compiled once for each manifest.
struct Compiled {
    example: Example,
    text: String,
    /// The files that are not generated.
    inputs: BTreeMap<String, Vec<u8>>,
    known: BTreeMap<Vec<Edit>, Option<Files>>,
}

impl Compiled {
    fn of(example: Example) -> Self {
        // The first system package of a project adds a step too, beside those of its packages.
        let text = edited(&example.read("project.kdl"), ("apt", "install \"bc\""));
        let files = example.folder.0.files().into_iter();
        let generated = |path: &str, content: &[u8]| {
            path.starts_with(".jcc/")
                || path == "jcc.lock"
                || jcc::render::Generated::of(&String::from_utf8_lossy(content)).is_some()
        };
        let inputs = files.filter(|(path, content)| !generated(path, content)).collect();
        let mut all = Self { example, text, inputs, known: BTreeMap::new() };
        // What the repository holds may be older than this compiler.
        let lock = all.outputs(&[]).expect("the example compiles")["jcc.lock"].clone();
        all.example.write("jcc.lock", &lock);
        all.known.clear();
        all
    }

    fn manifest(&self, edits: &[Edit]) -> String {
        edits.iter().fold(self.text.clone(), |text, edit| edited(&text, *edit))
    }

    /// The outputs with these changes; nothing where they are refused.
    fn outputs(&mut self, edits: &[Edit]) -> Option<Files> {
        if !self.known.contains_key(edits) {
            self.example.write("project.kdl", &self.manifest(edits));
            let files = self.example.compile().ok();
            self.known.insert(edits.to_vec(), files);
        }
        self.known[edits].clone()
    }

    /// Puts a version of the project into a folder.
    fn put(&mut self, folder: &Path, edits: &[Edit]) {
        let base = self.outputs(&[]).unwrap_or_default();
        let files = self.outputs(edits).expect("it compiles");
        for path in base.keys().filter(|path| !files.contains_key(*path)) {
            fs::remove_file(folder.join(path)).expect("it was written");
        }
        let manifest = self.manifest(edits);
        let inputs = self.inputs.clone().into_iter();
        let outputs = files.into_iter().map(|(path, text)| (path, text.into_bytes()));
        for (path, content) in
            inputs.chain(outputs).chain([("project.kdl".to_owned(), manifest.into_bytes())])
        {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("there is room");
            fs::write(path, content).expect("there is room");
        }
    }
}

/// What is wrong with the merge of two changes, if anything; nothing at all where there is no git.
fn merge(project: &mut Compiled, left: Edit, right: Edit) -> Option<String> {
    let folder = tempfile::tempdir().expect("there is room");
    let folder = folder.path();
    project.put(folder, &[]);
    git::start(folder)?;
    git::commit(folder, "start");
    git::run(folder, &["checkout", "--quiet", "-b", "side"]);
    project.put(folder, &[right]);
    git::commit(folder, "side");
    git::run(folder, &["checkout", "--quiet", "main"]);
    project.put(folder, &[left]);
    git::commit(folder, "main");
    git::merge(folder, "side");
    let name = format!("{}: {left:?} and {right:?}", project.example.name);
    let mut wrong = Vec::new();
    for path in git::conflicts(folder) {
        if path != "jcc.lock" && path != "project.kdl" {
            let text = git::run(folder, &["diff", "--", &path]);
            wrong.push(format!("{path} is in conflict\n{text}"));
        }
    }
    // The manifest is a person's to merge.
    fs::write(folder.join("project.kdl"), project.manifest(&[left, right])).expect("there is room");
    let ran = commands::run(folder, &["compile"]);
    if ran.code != Some(0) || !ran.err.lines().any(|line| line == "wrote jcc.lock") {
        wrong.push(format!("{:?} {}", ran.code, ran.err));
    }
    (!wrong.is_empty()).then(|| format!("{name}\n{}", wrong.join("\n")))
}

/// So many pairs of changes, each of two subjects.
fn pairs(number: usize) {
    let mut projects: Vec<Compiled> = examples().into_iter().map(Compiled::of).collect();
    let mut numbers = Numbers(11);
    let (mut taken, mut wrong) = (0, Vec::new());
    while taken < number {
        let count = projects.len();
        let project = &mut projects[numbers.below(count)];
        let [left, right] = [numbers.below(EDITS.len()), numbers.below(EDITS.len())];
        if left == right {
            continue;
        }
        let [left, right] = [left, right].map(|subject| EDITS[subject][numbers.below(EDITS[subject].len())]);
        // What an example refuses, as a second `restart`, is no change.
        // The first Python package of a project adds an environment and what looks for it.
        if [left, right].iter().any(|(block, _)| *block == "pip" && !project.text.contains("\npip {")) {
            continue;
        }
        let versions = [&[left][..], &[right], &[left, right]];
        if versions.iter().all(|edits| project.outputs(edits).is_some()) {
            taken += 1;
            wrong.extend(merge(project, left, right));
        }
    }
    assert!(wrong.is_empty(), "{} of {number} pairs:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn unrelated_changes_merge() {
    pairs(20);
}

#[test]
#[ignore = "slow: two hundred merges"]
fn two_hundred_pairs_of_unrelated_changes_merge() {
    pairs(200);
}
