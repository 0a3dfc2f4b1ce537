//! What is there already: whether it may be overwritten, whether it is current, and why not.

use crate::Compiled;
use crate::diagnostic::{Diagnostic, Log, Told, codes, wording};
use crate::render::Signature;
use crate::resolve::Lock;
use crate::world::{FileKind, World};

use super::args::ReportFormat;
use super::session::LOCK;
use super::{Exit, Session, diff};

/// Where files are written to, or compared with what is there.
pub(super) struct Place<'a> {
    pub(super) world: &'a dyn World,
    /// The folder as messages name it.
    pub(super) folder: String,
}

impl Place<'_> {
    /// A file as messages name it.
    pub(super) fn shown(&self, path: &str) -> String {
        if self.folder.is_empty() {
            path.to_owned()
        } else {
            format!("{}/{path}", self.folder.trim_end_matches('/'))
        }
    }

    /// The text of a file; nothing where there is none, and a diagnostic where something is there that is not read.
    fn text(&self, path: &str, log: &mut Log) -> Result<Option<String>, Told> {
        let shown = wording::code(self.shown(path));
        if !self.world.is_inside(path) {
            return Err(log.error(
                Diagnostic::error(codes::world::OUTSIDE, format!("{shown} leads out of the project"))
                    .help("a link on its way points elsewhere; remove it, or name another path in `output`"),
            ));
        }
        match self.world.kind(path) {
            None => return Ok(None),
            Some(FileKind::File) => {}
            Some(FileKind::Folder | FileKind::Other) => {
                let message = format!("{shown} is there and is not a regular file");
                return Err(log.error(
                    Diagnostic::error(codes::world::NOT_A_FILE, message)
                        .help("move it away, or name another path in `output`"),
                ));
            }
        }
        match self.world.read(path) {
            Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
            Err(why) => {
                let message = format!("{shown} is there and can't be read: {}", wording::cause(&why, path));
                Err(log.error(
                    Diagnostic::error(codes::world::FOREIGN, message)
                        .help("move it away, or name another path in `output`"),
                ))
            }
        }
    }

    /// Whether a file is to be written: it is new or stale, and jcc's own. What is not is reported.
    pub(super) fn may_write(&self, path: &str, text: &str, force: bool, log: &mut Log) -> bool {
        let old = match self.text(path, log) {
            Ok(None) => return true,
            Ok(Some(old)) => old,
            Err(_) => return false,
        };
        if old == text {
            return false;
        }
        let shown = wording::code(self.shown(path));
        let refused = match Signature::of(&old) {
            Signature::Own => return true,
            _ if force => return true,
            Signature::Edited => Diagnostic::error(
                codes::world::EDITED,
                format!("{shown} was edited by hand since jcc wrote it"),
            )
            .help("put the change into the manifest; `jcc check` shows the edit")
            .help("`--force` drops the edit"),
            Signature::Foreign => {
                Diagnostic::error(codes::world::FOREIGN, format!("{shown} is there and jcc did not write it"))
                    .help("name another path in `output`, or move the file away")
                    .help("`--force` overwrites it")
            }
        };
        log.error(refused);
        false
    }
}

/// `--locked`: the lock that is there must be the one that comes out.
pub(super) fn lock_must_hold(compiled: &Compiled, log: &mut Log) {
    if compiled.resolved.old_lock.as_ref() == Some(&compiled.resolved.lock) {
        return;
    }
    let what = match &compiled.resolved.old_lock {
        None => format!("there is no `{LOCK}`"),
        Some(old) => format!("`{LOCK}` would change: {}", changes(old, &compiled.resolved.lock).join(", ")),
    };
    log.error(
        Diagnostic::error(codes::resolve::LOCK_WOULD_CHANGE, what)
            .help("compile without `--locked` and commit the lock"),
    );
}

/// What moved between two locks.
fn changes(old: &Lock, new: &Lock) -> Vec<String> {
    let mut all = Vec::new();
    for moves in new.moves(Some(old)) {
        let Some(before) = moves.before else {
            all.push(format!("target {} is new", moves.target));
            continue;
        };
        all.extend(moves.things.iter().map(|one| match (one.from, one.to) {
            (None, Some(to)) => format!("{} {} is new", one.name, to.version),
            (Some(from), Some(to)) if one.is_of_version() => {
                format!("{} {} becomes {}", one.name, from.version, to.version)
            }
            (Some(_), Some(_)) => format!("the definition of {} changed", one.name),
            (_, None) => format!("{} is gone", one.name),
        }));
        if before.noted != moves.after.noted {
            all.push(format!("what it notes of target {} is another", moves.target));
        }
        if before.base != moves.after.base {
            all.push(format!("the base {} becomes {}", before.base, moves.after.base));
        }
    }
    if all.is_empty() {
        all.push("the manifest changed".to_owned());
    }
    all
}

