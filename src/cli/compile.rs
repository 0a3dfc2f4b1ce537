//! `jcc compile` and `jcc check`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::diagnostic::wording;
use crate::fs::{Disk, FileSystem};
use crate::render::Artifacts;
use crate::resolve::{Override, Reason};
use crate::source::Sources;

use super::args::{ManifestArgs, ReportFormat};
use super::place::{self, OutputPlace};
use super::session::{LOCK, leak, shown_folder};
use super::{Exit, Session, lock_diff, outputs};

/// The arguments of `jcc compile` and `jcc check`.
pub(super) struct CompileOptions {
    pub(super) input: ManifestArgs,
    pub(super) out: Option<PathBuf>,
    pub(super) stdout: Option<String>,
    pub(super) mode: OutputMode,
    pub(super) locked: bool,
    pub(super) force: bool,
    pub(super) deny_warnings: bool,
    pub(super) format: ReportFormat,
}

impl CompileOptions {
    /// Returns the options of `jcc check`, which is `jcc compile --check`.
    pub(super) fn check(input: ManifestArgs, deny_warnings: bool, format: ReportFormat) -> Self {
        Self {
            input,
            out: None,
            stdout: None,
            mode: OutputMode::Check,
            locked: false,
            force: false,
            deny_warnings,
            format,
        }
    }
}

/// What happens to the generated files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OutputMode {
    Write,
    /// They are compared with the files on disk, and nothing is written.
    Check,
}

/// Treats the value of `--stdout` as the manifest where it names one: in `jcc compile --stdout project.kdl`,
/// clap takes the manifest for the optional value of `--stdout`, but no generated file has such a name.
fn move_manifest_out_of_stdout(session: &Session<'_, '_>, options: CompileOptions) -> CompileOptions {
    let is_manifest = |value: &&String| {
        let path = std::path::Path::new(value.as_str());
        path.extension().is_some_and(|ending| ending == "kdl")
            || session.io.folder.join(path).join(super::session::MANIFEST).is_file()
    };
    match options.stdout.as_ref().filter(is_manifest) {
        Some(value) if options.input.file().is_none() => {
            let input = ManifestArgs { file: Some(PathBuf::from(value)), ..options.input };
            CompileOptions { input, stdout: Some(DOCKERFILE.to_owned()), ..options }
        }
        _ => options,
    }
}

/// The file that `--stdout` prints by default.
pub(super) const DOCKERFILE: &str = "Dockerfile";

pub(super) fn run(session: &mut Session<'_, '_>, options: CompileOptions) -> Exit {
    let options = &move_manifest_out_of_stdout(session, options);
    let found = match session.find(options.input.file()) {
        Ok(found) => found,
        Err(exit) => return exit,
    };
    let fs = session.disk(&found.root);
    let in_place = options.mode == OutputMode::Write
        && options.stdout.is_none()
        && options.out.is_none()
        && found.is_there(&fs);
    // Locked before anything is read, so that no other run changes the files between comparing and writing.
    if let Some(exit) = in_place.then(|| session.lock_folder(&fs).err()).flatten() {
        return exit;
    }
    let input = found.input(&fs, options.input.target.as_deref());
    let compiled = crate::compile(input, &mut session.sources, &mut session.log);
    if let Ok(compiled) = &compiled
        && options.locked
    {
        outputs::check_locked(compiled, &mut session.log);
        outputs::check_all_locked(compiled, &mut session.log);
    }
    let Ok(compiled) = compiled.map(leak) else {
        session.report(options.format);
        return Exit::Problems;
    };
    if session.verdict(options.deny_warnings) != Exit::Done {
        session.report(options.format);
        return Exit::Problems;
    }
    match (&options.stdout, options.mode) {
        (Some(name), _) => {
            session.report(options.format);
            print(session, &compiled.artifacts, name)
        }
        (None, OutputMode::Check) => outputs::compare(session, &fs, (compiled, &found.name), options.format),
        (None, OutputMode::Write) => write(session, &fs, options, (compiled, &found.name)),
    }
}

/// Returns the lines that describe the changes of the lock, and the overrides of each target.
fn summary(resolved: &crate::Resolved, sources: &Sources) -> String {
    let old = resolved.old_lock.as_ref();
    let mut out = lock_diff::short(&resolved.lock, old) + &lock_diff::downgrades(resolved, old, sources);
    let several = resolved.targets.len() > 1;
    for (_, resolution) in &resolved.targets {
        let target = if several { format!("{}: ", resolution.target.name) } else { String::new() };
        // What the target sets itself needs no explanation.
        let is_set = |one: &&Override| one.by.iter().any(|by| matches!(by, Reason::Target(_)));
        for one in resolution.overrides.iter().filter(|one| !is_set(one)) {
            out.push_str(&format!("{target}{}\n", super::resolve::overridden(one, sources)));
        }
    }
    out
}

fn print(session: &mut Session<'_, '_>, artifacts: &Artifacts, name: &str) -> Exit {
    let file = artifacts.get(name).or_else(|| {
        // The path is unambiguous without its folder, as when the files of the only target are in a folder.
        let mut named = artifacts.iter().filter(|(path, _)| path.rsplit('/').next() == Some(name));
        match (named.next(), named.next()) {
            (Some((_, text)), None) => Some(text),
            _ => None,
        }
    });
    if let Some(text) = file {
        return session.print(text);
    }
    let names: Vec<String> = artifacts.keys().map(|path| format!("`{path}`")).collect();
    let help = format!("use {}", wording::either(&names));
    session.input_error(&format!("{} is not one of the files", wording::code(name)), Some(help))
}

