//! Everything fetched is pinned, or a note says why not.

use crate::diagnostic::{Diagnostic, Log, codes::catalog as codes};

use super::{Subject, walk};
use crate::StepKind;

pub(super) fn check(subject: Subject<'_>, log: &mut Log) {
    let package = subject.package;
    if !package.notes.is_empty() || package.versions.iter().any(|version| !version.notes.is_empty()) {
        return;
    }
    for step in walk::steps(package) {
        let missing = match &step.kind {
            StepKind::Git { commit: None, .. } => "commit",
            StepKind::Wheel { sha256: None, .. }
            | StepKind::Deb { sha256: None, .. }
            | StepKind::Archive { sha256: None, .. } => "sha256",
            _ => continue,
        };
        let diagnostic = Diagnostic::warning(codes::UNPINNED, "this fetch is not pinned")
            .at(step.span, format!("missing `{missing}`"))
            .help(format!("add `{missing}=\"…\"`, or explain in a `note` why it is not available"));
        log.report(diagnostic);
    }
}