/// A file that is not what the manifest gives.
struct Stale<'a> {
    path: String,
    old: String,
    new: &'a str,
    missing: bool,
    edited: bool,
}

/// Compares what comes out with what is there: a diff on the output, in reports for programs a result for each file.
pub(super) fn compare(
    session: &mut Session<'_, '_>,
    world: &dyn World,
    compiled: &Compiled,
    format: ReportFormat,
) -> Exit {
    let mut files = compiled.artifacts.clone();
    files.insert(LOCK.to_owned(), compiled.resolved.lock.write(crate::VERSION));
    let place = Place { world, folder: session.sources.shown_path("") };
    let mut olds = Vec::new();
    for path in files.keys() {
        olds.push(place.text(path, &mut session.log).ok().flatten());
    }
    if session.log.has_errors() {
        session.tell(format);
        return Exit::Problems;
    }
    let mut stale = Vec::new();
    for ((path, new), old) in files.iter().zip(olds) {
        let missing = old.is_none();
        let old = old.unwrap_or_default();
        if missing || old != *new {
            let edited = path != LOCK && !missing && Signature::of(&old) == Signature::Edited;
            stale.push(Stale { path: place.shown(path), old, new, missing, edited });
        }
    }
    let moved = match &compiled.resolved.old_lock {
        None => "it was never compiled".to_owned(),
        Some(old) => changes(old, &compiled.resolved.lock).join(", "),
    };
    if format != ReportFormat::Text {
        for one in &stale {
            one.report(session, &moved);
        }
    }
    session.tell(format);
    if stale.is_empty() {
        return if format == ReportFormat::Json {
            Exit::Done
        } else {
            session.say("everything is current\n")
        };
    }
    // What programs read is on the output of SARIF, and on the error stream of JSON.
    if format != ReportFormat::Sarif {
        let shown = session.print(&text(&stale, &moved));
        if shown != Exit::Done {
            return shown;
        }
    }
    if format != ReportFormat::Json {
        let names: Vec<String> = stale.iter().map(|one| format!("`{}`", one.path)).collect();
        let are = if names.len() == 1 { "is" } else { "are" };
        let names = crate::diagnostic::wording::all_of(&names);
        let cause = if stale.iter().all(|one| one.edited) { "edited by hand".to_owned() } else { moved };
        _ = session.say(&format!("{names} {are} stale: {cause}; `jcc compile` writes what is current\n"));
    }
    Exit::Stale
}

/// What moved, once, and each file's diff under the places of the manifest that its lines come from.
fn text(stale: &[Stale<'_>], moved: &str) -> String {
    let mut out = format!("# because: {moved}\n");
    for one in stale {
        match (one.missing, one.edited) {
            (true, _) => out.push_str(&format!("# {}: not written yet\n", one.path)),
            (_, true) => out.push_str(&format!("# {}: edited by hand\n", one.path)),
            (false, false) => {}
        }
        out.push_str(&format!("--- a/{0}\n+++ b/{0}\n", one.path));
        let mut before = None;
        for (line, hunk) in diff::hunks(&one.old, one.new) {
            let heading = heading(one.new, line);
            if let Some(heading) = heading.as_ref().filter(|heading| before.as_ref() != Some(*heading)) {
                out.push_str(&format!("# in: {heading}\n"));
            }
            before = heading;
            out.push_str(&hunk);
        }
    }
    out
}

impl Stale<'_> {
    /// The file as an error, at the first line that is another one.
    fn report(&self, session: &mut Session<'_, '_>, moved: &str) {
        let cause = match (self.missing, self.edited) {
            (true, _) => "it is not there",
            (_, true) => "it was edited by hand",
            (false, false) => moved,
        };
        let message = format!("`{}` is not what the manifest gives: {cause}", self.path);
        let mut diagnostic = Diagnostic::error(codes::world::STALE, message);
        if !self.missing {
            let same = self.old.lines().zip(self.new.lines()).take_while(|(old, new)| old == new);
            let start: usize = same.map(|(line, _)| line.len() + 1).sum();
            let end =
                self.old[start.min(self.old.len())..].find('\n').map_or(self.old.len(), |at| start + at);
            let source = session.sources.add(self.path.as_str(), self.old.clone());
            let span = crate::source::Span::new(source, start.min(end)..end);
            diagnostic = diagnostic.at(span, "the first line that is another one");
        }
        session.log.error(diagnostic.help("`jcc compile` writes what is current"));
    }
}

/// The comment that heads these lines, which cites the manifest.
fn heading(new: &str, line: usize) -> Option<String> {
    let lines: Vec<&str> = new.lines().collect();
    let upto = lines.len().min(line + 1);
    let cites = |line: &&&str| line.trim_start().starts_with('#') && line.contains(".kdl:");
    lines[..upto].iter().rev().find(cites).map(|line| line.trim_start_matches(['#', ' ']).to_owned())
}
