//! What every command does at its start and its end: finding the manifest, telling what is wrong.

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

/// The name of a manifest.
pub(super) const MANIFEST: &str = "project.kdl";
/// The name of a lock.
pub(super) const LOCK: &str = "jcc.lock";

/// State of one command: streams, sources, options of output.
pub(super) struct Session<'s, 'w> {
    pub(super) common: Common,
    pub(super) around: &'s mut Io<'w>,
    pub(super) sources: Sources,
    pub(super) log: Log,
}

/// A manifest that was found.
#[derive(Debug, Clone)]
pub(super) struct FoundManifest {
    pub(super) root: PathBuf,
    pub(super) name: String,
    /// Its path as messages name it.
    pub(super) shown: String,
}

impl FoundManifest {
    /// Whether the manifest is a file: nothing is touched in a folder without one.
    pub(super) fn is_there(&self, fs: &dyn FileSystem) -> bool {
        fs.kind(&self.name) == Some(FileKind::File)
    }

    /// The compiler's input: the manifest in a file system, and the lock next to it.
    pub(super) fn input<'a>(&'a self, fs: &'a dyn FileSystem, target: Option<&'a str>) -> CompilerInput<'a> {
        CompilerInput { fs, manifest: &self.name, target, lock: LOCK }
    }
}

/// Keeps a result until the process ends: taking it apart piece by piece would be a tenth of a whole run, and the system
/// takes the memory back at once.
pub(super) fn kept<T>(result: T) -> &'static mut T {
    Box::leak(Box::new(result))
}

/// A folder as messages name it; nothing for the one that the user is in.
pub(super) fn shown_folder(folder: &Path) -> String {
    let text = folder.to_string_lossy();
    let text = if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() };
    let text = text.strip_prefix("./").unwrap_or(&text);
    let text = if text.len() > 1 { text.trim_end_matches('/') } else { text };
    if text == "." { String::new() } else { text.to_owned() }
}

impl<'s, 'w> Session<'s, 'w> {
    pub(super) fn new(common: Common, around: &'s mut Io<'w>) -> Self {
        match common.color {
            ColourChoice::Auto => {}
            ColourChoice::Always => (around.out.colour, around.err.colour) = (true, true),
            ColourChoice::Never => (around.out.colour, around.err.colour) = (false, false),
        }
        Self { common, around, sources: Sources::new(), log: Log::new() }
    }

    /// The manifest that was named, or the nearest one.
    pub(super) fn find(&mut self, file: Option<&Path>) -> Result<FoundManifest, Exit> {
        let path = if let Some(file) = file {
            let path = self.around.folder.join(file);
            let inside = path.join(MANIFEST);
            if path.is_dir() && !inside.exists() {
                let message =
                    format!("no `{MANIFEST}` in the folder {}", wording::code(file.to_string_lossy()));
                let help = "pass a manifest or its folder; `jcc init` creates a manifest";
                return Err(self.unknown(&message, Some(help.to_owned())));
            }
            if path.is_dir() { inside } else { path }
        } else {
            let folder = self.around.folder.clone();
            let nearest = folder.ancestors().map(|one| one.join(MANIFEST)).find(|one| one.is_file());
            let Some(path) = nearest else {
                let odd = folder
                    .ancestors()
                    .map(|one| one.join(MANIFEST))
                    .find(|one| one.symlink_metadata().is_ok());
                let message = match odd {
                    Some(odd) => format!("{} is not a regular file", wording::code(odd.to_string_lossy())),
                    None => format!("no `{MANIFEST}` in this folder or a parent folder"),
                };
                let help = "change to the project folder, or pass its manifest; `jcc init` creates one";
                return Err(self.unknown(&message, Some(help.to_owned())));
            };
            path
        };
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let root = path.parent().map(Path::to_path_buf).unwrap_or_default();
        self.sources.set_folder(self.seen(file, &root));
        let shown = self.sources.shown_path(&name);
        Ok(FoundManifest { root, name, shown })
    }

    /// A project's folder as the user names it: by the path that was given, or from where the run was started.
    fn seen(&self, file: Option<&Path>, root: &Path) -> String {
        if let Some(file) = file {
            let folder = if root == self.around.folder.join(file) { Some(file) } else { file.parent() };
            return shown_folder(folder.unwrap_or(Path::new("")));
        }
        let up = self.around.folder.ancestors().position(|one| one == root).unwrap_or_default();
        vec![".."; up].join("/")
    }

    pub(super) fn disk(&self, root: impl Into<PathBuf>) -> Disk {
        Disk::new(root).with_state(self.around.state.as_deref())
    }

