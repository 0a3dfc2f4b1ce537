//! Shared code of `jcc add`, `remove` and `pin`, which edit the manifest in place.
//!
//! An edit is made in memory and the edited manifest is resolved. It is written only if it resolves.

mod add;
pub(super) mod args;
mod pin;
mod remove;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::Resolved;
use crate::builtin::BuiltinStacks;
use crate::catalog::{Catalog, DefinitionKind};
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
use args::EditOptions;
pub(super) use pin::pin;
pub(super) use remove::remove;

/// A manifest that is being edited.
struct EditedManifest {
    found: FoundManifest,
    fs: Disk,
    source: SourceId,
    /// The text on disk.
    old: String,
    /// The text with the edits so far.
    text: String,
    /// `text`, parsed.
    document: Document,
    /// `old`, parsed.
    original: Document,
    catalog: Catalog,
    /// The project of each target before the edit; empty if the manifest cannot be loaded.
    projects: Vec<Project>,
    /// The resolution before the edit; `None` if the manifest did not resolve.
    before: Option<Resolved>,
    /// The diagnostics of the manifest before the edit.
    reports: Vec<Diagnostic>,
    edits: Vec<Edit>,
}

/// One edit of the manifest, for the output of the command.
struct Edit {
    /// `added`, `changed`, `removed`, `pinned`, `unpinned`, or `kept` if the manifest needed no change.
    action: &'static str,
    name: String,
    target: Option<String>,
    requirement: Option<String>,
    /// The requirement before the edit.
    was: Option<String>,
    /// The file and line of the node, such as `project.kdl:14`; of a removed node, the line that it had.
    place: String,
}

