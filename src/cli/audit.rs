//! `jcc audit`: lists every fetch with its pin grade.

use serde_json::json;

use crate::manifest::Grade;
use crate::plan::{FetchKind, Fetched};
use crate::source::masked;

use super::args::{Format, ManifestArgs};
use super::{Exit, Session, table};

/// The meaning of the pin grades, explained in docs/guide.md.
const LEGEND: &str = "grades: A content hash or signature, B exact version, C dated snapshot, D not pinned\n";

/// The note below a target that has rows without a grade.
const UNSEEN: &str = "  ?: these steps build from files that jcc does not read; what they fetch at that time cannot be \
    listed or graded\n";

/// Lists the fetches. If the manifest requires better pin grades, the list is printed all the same, and the
/// exit code says that the run failed.
pub(super) fn run(session: &mut Session<'_, '_>, input: &ManifestArgs, format: Format) -> Exit {
    let (resolved, planned) = match session.plan(input) {
        Ok(planned) => planned,
        Err(exit) => return exit,
    };
    let targets = resolved.targets.iter().map(|(_, one)| one.target.name.to_string());
    let all: Vec<(String, &[Fetched])> =
        targets.zip(planned.iter().map(|one| one.plan.fetches.as_slice())).collect();
    let printed = match format {
        Format::Text => {
            let mut out = String::new();
            for (target, fetches) in &all {
                let rows: Vec<Vec<String>> = fetches.iter().map(row).collect();
                out.push_str(&format!("{target}:\n{}", table::columns(&rows)));
                if fetches.iter().any(|one| one.kind == FetchKind::Unseen) {
                    out.push_str(UNSEEN);
                }
            }
            out.push_str(LEGEND);
            session.print(&out)
        }
        Format::Json => {
            let values: Vec<_> = all
                .iter()
                .map(|(target, fetches)| {
                    let fetches: Vec<_> = fetches
                        .iter()
                        .map(|one| {
                            json!({
                                "grade": grade(one),
                                "kind": kind(one.kind),
                                "what": masked(&one.what),
                                "package": one.package.as_ref().map(ToString::to_string),
                                "stage": one.stage.as_str(),
                            })
                        })
                        .collect();
                    json!({ "target": target, "fetches": fetches })
                })
                .collect();
            session.print_json(&json!(values))
        }
    };
    if printed == Exit::Done { session.verdict(false) } else { printed }
}

fn row(one: &Fetched) -> Vec<String> {
    let package = one.package.as_ref().map(ToString::to_string).unwrap_or_default();
    vec![
        format!("  {}", grade(one).unwrap_or("?")),
        kind(one.kind).to_owned(),
        one.stage.as_str().to_owned(),
        package,
        masked(&one.what),
    ]
}

fn grade(one: &Fetched) -> Option<&'static str> {
    Some(match one.grade {
        _ if one.kind == FetchKind::Unseen => return None,
        Grade::A => "A",
        Grade::B => "B",
        Grade::C => "C",
        Grade::D => "D",
    })
}

fn kind(kind: FetchKind) -> &'static str {
    match kind {
        FetchKind::Image => "image",
        FetchKind::Apt => "apt",
        FetchKind::Key => "key",
        FetchKind::Pip => "pip",
        FetchKind::File => "file",
        FetchKind::Git => "git",
        FetchKind::Archive => "archive",
        FetchKind::Index => "index",
        FetchKind::Run => "run",
        FetchKind::Unseen => "unseen",
    }
}
