//! Finds the Python environments of a target in its stages.

use std::collections::{BTreeMap, BTreeSet};

use crate::manifest::Requirements;
use crate::value::{ImagePath, Name, Parse as _, PepRequirement, WheelName, normalised_name};

use super::super::package_plan::PackagePlans;
use super::super::package_step::{Download, PackagePlan, PackageStepKind};
use super::super::sources::distribution_value;
use super::super::steps::FETCHED;
use super::super::weight::Layers;
use super::super::{From, Instruction, PipCall, PipSource, Script, Stage, StageName, constraints, python};
use super::{ClosureState, InstallCall, InstallRoot, PythonEnvironment};

/// Returns the environments that the stages create, with the pip and uv calls of each.
pub(in crate::plan) fn environments(
    plans: &PackagePlans<'_>,
    layers: &Layers<'_>,
    resolved: &[(Name, String)],
    stages: &[Stage],
) -> Vec<PythonEnvironment> {
    let mut found =
        Found { plans, resolved, wheels: wheels(plans), all: Vec::new(), stages: BTreeMap::new() };
    for stage in stages {
        found.stage(stage);
    }
    let mut all = found.all;
    all.retain(|one| one.calls.iter().any(InstallCall::is_locked));
    for one in &mut all {
        let stages: Vec<&Stage> =
            stages.iter().filter(|stage| one.calls.iter().any(|call| call.stage == stage.name)).collect();
        if one.calls.iter().any(|call| call.constrained) {
            add_constraints(plans, one, &constraints::of_stages(plans, layers, resolved, &stages));
        }
    }
    all
}

/// Adds the constraints of an environment, and the distributions of the base image. Their exact versions are
/// unknown, because the image's builder can add a local version, so the index must not replace them.
fn add_constraints(plans: &PackagePlans<'_>, environment: &mut PythonEnvironment, lines: &BTreeSet<String>) {
    environment.constraints.extend(lines.iter().cloned());
    environment.constraints.sort();
    environment.constraints.dedup();
    let provided = python::provided(plans.inputs);
    let names = provided.iter().filter_map(|line| Some(normalised_name(line.split_once("==")?.0)));
    environment.provided = names.collect::<BTreeSet<_>>().into_iter().collect();
}

/// Returns the downloaded wheels by the path where steps see them.
fn wheels(plans: &PackagePlans<'_>) -> BTreeMap<ImagePath, Download> {
    let acts = plans.all().flat_map(|part| part.install.iter().chain(&part.build));
    let downloads = acts.filter_map(|act| match &act.kind {
        PackageStepKind::Wheel(download) => Some(download),
        _ => None,
    });
    downloads.map(|download| (download.file.under(FETCHED), download.clone())).collect()
}

/// An environment as a stage has it: its index, and the calls that have already run.
#[derive(Debug, Clone)]
struct Inherited {
    environment: usize,
    done: Vec<usize>,
}

/// The environments of a stage, by their folders.
type Here = BTreeMap<ImagePath, Inherited>;

struct Found<'a> {
    plans: &'a PackagePlans<'a>,
    resolved: &'a [(Name, String)],
    wheels: BTreeMap<ImagePath, Download>,
    all: Vec<PythonEnvironment>,
    stages: BTreeMap<StageName, Here>,
}