impl EditedManifest {
    /// Reads the manifest and reports its syntax errors. Other errors are reported after the edit, which may
    /// fix them.
    fn open(session: &mut Session<'_, '_>, options: &EditOptions) -> Result<Self, Exit> {
        let found = session.find(options.file.as_deref())?;
        let fs = session.disk(&found.root);
        if !options.dry_run && found.is_there(&fs) {
            session.lock_folder(&fs)?;
        }
        let bytes = fs
            .read(&found.name)
            .map_err(|why| session.input_error(&format!("cannot read the manifest: {why}"), None))?;
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
        let (catalog, projects) = load(session, &fs, &found.name);
        let reports = log.sorted().into_iter().cloned().collect();
        let (old, original, edits) = (text.clone(), document.clone(), Vec::new());
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
            edits,
        };
        manifest.check_target(session, options.target.as_deref())?;
        Ok(manifest)
    }

    /// Resolves an alias to the name of its package. Returns other names unchanged.
    fn canonical<'a>(&'a self, name: &'a str) -> &'a str {
        self.catalog.entry(DefinitionKind::Package, name).map_or(name, |entry| &entry.name)
    }

    /// Whether two names or aliases mean the same package.
    fn is_same_package(&self, one: &str, other: &str) -> bool {
        self.canonical(one) == self.canonical(other)
    }

    /// Returns the children of the blocks of this kind that have this name or an alias of it.
    fn named<'a>(&'a self, block: edit::EditableBlock, name: &str) -> Vec<Child<'a>> {
        self.named_in(&self.document, block, name)
    }

    fn named_in<'d>(&self, document: &'d Document, block: edit::EditableBlock, name: &str) -> Vec<Child<'d>> {
        let all = edit::children(document, block);
        all.into_iter().filter(|child| self.is_same_package(child.name(), name)).collect()
    }

    /// Reports an error if this file defines no target with that name.
    fn check_target(&self, session: &mut Session<'_, '_>, name: Option<&str>) -> Result<(), Exit> {
        let Some(name) = name.filter(|name| self.target(Some(name)).is_none()) else { return Ok(()) };
        let known = || self.projects.iter().map(|project| &project.target);
        if let Some(other) = known().find(|target| target.name.as_str() == name) {
            let place = session.sources.place(other.span);
            let file = &self.found.shown;
            let message = format!("the target `{name}` is defined in `{place}`, which `{file}` extends");
            return Err(session.input_error(&message, Some("edit that file".to_owned())));
        }
        let names: Vec<&str> = known().map(|target| target.name.as_str()).collect();
        let help = wording::did_you_mean(name, names.iter().copied()).or_else(|| {
            (!names.is_empty())
                .then(|| format!("the manifest has {}", wording::all_of(&wording::codes(&names))))
        });
        Err(session.input_error(&format!("unknown target {}", wording::code(name)), help))
    }

    fn target(&self, name: Option<&str>) -> Option<&Node> {
        edit::target(&self.document, name?)
    }

    fn change(&mut self, change: &Change) {
        self.text = change.apply(&self.text);
        let mut log = Log::new();
        self.document = syntax::parse(self.source, &self.text, &mut log).expect("an edited text stays KDL");
    }

    /// Returns the file and line of a node in the edited text, such as `project.kdl:14`.
    fn cite(&self, node: &Node) -> String {
        self.cite_in(&self.text, node)
    }

    fn cite_in(&self, text: &str, node: &Node) -> String {
        format!("{}:{}", self.found.shown, Position::of(text, node.name.span.start as usize).line)
    }

    /// Returns the file and line of a span if it is in a file that the manifest extends, not in the manifest
    /// itself.
    fn cite_other(&self, session: &Session<'_, '_>, span: Span) -> Option<String> {
        let other = session.sources.get(span.source).name != self.found.name;
        other.then(|| session.sources.place(span))
    }

    /// Resolves the edited manifest, writes it and prints the edits and the changes of the lock. `notes`
    /// returns further lines to print about the new resolution.
    fn finish(
        mut self,
        session: &mut Session<'_, '_>,
        options: &EditOptions,
        notes: impl Fn(&Session<'_, '_>, &Resolved) -> Vec<String>,
    ) -> Exit {
        let changed = self.text != self.old;
        let resolved = if changed { self.resolve(session).map(Some) } else { Ok(None) };
        let resolved = match resolved {
            Ok(resolved) => resolved,
            Err(exit) => return exit,
        };
        if changed && !options.dry_run {
            let files = BTreeMap::from([(self.found.name.clone(), self.text.clone().into_bytes())]);
            if let Err(why) = self.fs.write_all(&files) {
                return session.write_error(&self.fs, &why);
            }
        }
        let notes = resolved.as_ref().map_or_else(Vec::new, |resolved| notes(session, resolved));
        let printed = self.print(session, resolved.as_ref(), &notes, options);
        if printed != Exit::Done || options.format == Format::Json {
            return printed;
        }
        match (changed, options.dry_run) {
            (false, _) => session.status("no changes\n"),
            (true, true) => session.status("dry run: no files were written\n"),
            (true, false) => session.status(&format!(
                "wrote {}; run `jcc compile` to update the generated files\n",
                self.found.shown
            )),
        }
    }

    /// Resolves the edited manifest. Reports its errors, and the warnings and notes that it did not have
    /// before.
    fn resolve(&mut self, session: &mut Session<'_, '_>) -> Result<Resolved, Exit> {
        let fs = Overlay::new(&self.fs).with(&self.found.name, Some(self.text.as_bytes()));
        let input = self.found.input(&fs, None);
        let resolved = crate::resolve(input, &mut session.sources, &mut session.log);
        let before: BTreeSet<_> = self.reports.iter().map(|one| (one.code, one.message.as_str())).collect();
        session.log.retain(|one| {
            !before.contains(&(one.code, one.message.as_str()))
                || one.severity == crate::diagnostic::Severity::Error
        });
        session.report(ReportFormat::Text);
        resolved.map_err(|_| {
            let text = format!(
                "\nno files were written: with this edit, `{}` would not resolve\n",
                self.found.shown
            );
            _ = session.io.err.write(&text);
            Exit::Problems
        })
    }

    fn print(
        &self,
        session: &mut Session<'_, '_>,
        after: Option<&Resolved>,
        notes: &[String],
        options: &EditOptions,
    ) -> Exit {
        let locks = after.zip(self.before.as_ref()).map(|(after, before)| (&after.lock, &before.lock));
        match options.format {
            Format::Text => {
                let mut out: String = self.edits.iter().map(Edit::text).collect();
                out.extend(notes.iter().map(|note| format!("{note}\n")));
                out.push_str(&locks.map_or_else(String::new, |(new, old)| lock_diff::text(new, Some(old))));
                if let Some((after, before)) = after.zip(self.before.as_ref()) {
                    out.push_str(&lock_diff::downgrades(after, Some(&before.lock), &session.sources));
                }
                session.print(&out)
            }
            Format::Json => session.print_json(&json!({
                "file": self.found.shown,
                "written": self.text != self.old && !options.dry_run,
                "edits": self.edits.iter().map(Edit::value).collect::<Vec<_>>(),
                "notes": notes,
                "targets": locks.map_or_else(|| json!([]), |(new, old)| lock_diff::value(new, Some(old))),
            })),
        }
    }
}

impl Edit {
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

/// Loads the catalogue with the project's own folders, and the project of each target. Drops all diagnostics:
/// they are reported when the edited manifest is resolved.
fn load(session: &mut Session<'_, '_>, fs: &dyn FileSystem, name: &str) -> (Catalog, Vec<Project>) {
    let mut log = Log::new();
    let mut catalog = crate::builtin::catalog(&mut session.sources);
    let Ok(manifest) = manifest::load(fs, name, &BuiltinStacks::new(), &mut session.sources, &mut log) else {
        return (catalog, Vec::new());
    };
    for folder in manifest.catalogs() {
        catalog.add_folder(fs, folder, &mut session.sources, &mut log);
    }
    let projects = manifest.projects(&mut log).unwrap_or_default();
    (catalog, projects)
}
