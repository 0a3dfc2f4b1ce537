//! What is available on a machine: each thing is asked for by itself.

use pubgrub::VersionSet as _;

use crate::catalog::{BaseImage, Catalog, Package};
use crate::diagnostic::{Diagnostic, Log, Reported, Severity, codes, wording};
use crate::manifest::{AxisRequirement, Pin, Project, Request};
use crate::source::{Sources, Span, Spanned};
use crate::value::{Name, Parse, Requirement, Version};

use super::assignment::Assignment;
use super::model::{Constraint, ConstraintKind, Model, PackageVariable, Question, VariableKind};
use super::problem::{Set, VariableId, set};
use super::proven;
use super::work::Budget;
use crate::resolve::explain::format::{self, Places};
use crate::resolve::explain::trace;

/// The machine that is asked about.
#[derive(Debug, Clone, Copy, Default)]
pub struct Machine<'a> {
    /// A device of the catalogue.
    pub device: Option<&'a str>,
    pub platform: Option<&'a str>,
    /// What it runs, by whatever name: `6.2`, `36.4.3`.
    pub release: Option<&'a str>,
}

/// Something that is available.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Availability {
    /// In which version, as manifests write it; absent where it has none.
    pub version: Option<String>,
    /// Of the platform, what it is for: titles and versions.
    pub with: Vec<(String, String)>,
    /// What the platform has and this has to do without.
    pub without: Vec<String>,
    /// Why nobody has shown yet that it works.
    pub unproven: Option<String>,
}

/// Whether something is available, or why not.
pub type Verdict = Result<Availability, String>;

/// What is asked: the catalogue, and where texts are kept.
pub struct Asking<'a> {
    pub catalog: &'a Catalog,
    pub sources: &'a mut Sources,
    /// Where a machine that nobody knows is reported.
    pub log: &'a mut Log,
}

