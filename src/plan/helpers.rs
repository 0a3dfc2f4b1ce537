//! Helper stages that are not part of the final image: keys, downloads, files.

use std::collections::BTreeMap;

use crate::manifest::KeyLocation;
use crate::value::{AptPackage, ImagePath, ImageRef, Name, Parse, Url};

use super::package_step::{ArchiveKey, PackagePlan, PackageStep, PackageStepKind, ThirdPartyArchive};
use super::stage_packages::{FILES, apt};
use super::steps::{self, FetchedFiles, StepContext, fetch_stage, path, tools_of};
use super::{
    Block, Fetch, From, Git, Instruction, KeyFetch, Mount, PipSource, Run, Script, Stage, StageName, Why,
};

/// Returns the mounts of a stage's steps.
pub(super) fn mounts(stage: &Stage) -> impl Iterator<Item = &Mount> {
    let instructions = stage.blocks.iter().flat_map(|block| &block.instructions);
    instructions
        .filter_map(|one| if let Instruction::Run(run) = one { Some(run) } else { None })
        .flat_map(|run| &run.mounts)
}

/// Returns the archives whose keys the stages copy. Others are only needed by builds that are left out.
pub(super) fn used(sources: &[(ThirdPartyArchive, Why)], stages: &[Stage]) -> Vec<(ThirdPartyArchive, Why)> {
    let instructions = || stages.iter().flat_map(|stage| &stage.blocks).flat_map(|block| &block.instructions);
    let copies = |source: &ThirdPartyArchive| {
        instructions().any(|one| {
            matches!(one, Instruction::CopyFrom(copy) if copy.stage.as_str() == KEYS && copy.from == key_file(source))
        })
    };
    sources.iter().filter(|(source, _)| copies(source)).cloned().collect()
}

/// The stage with the keys.
pub(super) const KEYS: &str = "keys";

/// Returns the stage `keys`, which downloads signing keys and verifies their fingerprints.
pub(super) fn keys(sources: &[(ThirdPartyArchive, Why)], image: ImageRef) -> Option<Stage> {
    let fetched: Vec<_> =
        sources.iter().filter_map(|(source, why)| Some((source, url(source)?, why))).collect();
    if fetched.is_empty() {
        return None;
    }
    let gnupg = AptPackage::parse("gnupg").expect("it is a package's name");
    let mut blocks = vec![Block { why: Why::default(), instructions: vec![apt([gnupg].into())] }];
    for (source, url, why) in &fetched {
        let (url, to) = ((*url).clone(), downloaded_key(source));
        let fetch = Fetch { url, sha256: None, to, grade: crate::manifest::Grade::A };
        blocks.push(Block { why: (*why).clone(), instructions: vec![Instruction::Fetch(fetch)] });
    }
    let script = fetched.iter().map(|(source, ..)| {
        Script::Key(KeyFetch {
            name: source.file.name.clone(),
            file: downloaded_key(source),
            fingerprint: source.fingerprint.clone(),
        })
    });
    let run = Run { offline: true, script: script.collect(), ..Run::default() };
    blocks.push(Block { why: Why::default(), instructions: vec![Instruction::Run(run)] });
    let why = Why::new("Keys of apt sources, verified by fingerprint");
    Some(Stage { name: StageName::fixed(KEYS), from: From::Image(image), why, blocks })
}

/// Returns the URL of an archive's key.
fn url(source: &ThirdPartyArchive) -> Option<&Url> {
    if let Some(ArchiveKey::At(KeyLocation::Url(url))) = &source.key { Some(url) } else { None }
}

fn downloaded_key(source: &ThirdPartyArchive) -> ImagePath {
    path(&format!("/run/keys/{}.asc", source.file.name))
}

/// Returns the path of a verified key in the stage `keys`.
pub(super) fn key_file(source: &ThirdPartyArchive) -> ImagePath {
    path(&format!("/keys/{}.gpg", source.file.name))
}