impl Found<'_> {
    fn stage(&mut self, stage: &Stage) {
        let mut here = match &stage.from {
            From::Stage(from) => self.stages.get(from).cloned().unwrap_or_default(),
            From::Image(_) | From::Scratch => Here::new(),
        };
        let mut files = CallFiles::new(&stage.name);
        for instruction in stage.blocks.iter().flat_map(|block| &block.instructions) {
            if let Instruction::CopyFrom(copy) = instruction
                && let Some(there) = self.stages.get(&copy.stage).and_then(|stage| stage.get(&copy.to))
            {
                here.insert(copy.to.clone(), there.clone());
            }
            let Instruction::Run(run) = instruction else { continue };
            for script in &run.script {
                match script {
                    Script::Venv { path, .. } => {
                        here.insert(path.clone(), self.made(&stage.name));
                    }
                    Script::Pip(call) => self.call(&mut here, (&stage.name, files.next()), call),
                    _ => {}
                }
            }
        }
        self.stages.insert(stage.name.clone(), here);
    }

    /// Adds a new environment.
    fn made(&mut self, stage: &StageName) -> Inherited {
        let inputs = self.plans.inputs;
        let python = inputs.resolution.axes.iter().find(|(name, _)| name.as_str() == "python");
        self.all.push(PythonEnvironment {
            name: stage.clone(),
            python: python.map(|(_, version)| format!("{}.{}", version.major(), version.minor())),
            machine: WheelName::machine(inputs.resolution.target.arch.as_str()).to_owned(),
            glibc: distribution_value(inputs, "glibc"),
            index: inputs.project.pip.index.as_ref().map(|index| index.value.clone()),
            calls: Vec::new(),
            constraints: Vec::new(),
            provided: Vec::new(),
            state: ClosureState::Unlocked,
        });
        Inherited { environment: self.all.len() - 1, done: Vec::new() }
    }

    fn call(&mut self, here: &mut Here, (stage, file): (&StageName, String), call: &PipCall) {
        if !here.contains_key(&call.venv) {
            here.insert(call.venv.clone(), self.made(stage));
        }
        let roots: Vec<InstallRoot> = call.what.iter().flat_map(|what| self.roots(what)).collect();
        let bound = call.what.iter().filter_map(|what| self.requirements(what));
        let bound: Vec<String> =
            bound.flat_map(|file| &file.constraints).map(|one| one.value.to_string()).collect();
        let Some(place) = here.get_mut(&call.venv) else { return };
        let environment = &mut self.all[place.environment];
        environment.constraints.extend(bound);
        environment.calls.push(InstallCall {
            file,
            stage: stage.clone(),
            after: place.done.clone(),
            index: call.index.clone(),
            extra_indexes: call.extra_indexes.clone(),
            deps: !call.no_deps,
            constrained: call.constrained,
            roots,
        });
        place.done.push(environment.calls.len() - 1);
    }

    /// Returns the project's requirements file that an argument of a call names.
    fn requirements(&self, what: &PipSource) -> Option<&Requirements> {
        let PipSource::Requirements(path) = what else { return None };
        python::requirements_at(self.plans.inputs, path)
    }

    fn roots(&self, what: &PipSource) -> Vec<InstallRoot> {
        match what {
            PipSource::Spec(spec) => vec![InstallRoot::Spec(spec.clone())],
            PipSource::Requirements(_) => self.requirements(what).map(of_file).unwrap_or_default(),
            PipSource::File(path) => self.wheels.get(path).and_then(of_download).into_iter().collect(),
            PipSource::Wheels(folder) => self.built(folder),
            PipSource::Locked(_) | PipSource::Repositories(_) => Vec::new(),
        }
    }

    /// Returns the distributions of a package.
    fn dists(&self, part: &PackagePlan) -> Vec<String> {
        let own = self.resolved.iter().filter(|(name, _)| *name == part.name);
        own.filter_map(|(_, line)| Some(line.split_once("==")?.0.to_owned())).collect()
    }

    /// Returns the wheels that a package builds; the folder has its name.
    fn built(&self, folder: &ImagePath) -> Vec<InstallRoot> {
        let part = self.plans.all().find(|part| Some(part.name.as_str()) == folder.file_name());
        let Some(part) = part else { return Vec::new() };
        let sources = part.build.iter().filter_map(|act| match &act.kind {
            PackageStepKind::WheelBuild { from, .. } => Some(from),
            _ => None,
        });
        let root = |from: &String| match PepRequirement::parse(from) {
            Ok(_) => InstallRoot::Built { package: part.name.clone(), spec: from.clone() },
            Err(_) => InstallRoot::Tree { package: part.name.clone(), dists: self.dists(part) },
        };
        let mut roots: Vec<InstallRoot> = sources.map(root).collect();
        // Several source trees of one package are one root.
        roots.dedup();
        roots
    }
}

fn of_download(download: &Download) -> Option<InstallRoot> {
    let name = normalised_name(WheelName::read(download.url.as_str())?.name);
    Some(InstallRoot::Wheel { name, url: download.url.clone(), sha256: download.sha256.clone() })
}

fn of_file(file: &Requirements) -> Vec<InstallRoot> {
    let specs = file.specs.iter().map(|spec| spec.value.to_string());
    if file.hashed {
        return specs.map(InstallRoot::Hashed).collect();
    }
    let urls = file.urls.iter().map(|url| InstallRoot::Url(url.value.clone()));
    let options = file.options.iter().map(|option| InstallRoot::Option(option.value.clone()));
    specs.map(InstallRoot::Spec).chain(urls).chain(options).collect()
}

/// Names the files of a stage's calls, in order.
pub(super) struct CallFiles<'a> {
    stage: &'a StageName,
    count: usize,
}

impl<'a> CallFiles<'a> {
    pub(super) fn new(stage: &'a StageName) -> Self {
        Self { stage, count: 0 }
    }

    pub(super) fn next(&mut self) -> String {
        self.count += 1;
        if self.count == 1 { self.stage.to_string() } else { format!("{}-{}", self.stage, self.count) }
    }
}
