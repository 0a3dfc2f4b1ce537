//! `jcc lock`: the only command that uses the network, through external programs.

mod commits;
mod downloads;
mod images;
mod python;
pub(super) mod release;
mod resolved;
mod uv;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::Resolved;
use crate::diagnostic::{Diagnostic, Log, codes::resolve as codes, wording};
use crate::fs::{Disk, FileSystem as _};
use crate::manifest::Project;
use crate::plan::{ClosureState, ClosureText, OutputFiles, Planned, PythonEnvironment};
use crate::resolve::{Closures, Lock, closure_path};

use super::args::{Format, ManifestArgs, ReportFormat};
use super::session::LOCK;
use super::{Exit, Session};
use python::Unlocked;

/// `jcc lock`.
#[derive(Debug, Clone, Args)]
pub(super) struct LockArgs {
    /// What to lock.
    #[command(flatten)]
    pub(super) input: ManifestArgs,
    /// Lock only this kind; may be repeated
    #[arg(long, value_enum, value_name = "KIND")]
    pub(super) only: Vec<LockKind>,
    /// Only list what is locked and what is not; do not use the network or write files
    #[arg(long)]
    pub(super) offline: bool,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

/// What can be locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LockKind {
    /// The Python packages of each environment, with hashes
    Python,
    /// The digests of images
    Images,
    /// The commits of branches and tags
    Git,
}

/// One line of the output: something that is locked or not.
struct LockItem {
    kind: LockKind,
    target: String,
    /// The stage of an environment, or an image.
    name: String,
    /// The state in words, such as `94 distributions`.
    what: String,
    locked: bool,
}

pub(super) fn run(session: &mut Session<'_, '_>, args: &LockArgs) -> Exit {
    let found = match session.find(args.input.file()) {
        Ok(found) => found,
        Err(exit) => return exit,
    };
    let fs = session.disk(&found.root);
    if let Some(exit) =
        (!args.offline && found.is_there(&fs)).then(|| session.lock_folder(&fs).err()).flatten()
    {
        return exit;
    }
    let input = found.input(&fs, args.input.target.as_deref());
    let planned = crate::plan(input, &mut session.sources, &mut session.log);
    let planned = planned.and_then(|(resolved, planned)| Ok((resolved, planned?)));
    let Ok((resolved, planned)) = planned else {
        session.report(ReportFormat::Text);
        return Exit::Problems;
    };
    // This command fixes what the warning is about.
    session.log.retain(|one| one.code != crate::diagnostic::codes::plan::STALE_CLOSURE);
    let (temporary, variables) = (session.io.temporary.clone(), session.io.variables.clone());
    let mut run = LockRun {
        args,
        fs: &fs,
        around: (&temporary, &variables),
        lock: resolved.lock.clone(),
        files: BTreeMap::new(),
        items: Vec::new(),
        no_git: false,
    };
    run.images(&resolved, &planned, &mut session.log);
    run.git(&resolved, &planned, &mut session.log);
    run.python(&resolved, &planned, &mut session.log);
    run.finish(session)
}

/// The state of one run over all targets.
struct LockRun<'a> {
    args: &'a LockArgs,
    fs: &'a Disk,
    lock: Lock,
    /// The folder for temporary files, and the names of the environment variables.
    around: (&'a Path, &'a [OsString]),
    /// The files to write besides the lock.
    files: BTreeMap<String, String>,
    items: Vec<LockItem>,
    /// Whether Git is missing.
    no_git: bool,
}

