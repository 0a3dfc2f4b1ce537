//! Formats requirements and conditions of definitions as short phrases.

use crate::catalog::{Condition, Guard, Require, RequireStage};
use crate::value::{Name, Requirement};

/// Returns name and requirement, such as `cuda >=12.6`, or only the name if any version is accepted.
pub(super) fn named(name: &Name, requirement: &Requirement) -> String {
    let text = requirement.to_string();
    if text == "*" { name.to_string() } else { format!("{name} {text}") }
}

/// Returns a requirement with its stage and condition: `cmake >=3.13 to build`, `sm >=7.5 when cuda >=13`.
pub(super) fn requirement(require: &Require) -> String {
    let named = named(&require.name, &require.requirement);
    let stage = match require.stage {
        RequireStage::Run | RequireStage::Choose => "",
        RequireStage::Build => " to build",
        RequireStage::Test => " to test",
    };
    format!("{named}{stage}{}", when(&require.guard))
}

/// Returns the requirements without duplicates. A build requirement is left out if the same one applies at
/// run time: then it is available to the build too.
pub(super) fn requirements(all: &[Require]) -> Vec<String> {
    let covered = |one: &Require| {
        one.stage == RequireStage::Build
            && all.iter().any(|other| {
                other.stage == RequireStage::Run
                    && other.name.value == one.name.value
                    && other.requirement.value == one.requirement.value
                    && (other.guard == one.guard || other.guard.all.is_empty())
            })
    };
    let mut phrases = Vec::new();
    for one in all.iter().filter(|one| !covered(one)).map(requirement) {
        if !phrases.contains(&one) {
            phrases.push(one);
        }
    }
    phrases
}

/// Returns a condition with a leading space, such as ` when cuda >=13 and option qt=5`; empty if it is always
/// true.
pub(super) fn when(guard: &Guard) -> String {
    let all = conditions(guard);
    if all.is_empty() { String::new() } else { format!(" when {}", all.join(" and ")) }
}

pub(super) fn conditions(guard: &Guard) -> Vec<String> {
    guard.all.iter().map(condition).collect()
}

fn condition(condition: &Condition) -> String {
    match condition {
        Condition::Is { name, requirement } => named(name, requirement),
        Condition::Option { key, value: Some(value) } => format!("option {}={value}", key.value),
        Condition::Option { key, value: None } => format!("option {}", key.value),
        Condition::Variant(name) => format!("variant {}", name.value),
        Condition::Without(name) => format!("without {}", name.value),
    }
}
