//! `jcc update` for what `jcc lock` records: releases it, so that the next `jcc lock` looks it up again.

use std::collections::{BTreeMap, BTreeSet};

use crate::fs::FileSystem as _;
use crate::plan::ClosureText;
use crate::resolve::{Lock, open_lock};
use crate::value::{ImageRef, Name, normalised_name};

use super::super::args::ReportFormat;
use super::super::edit::args::Update;
use super::super::session::LOCK;
use super::super::{Exit, Session};
use super::LockKind;

/// Releases the kinds of `--only`.
pub(in crate::cli) fn kinds(session: &mut Session<'_, '_>, args: &Update) -> Exit {
    change(session, args, |lock| {
        let is_changed = |name: &Name| args.options.target.as_deref().is_none_or(|one| one == name.as_str());
        for (_, target) in lock.targets.iter_mut().filter(|(name, _)| is_changed(name)) {
            if args.only.contains(&LockKind::Python) {
                target.release_all();
            }
            if args.only.contains(&LockKind::Images) {
                target.further_images.clear();
                target.base = target.base.without_digest();
                target.devel = target.devel.as_ref().map(ImageRef::without_digest);
            }
            if args.only.contains(&LockKind::Git) {
                target.commits.clear();
            }
        }
    })
}

/// Releases names that are distributions of closure files but no packages of the lock. Returns `None` if there are
/// none.
pub(in crate::cli) fn distributions(session: &mut Session<'_, '_>, args: &Update) -> Option<Exit> {
    if args.names.is_empty() {
        return None;
    }
    let found = session.find(args.options.file.as_deref()).ok()?;
    let fs = session.disk(&found.root);
    let mut log = crate::diagnostic::Log::new();
    let lock = open_lock(&fs, LOCK, &mut crate::source::Sources::new(), &mut log).ok()??;
    let wanted: BTreeSet<String> = args.names.iter().map(|name| normalised_name(name.as_str())).collect();
    let is_package = |name: &Name| {
        lock.targets.values().any(|one| one.entries.contains_key(name) || one.noted.contains_key(name))
    };
    let is_listed = lock.files.paths().filter(|path| path.contains("/locked/")).any(|path| {
        let text = fs.read(path).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let lines = text.and_then(|text| ClosureText::read(&text)).map(|text| text.lines).unwrap_or_default();
        lines.iter().any(|line| wanted.contains(&line.name()))
    });
    if !is_listed || args.names.iter().any(is_package) {
        return None;
    }
    Some(change(session, args, |lock| {
        let is_changed = |name: &Name| args.options.target.as_deref().is_none_or(|one| one == name.as_str());
        for (_, target) in lock.targets.iter_mut().filter(|(name, _)| is_changed(name)) {
            for closure in target.closures.values_mut() {
                closure.released.extend(wanted.iter().cloned());
            }
        }
    }))
}

/// Changes the lock and writes it.
fn change(session: &mut Session<'_, '_>, args: &Update, make: impl FnOnce(&mut Lock)) -> Exit {
    let found = match session.find(args.options.file.as_deref()) {
        Ok(found) => found,
        Err(exit) => return exit,
    };
    let fs = session.disk(&found.root);
    let writes = !args.options.dry_run && found.is_there(&fs);
    if let Some(exit) = writes.then(|| session.lock_folder(&fs).err()).flatten() {
        return exit;
    }
    let lock = match open_lock(&fs, LOCK, &mut session.sources, &mut session.log) {
        Ok(Some(lock)) => lock,
        Ok(None) => return session.input_error("there is no lock to update", None),
        Err(_) => {
            session.report(ReportFormat::Text);
            return Exit::Problems;
        }
    };
    let mut changed = lock.clone();
    make(&mut changed);
    if changed == lock {
        return session.print("no changes\n");
    }
    if args.options.dry_run {
        return session.status("dry run: no files were written\n");
    }
    let text = changed.write(crate::VERSION).into_bytes();
    if let Err(why) = fs.write_all(&BTreeMap::from([(LOCK.to_owned(), text)])) {
        return session.write_error(&fs, &why);
    }
    let lock = session.sources.shown_path(LOCK);
    session.status(&format!("wrote {lock}; run `jcc lock`, then `jcc compile`\n"))
}