impl LockRun<'_> {
    fn wants(&self, kind: LockKind) -> bool {
        self.args.only.is_empty() || self.args.only.contains(&kind)
    }

    fn python(&mut self, resolved: &Resolved, planned: &[Planned], log: &mut Log) {
        if !self.wants(LockKind::Python) {
            return;
        }
        let mut no_uv = false;
        for ((project, _), planned) in resolved.targets.iter().zip(planned) {
            let support = &planned.files.support;
            let target = &project.target.name.value;
            let old = resolved.lock.targets.get(target);
            let closures = old.map(|old| old.read_closures(self.fs, support)).unwrap_or_default();
            for environment in &planned.plan.environments {
                let result = match environment.state {
                    ClosureState::Locked => Ok(None),
                    _ if no_uv || self.args.offline => Err(None),
                    _ => python::lock(environment, &python::preferred(environment, &closures), self.around)
                        .map(Some)
                        .map_err(Some),
                };
                let is_locked = result.is_ok();
                match result {
                    Ok(Some(texts)) => self.closure(project, (environment, &planned.files), texts),
                    Ok(None) | Err(None) => {}
                    Err(Some(Unlocked::NoUv)) => {
                        no_uv = true;
                        log.error(missing("uv", "Python packages", python::GET_UV));
                    }
                    Err(Some(Unlocked::Because(why))) => {
                        log.error(failed(project, environment, &why));
                    }
                }
                let what = self.count(project, (environment, &planned.files), &closures);
                self.items.push(LockItem {
                    kind: LockKind::Python,
                    target: target.to_string(),
                    name: environment.name.to_string(),
                    what: if is_locked { what } else { "not locked".to_owned() },
                    locked: is_locked,
                });
            }
        }
    }

    /// Stores the closure files of an environment.
    fn closure(
        &mut self,
        project: &Project,
        (environment, files): (&PythonEnvironment, &OutputFiles),
        texts: BTreeMap<String, ClosureText>,
    ) {
        let Some(target) = self.lock.targets.get_mut(&project.target.name.value) else { return };
        target.closures.retain(|name, _| !environment.has_file(name));
        for (name, text) in texts {
            target.closures.insert(name.clone(), python::recorded(environment, &text));
            let path = closure_path(&files.support, &name);
            self.lock.files.put(&path, text.as_str());
            self.files.insert(path, text.as_str().to_owned());
        }
    }

    /// Returns the number of distributions in words, such as `94 distributions`.
    fn count(
        &self,
        project: &Project,
        (environment, files): (&PythonEnvironment, &OutputFiles),
        closures: &Closures,
    ) -> String {
        let names =
            self.lock.targets.get(&project.target.name.value).into_iter().flat_map(|one| one.closures.keys());
        let text = |name: &String| {
            let new = self.files.get(&closure_path(&files.support, name));
            new.or_else(|| closures.get(name)?.text.as_ref()).and_then(|text| ClosureText::read(text))
        };
        let own = names.filter(|name| environment.has_file(name)).filter_map(text);
        let number: usize = own.map(|text| text.lines.len()).sum();
        let mut words =
            if number == 1 { "1 distribution".to_owned() } else { format!("{number} distributions") };
        let trees: Vec<String> = environment.trees().map(ToString::to_string).collect();
        if !trees.is_empty() {
            words.push_str(&format!(
                ", without the dependencies of {}",
                wording::all_of(&wording::codes(&trees))
            ));
        }
        words
    }

    fn finish(self, session: &mut Session<'_, '_>) -> Exit {
        let failed = session.log.has_errors();
        session.report(ReportFormat::Text);
        let text = self.lock.write(crate::VERSION);
        let mut files: BTreeMap<String, Vec<u8>> =
            self.files.into_iter().map(|(path, text)| (path, text.into_bytes())).collect();
        if self.fs.read(LOCK).ok().as_deref() != Some(text.as_bytes()) {
            files.insert(LOCK.to_owned(), text.into_bytes());
        }
        files.retain(|path, text| self.fs.read(path).ok().as_ref() != Some(text));
        let writes = !self.args.offline && !files.is_empty();
        if writes && let Err(why) = self.fs.write_all(&files) {
            return session.write_error(self.fs, &why);
        }
        let shown = match self.args.format {
            Format::Json => {
                let items: Vec<Value> = self.items.iter().map(LockItem::value).collect();
                session.print_json(&json!({ "written": writes, "items": items }))
            }
            Format::Text => {
                let rows: Vec<Vec<String>> = self.items.iter().map(LockItem::row).collect();
                let nothing = rows.is_empty().then_some("nothing to lock\n");
                session.print(nothing.unwrap_or(&super::table::columns(&rows)))
            }
        };
        if writes && shown == Exit::Done && self.args.format == Format::Text {
            let lock = session.sources.shown_path(LOCK);
            let more = files.len() - usize::from(files.contains_key(LOCK));
            let beside = if more == 0 { String::new() } else { format!(" and {more} files in .jcc") };
            _ = session
                .status(&format!("wrote {lock}{beside}; run `jcc compile` to update the other files\n"));
        }
        let all = self.items.iter().all(|one| one.locked);
        match shown {
            Exit::Done if failed || self.args.offline && !all => Exit::Problems,
            shown => shown,
        }
    }
}

impl LockItem {
    fn row(&self) -> Vec<String> {
        vec![self.target.clone(), self.kind.word().to_owned(), self.name.clone(), self.what.clone()]
    }

    fn value(&self) -> Value {
        json!({
            "target": self.target,
            "kind": self.kind.word(),
            "name": self.name,
            "what": self.what,
            "locked": self.locked,
        })
    }
}

impl LockKind {
    fn word(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Images => "image",
            Self::Git => "git",
        }
    }
}

/// Returns the diagnostic for a missing program.
fn missing(program: &str, what: &str, get: &str) -> Diagnostic {
    let message = format!("{} is not installed, so {what} are not locked", wording::code(program));
    Diagnostic::error(codes::MISSING_TOOL, message).help(get)
}

/// Returns the diagnostic for an environment that uv cannot resolve.
fn failed(project: &Project, environment: &PythonEnvironment, why: &str) -> Diagnostic {
    let (first, rest) = why.split_once('\n').unwrap_or((why, ""));
    let name = wording::code(environment.name.as_str());
    let message = format!("the Python packages of the stage {name} were not locked");
    let rest = (!rest.is_empty()).then(|| format!("uv said:\n{rest}"));
    Diagnostic::error(codes::LOCK_FAILED, message)
        .at(project.target.name.span, first.strip_prefix("error: ").unwrap_or(first))
        .maybe_help(rest)
}
