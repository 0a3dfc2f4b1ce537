//! The commands that edit the manifest in place: what they share.
//!
//! An edit is made in memory, the manifest is resolved with it, and only one that resolves is written.

mod add;
pub(super) mod args;
mod pin;
mod remove;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::Resolved;
use crate::catalog::{BuiltinStacks, Catalog, DefinitionKind};
use crate::diagnostic::{Diagnostic, Log, wording};
use crate::fs::{Disk, FileSystem, Overlay};
use crate::manifest::edit::{self, Child};
use crate::manifest::{self, Project};
use crate::source::{Position, SourceId, Span};
use crate::syntax::{self, Change, Document, Node};

use super::args::{Format, ReportFormat};
use super::session::FoundManifest;
use super::{Exit, Session, lock_diff};
pub(super) use add::add;
use args::Where;
pub(super) use pin::pin;
pub(super) use remove::remove;

/// A manifest that is being edited.
struct EditedManifest {
    found: FoundManifest,
    fs: Disk,
    source: SourceId,
    /// The text as it is on disk.
    old: String,
    /// The text with the edits so far.
    text: String,
    document: Document,
    /// What the text on disk was parsed to.
    original: Document,
    catalog: Catalog,
    /// What each target sees, where the manifest can be read.
    projects: Vec<Project>,
    /// What came of it before the edit, where something did.
    before: Option<Resolved>,
    /// What was reported of it before the edit.
    reports: Vec<Diagnostic>,
    done: Vec<Done>,
}

/// One thing that was done, or was there already.
struct Done {
    /// What: `added`, `changed`, `removed`, `pinned`, `unpinned`, `kept`.
    action: &'static str,
    name: String,
    target: Option<String>,
    requirement: Option<String>,
    was: Option<String>,
    /// Where it stands, or stood.
    place: String,
}

impl EditedManifest {
    /// Reads the manifest. What is wrong with it beyond its syntax is judged with the edit.
    fn open(session: &mut Session<'_, '_>, place: &Where) -> Result<Self, Exit> {
        let found = session.find(place.file.as_deref())?;
        let fs = session.disk(&found.root);
        if !place.dry_run && found.is_there(&fs) {
            session.hold(&fs)?;
        }
        let bytes = fs
            .read(&found.name)
            .map_err(|why| session.unknown(&format!("cannot read the manifest: {why}"), None))?;
        let source = syntax::decode(&found.name, bytes, &mut session.sources, &mut session.log);
        let parsed = source.and_then(|source| {
            let text = session.sources.get(source).text.to_string();
            syntax::parse(source, &text, &mut session.log).map(|document| (source, text, document))
        });
        let Some((source, text, document)) = parsed else {
            session.report(ReportFormat::Text);
            return Err(Exit::Problems);
        };
        let mut log = Log::new();
        let before = crate::resolve(found.input(&fs, None), &mut session.sources, &mut log).ok();
        let (catalog, projects) = known(session, &fs, &found.name);
        let reports = log.sorted().into_iter().cloned().collect();
        let (old, original, done) = (text.clone(), document.clone(), Vec::new());
        let manifest = Self {
            found,
            fs,
            source,
            old,
            text,
            document,
            original,
            catalog,
            projects,
            before,
            reports,
            done,
        };
        manifest.has_target(session, place.target.as_deref())?;
        Ok(manifest)
    }

    /// The name of a package in the catalogue, where it knows this one.
    fn canonical<'a>(&'a self, name: &'a str) -> &'a str {
        self.catalog.entry(DefinitionKind::Package, name).map_or(name, |entry| &entry.name)
    }

    /// Whether two names are one package's.
    fn same(&self, one: &str, other: &str) -> bool {
        self.canonical(one) == self.canonical(other)
    }

