//! Lists everything that the generated files fetch, with pin grades. The list is derived from the planned stages, so
//! that it cannot miss a download that is in the output.

mod files;
mod grades;
mod locked;
mod python;
mod scan;

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Log, codes::plan as codes, wording};
use crate::manifest::Grade;
use crate::source::Span;
use crate::value::{AptPackage, ImagePath, ImageRef, Name};

use super::closure::LockedPython;
use super::package_plan::PackagePlans;
use super::package_step::{PackageStep, PackageStepKind};
use super::{
    AptCall, AptSourceFile, FetchKind, Fetched, From, Instruction, KeyFetch, Mount, Run, Script, Stage,
    StageName, Tool,
};

pub use grades::check as require_grades;
pub use locked::check as require_locked;

/// Returns all downloads in the order of the generated files, and warns about unpinned ones.
pub(super) fn fetches(
    plans: &PackagePlans<'_>,
    stages: &[Stage],
    locked: &LockedPython,
    log: &mut Log,
) -> Vec<Fetched> {
    let mut list =
        List { plans, known: known(plans), stages, locked, all: Vec::new(), listed: BTreeMap::new() };
    list.frontend();
    for stage in stages {
        list.stage(stage);
    }
    list.services();
    let all = list.all;
    warn_unpinned(plans, &all, log);
    all
}

/// The package that requested a download (`None` for the manifest) and the place of the request, by the download's text.
type Requesters = BTreeMap<String, (Option<Name>, Span)>;

fn known(plans: &PackagePlans<'_>) -> Requesters {
    let mut known = Requesters::new();
    for plan in plans.all() {
        for step in plan.install.iter().chain(&plan.build) {
            for what in requested(step) {
                known.entry(what).or_insert((Some(plan.name.clone()), step.span));
            }
        }
    }
    let project = plans.inputs.project;
    for package in &project.apt.install {
        known.entry(package.package.value.to_string()).or_insert((None, package.package.span));
    }
    let app = project.app.iter().flat_map(|app| &app.requirements);
    let files = project.pip.requirements.iter().chain(app);
    let venvs = project.pip.venvs.iter();
    let in_venvs = venvs
        .clone()
        .flat_map(|venv| venv.install.iter().chain(venv.requirements.iter().flat_map(|file| &file.specs)));
    for spec in project.pip.install.iter().chain(files.flat_map(|file| &file.specs)).chain(in_venvs) {
        known.entry(spec.value.to_string()).or_insert((None, spec.span));
    }
    known
}

/// Returns the texts under which the downloads of a step are listed.
fn requested(step: &PackageStep) -> Vec<String> {
    match &step.kind {
        PackageStepKind::Apt(packages) => packages.iter().map(ToString::to_string).collect(),
        PackageStepKind::Pip { specs, .. } => specs.clone(),
        PackageStepKind::WheelBuild { from, .. } => vec![from.clone()],
        PackageStepKind::Wheel(download)
        | PackageStepKind::Deb(download)
        | PackageStepKind::Archive { download, .. } => {
            vec![download.url.to_string()]
        }
        PackageStepKind::Git(git) => vec![git.url.to_string()],
        PackageStepKind::Source(source) => vec![source.file.uri.to_string()],
        _ => Vec::new(),
    }
}

/// The downloads that were found so far, and what is needed to attribute them.
struct List<'a> {
    plans: &'a PackagePlans<'a>,
    known: Requesters,
    stages: &'a [Stage],
    locked: &'a LockedPython,
    all: Vec<Fetched>,
    /// What `all` contains, by stage.
    listed: BTreeMap<StageName, BTreeSet<(FetchKind, String)>>,
}

/// The place of a download: its stage and the reason for it.
#[derive(Clone, Copy)]
struct DownloadSite<'a> {
    stage: &'a StageName,
    place: Option<Span>,
}

