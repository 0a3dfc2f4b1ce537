//! What of a package can be had on a machine: each entry is asked for by itself.

use crate::catalog::{Catalog, Package};
use crate::diagnostic::{Log, Told};
use crate::manifest::Project;
use crate::source::{Sources, Spanned};

use super::model::{Candidate, Fact, FactKind, Model, Question};
use super::problem::set;
use super::provider::solve;
use super::story;

/// The machine that is asked about.
#[derive(Debug, Clone, Copy)]
pub struct Machine<'a> {
    /// A device of the catalogue.
    pub device: Option<&'a str>,
    /// Or a platform.
    pub platform: Option<&'a str>,
}

/// For each entry of a package's versions: nothing where it can be had, else why not.
///
/// # Errors
/// A machine that nobody knows.
pub fn entries(
    package: &Package,
    machine: Machine<'_>,
    catalog: &Catalog,
    sources: &mut Sources,
    log: &mut Log,
) -> Result<Vec<Option<String>>, Told> {
    let project = project(package, machine, sources, log)?;
    let model = Model::build(Question { project: &project, catalog, lock: None }, log)?;
    let Some(id) = model.ids.get(&package.name.value).copied() else {
        return Ok(vec![None; package.versions.len()]);
    };
    let candidates = model.thing(id).map(|thing| thing.candidates.clone()).unwrap_or_default();
    let mut verdicts = vec![Some("not on this platform".to_owned()); package.versions.len()];
    for (place, candidate) in (0u32..).zip(&candidates) {
        let Candidate::Entry { index, .. } = candidate else { continue };
        let mut asked = model.clone();
        asked.facts.push(Fact {
            span: project.target.span,
            kind: FactKind::Requirement,
            on: id,
            within: set([place]),
            text: String::new(),
            requirement: None,
        });
        let everything: Vec<usize> = (0..asked.facts.len()).collect();
        verdicts[*index] = match solve(&asked.problem(|_| true)) {
            Ok(_) => None,
            Err(_) => Some(reason(&asked, &everything, sources)),
        };
    }
    Ok(verdicts)
}

/// The step of the chain that says most: the last one, without the place.
fn reason(model: &Model<'_>, facts: &[usize], sources: &Sources) -> String {
    let story = story::tell(model, facts, model.problem(|_| true), sources);
    let line = story.lines.first().map_or("nothing fits", String::as_str);
    let line = line.rsplit_once(" (").map_or(line, |(line, _)| line);
    line.split_once(" requires ").map_or_else(|| line.to_owned(), |(_, rest)| format!("requires {rest}"))
}

/// A project that asks for this package on that machine.
fn project(
    package: &Package,
    machine: Machine<'_>,
    sources: &mut Sources,
    log: &mut Log,
) -> Result<Project, Told> {
    let quote = crate::syntax::quote;
    let place = match (machine.device, machine.platform) {
        (Some(device), _) => format!("device {}", quote(device)),
        (None, Some(platform)) => format!("platform {}", quote(platform)),
        (None, None) => String::new(),
    };
    let text = format!("project \"show\"\ntarget {{ {place} }}\n");
    let world = crate::world::Memory::with([("project.kdl", text.as_str())]);
    let stacks = crate::catalog::BuiltinStacks::new();
    let manifest = crate::manifest::load(&world, "project.kdl", &stacks, sources, log)?;
    let mut projects = manifest.projects(log)?;
    let mut project = projects.remove(0);
    let span = project.target.span;
    let name = Spanned::new(package.name.value.clone(), span);
    let any = Spanned::new(crate::value::Requirement::any(), span);
    if package.axis.is_some() {
        project.pins.push(crate::manifest::Pin { name, requirement: any, span });
    } else {
        project.packages.push(crate::manifest::Request {
            name,
            requirement: any,
            variant: None,
            options: Vec::new(),
            span,
        });
    }
    Ok(project)
}
