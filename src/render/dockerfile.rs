//! The Dockerfile: the values of its template.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::{Value, context};

use crate::plan::{From, Head, Instruction, Plan, Stage, Why};

use super::exceptions;
use super::instruction::{Rendered, instruction};
use super::quote;
use super::templates::Templates;

/// The `SHELL` instruction: bash that exits if a command or a part of a pipe fails, or a variable is unset.
const SHELL: [&str; 4] = ["/bin/bash", "-euo", "pipefail", "-c"];

/// Renders the Dockerfile of a target.
pub fn dockerfile(plan: &Plan) -> String {
    let templates = Templates::all();
    let mut exceptions = BTreeMap::new();
    let stages: Vec<Value> =
        plan.stages.iter().map(|each| stage(each, plan, templates, &mut exceptions)).collect();
    let frontend = plan.frontend.as_ref().map(ToString::to_string);
    let values = context! { frontend, head => head(&plan.head), exceptions => rules(&exceptions), stages };
    templates.fill("Dockerfile.j2", values)
}

fn head(head: &Head) -> Value {
    let facts: Vec<String> = head.platform.iter().map(|(name, value)| format!("{name} {value}")).collect();
    let mut lines = vec![format!("target {}; {}", head.target, facts.join(", "))];
    lines.extend(head.overrides.iter().map(|one| format!("override: {one}")));
    lines.extend(head.allowed.iter().map(|(code, reason)| format!("allowed: {code}: {reason}")));
    let lines: Vec<String> = lines.iter().map(|line| quote::comment(line)).collect();
    context! { compiler => head.compiler.as_str(), manifest => quote::comment(&head.manifest), lines }
}

/// Returns the linter rules to ignore in the file, with the reasons: `DL3008,SC3040 # reason; reason`.
fn rules(exceptions: &BTreeMap<&'static str, &'static str>) -> Option<String> {
    let rules: Vec<&str> = exceptions.keys().copied().collect();
    let reasons: BTreeSet<&str> = exceptions.values().copied().collect();
    let reasons: Vec<&str> = reasons.into_iter().collect();
    (!rules.is_empty()).then(|| format!("{} # {}", rules.join(","), reasons.join("; ")))
}

fn stage(
    stage: &Stage,
    plan: &Plan,
    templates: &Templates,
    exceptions: &mut BTreeMap<&'static str, &'static str>,
) -> Value {
    let from = match &stage.from {
        From::Image(image) => image.to_string(),
        From::Stage(name) => name.to_string(),
        From::Scratch => "scratch".to_owned(),
    };
    let mut items = Vec::new();
    let own_shell = sets_shell(stage, plan);
    let mut knows_shell = own_shell;
    let mut after_heredoc = false;
    let manifest = plan.head.manifest.as_str();
    let mut about = comments(&stage.why, manifest);
    for block in &stage.blocks {
        let mut comment = comments(&block.why, manifest);
        // A stage without a comment gets that of its first block.
        if about.is_empty() && items.is_empty() {
            about = std::mem::take(&mut comment);
        }
        for one in &block.instructions {
            let each = instruction(one, plan, templates);
            let lines = std::mem::take(&mut comment);
            let gap = after_heredoc || !lines.is_empty();
            knows_shell &= !matches!(
                one,
                Instruction::Arg { .. } | Instruction::Env(_) | Instruction::PrependPath { .. }
            );
            exceptions.extend(each.exceptions.iter().copied().filter(|(rule, _)| {
                !(own_shell && exceptions::is_of_inherited_shell(rule)
                    || knows_shell && exceptions::is_of_bash(rule))
            }));
            after_heredoc = each.heredoc;
            items.push(item(&each, gap, &lines));
        }
    }
    let shell = own_shell.then(|| quote::exec(&SHELL));
    context! { name => stage.name.as_str(), from, comment => about, shell, items }
}

/// Whether a stage needs a `SHELL` instruction: it starts from an image and has a `RUN`, or another stage
/// starts from it and inherits the shell.
fn sets_shell(stage: &Stage, plan: &Plan) -> bool {
    let runs = |stage: &Stage| {
        stage
            .blocks
            .iter()
            .flat_map(|block| &block.instructions)
            .any(|one| matches!(one, Instruction::Run(_)))
    };
    let starts_here = |other: &Stage| other.from == From::Stage(stage.name.clone());
    matches!(stage.from, From::Image(_)) && (runs(stage) || plan.stages.iter().any(starts_here))
}

fn item(rendered: &Rendered, gap: bool, comment: &[String]) -> Value {
    context! { gap, comment => comment.to_vec(), kind => rendered.kind, ..rendered.values.clone() }
}

/// Returns the comment lines of a stage or block: `torchvision 0.21.0 (packages)`, then the list if there is
/// one.
fn comments(why: &Why, manifest: &str) -> Vec<String> {
    let reasons: Vec<String> = why.reasons.iter().map(|reason| short(reason, &why.what, manifest)).collect();
    let mut first = why.what.clone();
    if !first.is_empty() && !reasons.is_empty() {
        first = format!("{first} ({})", reasons.join("; "));
    }
    std::iter::once(&first)
        .cloned()
        .chain(why.list.iter().map(|(what, reasons)| {
            let reason = reasons.first().map(|reason| format!(" ({})", short(reason, what, manifest)));
            format!("- {what}{}", reason.unwrap_or_default())
        }))
        .map(|line| quote::comment(&line))
        .filter(|line| !line.is_empty())
        .collect()
}

/// Shortens a reason by what the head and the comment itself contain: `project.kdl: packages vtk` as the
/// reason for `vtk 9.3` becomes `packages`.
fn short(reason: &str, what: &str, manifest: &str) -> String {
    let place = reason.strip_prefix(manifest).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(reason);
    let name = what.split(' ').next().unwrap_or_default();
    let without = place.strip_suffix(name).map(str::trim_end).filter(|rest| !rest.is_empty());
    without.unwrap_or(place).to_owned()
}
