//! What a definition requires and when, in few words.

use crate::catalog::{Condition, Guard, Require, RequireStage};
use crate::value::{Name, Requirement};

/// `cuda >=12.6`; the name alone where any version will do.
pub(super) fn named(name: &Name, requirement: &Requirement) -> String {
    let text = requirement.to_string();
    if text == "*" { name.to_string() } else { format!("{name} {text}") }
}

/// `cmake >=3.13 to build`, `sm >=7.5 when cuda >=13`.
pub(super) fn requirement(require: &Require) -> String {
    let named = named(&require.name, &require.requirement);
    let stage = match require.stage {
        RequireStage::Run | RequireStage::Choose => "",
        RequireStage::Build => " to build",
        RequireStage::Test => " to test",
    };
    format!("{named}{stage}{}", when(&require.guard))
}

/// Each requirement once; what is there at run time is there to build with, too.
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
    let mut words = Vec::new();
    for one in all.iter().filter(|one| !covered(one)).map(requirement) {
        if !words.contains(&one) {
            words.push(one);
        }
    }
    words
}

/// ` when cuda >=13 and option qt is 5`; nothing where it always holds.
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
