//! Warns about files that Compose prefers to the generated one.

use crate::diagnostic::{Diagnostic, Log, codes::check as codes, wording};
use crate::fs::FileSystem;
use crate::source::Span;
use crate::value::ProjectPath;

/// The file names that Compose looks for, in order. It uses the first one that exists.
/// Source: <https://github.com/compose-spec/compose-go/blob/main/cli/options.go>
pub const NAMES: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

/// Warns if a file in the folder of the Compose file takes precedence over it. `written` are the paths that
/// this run writes.
pub fn compose_names(
    fs: &dyn FileSystem,
    (compose, span): (&ProjectPath, Span),
    written: &[&str],
    log: &mut Log,
) {
    let (Some(own), Some(folder)) = (compose.file_name(), compose.parent()) else { return };
    let Some(before) = NAMES.iter().position(|name| *name == own) else { return };
    for name in &NAMES[..before] {
        let Ok(other) = folder.join(name) else { continue };
        if fs.kind(other.as_str()).is_none() || written.contains(&other.as_str()) {
            continue;
        }
        let (other, own) = (wording::code(other.as_str()), wording::code(compose.as_str()));
        let elsewhere = wording::code("output { compose \"docker-compose.jcc.yaml\" }");
        log.report(
            Diagnostic::warning(codes::OTHER_COMPOSE_FILE, format!("Compose uses {other} instead of {own}"))
                .at(span, format!("{own} is written next to {other}, which takes precedence"))
                .help(format!("remove {other} if it is no longer needed"))
                .help(format!(
                    "to keep both, write {elsewhere} and start it with `docker compose -f \
                        docker-compose.jcc.yaml up`"
                )),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::Memory;
    use crate::source::Sources;
    use crate::value::Parse;

    fn reported(compose: &str, there: &[&str], written: &[&str]) -> Vec<String> {
        let fs = Memory::with(there.iter().map(|path| (*path, "services: {}\n")));
        let (mut sources, mut log) = (Sources::new(), Log::new());
        let span = Span::new(sources.add("project.kdl", "x"), 0..1);
        let path = ProjectPath::parse(compose).expect("it is a path");
        compose_names(&fs, (&path, span), written, &mut log);
        log.sorted().iter().map(|one| one.message.clone()).collect()
    }

    #[test]
    fn a_file_that_compose_prefers_is_reported() {
        for other in ["compose.yaml", "compose.yml", "docker-compose.yml"] {
            let expected = format!("Compose uses `{other}` instead of `docker-compose.yaml`");
            assert_eq!(reported("docker-compose.yaml", &[other], &[]), [expected]);
        }
        assert_eq!(
            reported("deploy/compose.yml", &["deploy/compose.yaml"], &[]),
            ["Compose uses `deploy/compose.yaml` instead of `deploy/compose.yml`"]
        );
    }

    #[test]
    fn files_that_compose_ignores_are_not_reported() {
        assert!(reported("compose.yaml", &["docker-compose.yaml", "compose.yml"], &[]).is_empty());
        assert!(reported("deploy/compose.yml", &["compose.yaml"], &[]).is_empty());
        assert!(reported("docker-compose.jcc.yaml", &["compose.yaml"], &[]).is_empty());
        assert!(reported("docker-compose.yaml", &["compose.yaml"], &["compose.yaml"]).is_empty());
    }
}