    /// The children of a block with this name or an alias of it.
    fn named<'a>(&'a self, block: edit::EditableBlock, name: &str) -> Vec<Child<'a>> {
        self.named_in(&self.document, block, name)
    }

    fn named_in<'d>(&self, document: &'d Document, block: edit::EditableBlock, name: &str) -> Vec<Child<'d>> {
        let all = edit::children(document, block);
        all.into_iter().filter(|child| self.same(child.name(), name)).collect()
    }

    /// Tells where this file has no target of that name.
    fn has_target(&self, session: &mut Session<'_, '_>, name: Option<&str>) -> Result<(), Exit> {
        let Some(name) = name.filter(|name| self.target(Some(name)).is_none()) else { return Ok(()) };
        let known = || self.projects.iter().map(|project| &project.target);
        if let Some(other) = known().find(|target| target.name.as_str() == name) {
            let place = session.sources.place(other.span);
            let file = &self.found.shown;
            let message = format!("the target `{name}` is defined in `{place}`, which `{file}` extends");
            return Err(session.unknown(&message, Some("edit that file".to_owned())));
        }
        let names: Vec<&str> = known().map(|target| target.name.as_str()).collect();
        let help = wording::did_you_mean(name, names.iter().copied()).or_else(|| {
            (!names.is_empty())
                .then(|| format!("the manifest has {}", wording::all_of(&wording::codes(&names))))
        });
        Err(session.unknown(&format!("unknown target {}", wording::code(name)), help))
    }

    fn target(&self, name: Option<&str>) -> Option<&Node> {
        edit::target(&self.document, name?)
    }

    fn change(&mut self, change: &Change) {
        self.text = change.apply(&self.text);
        let mut log = Log::new();
        self.document = syntax::parse(self.source, &self.text, &mut log).expect("an edited text stays KDL");
    }

    /// `project.kdl:14`, in the text with the edits so far.
    fn cite(&self, node: &Node) -> String {
        self.cite_in(&self.text, node)
    }

    fn cite_in(&self, text: &str, node: &Node) -> String {
        format!("{}:{}", self.found.shown, Position::of(text, node.name.span.start as usize).line)
    }

    /// The place of something that another file says, which this one extends.
    fn cite_other(&self, session: &Session<'_, '_>, span: Span) -> Option<String> {
        let other = session.sources.get(span.source).name != self.found.name;
        other.then(|| session.sources.place(span))
    }

    /// Resolves the edited manifest, writes it and shows what came of it. `notes` says more of what was chosen.
    fn finish(
        mut self,
        session: &mut Session<'_, '_>,
        place: &Where,
        notes: impl Fn(&Session<'_, '_>, &Resolved) -> Vec<String>,
    ) -> Exit {
        let changed = self.text != self.old;
        let resolved = if changed { self.judged(session) } else { Ok(None) };
        let resolved = match resolved {
            Ok(resolved) => resolved,
            Err(exit) => return exit,
        };
        if changed && !place.dry_run {
            let files = BTreeMap::from([(self.found.name.clone(), self.text.clone().into_bytes())]);
            if let Err(why) = self.fs.write_all(&files) {
                return session.unwritten(&self.fs, &why);
            }
        }
        let notes = resolved.as_ref().map_or_else(Vec::new, |resolved| notes(session, resolved));
        let shown = self.show(session, resolved.as_ref(), &notes, place);
        if shown != Exit::Done || place.format == Format::Json {
            return shown;
        }
        match (changed, place.dry_run) {
            (false, _) => session.say("no changes\n"),
            (true, true) => session.say("dry run: no files were written\n"),
            (true, false) => session.say(&format!(
                "wrote {}; run `jcc compile` to update the generated files\n",
                self.found.shown
            )),
        }
    }

    /// Resolves the edited manifest; what cannot be is reported, and so are warnings that the edit brought.
    fn judged(&mut self, session: &mut Session<'_, '_>) -> Result<Option<Resolved>, Exit> {
        let fs = Overlay::new(&self.fs).with(&self.found.name, Some(self.text.as_bytes()));
        let input = self.found.input(&fs, None);
        let resolved = crate::resolve(input, &mut session.sources, &mut session.log);
        let before: BTreeSet<_> = self.reports.iter().map(|one| (one.code, one.message.as_str())).collect();
        session.log.retain(|one| {
            !before.contains(&(one.code, one.message.as_str()))
                || one.severity == crate::diagnostic::Severity::Error
        });
        session.report(ReportFormat::Text);
        resolved.map(Some).map_err(|_| {
            let text = format!(
                "\nno files were written: with this edit, `{}` would not resolve\n",
                self.found.shown
            );
            _ = session.around.err.write(&text);
            Exit::Problems
        })
    }

    fn show(
        &self,
        session: &mut Session<'_, '_>,
        after: Option<&Resolved>,
        notes: &[String],
        place: &Where,
    ) -> Exit {
        let locks = after.zip(self.before.as_ref()).map(|(after, before)| (&after.lock, &before.lock));
        match place.format {
            Format::Text => {
                let mut out: String = self.done.iter().map(Done::text).collect();
                out.extend(notes.iter().map(|note| format!("{note}\n")));
                out.push_str(&locks.map_or_else(String::new, |(new, old)| lock_diff::text(new, Some(old))));
                if let Some((after, before)) = after.zip(self.before.as_ref()) {
                    out.push_str(&lock_diff::downgrades(after, Some(&before.lock), &session.sources));
                }
                session.print(&out)
            }
            Format::Json => session.print_json(&json!({
                "file": self.found.shown,
                "written": self.text != self.old && !place.dry_run,
                "edits": self.done.iter().map(Done::value).collect::<Vec<_>>(),
                "notes": notes,
                "targets": locks.map_or_else(|| json!([]), |(new, old)| lock_diff::value(new, Some(old))),
            })),
        }
    }
}

impl Done {
    fn text(&self) -> String {
        let Self { action, name, target, requirement, was, place } = self;
        let versions = |text: &Option<String>| {
            text.as_ref().map_or_else(String::new, |text| format!(" {}", syntax::quote(text)))
        };
        let target = target.as_ref().map_or_else(String::new, |target| format!(" for target {target}"));
        match *action {
            "kept" => format!("{name}{} is already requested{target} ({place})\n", versions(requirement)),
            "changed" => format!(
                "changed {name}{target} from{} to{} ({place})\n",
                was.as_ref()
                    .map_or_else(|| " any version".to_owned(), |was| format!(" {}", syntax::quote(was))),
                versions(requirement)
            ),
            action => format!("{action} {name}{}{target} ({place})\n", versions(requirement)),
        }
    }

    fn value(&self) -> serde_json::Value {
        json!({
            "action": self.action,
            "name": self.name,
            "target": self.target,
            "requirement": self.requirement,
            "was": self.was,
            "place": self.place,
        })
    }
}

/// The catalogue with the project's own folders, and what each target sees. What is wrong is reported later, with the edit.
fn known(session: &mut Session<'_, '_>, fs: &dyn FileSystem, name: &str) -> (Catalog, Vec<Project>) {
    let mut log = Log::new();
    let mut catalog = Catalog::builtin(&mut session.sources);
    let Ok(manifest) = manifest::load(fs, name, &BuiltinStacks::new(), &mut session.sources, &mut log) else {
        return (catalog, Vec::new());
    };
    for folder in manifest.catalogs() {
        catalog.add_folder(fs, folder, &mut session.sources, &mut log);
    }
    let projects = manifest.projects(&mut log).unwrap_or_default();
    (catalog, projects)
}
