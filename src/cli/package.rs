//! `jcc package`.

use crate::catalog::Catalog;

use super::args::PackageCommand;
use super::{Exit, Session, new};

/// Runs `jcc package new` or `jcc package check`.
pub(super) fn run(session: &mut Session<'_, '_>, command: &PackageCommand) -> Exit {
    let (folder, deny_warnings, format) = match command {
        PackageCommand::New(args) => return new::package(session, args),
        PackageCommand::Check { folder, deny_warnings, format } => (folder, deny_warnings, format),
    };
    let path = session.io.folder.join(folder);
    if !path.is_dir() {
        return session.input_error(&format!("the folder `{}` does not exist", folder.display()), None);
    }
    // Files outside of the folder cannot be read.
    let fs = session.disk(&path);
    session.sources.set_folder(super::session::shown_folder(folder));
    // A folder with `platform/` is a complete catalogue; any other overrides parts of the built-in one.
    let whole = path.join("platform").is_dir();
    let mut catalog = if whole { Catalog::new() } else { crate::builtin::catalog(&mut session.sources) };
    catalog.add_named_folder(&fs, ".", &mut session.sources, &mut session.log);
    catalog.check(&mut session.log);
    session.report(*format);
    session.verdict(*deny_warnings)
}
