//! `jcc why`: every path from the manifest to something that the image holds.

use serde_json::json;

use crate::catalog::{Catalog, RequireStage};
use crate::manifest::Project;
use crate::plan::{self, FetchKind, Fetched, Instruction, Plan, Script};
use crate::resolve::{Reason, Resolution};
use crate::source::Sources;
use crate::value::{Name, Parse, PepRequirement};

use super::args::{Format, ManifestArgs};
use super::{Exit, Session};

/// So many paths are shown.
const SHOWN: usize = 50;

pub(super) fn run(session: &mut Session<'_, '_>, name: &str, input: &ManifestArgs, format: Format) -> Exit {
    let compiled = match session.compile(input) {
        Ok(compiled) => compiled,
        Err(exit) => return exit,
    };
    let resolved = &compiled.resolved;
    let sources = std::mem::take(&mut session.sources);
    let mut found: Vec<(String, Vec<Vec<String>>)> = Vec::new();
    for ((project, resolution), planned) in resolved.targets.iter().zip(&compiled.planned) {
        let plan = &planned.plan;
        let looked = Looked { project, resolution, plan, catalog: &resolved.catalog, sources: &sources };
        let paths = looked.paths(name);
        if !paths.is_empty() {
            found.push((resolution.target.name.to_string(), paths));
        }
    }
    if found.is_empty() {
        let names = resolved.targets.iter().flat_map(|(_, one)| one.chosen.keys()).map(Name::as_str);
        let help = crate::diagnostic::wording::did_you_mean(name, names)
            .unwrap_or_else(|| "`jcc resolve` shows the selected versions".to_owned());
        return session
            .unknown(&format!("nothing requires {}", crate::diagnostic::wording::code(name)), Some(help));
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
                for path in paths.iter().take(SHOWN) {
                    out.push_str(&format!("{indent}{}\n", path.join(" -> ")));
                }
                if paths.len() > SHOWN {
                    out.push_str(&format!("{indent}… and {} more\n", paths.len() - SHOWN));
                }
            }
            session.print(&out)
        }
    }
}

struct Looked<'a> {
    project: &'a Project,
    resolution: &'a Resolution,
    plan: &'a Plan,
    catalog: &'a Catalog,
    sources: &'a Sources,
}

