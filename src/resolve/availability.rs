//! Finds out what is available on a machine. Each version, package or base image is resolved on its own.

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

/// The machine that the query is about.
#[derive(Debug, Clone, Copy, Default)]
pub struct Machine<'a> {
    /// A device of the catalogue.
    pub device: Option<&'a str>,
    pub platform: Option<&'a str>,
    /// The release that it runs, as a version of any release axis: `6.2`, `36.4.3`.
    pub release: Option<&'a str>,
}

/// The version of something available, and what it goes with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Availability {
    /// The version as manifests write it; `None` if it has none.
    pub version: Option<String>,
    /// The titles and versions of the axes that it requires.
    pub with: Vec<(String, String)>,
    /// The titles of axes that the platform has by default, but not together with this.
    pub without: Vec<String>,
    /// Why it is unproven.
    pub unproven: Option<String>,
}

/// What is available, or why nothing is.
pub type Verdict = Result<Availability, String>;

/// Answers queries about what is available on a machine.
pub struct AvailabilityQuery<'a> {
    pub catalog: &'a Catalog,
    pub sources: &'a mut Sources,
    /// Receives the report of an unknown machine.
    pub log: &'a mut Log,
}

impl AvailabilityQuery<'_> {
    /// Checks each version of a package, in the order of its definition.
    ///
    /// # Errors
    /// The machine is unknown.
    pub fn versions(
        &mut self,
        package: &Package,
        machine: Machine<'_>,
    ) -> Result<Vec<(Version, Verdict)>, Reported> {
        let project = self.project(machine, "")?;
        let project = with_request(project, package);
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

    /// Checks whether any version of a package is available.
    ///
    /// # Errors
    /// The machine is unknown.
    pub fn package(&mut self, package: &Package, machine: Machine<'_>) -> Result<Verdict, Reported> {
        let project = with_request(self.project(machine, "")?, package);
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

    /// Checks each tag of a base image.
    ///
    /// # Errors
    /// The machine is unknown.
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

    /// Checks whether the machine can run its release.
    ///
    /// # Errors
    /// The machine or the release is unknown.
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

    /// Returns a project without packages for this machine. `more` is appended to the text of its manifest.
    fn project(&mut self, machine: Machine<'_>, more: &str) -> Result<Project, Reported> {
        let quote = crate::syntax::quote;
        let place = match (machine.device, machine.platform) {
            (Some(device), _) => format!("device {}", quote(device)),
            (None, Some(platform)) => format!("platform {}", quote(platform)),
            (None, None) => String::new(),
        };
        let text = format!("project \"show\"\ntarget {{ {place} }}\n{more}");
        let fs = crate::fs::Memory::with([("project.kdl", text.as_str())]);
        let stacks = crate::builtin::BuiltinStacks::new();
        let manifest = crate::manifest::load(&fs, "project.kdl", &stacks, self.sources, self.log)?;
        let mut projects = manifest.projects(self.log)?;
        let mut project = projects.remove(0);
        if let Some(release) = machine.release {
            let asked = self.release(&project, release)?;
            project.target.axes.push(asked);
        }
        Ok(project)
    }

    /// Finds the release that a text refers to: the first release axis with such a version.
    fn release(&mut self, project: &Project, text: &str) -> Result<AxisRequirement, Reported> {
        let span = project.target.span;
        if let Ok(requirement) = Requirement::parse(text) {
            for axis in self.catalog.axes().into_iter().filter(|axis| is_release(axis)) {
                let Ok(matcher) = axis.meaning(&requirement) else { continue };
                if axis.versions.iter().any(|one| matcher.matches(&one.version)) {
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

/// Explains why a project cannot have this version of a package or axis. Returns `None` if it can, or if
/// there is no specific cause.
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
    // Texts of other forms do not state a cause.
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
        Ok(answer) => Ok(availability(Assignment { model: &model, answer: &answer }, on)),
        Err(_) => Err(reason(&model, places)),
    }
}

/// Whether an axis is a release: nothing is installed for it, it is not a choice such as the distribution,
/// and its versions require others.
fn is_release(axis: &Package) -> bool {
    axis.install.steps.is_empty()
        && axis.choice.is_none()
        && axis.versions.iter().any(|one| !one.requires.is_empty())
}

/// Adds a request for a package to a project, or a pin if it is an axis with nothing to install.
fn with_request(mut project: Project, package: &Package) -> Project {
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

/// Describes the chosen candidate of a variable.
fn availability(decided: Assignment<'_, '_>, on: VariableId) -> Availability {
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
    let is_missing = |(_, id, axis): &&(u32, VariableId, &PackageVariable<'_>)| {
        has_default(*id) && !axis.is_distribution() && decided.candidate(*id).is_none()
    };
    let entry = candidate.entry().map(|index| &var.package.versions[index]);
    Availability {
        version: format::version(var, candidate).filter(|_| !var.package.versions.is_empty()),
        with: with.collect(),
        without: axes.iter().filter(is_missing).map(|(.., axis)| format::title(axis)).collect(),
        unproven: entry.and_then(|entry| entry.unproven.as_ref()).map(|why| why.value.to_string()),
    }
}

/// The maximum number of derivation steps that are reported.
const STEPS: usize = 3;

/// Explains in one line why a model has no solution.
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
        // The caller names the package already.
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
