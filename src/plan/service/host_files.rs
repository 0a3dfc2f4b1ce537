//! Folders, files and secrets of the host that must be there before the first start, and whose they are.

use std::collections::BTreeMap;

use crate::manifest::{Engine, Project, RunOptions, SecretSource, Volume};
use crate::value::{HostPath, Parse};

use super::host::{self, HostSecret, HostSetup};
use super::host_secrets::{self, SecretOwner};
use super::{Interpolated, Piece, ServiceInputs, profile};

/// Folders of the host's system: neither they nor what is in them is created or changed for a container.
const SYSTEM: [&str; 15] = [
    "/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/root", "/run", "/sbin", "/sys", "/usr",
    "/var/lib", "/var/log", "/var/run",
];
/// Folders that every host has: what is in them may be a container's, they themselves are not.
const SHARED: [&str; 10] = ["/", "/home", "/media", "/mnt", "/opt", "/srv", "/tmp", "/var", "/var/tmp", "~"];
/// Files without a dot in their name.
const FILES: [&str; 3] = ["authorized_keys", "known_hosts", "machine-id"];

/// Adds the folders, the files and the secrets.
pub(super) fn add(setup: &mut HostSetup, inputs: ServiceInputs<'_>) {
    let owners = host_secrets::owners(inputs.project);
    for (run, own) in runs(inputs.project) {
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
        secrets(setup, run, (inputs, &owners));
    }
}

fn folder(setup: &mut HostSetup, path: String, owner: Option<(u32, u32)>) {
    if !is_of_host(&path) {
        let known = setup.folders.entry(path).or_insert(owner);
        *known = known.or(owner);
    }
}

/// Whether a path is the host's own, whatever `..` it is written with. Links are the script's to see.
fn is_of_host(path: &str) -> bool {
    // What is no path is nothing that a script should create.
    let Ok(path) = HostPath::parse(&path.replace('$', "$$")) else { return true };
    let resolved = path.resolved();
    let plain = resolved.as_str();
    let is_home = plain.strip_prefix("/home/").is_some_and(|rest| !rest.contains('/'));
    let is_project_or_above =
        resolved.is_relative() && plain.split('/').all(|part| matches!(part, "." | ".."));
    path.is_below(&SYSTEM) || is_home || is_project_or_above || SHARED.contains(&plain)
}

/// Each service's words, and whether it runs the project's own image.
pub(super) fn runs(project: &Project) -> impl Iterator<Item = (&RunOptions, bool)> {
    let services = &project.run.services;
    host::runs(project).enumerate().map(|(at, run)| (run, at == 0 || services[at - 1].image.is_none()))
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

/// Whether a volume may be one file: by a name with an ending or a leading dot, on either side, or by what is usually one.
/// The script then creates nothing, since an engine would mount a folder over the file.
fn is_file(volume: &Volume) -> bool {
    let from = volume.from.value.as_str();
    let name = |path: &str| path.trim_end_matches('}').rsplit('/').next().unwrap_or_default().to_owned();
    let dotted = |name: &str| name.contains('.') && !matches!(name, "." | "..");
    let (from_name, to_name) = (name(from), name(volume.to.value.as_str()));
    !from.ends_with('/')
        && [&from_name, &to_name].into_iter().any(|name| dotted(name) || FILES.contains(&name.as_str()))
}

fn secrets(
    setup: &mut HostSetup,
    run: &RunOptions,
    (inputs, owners): (ServiceInputs<'_>, &BTreeMap<&str, SecretOwner>),
) {
    for secret in &run.secrets {
        let name = secret.name.value.to_string();
        let secret = match &secret.source {
            SecretSource::Env(variable) => HostSecret::Variable(name, variable.value.to_string()),
            SecretSource::File(file) => match seen(file.value.as_str(), inputs) {
                Some(path) => {
                    let owner = owners.get(file.value.as_str()).copied().filter(|_| !is_of_host(&path));
                    HostSecret::File(name, path, owner)
                }
                None => continue,
            },
        };
        setup.secrets.insert(secret);
    }
}

#[cfg(test)]
mod tests {
    use super::is_of_host;

    #[test]
    fn what_is_the_host_s_is_left_alone() {
        for path in [
            "/",
            "/root",
            "/etc/shadow",
            "/srv/../etc/sudoers.d",
            "/home/alice",
            "/var",
            "/tmp/",
            "~",
            ".",
            "../..",
            "./a/..",
            "/home/alice/../bob",
            "/../etc",
        ] {
            assert!(is_of_host(path), "{path}");
        }
        for path in [
            "./data",
            "/data",
            "/srv/models",
            "/home/alice/models",
            "/tmp/x",
            "~/models",
            "../models",
            "/mnt/ssd",
        ] {
            assert!(!is_of_host(path), "{path}");
        }
    }
}
