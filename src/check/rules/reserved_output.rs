//! Reports outputs at paths that are reserved for other programs.

use crate::check::outputs::{OutputPath, named, reserved};
use crate::check::{Context, Rule};
use crate::diagnostic::{Log, Severity, codes::check as codes};

pub(super) const RULE: Rule = Rule { code: codes::RESERVED_OUTPUT, severity: Severity::Error, check };

fn check(context: &Context<'_>, log: &mut Log) {
    let all = named(&context.project.output);
    let all: Vec<_> = all.map(|(path, span)| OutputPath { path: path.as_str(), span: Some(span) }).collect();
    reserved(&all, log);
}
