//! Two branches with unrelated changes merge without a conflict outside of the lock, and one compile repairs
//! the lock.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::{Example, examples};
use crate::commands;
use crate::support::git;

/// A change of a manifest: the block, and the line that is added to it.
type Edit = (&'static str, &'static str);

/// Typical changes.
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

/// Adds a line to a block of a manifest. Creates the block if it does not exist.
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

/// Pseudorandom numbers, the same in each run.
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
        // The files in the repository may be older than this compiler.
        let lock = all.outputs(&[]).expect("the example compiles")["jcc.lock"].clone();
        all.example.write("jcc.lock", &lock);
        all.known.clear();
        all
    }

    fn manifest(&self, edits: &[Edit]) -> String {
        edits.iter().fold(self.text.clone(), |text, edit| edited(&text, *edit))
    }

    /// Returns the outputs with these changes, or `None` if the manifest is rejected.
    fn outputs(&mut self, edits: &[Edit]) -> Option<Files> {
        if !self.known.contains_key(edits) {
            self.example.write("project.kdl", &self.manifest(edits));
            let files = self.example.compile().ok();
            self.known.insert(edits.to_vec(), files);
        }
        self.known[edits].clone()
    }

    /// Writes the project with these changes to a folder.
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
            fs::create_dir_all(path.parent().expect("it has a parent folder"))
                .expect("the folder is writable");
            fs::write(path, content).expect("the folder is writable");
        }
    }
}

/// The result of a merge of two changes.
enum Merged {
    Clean,
    /// Both insert at the same position of a list. Git reports a conflict, whatever the layout of the file.
    SameGap,
    Wrong(String),
}

/// Returns whether each conflict of a file consists of new items of one list on both sides: system packages,
/// Python packages or comment lines about them in a Dockerfile, or options of one service in a Compose file.
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

/// Merges two changes. Returns `None` if Git is not installed.
fn merge(project: &mut Compiled, left: Edit, right: Edit) -> Option<Merged> {
    let folder = tempfile::tempdir().expect("the folder is writable");
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
            wrong.push(format!("{path} has a conflict\n{text}"));
        }
    }
    // A person merges the manifest.
    fs::write(folder.join("project.kdl"), project.manifest(&[left, right])).expect("the folder is writable");
    let ran = commands::run(folder, &["compile"]);
    // Files with conflict markers are regenerated too.
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

/// Merges this many pairs of changes.
fn check_pairs(number: usize) {
    let mut projects: Vec<Compiled> = examples().into_iter().map(Compiled::of).collect();
    let mut numbers = Numbers(11);
    let (mut merged, mut same_gaps, mut wrong) = (0, 0, Vec::new());
    while merged < number {
        let count = projects.len();
        let project = &mut projects[numbers.below(count)];
        let [left, right] = [EDITS[numbers.below(EDITS.len())], EDITS[numbers.below(EDITS.len())]];
        // Changes that an example does not accept, such as a second `restart`, are skipped.
        let versions = [&[left][..], &[right], &[left, right]];
        if left != right && versions.iter().all(|edits| project.outputs(edits).is_some()) {
            merged += 1;
            match merge(project, left, right) {
                Some(Merged::Wrong(what)) => wrong.push(what),
                Some(Merged::SameGap) => same_gaps += 1,
                Some(Merged::Clean) | None => {}
            }
        }
    }
    assert!(same_gaps * 10 <= number, "{same_gaps} of {number} pairs insert at the same position");
    assert!(wrong.is_empty(), "{} of {number} pairs:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn unrelated_changes_merge() {
    check_pairs(20);
}

#[test]
#[ignore = "slow: two hundred merges"]
fn two_hundred_pairs_of_unrelated_changes_merge() {
    check_pairs(200);
}