    /// Resolves the manifest, or tells why not.
    pub(super) fn resolve(&mut self, input: &ManifestArgs) -> Result<crate::Resolved, Exit> {
        self.run(input, |input, sources, log| {
            let resolved = crate::resolve(input, sources, log);
            if let Ok(resolved) = &resolved {
                let projects: Vec<_> = resolved.targets.iter().map(|(project, _)| project).collect();
                check::allows(&projects, log);
                // What later passes would tell is not known here, so an `allow` of it is not unused.
                log.retain(|one| one.code != codes::check::UNUSED_ALLOW);
            }
            resolved
        })
    }

    /// Compiles the manifest in memory, or tells why not.
    pub(super) fn compile(&mut self, input: &ManifestArgs) -> Result<crate::Compiled, Exit> {
        self.run(input, crate::compile)
    }

    /// Plans the manifest's targets, or tells why not. A grade that is required is checked, but stops nothing.
    pub(super) fn plan(
        &mut self,
        input: &ManifestArgs,
    ) -> Result<(crate::Resolved, Vec<crate::plan::Planned>), Exit> {
        self.run(input, |input, sources, log| {
            let (resolved, planned) = crate::plan(input, sources, log)?;
            if let Ok(planned) = &planned {
                for ((project, _), planned) in resolved.targets.iter().zip(planned) {
                    crate::plan::require_grades(project, &planned.plan.fetches, log);
                }
            }
            let projects: Vec<_> = resolved.targets.iter().map(|(project, _)| project).collect();
            check::allows(&projects, log);
            Ok((resolved, planned?))
        })
    }

    /// Runs passes over the manifest, and tells what they found.
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

    /// Reports what was found wrong, with notes where they are asked for.
    pub(super) fn report(&mut self, format: ReportFormat) {
        self.report_with(format, self.common.verbose);
    }

    /// Reports what was found wrong; `notes`: and what may not be meant.
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
                _ = self.around.out.write_json(&document);
            }
            ReportFormat::Json => {
                let lines = json::report(&reports, &self.sources) + &json::omitted(omitted);
                _ = self.around.err.write_json(&lines);
            }
            ReportFormat::Text if reports.is_empty() => {}
            ReportFormat::Text => {
                let err = &mut self.around.err;
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

    /// How a run that reported nothing but this ends.
    pub(super) fn verdict(&self, deny_warnings: bool) -> Exit {
        let warned = || self.log.sorted().iter().any(|one| one.severity == Severity::Warning);
        if self.log.has_errors() || deny_warnings && warned() { Exit::Problems } else { Exit::Done }
    }

    pub(super) fn print(&mut self, text: &str) -> Exit {
        self.around.out.write(text)
    }

    /// Says something that is no result, unless asked to be quiet.
    pub(super) fn say(&mut self, text: &str) -> Exit {
        if self.common.quiet { Exit::Done } else { self.around.err.write(text) }
    }

    /// Prints a result for programs.
    pub(super) fn print_json(&mut self, value: &serde_json::Value) -> Exit {
        let text = serde_json::to_string_pretty(value).unwrap_or_default();
        self.around.out.write_json(&format!("{text}\n"))
    }

    /// Says that what was asked for is not there.
    pub(super) fn unknown(&mut self, message: &str, help: Option<String>) -> Exit {
        let help = help.map_or_else(String::new, |help| format!("  help: {help}\n"));
        _ = self.around.err.write(&format!("error: {message}\n{help}"));
        Exit::Problems
    }

    /// Sees to it that no other run writes into this folder until this one ends, and that none left anything half done.
    pub(super) fn hold(&mut self, fs: &Disk) -> Result<(), Exit> {
        match fs.hold() {
            Ok(false) => Ok(()),
            Ok(true) => {
                _ = self.say(
                    "note: an earlier run was interrupted while writing: its changes were rolled back\n",
                );
                Ok(())
            }
            Err(why) => Err(self.unwritten(fs, &why)),
        }
    }

    /// Says that files could not be written, and what to do.
    pub(super) fn unwritten(&mut self, fs: &Disk, why: &io::Error) -> Exit {
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
            return self.machine(&format!(
                "some files were not written: {why}\n  help: {help}: the next `jcc compile` repairs \
                    them"
            ));
        }
        self.machine(&format!("no files were written: {why}\n  help: {help}"))
    }

    /// Says that the machine failed.
    pub(super) fn machine(&mut self, why: &str) -> Exit {
        _ = self.around.err.write(&format!("error: {why}\n"));
        Exit::Machine
    }
}
