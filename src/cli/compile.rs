//! `jcc compile` and `jcc check`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::diagnostic::wording;
use crate::fs::{Disk, FileSystem};
use crate::render::Artifacts;
use crate::source::Sources;

use super::args::{ManifestArgs, ReportFormat};
use super::place::{self, OutputPlace};
use super::session::{LOCK, kept, shown_folder};
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
    /// `jcc check`.
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

/// What becomes of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OutputMode {
    Write,
    /// They are compared with what is there.
    Check,
}

/// `--stdout project.kdl`: the word is the manifest, since no file that is written is called so.
fn untangled(session: &Session<'_, '_>, options: CompileOptions) -> CompileOptions {
    let is_manifest = |word: &&String| {
        let path = std::path::Path::new(word.as_str());
        path.extension().is_some_and(|ending| ending == "kdl")
            || session.around.folder.join(path).join(super::session::MANIFEST).is_file()
    };
    match options.stdout.as_ref().filter(is_manifest) {
        Some(word) if options.input.file().is_none() => {
            let input = ManifestArgs { file: Some(PathBuf::from(word)), ..options.input };
            CompileOptions { input, stdout: Some(DOCKERFILE.to_owned()), ..options }
        }
        _ => options,
    }
}

/// The file that `--stdout` prints when none is named.
pub(super) const DOCKERFILE: &str = "Dockerfile";

pub(super) fn run(session: &mut Session<'_, '_>, options: CompileOptions) -> Exit {
    let options = &untangled(session, options);
    let found = match session.find(options.input.file()) {
        Ok(found) => found,
        Err(exit) => return exit,
    };
    let fs = session.disk(&found.root);
    let in_place = options.mode == OutputMode::Write
        && options.stdout.is_none()
        && options.out.is_none()
        && found.is_there(&fs);
    // Held from before anything is read: what is compared with what is there must be written over just that.
    if let Some(exit) = in_place.then(|| session.hold(&fs).err()).flatten() {
        return exit;
    }
    let input = found.input(&fs, options.input.target.as_deref());
    let compiled = crate::compile(input, &mut session.sources, &mut session.log);
    if let Ok(compiled) = &compiled
        && options.locked
    {
        outputs::lock_must_hold(compiled, &mut session.log);
    }
    let Ok(compiled) = compiled.map(kept) else {
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

/// The changes of the lock, and the axes whose version is not the default of the release.
fn summary(resolved: &crate::Resolved, sources: &Sources) -> String {
    let old = resolved.old_lock.as_ref();
    let mut out = lock_diff::short(&resolved.lock, old) + &lock_diff::downgrades(resolved, old, sources);
    let several = resolved.targets.len() > 1;
    for (_, resolution) in &resolved.targets {
        let target = if several { format!("{}: ", resolution.target.name) } else { String::new() };
        for one in &resolution.overrides {
            out.push_str(&format!("{target}{}\n", super::resolve::overridden(one, sources)));
        }
    }
    out
}

fn print(session: &mut Session<'_, '_>, artifacts: &Artifacts, name: &str) -> Exit {
    let file = artifacts.get(name).or_else(|| {
        // `--stdout Dockerfile` with one target's files in a separate folder.
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
    session.unknown(&format!("{} is not one of the files", wording::code(name)), Some(help))
}

fn write(
    session: &mut Session<'_, '_>,
    fs: &Disk,
    options: &CompileOptions,
    (compiled, manifest): (&crate::Compiled, &str),
) -> Exit {
    let elsewhere = match elsewhere(session, fs, options) {
        Ok(elsewhere) => elsewhere,
        Err(exit) => return exit,
    };
    let to = elsewhere.as_ref().unwrap_or(fs);
    let folder = match &options.out {
        Some(out) => shown_folder(out),
        None => session.sources.shown_path(""),
    };
    let there = elsewhere.as_ref().and_then(|elsewhere| place::lock_in(elsewhere));
    let lock = if elsewhere.is_some() { there.as_ref() } else { compiled.resolved.old_lock.as_ref() };
    let place = OutputPlace { fs: to, folder, lock };
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
    // What changed is new to its reader, and so are the notes on it.
    session.report_with(options.format, session.common.verbose || changes);
    session.say(&new_notes(compiled));
    session.say(&sizes(compiled));
    if !changes {
        return session.say("everything is up to date\n");
    }
    if let Err(why) = to.change_all(&files, &leftovers.removed) {
        return session.unwritten(to, &why);
    }
    let mut text = String::new();
    if files.contains_key(LOCK) {
        text.push_str(&summary(&compiled.resolved, &session.sources));
    }
    let names: Vec<String> = files.keys().map(|path| place.shown(path)).collect();
    if !names.is_empty() {
        text.push_str(&wrote(&names));
    }
    for path in &leftovers.removed {
        text.push_str(&format!("removed {}, which is no longer generated\n", place.shown(path)));
    }
    session.say(&text)
}

/// The folder of `--out`, which no other run writes into.
fn elsewhere(
    session: &mut Session<'_, '_>,
    fs: &Disk,
    options: &CompileOptions,
) -> Result<Option<Disk>, Exit> {
    let Some(out) = &options.out else { return Ok(None) };
    let disk = Disk::made_from(&session.around.folder, out, fs.root());
    let disk = disk.map(|disk| disk.with_state(session.around.state.as_deref()));
    let disk = disk.map_err(|why| session.machine(&format!("cannot create the folder of `--out`: {why}")))?;
    session.hold(&disk)?;
    Ok(Some(disk))
}

/// The size of each target's image, where it is known.
fn sizes(compiled: &crate::Compiled) -> String {
    let mut out = String::new();
    for planned in &compiled.planned {
        let several = compiled.planned.len() > 1;
        let target = if several { format!(" of {}", planned.services.target) } else { String::new() };
        if let Some(words) = planned.plan.size.words() {
            out.push_str(&format!("size{target}: {words}\n"));
        }
    }
    out
}

/// At most so many files are named; of more, those in the support folder are counted.
const NAMED: usize = 20;

/// The line that lists the files written.
fn wrote(names: &[String]) -> String {
    if names.len() <= NAMED {
        return format!("wrote {}\n", names.join(", "));
    }
    let (support, outputs): (Vec<&String>, Vec<&String>) =
        names.iter().partition(|name| name.split('/').any(|part| part == ".jcc"));
    if outputs.len() > NAMED || support.is_empty() {
        return format!("wrote {} files\n", names.len());
    }
    let outputs: Vec<&str> = outputs.into_iter().map(String::as_str).collect();
    format!("wrote {} and {} files in .jcc\n", outputs.join(", "), support.len())
}

/// What users of the packages must know that came with this compile; the rest was shown before, and `jcc show` shows it.
fn new_notes(compiled: &crate::Compiled) -> String {
    let old = compiled.resolved.old_lock.as_ref();
    let mut shown: BTreeSet<&str> = BTreeSet::new();
    for planned in &compiled.planned {
        let before = old
            .and_then(|lock| lock.targets.iter().find(|(name, _)| name.as_str() == planned.services.target));
        shown.extend(planned.plan.notes.iter().filter_map(|note| {
            let held = before.and_then(|(_, target)| target.things.get(&note.package));
            held.is_none_or(|held| held.version != note.version).then_some(note.text.as_str())
        }));
    }
    shown.into_iter().fold(String::new(), |all, note| all + "note: " + &wording::one_line(note) + "\n")
}
