//! `jcc update`: updates the lock to the best available versions, for all or only the named packages.

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
    let found = match session.find(args.options.file.as_deref()) {
        Ok(found) => found,
        Err(exit) => return exit,
    };
    let fs = session.disk(&found.root);
    if let Some(exit) =
        (!args.options.dry_run && found.is_there(&fs)).then(|| session.lock_folder(&fs).err()).flatten()
    {
        return exit;
    }
    let Ok(old) = open_lock(&fs, LOCK, &mut session.sources, &mut session.log) else {
        session.report(ReportFormat::Text);
        return Exit::Problems;
    };
    let scope = UpdateScope { found, fs, old, target: args.options.target.as_deref() };
    let names = match scope.locked_names(session, &args.names) {
        Ok(names) => names,
        Err(exit) => return exit,
    };
    let mut log = std::mem::take(&mut session.log);
    let resolved = scope.resolve(session, &names, &mut log);
    session.log = log;
    session.report(ReportFormat::Text);
    let Some(resolved) = resolved else {
        let text = format!("\nno files were written: `{}` does not resolve\n", scope.found.shown);
        _ = session.io.err.write(&text);
        return Exit::Problems;
    };
    let unchanged: Vec<Unchanged> =
        names.iter().filter_map(|name| scope.unchanged(session, &resolved, name, &names)).collect();
    scope.finish(session, args, &resolved, &unchanged)
}

/// The project and the part of its lock that an update may change.
struct UpdateScope<'a> {
    found: FoundManifest,
    fs: Disk,
    old: Option<Lock>,
    target: Option<&'a str>,
}

/// A package that was to be updated and kept its version.
struct Unchanged {
    name: Name,
    version: Version,
    /// The version that it could have, and the names that `jcc update` needs for that; `None` if no version
    /// is better.
    possible: Option<(Version, BTreeSet<Name>)>,
}

