//! Shared steps of all commands: finding the manifest, running the passes, reporting diagnostics.

use std::io;
use std::path::{Path, PathBuf};

use crate::Input as CompilerInput;
use crate::check;
use crate::diagnostic::render::{human, json, sarif, shown, summary};
use crate::diagnostic::{Diagnostic, Log, Reported, Severity, codes, wording};
use crate::fs::{Disk, FileKind, FileSystem};
use crate::source::Sources;

use super::args::{ColourChoice, Common, ManifestArgs, ReportFormat};
use super::{Exit, Io};

/// The default file name of a manifest.
pub(super) const MANIFEST: &str = "project.kdl";
/// The file name of a lock.
pub(super) const LOCK: &str = "jcc.lock";

/// The state of one command: common options, streams, sources and log.
pub(super) struct Session<'s, 'w> {
    pub(super) common: Common,
    pub(super) io: &'s mut Io<'w>,
    pub(super) sources: Sources,
    pub(super) log: Log,
}

/// The location of a manifest.
#[derive(Debug, Clone)]
pub(super) struct FoundManifest {
    /// The project's folder.
    pub(super) root: PathBuf,
    /// The file name.
    pub(super) name: String,
    /// The path as messages name it.
    pub(super) shown: String,
}

impl FoundManifest {
    /// Whether the manifest is a file. If not, the folder is not locked either: it may not be a project.
    pub(super) fn is_there(&self, fs: &dyn FileSystem) -> bool {
        fs.kind(&self.name) == Some(FileKind::File)
    }

    /// Returns the input of the compiler: this manifest and the lock next to it.
    pub(super) fn input<'a>(&'a self, fs: &'a dyn FileSystem, target: Option<&'a str>) -> CompilerInput<'a> {
        CompilerInput { fs, manifest: &self.name, target, lock: LOCK }
    }
}

/// Leaks a result on purpose: dropping it would take a tenth of a whole run, and the process ends soon
/// anyway.
pub(super) fn leak<T>(result: T) -> &'static mut T {
    Box::leak(Box::new(result))
}

/// Returns a folder as messages name it; empty for the current folder.
pub(super) fn shown_folder(folder: &Path) -> String {
    let text = folder.to_string_lossy();
    let text = if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() };
    let text = text.strip_prefix("./").unwrap_or(&text);
    let text = if text.len() > 1 { text.trim_end_matches('/') } else { text };
    if text == "." { String::new() } else { text.to_owned() }
}

impl<'s, 'w> Session<'s, 'w> {
    pub(super) fn new(common: Common, io: &'s mut Io<'w>) -> Self {
        match common.color {
            ColourChoice::Auto => {}
            ColourChoice::Always => (io.out.colour, io.err.colour) = (true, true),
            ColourChoice::Never => (io.out.colour, io.err.colour) = (false, false),
        }
        Self { common, io, sources: Sources::new(), log: Log::new() }
    }

    /// Finds the manifest: `file`, which may be its folder, or the one in the nearest folder at or above the
    /// current one.
    pub(super) fn find(&mut self, file: Option<&Path>) -> Result<FoundManifest, Exit> {
        let path = if let Some(file) = file {
            let path = self.io.folder.join(file);
            let in_folder = path.join(MANIFEST);
            if path.is_dir() && !in_folder.exists() {
                let message =
                    format!("no `{MANIFEST}` in the folder {}", wording::code(file.to_string_lossy()));
                let help = "pass a manifest or its folder; `jcc init` creates a manifest";
                return Err(self.input_error(&message, Some(help.to_owned())));
            }
            if path.is_dir() { in_folder } else { path }
        } else {
            let folder = self.io.folder.clone();
            let nearest = folder.ancestors().map(|one| one.join(MANIFEST)).find(|one| one.is_file());
            let Some(path) = nearest else {
                let not_a_file = folder
                    .ancestors()
                    .map(|one| one.join(MANIFEST))
                    .find(|one| one.symlink_metadata().is_ok());
                let message = match not_a_file {
                    Some(path) => format!("{} is not a regular file", wording::code(path.to_string_lossy())),
                    None => format!("no `{MANIFEST}` in this folder or a parent folder"),
                };
                let help = "change to the project folder, or pass its manifest; `jcc init` creates one";
                return Err(self.input_error(&message, Some(help.to_owned())));
            };
            path
        };
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let root = path.parent().map(Path::to_path_buf).unwrap_or_default();
        self.sources.set_folder(self.relative_folder(file, &root));
        let shown = self.sources.shown_path(&name);
        Ok(FoundManifest { root, name, shown })
    }

