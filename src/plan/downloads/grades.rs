//! Checks `require-grade`: every download has at least the pin grade that the manifest requires.

use crate::diagnostic::{Diagnostic, Log, codes::plan as codes, wording};
use crate::manifest::{Grade, Project};
use crate::plan::{FetchKind, Fetched};

/// Reports every download below the required pin grade, and how to pin it better.
pub fn check(project: &Project, fetches: &[Fetched], log: &mut Log) {
    let Some(required) = project.output.require_grade else { return };
    for each in fetches.iter().filter(|each| each.grade > required.value && each.kind != FetchKind::Unseen) {
        let message = format!("{} has pin grade {:?}", wording::code(&each.what), each.grade);
        let mut diagnostic = Diagnostic::error(codes::GRADE, message);
        if let Some(place) = each.place {
            diagnostic =
                diagnostic.at(place, format!("fetched in the stage `{}` because of this", each.stage));
        }
        log.error(
            diagnostic
                .at(required.span, format!("{:?} or better is required here", required.value))
                .help(help(each, required.value)),
        );
    }
}

fn help(each: &Fetched, required: Grade) -> String {
    let own = each.package.is_none();
    let unlocked = each.what.starts_with("unlocked ");
    let cache = matches!(each.stage.as_str(), "apt-cache" | "pip-cache");
    let text = match each.kind {
        _ if cache => "remove `cache` from what is built with this grade",
        FetchKind::Image if each.stage.as_str().starts_with("service-") => {
            "run `jcc lock`, or pin the image by digest: `image \"NAME:TAG@sha256:…\"`"
        }
        FetchKind::Image => "run `jcc lock`, or set the image's `digest=\"sha256:…\"`",
        FetchKind::Apt if required == Grade::C => {
            "use a snapshot of the distribution's archive: `apt { snapshot \"20260901T000000Z\" }`"
        }
        FetchKind::Apt if unlocked => {
            "distribution archives do not keep old versions: require `C`, with `apt { snapshot \
                \"20260901T000000Z\" }`"
        }
        FetchKind::Apt if own => {
            "pin its version, `install \"NAME=VERSION\"`, or require `C` with `apt { snapshot \
                \"20260901T000000Z\" }`"
        }
        FetchKind::Apt => "require `C`, with `apt { snapshot \"20260901T000000Z\" }`",
        FetchKind::Key | FetchKind::Archive => "set the key that signs the archive, with its `fingerprint`",
        FetchKind::Pip if each.what.starts_with("unlocked build requirements") => {
            "there is no wheel, so the build creates one and resolves what that requires: select a version that \
                has a wheel"
        }
        FetchKind::Pip => "run `jcc lock`, then `jcc compile`",
        FetchKind::Index => "use an index over https, or add a hash to each package",
        FetchKind::Git => "set its `commit`, or run `jcc lock`",
        FetchKind::File if own => "set its `sha256` or its `commit`",
        FetchKind::Run => {
            "jcc cannot see what a command fetches: list it in `pip` or `apt`, add it to a \
                definition with its `sha256`, or `copy` it from the project"
        }
        _ => {
            return format!(
                "the definition of the package does not pin it better: select another version, or \
                    require `{:?}`",
                each.grade
            );
        }
    };
    text.to_owned()
}
