//! Renders diagnostics as text for people, as JSON, and as SARIF.

mod clip;
pub mod human;
pub mod json;
mod mask;
pub mod sarif;
#[cfg(test)]
mod tests;

use super::{Diagnostic, Severity, wording};

/// Returns the severity as a word: `error`, `warning`, `note`.
fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// The largest number of diagnostics that a run prints.
pub const MAX_SHOWN: usize = 100;

/// Selects the diagnostics to print, and returns how many are omitted. If there are too many, errors have
/// precedence; the order is kept. Secrets of omitted diagnostics stay masked.
pub fn shown(reports: &[&Diagnostic]) -> (Vec<Diagnostic>, usize) {
    let mut order: Vec<usize> = (0..reports.len()).collect();
    order.sort_by_key(|at| reports[*at].severity);
    let omitted = order.split_off(reports.len().min(MAX_SHOWN));
    order.sort_unstable();
    let mut few: Vec<Diagnostic> = order.into_iter().map(|at| reports[at].clone()).collect();
    if let Some(first) = few.first_mut() {
        first.masked.extend(omitted.iter().flat_map(|at| &reports[*at].masked));
    }
    (few, omitted.len())
}

/// Returns the last line of a report, such as `error: 3 errors, 1 warning`. Returns `None` if there are only
/// notes.
pub fn summary(reports: &[&Diagnostic]) -> Option<String> {
    let number = |severity| reports.iter().filter(|one| one.severity == severity).count();
    let counts: Vec<String> = [Severity::Error, Severity::Warning]
        .into_iter()
        .filter(|severity| number(*severity) > 0)
        .map(|severity| wording::count(number(severity), word(severity)))
        .collect();
    let highest = if number(Severity::Error) > 0 { Severity::Error } else { Severity::Warning };
    (!counts.is_empty()).then(|| format!("{}: {}", word(highest), counts.join(", ")))
}
