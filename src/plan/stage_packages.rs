//! The blocks that install a set of packages in a stage, except Python packages: apt archives, one
//! transaction of system packages, then a block per package.

use std::collections::BTreeSet;

use crate::manifest::KeyLocation;
use crate::value::{AptPackage, EnvName, ImagePath, Name, Parse, ProjectPath};

use super::package_step::{
    ArchiveKey, PackagePlan, PackageStep, PackageStepKind, ThirdPartyArchive, configures_linker,
};
use super::steps::{self, FetchedFiles, StepContext};
use super::{
    AptCall, Block, CopyFrom, Instruction, Mount, Run, SHARED_SUPPORT, Script, StageName, Why, helpers,
};

/// The folder to which a build stage copies what the build added to shared folders.
pub(super) const EXPORT: &str = "/export";
/// The folder of unpacked archives and cloned repositories in the stages `files-NAME`.
pub(super) const FILES: &str = "/files";

/// The title of the transaction with the system packages of the platform.
pub(super) const PLATFORM: &str = "Platform packages";

/// The packages to install in a stage, before Python packages.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layer<'a> {
    /// The packages to install, in the order of installation.
    pub(super) plans: &'a [&'a PackagePlan],
    pub(super) title: &'a str,
    /// The packages that are built in this stage.
    pub(super) built: &'a [&'a PackagePlan],
    /// The direct requirements of the packages that are built.
    pub(super) direct: &'a [Name],
    /// Other system packages that the stage needs.
    pub(super) more: &'a [AptPackage],
    /// Path variables that are already defined.
    pub(super) defined: &'a BTreeSet<String>,
    /// Archives that are already present.
    pub(super) archives: &'a BTreeSet<Name>,
}

impl Layer<'_> {
    pub(super) fn blocks(self, place: &StepContext) -> Vec<Block> {
        let mut blocks = self.system();
        blocks.extend(self.packages(place));
        blocks
    }

    /// Returns the blocks of archives and the transaction of system packages.
    pub(super) fn system(self) -> Vec<Block> {
        let mut blocks = self.sources();
        blocks.extend(self.transaction());
        blocks
    }

    /// Returns the other files and steps of each package, and the step that updates the linker's cache.
    pub(super) fn packages(self, place: &StepContext) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut defined = self.defined.clone();
        for plan in self.plans {
            let (early, _) = plan.early_and_late();
            let mut instructions = copies(plan, place);
            instructions.extend(steps::instructions(plan, early, place));
            instructions.extend(environment(plan, &mut defined));
            // A copy needs no comment, because the stage that it copies from names the package.
            let copies = instructions.iter().all(|one| matches!(one, Instruction::CopyFrom(_)));
            let why = if copies { Why::default() } else { self.why(plan) };
            if !instructions.is_empty() {
                blocks.push(Block { why, instructions });
            }
        }
        let early = self.plans.iter().map(|plan| plan.early_and_late().0);
        blocks.extend(linker(early, self.plans.iter().any(|plan| plan.links_early())));
        blocks
    }

    /// Returns the comment for a package. In a build stage, its reason is the package that is built.
    fn why(self, plan: &PackagePlan) -> Why {
        match self.built {
            [built] if self.direct.contains(&plan.name) => {
                Why { reasons: vec![format!("required by {}", built.name)], ..plan.why.clone() }
            }
            _ => plan.why.clone(),
        }
    }

    /// Returns the third-party archives, without duplicates.
    fn sources(self) -> Vec<Block> {
        let mut seen = BTreeSet::new();
        let mut blocks = Vec::new();
        let installed = self.plans.iter().map(|plan| (plan, &plan.install));
        for (plan, steps) in installed.chain(self.built.iter().map(|plan| (plan, &plan.build))) {
            for source in steps.iter().filter_map(|step| step.kind.source()) {
                if !self.archives.contains(&source.file.name) && seen.insert(source.file.name.clone()) {
                    let what = format!("apt source `{}` for {}", source.file.name, plan.why.what);
                    blocks.push(Block { why: plan.why.what(what), instructions: source_files(source) });
                }
            }
        }
        blocks
    }

    /// Returns the transaction that installs all system packages.
    fn transaction(self) -> Option<Block> {
        let mut packages: BTreeSet<AptPackage> = self.more.iter().cloned().collect();
        for plan in self.built {
            packages.extend(apt_packages(&plan.build));
            packages.extend(steps::tools_of(&plan.build));
        }
        let mut why = Why::new(self.title);
        for plan in self.plans {
            let own = apt_packages(&plan.install);
            if own.is_empty() {
                continue;
            }
            packages.extend(own);
            let reason = self.why(plan);
            why.list.push((reason.what, reason.reasons));
        }
        // Packages that only others require are not listed.
        let asked =
            |(_, reasons): &(String, Vec<String>)| !reasons.iter().all(|one| one.starts_with("required by"));
        if why.list.iter().any(asked) {
            why.list.retain(asked);
        }
        // The list is empty for CA certificates, which archives need.
        if why.list.is_empty() {
            why = Why::default();
        }
        // The platform often has a single package, which then is the title.
        if let ([(what, reasons)], PLATFORM) = (&why.list[..], self.title) {
            why = Why { what: what.clone(), reasons: reasons.clone(), ..Why::default() };
        }
        // The comment of a build stage already names the package.
        if !self.built.is_empty() {
            why = Why::default();
        }
        (!packages.is_empty()).then(|| Block { why, instructions: vec![apt(packages)] })
    }
}