impl Looked<'_> {
    /// The paths to a package or an axis, to a stage, to a system or Python package; each begins in the manifest.
    fn paths(&self, word: &str) -> Vec<Vec<String>> {
        let named = self.catalog.package(word).map(|package| package.name.value.clone());
        if let Some(name) = named.filter(|name| self.resolution.chosen.contains_key(name)) {
            return self.to_thing(&name, &mut vec![name.clone()]);
        }
        if self.plan.stage(word).is_some() {
            return self.to_stage(word);
        }
        let fetched: Vec<&Fetched> = self.plan.fetches.iter().filter(|one| is_named(one, word)).collect();
        let mut all: Vec<Vec<String>> = fetched.iter().flat_map(|one| self.to_fetched(one, word)).collect();
        // What a stage needs of itself, no package asks for.
        let stages = self.plan.stages.iter().filter(|stage| fetched.is_empty() && installs(stage, word));
        for stage in stages {
            let paths = self.to_stage(stage.name.as_str()).into_iter();
            all.extend(paths.map(|path| with(path, format!("apt {word}"))));
        }
        all.sort();
        all.dedup();
        all
    }

    fn to_fetched(&self, one: &Fetched, word: &str) -> Vec<Vec<String>> {
        let kind = match one.kind {
            FetchKind::Apt => "apt",
            FetchKind::Pip => "pip",
            FetchKind::Image => "image",
            FetchKind::Key => "key of",
            FetchKind::File | FetchKind::Git => "download of",
            FetchKind::Archive => "archive",
            FetchKind::Index => "index",
            FetchKind::Run | FetchKind::Unseen => "command",
        };
        let end = match one.stage.as_str() {
            "final" => format!("{kind} {word}"),
            stage => format!("{kind} {word} in {stage}"),
        };
        match (&one.package, one.place) {
            (Some(name), _) => {
                let paths = self.to_thing(name, &mut vec![name.clone()]);
                paths.into_iter().map(|path| with(path, end.clone())).collect()
            }
            (None, Some(place)) => vec![vec![format!("requested ({})", self.sources.place(place)), end]],
            (None, None) => {
                self.to_stage(one.stage.as_str()).into_iter().map(|path| with(path, end.clone())).collect()
            }
        }
    }

    /// The paths to a stage: over the package that it is of, the node that asks for it, or the stages that take from it.
    fn to_stage(&self, stage: &str) -> Vec<Vec<String>> {
        let end = stage.to_owned();
        let owner = stage.split_once('-').and_then(|(_, owner)| Name::parse(owner).ok());
        let place = self.plan.stage(stage).and_then(|stage| stage.why.place);
        let takers = plan::edges(&self.plan.stages);
        let mut takers =
            takers.iter().filter(|(_, from)| from.as_str() == stage).map(|(taker, _)| taker).peekable();
        let paths = match (owner.filter(|owner| self.resolution.chosen.contains_key(owner)), place) {
            (Some(owner), _) => self.to_thing(&owner, &mut vec![owner.clone()]),
            (None, Some(place)) => vec![vec![format!("requested ({})", self.sources.place(place))]],
            (None, None) if takers.peek().is_none() => {
                vec![vec![format!("the project ({})", self.sources.place(self.project.header.name.span))]]
            }
            (None, None) => takers.flat_map(|taker| self.to_stage(taker.as_str())).collect(),
        };
        paths.into_iter().map(|path| with(path, end.clone())).collect()
    }

    fn to_thing(&self, name: &Name, open: &mut Vec<Name>) -> Vec<Vec<String>> {
        let chosen = &self.resolution.chosen[name];
        let shown = if chosen.version.as_str() == "0" {
            name.to_string()
        } else {
            format!("{name} {}", chosen.version)
        };
        let mut all: Vec<Vec<String>> = Vec::new();
        for reason in &chosen.reasons {
            match reason {
                Reason::RequiredBy { name: holder, .. } => {
                    if open.contains(holder) || !self.resolution.chosen.contains_key(holder) {
                        continue;
                    }
                    open.push(holder.clone());
                    let to_build = self.resolution.chosen[holder]
                        .requires
                        .iter()
                        .any(|(other, stage)| other == name && *stage == RequireStage::Build);
                    for mut path in self.to_thing(holder, open) {
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

/// Whether a stage's own transactions of system packages have this one.
fn installs(stage: &plan::Stage, word: &str) -> bool {
    let instructions = stage.blocks.iter().flat_map(|block| &block.instructions);
    let runs =
        instructions.filter_map(|each| if let Instruction::Run(run) = each { Some(run) } else { None });
    runs.flat_map(|run| &run.script).any(|script| match script {
        Script::Apt(apt) => apt.packages.iter().any(|package| package.name() == word),
        _ => false,
    })
}

/// Whether a fetch is known by this word: a package by its name, a download by that of its file or distribution.
fn is_named(one: &Fetched, word: &str) -> bool {
    let same = |name: &str| plain(name) == plain(word);
    let file = one.what.rsplit('/').next().unwrap_or_default();
    match one.kind {
        FetchKind::Apt => one.what.split(['=', ':']).next() == Some(word),
        FetchKind::Pip => PepRequirement::parse(&one.what).is_ok_and(|spec| same(spec.name())),
        FetchKind::Key
        | FetchKind::Image
        | FetchKind::Archive
        | FetchKind::Index
        | FetchKind::Run
        | FetchKind::Unseen => one.what == word,
        FetchKind::File => file == word || file.split('-').next().is_some_and(same),
        FetchKind::Git => file.trim_end_matches(".git") == word,
    }
}

/// A Python package's name as indexes compare it.
fn plain(name: &str) -> String {
    name.to_ascii_lowercase().replace(['_', '.'], "-")
}
