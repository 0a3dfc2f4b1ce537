//! Notes variables that have different values in the image and in the service.

use std::collections::BTreeMap;

use crate::check::{Context, Rule};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes, wording};

pub(super) const RULE: Rule = Rule { code: codes::TWO_VALUES, severity: Severity::Note, check };

fn check(context: &Context<'_>, log: &mut Log) {
    let Some(app) = &context.project.app else { return };
    let of_app: BTreeMap<_, _> = app.env.iter().map(|(key, value)| (&key.value, (key, value))).collect();
    for (key, value) in &context.project.run.env {
        let of_app = of_app.get(&key.value);
        let Some((other, _)) = of_app.filter(|(_, other)| other.value != value.value) else { continue };
        let name = wording::code(key.as_str());
        let message = format!("{name} has different values in the service and in the image");
        log.report(
            Diagnostic::note(codes::TWO_VALUES, message)
                .at(key.span, "used in the service")
                .at(other.span, "used when the image is run in any other way")
                .help("if this is not intended, remove one of them"),
        );
    }
}