/// Returns the texts of keys that are files of definitions.
pub(super) fn key_texts(sources: &[(ThirdPartyArchive, Why)]) -> BTreeMap<Name, String> {
    let text = |(source, _): &(ThirdPartyArchive, Why)| match &source.key {
        Some(ArchiveKey::Text(text)) => Some((source.file.name.clone(), text.clone())),
        _ => None,
    };
    sources.iter().filter_map(text).collect()
}

/// Returns the stage `fetch-NAME`, which downloads a package's files for steps that mount them.
pub(super) fn fetch(plan: &PackagePlan) -> Option<Stage> {
    let mut fetches: Vec<Fetch> = Vec::new();
    for download in plan.build.iter().chain(&plan.install).filter_map(|step| step.kind.download()) {
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
        name: fetch_stage(plan),
        from: From::Scratch,
        why: plan.why.what(format!("Downloads of {}", plan.why.what)),
        blocks: vec![Block { why: Why::default(), instructions }],
    })
}

/// Removes wheels from the stages with downloads that no step installs from there: the stage `python`
/// downloads its own.
pub(super) fn remove_unused_downloads(stages: &mut [Stage]) {
    let mut installed: Vec<(StageName, ImagePath)> = Vec::new();
    for run in stages.iter().flat_map(|stage| &stage.blocks).flat_map(|block| &block.instructions) {
        let Instruction::Run(run) = run else { continue };
        let files = run
            .script
            .iter()
            .filter_map(|script| if let Script::Pip(call) = script { Some(&call.what) } else { None });
        let files: Vec<&ImagePath> = files
            .flatten()
            .filter_map(|what| if let PipSource::File(path) = what { Some(path) } else { None })
            .collect();
        for mount in &run.mounts {
            if let Mount::Stage { stage, target, .. } = mount {
                let own = files.iter().filter(|file| file.is_inside(target));
                installed.extend(own.map(|file| (stage.clone(), (*file).clone())));
            }
        }
    }
    for stage in stages.iter_mut().filter(|stage| stage.name.as_str().starts_with("fetch-")) {
        let name = stage.name.clone();
        for block in &mut stage.blocks {
            block.instructions.retain(|one| match one {
                Instruction::Fetch(fetch) if fetch.to.as_str().strip_suffix(".whl").is_some() => {
                    installed.contains(&(name.clone(), fetch.to.under(steps::FETCHED)))
                }
                _ => true,
            });
        }
        stage.blocks.retain(|block| !block.instructions.is_empty());
    }
}

/// Returns the stage `files-NAME`, which unpacks archives and clones repositories that other stages copy.
pub(super) fn files(plan: &PackagePlan, place: &StepContext) -> Option<Stage> {
    let placed = |to: &ImagePath| to.under(FILES);
    let brought: Vec<PackageStep> =
        plan.install.iter().filter(|step| step.kind.fetches_files()).cloned().collect();
    if brought.is_empty() {
        return None;
    }
    let tools = tools_of(&brought);
    let steps: Vec<PackageStep> = brought
        .into_iter()
        .map(|step| {
            let kind = match step.kind {
                PackageStepKind::Archive { download, to, strip } => {
                    PackageStepKind::Archive { download, to: placed(&to), strip }
                }
                PackageStepKind::Git(git) => PackageStepKind::Git(Git { to: placed(&git.to), ..git }),
                other => other,
            };
            PackageStep { kind, ..step }
        })
        .collect();
    let mut instructions = Vec::new();
    if !tools.is_empty() {
        instructions.push(apt(tools.into_iter().collect()));
    }
    instructions.extend(steps::instructions(
        plan,
        &steps,
        &StepContext { files: FetchedFiles::Here, ..place.clone() },
    ));
    Some(Stage {
        name: StageName::of("files", &plan.name),
        from: From::Stage(StageName::fixed("base")),
        why: plan.why.what(format!("Files of {}", plan.why.what)),
        blocks: vec![Block { why: Why::default(), instructions }],
    })
}