impl List<'_> {
    fn add(&mut self, at: DownloadSite<'_>, kind: FetchKind, what: impl Into<String>, grade: Grade) {
        let what = what.into();
        if !self.listed.entry(at.stage.clone()).or_default().insert((kind, what.clone())) {
            return;
        }
        let known = self.known.get(&what);
        let package = known.and_then(|(package, _)| package.clone()).or_else(|| self.owner(at.stage));
        let place = known.map(|(_, span)| *span).or(at.place);
        self.all.push(Fetched { what, kind, grade, package, place, stage: at.stage.clone() });
    }

    /// Returns the package that a stage belongs to, from the stage's name.
    fn owner(&self, stage: &StageName) -> Option<Name> {
        let owner = stage.package()?;
        self.plans.all().map(|plan| &plan.name).find(|name| name.as_str() == owner).cloned()
    }

    fn image(&mut self, at: DownloadSite<'_>, image: &ImageRef) {
        let grade = if image.digest().is_some() { Grade::A } else { Grade::D };
        self.add(at, FetchKind::Image, image.to_string(), grade);
    }

    fn frontend(&mut self) {
        if let Some(image) = &self.plans.inputs.project.output.frontend {
            self.image(
                DownloadSite { stage: &StageName::fixed("syntax"), place: Some(image.span) },
                &image.value,
            );
        }
    }

    fn stage(&mut self, stage: &Stage) {
        if let From::Image(image) = &stage.from {
            let place = self.plans.inputs.resolution.base.asked.or(stage.why.place);
            self.image(DownloadSite { stage: &stage.name, place }, image);
        }
        for block in &stage.blocks {
            let at = DownloadSite { stage: &stage.name, place: block.why.place.or(stage.why.place) };
            for instruction in &block.instructions {
                self.instruction(at, instruction);
            }
        }
    }

    fn instruction(&mut self, at: DownloadSite<'_>, instruction: &Instruction) {
        match instruction {
            Instruction::Fetch(fetch) => match self.key(|key| key.file == fetch.to) {
                Some(key) => {
                    let grade = if key.fingerprint.is_some() { Grade::A } else { Grade::D };
                    self.add(at, FetchKind::Key, fetch.url.to_string(), grade);
                }
                None => self.add(at, FetchKind::File, fetch.url.to_string(), fetch.grade),
            },
            Instruction::AptSource(source) => self.source(at, source),
            Instruction::Verbatim(text) => self.dockerfile(at, text),
            Instruction::CopyText(file) => self.commands(at, &file.text),
            Instruction::Run(run) if !run.offline => {
                let installs = run.mounts.contains(&Mount::Pip);
                let index = self.plans.inputs.project.pip.index.as_ref();
                if let Some(index) = index.filter(|_| installs) {
                    self.index(at, &index.value);
                }
                self.run(at, run);
            }
            _ => {}
        }
    }

    /// Finds a step of any stage that fetches a signing key.
    fn key(&self, is: impl Fn(&KeyFetch) -> bool) -> Option<&KeyFetch> {
        let instructions =
            self.stages.iter().flat_map(|stage| &stage.blocks).flat_map(|block| &block.instructions);
        let scripts = instructions
            .filter_map(|one| if let Instruction::Run(run) = one { Some(&run.script) } else { None });
        scripts.flatten().find_map(|script| match script {
            Script::Key(key) if is(key) => Some(key),
            _ => None,
        })
    }

    /// Records an archive: grade A if its key is pinned. Its packages are listed separately.
    fn source(&mut self, at: DownloadSite<'_>, source: &AptSourceFile) {
        let grade = if source.key_is_verified { Grade::A } else { Grade::D };
        self.add(at, FetchKind::Archive, source.uri.to_string(), grade);
    }

    fn index(&mut self, at: DownloadSite<'_>, url: &crate::value::Url) {
        let grade = if url.scheme() == "http" { Grade::D } else { Grade::A };
        self.add(at, FetchKind::Index, url.to_string(), grade);
    }

    fn run(&mut self, at: DownloadSite<'_>, run: &Run) {
        for script in &run.script {
            match script {
                Script::Apt(apt) => self.apt(at, apt),
                Script::Deb { files } => {
                    let names: Vec<&str> = files.iter().filter_map(|file| file.file_name()).collect();
                    self.dependencies(at, FetchKind::Apt, &names);
                }
                Script::Pip(call) => self.pip(at, call),
                Script::Venv { uv: Some(spec), .. } => self.requirement(at, spec),
                Script::WheelBuild { from, tools, shared, .. } => self.wheel_build(at, from, tools, *shared),
                Script::Git(git) => {
                    let grade = if git.commit.is_some() { Grade::A } else { Grade::D };
                    self.add(at, FetchKind::Git, git.url.to_string(), grade);
                }
                Script::Snapshot { replace } => {
                    for (_, to) in replace {
                        self.add(at, FetchKind::Archive, format!("http://{to}/"), Grade::C);
                    }
                }
                Script::Shell(text) | Script::Python(text) => self.commands(at, text),
                Script::File(file) => self.commands(at, &file.text),
                Script::Cmake(cmake) => self.unseen(at, "cmake", &cmake.source),
                Script::Tool { tool: Tool::Make, directory, .. } => self.unseen(at, "make", directory),
                Script::Tool { tool: Tool::Ninja, directory, .. } => self.unseen(at, "ninja", directory),
                Script::Tool { tool: Tool::Colcon, directory, .. } => {
                    self.unseen(at, "colcon build", directory);
                }
                _ => {}
            }
        }
    }

    /// Records a build that may fetch whatever the files in a folder name.
    fn unseen(&mut self, at: DownloadSite<'_>, tool: &str, folder: &ImagePath) {
        self.add(at, FetchKind::Unseen, format!("{tool} in {folder}"), Grade::D);
    }

    fn apt(&mut self, at: DownloadSite<'_>, apt: &AptCall) {
        for package in &apt.packages {
            let grade = self.apt_grade(package);
            self.add(at, FetchKind::Apt, package.to_string(), grade);
        }
        if apt.extra_arg {
            self.add(at, FetchKind::Apt, "${EXTRA_APT_PACKAGES}", Grade::D);
        }
        let names: Vec<String> = apt.packages.iter().map(|package| package.name().to_owned()).collect();
        self.dependencies(at, FetchKind::Apt, &names.iter().map(String::as_str).collect::<Vec<_>>());
    }

    /// Returns C with a dated snapshot of the archive, B for an exact version (archives remove old versions), else D.
    fn apt_grade(&self, package: &AptPackage) -> Grade {
        if self.plans.inputs.project.apt.snapshot.is_some() {
            Grade::C
        } else if package.version().is_some_and(|version| !version.contains('*')) {
            Grade::B
        } else {
            Grade::D
        }
    }

    /// Records the dependencies of packages, whose versions are whatever is newest at build time.
    fn dependencies(&mut self, at: DownloadSite<'_>, kind: FetchKind, of: &[&str]) {
        const SHOWN: usize = 3;
        if of.is_empty() {
            return;
        }
        let more = of.len().saturating_sub(SHOWN);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let word = if kind == FetchKind::Pip { "closure" } else { "dependencies" };
        let what = format!("unlocked {word} of {}{more}", of[..of.len().min(SHOWN)].join(", "));
        let snapshot = kind == FetchKind::Apt && self.plans.inputs.project.apt.snapshot.is_some();
        self.add(at, kind, what, if snapshot { Grade::C } else { Grade::D });
    }
}

/// Warns about files and repositories that are not pinned, unless a note of the package explains it.
fn warn_unpinned(plans: &PackagePlans<'_>, all: &[Fetched], log: &mut Log) {
    for each in all {
        let loose = matches!(each.kind, FetchKind::File | FetchKind::Git) && each.grade == Grade::D;
        let explained = each.package.as_ref().and_then(|name| plans.inputs.view(name)).is_some_and(|view| {
            view.entry().is_some_and(|entry| !entry.notes.is_empty())
                || view.applicable(&view.package.notes).next().is_some()
        });
        // Nothing can pin the extensions of an editor.
        let extensions = &plans.inputs.project.output.editor.extensions;
        let extension = extensions.iter().any(|one| Some(one.span) == each.place);
        if let Some(place) = each.place.filter(|_| loose && !explained && !extension) {
            let message = format!("{} is not pinned", wording::code(&each.what));
            log.report(
                Diagnostic::warning(codes::UNPINNED, message)
                    .at(place, "neither a hash nor a commit pins this")
                    .help("add its `sha256` or its `commit`, or explain in a `note` why there is none"),
            );
        }
    }
}
