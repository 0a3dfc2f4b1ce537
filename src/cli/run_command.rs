//! `jcc run-command`.

use super::args::ManifestArgs;
use super::{Exit, Session};

/// Prints, for each target, the `docker run` or `podman run` command that is equivalent to its service.
pub(super) fn run(session: &mut Session<'_, '_>, input: &ManifestArgs) -> Exit {
    let compiled = match session.compile_for_answer(input) {
        Ok(compiled) => compiled,
        Err(exit) => return exit,
    };
    let several = compiled.planned.len() > 1;
    let mut out = String::new();
    for (planned, (_, resolution)) in compiled.planned.iter().zip(&compiled.resolved.targets) {
        if several {
            out.push_str(&format!("# {}\n", resolution.target.name));
        }
        let line = crate::render::run_command(&planned.services, planned.services.engine);
        out.push_str(line.trim_end());
        out.push('\n');
    }
    session.print(&out)
}
