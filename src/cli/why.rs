//! `jcc why`: every path from the manifest to something that the image holds.

use serde_json::json;

use crate::catalog::{Catalog, Stage, StepKind};
use crate::manifest::Project;
use crate::resolve::{Because, Resolution};
use crate::source::Sources;
use crate::value::Name;

use super::args::{Format, Input};
use super::{Exit, Session};

/// So many paths are shown.
const SHOWN: usize = 50;

/// Shows the paths.
pub(super) fn run(session: &mut Session<'_, '_>, name: &str, input: &Input, format: Format) -> Exit {
    let resolved = match session.resolve(input) {
        Ok(resolved) => resolved,
        Err(exit) => return exit,
    };
    let sources = std::mem::take(&mut session.sources);
    let mut found: Vec<(String, Vec<Vec<String>>)> = Vec::new();
    for (project, resolution) in &resolved.targets {
        let looked = Looked { project, resolution, catalog: &resolved.catalog, sources: &sources };
        let paths = looked.paths(name);
        if !paths.is_empty() {
            found.push((resolution.target.name.to_string(), paths));
        }
    }
    if found.is_empty() {
        let names = resolved.targets.iter().flat_map(|(_, one)| one.chosen.keys()).map(Name::as_str);
        let help = crate::diagnostic::wording::did_you_mean(name, names)
            .unwrap_or_else(|| "`jcc resolve` shows what is chosen".to_owned());
        return session.unknown(&format!("nothing asks for `{name}`"), Some(help));
    }
    match format {
        Format::Json => {
            let all: Vec<_> =
                found.iter().map(|(target, paths)| json!({ "target": target, "paths": paths })).collect();
            session.print_json(&json!(all))
        }
        Format::Text => {
            let mut out = String::new();
            for (target, paths) in &found {
                out.push_str(&format!("{target}:\n"));
                for path in paths.iter().take(SHOWN) {
                    out.push_str(&format!("  {}\n", path.join(" -> ")));
                }
                if paths.len() > SHOWN {
                    out.push_str(&format!("  … and {} more\n", paths.len() - SHOWN));
                }
            }
            session.print(&out)
        }
    }
}

struct Looked<'a> {
    project: &'a Project,
    resolution: &'a Resolution,
    catalog: &'a Catalog,
    sources: &'a Sources,
}

impl Looked<'_> {
    /// The paths to a package or an axis, to a build stage, or to a system package; each begins in the manifest.
    fn paths(&self, word: &str) -> Vec<Vec<String>> {
        let stage = word.strip_prefix("build-").unwrap_or(word);
        let named = self.catalog.package(stage).map(|package| package.name.value.clone());
        if let Some(name) = named.filter(|name| self.resolution.chosen.contains_key(name)) {
            return self.to_thing(&name, &mut vec![name.clone()]);
        }
        let mut all = Vec::new();
        for install in self.project.apt.install.iter().filter(|one| one.package.value.name() == word) {
            all.push(vec![format!("apt ({})", self.sources.cite(install.package.span)), word.to_owned()]);
        }
        for name in self.resolution.chosen.keys() {
            if self.installs(name, word) {
                for mut path in self.to_thing(name, &mut vec![name.clone()]) {
                    path.push(format!("apt {word}"));
                    all.push(path);
                }
            }
        }
        all
    }

    fn to_thing(&self, name: &Name, open: &mut Vec<Name>) -> Vec<Vec<String>> {
        let chosen = &self.resolution.chosen[name];
        let shown = if chosen.version.as_str() == "0" {
            name.to_string()
        } else {
            format!("{name} {}", chosen.version)
        };
        let mut all: Vec<Vec<String>> = Vec::new();
        for because in &chosen.because {
            match because {
                Because::RequiredBy { name: holder, .. } => {
                    if open.contains(holder) || !self.resolution.chosen.contains_key(holder) {
                        continue;
                    }
                    open.push(holder.clone());
                    let to_build = self.resolution.chosen[holder]
                        .requires
                        .iter()
                        .any(|(other, stage)| other == name && *stage == Stage::Build);
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

    /// Whether the definition of a chosen package installs this system package, as far as its text says.
    fn installs(&self, name: &Name, word: &str) -> bool {
        let Some(package) = self.catalog.package(name.as_str()) else { return false };
        let steps = package.install.steps.iter().chain(package.build.iter().flat_map(|build| &build.steps));
        steps.into_iter().any(|step| match &step.kind {
            StepKind::Apt(packages) => packages.iter().any(|one| one.text == word),
            _ => false,
        })
    }
}