impl Asking<'_> {
    /// Each version of a package, in its definition's order.
    ///
    /// # Errors
    /// A machine that nobody knows.
    pub fn versions(
        &mut self,
        package: &Package,
        machine: Machine<'_>,
    ) -> Result<Vec<(Version, Verdict)>, Reported> {
        let project = self.project(machine, "")?;
        let project = asks_for(project, package);
        let model = Model::build(
            Question { project: &project, catalog: self.catalog, lock: None, others: &[] },
            self.log,
        )?;
        let Some(id) = model.ids.get(&package.name.value).copied() else { return Ok(Vec::new()) };
        let mut versions: Vec<&Version> = Vec::new();
        for one in &package.versions {
            if !versions.contains(&&*one.version) {
                versions.push(&one.version);
            }
        }
        let candidates = model.package_variable(id).map(|var| var.candidates.clone()).unwrap_or_default();
        let verdict = |version: &Version| {
            let places = (0u32..).zip(&candidates).filter(|(_, one)| one.version() == Some(version));
            let within = set(places.map(|(place, _)| place));
            (version.clone(), self.verdict(model.clone(), project.target.span, (id, within)))
        };
        Ok(versions.into_iter().map(verdict).collect())
    }

    /// A package in whatever version.
    ///
    /// # Errors
    /// A machine that nobody knows.
    pub fn package(&mut self, package: &Package, machine: Machine<'_>) -> Result<Verdict, Reported> {
        let project = asks_for(self.project(machine, "")?, package);
        let model = Model::build(
            Question { project: &project, catalog: self.catalog, lock: None, others: &[] },
            self.log,
        )?;
        let Some(id) = model.ids.get(&package.name.value).copied() else {
            return Ok(Err("not in the catalogue".to_owned()));
        };
        let count = model.variables[id.index()].candidates.len();
        Ok(self.verdict(model, project.target.span, (id, set(1..u32::try_from(count).unwrap_or(1)))))
    }

    /// Each tag of a base.
    ///
    /// # Errors
    /// A machine that nobody knows.
    pub fn base(&mut self, base: &BaseImage, machine: Machine<'_>) -> Result<Vec<Verdict>, Reported> {
        let node = format!("base {}\n", crate::syntax::quote(&base.name.value));
        let project = self.project(machine, &node)?;
        let model = Model::build(
            Question { project: &project, catalog: self.catalog, lock: None, others: &[] },
            self.log,
        )?;
        let at = model.kinds.iter().position(|one| matches!(one, VariableKind::Base(_)));
        let Some(id) = at.and_then(|at| u32::try_from(at).ok()).map(VariableId) else {
            return Ok(Vec::new());
        };
        let tags = 0..u32::try_from(base.tags.len()).unwrap_or(0);
        Ok(tags.map(|tag| self.verdict(model.clone(), project.target.span, (id, set([tag])))).collect())
    }

    /// Whether a machine runs its release.
    ///
    /// # Errors
    /// A machine or a release that nobody knows.
    pub fn runs(&mut self, machine: Machine<'_>) -> Result<Verdict, Reported> {
        let project = self.project(machine, "")?;
        let mut log = Log::new();
        let question = Question { project: &project, catalog: self.catalog, lock: None, others: &[] };
        if let Ok(model) = Model::build(question, &mut log)
            && !log.has_errors()
        {
            return Ok(self.verdict(model, project.target.span, (VariableId::ROOT, set([0]))));
        }
        let first = log.sorted().into_iter().find(|one| one.severity == Severity::Error).cloned();
        let first = first.expect("a model is missing only where an error was reported");
        if first.code == codes::resolve::NOT_HERE {
            return Ok(Err(first.message));
        }
        Err(self.log.error(first))
    }

    fn verdict(&self, model: Model<'_>, span: Span, wanted: (VariableId, Set)) -> Verdict {
        verdict(model, span, wanted, Places { catalog: self.catalog, sources: self.sources })
    }

    /// A project on that machine.
    fn project(&mut self, machine: Machine<'_>, more: &str) -> Result<Project, Reported> {
        let quote = crate::syntax::quote;
        let place = match (machine.device, machine.platform) {
            (Some(device), _) => format!("device {}", quote(device)),
            (None, Some(platform)) => format!("platform {}", quote(platform)),
            (None, None) => String::new(),
        };
        let text = format!("project \"show\"\ntarget {{ {place} }}\n{more}");
        let fs = crate::fs::Memory::with([("project.kdl", text.as_str())]);
        let stacks = crate::catalog::BuiltinStacks::new();
        let manifest = crate::manifest::load(&fs, "project.kdl", &stacks, self.sources, self.log)?;
        let mut projects = manifest.projects(self.log)?;
        let mut project = projects.remove(0);
        if let Some(release) = machine.release {
            let asked = self.release(&project, release)?;
            project.target.axes.push(asked);
        }
        Ok(project)
    }

    /// The release that a text means: of the axes that a target names, the first that knows it.
    fn release(&mut self, project: &Project, text: &str) -> Result<AxisRequirement, Reported> {
        let span = project.target.span;
        if let Ok(requirement) = Requirement::parse(text) {
            for axis in self.catalog.axes().into_iter().filter(|axis| is_release(axis)) {
                let Ok(meant) = axis.meaning(&requirement) else { continue };
                if axis.versions.iter().any(|one| meant.matches(&one.version)) {
                    let axis = Spanned::new(axis.name.value.clone(), span);
                    return Ok(AxisRequirement {
                        axis,
                        requirement: Spanned::new(requirement, span),
                        like: None,
                    });
                }
            }
        }
        Err(self.log.error(
            Diagnostic::error(
                codes::resolve::UNKNOWN_VERSION,
                format!("unknown release {}", wording::code(text)),
            )
            .at(span, "of this target")
            .help("`jcc list releases` lists the known releases"),
        ))
    }
}

/// Why a project cannot have a package or an axis in this version; nothing where it can.
pub fn why_not(
    project: &Project,
    (name, version): (&Name, &Version),
    catalog: &Catalog,
    sources: &Sources,
) -> Option<String> {
    let question = Question { project, catalog, lock: None, others: &[] };
    let model = Model::build(question, &mut Log::new()).ok()?;
    let id = model.ids.get(name).copied()?;
    let candidates = &model.package_variable(id)?.candidates;
    let places = (0u32..).zip(candidates).filter(|(_, one)| one.version() == Some(version));
    let within = set(places.map(|(place, _)| place));
    let direct = |one: &&Constraint| one.on == id && one.within.is_disjoint(&within);
    if let Some(one) = model.constraints.iter().find(direct).filter(|one| !one.text.is_empty()) {
        return Some(format!("it is excluded by {} ({})", wording::code(&one.text), sources.cite(one.span)));
    }
    let why = verdict(model, project.target.span, (id, within), Places { catalog, sources }).err()?;
    // Other texts name no cause.
    why.starts_with("requires ").then(|| format!("it {why}"))
}