/// Returns the system packages that steps install.
pub(super) fn apt_packages(steps: &[PackageStep]) -> Vec<AptPackage> {
    let named = steps.iter().filter_map(|step| {
        if let PackageStepKind::Apt(packages) = &step.kind { Some(packages) } else { None }
    });
    named.flatten().cloned().collect()
}

pub(super) fn apt(packages: BTreeSet<AptPackage>) -> Instruction {
    let apt = AptCall { packages: packages.into_iter().collect(), recommends: false, extra_arg: false };
    Instruction::Run(Run { mounts: vec![Mount::Apt], script: vec![Script::Apt(apt)], ..Run::default() })
}

/// Returns the step that updates the linker's cache if something changed it, with the linker's configuration
/// files among these steps.
pub(super) fn linker<'a>(steps: impl Iterator<Item = &'a [PackageStep]>, changed: bool) -> Option<Block> {
    let files = steps.flatten().filter_map(|step| match &step.kind {
        PackageStepKind::File(file) if configures_linker(&file.to) => Some(Script::LinkerFile(file.clone())),
        _ => None,
    });
    let script: Vec<Script> = files.chain([Script::Ldconfig]).collect();
    let run = Run { offline: true, script, ..Run::default() };
    changed.then(|| Block {
        why: Why::new("Library paths for the linker"),
        instructions: vec![Instruction::Run(run)],
    })
}

/// Returns the instructions that add an archive's file and its key.
pub(super) fn source_files(source: &ThirdPartyArchive) -> Vec<Instruction> {
    let key = source.file.key.as_ref().zip(source.key.as_ref()).map(|(to, key)| match key {
        ArchiveKey::At(KeyLocation::Url(_)) => {
            let stage = StageName::fixed(helpers::KEYS);
            Instruction::CopyFrom(CopyFrom::linked(stage, helpers::key_file(source), to.clone()))
        }
        ArchiveKey::At(KeyLocation::File(file)) => copied(file.clone(), to),
        ArchiveKey::Text(_) => copied(key_text_file(source), to),
    });
    key.into_iter().chain([Instruction::AptSource(source.file.clone())]).collect()
}

fn copied(from: ProjectPath, to: &ImagePath) -> Instruction {
    Instruction::Copy { from, to: to.clone(), into: false, chmod: None, chown: None }
}

/// Returns the path of the generated file with the text of a definition's key.
fn key_text_file(source: &ThirdPartyArchive) -> ProjectPath {
    let path = format!("{SHARED_SUPPORT}/keys/{}.asc", source.file.name);
    ProjectPath::parse(&path).expect("a name is a part of a path")
}

/// Copies what a package's other stages provide: exports of its build, unpacked archives, cloned
/// repositories.
fn copies(plan: &PackagePlan, place: &StepContext) -> Vec<Instruction> {
    let mut copies = Vec::new();
    for (from, to, _) in plan.exports() {
        let from = if is_shared(from) { from.under(EXPORT) } else { from.clone() };
        copies.push(CopyFrom::linked(StageName::of("build", &plan.name), from, to.clone()));
    }
    if place.files == FetchedFiles::Separate {
        for step in &plan.install {
            let to = match &step.kind {
                PackageStepKind::Archive { to, .. } => to,
                PackageStepKind::Git(git) => &git.to,
                _ => continue,
            };
            let from = to.under(FILES);
            copies.push(CopyFrom::linked(StageName::of("files", &plan.name), from, to.clone()));
        }
    }
    copies.dedup();
    copies.into_iter().map(Instruction::CopyFrom).collect()
}

/// Whether other packages put files into a folder too. Of such a folder only what the build added is
/// exported.
pub(super) fn is_shared(folder: &crate::value::ImagePath) -> bool {
    let text = folder.as_str();
    let depth = text.matches('/').count();
    depth == 1 || ["/usr/", "/etc/", "/var/", "/lib/"].iter().any(|above| text.starts_with(above))
}

/// Defines the package's variables. Folders are prepended to path variables.
pub(super) fn environment(plan: &PackagePlan, defined: &mut BTreeSet<String>) -> Vec<Instruction> {
    let mut instructions = Vec::new();
    if !plan.paths.is_empty() {
        instructions.push(prepend("PATH", plan.paths.clone(), true));
    }
    let mut variables = Vec::new();
    for (name, value, _) in &plan.env {
        if let Some(folders) = path_list(name, value) {
            let inherits = !defined.insert(name.as_str().to_owned());
            instructions.push(prepend(name.as_str(), folders, inherits));
        } else {
            variables.push((name.clone(), value.clone()));
        }
    }
    if !variables.is_empty() {
        instructions.push(Instruction::Env(variables));
    }
    instructions
}

/// Returns the folders of a path variable, such as `PYTHONPATH`, to which several packages can add some.
pub(super) fn path_list(name: &EnvName, value: &str) -> Option<Vec<ImagePath>> {
    let folders = value.split(':').map(|folder| ImagePath::parse(folder).ok());
    if name.as_str().ends_with("PATH") { folders.collect() } else { None }
}

/// Prepends folders to a path variable.
pub(super) fn prepend(variable: &str, paths: Vec<crate::value::ImagePath>, inherits: bool) -> Instruction {
    Instruction::PrependPath { variable: steps::variable(variable), paths, inherits }
}