impl UpdateScope<'_> {
    /// Resolves aliases to the names in the lock, and reports a name that is not in the lock.
    fn locked_names(&self, session: &mut Session<'_, '_>, wanted: &[Name]) -> Result<Vec<Name>, Exit> {
        let Some(old) = self.old.as_ref().filter(|_| !wanted.is_empty()) else { return Ok(wanted.to_vec()) };
        let mut sources = std::mem::take(&mut session.sources);
        let catalog = crate::builtin::catalog(&mut sources);
        session.sources = sources;
        let targets =
            old.targets.iter().filter(|(name, _)| self.target.is_none_or(|target| target == name.as_str()));
        let locked: BTreeSet<&Name> =
            targets.flat_map(|(_, target)| target.entries.keys().chain(target.noted.keys())).collect();
        if locked.is_empty() {
            // The target is not in the lock. Resolving the manifest reports an unknown target.
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
                return Err(session.input_error(
                    &format!("`{}` does not contain `{name}`", session.sources.shown_path(LOCK)),
                    Some(help),
                ));
            };
            names.push((*known).clone());
        }
        Ok(names)
    }

    /// Resolves with a lock that does not have these names, or without the lock's versions if there are no
    /// names.
    fn resolve(&self, session: &mut Session<'_, '_>, free: &[Name], log: &mut Log) -> Option<Resolved> {
        let lock = self.old.as_ref().map(|old| old.without(free, self.target).write(crate::VERSION));
        // To update everything, resolve without any lock, so that its timestamp (`SOURCE_DATE_EPOCH`) is
        // renewed too.
        let lock = lock.filter(|_| !free.is_empty() || self.target.is_some());
        let fs = Overlay::new(&self.fs).with(LOCK, lock);
        let input = self.found.input(&fs, self.target);
        crate::resolve(input, &mut session.sources, log).ok()
    }

    /// Explains why a named package kept its version: no better version fits, or it depends on versions that
    /// are still locked. Returns `None` if its version changed. `named` are all names of the command line.
    fn unchanged(
        &self,
        session: &mut Session<'_, '_>,
        updated: &Resolved,
        name: &Name,
        named: &[Name],
    ) -> Option<Unchanged> {
        let versions = |lock: &Lock| {
            let targets = lock
                .targets
                .iter()
                .filter(|(name, _)| self.target.is_none_or(|target| target == name.as_str()));
            targets
                .filter_map(|(_, target)| target.entries.get(name))
                .map(|one| one.version.clone())
                .collect::<Vec<_>>()
        };
        let current = versions(&updated.lock);
        if self.old.as_ref().map(&versions).as_ref() != Some(&current) {
            return None;
        }
        let unchanged =
            |possible| Some(Unchanged { name: name.clone(), version: current.first()?.clone(), possible });
        // The version of the package after an update of these names, if it is another one.
        let mut new_version = |set: &BTreeSet<Name>| {
            let set: Vec<Name> = set.iter().cloned().collect();
            let new = versions(&self.resolve(session, &set, &mut Log::new())?.lock);
            new.into_iter().zip(&current).find(|(new, current)| new != *current).map(|(new, _)| new)
        };
        // Try to update it with its dependents, then also with their dependencies, then everything (the empty
        // set).
        for related in related(updated, name).into_iter().chain([BTreeSet::new()]) {
            let mut set = related;
            if !set.is_empty() {
                set.extend(named.iter().cloned());
            }
            let Some(mut to) = new_version(&set) else { continue };
            // Drop the names without which it is updated as well.
            for one in set.clone() {
                let fewer: BTreeSet<Name> = set.iter().filter(|other| **other != one).cloned().collect();
                let new = if one == *name || fewer.is_empty() { None } else { new_version(&fewer) };
                if let Some(new) = new {
                    (to, set) = (new, fewer);
                }
            }
            return unchanged(Some((to, set)));
        }
        unchanged(None)
    }

    fn finish(
        &self,
        session: &mut Session<'_, '_>,
        args: &Update,
        resolved: &Resolved,
        unchanged: &[Unchanged],
    ) -> Exit {
        // Only the lock is written, so the hashes of the generated files stay.
        let files = self.old.as_ref().map(|old| old.files.clone()).unwrap_or_default();
        let mut lock = Lock { files, ..resolved.lock.clone() };
        if let Some(old) = &self.old {
            lock.add_released_closures(old);
        }
        let text = lock.write(crate::VERSION);
        let stale = self.fs.read(LOCK).ok().as_deref() != Some(text.as_bytes());
        if stale
            && !args.options.dry_run
            && let Err(why) = self.fs.write_all(&BTreeMap::from([(LOCK.to_owned(), text.into_bytes())]))
        {
            return session.write_error(&self.fs, &why);
        }
        if args.options.format == Format::Json {
            return session.print_json(&json!({
                "written": stale && !args.options.dry_run,
                "targets": lock_diff::value(&resolved.lock, self.old.as_ref()),
                "held": unchanged.iter().map(Unchanged::value).collect::<Vec<_>>(),
            }));
        }
        let old = self.old.as_ref();
        let changes = lock_diff::text(&resolved.lock, old);
        let mut out = if changes.is_empty() { "no changes\n".to_owned() } else { changes };
        out.push_str(&lock_diff::downgrades(resolved, old, &session.sources));
        out.extend(unchanged.iter().map(|one| one.text(self.target)));
        let printed = session.print(&out);
        if printed != Exit::Done {
            return printed;
        }
        match (stale, args.options.dry_run) {
            (false, _) => Exit::Done,
            (true, true) => session.status("dry run: no files were written\n"),
            (true, false) => {
                let lock = session.sources.shown_path(LOCK);
                session.status(&format!("wrote {lock}; run `jcc compile` to update the other files\n"))
            }
        }
    }
}

/// Returns two sets that contain a package: with its dependents at any depth, and also with the dependencies
/// of all these at any depth.
fn related(resolved: &Resolved, name: &Name) -> [BTreeSet<Name>; 2] {
    let mut dependents = BTreeSet::from([name.clone()]);
    let mut dependencies = dependents.clone();
    for (_, resolution) in &resolved.targets {
        let mut open = vec![name.clone()];
        while let Some(one) = open.pop() {
            for reason in
                resolution.chosen.get(&one).map(|chosen| chosen.reasons.as_slice()).unwrap_or_default()
            {
                if let Reason::RequiredBy { name, .. } = reason
                    && dependents.insert(name.clone())
                {
                    open.push(name.clone());
                }
            }
        }
        let mut open: Vec<Name> = dependents.iter().cloned().collect();
        while let Some(one) = open.pop() {
            for (name, _) in
                resolution.chosen.get(&one).map(|chosen| chosen.requires.as_slice()).unwrap_or_default()
            {
                if dependencies.insert(name.clone()) {
                    open.push(name.clone());
                }
            }
        }
    }
    dependencies.extend(dependents.iter().cloned());
    [dependents, dependencies]
}

impl Unchanged {
    fn text(&self, target: Option<&str>) -> String {
        let Self { name, version, possible } = self;
        if version.as_str() == "0" {
            return format!("{name} is unchanged: its version is that of the distribution\n");
        }
        let Some((to, with)) = possible else {
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
            "would_be": self.possible.as_ref().map(|(to, _)| to.as_str()),
            "with": self.possible.as_ref().map(|(_, with)| with.iter().map(Name::as_str).collect::<Vec<_>>()),
        })
    }
}
