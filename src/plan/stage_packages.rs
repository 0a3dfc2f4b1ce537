//! A layer of need: what a set of packages puts into a stage, Python apart. Archives first, one transaction of system
//! packages, then each package's own block.

use std::collections::BTreeSet;

use crate::manifest::KeyLocation;
use crate::value::{AptPackage, ImagePath, Name, Parse, ProjectPath};

use super::package_step::{
    ArchiveKey, PackagePlan, PackageStep, PackageStepKind, ThirdPartyArchive, tells_linker,
};
use super::steps::{self, FetchedFiles, StepContext};
use super::{
    AptCall, Block, CopyFrom, Instruction, Mount, Run, SHARED_SUPPORT, Script, StageName, Why, helpers,
};

/// Where a build stage puts apart what its build added to folders that others use too.
pub(super) const EXPORT: &str = "/export";
/// Where archives and trees of `install` lie in the stage that brings them.
pub(super) const FILES: &str = "/files";

/// The title of what the platform needs.
pub(super) const PLATFORM: &str = "Platform packages";

/// What a stage takes from a set of packages before anything of Python.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layer<'a> {
    /// In the order of installing.
    pub(super) parts: &'a [&'a PackagePlan],
    pub(super) title: &'a str,
    /// Those that are built here.
    pub(super) built: &'a [&'a PackagePlan],
    /// What those require themselves.
    pub(super) direct: &'a [Name],
    /// System packages that the stage needs of itself.
    pub(super) more: &'a [AptPackage],
    /// Path variables that are defined before.
    pub(super) defined: &'a BTreeSet<String>,
    /// Archives that the stage starts with.
    pub(super) held: &'a BTreeSet<Name>,
}

impl Layer<'_> {
    pub(super) fn blocks(self, place: &StepContext) -> Vec<Block> {
        let mut blocks = self.system();
        blocks.extend(self.packages(place));
        blocks
    }

    /// Archives and the one transaction of system packages.
    pub(super) fn system(self) -> Vec<Block> {
        let mut blocks = self.sources();
        blocks.extend(self.transaction());
        blocks
    }

    /// What each package brings beside that, and the linker's cache behind it.
    pub(super) fn packages(self, place: &StepContext) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut defined = self.defined.clone();
        for part in self.parts {
            let (early, _) = part.early_and_late();
            let mut instructions = copies(part, place);
            instructions.extend(steps::instructions(part, early, place));
            instructions.extend(environment(part, &mut defined));
            // A copy names the stage that it is from, and so the package.
            let copies = instructions.iter().all(|one| matches!(one, Instruction::CopyFrom(_)));
            let why = if copies { Why::default() } else { self.why(part) };
            if !instructions.is_empty() {
                blocks.push(Block { why, instructions });
            }
        }
        let early = self.parts.iter().map(|part| part.early_and_late().0);
        blocks.extend(linker(early, self.parts.iter().any(|part| part.links_early())));
        blocks
    }

    /// Why a part is here: in a build stage for what is built there.
    fn why(self, part: &PackagePlan) -> Why {
        match self.built {
            [built] if self.direct.contains(&part.name) => {
                Why { reasons: vec![format!("required by {}", built.name)], ..part.why.clone() }
            }
            _ => part.why.clone(),
        }
    }

    /// Third-party archives, each once.
    fn sources(self) -> Vec<Block> {
        let mut seen = BTreeSet::new();
        let mut blocks = Vec::new();
        let installed = self.parts.iter().map(|part| (part, &part.install));
        for (part, acts) in installed.chain(self.built.iter().map(|part| (part, &part.build))) {
            for source in acts.iter().filter_map(|act| act.kind.source()) {
                if !self.held.contains(&source.file.name) && seen.insert(source.file.name.clone()) {
                    let what = format!("apt source `{}` for {}", source.file.name, part.why.what);
                    blocks.push(Block { why: part.why.what(what), instructions: source_files(source) });
                }
            }
        }
        blocks
    }

    /// One transaction of system packages.
    fn transaction(self) -> Option<Block> {
        let mut packages: BTreeSet<AptPackage> = self.more.iter().cloned().collect();
        for part in self.built {
            packages.extend(apt_packages(&part.build));
            packages.extend(steps::tools_of(&part.build));
        }
        let mut why = Why::new(self.title);
        for part in self.parts {
            let own = apt_packages(&part.install);
            if own.is_empty() {
                continue;
            }
            packages.extend(own);
            let reason = self.why(part);
            why.list.push((reason.what, reason.reasons));
        }
        // What others require is there because of them.
        let asked =
            |(_, reasons): &(String, Vec<String>)| !reasons.iter().all(|one| one.starts_with("required by"));
        if why.list.iter().any(asked) {
            why.list.retain(asked);
        }
        // Certificates, for archives.
        if why.list.is_empty() {
            why = Why::default();
        }
        // Of the platform it is mostly one thing.
        if let ([(what, reasons)], PLATFORM) = (&why.list[..], self.title) {
            why = Why { what: what.clone(), reasons: reasons.clone(), ..Why::default() };
        }
        // A stage that builds says itself what it is for.
        if !self.built.is_empty() {
            why = Why::default();
        }
        (!packages.is_empty()).then(|| Block { why, instructions: vec![apt(packages)] })
    }
}

