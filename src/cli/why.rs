//! `jcc why`: prints every path from the manifest to a package, a stage, a system package or a download.

use serde_json::json;

use crate::catalog::{Catalog, RequireStage};
use crate::manifest::Project;
use crate::plan::{self, FetchKind, Fetched, Instruction, Plan, Script};
use crate::resolve::{Reason, Resolution};
use crate::source::Sources;
use crate::value::{Name, Parse, PepRequirement};

use super::args::{Format, ManifestArgs};
use super::{Exit, Session};

/// The largest number of paths that are printed for each target.
const MAX_PATHS: usize = 50;

pub(super) fn run(session: &mut Session<'_, '_>, name: &str, input: &ManifestArgs, format: Format) -> Exit {
    let compiled = match session.compile_for_answer(input) {
        Ok(compiled) => compiled,
        Err(exit) => return exit,
    };
    let resolved = &compiled.resolved;
    let sources = std::mem::take(&mut session.sources);
    let mut found: Vec<(String, Vec<Vec<String>>)> = Vec::new();
    for ((project, resolution), planned) in resolved.targets.iter().zip(&compiled.planned) {
        let plan = &planned.plan;
        let finder = PathFinder { project, resolution, plan, catalog: &resolved.catalog, sources: &sources };
        let paths = finder.paths(name);
        if !paths.is_empty() {
            found.push((resolution.target.name.to_string(), paths));
        }
    }
    if found.is_empty() {
        let names = resolved.targets.iter().flat_map(|(_, one)| one.chosen.keys()).map(Name::as_str);
        let help = crate::diagnostic::wording::did_you_mean(name, names)
            .unwrap_or_else(|| "`jcc resolve` shows the selected versions".to_owned());
        return session.input_error(
            &format!("nothing requires {}", crate::diagnostic::wording::code(name)),
            Some(help),
        );
    }
    match format {
        Format::Json => {
            let all: Vec<_> =
                found.iter().map(|(target, paths)| json!({ "target": target, "paths": paths })).collect();
            session.print_json(&json!(all))
        }
        Format::Text => {
            let mut out = String::new();
            let several = resolved.targets.len() > 1;
            let indent = if several { "  " } else { "" };
            for (target, paths) in &found {
                if several {
                    out.push_str(&format!("{target}:\n"));
                }
                for path in paths.iter().take(MAX_PATHS) {
                    out.push_str(&format!("{indent}{}\n", path.join(" -> ")));
                }
                if paths.len() > MAX_PATHS {
                    out.push_str(&format!("{indent}… and {} more\n", paths.len() - MAX_PATHS));
                }
            }
            session.print(&out)
        }
    }
}

/// Finds paths in one target.
struct PathFinder<'a> {
    project: &'a Project,
    resolution: &'a Resolution,
    plan: &'a Plan,
    catalog: &'a Catalog,
    sources: &'a Sources,
}