fn verdict(mut model: Model<'_>, span: Span, (on, within): (VariableId, Set), places: Places<'_>) -> Verdict {
    if within.is_empty() {
        return Err(format!("not on {}", model.target.platform));
    }
    let kind = ConstraintKind::Requirement;
    model.constraints.push(Constraint { span, kind, on, within, text: String::new(), requirement: None });
    model.budget = Budget::solving();
    match proven::solve(&model, model.problem(|_| true)) {
        Ok(answer) => Ok(here(Assignment { model: &model, answer: &answer }, on)),
        Err(_) => Err(reason(&model, places)),
    }
}

/// Releases have no kind of their own and nothing to install.
fn is_release(axis: &Package) -> bool {
    axis.install.steps.is_empty()
        && axis.choice.is_none()
        && axis.versions.iter().any(|one| !one.requires.is_empty())
}

/// The project with this package, where it is one that can be asked for.
fn asks_for(mut project: Project, package: &Package) -> Project {
    let span = project.target.span;
    let name = Spanned::new(package.name.value.clone(), span);
    let requirement = Spanned::new(Requirement::any(), span);
    if package.axis.is_some() && package.install.steps.is_empty() {
        project.pins.push(Pin { name, requirement, span });
    } else {
        project.packages.push(Request { name, requirement, variant: None, options: Vec::new(), span });
    }
    project
}

fn here(decided: Assignment<'_, '_>, on: VariableId) -> Availability {
    let model = decided.model;
    let mut axes: Vec<(u32, VariableId, &PackageVariable<'_>)> = Vec::new();
    for id in model.ids.values() {
        let var = model.package_variable(*id);
        let order = var.and_then(|var| var.package.axis.as_ref()).map(|axis| axis.order);
        axes.extend(var.zip(order).filter(|_| *id != on).map(|(var, order)| (order, *id, var)));
    }
    axes.sort_by_key(|(order, ..)| *order);
    let Some((var, candidate)) = decided.candidate(on) else {
        return Availability { version: None, with: Vec::new(), without: Vec::new(), unproven: None };
    };
    let requires = decided.requires(var, candidate);
    let asked = |axis: &PackageVariable<'_>| {
        let names = requires.iter().filter_map(|one| decided.named(&one.name));
        names.into_iter().any(|(other, _)| other.name == axis.name) || axis.is_distribution()
    };
    let with = axes.iter().filter(|(.., axis)| asked(axis)).filter_map(|(_, id, axis)| {
        let (_, chosen) = decided.candidate(*id)?;
        Some((format::title(axis), format::version(axis, chosen)?))
    });
    let has_default = |id: VariableId| !model.variables[id.index()].defaults.is_empty();
    let gone = |(_, id, axis): &&(u32, VariableId, &PackageVariable<'_>)| {
        has_default(*id) && !axis.is_distribution() && decided.candidate(*id).is_none()
    };
    let entry = candidate.entry().map(|index| &var.package.versions[index]);
    Availability {
        version: format::version(var, candidate).filter(|_| !var.package.versions.is_empty()),
        with: with.collect(),
        without: axes.iter().filter(gone).map(|(.., axis)| format::title(axis)).collect(),
        unproven: entry.and_then(|entry| entry.unproven.as_ref()).map(|why| why.value.clone()),
    }
}

/// So many steps are reported.
const STEPS: usize = 3;

/// Why not: what it requires, and what stands against that.
fn reason(model: &Model<'_>, places: Places<'_>) -> String {
    let all: Vec<usize> = (0..model.constraints.len()).collect();
    let explanation = trace::report(model, &all, model.problem(|_| true), places);
    let bare = |line: &String| match line.rsplit_once(" (") {
        Some((line, _)) => line.to_owned(),
        None => line.clone(),
    };
    let steps = explanation.lines.iter().filter(|line| !line.contains(" means ")).map(bare);
    let steps: Vec<String> = steps.take(STEPS).collect();
    if let Some(first) = steps.first() {
        // What is asked for needs no name.
        let subject = first.split_once(" requires ").map(|(subject, _)| format!("{subject} "));
        let subject = subject.as_deref().unwrap_or("the base image ");
        let steps: Vec<&str> = steps.iter().map(|one| one.strip_prefix(subject).unwrap_or(one)).collect();
        return steps.join("; ");
    }
    let device = model.constraints.iter().find(|constraint| constraint.kind == ConstraintKind::Device);
    let runs = device.and_then(|constraint| {
        let name = model.target.device.as_ref()?;
        let title = format::title(model.package_variable(constraint.on)?);
        Some(format!("{name} runs {title} {}", format::versions(model, constraint.on, &constraint.within)))
    });
    runs.unwrap_or_else(|| "no version is suitable".to_owned())
}