    /// Returns the project's folder as messages name it: as in the argument `file`, else relative to the
    /// current folder.
    fn relative_folder(&self, file: Option<&Path>, root: &Path) -> String {
        if let Some(file) = file {
            let folder = if root == self.io.folder.join(file) { Some(file) } else { file.parent() };
            return shown_folder(folder.unwrap_or(Path::new("")));
        }
        let up = self.io.folder.ancestors().position(|one| one == root).unwrap_or_default();
        vec![".."; up].join("/")
    }

    pub(super) fn disk(&self, root: impl Into<PathBuf>) -> Disk {
        Disk::new(root).with_state(self.io.state.as_deref())
    }

    /// Resolves the manifest. Reports diagnostics.
    pub(super) fn resolve(&mut self, input: &ManifestArgs) -> Result<crate::Resolved, Exit> {
        self.run(input, |input, sources, log| {
            let resolved = crate::resolve(input, sources, log);
            if let Ok(resolved) = &resolved {
                let projects: Vec<_> = resolved.targets.iter().map(|(project, _)| project).collect();
                check::allows(&projects, log);
                // Later passes did not run, so an `allow` of their diagnostics may be used after all.
                log.retain(|one| one.code != codes::check::UNUSED_ALLOW);
            }
            resolved
        })
    }

    /// Compiles the manifest in memory. Reports diagnostics.
    pub(super) fn compile(&mut self, input: &ManifestArgs) -> Result<crate::Compiled, Exit> {
        self.run(input, crate::compile)
    }

    /// Compiles the manifest for a command that only answers a question: `jcc compile` has shown the warnings.
    pub(super) fn compile_for_answer(&mut self, input: &ManifestArgs) -> Result<crate::Compiled, Exit> {
        let quiet = self.common.quiet;
        self.common.quiet |= !self.common.verbose;
        let compiled = self.compile(input);
        self.common.quiet = quiet;
        compiled
    }

    /// Plans the targets of the manifest. Reports diagnostics. Pin grades below the required one are
    /// reported, but do not make it fail.
    pub(super) fn plan(
        &mut self,
        input: &ManifestArgs,
    ) -> Result<(crate::Resolved, Vec<crate::plan::Planned>), Exit> {
        self.run(input, |input, sources, log| {
            let (resolved, planned) = crate::plan(input, sources, log)?;
            if let Ok(planned) = &planned {
                for ((project, _), planned) in resolved.targets.iter().zip(planned) {
                    crate::plan::require_grades(project, &planned.plan.fetches, log);
                    if let Some(required) = &project.output.require {
                        crate::plan::require_locked(project, &planned.plan, required.span, log);
                    }
                }
            }
            let projects: Vec<_> = resolved.targets.iter().map(|(project, _)| project).collect();
            check::allows(&projects, log);
            Ok((resolved, planned?))
        })
    }