impl PathFinder<'_> {
    /// Returns the paths to a package, an axis, a stage, a system or Python package or another download. Each
    /// path begins with a reason in the manifest or the platform.
    fn paths(&self, name: &str) -> Vec<Vec<String>> {
        let package = self.catalog.package(name).map(|package| package.name.value.clone());
        if let Some(package) = package.filter(|package| self.resolution.chosen.contains_key(package)) {
            return self.to_chosen(&package, &mut vec![package.clone()]);
        }
        if self.plan.stage(name).is_some() {
            return self.to_stage(name);
        }
        let fetches: Vec<&Fetched> = self.plan.fetches.iter().filter(|one| is_named(one, name)).collect();
        let mut all: Vec<Vec<String>> = fetches.iter().flat_map(|one| self.to_fetch(one, name)).collect();
        // A stage also installs system packages that it needs itself and that are not listed as fetches of a
        // package.
        let stages = self.plan.stages.iter().filter(|stage| fetches.is_empty() && installs(stage, name));
        for stage in stages {
            let paths = self.to_stage(stage.name.as_str()).into_iter();
            all.extend(paths.map(|path| with(path, format!("apt {name}"))));
        }
        all.sort();
        all.dedup();
        all
    }

    fn to_fetch(&self, fetch: &Fetched, name: &str) -> Vec<Vec<String>> {
        let kind = match fetch.kind {
            FetchKind::Apt => "apt",
            FetchKind::Pip => "pip",
            FetchKind::Image => "image",
            FetchKind::Key => "key of",
            FetchKind::File | FetchKind::Git => "download of",
            FetchKind::Archive => "archive",
            FetchKind::Index => "index",
            FetchKind::Run | FetchKind::Unseen => "command",
        };
        let end = match fetch.stage.as_str() {
            "final" => format!("{kind} {name}"),
            stage => format!("{kind} {name} in {stage}"),
        };
        match (&fetch.package, fetch.place) {
            (Some(package), _) => {
                let paths = self.to_chosen(package, &mut vec![package.clone()]);
                paths.into_iter().map(|path| with(path, end.clone())).collect()
            }
            (None, Some(place)) => vec![vec![format!("requested ({})", self.sources.place(place)), end]],
            (None, None) => {
                self.to_stage(fetch.stage.as_str()).into_iter().map(|path| with(path, end.clone())).collect()
            }
        }
    }

    /// Returns the paths to a stage: those to the package that it builds, else the node that requests it,
    /// else those to the stages that copy from it.
    fn to_stage(&self, stage: &str) -> Vec<Vec<String>> {
        let end = stage.to_owned();
        let owner = stage.split_once('-').and_then(|(_, owner)| Name::parse(owner).ok());
        let place = self.plan.stage(stage).and_then(|stage| stage.why.place);
        let edges = plan::edges(&self.plan.stages);
        let mut users =
            edges.iter().filter(|(_, from)| from.as_str() == stage).map(|(user, _)| user).peekable();
        let paths = match (owner.filter(|owner| self.resolution.chosen.contains_key(owner)), place) {
            (Some(owner), _) => self.to_chosen(&owner, &mut vec![owner.clone()]),
            (None, Some(place)) => vec![vec![format!("requested ({})", self.sources.place(place))]],
            (None, None) if users.peek().is_none() => {
                vec![vec![format!("the project ({})", self.sources.place(self.project.header.name.span))]]
            }
            (None, None) => users.flat_map(|user| self.to_stage(user.as_str())).collect(),
        };
        paths.into_iter().map(|path| with(path, end.clone())).collect()
    }

    /// Returns the paths to a chosen axis or package. `open` are the names on the path that is being
    /// followed, to stop at cycles.
    fn to_chosen(&self, name: &Name, open: &mut Vec<Name>) -> Vec<Vec<String>> {
        let chosen = &self.resolution.chosen[name];
        let shown = if chosen.version.as_str() == "0" {
            name.to_string()
        } else {
            format!("{name} {}", chosen.version)
        };
        let mut all: Vec<Vec<String>> = Vec::new();
        for reason in &chosen.reasons {
            match reason {
                Reason::RequiredBy { name: dependent, .. } => {
                    if open.contains(dependent) || !self.resolution.chosen.contains_key(dependent) {
                        continue;
                    }
                    open.push(dependent.clone());
                    let to_build = self.resolution.chosen[dependent]
                        .requires
                        .iter()
                        .any(|(other, stage)| other == name && *stage == RequireStage::Build);
                    for mut path in self.to_chosen(dependent, open) {
                        path.push(if to_build { format!("{shown} (to build)") } else { shown.clone() });
                        all.push(path);
                    }
                    open.pop();
                }
                other => {
                    let reasons = super::resolve::reasons(std::slice::from_ref(other), self.sources);
                    all.extend(reasons.into_iter().map(|reason| vec![reason, shown.clone()]));
                }
            }
        }
        all.sort();
        all.dedup();
        all
    }
}

fn with(mut path: Vec<String>, end: String) -> Vec<String> {
    path.push(end);
    path
}

/// Whether a stage installs this system package.
fn installs(stage: &plan::Stage, name: &str) -> bool {
    let instructions = stage.blocks.iter().flat_map(|block| &block.instructions);
    let runs =
        instructions.filter_map(|each| if let Instruction::Run(run) = each { Some(run) } else { None });
    runs.flat_map(|run| &run.script).any(|script| match script {
        Script::Apt(apt) => apt.packages.iter().any(|package| package.name() == name),
        _ => false,
    })
}

/// Whether this is the name of a fetch: the name of a system or Python package, the file name or distribution
/// of a download, or the name of a repository.
fn is_named(fetch: &Fetched, name: &str) -> bool {
    let is_same = |other: &str| normalised(other) == normalised(name);
    let file = fetch.what.rsplit('/').next().unwrap_or_default();
    match fetch.kind {
        FetchKind::Apt => fetch.what.split(['=', ':']).next() == Some(name),
        FetchKind::Pip => PepRequirement::parse(&fetch.what).is_ok_and(|spec| is_same(spec.name())),
        FetchKind::Key
        | FetchKind::Image
        | FetchKind::Archive
        | FetchKind::Index
        | FetchKind::Run
        | FetchKind::Unseen => fetch.what == name,
        FetchKind::File => file == name || file.split('-').next().is_some_and(is_same),
        FetchKind::Git => file.trim_end_matches(".git") == name,
    }
}

/// Normalises the name of a Python package for comparison.
fn normalised(name: &str) -> String {
    name.to_ascii_lowercase().replace(['_', '.'], "-")
}
