//! Tests of the Dockerfile and the support folder. Those in this file use a plan that is written by hand.

use std::collections::BTreeMap;

use crate::manifest::BuildSecrets;
use crate::plan::{
    AptCall, Block, Check, FileText, From, Head, Instruction, Mount, PipCall, PipIndex, PipSource, PipTools,
    Plan, Run, Script, Size, Stage, StageName, UserAccount, Why,
};
use crate::value::{
    AptPackage, EnvName, FileMode, Id, ImagePath, ImageRef, Parse, ProjectPath, Url, UserName,
};

use super::{Generated, dockerfile};

fn path(text: &str) -> ImagePath {
    ImagePath::parse(text).unwrap()
}

fn run(mounts: &[Mount], script: Vec<Script>) -> Instruction {
    Instruction::Run(Run { mounts: mounts.to_vec(), script, ..Run::default() })
}

fn apt(names: &[&str], extra_arg: bool) -> Script {
    let packages = names.iter().map(|name| AptPackage::parse(name).unwrap()).collect();
    Script::Apt(AptCall { packages, recommends: false, extra_arg })
}

fn block(what: &str, instructions: Vec<Instruction>) -> Block {
    Block { why: Why::new(what), instructions }
}

fn stage(name: &'static str, from: From, blocks: Vec<Block>) -> Stage {
    Stage { name: StageName::fixed(name), from, why: Why::default(), blocks }
}

fn tools() -> PipTools {
    let url = Url::parse("https://download.pytorch.org/whl/cu128").unwrap();
    let indexes = vec![PipIndex { name: "pytorch-cu128".into(), url }];
    PipTools { default_index: None, indexes, cache: true }
}

fn python() -> Vec<Block> {
    let call = PipCall {
        venv: path("/opt/venv"),
        what: vec![PipSource::Spec("torch==2.8.0+cu128".into())],
        index: tools().indexes.pop(),
        extra_indexes: Vec::new(),
        no_deps: false,
        uv: false,
        constrained: true,
    };
    let venv = Script::Venv {
        python: "python3".into(),
        path: path("/opt/venv"),
        system_site_packages: false,
        uv: None,
    };
    let constraints = Mount::Constraints(StageName::fixed("python"));
    vec![
        block("", vec![run(&[], vec![venv])]),
        block("torch 2.8.0", vec![run(&[Mount::Pip, constraints], vec![Script::Pip(call)])]),
    ]
}

fn last() -> Vec<Block> {
    let account = UserAccount {
        name: UserName::parse("robot").unwrap(),
        uid: Id::FIRST_USER,
        gid: Id::FIRST_USER,
        groups: vec![UserName::parse("video").unwrap()],
        workdir: Some(path("/app")),
        volumes: vec![path("/data")],
    };
    let text = FileText {
        to: path("/etc/a.conf"),
        mode: FileMode::parse("0644").unwrap(),
        text: "x\n\n\nEOF\n".into(),
        from: None,
    };
    let env = |name: &str, value: &str| (EnvName::parse(name).unwrap(), value.to_owned());
    vec![
        block(
            "System packages",
            vec![
                Instruction::Arg {
                    name: EnvName::parse("EXTRA_APT_PACKAGES").unwrap(),
                    default: Some(String::new()),
                },
                run(&[Mount::Apt], vec![apt(&["htop", "vim=2:8"], true)]),
            ],
        ),
        block(
            "A file",
            vec![Instruction::CopyText(text), Instruction::Env(vec![env("A", "1"), env("B", "a \"$b\"\\")])],
        ),
        block("user", vec![run(&[], vec![Script::User(account)])]),
        block(
            "end",
            vec![
                Instruction::Workdir(path("/a b")),
                Instruction::User(Id::FIRST_USER, Id::FIRST_USER),
                Instruction::Cmd(vec!["python3".into(), "it's.py".into()]),
            ],
        ),
    ]
}

fn plan() -> Plan {
    let image = ImageRef::parse("debian:bookworm-slim").unwrap();
    let base = || From::Stage(StageName::fixed("base"));
    Plan {
        head: Head {
            compiler: "0.1.0".into(),
            manifest: "project.kdl".into(),
            target: "x: A machine".into(),
            platform: vec![("debian".into(), "12".into())],
            overrides: vec!["cuda 12.6 instead of 12.2".into()],
            allowed: vec![("jcc::plan::unpinned-fetch".into(), "line\n# syntax=evil".into())],
        },
        frontend: None,
        cache_key: "debian12-amd64".into(),
        stages: vec![
            stage(
                "base",
                From::Image(image),
                vec![block("", vec![run(&[Mount::Apt], vec![apt(&["python3", "python3-venv"], false)])])],
            ),
            stage("python", base(), python()),
            stage("final", base(), last()),
        ],
        pip: tools(),
        constraints: BTreeMap::from([(StageName::fixed("python"), vec!["numpy==2.1.0".to_owned()])]),
        environments: Vec::new(),
        locked: crate::plan::LockedPython::default(),
        keys: BTreeMap::new(),
        checks: vec![Check {
            package: None,
            name: "it's: here".into(),
            script: vec![Script::Shell("test -e $HOME".into())],
        }],
        driver_libraries: vec!["libcuda.so*".into()],
        support: ProjectPath::parse(".jcc").unwrap(),
        secrets: BuildSecrets::default(),
        apt_cache: true,
        fetches: Vec::new(),
        layers: 0,
        size: Size::default(),
        tests: Vec::new(),
        notes: Vec::new(),
        epoch: 0,
    }
}

#[test]
fn a_dockerfile_with_every_part() {
    let text = dockerfile(&plan());
    assert!(Generated::of(&text).is_some_and(|head| head.names("project.kdl")));
    insta::assert_snapshot!(text);
}

#[test]
fn the_support_folder() {
    let files = super::support::files(&plan());
    let named = |name: &str| files.iter().find(|(path, _)| path == name).map(|(_, text)| text.as_str());
    assert_eq!(named(".jcc/constraints/python.txt"), Some("numpy==2.1.0\n"));
    let paths: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
    insta::assert_snapshot!(paths.join("\n"));
    insta::assert_snapshot!("checks_of_the_image", named(".jcc/test/build").unwrap());
}
mod built;
mod compiled;
mod conditions;
mod gpu;
mod hostile;
mod ignored;
mod python;
mod running;
