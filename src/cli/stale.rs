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

/// Compares what comes out with what is there: a diff on the output, its causes in reports.
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
        olds.push(place.text(path, &mut session.log).ok().flatten().unwrap_or_default());
    }
    session.tell(format);
    if session.log.has_errors() {
        return Exit::Problems;
    }
    let moved = compiled.resolved.old_lock.as_ref().map(|old| changes(old, &compiled.resolved.lock));
    let mut out = String::new();
    for ((path, new), old) in files.iter().zip(&olds) {
        if old == new {
            continue;
        }
        let shown = place.shown(path);
        if old.is_empty() {
            out.push_str(&format!("# {shown}: not written yet\n"));
        }
        out.push_str(&format!("--- a/{shown}\n+++ b/{shown}\n"));
        let edited = path != LOCK && Signature::of(old) == Signature::Edited;
        for (line, hunk) in diff::hunks(old, new) {
            out.push_str(&format!("# because: {}\n", cause(new, line, edited, moved.as_deref())));
            out.push_str(&hunk);
        }
    }
    if out.is_empty() {
        return session.say("everything is current\n");
    }
    match session.print(&out) {
        Exit::Done => Exit::Stale,
        other => other,
    }
}

/// Why a hunk is there: an edit by hand, else the comment that heads the new lines (it cites the manifest), else what
/// moved in the lock.
fn cause(new: &str, line: usize, edited: bool, moved: Option<&[String]>) -> String {
    let lines: Vec<&str> = new.lines().collect();
    let upto = lines.len().min(line + 1);
    let heading = lines[..upto]
        .iter()
        .rev()
        .find(|line| line.trim_start().starts_with('#') && line.contains(".kdl:"))
        .map(|line| line.trim_start_matches(['#', ' ']).to_owned());
    let moved = moved.map_or_else(|| "compiled for the first time".to_owned(), |moved| moved.join(", "));
    match (edited, heading) {
        (true, Some(heading)) => format!("edited by hand, or {moved}; in: {heading}"),
        (true, None) => format!("edited by hand, or {moved}"),
        (false, Some(heading)) => format!("{moved}; in: {heading}"),
        (false, None) => moved,
    }
}
