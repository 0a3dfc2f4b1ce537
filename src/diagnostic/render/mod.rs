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

/// So many problems of one run are shown.
pub const MOST: usize = 100;

/// The problems that are shown, errors before the others where there are too many, in the order of their places; and how
/// many are not. What those say of secrets still holds.
pub fn shown(reports: &[&Diagnostic]) -> (Vec<Diagnostic>, usize) {
    let mut order: Vec<usize> = (0..reports.len()).collect();
    order.sort_by_key(|at| reports[*at].severity);
    let omitted = order.split_off(reports.len().min(MOST));
    order.sort_unstable();
    let mut few: Vec<Diagnostic> = order.into_iter().map(|at| reports[at].clone()).collect();
    if let Some(first) = few.first_mut() {
        first.masked.extend(omitted.iter().flat_map(|at| &reports[*at].masked));
    }
    (few, omitted.len())
}

/// `error: 3 errors, 1 warning`: the last line of a report. `None` where nothing but notes was reported.
pub fn summary(reports: &[&Diagnostic]) -> Option<String> {
    let number = |severity| reports.iter().filter(|one| one.severity == severity).count();
    let counts: Vec<String> = [Severity::Error, Severity::Warning]
        .into_iter()
        .filter(|severity| number(*severity) > 0)
        .map(|severity| wording::count(number(severity), word(severity)))
        .collect();
    let grave = if number(Severity::Error) > 0 { Severity::Error } else { Severity::Warning };
    (!counts.is_empty()).then(|| format!("{}: {}", word(grave), counts.join(", ")))
}
