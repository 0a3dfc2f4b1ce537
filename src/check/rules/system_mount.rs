//! Warns about mounts that hide system folders of the image.

use super::same_mount::mounts;
use crate::check::{Context, Rule};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes, wording};

pub(super) const RULE: Rule = Rule { code: codes::SYSTEM_MOUNT, severity: Severity::Warning, check };

/// Folders that the image needs, or that jcc installs into.
const SYSTEM: &[&str] = &[
    "/bin",
    "/etc",
    "/lib",
    "/lib64",
    "/opt",
    "/opt/venv",
    "/sbin",
    "/usr",
    "/usr/bin",
    "/usr/lib",
    "/usr/local",
    "/usr/local/bin",
    "/usr/local/lib",
    "/usr/sbin",
    "/var",
    "/var/lib",
];

fn check(context: &Context<'_>, log: &mut Log) {
    for place in context.runs().flat_map(mounts).filter(|place| SYSTEM.contains(&place.as_str())) {
        let shown = wording::code(place.as_str());
        let message = format!("this mount hides the image's own files in {shown}");
        log.report(
            Diagnostic::warning(codes::SYSTEM_MOUNT, message)
                .at(place.span, "the image has system files here")
                .help(
                    "mount it at another folder, such as `/data`, or mount only the file that you \
                        need",
                ),
        );
    }
}
