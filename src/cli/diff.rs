//! `jcc diff`.

mod files;
mod json;
mod markdown;
mod sides;
mod summary;
mod text;

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::Compiled;
use crate::diagnostic::{Log, Severity};
use crate::diff::{DiffSide, TargetDiff, compare};
use crate::source::Sources;

use super::args::ReportFormat;
use super::{Exit, Session};
use sides::{OldSide, Sides};

/// The arguments of `jcc diff`.
#[derive(Debug, Clone, Args)]
pub(super) struct DiffArgs {
    /// Git revision (or `OLD..NEW`), or the old manifest or folder [default: the merge base with
    /// `origin`'s default branch, else `HEAD`]
    old: Option<String>,
    /// Manifest or folder to compare [default: `project.kdl` in this folder or the nearest parent folder]
    new: Option<PathBuf>,
    /// Manifest to compare, as an option
    #[arg(long = "file", short = 'f', value_name = "FILE", conflicts_with = "new")]
    file: Option<PathBuf>,
    /// Compare only this target
    #[arg(long, value_name = "NAME")]
    target: Option<String>,
    /// Compare with the committed files instead of compiling the old manifest again
    #[arg(long)]
    as_committed: bool,
    /// Show only this part
    #[arg(long, value_enum, value_name = "PART")]
    only: Option<DiffPart>,
    /// Exit with 3 if anything differs
    #[arg(long)]
    exit_code: bool,
    /// Output format
    #[arg(long, value_enum, default_value_t = DiffFormat::Text)]
    format: DiffFormat,
}

/// A part of the report that can be shown alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DiffPart {
    /// One line per changed version
    Versions,
}

/// The format of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DiffFormat {
    /// For people
    Text,
    /// For programs
    Json,
    /// For a comment on a pull request
    Markdown,
}

/// A finished comparison.
struct Comparison<'a> {
    /// The project's name.
    project: &'a str,
    /// The manifest as the user names it.
    manifest: &'a str,
    /// The names of the sides, such as `6f2a1c0` and `working tree`.
    from: String,
    to: String,
    /// The changed targets, in the order of the manifest. Targets with the same change are in one group.
    groups: Vec<DiffGroup>,
    /// The generated files that differ: path, old text, new text.
    files: Vec<(String, String, String)>,
}

/// Targets with the same change.
struct DiffGroup {
    targets: Vec<String>,
    diff: TargetDiff,
}

pub(super) fn run(session: &mut Session<'_, '_>, args: &DiffArgs) -> Exit {
    let sides = match Sides::of(session, args) {
        Ok(sides) => sides,
        Err(exit) => return exit,
    };
    let target = args.target.as_deref();
    let new = crate::compile(sides.new_input(target), &mut session.sources, &mut session.log);
    let Ok(new) = new.map(super::session::leak) else {
        session.report(ReportFormat::Text);
        return Exit::Problems;
    };
    let new_warnings = warnings(&session.log);
    let old = match old_side(session, &sides, args) {
        Ok(old) => old,
        Err(exit) => return exit,
    };
    let new =
        CompiledSide { compiled: new, sources: std::mem::take(&mut session.sources), warnings: new_warnings };
    let diffs = targets(old.as_ref(), &new, &sides.files);
    let groups = grouped(diffs.into_iter().filter(|diff| !diff.is_empty()));
    let comparison = Comparison {
        project: new
            .compiled
            .resolved
            .targets
            .first()
            .map_or("", |(project, _)| project.header.name.as_str()),
        manifest: &sides.shown,
        from: sides.from.clone(),
        to: sides.to.clone(),
        groups,
        files: files(old.as_ref(), &new),
    };
    let exit = match (args.only, args.format) {
        (Some(DiffPart::Versions), DiffFormat::Text) => session.print(&text::versions(&comparison)),
        (_, DiffFormat::Text) => session.print(&text::report(&comparison)),
        (_, DiffFormat::Json) => session.print_json(&json::report(&comparison)),
        (_, DiffFormat::Markdown) => session.print(&markdown::report(&comparison)),
    };
    let differs = !comparison.groups.is_empty() || !comparison.files.is_empty();
    if exit == Exit::Done && args.exit_code && differs { Exit::Stale } else { exit }
}

