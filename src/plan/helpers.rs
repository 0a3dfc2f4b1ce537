//! The stages that help the others and leave nothing of themselves in an image: tools, keys, downloads.

use crate::manifest::KeyLocation;
use crate::value::{AptPackage, FileMode, ImagePath, Parse};

use super::act::{Act, ActKind, Key, Part, Source};
use super::layer::{FILES, apt};
use super::steps::{self, Files, Place, fetch_stage, path, tools_of};
use super::{
    Block, Fetch, FileText, From, Git, Instruction, KeyFetch, Mount, PipTools, Run, Script, Stage, StageName,
    Why,
};

/// The stage `tools`: what is mounted into steps, as far as any step mounts it.
pub(super) fn tools(stages: &[Stage], apt_cache: bool, pip: &PipTools) -> Option<Stage> {
    let mounted =
        |which: &[Mount]| stages.iter().any(|stage| mounts(stage).any(|mount| which.contains(mount)));
    let mut instructions = Vec::new();
    if mounted(&[Mount::Apt]) {
        instructions.push(Instruction::AptTools { cache: apt_cache });
    }
    if mounted(&[Mount::Pip, Mount::Check]) {
        instructions.push(Instruction::PipTools(pip.clone()));
    }
    if mounted(&[Mount::Net]) {
        instructions.push(Instruction::NetTools);
    }
    let stage = Stage {
        name: StageName::fixed("tools"),
        from: From::Scratch,
        why: Why::new("Mounted into the steps that fetch; nothing of it is in the image"),
        blocks: vec![Block { why: Why::default(), instructions }],
    };
    (!stage.blocks[0].instructions.is_empty()).then_some(stage)
}

/// What the steps of a stage mount.
pub(super) fn mounts(stage: &Stage) -> impl Iterator<Item = &Mount> {
    let instructions = stage.blocks.iter().flat_map(|block| &block.instructions);
    instructions
        .filter_map(|one| if let Instruction::Run(run) = one { Some(run) } else { None })
        .flat_map(|run| &run.mounts)
}

/// The stage `keys`: each key of an archive held to its fingerprint.
pub(super) fn keys(sources: &[(Source, Why)], from: From) -> Option<Stage> {
    let keyed: Vec<_> = sources.iter().filter(|(source, _)| source.key.is_some()).collect();
    if keyed.is_empty() {
        return None;
    }
    let gnupg = AptPackage::parse("gnupg").expect("it is a package's name");
    let mut blocks = vec![Block { why: Why::default(), instructions: vec![apt([gnupg].into())] }];
    blocks.extend(keyed.iter().filter_map(|(source, why)| {
        let key = source.key.as_ref()?;
        Some(Block { why: why.clone(), instructions: key_steps(source, key) })
    }));
    Some(Stage {
        name: StageName::fixed("keys"),
        from,
        why: Why::new("The keys of third-party apt sources, each held to its fingerprint"),
        blocks,
    })
}

fn key_steps(source: &Source, key: &Key) -> Vec<Instruction> {
    let name = &source.file.name;
    let file = path(&format!("/run/keys/{name}.asc"));
    let script = Script::Key(KeyFetch {
        name: name.clone(),
        file: file.clone(),
        fingerprint: source.fingerprint.clone(),
    });
    let mut run = Run { script: vec![script], ..Run::default() };
    let mut steps = Vec::new();
    match key {
        Key::At(KeyLocation::File(source)) => {
            run.mounts.push(Mount::Bind { source: source.clone(), target: file });
        }
        Key::At(KeyLocation::Url(url)) => {
            let grade = crate::manifest::Grade::A;
            steps.push(Instruction::Fetch(Fetch { url: url.clone(), sha256: None, to: file, grade }));
        }
        Key::Text(text) => steps.push(Instruction::CopyText(FileText {
            to: file,
            mode: FileMode::parse("0644").expect("it is octal"),
            text: text.clone(),
        })),
    }
    steps.push(Instruction::Run(run));
    steps
}

/// The stage `fetch-NAME`: files by their URLs.
pub(super) fn fetch(part: &Part) -> Option<Stage> {
    let mut fetches: Vec<Fetch> = Vec::new();
    for download in part.build.iter().chain(&part.install).filter_map(|act| act.kind.download()) {
        let fetch = Fetch {
            url: download.url.clone(),
            sha256: download.sha256.clone(),
            to: download.file.clone(),
            grade: download.grade(),
        };
        if !fetches.contains(&fetch) {
            fetches.push(fetch);
        }
    }
    let instructions: Vec<_> = fetches.into_iter().map(Instruction::Fetch).collect();
    (!instructions.is_empty()).then(|| Stage {
        name: fetch_stage(part),
        from: From::Scratch,
        why: part.why.what(format!("Downloads of {}", part.why.what)),
        blocks: vec![Block { why: Why::default(), instructions }],
    })
}

/// The stage `files-NAME`: archives and trees of an installation, brought apart from the image that takes them.
pub(super) fn files(part: &Part, place: &Place) -> Option<Stage> {
    let moved = |to: &ImagePath| to.under(FILES);
    let brought: Vec<Act> = part.install.iter().filter(|act| act.kind.brings_files()).cloned().collect();
    if brought.is_empty() {
        return None;
    }
    let tools = tools_of(&brought);
    let acts: Vec<Act> = brought
        .into_iter()
        .map(|act| {
            let kind = match act.kind {
                ActKind::Archive { download, to, strip } => {
                    ActKind::Archive { download, to: moved(&to), strip }
                }
                ActKind::Git(git) => ActKind::Git(Git { to: moved(&git.to), ..git }),
                other => other,
            };
            Act { kind, ..act }
        })
        .collect();
    let mut instructions = Vec::new();
    if !tools.is_empty() {
        instructions.push(apt(tools.into_iter().collect()));
    }
    instructions.extend(steps::instructions(part, &acts, &Place { files: Files::Here, ..place.clone() }));
    Some(Stage {
        name: StageName::of("files", &part.name),
        from: From::Stage(StageName::fixed("base")),
        why: part.why.what(format!("Files of {}", part.why.what)),
        blocks: vec![Block { why: Why::default(), instructions }],
    })
}
