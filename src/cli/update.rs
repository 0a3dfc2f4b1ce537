//! `jcc update`: moves the lock, for all or only for what is named.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::Resolved;
use crate::catalog::DefinitionKind;
use crate::diagnostic::{Log, wording};
use crate::fs::{Disk, FileSystem as _, Overlay};
use crate::resolve::{Lock, Reason, open_lock};
use crate::value::{Name, Version};

use super::args::{Format, ReportFormat};
use super::edit::args::Update;
use super::session::{FoundManifest, LOCK};
use super::{Exit, Session, lock_diff};

pub(super) fn run(session: &mut Session<'_, '_>, args: &Update) -> Exit {
    let found = match session.find(args.place.file.as_deref()) {
        Ok(found) => found,
        Err(exit) => return exit,
    };
    let fs = session.disk(&found.root);
    if let Some(exit) =
        (!args.place.dry_run && found.is_there(&fs)).then(|| session.hold(&fs).err()).flatten()
    {
        return exit;
    }
    let Ok(old) = open_lock(&fs, LOCK, &mut session.sources, &mut session.log) else {
        session.report(ReportFormat::Text);
        return Exit::Problems;
    };
    let place = UpdateScope { found, fs, old, target: args.place.target.as_deref() };
    let names = match place.known(session, &args.names) {
        Ok(names) => names,
        Err(exit) => return exit,
    };
    let mut log = std::mem::take(&mut session.log);
    let resolved = place.resolved(session, &names, &mut log);
    session.log = log;
    session.report(ReportFormat::Text);
    let Some(resolved) = resolved else {
        _ = session
            .around
            .err
            .write(&format!("\nno files were written: `{}` does not resolve\n", place.found.shown));
        return Exit::Problems;
    };
    let held: Vec<Held> =
        names.iter().filter_map(|name| place.held(session, &resolved, name, &names)).collect();
    place.finish(session, args, &resolved, &held)
}

/// The packages whose locked versions `jcc update` lets go.
struct UpdateScope<'a> {
    found: FoundManifest,
    fs: Disk,
    old: Option<Lock>,
    target: Option<&'a str>,
}

/// Something that was named and did not move.
struct Held {
    name: Name,
    version: Version,
    /// Where it would go if nothing held it, and what has to be named too for that.
    free: Option<(Version, BTreeSet<Name>)>,
}

