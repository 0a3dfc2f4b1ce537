//! Problems as text: for people, for programs, for code hosts.

mod clip;
pub mod human;
pub mod json;
mod mask;
pub mod sarif;
#[cfg(test)]
mod tests;

use super::{Diagnostic, Severity, wording};

/// `error`, `warning`, `note`.
fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// `error: 3 errors, 1 warning`: the last line of a report. `None` where nothing but notes was told.
pub fn summary(told: &[&Diagnostic]) -> Option<String> {
    let number = |severity| told.iter().filter(|one| one.severity == severity).count();
    let counts: Vec<String> = [Severity::Error, Severity::Warning]
        .into_iter()
        .filter(|severity| number(*severity) > 0)
        .map(|severity| wording::count(number(severity), word(severity)))
        .collect();
    let grave = if number(Severity::Error) > 0 { Severity::Error } else { Severity::Warning };
    (!counts.is_empty()).then(|| format!("{}: {}", word(grave), counts.join(", ")))
}
