//! Folders, files and secrets of the host that must be there before the first start, and whose they are.

use std::collections::{BTreeMap, BTreeSet};

use crate::manifest::{Engine, Run, SecretSource, Volume};

use super::{Piece, ServiceInputs, Text, notes, profile};

/// Where the host's own things lie: nobody makes a folder there for a container.
const SYSTEM: [&str; 10] =
    ["/boot", "/dev", "/etc", "/lib", "/proc", "/run", "/sys", "/usr", "/var/lib", "/var/run"];
/// Files without an ending in their name.
const FILES: [&str; 4] = [".netrc", "authorized_keys", "known_hosts", "machine-id"];

/// The notes: one command for the folders, one line for the files, one for each secret.
pub(super) fn notes(inputs: ServiceInputs<'_>) -> Vec<String> {
    let mut found = Found::default();
    for (run, own) in runs(inputs) {
        let user = owner(run, inputs, own);
        for volume in run.volumes.iter().filter(|volume| volume.bind) {
            let Some(path) = seen(&volume.from.value, inputs) else { continue };
            if is_file(volume) {
                found.files.insert(path);
            } else {
                let read_only = volume.mode == crate::manifest::Mode::ReadOnly;
                found.folder(path, user.filter(|_| !read_only));
            }
        }
        if let Some(path) = run.models.as_ref().and_then(|path| seen(path.value.as_str(), inputs)) {
            found.folder(path, user);
        }
        let needed = run.env_files.iter().filter(|file| file.required);
        found.files.extend(needed.filter_map(|file| seen(&format!("./{}", file.path.value), inputs)));
    }
    let mut notes: Vec<String> = found.command().into_iter().collect();
    let files: Vec<String> = found.files.iter().map(|path| format!("`{path}`")).collect();
    if !files.is_empty() {
        notes.push(format!("Files that must be there before the first start: {}", files.join(", ")));
    }
    notes.extend(secrets(inputs));
    notes
}

/// Each service's words, and whether it runs the project's own image.
fn runs(inputs: ServiceInputs<'_>) -> impl Iterator<Item = (&Run, bool)> {
    let services = &inputs.project.run.services;
    notes::runs(inputs).enumerate().map(|(at, run)| (run, at == 0 || services[at - 1].image.is_none()))
}

/// Who must own what the container writes to; nobody in particular where it runs as root, or as whoever starts it.
fn owner(run: &Run, inputs: ServiceInputs<'_>, own: bool) -> Option<(u32, u32)> {
    let user = profile::user_of(run, inputs, own).filter(|(uid, _)| *uid != 0);
    user.filter(|_| inputs.project.engine() == Engine::Docker)
}

#[derive(Default)]
struct Found {
    folders: BTreeMap<String, Option<(u32, u32)>>,
    files: BTreeSet<String>,
}

impl Found {
    fn folder(&mut self, path: String, owner: Option<(u32, u32)>) {
        if !SYSTEM.iter().any(|system| path == *system || path.starts_with(&format!("{system}/"))) {
            let known = self.folders.entry(path).or_insert(owner);
            *known = known.or(owner);
        }
    }

    fn command(&self) -> Option<String> {
        let all: Vec<&String> = self.folders.keys().collect();
        if all.is_empty() {
            return None;
        }
        let (absolute, relative): (Vec<&String>, Vec<&String>) =
            all.iter().partition(|path| path.starts_with('/'));
        let made = [("mkdir -p", relative), ("sudo mkdir -p", absolute)];
        let made = made.into_iter().filter(|(_, paths)| !paths.is_empty());
        let mut commands: Vec<String> =
            made.map(|(make, paths)| format!("{make} {}", words(&paths))).collect();
        let mut owners: BTreeMap<(u32, u32), Vec<&String>> = BTreeMap::new();
        for (path, owner) in &self.folders {
            owners.entry(owner.unwrap_or_default()).or_default().push(path);
        }
        owners.remove(&(0, 0));
        for ((uid, gid), paths) in owners {
            commands.push(format!("sudo chown {uid}:{gid} {}", words(&paths)));
        }
        Some(format!(
            "Folders that must be there before the first start, and whose they are (in this file's folder): `{}`",
            commands.join(" && ")
        ))
    }
}

fn words(paths: &[&String]) -> String {
    paths.iter().map(|path| word(path)).collect::<Vec<_>>().join(" ")
}

/// A path as a word of a shell, which must still see a home at its start.
fn word(path: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_@%+=:,./~-".contains(c);
    if path.chars().all(plain) {
        return path.to_owned();
    }
    let (home, rest) = path.strip_prefix("~/").map_or(("", path), |rest| ("~/", rest));
    format!("{home}'{}'", rest.replace('\'', "'\\''"))
}

/// A path as it is written beside the Compose file; a variable's default stands for it. Nothing where only the caller
/// knows.
fn seen(path: &str, inputs: ServiceInputs<'_>) -> Option<String> {
    literal(&inputs.files.seen(path))
}

fn literal(text: &Text) -> Option<String> {
    let piece = |piece: &Piece| match piece {
        Piece::Literal(text) => Some(text.clone()),
        Piece::Variable { operator, rest, .. } if operator.ends_with('-') => literal(rest),
        Piece::Variable { .. } => None,
    };
    text.pieces().iter().map(piece).collect()
}

/// Whether a volume looks like one file: by the ending of its name, or by what is usually one.
fn is_file(volume: &Volume) -> bool {
    let name = |path: &str| path.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned();
    let (from, to) = (name(&volume.from.value), name(volume.to.value.as_str()));
    let ends = |name: &str| name.trim_start_matches('.').contains('.');
    [&from, &to].iter().any(|name| FILES.contains(&name.as_str())) || (ends(&from) && ends(&to))
}

fn secrets(inputs: ServiceInputs<'_>) -> Vec<String> {
    let mut notes: Vec<String> = Vec::new();
    let mut written: BTreeSet<String> = BTreeSet::new();
    for (run, own) in runs(inputs) {
        let user = owner(run, inputs, own);
        for secret in &run.secrets {
            let (name, cite) = (secret.name.value.as_str(), inputs.cite(secret.name.span));
            let note = match &secret.source {
                SecretSource::Env(variable) => {
                    format!(
                        "Secret `{name}` ({cite}): the variable `{}` holds it when it is started",
                        variable.value
                    )
                }
                SecretSource::File(path) => {
                    let Some(path) = seen(path.value.as_str(), inputs) else { continue };
                    let path = word(&path);
                    let chown = user.map(|(uid, gid)| format!(", then `sudo chown {uid}:{gid} {path}`"));
                    format!(
                        "Secret `{name}` ({cite}): `install -m 600 /dev/null {path}`, its value written into it{}",
                        chown.unwrap_or_default()
                    )
                }
            };
            if written.insert(note.clone()) {
                notes.push(note);
            }
        }
    }
    notes
}
