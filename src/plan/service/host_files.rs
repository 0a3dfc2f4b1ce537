//! Folders, files and secrets of the host that must be there before the first start, and whose they are.

use crate::manifest::{Engine, RunOptions, SecretSource, Volume};

use super::host::{self, HostSecret, HostSetup};
use super::{Interpolated, Piece, ServiceInputs, profile};

/// Where the host's own things lie: nobody makes a folder there for a container.
const SYSTEM: [&str; 10] =
    ["/boot", "/dev", "/etc", "/lib", "/proc", "/run", "/sys", "/usr", "/var/lib", "/var/run"];
/// Files without an ending in their name.
const FILES: [&str; 4] = [".netrc", "authorized_keys", "known_hosts", "machine-id"];

/// Adds the folders, the files and the secrets.
pub(super) fn add(setup: &mut HostSetup, inputs: ServiceInputs<'_>) {
    for (run, own) in runs(inputs) {
        let user = owner(run, inputs, own);
        for volume in run.volumes.iter().filter(|volume| volume.bind) {
            let Some(path) = seen(&volume.from.value, inputs) else { continue };
            if is_file(volume) {
                setup.files.insert(path);
            } else {
                let read_only = volume.mode == crate::manifest::Mode::ReadOnly;
                folder(setup, path, user.filter(|_| !read_only));
            }
        }
        if let Some(path) = run.models.as_ref().and_then(|path| seen(path.value.as_str(), inputs)) {
            folder(setup, path, user);
        }
        let needed = run.env_files.iter().filter(|file| file.required);
        setup.files.extend(needed.filter_map(|file| seen(&format!("./{}", file.path.value), inputs)));
        secrets(setup, run, (inputs, user));
    }
}

fn folder(setup: &mut HostSetup, path: String, owner: Option<(u32, u32)>) {
    if !SYSTEM.iter().any(|system| path == *system || path.starts_with(&format!("{system}/"))) {
        let known = setup.folders.entry(path).or_insert(owner);
        *known = known.or(owner);
    }
}

/// Each service's words, and whether it runs the project's own image.
fn runs(inputs: ServiceInputs<'_>) -> impl Iterator<Item = (&RunOptions, bool)> {
    let services = &inputs.project.run.services;
    host::runs(inputs).enumerate().map(|(at, run)| (run, at == 0 || services[at - 1].image.is_none()))
}

/// Who must own what the container writes to; nobody in particular where it runs as root, or as the user who starts it.
fn owner(run: &RunOptions, inputs: ServiceInputs<'_>, own: bool) -> Option<(u32, u32)> {
    let user = profile::user_of(run, inputs, own).filter(|(uid, _)| *uid != 0);
    user.filter(|_| inputs.project.engine() == Engine::Docker)
}

/// A path as it is written beside the Compose file; a variable's default stands for it. Nothing where only the caller
/// knows.
fn seen(path: &str, inputs: ServiceInputs<'_>) -> Option<String> {
    literal(&inputs.files.seen(path))
}

fn literal(text: &Interpolated) -> Option<String> {
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

fn secrets(setup: &mut HostSetup, run: &RunOptions, (inputs, user): (ServiceInputs<'_>, Option<(u32, u32)>)) {
    for secret in &run.secrets {
        let name = secret.name.value.to_string();
        let secret = match &secret.source {
            SecretSource::Env(variable) => HostSecret::Variable(name, variable.value.to_string()),
            SecretSource::File(path) => match seen(path.value.as_str(), inputs) {
                Some(path) => HostSecret::File(name, path, user),
                None => continue,
            },
        };
        setup.secrets.insert(secret);
    }
}