fn write(
    session: &mut Session<'_, '_>,
    fs: &Disk,
    options: &CompileOptions,
    (compiled, manifest): (&crate::Compiled, &str),
) -> Exit {
    let out_folder = match open_out_folder(session, fs, options) {
        Ok(folder) => folder,
        Err(exit) => return exit,
    };
    let to = out_folder.as_ref().unwrap_or(fs);
    let folder = match &options.out {
        Some(out) => shown_folder(out),
        None => session.sources.shown_path(""),
    };
    let out_lock = out_folder.as_ref().and_then(|folder| place::lock_in(folder));
    let lock = if out_folder.is_some() { out_lock.as_ref() } else { compiled.resolved.old_lock.as_ref() };
    let place = OutputPlace { fs: to, folder, lock, manifest };
    let leftovers = place.leftovers(compiled, manifest);
    leftovers.warn(&place, &mut session.log);
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for (path, text) in &compiled.artifacts {
        if place.may_write(path, text, options.force, &mut session.log) {
            files.insert(path.clone(), text.clone().into_bytes());
        }
    }
    let lock = leftovers.lock(compiled).write(crate::VERSION).into_bytes();
    if to.read(LOCK).ok().as_ref() != Some(&lock) {
        files.insert(LOCK.to_owned(), lock);
    }
    if session.log.has_errors() {
        session.report(options.format);
        return Exit::Problems;
    }
    let changes = !files.is_empty() || !leftovers.removed.is_empty();
    // Notes are shown after a change; if nothing changed, an earlier run has shown them.
    session.report_with(options.format, session.common.verbose || changes);
    session.status(&new_notes(compiled));
    session.status(&sizes(compiled));
    if !changes {
        return session.status("everything is up to date\n");
    }
    if let Err(why) = to.change_all(&files, &leftovers.removed) {
        return session.write_error(to, &why);
    }
    let mut text = String::new();
    if files.contains_key(LOCK) {
        text.push_str(&summary(&compiled.resolved, &session.sources));
    }
    let names: Vec<String> = files.keys().map(|path| place.shown(path)).collect();
    if !names.is_empty() {
        text.push_str(&written_line(&names));
    }
    for path in &leftovers.removed {
        text.push_str(&format!("removed {}, which is no longer generated\n", place.shown(path)));
    }
    session.status(&text)
}

/// Creates and locks the folder of `--out`. Returns `None` if the option is not set.
fn open_out_folder(
    session: &mut Session<'_, '_>,
    fs: &Disk,
    options: &CompileOptions,
) -> Result<Option<Disk>, Exit> {
    let Some(out) = &options.out else { return Ok(None) };
    let disk = Disk::create_from(&session.io.folder, out, fs.root());
    let disk = disk.map(|disk| disk.with_state(session.io.state.as_deref()));
    let disk =
        disk.map_err(|why| session.system_error(&format!("cannot create the folder of `--out`: {why}")))?;
    session.lock_folder(&disk)?;
    Ok(Some(disk))
}

/// Returns a line with the image size of each target for which it is known.
fn sizes(compiled: &crate::Compiled) -> String {
    let mut out = String::new();
    for planned in &compiled.planned {
        let several = compiled.planned.len() > 1;
        let target = if several { format!(" of {}", planned.services.target) } else { String::new() };
        if let Some(size) = planned.plan.size.describe() {
            out.push_str(&format!("size{target}: {size}\n"));
        }
    }
    out
}

/// The largest number of written files that are listed by name. If there are more, those in `.jcc/` are
/// counted.
const MAX_LISTED: usize = 20;

/// Returns the line that lists the written files.
fn written_line(names: &[String]) -> String {
    if names.len() <= MAX_LISTED {
        return format!("wrote {}\n", names.join(", "));
    }
    let (support, outputs): (Vec<&String>, Vec<&String>) =
        names.iter().partition(|name| name.split('/').any(|part| part == ".jcc"));
    if outputs.len() > MAX_LISTED || support.is_empty() {
        return format!("wrote {} files\n", names.len());
    }
    let outputs: Vec<&str> = outputs.into_iter().map(String::as_str).collect();
    format!("wrote {} and {} files in .jcc\n", outputs.join(", "), support.len())
}

/// Returns the notes of packages that are new in the lock or changed their version. Other notes were shown by
/// an earlier run; `jcc show` prints all of them.
fn new_notes(compiled: &crate::Compiled) -> String {
    let old = compiled.resolved.old_lock.as_ref();
    let mut shown: BTreeSet<&str> = BTreeSet::new();
    for planned in &compiled.planned {
        let before = old
            .and_then(|lock| lock.targets.iter().find(|(name, _)| name.as_str() == planned.services.target));
        shown.extend(planned.plan.notes.iter().filter_map(|note| {
            let locked = before.and_then(|(_, target)| target.entries.get(&note.package));
            locked.is_none_or(|locked| locked.version != note.version).then_some(note.text.as_str())
        }));
    }
    shown.into_iter().fold(String::new(), |all, note| all + "note: " + &wording::one_line(note) + "\n")
}
