//! The values that the template of the Dockerfile sees.

use minijinja::{Value, context};

use crate::plan::{From, Head, Instruction, Plan, Script, Stage, Why};

use super::instruction::{Rendered, instruction};
use super::quote;
use super::signature;
use super::templates::Templates;

/// The Dockerfile of a plan, its own hash in its head.
pub fn dockerfile(plan: &Plan) -> String {
    let templates = Templates::all();
    let stages: Vec<Value> = plan.stages.iter().map(|each| stage(each, plan, templates)).collect();
    let frontend = plan.frontend.as_ref().map(ToString::to_string);
    let text =
        templates.fill("Dockerfile.j2", context! { frontend, head => head(&plan.head), stages => stages });
    signature::sign(&text)
}

fn head(head: &Head) -> Value {
    let mut facts = vec![format!("target: {}", head.target)];
    facts.extend(head.platform.iter().map(|(name, value)| format!("{name}: {value}")));
    let mut parts = vec![facts];
    parts.push(head.moved.iter().map(|moved| format!("moved: {moved}")).collect());
    parts.push(head.allowed.iter().map(|(code, reason)| format!("allowed: {code}: {reason}")).collect());
    let parts: Vec<Vec<String>> = parts
        .iter()
        .filter(|part| !part.is_empty())
        .map(|part| part.iter().map(|line| quote::comment(line)).collect())
        .collect();
    context! {
        compiler => head.compiler.as_str(), manifest => quote::comment(&head.manifest), parts, inputs => head.inputs.as_str(),
        self => signature::EMPTY,
    }
}

fn stage(stage: &Stage, plan: &Plan, templates: &Templates) -> Value {
    let from = match &stage.from {
        From::Image(image) => image.to_string(),
        From::Stage(name) => name.to_string(),
        From::Scratch => "scratch".to_owned(),
    };
    let mut items = Vec::new();
    let mut after_heredoc = false;
    let mut told_shell = false;
    for block in &stage.blocks {
        let mut comment = comments(&block.why);
        for each in block.instructions.iter().flat_map(|each| instruction(each, plan, templates)) {
            // Checkers forget the shell at FROM, ENV and ARG: it is said again before the step that needs it.
            if each.kind == "run" && !told_shell {
                for shell in instruction(&Instruction::Shell, plan, templates) {
                    items.push(item(&shell, after_heredoc, &[]));
                }
                told_shell = true;
                after_heredoc = false;
            }
            told_shell &= !each.forgets_shell;
            let mut lines = std::mem::take(&mut comment);
            let gap = after_heredoc || !lines.is_empty();
            lines.extend(exception(&each));
            after_heredoc = each.heredoc;
            items.push(item(&each, gap, &lines));
        }
    }
    context! { name => stage.name.as_str(), from, comment => comments(&stage.why), items }
}

/// The rules that do not hold for an instruction, and why, right before it.
fn exception(rendered: &Rendered) -> Option<String> {
    let (rules, reasons): (Vec<&str>, Vec<&str>) = rendered.exceptions.iter().copied().unzip();
    (!rules.is_empty()).then(|| format!("hadolint ignore={} # {}", rules.join(","), reasons.join("; ")))
}

fn item(rendered: &Rendered, gap: bool, comment: &[String]) -> Value {
    context! { gap, comment => comment.to_vec(), kind => rendered.kind, ..rendered.values.clone() }
}

/// `# torchvision 0.21.0 (required by pytorch 2.6.0; project.kdl: packages torchvision)`, then what else must be known.
fn comments(why: &Why) -> Vec<String> {
    let mut first = why.what.clone();
    if !first.is_empty() && !why.because.is_empty() {
        first = format!("{first} ({})", why.because.join("; "));
    }
    std::iter::once(&first)
        .chain(&why.notes)
        .map(|line| quote::comment(line))
        .filter(|line| !line.is_empty())
        .collect()
}

/// Whether a script installs system packages of no fixed version.
pub(super) fn floats(script: &[Script]) -> bool {
    script.iter().any(|each| match each {
        Script::Apt(apt) => apt.extra_arg || apt.packages.iter().any(|package| package.version().is_none()),
        _ => false,
    })
}