/// A compiled side.
struct CompiledSide<'a> {
    compiled: &'a Compiled,
    sources: Sources,
    warnings: BTreeSet<String>,
}

/// Compiles the old side. Returns `None` if it does not have the manifest.
fn old_side(
    session: &mut Session<'_, '_>,
    sides: &Sides,
    args: &DiffArgs,
) -> Result<Option<CompiledSide<'static>>, Exit> {
    let OldSide { fs, manifest, shown, .. } = &sides.old;
    if fs.kind(manifest).is_none() {
        return Ok(None);
    }
    let (mut sources, mut log) = (Sources::new(), Log::new());
    sources.set_folder(shown.clone());
    let input = crate::Input { fs: fs.as_ref(), manifest, target: None, lock: super::session::LOCK };
    let Ok(mut compiled) = crate::compile(input, &mut sources, &mut log) else {
        (session.sources, session.log) = (sources, log);
        session.report(ReportFormat::Text);
        let help = "compare with a revision whose manifest compiles, or with `--as-committed` and `git diff`";
        return Err(
            session.input_error(&format!("the manifest of {shown} does not compile"), Some(help.to_owned()))
        );
    };
    if args.as_committed {
        for (path, text) in &mut compiled.artifacts {
            *text =
                fs.read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
        }
    }
    if let Some(target) = &args.target {
        compiled.resolved.targets.retain(|(project, _)| project.target.name.as_str() == target);
        compiled.planned.retain(|planned| planned.services.target == *target);
    }
    let warnings = warnings(&log);
    Ok(Some(CompiledSide { compiled: super::session::leak(compiled), sources, warnings }))
}

/// Returns the warnings in a log, as `CODE: message`.
fn warnings(log: &Log) -> BTreeSet<String> {
    let all = log.sorted();
    let warnings = all.iter().filter(|one| one.severity == Severity::Warning);
    warnings.map(|one| format!("{}: {}", one.code, one.message)).collect()
}

fn targets(
    old: Option<&CompiledSide<'_>>,
    new: &CompiledSide<'_>,
    files: &dyn crate::diff::ContextFiles,
) -> Vec<TargetDiff> {
    let before: Vec<DiffSide<'_>> = old.map(of_targets).unwrap_or_default();
    let after = of_targets(new);
    let name = |side: &DiffSide<'_>| side.resolution.target.name.to_string();
    let catalog = &new.compiled.resolved.catalog;
    let mut all: Vec<TargetDiff> = after
        .iter()
        .map(|new| compare(before.iter().find(|old| name(old) == name(new)).copied(), *new, catalog, files))
        .collect();
    let removed = before.iter().filter(|old| after.iter().all(|new| name(new) != name(old)));
    all.extend(removed.map(|old| TargetDiff::removed(&name(old))));
    all
}

fn of_targets<'a>(side: &'a CompiledSide<'_>) -> Vec<DiffSide<'a>> {
    let compiled = side.compiled;
    let targets = compiled.resolved.targets.iter().zip(&compiled.planned);
    targets
        .map(|((project, resolution), planned)| DiffSide {
            project,
            resolution,
            planned,
            artifacts: &compiled.artifacts,
            sources: &side.sources,
            warnings: &side.warnings,
        })
        .collect()
}

fn grouped(diffs: impl Iterator<Item = TargetDiff>) -> Vec<DiffGroup> {
    let mut groups: Vec<DiffGroup> = Vec::new();
    for diff in diffs {
        match groups.iter_mut().find(|group| group.diff.is_same_change(&diff)) {
            Some(group) => group.targets.push(diff.target),
            None => groups.push(DiffGroup { targets: vec![diff.target.clone()], diff }),
        }
    }
    groups
}

fn files(old: Option<&CompiledSide<'_>>, new: &CompiledSide<'_>) -> Vec<(String, String, String)> {
    let empty = crate::render::Artifacts::new();
    let before = old.map_or(&empty, |old| &old.compiled.artifacts);
    let after = &new.compiled.artifacts;
    let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let text = |of: &crate::render::Artifacts, path: &str| of.get(path).cloned().unwrap_or_default();
    let pairs = paths.into_iter().map(|path| (path.clone(), text(before, path), text(after, path)));
    pairs.filter(|(_, old, new)| old != new).collect()
}
