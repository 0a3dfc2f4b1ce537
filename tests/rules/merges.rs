//! Two branches that change unrelated things merge without a conflict outside of the lock, and one compile repairs it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::{Example, examples};
use crate::commands;
use crate::support::git;

/// A change of a manifest: the block that gets a line, and the line.
type Edit = (&'static str, &'static str);

/// Changes that anybody may make.
const EDITS: [Edit; 21] = [
    ("apt", "install \"acl\""),
    ("apt", "install \"strace\""),
    ("apt", "install \"zstd\""),
    ("packages", "ffmpeg"),
    ("packages", "tmux"),
    ("packages", "vtk"),
    ("pip", "install \"rich==13.7.1\""),
    ("pip", "install \"tqdm==4.66.5\""),
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
    ("app", "env { MODE \"fast\" }"),
    ("app", "expose 9999"),
    ("app", "run \"touch /etc/robot\""),
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
        let text = example.read("project.kdl");
        let files = example.folder.0.files().into_iter();
        let generated = |path: &str, content: &[u8]| {
            path.starts_with(".jcc/")
                || path == "jcc.lock"
                || jcc::internals::render::Generated::of(&String::from_utf8_lossy(content)).is_some()
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

/// A merge of two changes.
enum Merged {
    Clean,
    /// Both insert into the same gap of a list: git asks in which order, whatever the layout.
    SameGap,
    Wrong(String),
}

/// Whether each conflict of a file has a new item of one list on both sides, and nothing else: a system package, a Python
/// package or a line on one in a Dockerfile; an option of one service in a Compose file, which is a mapping.
fn is_same_gap(folder: &Path, path: &str) -> bool {
    let text = fs::read_to_string(folder.join(path)).expect("git wrote it");
    let is_compose = path.ends_with("docker-compose.yaml");
    let is_item = |line: &str| match line.strip_prefix("    ") {
        Some(option) if is_compose => !option.is_empty(),
        Some(word) => word.ends_with(" \\") && !word.starts_with('-'),
        None => line.starts_with("# - "),
    };
    text.split("\n<<<<<<< ").skip(1).all(|hunk| {
        let sides = hunk.lines().skip(1).take_while(|line| !line.starts_with(">>>>>>>"));
        sides.filter(|line| *line != "=======").all(is_item)
    })
}

/// Merges two changes; nothing where there is no git.
fn merge(project: &mut Compiled, left: Edit, right: Edit) -> Option<Merged> {
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
    let (mut wrong, mut same_gap) = (Vec::new(), false);
    for path in git::conflicts(folder) {
        if path == "jcc.lock" || path == "project.kdl" {
            continue;
        }
        if is_same_gap(folder, &path) {
            same_gap = true;
        } else {
            let text = git::run(folder, &["diff", "--", &path]);
            wrong.push(format!("{path} is in conflict\n{text}"));
        }
    }
    // The manifest is a person's to merge.
    fs::write(folder.join("project.kdl"), project.manifest(&[left, right])).expect("there is room");
    let ran = commands::run(folder, &["compile"]);
    // Where git asked, what it marked is written anew too.
    let repairs = |line: &str| line == "wrote jcc.lock" || same_gap && line.starts_with("wrote ");
    if ran.code != Some(0) || !ran.err.lines().any(repairs) {
        wrong.push(format!("{:?} {}", ran.code, ran.err));
    }
    Some(match (wrong.is_empty(), same_gap) {
        (false, _) => Merged::Wrong(format!("{name}\n{}", wrong.join("\n"))),
        (true, true) => Merged::SameGap,
        (true, false) => Merged::Clean,
    })
}

/// So many pairs of changes.
fn pairs(number: usize) {
    let mut projects: Vec<Compiled> = examples().into_iter().map(Compiled::of).collect();
    let mut numbers = Numbers(11);
    let (mut taken, mut same_gaps, mut wrong) = (0, 0, Vec::new());
    while taken < number {
        let count = projects.len();
        let project = &mut projects[numbers.below(count)];
        let [left, right] = [EDITS[numbers.below(EDITS.len())], EDITS[numbers.below(EDITS.len())]];
        // What an example refuses, as a second `restart`, is no change.
        let versions = [&[left][..], &[right], &[left, right]];
        if left != right && versions.iter().all(|edits| project.outputs(edits).is_some()) {
            taken += 1;
            match merge(project, left, right) {
                Some(Merged::Wrong(what)) => wrong.push(what),
                Some(Merged::SameGap) => same_gaps += 1,
                Some(Merged::Clean) | None => {}
            }
        }
    }
    assert!(same_gaps * 10 <= number, "{same_gaps} of {number} pairs meet in one gap");
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
