//! What is there already: whether it may be overwritten, whether it is current, and why not.

use crate::Compiled;
use crate::diagnostic::{Diagnostic, Log, codes};
use crate::render::Signature;
use crate::resolve::Lock;
use crate::world::{FileKind, World};

use super::args::ReportFormat;
use super::session::LOCK;
use super::{Exit, Session, diff};

/// Whether a file is to be written: it is new or stale, and jcc's own. What is not is told.
pub(super) fn may_write(world: &dyn World, path: &str, text: &str, force: bool, log: &mut Log) -> bool {
    if !world.is_inside(path) {
        log.error(
            Diagnostic::error(codes::world::OUTSIDE, format!("`{path}` leads out of the project"))
                .help("a link on its way points elsewhere; remove it, or name another path in `output`"),
        );
        return false;
    }
    if world.kind(path).is_some_and(|kind| kind != FileKind::File) {
        log.error(
            Diagnostic::error(codes::world::NOT_A_FILE, format!("`{path}` is there and is no file"))
                .help("move it away, or name another path in `output`"),
        );
        return false;
    }
    let Ok(old) = world.read(path) else { return true };
    let old = String::from_utf8_lossy(&old);
    if old == text {
        return false;
    }
    match Signature::of(&old) {
        Signature::Own => true,
        _ if force => true,
        Signature::Edited => {
            log.error(
                Diagnostic::error(
                    codes::world::EDITED,
                    format!("`{path}` was edited by hand since jcc wrote it"),
                )
                .help("put the change into the manifest; `jcc check` shows the edit")
                .help("`--force` drops the edit"),
            );
            false
        }
        Signature::Foreign => {
            log.error(
                Diagnostic::error(
                    codes::world::FOREIGN,
                    format!("`{path}` is there and jcc did not write it"),
                )
                .help("name another path in `output`, or move the file away")
                .help("`--force` overwrites it"),
            );
            false
        }
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
    session.tell(format);
    let mut files = compiled.artifacts.clone();
    files.insert(LOCK.to_owned(), compiled.resolved.lock.write(crate::VERSION));
    let moved = compiled.resolved.old_lock.as_ref().map(|old| changes(old, &compiled.resolved.lock));
    let mut out = String::new();
    for (path, new) in &files {
        let old = world.read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let old = old.unwrap_or_default();
        if old == *new {
            continue;
        }
        if old.is_empty() {
            out.push_str(&format!("# {path}: not written yet\n"));
        }
        out.push_str(&format!("--- a/{path}\n+++ b/{path}\n"));
        let edited = path != LOCK && Signature::of(&old) == Signature::Edited;
        for (line, hunk) in diff::hunks(&old, new) {
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