    /// Finds the manifest, runs passes on it and reports their diagnostics.
    fn run<T>(
        &mut self,
        input: &ManifestArgs,
        passes: impl FnOnce(CompilerInput<'_>, &mut Sources, &mut Log) -> Result<T, Reported>,
    ) -> Result<T, Exit> {
        let found = self.find(input.file())?;
        let fs = self.disk(&found.root);
        let input = found.input(&fs, input.target.as_deref());
        let result = passes(input, &mut self.sources, &mut self.log);
        self.report(ReportFormat::Text);
        result.map_err(|_| Exit::Problems)
    }

    /// Prints the diagnostics in the log; notes only with `--verbose`.
    pub(super) fn report(&mut self, format: ReportFormat) {
        self.report_with(format, self.common.verbose);
    }

    /// Prints the diagnostics in the log; `notes` says whether to include notes.
    pub(super) fn report_with(&mut self, format: ReportFormat, notes: bool) {
        let least = match (self.common.quiet, notes) {
            (true, _) => Severity::Error,
            (false, false) => Severity::Warning,
            (false, true) => Severity::Note,
        };
        let reports: Vec<_> = self.log.sorted().into_iter().filter(|one| one.severity <= least).collect();
        let counts = summary(&reports);
        let (few, omitted) = shown(&reports);
        let reports: Vec<&Diagnostic> = few.iter().collect();
        match format {
            ReportFormat::Sarif => {
                let document = sarif::report(&reports, omitted, &self.sources);
                _ = self.io.out.write_json(&document);
            }
            ReportFormat::Json => {
                let lines = json::report(&reports, &self.sources) + &json::omitted(omitted);
                _ = self.io.err.write_json(&lines);
            }
            ReportFormat::Text if reports.is_empty() => {}
            ReportFormat::Text => {
                let err = &mut self.io.err;
                let colour = if err.colour { human::Colour::On } else { human::Colour::Off };
                let look = human::Look { width: err.width, colour, ..human::Look::default() };
                let mut text = human::report(&reports, &self.sources, look);
                if let Some(line) = counts {
                    text.push_str(&format!("\n{line}\n"));
                }
                if omitted > 0 {
                    let number = reports.len();
                    text.push_str(&format!("note: {number} of them are shown, {omitted} are hidden\n"));
                }
                _ = err.write_styled(&text);
            }
        }
    }

    /// Returns the exit code for the diagnostics in the log.
    pub(super) fn verdict(&self, deny_warnings: bool) -> Exit {
        let warned = || self.log.sorted().iter().any(|one| one.severity == Severity::Warning);
        if self.log.has_errors() || deny_warnings && warned() { Exit::Problems } else { Exit::Done }
    }

    pub(super) fn print(&mut self, text: &str) -> Exit {
        self.io.out.write(text)
    }

    /// Prints a status line to standard error, unless `--quiet` is set.
    pub(super) fn status(&mut self, text: &str) -> Exit {
        if self.common.quiet { Exit::Done } else { self.io.err.write(text) }
    }

    /// Prints a JSON result.
    pub(super) fn print_json(&mut self, value: &serde_json::Value) -> Exit {
        let text = serde_json::to_string_pretty(value).unwrap_or_default();
        self.io.out.write_json(&format!("{text}\n"))
    }

    /// Prints an error that has no place in a file, such as an unknown name on the command line.
    pub(super) fn input_error(&mut self, message: &str, help: Option<String>) -> Exit {
        let help = help.map_or_else(String::new, |help| format!("  help: {help}\n"));
        _ = self.io.err.write(&format!("error: {message}\n{help}"));
        Exit::Problems
    }

    /// Locks a folder against writes of other runs until this run ends, and rolls back the writes of an
    /// interrupted run.
    pub(super) fn lock_folder(&mut self, fs: &Disk) -> Result<(), Exit> {
        match fs.lock() {
            Ok(false) => Ok(()),
            Ok(true) => {
                _ = self.status(
                    "note: an earlier run was interrupted while writing: its changes were rolled back\n",
                );
                Ok(())
            }
            Err(why) => Err(self.write_error(fs, &why)),
        }
    }

    /// Reports that files could not be written, with help.
    pub(super) fn write_error(&mut self, fs: &Disk, why: &io::Error) -> Exit {
        let help = match why.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                "free some disk space, then try again"
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                "make the folder writable for this user, or write elsewhere with `--out`"
            }
            io::ErrorKind::WouldBlock => "wait until it finishes, or stop it, then try again",
            io::ErrorKind::IsADirectory | io::ErrorKind::NotADirectory => {
                "move the file that is in the way, then try again"
            }
            _ => "fix the cause, then try again",
        };
        if fs.is_unfinished() {
            return self.system_error(&format!(
                "some files were not written: {why}\n  help: {help}: the next `jcc compile` repairs \
                    them"
            ));
        }
        self.system_error(&format!("no files were written: {why}\n  help: {help}"))
    }

    /// Reports an I/O or system error.
    pub(super) fn system_error(&mut self, why: &str) -> Exit {
        _ = self.io.err.write(&format!("error: {why}\n"));
        Exit::SystemError
    }
}