impl UpdateScope<'_> {
    /// The names as the lock has them; one that it does not have is reported.
    fn known(&self, session: &mut Session<'_, '_>, wanted: &[Name]) -> Result<Vec<Name>, Exit> {
        let Some(old) = self.old.as_ref().filter(|_| !wanted.is_empty()) else { return Ok(wanted.to_vec()) };
        let mut sources = std::mem::take(&mut session.sources);
        let catalog = crate::catalog::Catalog::builtin(&mut sources);
        session.sources = sources;
        let targets =
            old.targets.iter().filter(|(name, _)| self.target.is_none_or(|target| target == name.as_str()));
        let locked: BTreeSet<&Name> =
            targets.flat_map(|(_, target)| target.things.keys().chain(target.noted.keys())).collect();
        if locked.is_empty() {
            // Whether the manifest has such a target is reported when it is resolved.
            return Ok(wanted.to_vec());
        }
        let mut names = Vec::new();
        for name in wanted {
            let canonical = catalog
                .entry(DefinitionKind::Package, name.as_str())
                .map_or(name.as_str(), |entry| &entry.name);
            let Some(known) = locked.iter().find(|one| one.as_str() == canonical || **one == name) else {
                let help = wording::did_you_mean(name.as_str(), locked.iter().map(|one| one.as_str()))
                    .unwrap_or_else(|| "`jcc resolve` shows the selected versions".to_owned());
                return Err(session.unknown(
                    &format!("`{}` does not contain `{name}`", session.sources.shown_path(LOCK)),
                    Some(help),
                ));
            };
            names.push((*known).clone());
        }
        Ok(names)
    }

    /// What is chosen when these names are free; all are where none is named.
    fn resolved(&self, session: &mut Session<'_, '_>, free: &[Name], log: &mut Log) -> Option<Resolved> {
        let lock = self.old.as_ref().map(|old| old.without(free, self.target).write(crate::VERSION));
        // Without a target the lock has nothing to keep, not even the time that it gives the images.
        let lock = lock.filter(|_| !free.is_empty() || self.target.is_some());
        let fs = Overlay::new(&self.fs).with(LOCK, lock);
        let input = self.found.input(&fs, self.target);
        crate::resolve(input, &mut session.sources, log).ok()
    }

    /// Why something that was named did not move: nothing newer fits, or what stays locked holds it.
    fn held(
        &self,
        session: &mut Session<'_, '_>,
        now: &Resolved,
        name: &Name,
        free: &[Name],
    ) -> Option<Held> {
        let version = |lock: &Lock| {
            let targets = lock
                .targets
                .iter()
                .filter(|(name, _)| self.target.is_none_or(|target| target == name.as_str()));
            targets
                .filter_map(|(_, target)| target.things.get(name))
                .map(|one| one.version.clone())
                .collect::<Vec<_>>()
        };
        let here = version(&now.lock);
        if self.old.as_ref().map(&version).as_ref() != Some(&here) {
            return None;
        }
        let held = |free| Some(Held { name: name.clone(), version: here.first()?.clone(), free });
        let mut moves = |set: &BTreeSet<Name>| {
            let set: Vec<Name> = set.iter().cloned().collect();
            let there = version(&self.resolved(session, &set, &mut Log::new())?.lock);
            there.into_iter().zip(&here).find(|(there, here)| there != *here).map(|(there, _)| there)
        };
        // What requires it goes with it, then what it requires itself, then everything.
        for around in around(now, name).into_iter().chain([BTreeSet::new()]) {
            let mut set = around;
            if !set.is_empty() {
                set.extend(free.iter().cloned());
            }
            let Some(mut to) = moves(&set) else { continue };
            for one in set.clone() {
                let fewer: BTreeSet<Name> = set.iter().filter(|other| **other != one).cloned().collect();
                let still = if one == *name || fewer.is_empty() { None } else { moves(&fewer) };
                if let Some(still) = still {
                    (to, set) = (still, fewer);
                }
            }
            return held(Some((to, set)));
        }
        held(None)
    }

    fn finish(
        &self,
        session: &mut Session<'_, '_>,
        args: &Update,
        resolved: &Resolved,
        held: &[Held],
    ) -> Exit {
        // No file is written: those that the lock lists are still what they were.
        let files = self.old.as_ref().map(|old| old.files.clone()).unwrap_or_default();
        let text = Lock { files, ..resolved.lock.clone() }.write(crate::VERSION);
        let stale = self.fs.read(LOCK).ok().as_deref() != Some(text.as_bytes());
        if stale
            && !args.place.dry_run
            && let Err(why) = self.fs.write_all(&BTreeMap::from([(LOCK.to_owned(), text.into_bytes())]))
        {
            return session.unwritten(&self.fs, &why);
        }
        if args.place.format == Format::Json {
            return session.print_json(&json!({
                "written": stale && !args.place.dry_run,
                "targets": lock_diff::value(&resolved.lock, self.old.as_ref()),
                "held": held.iter().map(Held::value).collect::<Vec<_>>(),
            }));
        }
        let old = self.old.as_ref();
        let changes = lock_diff::text(&resolved.lock, old);
        let mut out = if changes.is_empty() { "no changes\n".to_owned() } else { changes };
        out.push_str(&lock_diff::downgrades(resolved, old, &session.sources));
        out.extend(held.iter().map(|one| one.text(self.target)));
        let shown = session.print(&out);
        if shown != Exit::Done {
            return shown;
        }
        match (stale, args.place.dry_run) {
            (false, _) => Exit::Done,
            (true, true) => session.say("dry run: no files were written\n"),
            (true, false) => {
                let lock = session.sources.shown_path(LOCK);
                session.say(&format!("wrote {lock}; run `jcc compile` to update the other files\n"))
            }
        }
    }
}

/// What requires something, at any depth; and the same with what it requires.
fn around(now: &Resolved, name: &Name) -> [BTreeSet<Name>; 2] {
    let mut above = BTreeSet::from([name.clone()]);
    let mut below = above.clone();
    for (_, resolution) in &now.targets {
        let mut open = vec![name.clone()];
        while let Some(one) = open.pop() {
            for reason in
                resolution.chosen.get(&one).map(|chosen| chosen.reasons.as_slice()).unwrap_or_default()
            {
                if let Reason::RequiredBy { name, .. } = reason
                    && above.insert(name.clone())
                {
                    open.push(name.clone());
                }
            }
        }
        let mut open: Vec<Name> = above.iter().cloned().collect();
        while let Some(one) = open.pop() {
            for (name, _) in
                resolution.chosen.get(&one).map(|chosen| chosen.requires.as_slice()).unwrap_or_default()
            {
                if below.insert(name.clone()) {
                    open.push(name.clone());
                }
            }
        }
    }
    below.extend(above.iter().cloned());
    [above, below]
}

impl Held {
    fn text(&self, target: Option<&str>) -> String {
        let Self { name, version, free } = self;
        if version.as_str() == "0" {
            return format!("{name} is unchanged: its version is that of the distribution\n");
        }
        let Some((to, with)) = free else {
            return format!("{name} {version} is unchanged: it is the best version that fits\n");
        };
        let mut command = "jcc update".to_owned();
        command.extend(with.iter().map(|name| format!(" {name}")));
        command.extend(target.map(|target| format!(" --target {target}")));
        format!(
            "{name} {version} is unchanged: it depends on other locked versions; run `{command}` to \
            update to {to}\n"
        )
    }

    fn value(&self) -> serde_json::Value {
        json!({
            "name": self.name.as_str(),
            "version": self.version.as_str(),
            "would_be": self.free.as_ref().map(|(to, _)| to.as_str()),
            "with": self.free.as_ref().map(|(_, with)| with.iter().map(Name::as_str).collect::<Vec<_>>()),
        })
    }
}