/// System packages that steps name.
pub(super) fn apt_packages(acts: &[PackageStep]) -> Vec<AptPackage> {
    let named = acts
        .iter()
        .filter_map(|act| if let PackageStepKind::Apt(packages) = &act.kind { Some(packages) } else { None });
    named.flatten().cloned().collect()
}

pub(super) fn apt(packages: BTreeSet<AptPackage>) -> Instruction {
    let apt = AptCall { packages: packages.into_iter().collect(), recommends: false, extra_arg: false };
    Instruction::Run(Run { mounts: vec![Mount::Apt], script: vec![Script::Apt(apt)], ..Run::default() })
}

/// The linker's cache, where something changed what is in it, with the files among these steps that say where it looks.
pub(super) fn linker<'a>(steps: impl Iterator<Item = &'a [PackageStep]>, changed: bool) -> Option<Block> {
    let files = steps.flatten().filter_map(|act| match &act.kind {
        PackageStepKind::File(file) if tells_linker(&file.to) => Some(Script::LinkerFile(file.clone())),
        _ => None,
    });
    let script: Vec<Script> = files.chain([Script::Ldconfig]).collect();
    let run = Run { offline: true, script, ..Run::default() };
    changed.then(|| Block {
        why: Why::new("Library paths for the linker"),
        instructions: vec![Instruction::Run(run)],
    })
}

/// An archive's file and its key.
pub(super) fn source_files(source: &ThirdPartyArchive) -> Vec<Instruction> {
    let key = source.file.key.as_ref().zip(source.key.as_ref()).map(|(to, key)| match key {
        ArchiveKey::At(KeyLocation::Url(_)) => {
            let stage = StageName::fixed("keys");
            Instruction::CopyFrom(CopyFrom { stage, from: helpers::key_file(source), to: to.clone() })
        }
        ArchiveKey::At(KeyLocation::File(file)) => copied(file.clone(), to),
        ArchiveKey::Text(_) => copied(key_text_file(source), to),
    });
    key.into_iter().chain([Instruction::AptSource(source.file.clone())]).collect()
}

fn copied(from: ProjectPath, to: &ImagePath) -> Instruction {
    Instruction::Copy { from, to: to.clone(), into: false, chmod: None, chown: None }
}

/// Where the text of a definition's key is written in the project.
fn key_text_file(source: &ThirdPartyArchive) -> ProjectPath {
    let path = format!("{SHARED_SUPPORT}/keys/{}.asc", source.file.name);
    ProjectPath::parse(&path).expect("a name is a part of a path")
}

/// What a package's other stages give: what its build exports, what it unpacks.
fn copies(part: &PackagePlan, place: &StepContext) -> Vec<Instruction> {
    let mut copies = Vec::new();
    for (from, to, _) in part.exports() {
        let from = if is_shared(from) { from.under(EXPORT) } else { from.clone() };
        copies.push(CopyFrom { stage: StageName::of("build", &part.name), from, to: to.clone() });
    }
    if place.files == FetchedFiles::Apart {
        for act in &part.install {
            let to = match &act.kind {
                PackageStepKind::Archive { to, .. } => to,
                PackageStepKind::Git(git) => &git.to,
                _ => continue,
            };
            let from = to.under(FILES);
            copies.push(CopyFrom { stage: StageName::of("files", &part.name), from, to: to.clone() });
        }
    }
    copies.dedup();
    copies.into_iter().map(Instruction::CopyFrom).collect()
}

/// Whether a folder holds more than a build put there: only what the build added leaves such a one.
pub(super) fn is_shared(folder: &crate::value::ImagePath) -> bool {
    let text = folder.as_str();
    let depth = text.matches('/').count();
    depth == 1 || ["/usr/", "/etc/", "/var/", "/lib/"].iter().any(|above| text.starts_with(above))
}

/// A package's variables; folders go before what a path variable holds already.
pub(super) fn environment(part: &PackagePlan, defined: &mut BTreeSet<String>) -> Vec<Instruction> {
    let mut instructions = Vec::new();
    if !part.paths.is_empty() {
        instructions.push(prepend("PATH", part.paths.clone(), true));
    }
    let mut plain = Vec::new();
    for (name, value, _) in &part.env {
        let folders: Option<Vec<_>> =
            value.split(':').map(|folder| crate::value::Parse::parse(folder).ok()).collect();
        match folders {
            Some(folders) if name.as_str().ends_with("_PATH") => {
                let inherits = !defined.insert(name.as_str().to_owned());
                instructions.push(prepend(name.as_str(), folders, inherits));
            }
            _ => plain.push((name.clone(), value.clone())),
        }
    }
    if !plain.is_empty() {
        instructions.push(Instruction::Env(plain));
    }
    instructions
}

/// Folders before those of a path variable.
pub(super) fn prepend(variable: &str, paths: Vec<crate::value::ImagePath>, inherits: bool) -> Instruction {
    Instruction::PrependPath { variable: steps::variable(variable), paths, inherits }
}
