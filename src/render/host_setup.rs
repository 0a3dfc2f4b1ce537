//! `.jcc/host-setup.sh`, which prepares a host for the containers.

use crate::manifest::Engine;
use crate::plan::{HostGpu, HostSecret, HostSetup, Services};

use super::head::head;
use super::quote;

/// Includes a part of the script from `templates/host-setup`.
macro_rules! part {
    ($name:literal) => {
        include_str!(concat!("../../templates/host-setup/", $name, ".sh"))
    };
}

/// Returns the path and the text of the script, or `None` if the host needs no preparation.
pub(super) fn host_setup(services: &Services) -> Option<(String, String)> {
    let host = &services.host;
    if host.is_empty() {
        return None;
    }
    let about = [
        format!(
            "Prepares a host for `{}`. Run it as the user who starts the containers, and again \
                after changes:",
            services.project
        ),
        "it changes only what is needed, and uses sudo only for what requires root.".to_owned(),
    ];
    let mut out = format!("#!/usr/bin/env bash\n{}", head(&services.head, &about));
    out.push_str(&part!("start").replace("@TO_COMPOSE@", &host.to_compose));
    engines(&mut out, services);
    if let Some(gpu) = host.gpu {
        self::gpu(&mut out, gpu);
    }
    for note in &host.notes {
        out.push_str(&format!("\n# {}\n", quote::comment(note)));
    }
    devices(&mut out, host);
    files(&mut out, host);
    desktop(&mut out, host);
    groups(&mut out, host);
    limits(&mut out, host);
    out.push_str(part!("end"));
    Some((host.script.clone(), out))
}

fn engines(out: &mut String, services: &Services) {
    let host = &services.host;
    if host.gpu.is_some() || services.engine == Engine::Podman {
        out.push_str(part!("packages"));
    }
    match services.engine {
        Engine::Docker => out.push_str(part!("docker")),
        Engine::Podman => out.push_str(part!("podman")),
    }
    if host.podman_network {
        out.push_str(part!("pasta"));
    }
    if host.podman_socket {
        out.push_str(part!("podman-socket"));
    }
}

fn gpu(out: &mut String, gpu: HostGpu) {
    out.push_str(if gpu.board { part!("board-toolkit") } else { part!("driver") });
    if !gpu.board {
        out.push_str(part!("toolkit"));
    }
    let mode = if gpu.csv { " --mode=csv" } else { "" };
    if gpu.cdi {
        out.push_str(&part!("cdi").replace("@MODE@", mode));
        if gpu.engine == Engine::Docker {
            out.push_str(part!("docker-cdi"));
        }
    } else {
        out.push_str(part!("runtime"));
    }
    if gpu.engine == Engine::Docker && !gpu.board {
        out.push_str(part!("selinux"));
    }
}

fn devices(out: &mut String, host: &HostSetup) {
    if host.devices.is_empty() {
        return;
    }
    out.push_str(part!("device"));
    for (path, why) in &host.devices {
        out.push_str(&format!("device {} {}\n", word(path), quote::shell(why)));
    }
}

/// Returns the argument for the owner of a file or folder.
fn owner_argument(owner: Option<(u32, u32)>) -> String {
    owner.map(|(uid, gid)| format!(" {uid}:{gid}")).unwrap_or_default()
}

fn files(out: &mut String, host: &HostSetup) {
    let is_owned = |secret: &HostSecret| matches!(secret, HostSecret::File(_, _, Some(_)));
    if host.folders.values().any(Option::is_some) || host.secrets.iter().any(is_owned) {
        out.push_str(part!("own"));
    }
    if !host.folders.is_empty() {
        out.push_str(part!("folder"));
        for (path, owner) in &host.folders {
            out.push_str(&format!("folder {}{}\n", word(path), owner_argument(*owner)));
        }
    }
    if !host.files.is_empty() {
        out.push_str(part!("file"));
        for path in &host.files {
            out.push_str(&format!("file {}\n", word(path)));
        }
    }
    if host.secrets.is_empty() {
        return;
    }
    if host.secrets.iter().any(|secret| matches!(secret, HostSecret::File(..))) {
        out.push_str(part!("secret"));
    }
    for secret in &host.secrets {
        match secret {
            HostSecret::File(name, path, owner) => {
                let (owner, group) =
                    (owner.map(|one| (one.uid, one.gid)), owner.is_some_and(|one| one.shared));
                let mode = if group { " 640" } else { "" };
                let (name, path, owner) = (quote::shell(name), word(path), owner_argument(owner));
                out.push_str(&format!("secret {name} {path}{owner}{mode}\n"));
            }
            HostSecret::Variable(name, variable) => out.push_str(&format!(
                "\n# The secret {} is the value of ${variable} when the containers start.\n",
                quote::comment(name)
            )),
        }
    }
}

fn desktop(out: &mut String, host: &HostSetup) {
    if host.x11 {
        // The script runs in the folder of the Compose file.
        let up = "../".repeat(depth_of_compose(host));
        out.push_str(&part!("x11").replace("@SCRIPT@", &format!("{up}{}", host.script)));
    }
    if let Some(uid) = host.session {
        out.push_str(&part!("session").replace("@UID@", &uid.to_string()));
    }
    if !host.can.is_empty() {
        out.push_str(part!("can"));
        for one in &host.can {
            out.push_str(&format!("can {}\n", quote::shell(one)));
        }
    }
}

/// Returns how many folders below the project's root the Compose file is.
fn depth_of_compose(host: &HostSetup) -> usize {
    host.to_compose.split('/').filter(|part| *part != "..").count()
}

fn groups(out: &mut String, host: &HostSetup) {
    if !host.kept_groups.is_empty() {
        let all: Vec<&String> = host.kept_groups.iter().collect();
        out.push_str(&format!(
            "\n# Podman passes on the groups of the user who starts it and adds none: of {} the \
                container has those that\n# this user belongs to.\n",
            crate::diagnostic::wording::all_of(&all)
        ));
    }
    if host.groups.is_empty() {
        return;
    }
    let known: Vec<&str> =
        std::iter::once("''").chain(host.fixed_groups.iter().map(String::as_str)).collect();
    out.push_str(&part!("group").replace("@KNOWN@", &known.join(" | ")));
    for (variable, command) in &host.groups {
        out.push_str(&format!("group {variable} \"$({command} || true)\"\n"));
    }
}

fn limits(out: &mut String, host: &HostSetup) {
    if !host.limits.is_empty() {
        let lines: Vec<String> =
            host.limits.iter().map(|name| format!("Limit{}=infinity\\n", name.to_uppercase())).collect();
        out.push_str(&part!("limits").replace("@LIMITS@", &lines.concat()));
    }
}

/// Quotes a path for the shell, but leaves `~/` at its start unquoted so that the shell expands it.
fn word(path: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_@%+=:,./~-".contains(c);
    if !path.is_empty() && path.chars().all(plain) {
        return path.to_owned();
    }
    let (home, rest) = path.strip_prefix("~/").map_or(("", path), |rest| ("~/", rest));
    format!("{home}'{}'", rest.replace('\'', "'\\''"))
}
