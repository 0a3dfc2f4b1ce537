//! Folders, files and secrets of the host that must exist before the first start, and their owners.

use std::collections::BTreeMap;

use crate::manifest::{Engine, Project, RunOptions, SecretSource, Volume};
use crate::value::{HostPath, Parse};

use super::host::{self, HostSecret, HostSetup};
use super::host_secrets::{self, SecretOwner};
use super::{Interpolated, Piece, ServiceInputs, profile};

/// System folders of the host. Neither they nor their contents are created or changed.
const SYSTEM: [&str; 15] = [
    "/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/root", "/run", "/sbin", "/sys", "/usr",
    "/var/lib", "/var/log", "/var/run",
];
/// Folders that every host has. They are not changed, but folders in them may be.
const SHARED: [&str; 10] = ["/", "/home", "/media", "/mnt", "/opt", "/srv", "/tmp", "/var", "/var/tmp", "~"];
/// Names of files that have no extension.
const FILES: [&str; 3] = ["authorized_keys", "known_hosts", "machine-id"];

/// Adds the folders, the files and the secrets.
pub(super) fn add(setup: &mut HostSetup, inputs: ServiceInputs<'_>) {
    let owners = host_secrets::owners(inputs.project);
    for (run, own) in runs(inputs.project) {
        let user = owner(run, inputs, own);
        for volume in run.volumes.iter().filter(|volume| volume.bind) {
            let Some(path) = literal_path(&volume.from.value, inputs) else { continue };
            if may_be_file(volume) {
                setup.files.insert(path);
            } else {
                let read_only = volume.mode == crate::manifest::Mode::ReadOnly;
                folder(setup, path, user.filter(|_| !read_only));
            }
        }
        if let Some(path) = run.models.as_ref().and_then(|path| literal_path(path.value.as_str(), inputs)) {
            folder(setup, path, user);
        }
        let needed = run.env_files.iter().filter(|file| file.required);
        setup.files.extend(needed.filter_map(|file| literal_path(&format!("./{}", file.path.value), inputs)));
        secrets(setup, run, (inputs, &owners));
    }
}

fn folder(setup: &mut HostSetup, path: String, owner: Option<(u32, u32)>) {
    if !is_of_host(&path) {
        let known = setup.folders.entry(path).or_insert(owner);
        *known = known.or(owner);
    }
}

/// Whether a path belongs to the host and must not be changed. `..` is resolved; the script checks symbolic
/// links.
fn is_of_host(path: &str) -> bool {
    // The script must not create an invalid path.
    let Ok(path) = HostPath::parse(&path.replace('$', "$$")) else { return true };
    let resolved = path.resolved();
    let plain = resolved.as_str();
    let is_home = plain.strip_prefix("/home/").is_some_and(|rest| !rest.contains('/'));
    let is_project_or_above =
        resolved.is_relative() && plain.split('/').all(|part| matches!(part, "." | ".."));
    path.is_below(&SYSTEM) || is_home || is_project_or_above || SHARED.contains(&plain)
}

/// Returns the options of each service, and whether it runs the project's own image.
pub(super) fn runs(project: &Project) -> impl Iterator<Item = (&RunOptions, bool)> {
    let services = &project.run.services;
    host::runs(project).enumerate().map(|(at, run)| (run, at == 0 || services[at - 1].image.is_none()))
}

/// Returns the user and group that must own folders that the container writes to; `None` if it runs as root,
/// or with Podman, as the user who starts it.
fn owner(run: &RunOptions, inputs: ServiceInputs<'_>, own: bool) -> Option<(u32, u32)> {
    let user = profile::user_of(run, inputs, own).filter(|(uid, _)| *uid != 0);
    user.filter(|_| inputs.project.engine() == Engine::Docker)
}

/// Returns a path relative to the Compose file. Variables are replaced by their defaults; `None` if one has
/// none.
fn literal_path(path: &str, inputs: ServiceInputs<'_>) -> Option<String> {
    literal(&inputs.files.relative(path))
}

fn literal(text: &Interpolated) -> Option<String> {
    let piece = |piece: &Piece| match piece {
        Piece::Literal(text) => Some(text.clone()),
        Piece::Variable { operator, rest, .. } if operator.ends_with('-') => literal(rest),
        Piece::Variable { .. } => None,
    };
    text.pieces().iter().map(piece).collect()
}

/// Whether a volume may be a single file: its name has an extension or a leading dot on either side, or is
/// that of a well-known file. The script does not create these, because it would create a folder.
fn may_be_file(volume: &Volume) -> bool {
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
            SecretSource::File(file) => match literal_path(file.value.as_str(), inputs) {
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
    fn folders_of_the_host_are_recognised() {
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
